"""Exact numbers where an engine has 64-bit integers and no decimals: each as a count of steps of 10^-scale.

What surely fits 64 bits is such an integer, put together by plain operators. Whatever may not is *wide*: a text
that the engine compares and sorts as the number it stands for, put together by functions whose names begin with
EXACT. Whether a value is wide is told by its declared types alone, so that both sides of everything agree.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from sqlglot import exp

from segdsl.semantics import ir
from segdsl.semantics.types import INTEGER, MAX_DIGITS, Kind, Type, decimal
from segdsl.sql import numbers, tree
from segdsl.sql.dialects.base import Dialect
from segdsl.sql.tree import Expression

_LARGEST = 2**63
"""The negative of the least integer. It itself is no integer, but as a double it is exact."""
_EVENTS = 10**6
"""No single row has so many events that each have the greatest amount which their column can hold."""
_LONGEST_SUM = 10**18
_COUNT = 10**15
_SAFE = 9 * 10**18
"""Beyond it an overflow may give a double that is off."""
_NARROW_DIGITS = 18
"""The most digits of a decimal that fits 64 bits."""
_MOST_ARGUMENTS = 100
_PLAIN = "plain"
"""Beside a wide result of integers: plain operators, whose result is a double where it does not fit."""
_DOUBLE_DIGITS = 15
"""A double holds every whole number of so many digits."""


# --- what is wide -----------------------------------------------------------------------------------------


# Asked about a value's parts in turn, as in `numbers`.
@lru_cache(maxsize=4096)
def bound(value: ir.Value) -> int:
    """How many steps of its scale an exact value may be from 0."""
    scale = value.type.scale
    match value:
        case ir.Constant():
            return abs(int(in_steps(value, scale)))
        case ir.Column():
            return 10**value.type.precision - 1 if value.type.kind is Kind.DECIMAL else _LARGEST
        case ir.Aggregate(function=ir.Function.SUM, value=inner) if inner is not None:
            most = bound(inner) * _EVENTS
            return most if most <= _LONGEST_SUM else 10**MAX_DIGITS
        case ir.Standing() | ir.Aggregate(function=ir.Function.COUNT | ir.Function.COUNT_DISTINCT):
            return _COUNT
        case ir.Aggregate(value=inner) if inner is not None:
            return bound(inner)
        case ir.Arithmetic("*", left, right):
            return bound(left) * bound(right)
        case ir.Arithmetic(_, left, right):
            return bound_at(left, scale) + bound_at(right, scale)
        case ir.Negate(operand) | ir.Call("abs", (operand,)):
            return bound(operand)
        case ir.Call("round" | "floor" | "ceil", (operand, *_)):
            places = operand.type.scale - scale
            return int(bound(operand) // 10**places) + 1 if places else bound(operand)
        case ir.Call("coalesce" | "least" | "greatest", arguments):
            return max(bound_at(argument, scale) for argument in arguments)
        case ir.If(_, then, otherwise):
            return max(bound_at(then, scale), bound_at(otherwise, scale))
        case _:
            return int(10 ** numbers.digits(value))


def bound_at(value: ir.Value, scale: int) -> int:
    """The same in steps of a finer scale."""
    return int(bound(value) * 10 ** (scale - value.type.scale))


@lru_cache(maxsize=4096)
def is_wide(value: ir.Value) -> bool:
    """Whether an exact value is a text as SQL, since it may not fit an integer."""
    if not value.type.is_exact:
        return False
    if bound(value) > _LARGEST:
        return True
    match value:
        case ir.Aggregate(function=ir.Function.COUNT | ir.Function.COUNT_DISTINCT):
            return False
        case ir.Aggregate(value=inner) if inner is not None:
            return is_wide(inner)
        case ir.Arithmetic(_, left, right):
            return is_wide(left) or is_wide(right)
        case ir.Negate(operand) | ir.Call("abs" | "round" | "floor" | "ceil", (operand, *_)):
            return is_wide(operand)
        case ir.Call("coalesce" | "least" | "greatest", arguments):
            return any(map(is_wide, arguments))
        case ir.If(_, then, otherwise):
            return is_wide(then) or is_wide(otherwise)
        case _:
            return False


def _may_be_double(value: ir.Value) -> bool:
    """Whether a value that is not wide may be the negative of the least integer, which is no integer itself."""
    if bound(value) < _LARGEST:
        return False
    match value:
        case ir.Column():
            return False
        case ir.Aggregate(value=inner) if inner is not None:
            return _may_be_double(inner)
        case ir.Call("coalesce" | "least" | "greatest", arguments):
            return any(map(_may_be_double, arguments))
        case ir.If(_, then, otherwise):
            return _may_be_double(then) or _may_be_double(otherwise)
        case _:
            return True


def in_steps(constant: ir.Constant, scale: int) -> Fraction:
    """How many steps of 10^-scale a constant is."""
    assert isinstance(constant.value, int | Decimal)
    steps: Fraction = Fraction(constant.value) * 10**scale
    return steps


# --- making SQL -------------------------------------------------------------------------------------------


def _constant(steps: int, scale: int) -> ir.Constant:
    if scale == 0:
        return ir.Constant(steps, INTEGER)
    value = Decimal((int(steps < 0), tuple(map(int, str(abs(steps)))), -scale))
    return ir.Constant(value, decimal(MAX_DIGITS, scale))


def _literal(steps: int, scale: int, wide: bool) -> Expression:
    if not wide:
        return tree.number(steps)
    if scale == 0:
        return tree.function("EXACT", tree.number(steps) if abs(steps) < _LARGEST else tree.text(str(steps)))
    return tree.function("EXACT", tree.text(f"{_constant(steps, scale).value:f}"), tree.number(scale))


def _is_wide_at(value: ir.Value, scale: int) -> bool:
    return is_wide(value) or bound_at(value, scale) > _LARGEST


def _at(value: ir.Value, made: Expression, scale: int, wide: bool) -> Expression:
    """A value as SQL, in steps of a scale that is as fine or finer."""
    if isinstance(value, ir.Constant):
        return _literal(int(in_steps(value, scale)), scale, wide)
    places = scale - value.type.scale
    if not wide:
        return tree.arithmetic("*", made, tree.number(10**places)) if places else made
    if not places:
        return made if is_wide(value) else tree.function("EXACT", made)
    return tree.function("EXACT", made, tree.number(places))


def _aligned(values: Sequence[ir.Value], made: Sequence[Expression], scale: int) -> list[Expression]:
    """Values as SQL, all of a scale and in one form."""
    wide = any(_is_wide_at(value, scale) for value in values)
    return [_at(value, each, scale, wide) for value, each in zip(values, made, strict=True)]


def _has_room(made: Expression, name: str) -> bool:
    return isinstance(made, exp.Anonymous) and made.this == name and len(made.expressions) < _MOST_ARGUMENTS


class ScaledNumbers(Dialect):
    """The numeric half of a dialect of such an engine, which has the EXACT functions."""

    # --- given --------------------------------------------------------------------------------------------

    def literal(self, value: int | Decimal, scale: int) -> Expression:
        steps = int(in_steps(ir.Constant(value, INTEGER), scale))
        return _literal(steps, scale, abs(steps) > _LARGEST)

    def read_exact(self, type: Type, stored: Expression) -> Expression:
        """A stored decimal, whether it is a double, an integer or text."""
        if type.precision > _NARROW_DIGITS:
            return tree.function("EXACT", stored, tree.number(type.scale))
        if type.scale == 0:
            return self.cast(stored, "BIGINT")
        if type.precision > _DOUBLE_DIGITS:
            return tree.function("EXACT_INTEGER", stored, tree.number(type.scale))
        scaled = tree.arithmetic("*", stored, tree.number(10**type.scale))
        return self.cast(exp.Round(this=scaled), "BIGINT")

    def zero(self, value: ir.Value) -> Expression:
        if value.type.kind is Kind.FLOAT:
            return self.float("0.0")
        return _literal(0, 0, is_wide(value))

    # --- computed -----------------------------------------------------------------------------------------

    def total(self, value: ir.Value, made: Expression) -> Expression:
        if is_wide(value) or bound(value) * _EVENTS > _LONGEST_SUM:
            return tree.function("EXACT_SUM", made)
        return exp.Sum(this=made)

    def arithmetic(self, value: ir.Arithmetic, left: Expression, right: Expression) -> Expression:
        operands = value.left, value.right
        if not value.type.is_exact:
            return tree.arithmetic(value.operator, left, right)
        wide = [is_wide(operand) for operand in operands]
        if value.operator != "*":
            scale = value.type.scale
            wide = [_is_wide_at(operand, scale) for operand in operands]
            left, right = _at(value.left, left, scale, wide[0]), _at(value.right, right, scale, wide[1])
        if not is_wide(value):
            return tree.arithmetic(value.operator, left, right)
        name = {"+": "EXACT_ADD", "-": "EXACT_SUBTRACT", "*": "EXACT_MULTIPLY"}[value.operator]
        if value.operator != "-" and _has_room(left, name):
            # A list of many rather than one in another: parsers go only so deep.
            left.append("expressions", right)
            left.meta.pop(_PLAIN, None)
            return left
        made = tree.function(name, left, right)
        if not any(wide) and not any(map(_may_be_double, operands)):
            made.meta[_PLAIN] = tree.arithmetic(value.operator, left.copy(), right.copy())
        return made

    def negative(self, operand: ir.Value, made: Expression) -> Expression:
        if is_wide(operand):
            return tree.function("EXACT_SUBTRACT", tree.number(0), made)
        return exp.Neg(this=tree.operand(made))

    def absolute(self, operand: ir.Value, made: Expression) -> Expression:
        if is_wide(operand):
            return tree.function("EXACT_ABS", made)
        if operand.type.is_exact and bound(operand) >= _LARGEST:
            # ABS fails on the least integer.
            below = tree.compare("<", made.copy(), tree.number(0))
            return tree.case((below, exp.Neg(this=tree.operand(made.copy()))), default=made)
        return exp.Abs(this=made)

    def alike(self, values: Sequence[ir.Value], type: Type, made: Sequence[Expression]) -> list[Expression]:
        return _aligned(values, made, type.scale) if type.is_exact else list(made)

    def round(self, value: ir.Call, made: Expression, digits: Expression | None) -> Expression:
        operand = value.arguments[0]
        if not operand.type.is_exact:
            # The number next below 0.5 is rounded up where 0.5 is added to it, as engines do.
            small = tree.compare("<", exp.Abs(this=made.copy()), self.float("0.5"))
            return tree.case((small, self.float("0.0")), default=exp.Round(this=made))
        step = 10 ** (operand.type.scale - value.type.scale)
        if is_wide(operand):
            return self._dropped("EXACT_ROUND", value, made)
        if bound(operand) + step // 2 > _LARGEST:
            return tree.function("EXACT_INTEGER", self._dropped("EXACT_ROUND", value, made))
        half = tree.case(
            (tree.compare("<", made.copy(), tree.number(0)), tree.number(-(step // 2))),
            default=tree.number(step // 2),
        )
        return self._divided(tree.arithmetic("+", made, half), step)

    def floor(self, value: ir.Call, made: Expression) -> Expression:
        return self._whole("EXACT_FLOOR", "-", "<", value, made)

    def ceil(self, value: ir.Call, made: Expression) -> Expression:
        return self._whole("EXACT_CEIL", "+", ">", value, made)

    def _whole(
        self, wide: str, sign: str, operator: ir.CompareOperator, value: ir.Call, made: Expression
    ) -> Expression:
        operand = value.arguments[0]
        if not operand.type.is_exact:
            return exp.Floor(this=made) if sign == "-" else exp.Ceil(this=made)
        step = 10**operand.type.scale
        if is_wide(operand):
            return self._dropped(wide, value, made)
        if step > _LARGEST:
            return tree.function("EXACT_INTEGER", self._dropped(wide, value, made))
        rest = exp.Mod(this=tree.operand(made.copy()), expression=tree.number(step))
        one = exp.Paren(this=tree.compare(operator, rest, tree.number(0)))
        kind = exp.Sub if sign == "-" else exp.Add
        return kind(this=self._divided(made, step), expression=one)

    def _dropped(self, name: str, value: ir.Call, made: Expression) -> Expression:
        places = value.arguments[0].type.scale - value.type.scale
        return tree.function(name, made, tree.number(places))

    def _divided(self, made: Expression, step: int) -> Expression:
        """A whole number divided; what is left is dropped."""
        return exp.Div(this=tree.operand(made), expression=tree.number(step), typed=True)

    # --- compared -----------------------------------------------------------------------------------------

    def compare(
        self,
        operator: ir.CompareOperator,
        left: ir.Value,
        above: Expression,
        right: ir.Value,
        below: Expression,
    ) -> Expression:
        if not (left.type.is_exact and right.type.is_exact):
            return tree.compare(operator, above, below)
        if isinstance(right, ir.Constant):
            return self._compare_constant(operator, left, above, right)
        if isinstance(left, ir.Constant):
            return self._compare_constant(tree.FLIPPED[operator], right, below, left)
        scale = max(left.type.scale, right.type.scale)
        return tree.compare(operator, *_aligned((left, right), (above, below), scale))

    def _compare_constant(
        self, operator: ir.CompareOperator, value: ir.Value, made: Expression, constant: ir.Constant
    ) -> Expression:
        scale = value.type.scale
        exactly = in_steps(constant, scale)
        steps = exactly.numerator // exactly.denominator
        if steps != exactly:
            if operator in ("=", "!="):
                return tree.known(made, operator == "!=")
            operator = "<=" if operator in ("<", "<=") else ">"
        wide = is_wide(value)
        if wide and abs(steps) <= _SAFE and _PLAIN in made.meta:
            # What overflows becomes a double that is beyond any such constant, too.
            return tree.compare(operator, made.meta[_PLAIN], tree.number(steps))
        if not wide and abs(steps) > _LARGEST:
            return tree.known(made, operator in (("<", "<=", "!=") if steps > 0 else (">", ">=", "!=")))
        return tree.compare(operator, made, _literal(steps, scale, wide))

    def comparable(self, operand: ir.Value, constants: Sequence[ir.Constant]) -> list[ir.Constant]:
        if not operand.type.is_exact:
            return list(constants)
        scale = operand.type.scale
        steps = [in_steps(constant, scale) for constant in constants]
        most = 10**MAX_DIGITS - 1 if is_wide(operand) else _LARGEST
        return [_constant(int(each), scale) for each in steps if each.denominator == 1 and abs(each) <= most]

    def is_in(self, operand: ir.Value, made: Expression, listed: list[Expression]) -> Expression:
        if is_wide(operand):
            listed = [
                each if isinstance(each, exp.Anonymous) else tree.function("EXACT", each) for each in listed
            ]
        return exp.In(this=tree.operand(made), expressions=listed)

    # --- shown --------------------------------------------------------------------------------------------

    def shown(self, value: ir.Value, made: Expression) -> Expression:
        scale = value.type.scale
        if not value.type.is_exact or (scale == 0 and not is_wide(value)):
            return made
        if is_wide(value) or numbers.whole_digits(value) + scale > _DOUBLE_DIGITS:
            return tree.function("EXACT_TEXT", made, tree.number(scale))
        return self.nearest_double(value, made)

    # --- as doubles ---------------------------------------------------------------------------------------

    def nearest_double(self, value: ir.Value, made: Expression) -> Expression:
        scale = value.type.scale
        if is_wide(value) or (scale and numbers.whole_digits(value) + scale > _DOUBLE_DIGITS):
            return tree.function("EXACT_DOUBLE", made, tree.number(scale))
        if scale == 0:
            return self.cast(made, "DOUBLE")
        return self.divide(made, exp.Literal.number(f"{10**scale}.0"))

    def quotient(
        self, numerator: ir.Value, above: Expression, denominator: ir.Value, below: Expression
    ) -> Expression:
        values = numerator, denominator
        scale = max(value.type.scale for value in values)
        sides = [
            _at(value, made, scale, _is_wide_at(value, scale))
            for value, made in zip(values, (above, below), strict=True)
        ]
        few = all(
            numbers.whole_digits(value) + scale <= _DOUBLE_DIGITS and not _is_wide_at(value, scale)
            for value in values
        )
        if not few:
            return tree.function("EXACT_QUOTIENT", *sides)
        divisor = sides[1]
        if not (isinstance(denominator, ir.Constant) and denominator.value):
            divisor = exp.Nullif(this=divisor, expression=tree.number(0))
        return self.divide(self.cast(sides[0], "DOUBLE"), divisor)

    def divide(self, above: Expression, below: Expression) -> Expression:
        return exp.Div(this=tree.operand(above), expression=tree.operand(below), typed=True)
