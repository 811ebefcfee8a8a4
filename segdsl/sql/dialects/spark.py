"""Spark 4 with ANSI mode, as it is by default, and Databricks, which is told the same.

Decimals have 38 digits there. Where the type of a result would need more, Spark silently drops digits behind the
point: an operator keeps six of them, and values that are compared or stand in for each other may keep none. So what
comes near that is cast to types whose common type has room, which is exact or fails.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from enum import IntEnum
from typing import ClassVar

from sqlglot import exp

from segdsl.semantics import ir
from segdsl.semantics.patterns import parse, to_re2
from segdsl.semantics.types import MAX_DIGITS, Kind, Type
from segdsl.sql import exact, numbers, tree
from segdsl.sql.dialects.base import Dialect, Unsupported
from segdsl.sql.tree import Expression
from segdsl.units import Unit

_KEPT = 6
"""So many digits behind the point an operator keeps whatever the digits before it."""
_LARGEST_WHOLE = 2**53
"""Doubles from here on have nothing behind the point."""
_SEAMS = re.compile(r"(?<=\$)(?=\{)|(?<=\0)(?=[0-7])")
"""Where a literal is taken apart: `${name}` stands for a setting in literals too, and `\\012` for a line break."""
_RESERVED = frozenset(["execute", "filter", "minus", "percentile_cont", "sql", "time", "unknown", "within"])
"""Words besides those of `tree.RESERVED` that are no plain names, in one mode or another."""


class _Width(IntEnum):
    INT = 9
    BIGINT = 18
    HUGEINT = 38


class Spark(Dialect):
    name = grammar = "spark"
    title = "Spark"
    types: ClassVar[Mapping[str, str]] = {"HUGEINT": f"DECIMAL({MAX_DIGITS}, 0)"}

    # --- types and literals -------------------------------------------------------------------------------

    def text(self, value: str) -> Expression:
        first, *rest = _SEAMS.split(value)
        made: Expression = tree.text(first)
        for piece in rest:
            made = exp.DPipe(this=made, expression=tree.text(piece))
        return exp.Paren(this=made) if rest else made

    # --- numbers ------------------------------------------------------------------------------------------

    def finite(self, value: Expression) -> Expression:
        # NaN is the greatest there.
        infinity = self.float("Infinity")
        return tree.case((tree.compare("<", exp.Abs(this=value), infinity), value.copy()))

    def exact_sum(self, value: Expression, type: Type) -> Expression:
        return exp.Sum(this=self.cast(value, "HUGEINT") if type.kind is Kind.INTEGER else value)

    def zero(self, value: ir.Value) -> Expression:
        # An INT among decimals has ten digits before the point.
        if value.type.scale > MAX_DIGITS - 10:
            return self.cast(tree.number(0), f"DECIMAL({MAX_DIGITS}, {value.type.scale})")
        return tree.number(0)

    def arithmetic(self, value: ir.Arithmetic, left: Expression, right: Expression) -> Expression:
        match value.type.kind:
            case Kind.INTEGER:
                needed = _needed(value)
                if needed > max(_width(value.left), _width(value.right)):
                    left = self.cast(left, needed.name)
            case Kind.DECIMAL if value.type.scale > _KEPT:
                left, right = self._with_room(value, left, right)
        return tree.arithmetic(value.operator, left, right)

    def _with_room(
        self, value: ir.Arithmetic, left: Expression, right: Expression
    ) -> tuple[Expression, Expression]:
        """The operands as types of which the result has no more than 38 digits."""
        sides = (value.left, value.right)
        whole = [_whole(side) for side in sides]
        room = MAX_DIGITS - 1 - value.type.scale
        if room < 0:
            raise Unsupported(f"a result with {value.type.scale} digits behind the point")
        if value.operator == "*":
            likely = [numbers.whole_digits(side) for side in sides]
            if sum(whole) <= room:
                return left, right
            first = min(whole[0], max(room - likely[1], room * likely[0] // max(1, sum(likely))))
            limits = [first, room - first]
        else:
            limits = [room, room]
        made = []
        for side, expression, digits, limit in zip(sides, (left, right), whole, limits, strict=True):
            scale = side.type.scale
            size = f"DECIMAL({max(1, limit + scale)}, {scale})"
            made.append(self.cast(expression, size) if digits > limit else expression)
        return made[0], made[1]

    def negative(self, operand: ir.Value, made: Expression) -> Expression:
        return exp.Neg(this=tree.operand(self._for_negative(operand, made)))

    def absolute(self, operand: ir.Value, made: Expression) -> Expression:
        return exp.Abs(this=self._for_negative(operand, made))

    def _for_negative(self, operand: ir.Value, made: Expression) -> Expression:
        """BIGINT has one number whose negative it has not."""
        if operand.type.kind is Kind.INTEGER and _needed(operand) > _width(operand):
            return self.cast(made, _needed(operand).name)
        return made

    def compare(
        self,
        operator: ir.CompareOperator,
        left: ir.Value,
        above: Expression,
        right: ir.Value,
        below: Expression,
    ) -> Expression:
        scale = max(left.type.scale, right.type.scale)
        if not (left.type.is_exact and right.type.is_exact) or _fit([left, right], scale):
            return tree.compare(operator, above, below)
        if isinstance(right, ir.Constant):
            return exact.compare_constant(self, operator, left, above, right)
        if isinstance(left, ir.Constant):
            return exact.compare_constant(self, tree.FLIPPED[operator], right, below, left)
        if max(numbers.whole_digits(left), numbers.whole_digits(right)) + scale > MAX_DIGITS:
            return exact.compare_parts(self, operator, left, above, right, below)
        return tree.compare(operator, self._of_scale(scale, left, above), self._of_scale(scale, right, below))

    def _of_scale(self, scale: int, value: ir.Value, made: Expression) -> Expression:
        return made if value.type.scale == scale else self.cast(made, f"DECIMAL({MAX_DIGITS}, {scale})")

    def comparable(self, operand: ir.Value, constants: Sequence[ir.Constant]) -> list[ir.Constant]:
        scale = max(each.type.scale for each in (operand, *constants))
        if not operand.type.is_exact or _fit([operand, *constants], scale):
            return list(constants)
        return exact.of_its_scale(operand, constants)

    def alike(self, values: Sequence[ir.Value], type: Type, made: Sequence[Expression]) -> list[Expression]:
        if type.kind is not Kind.DECIMAL or _fit(values, type.scale):
            return list(made)
        return [self._of_scale(type.scale, value, each) for value, each in zip(values, made, strict=True)]

    def nearest_double(self, value: ir.Value, made: Expression) -> Expression:
        return numbers.to_double(self, made)

    def as_whole(self, value: ir.Value, made: Expression, scale: int) -> Expression:
        if isinstance(value, ir.Constant) or scale == 0:
            return exact.as_whole(self, value, made, scale)
        factor = self.literal(10**scale, 0)
        if value.type.scale == 0 or numbers.whole_digits(value) + scale <= MAX_DIGITS - _KEPT:
            # A whole number: the digits behind the point that may be dropped are noughts.
            return tree.arithmetic("*", made, factor)
        whole = tree.arithmetic("*", self.cast(self.truncated(made.copy()), "HUGEINT"), factor)
        rest = self.cast(tree.arithmetic("*", self.fraction(made), factor.copy()), "HUGEINT")
        return tree.arithmetic("+", whole, rest)

    def whole_quotient(self, above: Expression, below: Expression) -> Expression:
        # DIV gives a BIGINT.
        rest = self.modulo(above.copy(), below.copy())
        return exp.Div(this=exp.Paren(this=tree.arithmetic("-", above, rest)), expression=tree.operand(below))

    def divisible(self, above: Expression, below: Expression) -> Expression:
        return exp.IntDiv(this=tree.operand(above), expression=tree.operand(below))

    def floored(self, value: Expression, divisor: int) -> Expression:
        return exp.Floor(this=exp.Div(this=tree.operand(value), expression=tree.number(divisor)))

    def truncated(self, value: Expression) -> Expression:
        negative = tree.compare("<", value.copy(), tree.number(0))
        return tree.case((negative, exp.Ceil(this=value)), default=exp.Floor(this=value.copy()))

    def fraction(self, value: Expression) -> Expression:
        # A difference would drop digits.
        return exp.Mod(this=tree.operand(value), expression=tree.number(1))

    def floor(self, value: ir.Call, made: Expression) -> Expression:
        return self._whole_double(value, exp.Floor, made)

    def ceil(self, value: ir.Call, made: Expression) -> Expression:
        return self._whole_double(value, exp.Ceil, made)

    def _whole_double(self, value: ir.Call, kind: type[exp.Floor | exp.Ceil], made: Expression) -> Expression:
        """FLOOR and CEIL give a BIGINT of a double."""
        if value.type.kind is not Kind.FLOAT:
            return kind(this=made)
        small = tree.compare("<", exp.Abs(this=made), tree.number(_LARGEST_WHOLE))
        whole = self.cast(kind(this=made.copy()), "DOUBLE")
        return tree.case((small, whole), default=made.copy())

    # --- text ---------------------------------------------------------------------------------------------

    def like(self, value: Expression, pattern: str) -> Expression:
        # A backslash escapes what follows.
        return super().like(value, pattern.replace("\\", "\\\\"))

    def matches(self, value: Expression, pattern: str) -> Expression:
        # Java reads what is written for RE2 as RE2 does.
        return tree.function("REGEXP_LIKE", value, self.text(to_re2(parse(pattern))))

    # --- time ---------------------------------------------------------------------------------------------

    def days_between(self, start: Expression, end: Expression) -> Expression:
        return tree.function("DATEDIFF", end, start)

    def add(self, count: int, unit: Unit, value: Expression) -> Expression:
        match unit:
            case Unit.MONTH:
                return tree.function("ADD_MONTHS", value, tree.number(count))
            case Unit.HOUR | Unit.MINUTE:
                # Of an interval of its own kind, 24 hours are a day of the session's clock.
                noughts = [tree.number(0) for _ in range(4 if unit is Unit.HOUR else 5)]
                interval = tree.function("MAKE_INTERVAL", *noughts, tree.number(count))
                return exp.Add(this=tree.operand(value), expression=interval)
            case _:
                return tree.function("DATE_ADD", value, tree.number(count))

    def local_time(self, value: Expression, zone: str) -> Expression:
        return tree.function("CONVERT_TIMEZONE", tree.text(zone), value)

    def part(self, name: str, value: Expression) -> Expression:
        if name != "weekday":
            return super().part(name, value)
        return tree.arithmetic("+", tree.function("WEEKDAY", value), tree.number(1))

    # --- statements ---------------------------------------------------------------------------------------

    def statement(self, query: exp.Query) -> exp.Query:
        for name in query.find_all(exp.Identifier):
            if "${" in name.name:
                raise Unsupported(f"the name `{name.name}`: `${{` stands for a setting there, in names too")
            if name.name in _RESERVED:
                name.set("quoted", True)
        return tree.with_nulls_least(query)


class Databricks(Spark):
    name = grammar = "databricks"
    title = "Databricks"


# --- the types of exact values ------------------------------------------------------------------------------


def _needed(value: ir.Value) -> _Width:
    count = numbers.digits(value)
    return next(width for width in _Width if count <= width)


def _width(value: ir.Value) -> _Width:
    """The SQL type of an integer value, or one that is narrower."""
    match value:
        case ir.Constant(int() as constant):
            narrow, middle = (-(2**31) < constant < 2**31, -(2**63) < constant < 2**63)
            return _Width.INT if narrow else _Width.BIGINT if middle else _Width.HUGEINT
        case ir.Part() | ir.Distance() | ir.ToAnniversary() | ir.Band() | ir.Call("length"):
            return _Width.INT
        case ir.Aggregate(function=ir.Function.SUM):
            return _Width.HUGEINT
        case ir.Aggregate(function=function, value=inner) if (
            inner and function is not ir.Function.COUNT_DISTINCT
        ):
            return _width(inner)
        case ir.Arithmetic(_, left, right):
            return max(_needed(value), _width(left), _width(right))
        case ir.Negate(operand) | ir.Call("abs", (operand,)):
            return max(_needed(operand), _width(operand))
        case ir.Call(_, (operand, *_)) if operand.type.kind is Kind.DECIMAL:
            return _Width.HUGEINT
        case ir.Call("coalesce" | "least" | "greatest" | "round" | "floor" | "ceil", arguments):
            return max(map(_width, arguments))
        case ir.If(_, then, otherwise):
            return max(_width(then), _width(otherwise))
        case _:
            return _Width.BIGINT


def _whole(value: ir.Value) -> int:
    """How many digits before the point the SQL type of an exact value may have, as a decimal."""
    match value:
        case ir.Constant(int() | Decimal()):
            return numbers.whole_digits(value)
        case ir.Column() if value.type.kind is Kind.DECIMAL:
            return value.type.digits
        case ir.Aggregate(function=ir.Function.SUM, value=inner) if inner and inner.type.kind is Kind.DECIMAL:
            return min(MAX_DIGITS - inner.type.scale, _whole(inner) + 10)
        case ir.Aggregate(value=inner) if inner is not None and value.type == inner.type:
            return _whole(inner)
        case _ if value.type.kind is Kind.INTEGER:
            return {_Width.INT: 10, _Width.BIGINT: 20, _Width.HUGEINT: MAX_DIGITS}[_width(value)]
        case _:
            return MAX_DIGITS - value.type.scale


def _fit(values: Sequence[ir.Value], scale: int) -> bool:
    """Whether 38 digits are enough for the types of all, with so many behind the point."""
    return scale == 0 or max(map(_whole, values)) + scale <= MAX_DIGITS
