"""From syntax tree to text, in the one form that `segdsl fmt` writes.

Keywords in lower case, blanks around operators, single quotes, backticks and parentheses only where the text
would mean something else without them. Parsing what is printed gives the same tree.
"""

from __future__ import annotations

from decimal import Decimal
from enum import IntEnum
from typing import assert_never

from segdsl.syntax import ast
from segdsl.units import Unit
from segdsl.words import quoted


def to_text(expression: ast.Expression) -> str:
    """The expression on one line."""
    return _text(expression, _Level.OR)


class _Level(IntEnum):
    """How tightly something binds, the loosest first, as in the grammar."""

    OR = 0
    AND = 1
    NOT = 2
    PREDICATE = 3
    SUM = 4
    PRODUCT = 5
    UNARY = 6
    ATOM = 7


def _level(node: ast.Expression) -> _Level:
    match node:
        case ast.Or():
            return _Level.OR
        case ast.And():
            return _Level.AND
        case ast.Not():
            return _Level.NOT
        case ast.Comparison() | ast.In() | ast.Between() | ast.IsKnown() | ast.TextTest() | ast.InWindow():
            return _Level.PREDICATE
        case ast.Arithmetic(operator):
            return _Level.SUM if operator in ("+", "-") else _Level.PRODUCT
        case ast.Negate():
            return _Level.UNARY
        case ast.Path() | ast.Parameter() | ast.Number() | ast.String() | ast.Boolean():
            return _Level.ATOM
        case ast.Date() | ast.Timestamp() | ast.Today() | ast.Yesterday() | ast.Ago() | ast.StartOf():
            return _Level.ATOM
        case ast.Since() | ast.FromTo() | ast.ToAnniversary() | ast.Call() | ast.Aggregate():
            return _Level.ATOM
        case ast.SegmentReference() | ast.HowMany():
            return _Level.ATOM
        case _:
            assert_never(node)


def _text(node: ast.Expression, least: _Level) -> str:
    """The text of a node, in parentheses if it binds less tightly than `least`."""
    return _bare(node) if _level(node) >= least else f"({_bare(node)})"


def _bare(node: ast.Expression) -> str:
    match node:
        case ast.Or(operands):
            return " or ".join(_text(operand, _Level.AND) for operand in operands)
        case ast.And(operands):
            return " and ".join(_text(operand, _Level.NOT) for operand in operands)
        case ast.Not(operand):
            return f"not {_text(operand, _Level.NOT)}"
        case ast.Comparison(operator, left, right):
            return f"{_text(left, _Level.SUM)} {operator} {_text(right, _Level.SUM)}"
        case ast.In(operand, items, negated, bare):
            inside = ", ".join(_text(item, _Level.UNARY) for item in items)
            return f"{_tested(operand, negated)} in {inside if bare else f'({inside})'}"
        case ast.Between(operand, low, high, negated):
            return (
                f"{_tested(operand, negated)} between {_text(low, _Level.SUM)} and {_text(high, _Level.SUM)}"
            )
        case ast.IsKnown(operand, negated):
            return f"{_text(operand, _Level.SUM)} is {'unknown' if negated else 'known'}"
        case ast.TextTest(operator, operand, pattern, negated):
            return f"{_tested(operand, negated)} {operator} {_text(pattern, _Level.UNARY)}"
        case ast.InWindow(operand, window, negated):
            return f"{_tested(operand, negated)} {_window(window)}"
        case ast.Arithmetic(operator, left, right):
            level = _level(node)
            return f"{_text(left, level)} {operator} {_text(right, _Level(level + 1))}"
        case ast.Negate(operand):
            inside = _text(operand, _Level.UNARY)
            # Two signs without a blank between them would start a comment.
            return f"- {inside}" if inside.startswith("-") else f"-{inside}"
        case _:
            return _atom(node)


