"""Phrases that messages share: the nearest known name, and lists of names."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from difflib import get_close_matches

_SHORT = 4


def suggest(name: str, known: Iterable[str]) -> str | None:
    """`did you mean …` for the nearest of the known names, if any is near."""
    names = list(dict.fromkeys(known))
    twins = {_looks(n): n for n in reversed(names) if not (n.isascii() and name.isascii())}
    if twin := twins.get(_looks(name)):
        return f"did you mean `{twin}`? It looks the same, but is written with other characters"
    lowered = {n.lower(): n for n in reversed(names)}
    if name.lower() in lowered:
        return f"did you mean `{lowered[name.lower()]}`?"
    of_partitions = {n.partition(".")[2].lower(): n for n in reversed(names) if "." in n}
    if name.lower() in of_partitions:
        return f"did you mean `{of_partitions[name.lower()]}`?"
    # A slip in a short name changes much of it.
    near = get_close_matches(name, names, n=1, cutoff=0.6 if len(name) <= _SHORT else 0.7)
    return f"did you mean `{near[0]}`?" if near else None


def _looks(name: str) -> str:
    """A name as the eye sees it: accents on their letters, and nothing that takes no room."""
    composed = unicodedata.normalize("NFC", name)
    return "".join(character for character in composed if unicodedata.category(character) != "Cf")


def known(kind: str, names: Iterable[str], limit: int = 8) -> str:
    """What there is of a kind: "the tables are `a` and `b`", "the only table is `a`", "there is no table"."""
    names = list(names)
    if len(names) > 1:
        return f"the {kind}s are {listing(names, limit)}"
    return f"the only {kind} is `{names[0]}`" if names else f"there is no {kind}"


def circle(kind: str, names: Sequence[str]) -> tuple[str, str]:
    """The message and the help for definitions of a kind that lead back to the first of them."""
    if len(names) == 1:
        return f"the {kind} `{names[0]}` is defined by itself", "define it without itself"
    path = " → ".join([*names, names[0]])
    return f"{kind}s are defined by each other in a circle: {path}", "define one of them without the others"


def listing(names: Iterable[str], limit: int = 8) -> str:
    """`a`, `b` and `c`, cut where there are many."""
    names = list(names)
    shown = [f"`{name}`" for name in names[:limit]]
    if len(names) > limit:
        return ", ".join(shown) + f" and {len(names) - limit} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]]) if len(shown) > 1 else "".join(shown)
