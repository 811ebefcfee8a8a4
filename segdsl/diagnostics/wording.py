"""Phrases that messages share: the nearest known name, and lists of names."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def suggest(name: str, known: Iterable[str]) -> str | None:
    """`did you mean …` for the nearest of the known names, if any is near."""
    names = list(dict.fromkeys(known))
    lowered = {n.lower(): n for n in reversed(names)}
    if name.lower() in lowered:
        return f"did you mean `{lowered[name.lower()]}`?"
    near = get_close_matches(name, names, n=1, cutoff=0.6)
    return f"did you mean `{near[0]}`?" if near else None


def listing(names: Iterable[str], limit: int = 8) -> str:
    """`a`, `b` and `c`, cut where there are many."""
    names = list(names)
    shown = [f"`{name}`" for name in names[:limit]]
    if len(names) > limit:
        return ", ".join(shown) + f" and {len(names) - limit} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]]) if len(shown) > 1 else "".join(shown)
