"""Comparisons, ranges and lists, bound: every operand is bound once, and its type seen to fit the other's."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple, cast

from segdsl.diagnostics.wording import listing, suggest
from segdsl.semantics import advice, ir
from segdsl.semantics.functions import coerce
from segdsl.semantics.logic import MIRRORED, all_of, any_of, negate
from segdsl.semantics.scope import Frame, Missing, look_up
from segdsl.semantics.times import a, check_range, day_of, on_project_clock
from segdsl.semantics.types import (
    BOOLEAN,
    DATE,
    FLOAT,
    MAX_DIGITS,
    STRING,
    TIMESTAMP,
    TIMESTAMPTZ,
    Kind,
    Type,
    arithmetic,
)
from segdsl.source import Span
from segdsl.syntax import ast

if TYPE_CHECKING:
    from segdsl.semantics.binder import Binder


class Side(NamedTuple):
    """An operand: what it means, and where it is written."""

    value: ir.Value
    node: ast.Expression

    @property
    def is_fixed(self) -> bool:
        return isinstance(self.value, ir.Constant | ir.Point)


def bind_comparison(binder: Binder, node: ast.Comparison, frame: Frame) -> ir.Condition | None:
    left = binder.bind(node.left, frame)
    right = _right_side(binder, node.right, left, frame)
    if left is None or right is None:
        return None
    for side, other in ((left, right), (right, left)):
        if isinstance(side, ir.CONDITIONS):
            truth = other.value if isinstance(other, ir.Constant) and other.type == BOOLEAN else None
            if truth is None or node.operator not in ("=", "!="):
                message = "a condition compares with `true` and `false` only"
                written = node.left if isinstance(left, ir.CONDITIONS) else node.right
                help = f"leave the comparison out: `{advice.written(written)}`"
                return binder.error("wrong-type", message, node.at, help)
            condition = cast(ir.Condition, side)
            return negate(condition) if truth is (node.operator == "!=") else condition
    sides = Side(cast(ir.Value, left), node.left), Side(cast(ir.Value, right), node.right)
    return _compare(binder, node.operator, *sides, node.at)


def _right_side(
    binder: Binder, node: ast.Expression, left: ir.Value | ir.Condition | None, frame: Frame
) -> ir.Value | ir.Condition | None:
    """The right side of a comparison. Beside text, a lone word that names nothing may be text as well."""
    of_text = isinstance(left, ir.VALUES) and cast(ir.Value, left).type == STRING
    if of_text and isinstance(node, ast.Path) and len(node.parts) == 1 and node.text == node.at.text:
        found = look_up(binder.catalog, frame, node)
        if isinstance(found, Missing) and not found.near:
            help = f"if it is text, put it in quotes: `'{node.text}'`"
            return binder.missing(replace(found, help=help))
    return binder.bind(node, frame)


def bind_between(binder: Binder, node: ast.Between, frame: Frame) -> ir.Condition | None:
    operand, low, high = (_side(binder, part, frame) for part in (node.operand, node.low, node.high))
    if operand is None or low is None or high is None:
        return None
    if not operand.value.type.is_ordered:
        return _no_order(binder, operand.value, "between", node.at)
    lower = _compare(binder, ">=", operand, low, node.at)
    upper = _compare(binder, "<=", operand, high, node.at)
    if lower is None or upper is None:
        return None
    check_range(binder, low.value, high.value, node.low, node.high)
    return negate(all_of([lower, upper])) if node.negated else all_of([lower, upper])


def bind_in(binder: Binder, node: ast.In, frame: Frame) -> ir.Condition | None:
    operand = _side(binder, node.operand, frame)
    items = _list_parameter(binder, node.items[0]) if node.bare else _listed(binder, node, frame)
    if operand is None or items is None:
        return None
    tests = [_compared(binder, "=", operand, item, node.at) for item in items]
    known = [test for test in tests if test is not None]
    if len(known) < len(tests):
        return None
    return negate(_as_list(known, node.at)) if node.negated else _as_list(known, node.at)


def _side(binder: Binder, node: ast.Expression, frame: Frame) -> Side | None:
    value = binder.value(node, frame)
    return None if value is None else Side(value, node)


def _listed(binder: Binder, node: ast.In, frame: Frame) -> list[Side] | None:
    items = [_side(binder, item, frame) for item in node.items]
    known = [item for item in items if item is not None]
    return known if len(known) == len(items) else None


def _list_parameter(binder: Binder, node: ast.Expression) -> list[Side] | None:
    constants = binder.parameter(node) if isinstance(node, ast.Parameter) else None
    if isinstance(constants, tuple):
        return [Side(constant, node) for constant in constants]
    if constants is not None:
        name = f"${cast(ast.Parameter, node).name}"
        help = f"write `= {name}`, or declare it with a type such as `list(string)`"
        binder.error("wrong-type", f"`{name}` is one value, and `in` needs a list", node.at, help)
    return None


def _compare(
    binder: Binder, operator: ir.CompareOperator, left: Side, right: Side, at: Span
) -> ir.Condition | None:
    if left.is_fixed and not right.is_fixed:
        left, right, operator = right, left, MIRRORED[operator]
    if operator == "!=":
        equal = _compared(binder, "=", left, right, at)
        return None if equal is None else negate(equal)
    return _compared(binder, operator, left, right, at)


def _compared(
    binder: Binder, operator: ir.CompareOperator, left: Side, right: Side, at: Span
) -> ir.Condition | None:
    """Two values compared, once their types are seen to fit."""
    one, other = left.value, right.value
    kinds = {one.type.kind, other.type.kind}
    if operator == "=" and not _among_values(binder, one, right):
        return None
    if one.type.is_number and other.type.is_number:
        return _numbers(binder, operator, one, other, at)
    if one.type.is_time and other.type.is_time:
        return _times(binder, operator, one, other, at)
    fits = one.type == other.type or (Kind.KEY in kinds and kinds <= {Kind.KEY, Kind.INTEGER, Kind.STRING})
    if not fits:
        return binder.error(
            "wrong-type",
            f"{a(one.type.kind)} can't be compared with {a(other.type.kind)}",
            right.node.at,
            advice.comparison(one, other, left.node, right.node),
        )
    if operator != "=":
        return _no_order(binder, one, operator, at)
    if isinstance(other, ir.Constant) and other.type == BOOLEAN:
        return ir.BooleanTest(one, bool(other.value), on_unknown=False, span=at)
    return ir.Compare(operator, one, other, on_unknown=False, span=at)


def _no_order(binder: Binder, value: ir.Value, operator: str, at: Span) -> None:
    message = f"{a(value.type.kind)} has no order, so `{operator}` has no meaning here"
    return binder.error("wrong-type", message, at, advice.order(value.type))


def _numbers(
    binder: Binder, operator: ir.CompareOperator, left: ir.Value, right: ir.Value, at: Span
) -> ir.Condition | None:
    if isinstance(right, ir.Divide) and not _has_quotient(left):
        left, right, operator = right, left, MIRRORED[operator]
    if isinstance(left, ir.Divide) and not _has_quotient(right):
        parts = (left.numerator, left.denominator, right)
        if any(part.type == FLOAT for part in parts):
            parts = (coerce(parts[0], FLOAT), coerce(parts[1], FLOAT), coerce(parts[2], FLOAT))
        if arithmetic("*", parts[1].type, parts[2].type) is None:
            message = f"the divisor times the other side has more than {MAX_DIGITS} digits after the point"
            return binder.error("too-many-digits", message, at, "round one of them: `round(x, 4)`")
        return ir.CompareQuotient(operator, *parts, on_unknown=False, span=at)
    if FLOAT in (left.type, right.type):
        left, right = coerce(left, FLOAT), coerce(right, FLOAT)
    return ir.Compare(operator, left, right, on_unknown=False, span=at)


def _times(
    binder: Binder, operator: ir.CompareOperator, left: ir.Value, right: ir.Value, at: Span
) -> ir.Condition | None:
    zone = binder.catalog.timezone
    if DATE in (left.type, right.type):
        left, right = day_of(left, zone), day_of(right, zone)
    elif left.type != right.type:
        if left.type != TIMESTAMPTZ or right.type != TIMESTAMP or not isinstance(right, ir.Constant):
            return binder.error(
                "wrong-type",
                "a timestamp can't be compared with an instant (timestamptz)",
                at,
                "compare their days: `date(…)`",
            )
        right = on_project_clock(cast(datetime, right.value), zone)
    return ir.Compare(operator, left, right, on_unknown=False, span=at)


_OF_STORED = (
    ir.Function.MIN,
    ir.Function.MAX,
    ir.Function.FIRST,
    ir.Function.LAST,
    ir.Function.MOST_FREQUENT,
)
"""The aggregates that are always one of the values of the events."""


def _among_values(binder: Binder, value: ir.Value, side: Side) -> bool:
    """Whether a literal is among the values that the column declares, if it declares any."""
    while isinstance(value, ir.Aggregate) and value.function in _OF_STORED and value.value is not None:
        value = value.value
    constant = side.value
    literal: object = constant.value if isinstance(constant, ir.Constant) else None
    if isinstance(constant, ir.Point):
        literal = constant.day.fixed
    if not isinstance(value, ir.Column) or literal is None or not _fits(value.type, constant.type):
        return True
    declared = binder.catalog.tables[value.table].columns.get(value.name)
    if value.type == FLOAT:
        literal = float(cast(Decimal, literal))
    if declared is None or declared.values is None or literal in declared.values:
        return True
    names = [str(each) for each in declared.values]
    help = suggest(str(literal), names) or f"its values are {listing(names)}"
    origin = f", the value of `${side.node.name}`," if isinstance(side.node, ast.Parameter) else ""
    message = f"`{literal}`{origin} is not among the values of `{value.name}`"
    binder.error("unknown-value", message, side.node.at, help)
    return False


def _fits(stored: Type, literal: Type) -> bool:
    """Whether a literal of a type is one that the facts about a column are written in."""
    return stored.kind is literal.kind or (stored.is_number and literal.is_number)


def _has_quotient(value: ir.Value) -> bool:
    match value:
        case ir.Divide():
            return True
        case ir.Arithmetic(_, left, right):
            return _has_quotient(left) or _has_quotient(right)
        case ir.Negate(operand) | ir.ToFloat(operand):
            return _has_quotient(operand)
        case ir.Call(_, arguments):
            return any(map(_has_quotient, arguments))
        case ir.If(_, then, otherwise):
            return _has_quotient(then) or _has_quotient(otherwise)
        case _:
            return False


def _as_list(tests: list[ir.Condition], at: Span) -> ir.Condition:
    """Equalities of one operand with constants as one list test, where they are that."""
    constants: list[ir.Constant] = []
    operand: ir.Value | None = None
    for test in tests:
        if not isinstance(test, ir.Compare) or (operand is not None and test.left != operand):
            return any_of(tests)
        operand, other = test.left, test.right
        if isinstance(other, ir.Point) and other.day.fixed is not None:
            other = ir.Constant(other.day.fixed, DATE)
        if not isinstance(other, ir.Constant):
            return any_of(tests)
        constants.append(other)
    assert operand is not None
    return ir.InList(operand, tuple(dict.fromkeys(constants)), negated=False, on_unknown=False, span=at)
