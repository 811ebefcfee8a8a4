"""Numbers in SQL: exact ones stay exact, and floats that are not finite are unknown.

Integer operators of SQL engines fail beyond the width of their operands, so integers are widened where a
result may have more digits than fit.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from segdsl.semantics import ir, types
from segdsl.semantics.types import INTEGER_DIGITS, MAX_DIGITS, Kind, Type
from segdsl.sql import tree
from segdsl.sql.tree import Expression

if TYPE_CHECKING:
    from segdsl.sql.dialects.base import Dialect

_NARROW = 18
"""The most digits of a decimal that fits 64 bits."""
_COUNT_DIGITS = 15
"""Nobody has a quadrillion events."""
_COUNT_LIKELY, _SUM_LIKELY = 9, 5
"""How many digits a count has, and how many a sum has more than what is summed, where a mistake costs an error
or the last bit of a double."""
_TYPES = {32: "INT", 64: "BIGINT", 128: "HUGEINT"}


def exact_literal(dialect: Dialect, value: int | Decimal, scale: int = 0) -> Expression:
    """A literal whose SQL type is an integer, or for Decimals a decimal."""
    if isinstance(value, int):
        return tree.number(value)
    digits = f"{value.copy_abs():f}"
    if "." not in digits:
        digits += ".0"
    whole, _, fraction = digits.partition(".")
    if len(whole) + len(fraction) > MAX_DIGITS:
        # Too long for a decimal literal, the zero before the point or one behind it counted in.
        whole, fraction = whole.lstrip("0"), fraction[:scale]
        sign = "-" if value < 0 else ""
        size = f"DECIMAL({max(1, len(whole) + len(fraction))}, {len(fraction)})"
        return dialect.decimal(f"{sign}{whole or '0'}.{fraction}".rstrip("."), size)
    return dialect.decimal(f"-{digits}" if value < 0 else digits, None)


def float_literal(dialect: Dialect, value: int | float | Decimal) -> Expression:
    return dialect.float(f"{value:f}" if isinstance(value, Decimal) else repr(value))


def to_double(dialect: Dialect, expression: Expression) -> Expression:
    return dialect.cast(expression, "DOUBLE")


# These ask about a value's parts, and are asked about each part in turn: without memory, a sum of 200 terms
# would take seconds.
@lru_cache(maxsize=4096)
def digits(value: ir.Value) -> int:
    """How many digits an integer value may have at most."""
    match value:
        case ir.Constant(int() as constant):
            return len(str(abs(constant)))
        case ir.Band(_, cuts):
            return len(str(len(cuts) + 1))
        case ir.Part():
            return 4
        case ir.Distance() | ir.ToAnniversary():
            return 8
        case ir.Call("length"):
            return 10
        case ir.Aggregate(function=ir.Function.SUM):
            return MAX_DIGITS
        case ir.Standing() | ir.Aggregate(function=ir.Function.COUNT | ir.Function.COUNT_DISTINCT):
            return _COUNT_DIGITS
        case ir.Ntile(tiles):
            return len(str(tiles))
        case ir.Aggregate(value=inner) if inner is not None:
            return digits(inner)
        case ir.Arithmetic(operator, left, right):
            a, b = digits(left), digits(right)
            return min(MAX_DIGITS, a + b if operator == "*" else max(a, b) + 1)
        case ir.Negate(operand):
            return digits(operand)
        case ir.Call("abs" | "coalesce" | "least" | "greatest", arguments):
            return max(digits(argument) for argument in arguments)
        case ir.Call(_, (operand, *_)) if operand.type.kind is Kind.DECIMAL:
            return min(MAX_DIGITS, operand.type.digits + 1)
        case ir.Call(_, (operand, *_)):
            return min(MAX_DIGITS, digits(operand) + 1)
        case ir.If(_, then, otherwise):
            return max(digits(then), digits(otherwise))
        case _:
            return INTEGER_DIGITS


def whole_digits(value: ir.Value) -> int:
    """How many digits before the point an exact value has at most, in any data that there is."""
    most = MAX_DIGITS - value.type.scale
    match value:
        case ir.Constant(int() | Decimal() as constant):
            return len(str(int(constant.copy_abs() if isinstance(constant, Decimal) else abs(constant))))
        case ir.Aggregate(function=ir.Function.SUM, value=inner) if inner is not None:
            return min(most, whole_digits(inner) + _SUM_LIKELY)
        case ir.Standing() | ir.Aggregate(function=ir.Function.COUNT | ir.Function.COUNT_DISTINCT):
            return _COUNT_LIKELY
        case ir.Aggregate(value=inner) if inner is not None and value.type == inner.type:
            return whole_digits(inner)
        case ir.Arithmetic(operator, left, right):
            a, b = whole_digits(left), whole_digits(right)
            return min(most, a + b if operator == "*" else max(a, b) + 1)
        case ir.Negate(operand) | ir.Call("abs", (operand,)):
            return whole_digits(operand)
        case ir.Call("coalesce" | "least" | "greatest", arguments):
            return max(whole_digits(argument) for argument in arguments)
        case ir.If(_, then, otherwise):
            return max(whole_digits(then), whole_digits(otherwise))
        case _ if value.type.kind is Kind.DECIMAL:
            return value.type.digits
        case _:
            return min(most, digits(value))


@lru_cache(maxsize=4096)
def is_bounded(value: ir.Value) -> bool:
    """Whether a float is finite whatever the data, as it is computed from exact numbers that can't be large."""
    return _exponent(value) <= _LARGEST_EXPONENT


