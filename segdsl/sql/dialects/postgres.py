"""PostgreSQL, and what is written like it.

Its `numeric` has as many digits as a result needs, so exact numbers stay exact without help. It divides whole
numbers without what is behind the point, and its dates are whole days that can be subtracted.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import ClassVar

from sqlglot import exp

from segdsl.semantics import ir
from segdsl.semantics.patterns import parse, to_postgres
from segdsl.semantics.types import Kind, Type
from segdsl.sql import numbers, tree
from segdsl.sql.dialects.base import Dialect, Unsupported
from segdsl.sql.tree import Expression
from segdsl.units import Unit

_ROUNDED = (exp.Cast, exp.Paren, exp.Neg, exp.Abs, exp.Floor, exp.Ceil, exp.Round)
"""What is done to a double without making it infinite."""
_QUOTIENT_DIGITS = 100
"""Of a quotient of numbers of 38 digits, 38 of them behind the point, so many leave enough that are not 0."""


class PostgresLike(Dialect):
    """What engines share that speak PostgreSQL's language."""

    grammar = "postgres"
    types: ClassVar[Mapping[str, str]] = {"HUGEINT": "DECIMAL(38, 0)"}

    # --- numbers ------------------------------------------------------------------------------------------

    def arithmetic(self, value: ir.Arithmetic, left: Expression, right: Expression) -> Expression:
        if value.type.kind is Kind.INTEGER and _is_narrow(value.left) and _is_narrow(value.right):
            # Days, lengths and fields of a date have 32 bits here, which their product may not fit.
            left = self.cast(left, "BIGINT") if _NARROW < numbers.digits(value) <= _WIDE else left
        return super().arithmetic(value, left, right)

    def divide(self, above: Expression, below: Expression) -> Expression:
        return _division(above, below)

    def divisible(self, above: Expression, below: Expression) -> Expression:
        return _division(above, below)

    def floored(self, value: Expression, divisor: int) -> Expression:
        # `/` of whole numbers would go towards zero.
        quotient = _division(value, exp.Literal.number(f"{divisor}.0"))
        return self.cast(exp.Floor(this=quotient), "BIGINT")

    def finite(self, value: Expression) -> Expression:
        # NaN is greater than infinity. What is rounded is finite where it was so before.
        tested = value
        while isinstance(tested, _ROUNDED):
            tested = tested.this
        size = exp.Abs(this=tested.copy())
        return tree.case((tree.compare("<", size, self.float("Infinity")), value))

    # --- text ---------------------------------------------------------------------------------------------

    def contains(self, value: Expression, part: str) -> Expression:
        return tree.compare(">", tree.function("STRPOS", value, self.text(part)), tree.number(0))

    def starts_with(self, value: Expression, part: str) -> Expression:
        return tree.function("STARTS_WITH", value, self.text(part))

    def ends_with(self, value: Expression, part: str) -> Expression:
        return tree.compare("=", tree.function("RIGHT", value, tree.number(len(part))), self.text(part))

    def like(self, value: Expression, pattern: str) -> Expression:
        # A backslash would escape what follows.
        escaped = pattern.replace("\\", "\\\\")
        return exp.Like(this=tree.operand(value), expression=self.text(escaped))

    # --- time ---------------------------------------------------------------------------------------------

    def days_between(self, start: Expression, end: Expression) -> Expression:
        return tree.arithmetic("-", end, start)

    def add(self, count: int, unit: Unit, value: Expression) -> Expression:
        count, value = far_back(count, unit, value)
        if unit is Unit.DAY:
            return tree.arithmetic("-" if count < 0 else "+", value, tree.number(abs(count)))
        return super().add(count, unit, value)

    def first_of_month(self, year: Expression, month: Expression) -> Expression:
        fields = [each if isinstance(each, exp.Literal) else self.cast(each, "INT") for each in (year, month)]
        return tree.function("MAKE_DATE", *fields, tree.number(1))


