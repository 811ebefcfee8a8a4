"""Days, shifts and time zones."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segdsl.semantics import ir
from segdsl.semantics.calendar import (
    AS_OF,
    add_units,
    first_instant,
    interruption,
    is_reversed,
    resolve,
    resolve_day,
    shifted,
    snapped,
    start_of,
)
from segdsl.units import Unit


@pytest.mark.parametrize(
    ("day", "count", "unit", "expected"),
    [
        (date(2024, 3, 31), -1, Unit.MONTH, date(2024, 2, 29)),
        (date(2023, 3, 31), -1, Unit.MONTH, date(2023, 2, 28)),
        (date(2024, 2, 29), 1, Unit.YEAR, date(2025, 2, 28)),
        (date(2024, 11, 30), 1, Unit.QUARTER, date(2025, 2, 28)),
        (date(2024, 1, 1), -1, Unit.WEEK, date(2023, 12, 25)),
        (date(2024, 1, 1), -9999, Unit.YEAR, date.min),
        (date(2024, 1, 1), 9_999_999, Unit.DAY, date.max),
    ],
)
def test_add_units_clamps(day: date, count: int, unit: Unit, expected: date) -> None:
    assert add_units(day, count, unit) == expected


def test_start_of_week_is_monday() -> None:
    assert start_of(date(2024, 1, 7), Unit.WEEK) == date(2024, 1, 1)
    assert start_of(date(2024, 1, 8), Unit.WEEK) == date(2024, 1, 8)


def test_relative_days_wait_for_the_run_and_fixed_ones_do_not() -> None:
    last_month = shifted(snapped(AS_OF, Unit.MONTH), -1, Unit.MONTH)
    assert resolve_day(last_month, date(2024, 3, 31)) == date(2024, 2, 1)
    assert shifted(ir.Day(date(2024, 1, 31)), 1, Unit.DAY) == ir.Day(date(2024, 2, 1))


def test_equal_days_are_equal_however_they_were_written() -> None:
    assert shifted(AS_OF, -2, Unit.WEEK) == shifted(shifted(AS_OF, -10, Unit.DAY), -4, Unit.DAY)
    assert shifted(AS_OF, 1, Unit.YEAR) == shifted(AS_OF, 12, Unit.MONTH)


def test_resolve_fixes_days_deep_in_a_condition() -> None:
    condition = ir.Compare("<", ir.Point(AS_OF), ir.Point(shifted(AS_OF, 1, Unit.DAY)), on_unknown=False)
    fixed = resolve(condition, date(2024, 1, 31))
    assert fixed.left == ir.Point(ir.Day(date(2024, 1, 31)))
    assert fixed.right == ir.Point(ir.Day(date(2024, 2, 1)))


@pytest.mark.parametrize(
    ("day", "zone", "instant"),
    [
        (date(2024, 1, 31), "Asia/Jakarta", datetime(2024, 1, 30, 17, tzinfo=UTC)),
        (date(2018, 11, 4), "America/Sao_Paulo", datetime(2018, 11, 4, 3, tzinfo=UTC)),  # no midnight
        (date(2024, 3, 31), "Asia/Beirut", datetime(2024, 3, 30, 22, tzinfo=UTC)),  # no midnight
    ],
)
def test_first_instant(day: date, zone: str, instant: datetime) -> None:
    assert first_instant(day, zone) == instant


def test_a_clock_set_back_across_midnight_makes_two_stretches() -> None:
    # At 00:01 on the 29th it is 23:01 on the 28th again, for 59 minutes.
    back, onward = datetime(2006, 10, 29, 2, 31, tzinfo=UTC), datetime(2006, 10, 29, 3, 30, tzinfo=UTC)
    assert interruption(date(2006, 10, 29), "America/St_Johns") == (back, onward)
    assert interruption(date(2024, 11, 3), "America/New_York") is None
    # Set back from midnight to 23:00: the new day has begun for no time yet.
    assert interruption(date(2018, 2, 18), "America/Sao_Paulo") is None


@given(
    st.dates(date(1950, 1, 1), date(2037, 12, 31)),
    st.sampled_from(["UTC", "Asia/Jakarta", "America/New_York", "Europe/Berlin", "America/Sao_Paulo"]),
)
def test_first_instant_is_of_the_day_and_the_one_before_is_not(day: date, zone: str) -> None:
    start = first_instant(day, zone)
    assert start.astimezone(ZoneInfo(zone)).date() == day
    assert (start - timedelta(microseconds=1)).astimezone(ZoneInfo(zone)).date() < day


STEPS = st.lists(
    st.one_of(
        st.builds(
            lambda count, unit: ("shift", count, unit),
            st.integers(-40, 40),
            st.sampled_from([Unit.DAY, Unit.WEEK, Unit.MONTH, Unit.QUARTER, Unit.YEAR]),
        ),
        st.sampled_from([("snap", 0, unit) for unit in (Unit.WEEK, Unit.MONTH, Unit.QUARTER, Unit.YEAR)]),
    ),
    max_size=2,
)


def moved(steps: list[tuple[str, int, Unit]]) -> ir.Day:
    day = AS_OF
    for kind, count, unit in steps:
        day = shifted(day, count, unit) if kind == "shift" else snapped(day, unit)
    return day


@settings(deadline=None)
@given(STEPS, STEPS, st.dates(date(1950, 1, 1), date(2090, 12, 31)))
def test_a_reversed_range_is_empty_on_every_day(
    low: list[tuple[str, int, Unit]], high: list[tuple[str, int, Unit]], as_of: date
) -> None:
    first, last = moved(low), moved(high)
    if is_reversed(first, last):
        assert resolve_day(first, as_of) > resolve_day(last, as_of)
        assert not is_reversed(last, first)


def test_reversed_ranges() -> None:
    ago = shifted(AS_OF, -30, Unit.DAY)
    assert is_reversed(AS_OF, ago) and not is_reversed(ago, AS_OF) and not is_reversed(ago, ago)
    assert is_reversed(ir.Day(date(2024, 2, 1)), ir.Day(date(2024, 1, 31)))
    # Which comes first depends on the day of the run, or of the month.
    assert not is_reversed(AS_OF, ir.Day(date(2024, 1, 1)))
    assert not is_reversed(shifted(AS_OF, -1, Unit.MONTH), shifted(AS_OF, -30, Unit.DAY))
    assert not is_reversed(shifted(AS_OF, -30, Unit.DAY), shifted(AS_OF, -1, Unit.MONTH))
