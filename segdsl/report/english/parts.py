"""Tests on parts of dates by the names that people use: months, days of the week, years, hours."""

from __future__ import annotations

from collections.abc import Callable

from segdsl.report.english import words
from segdsl.report.english.narrator import Narrator
from segdsl.report.english.phrases import Clause, being
from segdsl.semantics.ir import CompareOperator
from segdsl.semantics.scope import Frame
from segdsl.syntax import ast

_NAMES = {"month": words.MONTHS, "weekday": words.WEEKDAYS}
_PREPOSITIONS = {
    ("month", False): "in", ("month", True): "from", ("weekday", False): "on a", ("weekday", True): "on",
}  # fmt: skip


def holds(operator: CompareOperator, value: int, other: int | None) -> bool:
    if other is None:
        return False
    return {
        "=": value == other, "!=": value != other, "<": value < other, "<=": value <= other, ">": value > other,
        ">=": value >= other,
    }[operator]  # fmt: skip


def whole_number(node: ast.Expression) -> int | None:
    """A whole number that is written out."""
    match node:
        case ast.Number(int(value), False):
            return value
        case ast.Negate(ast.Number(int(value), False)):
            return -value
    return None


def calendar_part(
    n: Narrator, node: ast.Call, frame: Frame, fits: Callable[[int], bool], *others: ast.Expression
) -> Clause | None:
    """Months and days of the week by their names: "their birth date is in May"."""
    names = _NAMES.get(node.function)
    if names is None or any(whole_number(other) is None for other in others):
        return None
    every = range(1, len(names) + 1)
    chosen = [number for number in every if fits(number)]
    left = [number for number in every if not fits(number)]
    if not chosen or not left:
        return None
    negated = len(left) < len(chosen) and not words.is_run(chosen)
    told = left if negated else chosen
    said = words.runs(told, names)
    subject = n.noun(node.arguments[0], frame)
    preposition = _PREPOSITIONS[node.function, words.is_run(told)]
    return being(subject, f"{preposition} {said}", negated)


def clock_part(
    n: Narrator, node: ast.Call, frame: Frame, operator: CompareOperator, other: ast.Expression
) -> Clause | None:
    """Years and hours as people say them: "their birth date is in 1990 or later", "at 20:00 or later"."""
    number = whole_number(other)
    if number is None or node.function not in ("year", "hour"):
        return None
    if node.function == "year":
        how = {
            "=": f"in {number}", "!=": f"in {number}", "<": f"before {number}", "<=": f"in {number} or before",
            ">": f"after {number}", ">=": f"in {number} or later",
        }[operator]  # fmt: skip
    else:
        if not 0 < number < 23:
            return None
        how = {
            "=": f"from {number}:00 to {number}:59", "!=": f"from {number}:00 to {number}:59",
            "<": f"before {number}:00", "<=": f"before {number + 1}:00", ">": f"at {number + 1}:00 or later",
            ">=": f"at {number}:00 or later",
        }[operator]  # fmt: skip
    return being(n.noun(node.arguments[0], frame), how, operator == "!=")