class Postgres(PostgresLike):
    """From version 14 on, whose `numeric` knows infinity."""

    name = "postgres"
    title = "PostgreSQL"
    types: ClassVar[Mapping[str, str]] = {"HUGEINT": "DECIMAL", "DECIMAL": "DECIMAL"}
    materializes = True

    # --- floats -------------------------------------------------------------------------------------------
    # Where the product of doubles is not finite, the engine fails. So the same is computed as `numeric` first,
    # which shows what is too large; what is within a hair of the largest double still fails.

    def finite(self, value: Expression) -> Expression:
        if not _has_arithmetic(value):
            return super().finite(value)
        return tree.case((tree.compare("<", exp.Abs(this=self._exactly(value)), _too_large()), value))

    def product(self, value: ir.Arithmetic, left: Expression, right: Expression) -> Expression:
        made = self.arithmetic(value, left, right)
        if value.type.kind is not Kind.FLOAT or numbers.is_bounded(value):
            return made
        exact = self._exactly(made)
        return tree.case(
            (tree.compare(">=", exact, _too_large()), self.float("Infinity")),
            (tree.compare("<=", exact.copy(), exp.Neg(this=_too_large())), self.float("-Infinity")),
            default=made,
        )

    def _exactly(self, value: Expression) -> Expression:
        """The same arithmetic of doubles, done in `numeric`."""
        match value:
            case exp.Cast():
                return self._exactly(value.this)
            case exp.Mul() | exp.Add() | exp.Sub():
                return type(value)(this=self._exactly(value.this), expression=self._exactly(value.expression))
            case exp.Div():
                return _division(self._exactly(value.this), self._exactly(value.expression))
            case exp.Paren() | exp.Neg() | exp.Abs() | exp.Floor() | exp.Ceil() | exp.Round():
                return type(value)(this=self._exactly(value.this))
            case _:
                return self.cast(value.copy(), "DECIMAL")

    # --- exact numbers ------------------------------------------------------------------------------------

    def nearest_double(self, value: ir.Value, made: Expression) -> Expression:
        return self.cast(made, "DOUBLE")

    def quotient(
        self, numerator: ir.Value, above: Expression, denominator: ir.Value, below: Expression
    ) -> Expression:
        # `numeric` keeps as many digits behind the point as what is divided has: enough to round but once.
        exact = exp.Round(this=above, decimals=tree.number(_QUOTIENT_DIGITS))
        if not (isinstance(denominator, ir.Constant) and denominator.value):
            below = exp.Nullif(this=below, expression=tree.number(0))
        return self.cast(_division(exact, below), "DOUBLE")

    def round(self, value: ir.Call, made: Expression, digits: Expression | None) -> Expression:
        if value.type.kind is not Kind.FLOAT:
            return super().round(value, made, digits)
        # Of doubles `ROUND` goes to the even one of two. Their text says what is half.
        exact = self.cast(self.cast(made, "TEXT"), "DECIMAL")
        return self.cast(exp.Round(this=exact), "DOUBLE")

    # --- text ---------------------------------------------------------------------------------------------

    def text(self, value: str) -> Expression:
        return text_without_nul(self, value)

    def ordered(self, type: Type, value: Expression) -> Expression:
        return _by_code_point(value) if type.kind is Kind.STRING else value

    def hash_digits(self, salt: str, key: Expression) -> Expression:
        return _by_code_point(super().hash_digits(salt, key))

    def matches(self, value: Expression, pattern: str) -> Expression:
        return exp.RegexpLike(this=tree.operand(value), expression=self.text(to_postgres(parse(pattern))))


_FAR = {Unit.MONTH: 4_700 * 12, Unit.DAY: 4_700 * 365}
_FAR |= {Unit.HOUR: _FAR[Unit.DAY] * 24, Unit.MINUTE: _FAR[Unit.DAY] * 24 * 60}
"""So far the calendar reaches back from year 1, at the least."""
_DAYS = date.max.toordinal()
_WHOLE = {Unit.MONTH: 9_999 * 12, Unit.DAY: _DAYS, Unit.HOUR: _DAYS * 24, Unit.MINUTE: _DAYS * 24 * 60}
"""As long as the calendar of the language is."""


def far_back(count: int, unit: Unit, value: Expression) -> tuple[int, Expression]:
    """What to add to what, for engines whose calendar starts in 4713 BC."""
    if count >= -_FAR[unit]:
        return count, value
    # What comes out before year 1 is before all days alike.
    count = max(count, -_WHOLE[unit])
    return count, exp.Greatest(this=value, expressions=[tree.text(_first_after(-count, unit))])


def _first_after(count: int, unit: Unit) -> str:
    """What is so much later than a moment shortly before year 1."""
    match unit:
        case Unit.MONTH:
            years, months = divmod(count - 1, 12)
            return date(years + 1, months + 1, 1).isoformat()
        case Unit.HOUR | Unit.MINUTE:
            # Two days before, as it is read on the clock of the session.
            hours = count if unit is Unit.HOUR else count / 60
            return (datetime.min + timedelta(hours=hours - 48)).isoformat(" ")
        case _:
            return date.fromordinal(count).isoformat()


def _too_large() -> Expression:
    return exp.Literal.number("1.8E308")


def _has_arithmetic(value: Expression) -> bool:
    match value:
        case exp.Mul() | exp.Add() | exp.Sub() | exp.Div():
            return True
        case _:
            return isinstance(value, _ROUNDED) and _has_arithmetic(value.this)


def text_without_nul(dialect: Dialect, value: str) -> Expression:
    """For engines of which no text has the character U+0000."""
    if "\0" in value:
        raise Unsupported(f"text with the character U+0000, which no text in {dialect.title} has")
    return tree.text(value)


def literal_of_64_bits(dialect: Dialect, value: int | Decimal, scale: int) -> Expression:
    """For engines that take no longer integer as a plain literal."""
    if isinstance(value, int) and abs(value) >= 2**63:
        return dialect.cast(tree.text(str(value)), "HUGEINT")
    return numbers.exact_literal(dialect, value, scale)


_NARROW, _WIDE = 9, 18
"""So many digits fit 32 and 64 bits."""


def _is_narrow(value: ir.Value) -> bool:
    """Whether the SQL type of an integer value may have 32 bits."""
    return not isinstance(value, ir.Aggregate | ir.Standing | ir.Column)


def _by_code_point(value: Expression) -> Expression:
    """Text compared as it is encoded: databases have collations of their own."""
    return exp.Collate(this=tree.operand(value), expression=exp.Identifier(this="C", quoted=True))


def _division(above: Expression, below: Expression) -> Expression:
    return exp.Div(this=tree.operand(above), expression=tree.operand(below), typed=True)
