"""SQLite: the functions that statements for it ask for, and it lacks.

    connection = sqlite3.connect("shop.db")
    segdsl.engines.sqlite.register(connection)
    connection.execute(statement)

Each gives NULL where an argument is NULL. One that is given what it can't take fails, and the statement with it, by an
OperationalError (`user-defined function raised exception`); where a result would have more digits than 38, by a
DataError (`string or blob too big`, which is SQLite's only word for it).
"""

from __future__ import annotations

import math
import re
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache, wraps
from hashlib import md5
from typing import Any
from zoneinfo import ZoneInfo

Value = int | float | str | bytes | None
"""What SQLite stores."""

_MOST = 10**38
"""Exact results are smaller than this."""
_LONGEST = 99
_LARGEST = 2**63
_LARGEST_OF_DOUBLE = 2**53
"""A double holds every whole number up to this one."""
_COMPLEMENT = str.maketrans("0123456789", "9876543210")


def register(connection: sqlite3.Connection) -> None:
    """Adds the functions to a connection: they are there until it is closed, and nothing is written.

    Text: `CODE_POINTS(x)`, `MD5(x)` in lower-case hex, `x REGEXP p` with Python's patterns, found anywhere.
    Time: `LOCAL_TIME(t, zone)`, what clocks of an IANA zone show at an instant in UTC.
    Doubles: `DOUBLE('0.1')`, `FLOOR`, `CEIL`, and the aggregate `FSUM`, a sum that is rounded once.
    Exact numbers beyond 64 bits, as texts that sort as they do: `EXACT(x, places)` is `round(x * 10^places)` of a
    number, of its digits as text or of such a text; `EXACT_ADD` and `EXACT_MULTIPLY` of any, `EXACT_SUBTRACT` of
    two, `EXACT_ABS`, `EXACT_ROUND(x, places)`, `EXACT_FLOOR`, `EXACT_CEIL` without so many last digits, and the
    aggregate `EXACT_SUM` give such texts. `EXACT_INTEGER(x, places)` is an integer, `EXACT_DOUBLE(x, places)` the
    nearest double to `x / 10^places`, `EXACT_TEXT(x, places)` its digits, `EXACT_QUOTIENT(x, y)` the nearest to
    `x / y`, NULL where that is 0.
    """
    for name, count, function in _FUNCTIONS:
        connection.create_function(name, count, _known(function), deterministic=True)
    connection.create_aggregate("EXACT_SUM", 1, _ExactSum)
    connection.create_aggregate("FSUM", 1, _FloatSum)


def _known(function: Callable[..., Value]) -> Callable[..., Value]:
    """The function, which gives NULL where an argument is NULL."""

    @wraps(function)
    def made(*arguments: Value) -> Value:
        return None if None in arguments else function(*arguments)

    return made


# --- exact numbers ----------------------------------------------------------------------------------------


def encode(number: int) -> str:
    """A whole number as text that sorts as it does: its sign, how many digits it has, and these; of a negative
    one all digits are taken from 9."""
    if not number:
        return "p00:"
    digits = str(abs(number))
    if len(digits) > _LONGEST:
        raise OverflowError("there is no room for so many digits")
    shown = f"{len(digits):02d}:{digits}"
    return f"p{shown}" if number > 0 else f"n{shown.translate(_COMPLEMENT)}"


def decode(text: str) -> int:
    if text.startswith("p"):
        return int(text[4:] or "0")
    return -int(text[4:].translate(_COMPLEMENT))


def _whole(value: Value) -> int:
    """An integer, or a wide number, as SQL hands it over."""
    match value:
        case int():
            return value
        case str() if value.startswith(("p", "n")):
            return decode(value)
        # Integers may be stored as doubles; and the negative of the least one is a double in SQLite.
        case float() if value.is_integer() and (abs(value) <= _LARGEST_OF_DOUBLE or abs(value) == _LARGEST):
            return int(value)
    raise ValueError(f"{value!r} is no whole number")


def _fitting(number: int) -> str:
    if abs(number) >= _MOST:
        raise OverflowError("the result has more digits than 38")
    return encode(number)


def _scaled(value: Value, places: int) -> int:
    """round(value * 10^places), half away from zero."""
    match value:
        case float() if abs(value) != _LARGEST:
            # A double stands for its shortest digits.
            return _rounded(Fraction(repr(value)) * 10**places)
        case str() if not value.startswith(("p", "n")):
            return _rounded(Fraction(Decimal(value)) * 10**places)
        case _:
            return _whole(value) * int(10**places)


