"""Functions of values as noun phrases."""

from __future__ import annotations

from segdsl.report.english import words
from segdsl.report.english.constants import amount
from segdsl.report.english.narrator import Narrator
from segdsl.report.english.phrases import Noun, inline
from segdsl.semantics.scope import Frame
from segdsl.semantics.types import DATE
from segdsl.syntax import ast

_AFTER = {
    "lower": "in lower case", "upper": "in upper case", "trim": "without blanks around it",
    "floor": "rounded down", "ceil": "rounded up",
}  # fmt: skip
_OF = {"length": "length", "abs": "absolute value"}
_PARTS = {
    "year": "year", "quarter": "quarter", "month": "month", "day": "day of the month", "weekday": "day of the week",
    "hour": "hour",
}  # fmt: skip


def call(n: Narrator, node: ast.Call, frame: Frame) -> Noun:
    """The words for a function of values."""
    function = node.function
    if function == "if":
        return _if(n, node, frame)
    parts = [n.noun(argument, frame) for argument in node.arguments]
    nested = any(part.nested for part in parts)
    first = parts[0]
    match function:
        case "lower" | "upper" | "trim" | "floor" | "ceil":
            return _after(first, _AFTER[function])
        case "round" if len(parts) == 1:
            return _after(first, "rounded")
        case "round":
            digits = amount(n, node.arguments[1])
            return _after(first, f"rounded to {digits} digit{'s' * (digits != '1')} after the point")
        case "coalesce":
            if len(parts) == 1:
                return first
            if len(parts) == 2:
                said = f"{first.tight}, or {parts[1].tight} if that is not known"
                return Noun(said, loose=True, nested=nested, aside=True, long=True)
            said = words.listed([part.tight for part in parts], "and")
            return Noun(f"the first of {said} that is known", nested=nested, loose=True, long=True)
        case "least" | "greatest":
            said = words.listed([part.tight for part in parts])
            return Noun(f"the {_extreme(n, node, frame)} of {said}", nested=nested, loose=True)
        case "band":
            return _band(n, node, first)
        case "date":
            return first if n.value(node.arguments[0], frame).type == DATE else _of(first, "day")
        case "length" | "abs":
            return _of(first, _OF[function])
        case "year" | "quarter" | "month" | "day" | "weekday" | "hour":
            return _of(first, _PARTS[function])
        case _:
            raise AssertionError(f"no words for the function {function}")


def _after(value: Noun, words: str) -> Noun:
    if value.owned and not (value.aside or value.loose):
        return Noun(f"{value.text} {words}", owned=True, plural=value.plural, nested=value.nested, long=True)
    return Noun(f"{value.tight} {words}", loose=True, nested=value.nested, long=True)


def _of(value: Noun, what: str) -> Noun:
    if value.owned and not (value.aside or value.loose or value.nested or value.long):
        return Noun(f"{words.genitive(value.text)} {what}", owned=True)
    return Noun(f"the {what} of {value.tight}", nested=value.nested, long=True)


def _if(n: Narrator, node: ast.Call, frame: Frame) -> Noun:
    condition, then, otherwise = node.arguments
    one, other = n.noun(then, frame), n.noun(otherwise, frame)
    text = f"{one.tight} if {inline(n.said(condition, frame))}, otherwise {other.tight}"
    return Noun(text, loose=True, nested=True, long=True, bracket=True)


def _extreme(n: Narrator, node: ast.Call, frame: Frame) -> str:
    least = node.function == "least"
    if n.value(node, frame).type.is_time:
        return "earliest" if least else "latest"
    return "lowest" if least else "highest"


def _band(n: Narrator, node: ast.Call, value: Noun) -> Noun:
    """1 + how many cut points are at most the value, told tier by tier."""
    cuts = [amount(n, cut, value.unit) for cut in node.arguments[1:]]
    tiers = [f"1 below {cuts[0]}", *(f"{tier} from {cut}" for tier, cut in enumerate(cuts, start=2))]
    return Noun(f"the tier of {value.tight} ({words.listed(tiers)})", nested=value.nested)
