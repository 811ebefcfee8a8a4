"""SQLite, which has numbers and text, and little else.

Booleans are 0 and 1. Dates and times are ISO text: `YYYY-MM-DD`, and `YYYY-MM-DD HH:MM:SS` with or without a
fraction, of instants in UTC, with or without `+00:00`. Exact numbers are scaled integers (see `scaled`). What plain
SQL can't say, `segdsl.engines.sqlite.register` adds to a connection as functions.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from math import nextafter

from sqlglot import exp

from segdsl.semantics import ir
from segdsl.semantics.patterns import parse, to_python
from segdsl.semantics.types import Kind, Type
from segdsl.sql import tree
from segdsl.sql.dialects.scaled import ScaledNumbers
from segdsl.sql.dialects.sqlite_limits import arranged
from segdsl.sql.tree import Expression
from segdsl.units import Unit

_STORED = "stored"
"""Beside a timestamp of 26 characters: the same as it is stored."""
_CYCLES = "cycles"
"""Beside a date: how many times the calendar's 400 years are to be added to it."""
_CYCLE_YEARS, _CYCLE_DAYS = 400, 146_097
_PLACES = {"year": (1, 4), "month": (6, 2), "day": (9, 2), "hour": (12, 2), "minute": (15, 2)}
"""Where each part of a time stands in its text, and how long it is."""
_LARGEST_WHOLE = 2**53
_LONGEST_GLOB = 10_000


