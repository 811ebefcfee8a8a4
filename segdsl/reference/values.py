"""Operations on known Python values, exactly as the language defines them.

Exact numbers are `int` and `Decimal`, floats are finite `float`s, wall-clock times are naive datetimes and
instants are aware ones in UTC. None is an unknown result.
"""

from __future__ import annotations

import calendar
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal, Inexact, InvalidOperation
from fractions import Fraction
from hashlib import md5
from typing import Any, Literal
from zoneinfo import ZoneInfo

from segdsl.semantics import calendar as days
from segdsl.semantics.patterns import parse, to_python
from segdsl.semantics.types import MAX_DIGITS, Kind, Type
from segdsl.units import Unit

Exact = int | Decimal

# Wide enough for any sum or product of 38-digit numbers; rounding would be an error, never a wrong answer.
_EXACT = Context(prec=1000, Emax=MAX_EMAX, Emin=MIN_EMIN, traps=[Inexact, InvalidOperation])

_TO_LOWER = {ord("A") + i: ord("a") + i for i in range(26)}
_TO_UPPER = {lower: upper for upper, lower in _TO_LOWER.items()}


class ReferenceOverflow(ArithmeticError):
    """An exact result needs more than 38 digits: a run-time error of the language."""


# --- known and unknown --------------------------------------------------------------------------------------


def clean(value: Any, type: Type) -> Any:
    """A stored value as the interpreter holds it: NaN and infinities unknown, instants in UTC."""
    if type.kind is Kind.FLOAT and value is not None:
        return finite(float(value))
    if isinstance(value, float | Decimal) and not math.isfinite(value):
        return None
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC)
    return value


def finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


# --- numbers ------------------------------------------------------------------------------------------------


def fit(value: Exact, type: Type) -> Exact:
    """The value, if it has at most 38 digits at the scale of its type. Raises ReferenceOverflow."""
    if abs(Fraction(value)) >= 10 ** (MAX_DIGITS - type.scale):
        raise ReferenceOverflow(f"a result of type {type} passes {MAX_DIGITS} digits")
    return value


def arithmetic(operator: Literal["+", "-", "*"], a: Any, b: Any, type: Type) -> Any:
    """`a + b`, `a - b` or `a * b`: of floats the nearest double, else exact."""
    if type.kind is Kind.FLOAT:
        return finite({"+": a + b, "-": a - b, "*": a * b}[operator])
    x, y = Fraction(a), Fraction(b)
    return fit(_as_exact({"+": x + y, "-": x - y, "*": x * y}[operator], type), type)


def total(numbers: Iterable[Any], type: Type) -> Any:
    """The sum; 0 of none. Of floats it is rounded once, of all of them."""
    if type.kind is Kind.FLOAT:
        try:
            return finite(math.fsum(numbers))
        except OverflowError:
            return None
    return fit(_as_exact(sum(map(Fraction, numbers), Fraction(0)), type), type)


def divide(numerator: Any, denominator: Any) -> float | None:
    """The nearest double to the quotient of two exact numbers, or of two doubles."""
    if denominator == 0:
        return None
    if isinstance(numerator, float) or isinstance(denominator, float):
        return finite(float(numerator) / float(denominator))
    return _nearest_double(Fraction(numerator) / Fraction(denominator))


def to_float(number: Exact | float) -> float | None:
    return _nearest_double(Fraction(number))


def negate(number: Any) -> Any:
    # `-Decimal` would round to the precision of the thread's context.
    return number.copy_negate() if isinstance(number, Decimal) else -number


def absolute(number: Any) -> Any:
    return number.copy_abs() if isinstance(number, Decimal) else abs(number)


def rounded(number: Exact | float, digits: int, type: Type) -> Any:
    """Half away from zero, by the exact value (a double's too), to so many digits after the point."""
    step = Fraction(10) ** -digits
    size = math.floor(abs(Fraction(number)) / step + Fraction(1, 2)) * step
    return _of_type(size if number >= 0 else -size, type)


def floor(number: Exact | float, type: Type) -> Any:
    return _of_type(Fraction(math.floor(number)), type)


def ceil(number: Exact | float, type: Type) -> Any:
    return _of_type(Fraction(math.ceil(number)), type)


def compare(operator: str, a: Any, b: Any) -> bool:
    match operator:
        case "=":
            return bool(a == b)
        case "!=":
            return bool(a != b)
        case "<":
            return bool(a < b)
        case "<=":
            return bool(a <= b)
        case ">":
            return bool(a > b)
        case ">=":
            return bool(a >= b)
    raise AssertionError(operator)


def compare_quotient(operator: str, numerator: Any, denominator: Any, other: Any) -> bool | None:
    """`numerator / denominator <operator> other`; None when unknown."""
    if denominator == 0:
        return None
    if not any(isinstance(number, float) for number in (numerator, denominator, other)):
        return compare(operator, Fraction(numerator) / Fraction(denominator), Fraction(other))
    # Infinite where it overflows, which then compares as the number it stands for.
    product = float(other) * float(denominator)
    left, right = (numerator, product) if denominator > 0 else (product, numerator)
    return compare(operator, left, right)


def _of_type(number: Fraction, type: Type) -> Any:
    return _nearest_double(number) if type.kind is Kind.FLOAT else fit(_as_exact(number, type), type)


