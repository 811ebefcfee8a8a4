"""Values and conditions of the IR as SQL expressions, given where their columns come from.

A condition as SQL may be NULL where the IR says false; `may_be_null` tells when, and `flag` gives what never is.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from functools import wraps
from typing import TYPE_CHECKING, Protocol, TypeVar, assert_never

from sqlglot import exp

from segdsl.semantics import ir
from segdsl.semantics.ir import is_nullable
from segdsl.semantics.types import Kind
from segdsl.sql import numbers, times, tree
from segdsl.sql.dialects.unsupported import Unsupported
from segdsl.sql.tree import Expression

if TYPE_CHECKING:
    from segdsl.sql.dialects.base import Dialect


class Row(Protocol):
    """Where an expression is read: gives the columns, aggregates and memberships of the row at hand."""

    @property
    def dialect(self) -> Dialect: ...

    def column(self, column: ir.Column) -> Expression: ...

    def aggregate(self, aggregate: ir.Aggregate) -> Expression:
        """Its value for the row: over no events 0 where the IR says so, and unknown where links lead nowhere."""
        ...

    def events(self, exists: ir.Exists) -> Expression:
        """How many events there are, 0 where links lead nowhere."""
        ...

    def member(self, member: ir.Member) -> Expression:
        """Whether the row is in the segment, negation aside; never NULL."""
        ...

    def standing(self, standing: ir.Standing) -> Expression: ...

    def sequence(self, sequence: ir.Sequence) -> Expression:
        """Whether the steps happened, negation aside; never NULL."""
        ...

    def sample(self, sample: ir.Sample) -> Expression:
        """Whether the row is in the sample, negation aside; never NULL."""
        ...


# --- conditions -------------------------------------------------------------------------------------------


def may_be_null(condition: ir.Condition) -> bool:
    """Whether the SQL of the condition may be NULL, which stands for false."""
    match condition:
        case ir.And(operands) | ir.Or(operands):
            return any(may_be_null(operand) for operand in operands)
        case ir.Compare(_, left, right, on_unknown):
            return not on_unknown and _any_unknown(left, right)
        case ir.CompareQuotient(_, numerator, denominator, other, on_unknown):
            return not on_unknown and _any_unknown(numerator, denominator, other)
        case (
            ir.InList(operand, on_unknown=on_unknown)
            | ir.TextTest(_, operand, on_unknown=on_unknown)
            | ir.BooleanTest(operand, on_unknown=on_unknown)
        ):
            return not on_unknown and _any_unknown(operand)
        case ir.Always() | ir.IsKnown() | ir.Exists() | ir.Sequence() | ir.Sample():
            return False
        case ir.HowMany() | ir.Member():
            return False
        case _:
            assert_never(condition)


P = TypeVar("P", ir.Condition, ir.Value)


def _placed(write: Callable[[P, Row], Expression]) -> Callable[[P, Row], Expression]:
    """What a dialect can't carry is told at the innermost place that the user wrote."""

    @wraps(write)
    def placed(part: P, row: Row) -> Expression:
        try:
            return write(part, row)
        except Unsupported as error:
            error.span = error.span or getattr(part, "span", None)
            raise

    return placed


def flag(condition: ir.Condition, row: Row) -> Expression:
    """The condition as a boolean value that is never NULL."""
    made = of_condition(condition, row)
    return row.dialect.as_value(row.dialect.otherwise(made, False) if may_be_null(condition) else made)


@_placed
def of_condition(condition: ir.Condition, row: Row) -> Expression:
    """The condition as SQL; NULL counts as false."""
    match condition:
        case ir.Always(value):
            return row.dialect.always(value)
        case ir.And(operands):
            return tree.all_of([of_condition(operand, row) for operand in operands])
        case ir.Or(operands):
            return tree.any_of([of_condition(operand, row) for operand in operands])
        case ir.Compare(operator, left, right, on_unknown):
            return _or_unknown(_compare(operator, left, right, row), on_unknown, row, left, right)
        case ir.CompareQuotient():
            return _compare_quotient(condition, row)
        case ir.InList(operand, _, negated, on_unknown):
            return _or_unknown(_negated(_in_list(condition, row), negated), on_unknown, row, operand)
        case ir.TextTest(_, operand, _, negated, on_unknown):
            return _or_unknown(_negated(_text_test(condition, row), negated), on_unknown, row, operand)
        case ir.BooleanTest(operand, expected, on_unknown):
            held = row.dialect.holds(of_value(operand, row))
            return _or_unknown(_negated(held, not expected), on_unknown, row, operand)
        case ir.IsKnown(operand, negated):
            return is_known(operand, row, negated)
        case ir.Exists(negated=negated):
            return tree.compare("=" if negated else ">", row.events(condition), tree.number(0))
        case ir.Sequence(negated=negated):
            return _negated(row.sequence(condition), negated)
        case ir.Sample(negated=negated):
            return _negated(row.sample(condition), negated)
        case ir.HowMany():
            return _how_many(condition, row)
        case ir.Member(negated=negated):
            return _negated(row.member(condition), negated)
        case _:
            assert_never(condition)


