"""Which words are names as they stand, and which need backticks."""

from __future__ import annotations

import re

from segdsl.units import Unit

RESERVED = frozenset(
    [
        "and",
        "or",
        "not",
        "in",
        "is",
        "between",
        "like",
        "matches",
        "as",
        "on",
        "since",
        "after",
        "before",
        "until",
        "within",
        "via",
        "where",
        "true",
        "false",
        "null",
        "today",
        "yesterday",
    ]
) | {unit.plural for unit in Unit}
"""The words that are never names without backticks, in lower case."""

_MARKS = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0711-\u07b0"
    "\u07eb-\u07f3\u0816-\u085b\u0898-\u0963\u0966-\u0df3\u0e31-\u0e4e\u0eb1-\u0ece\u0f18-\u0f39\u0f3e-\u0f84"
    "\u0f86-\u0fbc\u102b-\u109d\u135d-\u135f\u1712-\u1734\u1752-\u1773\u17b4-\u17d3\u17dd\u18a9\u1920-\u193b"
    "\u1a17-\u1a1b\u1a55-\u1a7f\u1ab0-\u1b44\u1b6b-\u1bf3\u1c24-\u1c37\u1cd0-\u1cf9\u1dc0-\u1dff\u20d0-\u20f0"
    "\u302a-\u302f\u3099\u309a"
)
"""The combining marks of the scripts in use: Python's `\\w` has the letters, not these."""

NAME = rf"[^\W\d][\w{_MARKS}]*"
"""A plain word, reserved or not, as a regular expression."""

WORD = rf"(?!({'|'.join(sorted(RESERVED))})(?![\w{_MARKS}])){NAME}"
"""What may stand as a name without backticks, as a regular expression for any letter case."""

_word = re.compile(WORD, re.IGNORECASE)
_UNFOLD = str.maketrans("İıſ", "iis")


def is_plain_word(text: str) -> bool:
    """Whether `text` may stand as a name without backticks."""
    return _word.fullmatch(text) is not None


def quoted(name: str) -> str:
    """The name as an expression writes it: in backticks where it needs them."""
    return name if is_plain_word(name) else "`" + name.replace("`", "``") + "`"


def unquoted(written: str) -> str:
    """The name that stands in an expression, without its backticks."""
    return written[1:-1].replace("``", "`") if written.startswith("`") else written


def keyword(written: str) -> str:
    """A keyword in lower case. Regular expressions, ignoring case, take a few letters beyond a to z for one."""
    return written.translate(_UNFOLD).lower()
