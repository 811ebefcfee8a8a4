"""How many digits exact numbers have in an engine whose integers and decimals have 64, 128 or 256 bits."""

from __future__ import annotations

from functools import lru_cache

from segdsl.semantics import ir
from segdsl.semantics.types import MAX_DIGITS, Kind
from segdsl.sql import numbers

NARROW, MIDDLE, WIDE = 18, 38, 76
"""How many digits fit 64, 128 and 256 bits."""
_ROWS = 15
"""How many digits a sum has more than what is summed: nobody has a quadrillion events."""


def of_digits(digits: int) -> int:
    """The narrowest width that holds so many digits."""
    return NARROW if digits <= NARROW else MIDDLE if digits <= MIDDLE else WIDE


@lru_cache(maxsize=4096)
def held(value: ir.Value) -> int:
    """How many digits before the point an exact value has at most: a bound, not an estimate."""
    match value:
        case ir.Aggregate(function=ir.Function.SUM, value=inner) if inner is not None:
            return _capped(held(inner) + _ROWS, value.type.scale)
        case ir.Aggregate(value=inner) if inner is not None and value.type == inner.type:
            return held(inner)
        case ir.Arithmetic(operator, left, right):
            a, b = held(left), held(right)
            if is_checked(value):
                a, b = (min(each, MAX_DIGITS - side.type.scale) for each, side in ((a, left), (b, right)))
            return a + b if operator == "*" else max(a, b) + 1
        case ir.Negate(operand) | ir.Call("abs", (operand,)):
            return held(operand)
        case ir.Call("round" | "floor" | "ceil", (operand, *_)):
            return held(operand) + 1
        case ir.Call("coalesce" | "least" | "greatest", arguments):
            return max(held(argument) for argument in arguments)
        case ir.If(_, then, otherwise):
            return max(held(then), held(otherwise))
        case ir.Constant():
            return numbers.whole_digits(value)
        case _:
            return numbers.digits(value) if value.type.kind is Kind.INTEGER else value.type.digits


def _capped(digits: int, scale: int) -> int:
    return min(digits, WIDE - scale)


@lru_cache(maxsize=4096)
def is_checked(value: ir.Arithmetic) -> bool:
    """Whether the result could have more digits than any width, if those of the operands are not checked first."""
    a, b = held(value.left), held(value.right)
    digits = a + b if value.operator == "*" else max(a, b) + 1
    return digits + value.type.scale > WIDE


def of_sum(value: ir.Value) -> int:
    """The width of the sum of a value."""
    return of_digits(held(value) + value.type.scale + _ROWS)


@lru_cache(maxsize=4096)
def width(value: ir.Value) -> int:
    """The width of an exact value as it is computed; of a column, of an integer of 64 bits or a decimal of as
    many digits as it is declared with."""
    own = held(value) + value.type.scale
    match value:
        case ir.Constant():
            return of_digits(own - 1 if value.type.kind is Kind.INTEGER else own)
        case ir.Aggregate(function=ir.Function.SUM, value=inner) if inner is not None:
            return max(of_sum(inner), NARROW if value.type.kind is Kind.INTEGER else MIDDLE)
        case ir.Aggregate(value=inner) if inner is not None and value.type == inner.type:
            return width(inner)
        case ir.Arithmetic(_, left, right):
            return max(width(left), width(right), of_digits(own))
        case ir.Negate(operand) | ir.Call("abs", (operand,)):
            return max(width(operand), of_digits(own))
        case ir.Call("coalesce" | "least" | "greatest", arguments):
            return max(_beside(argument, value) for argument in arguments)
        case ir.If(_, then, otherwise):
            return max(_beside(then, value), _beside(otherwise, value))
        case ir.Call("round" | "floor" | "ceil"):
            return of_digits(own)
        case _ if value.type.kind is Kind.INTEGER:
            return NARROW
        case _:
            return of_digits(own)


def _beside(value: ir.Value, whole: ir.Value) -> int:
    """The width of one of several values as it is made alike to the others."""
    return max(width(value), of_digits(held(value) + whole.type.scale) if whole.type.scale else NARROW)


def decimal_width(value: ir.Value) -> int:
    """The width of a decimal, and 0 of an integer: beside a decimal, it takes that one's."""
    return width(value) if value.type.kind is Kind.DECIMAL else 0
