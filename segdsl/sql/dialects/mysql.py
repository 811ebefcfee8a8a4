"""MySQL 8 and MariaDB: text that is compared by collations, decimals of 65 digits with 30 behind the point, times
that end in 9999 with NULL, and no instants."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import ClassVar

from sqlglot import exp

from segdsl.semantics import ir
from segdsl.semantics.calendar import add_units
from segdsl.semantics.patterns import parse, to_re2
from segdsl.semantics.types import Kind, Type
from segdsl.sql import numbers, tree, widths
from segdsl.sql.dialects.base import Dialect, Unsupported
from segdsl.sql.tree import Expression
from segdsl.units import Unit

_MOST_BEHIND = 30
"""The most digits behind the point."""
_WORD, _WORDS = 9, 9
"""A decimal is computed in so many words of so many digits, those before and behind the point apart."""
_TEXTS = (Kind.STRING, Kind.KEY)
"""What may be text: of a key that the catalog does not list, nobody knows."""
_PARTS = {
    "year": "YEAR",
    "quarter": "QUARTER",
    "month": "MONTH",
    "day": "DAYOFMONTH",
    "hour": "HOUR",
    "minute": "MINUTE",
}
_LARGEST = "1.7976931348623157e308"
_ZONES = (datetime(1970, 1, 2), datetime(2038, 1, 18))
"""Between these, CONVERT_TZ converts; what is outside it gives back as it was."""
_WITHOUT_ZONES = "an error: no time zone tables are loaded, or the time is not in 1970 to 2037"


class MySQL(Dialect):
    """Stored text is read as BINARY, which compares, groups and sorts its UTF-8, and so its code points, whatever
    the collation. What needs characters takes them back by `_characters`."""

    name = grammar = "mysql"
    title = "MySQL"
    types: ClassVar[dict[str, str]] = {"HUGEINT": "DECIMAL(65, 0)", "VARCHAR": "CHAR"}

    # --- types and literals -------------------------------------------------------------------------------

    def moment(self, value: datetime) -> Expression:
        # Instants are stored on the clock of UTC. A cast would drop what is finer than a second.
        plain = value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
        return tree.function("TIMESTAMP", tree.text(plain.isoformat(" ")))

    def decimal(self, digits: str, size: str | None) -> Expression:
        _, _, fraction = digits.partition(".")
        if len(fraction.rstrip("0")) > _MOST_BEHIND:
            raise Unsupported(f"a number with more than {_MOST_BEHIND} digits behind the point")
        return super().decimal(digits, None)

    def float(self, shown: str) -> Expression:
        # Without an exponent it would be a decimal.
        digits = shown.removeprefix("-")
        literal = exp.Literal.number(digits if "e" in digits else f"{digits}e0")
        return exp.Neg(this=literal) if shown.startswith("-") else literal

    def read(self, type: Type, stored: Expression) -> Expression:
        return _binary(stored) if type.kind in _TEXTS else stored

    def same_key(self, type: Type, mine: Expression, other: Expression) -> Expression:
        # The collation's own comparison is kept besides, as an index knows no other.
        same = super().same_key(type, mine, other)
        if type.kind not in _TEXTS:
            return same
        return tree.all_of([same, super().same_key(type, _binary(mine.copy()), _binary(other.copy()))])

    def key_groups(self, type: Type, key: Expression) -> list[Expression]:
        return [key, _binary(key.copy())] if type.kind in _TEXTS else [key]

    def told_apart(self, type: Type, key: Expression) -> Expression:
        return _binary(key) if type.kind in _TEXTS else key

    # --- numbers ------------------------------------------------------------------------------------------

    def finite(self, value: Expression) -> Expression:
        # There are none but finite ones, and an operator is an error where the result would not be.
        if not isinstance(value, exp.Div):
            return value
        above, below = value.this, value.expression
        small = tree.compare("<=", _size(above), tree.arithmetic("*", self.float(_LARGEST), _size(below)))
        return tree.case((tree.any_of([_is_large(below), small]), value))

    def arithmetic(self, value: ir.Arithmetic, left: Expression, right: Expression) -> Expression:
        if value.type.kind is Kind.FLOAT:
            left, right = self.finite(left), self.finite(right)
            made = tree.arithmetic(value.operator, left.copy(), right.copy())
            return (
                made
                if numbers.is_bounded(value)
                else tree.case((_is_finite(value.operator, left, right), made))
            )
        if value.type.kind is Kind.DECIMAL:
            _fits(value)
        elif value.type.kind is Kind.INTEGER and widths.held(value) > widths.NARROW:
            left = left if _is_decimal(value.left) else self.cast(left, "HUGEINT")
        return tree.arithmetic(value.operator, left, right)

    def product(self, value: ir.Arithmetic, left: Expression, right: Expression) -> Expression:
        made = self.arithmetic(value, left.copy(), right.copy())
        if value.type.kind is not Kind.FLOAT or numbers.is_bounded(value):
            return made
        # Any finite number is on the same side of the largest as of an infinite one, but for itself.
        sign = exp.Mul(this=tree.function("SIGN", left), expression=tree.function("SIGN", right))
        return tree.coalesce(made, exp.Mul(this=sign, expression=self.float(_LARGEST)))

    def compare(
        self,
        operator: ir.CompareOperator,
        left: ir.Value,
        above: Expression,
        right: ir.Value,
        below: Expression,
    ) -> Expression:
        if Kind.KEY in (left.type.kind, right.type.kind) and (left.type.is_exact or right.type.is_exact):
            above, below = _stored(above), _stored(below)
        return tree.compare(operator, above, below)

    def comparable(self, operand: ir.Value, constants: Sequence[ir.Constant]) -> list[ir.Constant]:
        return list(constants)

    def is_in(self, operand: ir.Value, made: Expression, listed: list[Expression]) -> Expression:
        if operand.type.kind is Kind.KEY and not any(each.is_string for each in listed):
            made = _stored(made)
        return super().is_in(operand, made, listed)

    def alike(self, values: Sequence[ir.Value], type: Type, made: Sequence[Expression]) -> list[Expression]:
        return list(made)

    def nearest_double(self, value: ir.Value, made: Expression) -> Expression:
        return self.cast(made, "DOUBLE")

    def as_whole(self, value: ir.Value, made: Expression, scale: int) -> Expression:
        if scale == 0 or isinstance(value, ir.Constant):
            return super().as_whole(value, made, scale)
        ten = ir.Constant(10**scale, Type(Kind.INTEGER))
        return numbers.product(self, value, made, ten, tree.number(10**scale))[1]

    def whole_quotient(self, above: Expression, below: Expression) -> Expression:
        # DIV gives a BIGINT, and `/` a few digits behind the point, which are 0 if it divides.
        rest = exp.Mod(this=tree.operand(above.copy()), expression=tree.operand(below.copy()))
        return exp.Div(this=exp.Paren(this=tree.arithmetic("-", above, rest)), expression=tree.operand(below))

    def divisible(self, above: Expression, below: Expression) -> Expression:
        return exp.IntDiv(this=tree.operand(above), expression=tree.operand(below))

    def floored(self, value: Expression, divisor: int) -> Expression:
        return exp.Floor(this=exp.Div(this=tree.operand(value), expression=tree.number(divisor)))

    def round(self, value: ir.Call, made: Expression, digits: Expression | None) -> Expression:
        if value.type.kind is not Kind.FLOAT:
            return super().round(value, made, digits)
        # Doubles go half to even. Twice what is behind the point is 1 or more from a half on, and exact.
        whole = _truncated(made)
        rest = exp.Paren(this=tree.arithmetic("-", made.copy(), whole.copy()))
        return tree.arithmetic("+", whole, _truncated(exp.Mul(this=tree.number(2), expression=rest)))

    def least(self, values: Sequence[Expression]) -> Expression:
        return _extreme("LEAST", values)

    def greatest(self, values: Sequence[Expression]) -> Expression:
        return _extreme("GREATEST", values)

    # --- text ---------------------------------------------------------------------------------------------

    def contains(self, value: Expression, part: str) -> Expression:
        return tree.compare(">", tree.function("LOCATE", self.text(part), _binary(value)), tree.number(0))

    def starts_with(self, value: Expression, part: str) -> Expression:
        return self._at_an_end("LEFT", value, part)

    def ends_with(self, value: Expression, part: str) -> Expression:
        return self._at_an_end("RIGHT", value, part)

    def _at_an_end(self, function: str, value: Expression, part: str) -> Expression:
        length = tree.number(len(part.encode()))
        return tree.compare("=", tree.function(function, _binary(value), length), self.text(part))

    def like(self, value: Expression, pattern: str) -> Expression:
        # A backslash escapes.
        return super().like(_characters(value), pattern.replace("\\", "\\\\"))

    def matches(self, value: Expression, pattern: str) -> Expression:
        # REGEXP_LIKE is not in MariaDB.
        found = tree.function("REGEXP_INSTR", _characters(value), self.text(to_re2(parse(pattern))))
        return tree.compare(">", found, tree.number(0))

    def lower(self, value: Expression) -> Expression:
        return _cased(exp.Lower, value)

    def upper(self, value: Expression) -> Expression:
        return _cased(exp.Upper, value)

    def length(self, value: Expression) -> Expression:
        return tree.function("CHAR_LENGTH", _plain(value))

    def ordered(self, type: Type, value: Expression) -> Expression:
        return _binary(value) if type.kind is Kind.STRING else value

    def hash_digits(self, salt: str, key: Expression) -> Expression:
        salted = tree.function("CONCAT", self.text(f"{salt}:"), key)
        return exp.Substring(this=exp.MD5(this=salted), start=tree.number(1), length=tree.number(8))

    # --- time ---------------------------------------------------------------------------------------------

    def add(self, count: int, unit: Unit, value: Expression) -> Expression:
        if count == 0:
            return value
        # Beyond its calendar there is NULL. What would get there stays at the first or last moment.
        end = self._end(count, unit)
        if end is None:
            last = self._first_or_last(count > 0, unit)
            return tree.case((tree.is_not_null(value), last))
        interval = exp.Interval(this=tree.number(abs(count)), unit=exp.Var(this=unit.value.upper()))
        kind = exp.Add if count > 0 else exp.Sub
        if unit is Unit.MONTH and count > 0:
            # From the last day of a shorter month one does not get to the last of the calendar.
            later = kind(this=value, expression=interval)
            past = tree.compare(">", value.copy(), end)
            return tree.case((past, self._first_or_last(True, unit)), default=later)
        within = exp.Least if count > 0 else exp.Greatest
        return kind(this=within(this=value, expressions=[end]), expression=interval)

    def _end(self, count: int, unit: Unit) -> Expression | None:
        """The last moment that so much can be added to, or the first that it can be taken from, if any."""
        if unit.is_calendar:
            edge = date.max if count > 0 else date.min
            end = add_units(edge, -count, unit)
            return self.day(end) if (count > 0 and end > date.min) or (count < 0 and end < date.max) else None
        try:
            edge_moment = datetime.max if count > 0 else datetime.min
            hours = timedelta(hours=count) if unit is Unit.HOUR else timedelta(minutes=count)
            return self.moment(edge_moment - hours)
        except OverflowError:
            return None

    def _first_or_last(self, last: bool, unit: Unit) -> Expression:
        if unit.is_calendar:
            return self.day(date.max if last else date.min)
        return self.moment(datetime.max if last else datetime.min)

    def local_time(self, value: Expression, zone: str) -> Expression:
        if zone in ("UTC", "Etc/UTC"):
            return value
        first, last = (self.moment(each) for each in _ZONES)
        inside = tree.all_of([tree.compare(">=", value, first), tree.compare("<", value.copy(), last)])
        held = tree.case((inside, value.copy()))
        shown = tree.function("CONVERT_TZ", held, tree.text("+00:00"), tree.text(zone))
        # Overflow is the only error that an expression can make.
        far = exp.Interval(
            this=tree.function(
                "EXP", exp.Add(this=self.part("year", value.copy()), expression=tree.number(710))
            ),
            unit=exp.Var(this="SECOND"),
        )
        failure = exp.Add(this=value.copy(), expression=far)
        failure.add_comments([_WITHOUT_ZONES])
        return tree.coalesce(shown, failure)

    def part(self, name: str, value: Expression) -> Expression:
        if name == "weekday":
            return tree.arithmetic("+", tree.function("WEEKDAY", value), tree.number(1))
        return tree.function(_PARTS[name], value)

    def first_of_month(self, year: Expression, month: Expression) -> Expression:
        months = tree.arithmetic("+", tree.arithmetic("*", tree.number(12), year), month)
        months = exp.Paren(this=tree.arithmetic("-", months, tree.number(13)))
        interval = exp.Interval(this=months, unit=exp.Var(this="MONTH"))
        return exp.Add(this=self.day(date.min), expression=interval)


def _is_large(value: Expression) -> Expression:
    return tree.compare(">=", _size(value), tree.number(1))


def _size(value: Expression) -> Expression:
    return exp.Abs(this=value.copy())


def _is_finite(operator: str, left: Expression, right: Expression) -> Expression:
    """Whether the result of an operator on doubles is."""
    largest = exp.Literal.number(_LARGEST)
    if operator == "*":
        small = exp.Not(this=exp.Paren(this=_is_large(left)))
        fits = tree.compare("<=", _size(right), exp.Div(this=largest, expression=_size(left)))
        return tree.any_of([small, fits])
    halves = [exp.Div(this=tree.operand(each.copy()), expression=tree.number(2)) for each in (left, right)]
    half = tree.arithmetic(operator, *halves)
    return tree.compare("<=", exp.Abs(this=half), exp.Div(this=largest, expression=tree.number(2)))


def _binary(value: Expression) -> Expression:
    """Text as its bytes."""
    binary = exp.DataType(this=exp.DataType.Type.BINARY)
    if isinstance(value, exp.Cast) and value.to.this is binary.this:
        return value
    return exp.Cast(this=value, to=binary)


def _stored(value: Expression) -> Expression:
    """The column that a value is read from, or the value."""
    if isinstance(value, exp.Cast) and isinstance(value.this, exp.Column):
        return tree.column(value.this.name, value.this.table or None)
    return value


def _plain(value: Expression) -> Expression:
    """Bytes as text again."""
    stored = _stored(value)
    return stored if stored is not value else _in_character_set(value, "utf8mb4")


def _in_character_set(value: Expression, name: str) -> Expression:
    """Bytes as the text that they are in a character set."""
    to = exp.DataType(this=exp.DataType.Type.CHARACTER_SET, kind=exp.Var(this=name))
    return exp.Cast(this=value, to=to)


def _cased(function: type[exp.Lower | exp.Upper], value: Expression) -> Expression:
    """A to Z in the other case. In Thai's character set, where each byte is a character, no others have cases, and
    so the bytes of UTF-8 beyond ASCII stay."""
    return _binary(function(this=_in_character_set(_binary(value), "tis620")))


def _characters(value: Expression) -> Expression:
    """Text of which each code point is like itself only."""
    return exp.Collate(this=tree.operand(_plain(value)), expression=exp.Var(this="utf8mb4_bin"))


def _truncated(value: Expression) -> Expression:
    return tree.function("TRUNCATE", value, tree.number(0))


def _extreme(function: str, values: Sequence[Expression]) -> Expression:
    """Of those that are known: each gives way to another where it is not."""
    if len(values) == 2:
        both = tree.function(function, *(each.copy() for each in values))
        return tree.coalesce(both, *values)
    turned = [[*values[at:], *values[:at]] for at in range(len(values))]
    return tree.function(function, *(tree.coalesce(*(each.copy() for each in turn)) for turn in turned))


def _is_decimal(value: ir.Value) -> bool:
    """Whether an integer is computed as a decimal already."""
    match value:
        case ir.Aggregate(function=ir.Function.SUM):
            return True
        case ir.Aggregate(value=inner) if inner is not None:
            return _is_decimal(inner)
        case ir.Arithmetic():
            return widths.held(value) > widths.NARROW
        case _:
            return False


def _fits(value: ir.Arithmetic) -> None:
    """Raises Unsupported where digits behind the point could be dropped. Too many before it are an error."""
    scale = value.type.scale
    words = -(-widths.held(value) // _WORD) + -(-scale // _WORD)
    if scale > _MOST_BEHIND or words > _WORDS:
        raise Unsupported(
            f"numbers of so many digits: MySQL keeps 65, of them {_MOST_BEHIND} behind the point"
        )