def _atom(node: ast.Expression) -> str:
    match node:
        case ast.Path():
            return _path(node)
        case ast.Number():
            return _number(node)
        case ast.String(value):
            return "'" + value.replace("'", "''") + "'"
        case ast.Boolean(value):
            return "true" if value else "false"
        case ast.Date(day):
            return day.isoformat()
        case ast.Timestamp(moment):
            return moment.isoformat(timespec="seconds" if moment.second else "minutes")
        case ast.Parameter(name):
            return f"${name}"
        case ast.Today():
            return "today"
        case ast.Yesterday():
            return "yesterday"
        case ast.Ago(count, unit):
            return f"{_counted(count, unit)} ago"
        case ast.StartOf(unit):
            return f"start of {unit}"
        case ast.Since(unit, start):
            return f"{unit.plural} since {_text(start, _Level.ATOM)}"
        case ast.FromTo(unit, start, end):
            return f"{unit.plural} from {_text(start, _Level.ATOM)} to {_text(end, _Level.ATOM)}"
        case ast.ToAnniversary(unit, day_of):
            return f"{unit.plural} to anniversary of {_text(day_of, _Level.ATOM)}"
        case ast.Call(function, _, arguments):
            return f"{function}({_listed(arguments)})"
        case ast.Aggregate(name, rows):
            return f"{name}({_rows(rows)})"
        case ast.SegmentReference(links, segment):
            return f"{_path(links)}.segment({_path(segment)})" if links else f"segment({_path(segment)})"
        case ast.HowMany(bound, count, conditions):
            return f"{bound} {_atom(count)} of ({_listed(conditions)})"
        case _:
            raise AssertionError(f"no text for {node!r}")


def _tested(operand: ast.Expression, negated: bool) -> str:
    return _text(operand, _Level.SUM) + (" not" if negated else "")


def _listed(expressions: tuple[ast.Expression, ...]) -> str:
    return ", ".join(_text(each, _Level.OR) for each in expressions)


def _path(path: ast.Path) -> str:
    return ".".join(quoted(part.text) for part in path.parts)


def _counted(count: ast.Count, unit: Unit) -> str:
    one = isinstance(count, ast.Number) and count.value == 1
    return f"{_atom(count)} {unit if one else unit.plural}"


def _number(number: ast.Number) -> str:
    value = number.value
    if isinstance(value, int):
        return _grouped(str(value))
    if number.percent:
        sign, digits, exponent = value.as_tuple()
        assert isinstance(exponent, int)
        # Not `value * 100`, which rounds to the digits of the decimal context.
        hundredfold = format(Decimal((sign, digits, exponent + 2)), "f")
        return _grouped(hundredfold.rstrip("0").rstrip(".") if "." in hundredfold else hundredfold) + "%"
    text = format(value, "f")
    return _grouped(text if "." in text else f"{text}.0")


def _grouped(digits: str) -> str:
    """`1000`, but `10_000` and `1_000_000.5`."""
    whole, dot, fraction = digits.partition(".")
    return (f"{int(whole):_}" if len(whole) > 4 else whole) + dot + fraction


def _window(window: ast.Window) -> str:
    match window:
        case ast.InLast(count, unit):
            return f"in last {_counted(count, unit)}"
        case ast.InNext(count, unit):
            return f"in next {_counted(count, unit)}"
        case ast.InThis(unit):
            return f"in this {unit}"
        case ast.InPrevious(unit):
            return f"in previous {unit}"
        case ast.Relative(relation, point):
            return f"{relation} {_text(point, _Level.SUM)}"
        case ast.BetweenPoints(low, high):
            return f"between {_text(low, _Level.SUM)} and {_text(high, _Level.SUM)}"
        case ast.Within(count, unit, side, anchor):
            return f"within {_counted(count, unit)} {side} {_text(anchor, _Level.SUM)}"


def _rows(rows: ast.Rows) -> str:
    parts = [_path(rows.target)]
    if rows.value is not None:
        parts[0] += f".({_text(rows.value, _Level.OR)})"
    if rows.via is not None:
        parts.append(f"via {_path(rows.via)}")
    if rows.window is not None:
        parts.append(_window(rows.window))
    if rows.where is not None:
        parts.append(f"where {_text(rows.where, _Level.OR)}")
    return " ".join(parts)