def _rounded(number: Fraction) -> int:
    size = math.floor(abs(number) + Fraction(1, 2))
    return size if number >= 0 else -size


def _exact(value: Value, places: int = 0) -> str:
    return encode(_scaled(value, places))


def _exact_integer(value: Value, places: int = 0) -> int:
    return _scaled(value, places)


def _exact_double(value: Value, places: int) -> float:
    return float(Fraction(_whole(value), 10**places))


def _exact_text(value: Value, places: int) -> str:
    number = _whole(value)
    return f"{Decimal((int(number < 0), tuple(map(int, str(abs(number)))), -places)):f}"


def _exact_quotient(above: Value, below: Value) -> float | None:
    divisor = _whole(below)
    return float(Fraction(_whole(above), divisor)) if divisor else None


class _ExactSum:
    def __init__(self) -> None:
        self.total: int | None = None

    def step(self, value: Value, /) -> None:
        if value is not None:
            self.total = (self.total or 0) + _whole(value)

    def finalize(self) -> Any:
        return None if self.total is None else _fitting(self.total)


# --- doubles ----------------------------------------------------------------------------------------------


class _FloatSum:
    def __init__(self) -> None:
        self.values: list[float] = []

    def step(self, value: Value, /) -> None:
        if isinstance(value, str | bytes):
            raise ValueError(f"{value!r} is no number")
        if value is not None:
            self.values.append(value)

    def finalize(self) -> Any:
        try:
            return math.fsum(self.values) if self.values else None
        except (OverflowError, ValueError):  # it is infinite, or no number
            return None


def _double(digits: Value) -> float:
    if not isinstance(digits, str):
        raise ValueError(f"{digits!r} is no text")
    return float(digits)


def _to_whole(rounded: Callable[[float], int]) -> Callable[[Value], Value]:
    def made(value: Value) -> Value:
        if isinstance(value, str | bytes):
            raise ValueError(f"{value!r} is no number")
        return float(rounded(value)) if isinstance(value, float) and math.isfinite(value) else value

    return made


# --- text and time ----------------------------------------------------------------------------------------


def _text(value: Value) -> str:
    if isinstance(value, int | str):
        return str(value)
    raise ValueError(f"{value!r} is no text")


def _md5(value: Value) -> str:
    return md5(_text(value).encode(), usedforsecurity=False).hexdigest()


def _regexp(pattern: Value, value: Value) -> bool:
    return _compiled(_text(pattern)).search(_text(value)) is not None


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def _local_time(value: Value, zone: Value) -> str:
    moment = datetime.fromisoformat(_text(value).removesuffix("+00:00")).replace(tzinfo=UTC)
    try:
        shown = moment.astimezone(ZoneInfo(_text(zone))).replace(tzinfo=None)
    except OverflowError:  # clocks elsewhere show a day that is beyond the calendar
        shown = datetime.min if moment.year == 1 else datetime.max
    return shown.isoformat(" ", "microseconds")


_FUNCTIONS: tuple[tuple[str, int, Callable[..., Any]], ...] = (
    ("CODE_POINTS", 1, lambda value: len(_text(value))),
    ("MD5", 1, _md5),
    ("REGEXP", 2, _regexp),
    ("LOCAL_TIME", 2, _local_time),
    ("DOUBLE", 1, _double),
    ("FLOOR", 1, _to_whole(math.floor)),
    ("CEIL", 1, _to_whole(math.ceil)),
    ("EXACT", 1, _exact),
    ("EXACT", 2, _exact),
    ("EXACT_INTEGER", 1, _exact_integer),
    ("EXACT_INTEGER", 2, _exact_integer),
    ("EXACT_ADD", -1, lambda *values: _fitting(sum(map(_whole, values)))),
    ("EXACT_SUBTRACT", 2, lambda a, b: _fitting(_whole(a) - _whole(b))),
    ("EXACT_MULTIPLY", -1, lambda *values: _fitting(math.prod(map(_whole, values)))),
    ("EXACT_ABS", 1, lambda value: encode(abs(_whole(value)))),
    ("EXACT_ROUND", 2, lambda value, places: encode(_rounded(Fraction(_whole(value), 10**places)))),
    ("EXACT_FLOOR", 2, lambda value, places: encode(_whole(value) // 10**places)),
    ("EXACT_CEIL", 2, lambda value, places: encode(-(-_whole(value) // 10**places))),
    ("EXACT_DOUBLE", 2, _exact_double),
    ("EXACT_TEXT", 2, _exact_text),
    ("EXACT_QUOTIENT", 2, _exact_quotient),
)