def _as_exact(number: Fraction, type: Type) -> Exact:
    if type.kind is Kind.INTEGER:
        assert number.denominator == 1, "integers are closed under what gives an integer"
        return number.numerator
    return _EXACT.divide(Decimal(number.numerator), Decimal(number.denominator))


def _nearest_double(number: Fraction) -> float | None:
    try:
        return float(number)
    except OverflowError:
        return None


# --- text ---------------------------------------------------------------------------------------------------


def lower(text: str) -> str:
    return text.translate(_TO_LOWER)


def upper(text: str) -> str:
    return text.translate(_TO_UPPER)


def trim(text: str) -> str:
    return text.strip(" ")


def text_test(operator: str, text: str, pattern: str) -> bool:
    match operator:
        case "contains":
            return pattern in text
        case "starts with":
            return text.startswith(pattern)
        case "ends with":
            return text.endswith(pattern)
        case "like":
            return _like(pattern).fullmatch(text) is not None
        case "matches":
            return re.search(to_python(parse(pattern)), text) is not None
    raise AssertionError(operator)


def _like(pattern: str) -> re.Pattern[str]:
    wild = {"%": ".*", "_": "."}
    return re.compile("".join(wild.get(char) or re.escape(char) for char in pattern), re.DOTALL)


# --- time ---------------------------------------------------------------------------------------------------


def local_time(instant: datetime, zone: str) -> datetime:
    try:
        return instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)
    except OverflowError:  # a few hours beyond what Python's calendar shows
        return datetime.min if instant.year == 1 else datetime.max


def day_of(value: date | datetime) -> date:
    return value.date() if isinstance(value, datetime) else value


def part(name: str, value: Any) -> int:
    """`name` of a date or timestamp; weekdays are 1 (Monday) to 7."""
    if name == "quarter":
        return (int(value.month) + 2) // 3
    return int(value.isoweekday() if name == "weekday" else getattr(value, name))


def distance(unit: Unit, start: date, end: date) -> int:
    """Whole calendar units from one day to another; negative when `end` is before `start`."""
    months = 12 * (end.year - start.year) + (end.month - start.month) - (start.day > end.day)
    match unit:
        case Unit.DAY:
            return (end - start).days
        case Unit.WEEK:
            return (end - start).days // 7
        case Unit.MONTH:
            return months
        case Unit.QUARTER:
            return months // 3
        case Unit.YEAR:
            return end.year - start.year - ((start.month, start.day) > (end.month, end.day))
    raise AssertionError(unit)


def add_time(value: date | datetime, count: int, unit: Unit) -> date | datetime:
    """A day so many calendar units later, or a timestamp so many hours or minutes later."""
    if unit.is_calendar:
        return days.add_units(value, count, unit)
    assert isinstance(value, datetime)
    try:
        return value + count * (timedelta(hours=1) if unit is Unit.HOUR else timedelta(minutes=1))
    except OverflowError:
        return (datetime.max if count > 0 else datetime.min).replace(tzinfo=value.tzinfo)


@dataclass(frozen=True)
class Moment:
    """When an event was: a date, a wall-clock time, or an instant, whose days are those of `zone`.

    Instants are in order even where clocks go back.
    """

    time: date | datetime
    zone: str | None = None

    @property
    def day(self) -> date:
        if isinstance(self.time, datetime) and self.zone is not None:
            return day_of(local_time(self.time, self.zone))
        return day_of(self.time)

    def then(self, later: Moment, within: tuple[int, Unit] | None) -> bool:
        """Whether `later` is strictly later than this, and at most `within` after it."""
        if isinstance(self.time, datetime) and isinstance(later.time, datetime):
            if later.time <= self.time:
                return False
        elif later.day <= self.day:
            return False
        if within is None:
            return True
        if within[1].is_calendar:
            return later.day <= add_time(self.day, *within)
        return later.time <= add_time(self.time, *within)

    def is_over(self, within: tuple[int, Unit], as_of: date) -> bool:
        """Whether the span of `within` after this has ended by the end of the as-of day."""
        if within[1].is_calendar:
            return add_time(self.day, *within) <= as_of
        if as_of == date.max:
            return True
        next_day = as_of + timedelta(days=1)
        end = days.first_instant(next_day, self.zone) if self.zone else datetime.combine(next_day, time())
        return add_time(self.time, *within) <= end


def hashed(salt: str, key: object) -> int:
    """The first 32 bits of `md5(salt:key)`, a key being its decimal text or the string itself."""
    return int(md5(f"{salt}:{key}".encode(), usedforsecurity=False).hexdigest()[:8], 16)


def to_anniversary(day: date, today: date) -> int:
    """Days from `today` until the month and day of `day` come round; 0 on the day itself."""
    this_year = _anniversary(day, today.year)
    return (
        this_year if this_year >= today.toordinal() else _anniversary(day, today.year + 1)
    ) - today.toordinal()


def _anniversary(day: date, year: int) -> int:
    """The ordinal of the anniversary in a year; 29 February is 1 March in common years."""
    if year > date.max.year:  # the calendar repeats itself after 400 years
        return _anniversary(day, year - 400) + (date(2400, 1, 1) - date(2000, 1, 1)).days
    if (day.month, day.day) == (2, 29) and not calendar.isleap(year):
        return date(year, 3, 1).toordinal()
    return date(year, day.month, day.day).toordinal()
