"""The functions that SQLite is given: what each answers, what it makes of NULL and of the wrong type."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Iterator
from decimal import Context, Decimal
from fractions import Fraction
from hashlib import md5
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segdsl.engines.sqlite import register

WHOLE = st.integers(-(10**38) + 1, 10**38 - 1)
SMALL = st.integers(-(2**63) + 1, 2**63 - 1)


@pytest.fixture(scope="module")
def connection() -> Iterator[sqlite3.Connection]:
    made = sqlite3.connect(":memory:")
    register(made)
    yield made
    made.close()


def asked(connection: sqlite3.Connection, expression: str, *values: Any) -> Any:
    (row,) = connection.execute(f"SELECT {expression}", values).fetchall()
    return row[0]


def whole(connection: sqlite3.Connection, number: int) -> str:
    """A number as the EXACT functions hand it on."""
    text = asked(connection, "EXACT(?)", str(number))
    assert isinstance(text, str)
    return text


# --- text and time ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "length"),
    [("", 0), ("a\0b", 3), ("\0", 1), ("é", 1), ("e\u0301", 2), ("😀", 1), ("客戶", 2), (12, 2)],
)
def test_code_points(connection: sqlite3.Connection, text: Any, length: int) -> None:
    assert asked(connection, "CODE_POINTS(?)", text) == length


def test_md5(connection: sqlite3.Connection) -> None:
    for text in ("", "abc", "salt:12", "é😀\0"):
        assert asked(connection, "MD5(?)", text) == md5(text.encode()).hexdigest()
    assert asked(connection, "MD5('salt:' || 12)") == md5(b"salt:12").hexdigest()


def test_regexp_finds_anywhere_and_minds_letter_case(connection: sqlite3.Connection) -> None:
    assert asked(connection, "'xaby' REGEXP 'ab'") == 1
    assert asked(connection, "'xABy' REGEXP 'ab'") == 0
    assert asked(connection, "? REGEXP '(?s)a.b'", "a\nb") == 1
    assert asked(connection, r"? REGEXP '\Aa\Z'", "a\n") == 0
    assert asked(connection, "? REGEXP 'b'", "a\0b") == 1


@pytest.mark.parametrize(
    ("instant", "zone", "shown"),
    [
        ("2024-01-01 00:00:00", "Asia/Jakarta", "2024-01-01 07:00:00.000000"),
        ("2024-01-01 00:00:00+00:00", "Asia/Jakarta", "2024-01-01 07:00:00.000000"),
        ("2024-03-31 01:30:00.250000", "Europe/Berlin", "2024-03-31 03:30:00.250000"),
        ("2024-10-27 00:30:00", "Europe/Berlin", "2024-10-27 02:30:00.000000"),
        ("2024-10-27 01:30:00", "Europe/Berlin", "2024-10-27 02:30:00.000000"),
        ("9999-12-31 23:00:00", "Asia/Jakarta", "9999-12-31 23:59:59.999999"),
        ("0001-01-01 00:00:00", "America/New_York", "0001-01-01 00:00:00.000000"),
    ],
)
def test_local_time(connection: sqlite3.Connection, instant: str, zone: str, shown: str) -> None:
    assert asked(connection, "LOCAL_TIME(?, ?)", instant, zone) == shown


# --- doubles ----------------------------------------------------------------------------------------------


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_double_reads_every_double(connection: sqlite3.Connection, value: float) -> None:
    assert asked(connection, "DOUBLE(?)", repr(value)) == value


def test_floor_and_ceil_stay_doubles(connection: sqlite3.Connection) -> None:
    for value in (1.5, -1.5, -0.25, 2.0, 1e300, -math.inf, 0.49999999999999994):
        floor, ceil = asked(connection, "FLOOR(?)", value), asked(connection, "CEIL(?)", value)
        expected = (math.floor(value), math.ceil(value)) if math.isfinite(value) else (value, value)
        assert (floor, ceil) == expected and isinstance(floor, float) and isinstance(ceil, float)


def test_fsum_is_rounded_once(connection: sqlite3.Connection) -> None:
    def total(*values: Any) -> Any:
        shown = " UNION ALL ".join("SELECT ? AS x" for _ in values)
        return asked(connection, f"FSUM(x) FROM ({shown})", *values)

    assert total(*[0.1] * 10) == 1.0
    assert total(1e308, -1e308, 1e308) == 1e308
    assert total(1e16, 1.0, None, -1e16) == 1.0
    assert total(None, None) is None
    assert total(1e308, 1e308) is None
    assert total(math.inf, -math.inf) is None
    assert asked(connection, "FSUM(x) FROM (SELECT 1 AS x) WHERE x > 1") is None


# --- exact numbers ----------------------------------------------------------------------------------------


@given(WHOLE, WHOLE)
def test_wide_numbers_sort_as_they_are(connection: sqlite3.Connection, a: int, b: int) -> None:
    x, y = whole(connection, a), whole(connection, b)
    assert asked(connection, "? < ?", x, y) == (a < b)
    assert asked(connection, "? = ?", x, y) == (a == b)


@given(WHOLE, WHOLE)
def test_wide_arithmetic_is_exact_or_fails(connection: sqlite3.Connection, a: int, b: int) -> None:
    x, y = whole(connection, a), whole(connection, b)
    for name, result in (("EXACT_ADD", a + b), ("EXACT_SUBTRACT", a - b), ("EXACT_MULTIPLY", a * b)):
        if abs(result) < 10**38:
            assert asked(connection, f"{name}(?, ?)", x, y) == whole(connection, result)
        else:
            with pytest.raises(sqlite3.DataError, match="too big"):
                asked(connection, f"{name}(?, ?)", x, y)
    assert asked(connection, "EXACT_TEXT(?, 2)", x) == f"{Decimal(a).scaleb(-2, Context(prec=40)):f}"
    assert asked(connection, "EXACT_ABS(?)", x) == whole(connection, abs(a))
    expected = float(Fraction(a, b)) if b else None
    assert asked(connection, "EXACT_QUOTIENT(?, ?)", x, y) == expected


@given(SMALL, SMALL)
def test_integers_are_taken_as_they_are(connection: sqlite3.Connection, a: int, b: int) -> None:
    assert asked(connection, "EXACT_ADD(?, ?)", a, b) == whole(connection, a + b)
    assert asked(connection, "EXACT(?, 3)", a) == whole(connection, a * 1000)
    assert asked(connection, "EXACT_INTEGER(EXACT(?))", a) == a


@given(WHOLE, st.integers(1, 30))
def test_last_digits_are_dropped(connection: sqlite3.Connection, number: int, places: int) -> None:
    x, step = whole(connection, number), 10**places
    assert asked(connection, "EXACT_FLOOR(?, ?)", x, places) == whole(connection, number // step)
    assert asked(connection, "EXACT_CEIL(?, ?)", x, places) == whole(connection, -(-number // step))
    half_up = (abs(number) + step // 2) // step
    expected = half_up if number >= 0 else -half_up
    assert asked(connection, "EXACT_ROUND(?, ?)", x, places) == whole(connection, expected)
    assert asked(connection, "EXACT_DOUBLE(?, ?)", x, places) == float(Fraction(number, step))


@pytest.mark.parametrize("stored", ["12.30", 12.3, "12.3", "12.299999999"])
def test_stored_decimals_are_read_in_steps(connection: sqlite3.Connection, stored: Any) -> None:
    assert asked(connection, "EXACT(?, 2)", stored) == whole(connection, 1230)
    assert asked(connection, "EXACT_INTEGER(?, 2)", stored) == 1230


def test_digits_beyond_a_double_are_kept(connection: sqlite3.Connection) -> None:
    assert asked(connection, "EXACT_INTEGER('1234567890123456.78', 2)") == 123456789012345678
    digits = "12345678901234567890123456.789012345678"
    assert asked(connection, "EXACT(?, 12)", digits) == whole(connection, int(digits.replace(".", "")))


def test_the_negative_of_the_least_integer_is_a_double(connection: sqlite3.Connection) -> None:
    least = "-(-9223372036854775808)"
    assert asked(connection, f"typeof({least})") == "real"
    assert asked(connection, f"EXACT({least})") == whole(connection, 2**63)
    assert asked(connection, f"EXACT_ADD({least}, 1)") == whole(connection, 2**63 + 1)


def test_integers_may_be_stored_as_doubles(connection: sqlite3.Connection) -> None:
    assert asked(connection, "EXACT_ADD(5.0, 1)") == whole(connection, 6)
    for overflown in ("9223372036854775807 + 9223372036854775807", "9007199254740994.0", "0.5"):
        with pytest.raises(sqlite3.OperationalError):
            asked(connection, f"EXACT_ADD({overflown}, 1)")


def test_exact_sum(connection: sqlite3.Connection) -> None:
    def total(*values: Any) -> Any:
        shown = " UNION ALL ".join("SELECT ? AS x" for _ in values)
        return asked(connection, f"EXACT_SUM(x) FROM ({shown})", *values)

    assert total(2**63 - 1, 2**63 - 1, None, 5) == whole(connection, 2**64 + 3)
    assert total(whole(connection, 10**30), -1) == whole(connection, 10**30 - 1)
    assert total(None, None) is None
    nines = whole(connection, 10**38 - 1)
    assert total(nines, nines, whole(connection, -(10**38) + 1)) == nines
    with pytest.raises(sqlite3.DataError, match="too big"):
        total(nines, 1)
    with pytest.raises(sqlite3.OperationalError):
        total(1, 0.5)


# --- NULL and the wrong type ------------------------------------------------------------------------------

CALLS = (
    *("CODE_POINTS(?)", "MD5(?)", "? REGEXP 'a'", "'a' REGEXP ?", "LOCAL_TIME(?, 'UTC')"),
    *("LOCAL_TIME('2024-01-01 00:00:00', ?)", "DOUBLE(?)", "FLOOR(?)", "CEIL(?)"),
    *("EXACT(?)", "EXACT(?, 2)", "EXACT_INTEGER(?)", "EXACT_INTEGER(?, 2)", "EXACT_ABS(?)"),
    *("EXACT_ADD(?, 1)", "EXACT_ADD(1, ?)", "EXACT_SUBTRACT(?, 1)", "EXACT_MULTIPLY(1, ?)"),
    *("EXACT_ROUND(?, 2)", "EXACT_FLOOR(?, 2)", "EXACT_CEIL(?, 2)", "EXACT_DOUBLE(?, 2)"),
    *("EXACT_TEXT(?, 2)", "EXACT_ADD(1, 2, ?, 3)", "EXACT_MULTIPLY(?)"),
    *("EXACT_QUOTIENT(?, 1)", "EXACT_QUOTIENT(1, ?)"),
)


@pytest.mark.parametrize("call", CALLS)
def test_null_gives_null(connection: sqlite3.Connection, call: str) -> None:
    assert asked(connection, call, None) is None


@pytest.mark.parametrize("call", CALLS)
def test_bytes_are_refused(connection: sqlite3.Connection, call: str) -> None:
    with pytest.raises(sqlite3.OperationalError, match="raised exception"):
        asked(connection, call, b"5")


@pytest.mark.parametrize(
    "call",
    [
        *("EXACT('five')", "EXACT('')", "EXACT_INTEGER('x', 2)", "EXACT_ADD(0.5, 1)", "EXACT_ABS(1e300)"),
        *(
            "EXACT_FLOOR('12', 1)",
            "LOCAL_TIME('yesterday', 'UTC')",
            "LOCAL_TIME('2024-01-01 00:00:00', 'Mars')",
        ),
        *("DOUBLE('one')", "FLOOR('x')", "'a' REGEXP '('", "FSUM('x')", "EXACT_SUM('x')", "EXACT('nan')"),
    ],
)
def test_what_means_nothing_is_refused(connection: sqlite3.Connection, call: str) -> None:
    with pytest.raises(sqlite3.OperationalError, match="raised e"):
        asked(connection, call)
