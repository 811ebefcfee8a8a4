"""What is the same for all rows: numbers, texts, days and parameters."""

from __future__ import annotations

from segdsl.report.english import words
from segdsl.report.english.narrator import Narrator
from segdsl.syntax import ast
from segdsl.units import Unit


def amount(n: Narrator, node: ast.Expression, unit: Unit | None = None, code: bool = False) -> str:
    """A number, text or other constant: "90 days (`$quiet_days`)"."""
    match node:
        case ast.Parameter(name):
            said = words.shortened([words.constant(each, code) for each in n.constants(name)], "or")
            return f"{_with_unit(said, unit)} ({words.coded(f'${name}')})"
        case ast.Negate(operand):
            return f"-{amount(n, operand, unit, code)}"
        case ast.Number(value, percent):
            return _with_unit(words.number(value, percent, code), unit)
        case ast.String(text):
            return words.quoted(text)
        case ast.Boolean(truth):
            return "true" if truth else "false"
        case ast.Timestamp(moment):
            return words.moment(moment)
        case _:
            return point(n, node)


def is_constant(node: ast.Expression) -> bool:
    """Whether the node is the same for all rows and needs no arithmetic."""
    match node:
        case ast.Negate(operand):
            return isinstance(operand, ast.Number)
        case ast.Number() | ast.String() | ast.Boolean() | ast.Timestamp() | ast.Parameter():
            return True
        case ast.Date() | ast.Today() | ast.Yesterday() | ast.Ago() | ast.StartOf():
            return True
        case _:
            return False


def _with_unit(said: str, unit: Unit | None) -> str:
    return said if unit is None else words.counted(said, unit)


def point(n: Narrator, node: ast.Expression) -> str:
    """A day, and what was written if that moves: "1 January 2024 (30 days ago)"."""
    said = words.day(n.day(node))
    match node:
        case ast.Today():
            return f"{said} (today)"
        case ast.Yesterday():
            return f"{said} (yesterday)"
        case ast.Ago(count, unit):
            span, parameter = n.counted(count, unit)
            return f"{said} ({span} ago{f': {parameter}' if parameter else ''})"
        case ast.StartOf(unit):
            return f"{said} (the start of the {unit})"
        case ast.Parameter(name):
            return f"{said} ({words.coded(f'${name}')})"
        case _:
            return said