_LARGEST_EXPONENT = 300


def _exponent(value: ir.Value) -> int:
    """The power of ten that no value passes."""
    unbounded = _LARGEST_EXPONENT + 1
    if value.type.is_exact:
        return MAX_DIGITS - value.type.scale
    match value:
        case ir.ToFloat(operand) | ir.Negate(operand) | ir.Call("abs", (operand,)):
            return _exponent(operand)
        case ir.Call("round" | "floor" | "ceil", (operand, *_)):
            return _exponent(operand) + 1
        case ir.Call("coalesce" | "least" | "greatest", arguments):
            return max(map(_exponent, arguments))
        case ir.If(_, then, otherwise):
            return max(_exponent(then), _exponent(otherwise))
        case ir.Arithmetic(operator, left, right):
            a, b = _exponent(left), _exponent(right)
            return min(unbounded, a + b if operator == "*" else max(a, b) + 1)
        case ir.Divide(numerator, denominator) if denominator.type.is_exact:
            return min(unbounded, _exponent(numerator) + denominator.type.scale)
        case _:
            return unbounded


@lru_cache(maxsize=4096)
def width(value: ir.Value) -> int:
    """How many bits the SQL type of an integer value has."""
    match value:
        case ir.Constant(int() as constant):
            return 32 if -(2**31) < constant < 2**31 else 64 if -(2**63) < constant < 2**63 else 128
        case ir.Band():
            return 32
        case ir.Aggregate(function=ir.Function.SUM):
            return 128
        case ir.Standing() | ir.Aggregate(function=ir.Function.COUNT | ir.Function.COUNT_DISTINCT):
            return 64
        case ir.Aggregate(value=inner) if inner is not None:
            return width(inner)
        case ir.Arithmetic(_, left, right):
            return max(width(left), width(right), _needed(digits(value)))
        case ir.Negate(operand):
            return max(width(operand), _needed(digits(operand)))
        case ir.Call("abs", (operand,)):
            return max(width(operand), _needed(digits(operand)))
        case ir.Call(_, (operand, *_)) if operand.type.kind is Kind.DECIMAL:
            return 128
        case ir.Call("coalesce" | "least" | "greatest" | "round" | "floor" | "ceil", arguments):
            return max(width(argument) for argument in arguments)
        case ir.If(_, then, otherwise):
            return max(width(then), width(otherwise))
        case _:
            return 64


def _needed(count: int) -> int:
    return 32 if count <= 9 else 64 if count <= 18 else 128


def arithmetic(dialect: Dialect, value: ir.Arithmetic, left: Expression, right: Expression) -> Expression:
    """The operation, its operands as SQL. Exact, or an error at run time."""
    if value.type.kind is Kind.INTEGER:
        needed = _needed(digits(value))
        if needed > max(width(value.left), width(value.right)):
            left = dialect.cast(left, _TYPES[needed])
    elif value.type.kind is Kind.DECIMAL and _is_cut(value):
        left = dialect.cast(left, f"DECIMAL({MAX_DIGITS}, {value.left.type.scale})")
    return tree.arithmetic(value.operator, left, right)


def _is_cut(value: ir.Arithmetic) -> bool:
    """Whether an engine may give a product of decimals that fit 64 bits no more digits than that."""
    a, b = value.left, value.right
    return (
        value.operator == "*"
        and _all_digits(a) + _all_digits(b) > _NARROW
        and not (_is_wide(a) or _is_wide(b))
    )


