"""Windows: when something falls."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from segdsl.report.english import words
from segdsl.report.english.constants import point
from segdsl.report.english.narrator import Narrator
from segdsl.semantics.scope import Frame
from segdsl.semantics.times import has_value_ends
from segdsl.syntax import ast

_SINCE = {
    "on": "on", "since": "on or after", "after": "after", "before": "before", "until": "on or before",
}  # fmt: skip
_OPPOSITE: dict[ast.Relation, ast.Relation] = {
    "since": "before",
    "after": "until",
    "before": "since",
    "until": "after",
}


def adverbial(n: Narrator, node: ast.Window, frame: Frame) -> str:
    """The same after a noun: "orders this month (1 to 31 January 2024)"."""
    return window(n, node, frame).removeprefix("in " if isinstance(node, ast.InThis) else "\n")


def window(n: Narrator, node: ast.Window, frame: Frame) -> str:
    """When: "in the last 30 days (2 to 31 January 2024)". Values in it are those of the frame's row."""
    match node:
        case ast.InLast(count, unit) | ast.InNext(count, unit):
            span, parameter = n.counted(count, unit)
            which = "last" if isinstance(node, ast.InLast) else "next"
            span = unit.value if span.startswith("1 ") else span
            return f"in the {which} {span} ({parameter + ': ' if parameter else ''}{n.days(node)})"
        case ast.InThis(unit):
            return f"in this {unit} ({n.days(node)})"
        case ast.InPrevious(unit):
            return f"in the previous {unit} ({n.days(node)})"
        case ast.Relative(relation, end):
            said = n.noun(end, frame).said if has_value_ends(node) else point(n, end)
            return f"{_SINCE[relation]} {said}"
        case ast.BetweenPoints(low, high):
            return between(n, low, high, frame)
        case ast.Within(count, unit, side, anchor):
            span, parameter = n.counted(count, unit)
            said = f"within {span} {side} {n.noun(anchor, frame).said}"
            return f"{said} ({parameter})" if parameter else said
        case _:
            assert_never(node)


def between(n: Narrator, low: ast.Expression, high: ast.Expression, frame: Frame) -> str:
    """From one day to another, both included."""
    node = ast.BetweenPoints(low, high, at=low.at)
    if has_value_ends(node):
        return f"from {n.noun(low, frame).said} to {n.noun(high, frame).said}"
    if isinstance(low, ast.Date) and isinstance(high, ast.Date):
        if low.value > high.value:
            return f"from {words.day(low.value)} to {words.day(high.value)} (no day at all)"
        said = n.days(node)
        return f"from {said}" if " to " in said else f"on {said}"
    return f"from {point(n, low)} to {point(n, high)}"


def opposite(node: ast.Relative) -> ast.Relative:
    """The window of all that is not in one that is open at one end."""
    return replace(node, relation=_OPPOSITE[node.relation])