class SQLite(ScaledNumbers):
    name = grammar = "sqlite"
    title = "SQLite"
    materializes = True
    joins_what_is_absent = True

    # --- types and literals -------------------------------------------------------------------------------

    def text(self, value: str) -> Expression:
        # A statement ends at U+0000.
        first, *rest = value.split("\0")
        made: Expression = tree.text(first)
        for part in rest:
            for piece in (tree.function("CHAR", tree.number(0)), tree.text(part)):
                made = exp.DPipe(this=made, expression=piece)
        return exp.Paren(this=made) if rest else made

    def day(self, value: date) -> Expression:
        return tree.text(value.isoformat())

    def moment(self, value: datetime) -> Expression:
        """As `read` gives timestamps."""
        return tree.text(_naive(value).isoformat(" ", "microseconds"))

    def float(self, shown: str) -> Expression:
        value = float(shown)
        if not _is_read_right(value):
            return tree.function("DOUBLE", tree.text(repr(value)))
        literal = exp.Literal.number(repr(abs(value)))
        return exp.Neg(this=literal) if value < 0 else literal

    def read(self, type: Type, stored: Expression) -> Expression:
        match type.kind:
            case Kind.DECIMAL:
                return self.read_exact(type, stored)
            case Kind.FLOAT:
                return self.cast(stored, "DOUBLE")
            case Kind.TIMESTAMP:
                return _of_26(stored, stored)
            case Kind.TIMESTAMPTZ:
                return _of_26(tree.function("REPLACE", stored, tree.text("+00:00"), tree.text("")), stored)
            case _:
                return stored

    def shown(self, value: ir.Value, made: Expression) -> Expression:
        return _as_stored(super().shown(value, made))

    # --- numbers ------------------------------------------------------------------------------------------

    def finite(self, value: Expression) -> Expression:
        # The number in digits is how infinity is written; NaN is NULL already.
        small = tree.compare("<", exp.Abs(this=value), exp.Literal.number("9e999"))
        return tree.case((small, value.copy()))

    def float_sum(self, value: Expression) -> Expression:
        # SUM adds up in the order of rows, and rounds at each.
        return tree.function("FSUM", value)

    def divisible(self, above: Expression, below: Expression) -> Expression:
        return self.divide(above, below)

    def floored(self, value: Expression, divisor: int) -> Expression:
        quotient = self.divide(value, exp.Literal.number(f"{divisor}.0"))
        return self.cast(exp.Floor(this=quotient), "BIGINT")

    def least(self, values: Sequence[Expression]) -> Expression:
        return _extreme("MIN", values)

    def greatest(self, values: Sequence[Expression]) -> Expression:
        return _extreme("MAX", values)

    # --- conditions ---------------------------------------------------------------------------------------

    def compare(
        self,
        operator: ir.CompareOperator,
        left: ir.Value,
        above: Expression,
        right: ir.Value,
        below: Expression,
    ) -> Expression:
        if isinstance(left, ir.Constant) and isinstance(left.value, datetime):
            left, above, right, below = right, below, left, above
            operator = tree.FLIPPED[operator]
        if isinstance(right, ir.Constant) and isinstance(right.value, datetime):
            return self._compare_moment(operator, above, right.value)
        return super().compare(operator, left, above, right, below)

    def _compare_moment(self, operator: ir.CompareOperator, made: Expression, moment: datetime) -> Expression:
        """By bounds, since equal times may be stored in different ways."""
        if _STORED not in made.meta or _naive(moment) == datetime.max:
            return tree.compare(operator, made, self.moment(moment))
        after = moment + timedelta(microseconds=1)
        match operator:
            case "<" | ">=":
                return self.bounded(operator, made, moment)
            case "<=":
                return self.bounded("<", made, after)
            case ">":
                return self.bounded(">=", made, after)
            case "=":
                sides = self.bounded(">=", made.copy(), moment), self.bounded("<", made, after)
                return tree.all_of(sides)
            case "!=":
                return tree.any_of([self.bounded("<", made.copy(), moment), self.bounded(">=", made, after)])

    # --- text ---------------------------------------------------------------------------------------------

    def contains(self, value: Expression, part: str) -> Expression:
        return tree.compare(">", tree.function("INSTR", value, self.text(part)), tree.number(0))

    def starts_with(self, value: Expression, part: str) -> Expression:
        if not part:
            return tree.known(value, True)
        if "\0" in part or len(part) > _LONGEST_GLOB:
            return tree.compare("=", tree.function("INSTR", value, self.text(part)), tree.number(1))
        escaped = "".join(f"[{char}]" if char in "*?[" else char for char in part)
        return exp.Glob(this=tree.operand(value), expression=tree.text(f"{escaped}*"))

    def ends_with(self, value: Expression, part: str) -> Expression:
        if not part:
            return tree.known(value, True)
        # In bytes, since functions of text stop at U+0000; and not in none at all, of which SUBSTR makes NULL.
        before = tree.text("." if part.startswith(" ") else " ")
        padded = self.cast(exp.DPipe(this=before, expression=tree.operand(value)), "BLOB")
        last = tree.function("SUBSTR", padded, tree.number(-len(part.encode())))
        return tree.compare("=", last, self.cast(self.text(part), "BLOB"))

    def like(self, value: Expression, pattern: str) -> Expression:
        """As what it comes to; LIKE itself knows no letter case."""
        plain = pattern.strip("%")
        if "%" in plain or "_" in plain:
            wild = {"%": ".*", "_": "."}
            parts = [wild.get(char) or _escaped(char) for char in pattern]
            return self._regexp(value, rf"(?s)\A{''.join(parts)}\Z")
        match pattern.startswith("%"), pattern.endswith("%"):
            case True, True:
                return self.contains(value, plain) if plain else tree.known(value, True)
            case True, False:
                return self.ends_with(value, plain)
            case False, True:
                return self.starts_with(value, plain)
            case _:
                return tree.compare("=", value, self.text(pattern))

    def matches(self, value: Expression, pattern: str) -> Expression:
        return self._regexp(value, to_python(parse(pattern)))

    def _regexp(self, value: Expression, pattern: str) -> Expression:
        return exp.RegexpLike(this=tree.operand(value), expression=self.text(pattern))

    def lower(self, value: Expression) -> Expression:
        return tree.function("LOWER", value)

    def upper(self, value: Expression) -> Expression:
        return tree.function("UPPER", value)

    def length(self, value: Expression) -> Expression:
        # LENGTH stops at U+0000.
        return tree.function("CODE_POINTS", value)

    def hash_digits(self, salt: str, key: Expression) -> Expression:
        salted = exp.DPipe(this=self.text(f"{salt}:"), expression=tree.operand(key))
        return _slice(tree.function("MD5", salted), 1, 8)

    # --- time ---------------------------------------------------------------------------------------------

    def bounded(self, operator: ir.CompareOperator, value: Expression, moment: datetime) -> Expression:
        # The shortest way to write the moment comes before every other, and after all that is earlier.
        shown = _naive(moment).isoformat(" ")
        shortest = shown.rstrip("0") if "." in shown else shown
        return tree.compare(operator, _as_stored(value), tree.text(shortest))

    def days_between(self, start: Expression, end: Expression) -> Expression:
        cycles = end.meta.get(_CYCLES, 0)
        days = tree.arithmetic("-", tree.function("JULIANDAY", end), tree.function("JULIANDAY", start))
        if cycles:
            days = tree.arithmetic("+", days, tree.number(cycles * _CYCLE_DAYS))
        return self.cast(days, "BIGINT")

    def add(self, count: int, unit: Unit, value: Expression) -> Expression:
        if unit is Unit.MONTH:
            return self._add_months(count, value)
        try:
            step = timedelta(**{unit.plural: count})
            edge = datetime.max - step if count > 0 else datetime.min - step
        except OverflowError:
            return tree.case((tree.is_not_null(value), self._end(count, unit)))
        later = tree.text(f"{count:+} {unit.plural}")
        if unit is Unit.DAY:
            return tree.function("DATE", _clamped(value, self.day(edge.date()), count), later)
        within = _clamped(value, self.moment(edge), count)
        # The fraction, which whole minutes leave as it is, would be cut to milliseconds.
        seconds = tree.function("DATETIME", _slice(within, 1, 19), later)
        return exp.DPipe(this=seconds, expression=_slice(within.copy(), 20))

    def _end(self, count: int, unit: Unit) -> Expression:
        """What comes of leaving the calendar."""
        last = datetime.max if count > 0 else datetime.min
        return self.day(last.date()) if unit.is_calendar else self.moment(last)

    def _add_months(self, count: int, value: Expression) -> Expression:
        """As many days into that month, or its last day where it is shorter."""
        end = (9999 * 12 + 11 if count > 0 else 12) - count
        if not 12 <= end < 10_000 * 12:
            return tree.case((tree.is_not_null(value), self._end(count, Unit.MONTH)))
        start = tree.text("start of month")
        into = exp.DPipe(this=tree.text("+"), expression=_slice(value.copy(), 9, 2))
        day = tree.function(
            "DATE", value.copy(), start, tree.text(f"{count:+} months"),
            tree.text("-1 days"), exp.DPipe(this=into, expression=tree.text(" days")),
        )  # fmt: skip
        last: Expression = tree.function(
            "DATE", value.copy(), start.copy(), tree.text(f"{count + 1:+} months"), tree.text("-1 days")
        )
        if count > 0:
            # The month after the last one is in no calendar.
            last = tree.coalesce(last, self.day(date.max))
        edge = date(end // 12, end % 12 + 1, 1)
        beyond = (
            tree.compare(">", value, self.day(_last_of_month(edge)))
            if count > 0
            else tree.compare("<", value, self.day(edge))
        )
        return tree.case((beyond, self._end(count, Unit.MONTH)), default=tree.function("MIN", day, last))

    def day_of(self, value: Expression) -> Expression:
        return _slice(_as_stored(value), 1, 10)

    def local_time(self, value: Expression, zone: str) -> Expression:
        return value if zone == "UTC" else tree.function("LOCAL_TIME", _as_stored(value), tree.text(zone))

    def part(self, name: str, value: Expression) -> Expression:
        value = _as_stored(value)
        match name:
            case "weekday":
                sunday_0 = self.cast(
                    tree.function("STRFTIME", tree.text("%w"), _slice(value, 1, 10)), "BIGINT"
                )
                from_monday = exp.Paren(this=tree.arithmetic("+", sunday_0, tree.number(6)))
                rest = exp.Mod(this=from_monday, expression=tree.number(7))
                return tree.arithmetic("+", rest, tree.number(1))
            case "quarter":
                months = tree.arithmetic("+", self.part("month", value), tree.number(2))
                return self.divide(months, tree.number(3))
            case _:
                return self.cast(_slice(value, *_PLACES[name]), "BIGINT")

    def first_of_month(self, year: Expression, month: Expression) -> Expression:
        cycles = 0
        if isinstance(year, exp.Literal) and int(year.this) > date.max.year:
            # Of which there is no date here: the calendar repeats itself.
            cycles, year = 1, tree.number(int(year.this) - _CYCLE_YEARS)
        made = tree.function("PRINTF", tree.text("%04d-%02d-01"), year, month)
        made.meta[_CYCLES] = cycles
        return made

    # --- statements ---------------------------------------------------------------------------------------

    def statement(self, query: exp.Query) -> exp.Query:
        return arranged(query)


# --- numbers ----------------------------------------------------------------------------------------------


def _is_read_right(value: float) -> bool:
    """Whether SQLite reads the digits of a double as that double: it rounds to 64 bits first, then to 53."""
    digits = repr(abs(value))
    if abs(value) <= _LARGEST_WHOLE and value == int(value):
        return True
    if "e" in digits or "." not in digits or len(digits) > 17:
        return False
    exactly = Fraction(digits)
    edges = [(Fraction(abs(value)) + Fraction(nextafter(abs(value), to))) / 2 for to in (0.0, float("inf"))]
    return all(abs(exactly - edge) > exactly / 2**60 for edge in edges)


def _extreme(name: str, values: Sequence[Expression]) -> Expression:
    """Of several values, of which some may be NULL; the function itself gives NULL then."""
    if len(values) == 1:
        return values[0]
    if len(values) == 2:
        a, b = values
        return tree.function(name, tree.coalesce(a, b), tree.coalesce(b.copy(), a.copy()))
    rows = [exp.Select(expressions=[tree.named(value, "value")]) for value in values]
    listed = exp.Subquery(this=tree.union_all(rows))
    made = exp.Select(expressions=[tree.function(name, tree.column("value"))])
    made.set("from_", exp.From(this=listed))
    return exp.Subquery(this=made)


# --- text and time ----------------------------------------------------------------------------------------


def _escaped(char: str) -> str:
    return char if char.isalnum() or char in " _" or ord(char) > 127 else f"\\{char}"


def _slice(value: Expression, start: int, length: int | None = None) -> Expression:
    day = isinstance(value, exp.Anonymous) and value.this == "SUBSTR" and length and start + length <= 11
    if day and [each.sql() for each in value.expressions[1:]] == ["1", "10"]:
        value = value.expressions[0]
    return tree.function("SUBSTR", value, *(tree.number(n) for n in (start, length) if n is not None))


def _naive(moment: datetime) -> datetime:
    return moment if moment.tzinfo is None else moment.astimezone(UTC).replace(tzinfo=None)


def _of_26(text: Expression, stored: Expression) -> Expression:
    """A time with all six digits of its fraction."""
    missing = tree.arithmetic("-", tree.function("LENGTH", text.copy()), tree.number(18))
    zeros = tree.function("SUBSTR", tree.text(".000000"), missing)
    made = exp.DPipe(this=text.copy(), expression=zeros)
    made.meta[_STORED] = stored
    return made


def _as_stored(value: Expression) -> Expression:
    stored = value.meta.get(_STORED)
    return stored.copy() if isinstance(stored, exp.Expression) else value


def _clamped(value: Expression, edge: Expression, count: int) -> Expression:
    """The value, but nothing beyond the edge."""
    return tree.function("MIN" if count > 0 else "MAX", value, edge)


def _last_of_month(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])
