"""The message for a mistake that no hint knows: what was found, and what could stand there."""

from __future__ import annotations

from segdsl.syntax.lexemes import NOTHING, Failure, Lexeme, Mistake, at
from segdsl.words import RESERVED

_PHRASES = {
    "PLURAL_UNIT": "a unit such as `days`",
    "INTEGER": "a whole number",
    "AND": "`and`",
    "OR": "`or`",
    "COMMA": "`,`",
    "LPAR": "`(`",
    "RPAR": "`)`",
    "DOT": "`.`",
    "$END": "the end",
}
_MOST = 4


def describe(lexeme: Lexeme) -> str:
    """A piece of text as a message shows it."""
    text = lexeme.text if len(lexeme.text) <= 30 else lexeme.text[:29] + "…"
    return f'"{text}"' if "`" in text else f"`{text}`"


def expectation(failure: Failure) -> str:
    """What could stand there, as a short list in words."""
    accepts = failure.accepts
    if failure.wants_value:
        if failure.aggregate is not None and failure.before().symbol == "(":
            return "the name of a table"
        after = failure.before().word
        return "a condition" if "NOT" in accepts and after in ("and", "or", "not", "where") else "a value"
    if failure.wants_operator:
        return "an operator such as `=`" + (", or `and`" if "AND" in accepts else "")
    if "STRING" in accepts:
        return "a literal such as `'text'` or `42`"
    if "WORD" in accepts:
        return "the name of a table" if _opens_aggregate(failure) else "a name"
    if "WITHIN" in accepts and "AND" not in accepts:
        return _either(["a window such as `in last 30 days`", "`where`", "`)`"])
    if {"AND", "OR"} & accepts:
        accepts -= {"PLURAL_UNIT"}
    phrases = [phrase for terminal, phrase in _PHRASES.items() if terminal in accepts]
    # Keywords are named after themselves. The singular of a unit goes without saying, as does arithmetic.
    spelt = {"UNIT", "PLUS", "MINUS", "STAR", "SLASH", "PARAMETER", "COMPARISON", *_PHRASES}
    phrases = [f"`{name.lower()}`" for name in sorted(accepts - spelt)] + phrases
    return _either(phrases[:_MOST])


def _opens_aggregate(failure: Failure) -> bool:
    return failure.aggregate is not None and failure.before().symbol == "("


def _either(phrases: list[str]) -> str:
    if len(phrases) < 2:
        return "".join(phrases) or "something else"
    return ", ".join(phrases[:-1]) + " or " + phrases[-1]


_HELP = {
    "a value": "write a column, a number, text in quotes or a function",
    "a condition": "write a condition, such as `recency < 30`",
    "a name": "write a name; one that is not a plain word stands in backticks",
    "the name of a table": "write a table of the catalog, such as `orders`",
    "a whole number": "write a whole number, such as `30`",
    "a unit such as `days`": "the units are `days`, `weeks`, `months`, `quarters` and `years`",
    "a literal such as `'text'` or `42`": "write text in quotes, a number, a date or a parameter",
    "`and`, `or` or the end": "join two conditions with `and` or `or`",
    "an operator such as `=`, or `and`": "compare two values with an operator; join two conditions with `and`",
}


def unexpected(failure: Failure) -> Mistake:
    """The mistake as the grammar sees it."""
    wanted = expectation(failure)
    here = failure.here
    if here is NOTHING:
        last = failure.before()
        message = f"the expression ends too soon: expected {wanted} after {describe(last)}"
        return at(last, message, _HELP.get(wanted, f"write {wanted} there"))
    help = _HELP.get(wanted, f"put {wanted} before {describe(here)}")
    if here.word in RESERVED and "WORD" in failure.accepts:
        help = f"if `{here.text}` is a name, write it in backticks: `` `{here.text}` ``"
    return at(here, f"expected {wanted}, found {describe(here)}", help)
