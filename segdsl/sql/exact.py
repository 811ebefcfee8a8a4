"""Exact numbers compared and divided in SQL, whatever their scales, without a digit lost.

Engines bring two decimals to one type before they compare them, and fail where that would need over 38 digits;
and they divide as doubles, which hold whole numbers up to 2^53.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from sqlglot import exp

from segdsl.semantics import ir
from segdsl.semantics.types import INTEGER, MAX_DIGITS, Kind
from segdsl.sql import tree
from segdsl.sql.numbers import product, to_double, whole_digits
from segdsl.sql.tree import Expression

if TYPE_CHECKING:
    from segdsl.sql.dialects.base import Dialect

_DOUBLE_DIGITS = 15
"""A double holds every whole number of so many digits."""
_LARGEST_WHOLE = 2**53
"""A double holds every whole number up to this one."""


# --- comparing --------------------------------------------------------------------------------------------


def compare(
    dialect: Dialect,
    operator: ir.CompareOperator,
    left: ir.Value,
    above: Expression,
    right: ir.Value,
    below: Expression,
) -> Expression:
    """A comparison of two values, given as SQL too; NULL where either is unknown."""
    if _share_a_type(left, right):
        return tree.compare(operator, above, below)
    if isinstance(right, ir.Constant):
        return compare_constant(dialect, operator, left, above, right)
    if isinstance(left, ir.Constant):
        return compare_constant(dialect, tree.FLIPPED[operator], right, below, left)
    return compare_parts(dialect, operator, left, above, right, below)


def comparable(operand: ir.Value, constants: Sequence[ir.Constant]) -> list[ir.Constant]:
    """Those of the constants that the operand could be equal to, such as an engine can compare it with."""
    if all(_share_a_type(operand, constant) for constant in constants):
        return list(constants)
    return of_its_scale(operand, constants)


def of_its_scale(operand: ir.Value, constants: Sequence[ir.Constant]) -> list[ir.Constant]:
    """Those of the constants that an exact operand could be equal to, as constants of its type."""
    scale = operand.type.scale
    found = []
    for constant in constants:
        steps = _in_steps(constant, scale)
        if steps.denominator == 1 and abs(steps) < 10**MAX_DIGITS:
            found.append(ir.Constant(_decimal(int(steps), scale), operand.type))
    return found


def _share_a_type(left: ir.Value, right: ir.Value) -> bool:
    """Whether 38 digits are enough for both, the finer scale kept."""
    if not (left.type.is_exact and right.type.is_exact):
        return True
    scale = max(left.type.scale, right.type.scale)
    return scale == 0 or max(whole_digits(left), whole_digits(right)) + scale <= MAX_DIGITS


def _in_steps(constant: ir.Constant, scale: int) -> Fraction:
    """How many steps of 10^-scale a constant is."""
    assert isinstance(constant.value, int | Decimal)
    steps: Fraction = Fraction(constant.value) * 10**scale
    return steps


def _decimal(steps: int, scale: int) -> int | Decimal:
    if scale == 0:
        return steps
    return Decimal((int(steps < 0), tuple(map(int, str(abs(steps)))), -scale))


_BELOW: dict[ir.CompareOperator, ir.CompareOperator] = {"<": "<=", "<=": "<=", ">": ">", ">=": ">"}
"""What an operator becomes where the constant is rounded down to a step that it does not stand on."""


def compare_constant(
    dialect: Dialect,
    operator: ir.CompareOperator,
    value: ir.Value,
    expression: Expression,
    constant: ir.Constant,
) -> Expression:
    """The constant, rounded down to a step of the value's scale, is one that the value's type holds."""
    steps = _in_steps(constant, value.type.scale)
    below = steps.numerator // steps.denominator
    if below != steps:
        if operator in ("=", "!="):
            return tree.known(expression, operator == "!=")
        operator = _BELOW[operator]
    if abs(below) >= 10**MAX_DIGITS:
        return tree.known(expression, operator in (("<", "<=", "!=") if below > 0 else (">", ">=", "!=")))
    literal = dialect.literal(_decimal(below, value.type.scale), value.type.scale)
    return tree.compare(operator, expression, literal)


def compare_parts(
    dialect: Dialect,
    operator: ir.CompareOperator,
    left: ir.Value,
    above: Expression,
    right: ir.Value,
    below: Expression,
) -> Expression:
    """First what stands before the point, then what stands behind it."""
    whole = [_whole_part(dialect, left, above), _whole_part(dialect, right, below)]
    rest = [_fraction(dialect, left, above, right), _fraction(dialect, right, below, left)]
    same = tree.compare("=", whole[0].copy(), whole[1].copy())
    if operator == "=":
        return tree.all_of([same, tree.compare("=", *rest)])
    first: ir.CompareOperator = operator if operator == "!=" else "<" if operator in ("<", "<=") else ">"
    if operator == "!=":
        return tree.any_of([tree.compare(first, *whole), tree.compare(operator, *rest)])
    return tree.any_of([tree.compare(first, *whole), tree.all_of([same, tree.compare(operator, *rest)])])


def _whole_part(dialect: Dialect, value: ir.Value, expression: Expression) -> Expression:
    if value.type.scale == 0:
        return expression.copy()
    return dialect.truncated(expression.copy())


def _fraction(dialect: Dialect, value: ir.Value, expression: Expression, other: ir.Value) -> Expression:
    if value.type.scale == 0:
        return dialect.zero(other)
    return dialect.cast(dialect.fraction(expression.copy()), f"DECIMAL({MAX_DIGITS}, {MAX_DIGITS})")


# --- as doubles -------------------------------------------------------------------------------------------


def nearest_double(dialect: Dialect, value: ir.Value, expression: Expression) -> Expression:
    """An exact value as the nearest double."""
    if value.type.scale and whole_digits(value) + value.type.scale > _DOUBLE_DIGITS:
        # Engines divide the digits by a power of ten, and so round twice; text is rounded once.
        expression = dialect.cast(expression, "VARCHAR")
    return to_double(dialect, expression)


def quotient(
    dialect: Dialect, numerator: ir.Value, above: Expression, denominator: ir.Value, below: Expression
) -> Expression:
    """The nearest double to the quotient of two exact values; NULL where the divisor is 0.

    It may be off by one step where a number has over 15 digits and the quotient is halfway between doubles.
    """
    scale = max(numerator.type.scale, denominator.type.scale)
    sizes = [whole_digits(each) + scale for each in (numerator, denominator)]
    if max(sizes) > MAX_DIGITS:
        return _ratio(
            dialect, nearest_double(dialect, numerator, above), nearest_double(dialect, denominator, below)
        )
    above = dialect.as_whole(numerator, above, scale)
    below = dialect.as_whole(denominator, below, scale)
    plain = _ratio(dialect, to_double(dialect, above), to_double(dialect, below), denominator)
    long = [each for each, size in ((above, sizes[0]), (below, sizes[1])) if size > _DOUBLE_DIGITS]
    if not long:
        return plain
    few = tree.all_of([_between(each, -_LARGEST_WHOLE, _LARGEST_WHOLE) for each in long])
    return tree.case((few, plain), default=_long_division(dialect, above, below))


def _ratio(
    dialect: Dialect, above: Expression, below: Expression, divisor: ir.Value | None = None
) -> Expression:
    if not (isinstance(divisor, ir.Constant) and divisor.value):
        below = exp.Nullif(this=below, expression=tree.number(0))
    return dialect.divide(above, below)


def _between(expression: Expression, low: int, high: int) -> Expression:
    return exp.Between(this=tree.operand(expression.copy()), low=tree.number(low), high=tree.number(high))


def _long_division(dialect: Dialect, above: Expression, below: Expression) -> Expression:
    """The whole quotient, and the rest by the divisor."""
    above = dialect.cast(above.copy(), "HUGEINT")
    divisor = exp.Nullif(this=dialect.cast(below.copy(), "HUGEINT"), expression=tree.number(0))
    whole = dialect.whole_quotient(above, divisor)
    rest = dialect.modulo(above.copy(), divisor.copy())
    part = dialect.divide(to_double(dialect, rest), to_double(dialect, divisor.copy()))
    return tree.arithmetic("+", to_double(dialect, whole), part)


def as_whole(dialect: Dialect, value: ir.Value, expression: Expression, scale: int) -> Expression:
    """An exact value times 10^scale, which makes a whole number of it."""
    if isinstance(value, ir.Constant):
        return dialect.literal(int(_in_steps(value, scale)), 0)
    if scale == 0:
        return expression
    digits = whole_digits(value) + scale
    if value.type.kind is Kind.INTEGER or digits + value.type.scale <= MAX_DIGITS:
        return raised(dialect, value, expression, scale)
    # All digits as text, without the point: there always are as many behind it as the scale says.
    text = tree.function("REPLACE", dialect.cast(expression, "VARCHAR"), tree.text("."), tree.text(""))
    power = dialect.literal(10 ** (scale - value.type.scale), 0)
    return tree.arithmetic("*", dialect.cast(text, "HUGEINT"), power)


def raised(dialect: Dialect, value: ir.Value, expression: Expression, scale: int) -> Expression:
    """An exact value multiplied by 10^scale."""
    factor = ir.Constant(10**scale, INTEGER)
    return product(dialect, value, expression, factor, dialect.literal(10**scale, 0))[1]
