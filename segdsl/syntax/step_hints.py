"""Hints about sequences and `as of`."""

from __future__ import annotations

from segdsl.syntax.lexemes import NOTHING, Failure, Mistake, at


def _in_sequence(f: Failure) -> int | None:
    """The index of the opening parenthesis where that is a sequence's."""
    opening = f.opening
    return opening if opening is not None and f.lexeme(opening - 1).word == "sequence" else None


def single_step(f: Failure) -> Mistake | None:
    """`sequence(orders)`"""
    opening = _in_sequence(f)
    if opening is None or f.here.symbol != ")" or "THEN" in f.accepts:
        return None
    if any(f.lexeme(index).word == "then" for index in f.backwards()):
        return None
    help = f"write `sequence({f.quote(opening + 1, f.at)}, then …)`, or `exists(…)` for one"
    return at(f.lexeme(opening - 1), "a sequence has at least two steps", help)


def first_step_is_no(f: Failure) -> Mistake | None:
    """`sequence(no orders, then orders)`"""
    opening = _in_sequence(f)
    if opening is None or f.before().word != "no" or f.at != opening + 2:
        return None
    return at(
        f.before(),
        "the first step of a sequence is one that happens",
        "start with what comes first, then `no …`",
    )


def step_without_then(f: Failure) -> Mistake | None:
    """`sequence(orders, page_views)`"""
    if _in_sequence(f) is None or "THEN" not in f.accepts or f.before().symbol != ",":
        return None
    return at(
        f.here if f.here is not NOTHING else f.before(),
        "each later step starts with `then`",
        "write `, then …`",
    )


def as_of_what(f: Failure) -> Mistake | None:
    """`segment(active) as of signup_date`"""
    if f.before().word != "of" or f.before(2).word != "as" or f.here is NOTHING:
        return None
    help = "write a date, `30 days ago`, `start of month`, or a parameter of type date"
    return at(f.here, "`as of` takes a day that is the same for everyone", help)