def _any_unknown(*values: ir.Value) -> bool:
    return any(
        is_nullable(value) or value.type.kind is Kind.FLOAT for value in values if not _is_fixed(value)
    )


def _is_fixed(value: ir.Value) -> bool:
    return isinstance(value, ir.Constant | ir.Point) or (
        isinstance(value, ir.ToFloat) and isinstance(value.operand, ir.Constant)
    )


def _negated(expression: Expression, negated: bool) -> Expression:
    return tree.negation(expression) if negated else expression


def _or_unknown(test: Expression, on_unknown: bool, row: Row, *operands: ir.Value) -> Expression:
    """The test, made true where an operand is unknown if so asked."""
    if not on_unknown or not _any_unknown(*operands):
        return test
    unknown = [operand for operand in operands if not _is_fixed(operand)]
    if len(unknown) == 1 and (plain := _stored(unknown[0])) is not None:
        return tree.any_of([test, tree.is_null(row.column(plain))])
    return row.dialect.otherwise(test, True)


def _stored(value: ir.Value) -> ir.Column | None:
    """The column that is unknown exactly when the value is, where there is one that reads well."""
    match value:
        case ir.Column() if value.type.kind is not Kind.FLOAT:
            return value
        case ir.DayOf(operand) | ir.LocalTime(operand):
            return _stored(operand)
        case _:
            return None


def is_known(value: ir.Value, row: Row, negated: bool = False) -> Expression:
    """Whether a value is known; of a column that is how it is stored, whatever the dialect reads it as."""
    match value:
        case ir.Column() if value.type.kind is not Kind.FLOAT:
            made = row.column(value)
        case _:
            made = of_value(value, row)
    return tree.is_null(made) if negated else tree.is_not_null(made)


def _in_list(test: ir.InList, row: Row) -> Expression:
    operand = of_value(test.operand, row)
    listed = [of_value(value, row) for value in row.dialect.comparable(test.operand, test.values)]
    if not listed:
        return tree.known(operand, False)
    return row.dialect.is_in(test.operand, operand, listed)


def _compare(operator: ir.CompareOperator, left: ir.Value, right: ir.Value, row: Row) -> Expression:
    if times.fixed_day(left) is not None:
        left, right, operator = right, left, tree.FLIPPED[operator]
    if isinstance(left, ir.Ntile) and isinstance(tile := _constant(right), int):
        sides = of_value(left.below, row), of_value(left.known, row)
        return numbers.compare_tile(operator, left.tiles, *sides, tile)
    day = times.fixed_day(right)
    if day is not None and isinstance(left, ir.DayOf):
        return times.compare_day(row.dialect, operator, left.operand, of_time(left.operand, row), day)
    return row.dialect.compare(operator, left, of_value(left, row), right, of_value(right, row))


def of_time(value: ir.Value, row: Row) -> Expression:
    """What `times.day_bound` takes: of a LocalTime the instant."""
    return of_value(value.operand if isinstance(value, ir.LocalTime) else value, row)


def _compare_quotient(condition: ir.CompareQuotient, row: Row) -> Expression:
    numerator, denominator, other = condition.numerator, condition.denominator, condition.other

    def sides(operator: ir.CompareOperator) -> Expression:
        above, below = of_value(numerator, row), of_value(denominator, row)
        if isinstance(other, ir.Constant) and other.value == 1:
            return row.dialect.compare(operator, numerator, above, denominator, below)
        # Of finite floats the product may be infinite, and compares as the number that it stands for.
        times, product = numbers.product(row.dialect, other, of_value(other, row), denominator, below)
        return row.dialect.compare(operator, numerator, above, times, product)

    def sign(operator: ir.CompareOperator) -> Expression:
        return tree.compare(operator, of_value(denominator, row), zero())

    def zero() -> Expression:
        return (
            numbers.float_literal(row.dialect, 0.0)
            if denominator.type.kind is Kind.FLOAT
            else row.dialect.zero(denominator)
        )

    constant = _constant(denominator)
    backwards = tree.FLIPPED[condition.operator]
    if constant is not None and constant != 0:
        test = sides(condition.operator if constant > 0 else backwards)
        return _or_unknown(test, condition.on_unknown, row, numerator, other)
    if constant == 0:
        return row.dialect.always(condition.on_unknown)
    if isinstance(denominator, ir.Standing):
        # Who is ranked is counted in: never 0.
        return _or_unknown(
            sides(condition.operator), condition.on_unknown, row, numerator, denominator, other
        )
    if _is_never_negative(denominator):
        if condition.on_unknown and not _any_unknown(numerator, denominator, other):
            return tree.any_of([sign("="), sides(condition.operator)])
        if not condition.on_unknown:
            return tree.all_of([sign(">"), sides(condition.operator)])
        test = tree.case((sign(">"), sides(condition.operator)))
    else:
        test = tree.case((sign(">"), sides(condition.operator)), (sign("<"), sides(backwards)))
    if _any_unknown(numerator, denominator, other):
        return row.dialect.otherwise(test, True) if condition.on_unknown else test
    test.set("default", row.dialect.boolean(condition.on_unknown))
    return test


