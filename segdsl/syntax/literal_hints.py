"""Hints about names, digits and signs that stand for something else than was meant."""

from __future__ import annotations

import re
import unicodedata

from segdsl.syntax.lexemes import NOTHING, Failure, Mistake, at


def empty_name(f: Failure) -> Mistake | None:
    """``` `` ```"""
    if f.here.kind != "unclosed" or not f.here.text.startswith("``"):
        return None
    return Mistake(
        f.here.start, f.here.start + 2, "this name is empty", "write the name between the backticks"
    )


def foreign_digits(f: Failure) -> Mistake | None:
    """`３０`"""
    if f.here.kind not in ("number", "date") or f.here.text.isascii():
        return None
    written = "".join(str(unicodedata.decimal(c, c)) for c in f.here.text)
    help = f"write `{written}`" if written.isascii() else None
    return at(f.here, "numbers are written with the digits 0 to 9", help)


def name_of_digits(f: Failure) -> Mistake | None:
    """`orders.1st`"""
    before, here = f.before(), f.here
    if here.kind != "number" or not here.text.startswith(".") or before.kind not in ("word", "quoted"):
        return None
    if before.end != here.start:
        return None
    help = f"write the name in backticks: `` {before.text}.`{here.text[1:]}` ``"
    return at(here, "a name that starts with a digit is not a plain word", help)


def sign_twice(f: Failure) -> Mistake | None:
    """`balance > --5`"""
    end = f.before().end
    comment = re.compile(r"\s*(--)[\w$(]").match(f.text, end)
    if f.here is not NOTHING or comment is None:
        return None
    return Mistake(
        comment.start(1),
        comment.end(1),
        "`--` starts a comment, so the expression ends before it",
        "write `-` once; two signs stand apart: `- -`",
    )
