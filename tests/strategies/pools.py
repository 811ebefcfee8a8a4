"""Stored values that find faults: ties, edges of the calendar and of number types, odd text."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from segdsl.semantics.types import Kind, Type
from tests.strategies.choices import Choices

ZONES = (
    "UTC",
    "Asia/Jakarta",
    "Europe/Berlin",
    "America/New_York",
    "America/Sao_Paulo",  # midnight was skipped in spring
    "America/Havana",  # the clock goes back from one to midnight
    "Asia/Beirut",  # the clock goes back at midnight, so a day is split
    "Asia/Kathmandu",
    "Australia/Lord_Howe",  # half an hour of summer time
    "Pacific/Apia",  # has no 30 December 2011
)

# Month ends, leap days, and days on which clocks of `ZONES` change.
DAYS = (
    date(2024, 1, 31),
    date(2024, 2, 29),
    date(2023, 2, 28),
    date(2024, 3, 31),
    date(2024, 12, 31),
    date(2025, 1, 1),
    date(2024, 11, 3),
    date(2024, 3, 10),
    date(2018, 11, 4),
    date(2018, 2, 18),
    date(2011, 12, 31),
    date(2023, 10, 29),
    date(2024, 10, 27),
    date(2024, 4, 7),
    date(2024, 7, 15),
    date(2024, 8, 30),
)

_OFFSETS = (
    0,
    -1,
    1,
    -6,
    -7,
    -29,
    -30,
    -31,
    -28,
    -59,
    -89,
    -90,
    -91,
    -180,
    -364,
    -365,
    -366,
    7,
    30,
    -2,
    -14,
    -730,
)

TEXTS = (
    *("a", "b", "", "A", "abc", "ab", " a", "a ", " ", "ABC abc", "it's", 'say "a"', "a%b", "a_b", "%", "_"),
    *(
        "a\\b",
        "\\",
        "100%",
        "İstanbul",
        "ı",
        "I",
        "i",
        "ß",
        "é",
        "e\u0301",
        "😀",
        "a😀b",
        "客戶",
        "a\nb",
        "\t",
    ),
    *(
        "NULL",
        "null",
        "true",
        "1",
        "01",
        "1.0",
        "--",
        "a--b",
        "NO",
        "x;y",
        "\u00a0a",
        "a.b",
        "[a]",
        "(a",
        "^a$",
    ),
)

_SIZES = (0, 1, 2, 3, 5, 10, -1, -2, 7, 100)


def pool(choices: Choices, type: Type, as_of: date, zone: str) -> tuple[Any, ...]:
    """A few different values that a column of the type may hold."""
    count = choices.number(2, 5)
    match type.kind:
        case Kind.BOOLEAN:
            return (True, False)
        case Kind.INTEGER:
            large = (2**31, -(2**31) - 1, 2**53 + 1, 10**12)
            return tuple(choices.several(large if choices.chance(4) else _SIZES, count, count))
        case Kind.DECIMAL:
            return tuple(dict.fromkeys(_decimal(choices, type) for _ in range(count)))
        case Kind.FLOAT:
            return tuple(choices.several(_FLOATS, count, count))
        case Kind.STRING:
            return tuple(choices.several(TEXTS, count, count))
        case Kind.DATE:
            return tuple(dict.fromkeys(_day(choices, as_of) for _ in range(count)))
        case Kind.TIMESTAMP:
            return tuple(dict.fromkeys(_moment(choices, as_of) for _ in range(count)))
        case Kind.TIMESTAMPTZ:
            return tuple(dict.fromkeys(_instant(choices, as_of, zone) for _ in range(count)))
        case _:
            raise AssertionError(f"a column that is listed has no type {type}")


# Sums and products of a few of these are exact, so that no order of adding them up changes anything.
_FLOATS = (0.0, 1.0, 0.5, -0.5, 2.25, -3.0, 10.0, 0.125, float("nan"), float("inf"), -0.0, float("-inf"))


def _decimal(choices: Choices, type: Type) -> Decimal:
    """Small as a rule, with every digit after the point in use."""
    step = Decimal(1).scaleb(-type.scale)
    limit = 10**type.precision - 1
    if choices.chance(3) and type.precision <= 18:
        return Decimal(choices.of([limit, -limit])) * step
    whole = choices.of(_SIZES) * 10**type.scale + choices.of([0, 1, -1, 5 * 10 ** max(0, type.scale - 1)])
    return max(-limit, min(limit, whole)) * step


def _day(choices: Choices, as_of: date) -> date:
    if choices.chance(5):
        return choices.of(
            [date(2000, 2, 29), date(1999, 12, 31), date(1970, 1, 1), date(1, 1, 1), date(9999, 12, 31)]
        )
    if choices.chance(20):
        return choices.of(DAYS)
    return as_of + timedelta(days=choices.of(_OFFSETS))


_TIMES = (
    time(0),
    time(12),
    time(23, 59, 59, 999999),
    time(0, 0, 0, 1),
    time(23, 59, 59),
    time(2, 30),
    time(0, 30),
    time(1, 30),
    time(9, 5, 7),
)


def _moment(choices: Choices, as_of: date) -> datetime:
    return datetime.combine(_day(choices, as_of), choices.of(_TIMES))


def _instant(choices: Choices, as_of: date, zone: str) -> datetime:
    """By the clock of the zone, once in a while in the hour that comes twice, or by that of UTC."""
    moment = _moment(choices, as_of)
    if not 1950 <= moment.year <= 2100:
        moment = moment.replace(year=2000)
    clock = ZoneInfo(choices.of([zone, zone, "UTC"]))
    return moment.replace(tzinfo=clock, fold=choices.number(0, 1)).astimezone(UTC)