def _constant(value: ir.Value) -> int | float | Decimal | None:
    if isinstance(value, ir.ToFloat):
        value = value.operand
    if isinstance(value, ir.Constant) and isinstance(value.value, int | float | Decimal):
        return value.value
    return None


def _is_never_negative(value: ir.Value) -> bool:
    match value:
        case ir.ToFloat(operand):
            return _is_never_negative(operand)
        case ir.Aggregate(function=ir.Function.COUNT | ir.Function.COUNT_DISTINCT) | ir.Call(
            "length" | "abs"
        ):
            return True
        case ir.Standing():
            return True
        case _:
            return False


def _text_test(test: ir.TextTest, row: Row) -> Expression:
    operand, pattern, dialect = of_value(test.operand, row), test.pattern, row.dialect
    match test.operator:
        case "contains":
            return dialect.contains(operand, pattern)
        case "starts with":
            return dialect.starts_with(operand, pattern)
        case "ends with":
            return dialect.ends_with(operand, pattern)
        case "like":
            return dialect.like(operand, pattern)
        case "matches":
            return dialect.matches(operand, pattern)
        case _:
            assert_never(test.operator)


def _how_many(condition: ir.HowMany, row: Row) -> Expression:
    ones = [
        tree.case((of_condition(each, row), tree.number(1)), default=tree.number(0))
        for each in condition.conditions
    ]
    operators: dict[tuple[str, bool], ir.CompareOperator] = {
        ("at least", False): ">=",
        ("at least", True): "<",
        ("at most", False): "<=",
        ("at most", True): ">",
        ("exactly", False): "=",
        ("exactly", True): "!=",
    }
    operator = operators[condition.bound, condition.negated]
    return tree.compare(operator, tree.sum_of(ones), tree.number(condition.count))


# --- values -----------------------------------------------------------------------------------------------


def of_value(value: ir.Value, row: Row) -> Expression:
    """The value as SQL; NULL where it is unknown."""
    made = raw(value, row)
    return row.dialect.finite(made) if _may_be_infinite(value) else made


def _may_be_infinite(value: ir.Value) -> bool:
    """Whether `raw` may give a float that is not finite."""
    if value.type.kind is not Kind.FLOAT:
        return False
    match value:
        case ir.Column():
            return True
        case ir.Arithmetic():
            return not numbers.is_bounded(value)
        case ir.Aggregate(function=function):
            return function is ir.Function.SUM
        case ir.Negate(operand):
            return _may_be_infinite(operand)
        case ir.Call("abs" | "round" | "floor" | "ceil", arguments):
            return _may_be_infinite(arguments[0])
        case ir.Divide(numerator, denominator):
            inexact = Kind.FLOAT in (numerator.type.kind, denominator.type.kind)
            return inexact and not numbers.is_bounded(value)
        case _:
            return False


