"""Days: the only module that computes a date."""

from __future__ import annotations

import calendar
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from segdsl.semantics import ir
from segdsl.units import Unit

_T = TypeVar("_T")

_MONTHS = {Unit.MONTH: 1, Unit.QUARTER: 3, Unit.YEAR: 12}
_DAYS = {Unit.DAY: 1, Unit.WEEK: 7}

AS_OF = ir.Day(None)


def add_units(day: date, count: int, unit: Unit) -> date:
    """`day` and `count` units of a day or longer; past the end of a month, its last day.

    Days before year 1 and after year 9999 are clamped to those: a window that long is open.
    """
    try:
        if unit in _DAYS:
            return day + timedelta(days=count * _DAYS[unit])
        months = day.year * 12 + day.month - 1 + count * _MONTHS[unit]
        year, month = months // 12, months % 12 + 1
        return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
    except (OverflowError, ValueError, calendar.IllegalMonthError):
        return date.max if count > 0 else date.min


def start_of(day: date, unit: Unit) -> date:
    """The first day of the week (Monday), month, quarter or year that `day` is in."""
    match unit:
        case Unit.WEEK:
            return day - timedelta(days=day.weekday())
        case Unit.MONTH:
            return day.replace(day=1)
        case Unit.QUARTER:
            return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
        case Unit.YEAR:
            return day.replace(month=1, day=1)
        case _:
            return day


def shifted(day: ir.Day, count: int, unit: Unit) -> ir.Day:
    """The day `count` units later; neighbouring shifts by days are one."""
    if count == 0:
        return day
    if unit is Unit.WEEK:
        count, unit = count * 7, Unit.DAY
    if unit in (Unit.QUARTER, Unit.YEAR):
        count, unit = count * _MONTHS[unit], Unit.MONTH
    last = day.steps[-1] if day.steps else None
    if unit is Unit.DAY and isinstance(last, ir.Shift) and last.unit is Unit.DAY:
        return shifted(ir.Day(day.fixed, day.steps[:-1]), last.count + count, unit)
    return _settled(ir.Day(day.fixed, (*day.steps, ir.Shift(count, unit))))


def snapped(day: ir.Day, unit: Unit) -> ir.Day:
    return _settled(ir.Day(day.fixed, (*day.steps, ir.Snap(unit))))


def _settled(day: ir.Day) -> ir.Day:
    # A fixed day with steps is another fixed day: keep one form, so that equal days are equal.
    return ir.Day(resolve_day(day, day.fixed)) if day.fixed else day


def resolve_day(day: ir.Day, as_of: date) -> date:
    """The day meant, in a run as of `as_of`."""
    result = day.fixed or as_of
    for step in day.steps:
        match step:
            case ir.Shift(count, unit):
                result = add_units(result, count, unit)
            case ir.Snap(unit):
                result = start_of(result, unit)
    return result


@cache
def is_reversed(low: ir.Day, high: ir.Day) -> bool:
    """Whether `low` is after `high` as of every day, so that a range from the one to the other is empty."""
    if low.fixed is not None and high.fixed is not None:
        return low.fixed > high.fixed
    if low.fixed is not None or high.fixed is not None:
        return False
    # Leap years and ends of months meet in every way within 4 years, with weekdays within 28.
    of_weeks = ir.Snap(Unit.WEEK) in (*low.steps, *high.steps)
    days = (date(2000, 1, 1) + timedelta(days=number) for number in range((28 if of_weeks else 4) * 366))
    return all(resolve_day(low, day) > resolve_day(high, day) for day in days)


def resolve(tree: _T, as_of: date) -> _T:
    """The same tree of IR with every day fixed, for a run as of `as_of`."""
    return _with_days(tree, lambda day: ir.Day(resolve_day(day, as_of)))


def moved(tree: _T, day: ir.Day) -> _T:
    """The same tree of IR with `day` in place of the as-of day."""

    def move(old: ir.Day) -> ir.Day:
        if old.fixed is not None:
            return old
        new = day
        for step in old.steps:
            match step:
                case ir.Shift(count, unit):
                    new = shifted(new, count, unit)
                case ir.Snap(unit):
                    new = snapped(new, unit)
        return new

    return _with_days(tree, move)


def _with_days(tree: _T, change: Callable[[ir.Day], ir.Day]) -> _T:
    """The same tree of IR with every day changed."""

    @cache
    def walk(part: Any) -> Any:
        match part:
            case ir.Day():
                return change(part)
            case ir.Table() | ir.Link():
                return part
            case tuple():
                # A list, since Pythons count generators by a limit that is not ours to raise.
                return tuple([walk(item) for item in part])
            case _ if hasattr(part, "__dataclass_fields__") and type(part).__module__ == ir.__name__:
                changes = {}
                for field in fields(part):
                    if not field.init or field.name in ("span", "shifts"):
                        continue
                    old = getattr(part, field.name)
                    new = walk(old) if not isinstance(old, str | int | float) else old
                    if new is not old:
                        changes[field.name] = new
                return replace(part, **changes) if changes else part
            case _:
                return part

    result: _T = walk(tree)
    return result


def first_instant(day: date, zone: str) -> datetime:
    """The first instant (in UTC) whose date in the time zone is `day`, which is not the calendar's first."""
    local = datetime.combine(day, time(), ZoneInfo(zone))
    instant = local.astimezone(UTC)
    # Where the clock skips midnight, `local` does not exist: its instant, read with the offset before the
    # change, is as far past the change as midnight is into the gap.
    shown = instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    if shown != local.replace(tzinfo=None):
        later = local.replace(fold=1).astimezone(UTC)
        low, high = min(instant, later) - timedelta(hours=3), max(instant, later)
        return _turn(low, high, lambda moment: _shown_day(moment, zone) >= day)
    return instant


def shown_span(zone: str) -> tuple[datetime, datetime]:
    """The first and the last instant (in UTC) at which clocks of the time zone show a time of the calendar."""
    none = timedelta()
    first, last = (
        end.replace(tzinfo=ZoneInfo(zone)).utcoffset() or none for end in (datetime.min, datetime.max)
    )
    low, high = datetime.min - min(first, none), datetime.max - max(last, none)
    return low.replace(tzinfo=UTC), high.replace(tzinfo=UTC)


def interruption(day: date, zone: str) -> tuple[datetime, datetime] | None:
    """The instants after `first_instant(day)`, from the first to before the second, on which clocks show an
    earlier date: they are set back across midnight, which makes two stretches of the day."""
    if day >= date.max - timedelta(days=1):
        return None
    start = first_instant(day, zone)
    offsets = [(start + timedelta(hours=hours)).astimezone(ZoneInfo(zone)).utcoffset() for hours in (0, 3)]
    if offsets[0] == offsets[1]:
        return None
    minutes = [start + timedelta(minutes=number) for number in range(181)]
    early = [moment for moment in minutes if _shown_day(moment, zone) < day]
    if not early:
        return None
    minute = timedelta(minutes=1)
    back = _turn(early[0] - minute, early[0], lambda moment: _shown_day(moment, zone) < day)
    return back, _turn(early[-1], early[-1] + minute, lambda moment: _shown_day(moment, zone) >= day)


def _shown_day(moment: datetime, zone: str) -> date:
    return moment.astimezone(ZoneInfo(zone)).date()


def _turn(low: datetime, high: datetime, holds: Callable[[datetime], bool]) -> datetime:
    """When something that does not hold at `low` and does at `high` begins to."""
    while high - low > timedelta(microseconds=1):
        middle = low + (high - low) / 2
        if holds(middle):
            high = middle
        else:
            low = middle
    return high
