"""BigQuery (GoogleSQL), by functions and types that it documents.

Exact numbers come in three widths there, INT64 (18 digits are safe), NUMERIC (29 before the point, 9 behind it) and
BIGNUMERIC (38 and 38). An operator gives the wider type of its operands and fails beyond it, so one operand is cast
where a result may need more.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import IntEnum

from sqlglot import exp

from segdsl.semantics import ir
from segdsl.semantics.calendar import add_units, shown_span
from segdsl.semantics.types import Kind, Type
from segdsl.sql import exact, numbers, tree
from segdsl.sql.dialects.base import Dialect
from segdsl.sql.tree import Expression
from segdsl.units import Unit


class _Width(IntEnum):
    INT64 = 0
    NUMERIC = 1
    BIGNUMERIC = 2


_SAFE = {"+": "SAFE_ADD", "-": "SAFE_SUBTRACT", "*": "SAFE_MULTIPLY"}
_SUMMED = 9
"""How many digits a sum may have more than what is summed."""


class BigQuery(Dialect):
    name = grammar = "bigquery"
    title = "BigQuery"

    # --- types and literals -------------------------------------------------------------------------------

    def cast(self, expression: Expression, type: str) -> Expression:
        if type == "HUGEINT" or type.startswith("DECIMAL"):
            to = exp.DataType.build(_decimal_type(type).name, dialect=self.grammar)
            return exp.Cast(this=expression, to=to)
        return super().cast(expression, type)

    def decimal(self, digits: str, size: str | None) -> Expression:
        whole, _, fraction = digits.removeprefix("-").partition(".")
        return self._number(digits, _width(len(whole.lstrip("0")), len(fraction)))

    def literal(self, value: int | Decimal, scale: int) -> Expression:
        if isinstance(value, int) and not -(2**63) < value < 2**63:
            return self._number(str(value), _width(len(str(abs(value))), 0))
        return super().literal(value, scale)

    def _number(self, digits: str, width: _Width) -> Expression:
        # A literal with a point is a FLOAT64.
        return exp.Cast(this=tree.text(digits), to=exp.DataType.build(width.name, dialect=self.grammar))

    # --- numbers ------------------------------------------------------------------------------------------

    def finite(self, value: Expression) -> Expression:
        infinity = self.float("inf")
        return tree.case((tree.compare("<", exp.Abs(this=value), infinity), value.copy()))

    def exact_sum(self, value: Expression, type: Type) -> Expression:
        return exp.Sum(this=self._widened(value, _sum_width(type)) if _is_narrow_sum(type) else value)

    def arithmetic(self, value: ir.Arithmetic, left: Expression, right: Expression) -> Expression:
        if value.type.kind is Kind.FLOAT:
            if numbers.is_bounded(value):
                return tree.arithmetic(value.operator, left, right)
            # Operators fail where a result is infinite, which here is unknown.
            return tree.function(_SAFE[value.operator], left, right)
        needed = _needed(value)
        if needed > max(_width_of(value.left), _width_of(value.right)):
            left = self._widened(left, needed)
        return tree.arithmetic(value.operator, left, right)

    def product(self, value: ir.Arithmetic, left: Expression, right: Expression) -> Expression:
        if value.type.kind is not Kind.FLOAT or numbers.is_bounded(value):
            return self.arithmetic(value, left, right)
        signed = tree.arithmetic("*", left.copy(), tree.function("SIGN", right.copy()))
        infinite = tree.function("IEEE_DIVIDE", signed, tree.number(0))
        return tree.coalesce(self.arithmetic(value, left, right), infinite)

    def negative(self, operand: ir.Value, made: Expression) -> Expression:
        return exp.Neg(this=tree.operand(self._for_negative(operand, made)))

    def absolute(self, operand: ir.Value, made: Expression) -> Expression:
        return exp.Abs(this=self._for_negative(operand, made))

    def _for_negative(self, operand: ir.Value, made: Expression) -> Expression:
        """INT64 has one number whose negative it has not."""
        needed = _needed(operand) if operand.type.kind is Kind.INTEGER else _Width.INT64
        return self._widened(made, needed) if needed > _width_of(operand) else made

    def _widened(self, value: Expression, width: _Width) -> Expression:
        return exp.Cast(this=value, to=exp.DataType.build(width.name, dialect=self.grammar))

    def compare(
        self,
        operator: ir.CompareOperator,
        left: ir.Value,
        above: Expression,
        right: ir.Value,
        below: Expression,
    ) -> Expression:
        if isinstance(left, ir.Constant) or isinstance(right, ir.Constant):
            return exact.compare(self, operator, left, above, right, below)
        # BIGNUMERIC has 38 digits on both sides of the point, and so holds all that is to be compared.
        return tree.compare(operator, above, below)

    def alike(self, values: Sequence[ir.Value], type: Type, made: Sequence[Expression]) -> list[Expression]:
        return list(made)

    def as_whole(self, value: ir.Value, made: Expression, scale: int) -> Expression:
        if isinstance(value, ir.Constant) or scale == 0:
            return exact.as_whole(self, value, made, scale)
        return exact.raised(self, value, made, scale)

    def divide(self, above: Expression, below: Expression) -> Expression:
        # NULL where the quotient is infinite, or the divisor 0.
        divisor = below.this if isinstance(below, exp.Nullif) else below
        return tree.function("SAFE_DIVIDE", above, divisor)

    def modulo(self, above: Expression, below: Expression) -> Expression:
        return tree.function("MOD", above, below)

    def whole_quotient(self, above: Expression, below: Expression) -> Expression:
        return tree.function("DIV", above, below)

    def divisible(self, above: Expression, below: Expression) -> Expression:
        return tree.function("DIV", above, below)

    def least(self, values: Sequence[Expression]) -> Expression:
        return self._known_of("LEAST", values)

    def greatest(self, values: Sequence[Expression]) -> Expression:
        return self._known_of("GREATEST", values)

    def _known_of(self, name: str, values: Sequence[Expression]) -> Expression:
        """LEAST and GREATEST are NULL where one value is: then others stand in for it."""
        if len(values) == 1:
            return values[0]
        stand_ins = [
            tree.coalesce(*(each.copy() for each in (*values[place:], *values[:place])))
            for place in range(len(values))
        ]
        return tree.function(name, *stand_ins)

    # --- text ---------------------------------------------------------------------------------------------

    def contains(self, value: Expression, part: str) -> Expression:
        # sqlglot's own is CONTAINS_SUBSTR, which folds case and width.
        return tree.compare(">", tree.function("STRPOS", value, self.text(part)), tree.number(0))

    def like(self, value: Expression, pattern: str) -> Expression:
        # A backslash escapes what follows.
        return super().like(value, pattern.replace("\\", "\\\\"))

    def partition(self, type: Type, value: Expression) -> Expression:
        if type.kind is not Kind.FLOAT:
            return value
        # No partitions by floats: by their shortest digits, of which adding 0 makes -0 and 0 the same.
        return self.cast(tree.arithmetic("+", value, tree.number(0)), "VARCHAR")

    # --- time ---------------------------------------------------------------------------------------------

    def add(self, count: int, unit: Unit, value: Expression) -> Expression:
        if count == 0:
            return value
        # Beyond the calendar it fails; there the last or the first of it stands for all.
        if not unit.is_calendar:
            return self._moved(count, unit, value)
        end = date.max if count > 0 else date.min
        limit = add_units(end, -count, unit)
        if limit in (date.min, date.max):
            return tree.function("GREATEST" if count > 0 else "LEAST", value, self.day(end))
        past = tree.compare(">" if count > 0 else "<", value.copy(), self.day(limit))
        later = tree.function("DATE_ADD", value, _interval(count, unit))
        return tree.case((past, self.day(end)), default=later)

    def _moved(self, count: int, unit: Unit, value: Expression) -> Expression:
        farthest, nearest = ("GREATEST", "LEAST") if count > 0 else ("LEAST", "GREATEST")
        end = datetime.max if count > 0 else datetime.min
        # Text beside a time is a literal of its type, be it a DATETIME or a TIMESTAMP.
        try:
            limit = end - count * timedelta(**{f"{unit.value}s": 1})
        except OverflowError:
            return tree.function(farthest, value, tree.text(end.isoformat(" ")))
        within = tree.function(nearest, value, tree.text(limit.isoformat(" ")))
        return exp.Add(this=within, expression=_interval(count, unit))

    def local_time(self, value: Expression, zone: str) -> Expression:
        # It fails where clocks show a time beyond the calendar.
        low, high = shown_span(zone)
        if low.replace(tzinfo=None) > datetime.min:
            value = tree.function("GREATEST", value, self.moment(low))
        if high.replace(tzinfo=None) < datetime.max:
            value = tree.function("LEAST", value, self.moment(high))
        return tree.function("DATETIME", value, tree.text(zone))

    def part(self, name: str, value: Expression) -> Expression:
        if name != "weekday":
            return super().part(name, value)
        # 1 is Sunday there.
        from_sunday = exp.Extract(this=exp.Var(this="DAYOFWEEK"), expression=value)
        since_monday = tree.function("MOD", tree.arithmetic("+", from_sunday, tree.number(5)), tree.number(7))
        return tree.arithmetic("+", since_monday, tree.number(1))

    # --- statements ---------------------------------------------------------------------------------------

    def statement(self, query: exp.Query) -> exp.Query:
        for column in query.find_all(exp.Column):
            select = column.find_ancestor(exp.Select)
            source = select.args.get("from_") if select else None
            name = source.this.alias_or_name if source else ""
            if not column.table and column.name.casefold() == name.casefold():
                # The name of what is read stands for its whole row there, before that of a column.
                column.set("table", tree.identifier(name))
        return tree.with_nulls_least(query)


def _interval(count: int, unit: Unit) -> Expression:
    return exp.Interval(this=tree.number(count), unit=exp.Var(this=unit.value.upper()))


def _width(whole: int, scale: int) -> _Width:
    """The narrowest type for decimals of so many digits before the point and behind it."""
    return _Width.NUMERIC if whole <= 29 and scale <= 9 else _Width.BIGNUMERIC


def _decimal_type(name: str) -> _Width:
    if name == "HUGEINT":
        return _Width.BIGNUMERIC
    precision, scale = map(int, name.removeprefix("DECIMAL(").removesuffix(")").split(","))
    return _width(precision - scale, scale)


def _needed(value: ir.Value) -> _Width:
    """The narrowest type that holds an exact value whatever the data."""
    if value.type.kind is Kind.INTEGER:
        count = numbers.digits(value)
        return _Width.INT64 if count <= 18 else _width(count, 0)
    return _width(numbers.whole_digits(value), value.type.scale)


def _sum_width(type: Type) -> _Width:
    return _Width.BIGNUMERIC if type.kind is Kind.INTEGER else _width(type.digits + _SUMMED, type.scale)


def _is_narrow_sum(type: Type) -> bool:
    """Whether a sum needs a wider type than what is summed has."""
    return type.kind is Kind.INTEGER or _sum_width(type) > _width(type.digits, type.scale)


def _width_of(value: ir.Value) -> _Width:
    """The SQL type of an exact value, or one that is narrower."""
    match value:
        case ir.Constant(int() as constant):
            return _Width.INT64 if -(2**63) < constant < 2**63 else _width(len(str(abs(constant))), 0)
        case ir.Aggregate(function=ir.Function.SUM, value=inner) if inner is not None:
            return max(_sum_width(inner.type), _width_of(inner))
        case ir.Aggregate(value=inner) if inner is not None and value.type == inner.type:
            return _width_of(inner)
        case ir.Arithmetic(_, left, right):
            return max(_needed(value), _width_of(left), _width_of(right))
        case ir.Negate(operand) | ir.Call("abs", (operand,)):
            return max(_needed(operand), _width_of(operand))
        case ir.Call("coalesce" | "least" | "greatest" | "round" | "floor" | "ceil", arguments):
            return max(map(_width_of, arguments))
        case ir.If(_, then, otherwise):
            return max(_width_of(then), _width_of(otherwise))
        case ir.Column() | ir.Constant() if value.type.kind is Kind.DECIMAL:
            return _width(value.type.digits, value.type.scale)
        case _:
            return _Width.INT64