@_placed
def raw(value: ir.Value, row: Row) -> Expression:
    """As `of_value`, but a float may be infinite or NaN where the value is unknown."""
    match value:
        case ir.Constant():
            return _literal(value, row.dialect)
        case ir.Point():
            day = times.fixed_day(value)
            assert day is not None
            return row.dialect.day(day)
        case ir.Column():
            return row.dialect.read(value.type, row.column(value))
        case ir.Aggregate():
            return row.aggregate(value)
        case ir.Negate(operand):
            return row.dialect.negative(operand, raw(operand, row))
        case ir.Arithmetic(_, left, right):
            return row.dialect.arithmetic(value, raw(left, row), raw(right, row))
        case ir.Divide():
            return _divide(value, row)
        case ir.ToFloat(operand):
            constant = _constant(operand)
            return (
                row.dialect.nearest_double(operand, of_value(operand, row))
                if constant is None
                else numbers.float_literal(row.dialect, constant)
            )
        case ir.Call():
            return _call(value, row)
        case ir.If(condition, then, otherwise, type):
            made = of_value(then, row), of_value(otherwise, row)
            sides = row.dialect.alike((then, otherwise), type, made)
            return tree.case((of_condition(condition, row), sides[0]), default=sides[1])
        case ir.Band():
            return _band(value, row)
        case ir.LocalTime(operand, zone):
            return row.dialect.local_time(of_value(operand, row), zone)
        case ir.DayOf(operand):
            return row.dialect.day_of(of_value(operand, row))
        case ir.Part(part, operand):
            return row.dialect.part(part, of_value(operand, row))
        case ir.Distance(_, start, end):
            return times.distance(row.dialect, value, of_value(start, row), of_value(end, row))
        case ir.AddTime(operand):
            return times.add(row.dialect, value, of_value(operand, row))
        case ir.ToAnniversary(operand, today):
            return times.to_anniversary(row.dialect, value, of_value(operand, row), of_value(today, row))
        case ir.Standing():
            return row.standing(value)
        case ir.Ntile(tiles, below, known):
            return numbers.tile(row.dialect, tiles, of_value(below, row), of_value(known, row))
        case _:
            assert_never(value)


def _literal(constant: ir.Constant, dialect: Dialect) -> Expression:
    match constant.value:
        case bool(value):
            return dialect.boolean(value)
        case int() | float() | Decimal() if constant.type.kind is Kind.FLOAT:
            return numbers.float_literal(dialect, constant.value)
        case int() | Decimal():
            return dialect.literal(constant.value, constant.type.scale)
        case float(value):
            return numbers.float_literal(dialect, value)
        case datetime() as value:
            return dialect.moment(value)
        case date() as value:
            return dialect.day(value)
        case str(value):
            return dialect.text(value)
        case _:
            assert_never(constant.value)


def _divide(value: ir.Divide, row: Row) -> Expression:
    numerator, denominator = value.numerator, value.denominator
    if Kind.FLOAT not in (numerator.type.kind, denominator.type.kind):
        above, below = of_value(numerator, row), of_value(denominator, row)
        return row.dialect.quotient(numerator, above, denominator, below)
    # A numerator that is not finite makes a quotient that is not.
    above, below = raw(numerator, row), of_value(denominator, row)
    if not _constant(denominator):
        below = exp.Nullif(this=below, expression=numbers.float_literal(row.dialect, 0.0))
    return row.dialect.divide(above, below)


def _band(band: ir.Band, row: Row) -> Expression:
    operand = of_value(band.operand, row)
    one, nothing = tree.number(1), tree.number(0)
    steps = [
        tree.case(
            (row.dialect.compare(">=", band.operand, operand.copy(), cut, of_value(cut, row)), one.copy()),
            default=nothing.copy(),
        )
        for cut in band.cuts
    ]
    total = tree.sum_of([one, *steps])
    if not _any_unknown(band.operand):
        return total
    return tree.case((tree.is_not_null(operand), total))


def _call(call: ir.Call, row: Row) -> Expression:
    first, *rest = call.arguments
    dialect = row.dialect
    match call.function:
        case "lower":
            return dialect.lower(of_value(first, row))
        case "upper":
            return dialect.upper(of_value(first, row))
        case "trim":
            return dialect.trim(of_value(first, row))
        case "length":
            return dialect.length(of_value(first, row))
        case "abs":
            return dialect.absolute(first, raw(first, row))
        case "round":
            if first.type.kind is Kind.INTEGER and not rest:
                return raw(first, row)
            return dialect.round(call, raw(first, row), raw(rest[0], row) if rest else None)
        case "floor":
            made = raw(first, row)
            return made if first.type.kind is Kind.INTEGER else dialect.floor(call, made)
        case "ceil":
            made = raw(first, row)
            return made if first.type.kind is Kind.INTEGER else dialect.ceil(call, made)
        case "coalesce":
            return tree.coalesce(*_alternatives(call, row))
        case "least" | "greatest":
            alternatives = _alternatives(call, row)
            return (dialect.least if call.function == "least" else dialect.greatest)(alternatives)
        case _:
            assert_never(call.function)


def _alternatives(call: ir.Call, row: Row) -> list[Expression]:
    made = [of_value(argument, row) for argument in call.arguments]
    return row.dialect.alike(call.arguments, call.type, made)