def _all_digits(value: ir.Value) -> int:
    """How many digits an exact value may have at most, those after the point included."""
    return value.type.precision if value.type.kind is Kind.DECIMAL else digits(value)


def _is_wide(value: ir.Value) -> bool:
    """Whether the SQL type of an exact value surely has more digits than fit 64 bits."""
    match value:
        case ir.Aggregate(function=ir.Function.SUM):
            return True
        case ir.Aggregate(value=inner) if inner is not None:
            return _is_wide(inner)
        case ir.Column() | ir.Constant():
            return _all_digits(value) > _NARROW
        case ir.Arithmetic(_, left, right):
            return _is_wide(left) or _is_wide(right) or _is_cut(value)
        case _:
            return False


def product(
    dialect: Dialect, a: ir.Value, left: Expression, b: ir.Value, right: Expression
) -> tuple[ir.Arithmetic, Expression]:
    """The product of two values, and as SQL; of exact ones exact, or an error at run time."""
    type = types.arithmetic("*", a.type, b.type)
    assert type is not None, "the binder has seen to it that the product has a type"
    times = ir.Arithmetic("*", a, b, type)
    return times, dialect.product(times, left, right)


def alike(
    dialect: Dialect, values: Sequence[ir.Value], type: Type, expressions: Sequence[Expression]
) -> list[Expression]:
    """Values that stand in for each other, as SQL: of one scale where an engine would drop digits.

    It would where their common type had over 38 digits: then some after the point go.
    """
    made = list(expressions)
    if type.kind is not Kind.DECIMAL or max(map(most_whole_digits, values)) + type.scale <= MAX_DIGITS:
        return made
    return [
        each if value.type.scale == type.scale else dialect.cast(each, f"DECIMAL({MAX_DIGITS}, {type.scale})")
        for value, each in zip(values, made, strict=True)
    ]


def most_whole_digits(value: ir.Value) -> int:
    """How many digits before the point the SQL type of an exact value may have."""
    match value:
        case ir.Aggregate(function=function, value=inner) if inner and function is not ir.Function.SUM:
            return most_whole_digits(inner)
        case ir.Column() | ir.Constant() if value.type.kind is Kind.DECIMAL:
            return value.type.precision - value.type.scale
        case _ if value.type.kind is Kind.INTEGER:
            return {32: 10, 64: INTEGER_DIGITS, 128: MAX_DIGITS}[width(value)]
        case _:
            return MAX_DIGITS


def widened(dialect: Dialect, value: ir.Value, expression: Expression) -> Expression:
    """A value, as SQL, made wide enough for its negative."""
    if value.type.kind is Kind.INTEGER and _needed(digits(value)) > width(value):
        return dialect.cast(expression, _TYPES[_needed(digits(value))])
    return expression


def tile(dialect: Dialect, tiles: int, below: Expression, known: Expression) -> Expression:
    """`1 + floor(tiles * below / known)`. What does not divide is taken off first, so that the division is
    exact whether an engine's `/` keeps fractions or not."""
    reached = tree.arithmetic("*", tree.number(tiles), below)
    rest = dialect.modulo(reached.copy(), known.copy())
    whole = dialect.divisible(tree.arithmetic("-", reached, rest), known)
    return tree.arithmetic("+", tree.number(1), whole)


def compare_tile(
    operator: ir.CompareOperator, tiles: int, below: Expression, known: Expression, tile: int
) -> Expression:
    """`tile(…)` against a constant, without a division; NULL where the row is in no tile."""

    def side(sign: Literal["<", ">="], first: int) -> Expression:
        """Whether the row is below the lower edge of tile `first`, or not."""
        if first <= 1:
            return tree.compare(sign, below.copy(), tree.number(0))
        edge = tree.arithmetic("*", tree.number(first - 1), known.copy()) if first > 2 else known.copy()
        reached = tree.arithmetic("*", tree.number(tiles), below.copy()) if tiles > 1 else below.copy()
        return tree.compare(sign, reached, edge)

    match operator:
        case ">=":
            return side(">=", tile)
        case ">":
            return side(">=", tile + 1)
        case "<":
            return side("<", tile)
        case "<=":
            return side("<", tile + 1)
        case "!=":
            return tree.any_of([side("<", tile), side(">=", tile + 1)])
        case "=":
            edges = [side(">=", tile)] if tile > 1 or tile < 1 else []
            return tree.all_of([*edges, side("<", tile + 1)])
