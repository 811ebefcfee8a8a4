from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from segdsl.reference import values
from segdsl.reference.values import ReferenceOverflow
from segdsl.semantics.types import FLOAT, INTEGER, TIMESTAMPTZ, decimal
from segdsl.units import Unit

D = Decimal
D38_2 = decimal(38, 2)


def test_nan_and_infinities_are_unknown() -> None:
    assert values.clean(float("nan"), FLOAT) is None
    assert values.clean(float("-inf"), FLOAT) is None
    assert values.clean(D("NaN"), D38_2) is None
    assert values.arithmetic("*", 1e308, 10.0, FLOAT) is None
    assert values.arithmetic("-", 1e308, -1e308, FLOAT) is None
    assert values.total([1e308, 1e308], FLOAT) is None
    assert values.divide(1e308, 1e-308) is None


def test_exact_arithmetic_does_not_round() -> None:
    big = D("99999999999999999999999999999999999.99")
    assert values.arithmetic("+", big, D("0.01"), D38_2) == D(10) ** 35
    product = values.arithmetic("*", D("0.1234567890123456789"), D("0.1234567890123456789"), decimal(38, 38))
    assert str(product) == "0.01524157875323883675019051998750190521"
    assert values.total([D("0.1")] * 3, D38_2) == D("0.3")
    assert values.negate(big) == big.copy_negate()
    assert values.absolute(big.copy_negate()) == big


@pytest.mark.parametrize(
    ("value", "type", "passes"),
    [
        (10**38 - 1, INTEGER, False),
        (10**38, INTEGER, True),
        (-(10**38), INTEGER, True),
        (D("9" * 36 + ".99"), D38_2, False),
        (D(10) ** 36, D38_2, True),
    ],
)
def test_what_passes_38_digits(value: Any, type: Any, passes: bool) -> None:
    if passes:
        with pytest.raises(ReferenceOverflow):
            values.fit(value, type)
    else:
        assert values.fit(value, type) == value


def test_sums_may_pass_38_digits_on_the_way() -> None:
    top = 10**38 - 1
    assert values.total([top, top, -top], INTEGER) == top
    with pytest.raises(ReferenceOverflow):
        values.total([top, 1], INTEGER)


def test_sums_of_nothing() -> None:
    assert values.total([], INTEGER) == 0
    assert values.total([], D38_2) == 0
    assert values.total([], FLOAT) == 0.0


def test_a_quotient_is_the_nearest_double() -> None:
    # Rounding each operand to a double first would give 1.0.
    assert values.divide(2**53 + 1, 2**53 - 1) == 1.0000000000000002
    assert values.divide(D("0.3"), D("0.1")) == 3.0
    assert values.divide(1, 3) == 1 / 3
    assert values.divide(1, 0) is None
    assert values.divide(D(1), D("0.00")) is None
    assert values.divide(1.0, -0.0) is None
    assert values.to_float(2**53 + 1) == float(2**53)


@pytest.mark.parametrize(
    ("number", "digits", "type", "result"),
    [
        (D("2.5"), 0, INTEGER, 3),
        (D("-2.5"), 0, INTEGER, -3),
        (D("2.4999"), 0, INTEGER, 2),
        (D("1.005"), 2, decimal(10, 2), D("1.01")),
        (D("-1.005"), 2, decimal(10, 2), D("-1.01")),
        (15, -1, INTEGER, 20),
        (2.5, 0, FLOAT, 3.0),
        (-0.5, 0, FLOAT, -1.0),
        (0.49999999999999994, 0, FLOAT, 0.0),
        (2.675, 2, FLOAT, 2.67),  # the double is a little below 2.675
        (1e300, 0, FLOAT, 1e300),
    ],
)
def test_round(number: Any, digits: int, type: Any, result: Any) -> None:
    rounded = values.rounded(number, digits, type)
    assert rounded == result
    assert isinstance(rounded, result.__class__)


def test_floor_and_ceil() -> None:
    assert values.floor(D("-1.5"), INTEGER) == -2
    assert values.ceil(D("-1.5"), INTEGER) == -1
    assert values.floor(-1.5, FLOAT) == -2.0
    assert isinstance(values.ceil(1.5, FLOAT), float)


def test_comparing_a_quotient() -> None:
    assert values.compare_quotient("=", 1, 3, D("0.333")) is False
    assert values.compare_quotient("<", 1, 3, D("0.334")) is True
    assert values.compare_quotient(">", 1, -2, -1) is True
    assert values.compare_quotient("<", 1, 0, 5) is None
    assert values.compare_quotient("<", 1.0, -2.0, 0.0) is True
    assert values.compare_quotient("<", 1.0, 1e300, 1e300) is True
    assert values.compare_quotient(">", 1.0, -1e300, 1e300) is False


def test_text() -> None:
    assert values.lower("ÀÉ ABZ İ") == "ÀÉ abz İ"
    assert values.upper("straße àz") == "STRAßE àZ"
    assert values.trim("  a\t \u00a0") == "a\t \u00a0"


@pytest.mark.parametrize(
    ("operator", "text", "pattern", "result"),
    [
        ("contains", "a%b", "%", True),
        ("contains", "abc", "B", False),
        ("starts with", "abc", "ab", True),
        ("ends with", "abc", "ab", False),
        ("like", "a\nbc", "a%c", True),
        ("like", "a.c", "a_c", True),
        ("like", "abc", "a.c", False),
        ("like", "xabc", "a%", False),
        ("like", "a\n", "a", False),
        ("like", "a\\b", "a\\_", True),
        ("like", "😀", "_", True),
        ("matches", "order 12", r"\d+$", True),
        ("matches", "12\n", r"\d+$", False),
    ],
)
def test_text_tests(operator: str, text: str, pattern: str, result: bool) -> None:
    assert values.text_test(operator, text, pattern) is result


@pytest.mark.parametrize(
    ("unit", "start", "end", "result"),
    [
        (Unit.DAY, "2024-02-28", "2024-03-01", 2),
        (Unit.DAY, "2024-03-01", "2024-02-28", -2),
        (Unit.WEEK, "2024-01-01", "2024-01-07", 0),
        (Unit.WEEK, "2024-01-02", "2024-01-01", -1),
        (Unit.MONTH, "2024-01-31", "2024-02-29", 0),
        (Unit.MONTH, "2024-01-29", "2024-02-29", 1),
        (Unit.MONTH, "2024-03-01", "2024-02-28", -1),
        (Unit.MONTH, "2024-02-01", "2024-01-01", -1),
        (Unit.QUARTER, "2023-12-15", "2024-03-14", 0),
        (Unit.QUARTER, "2023-12-15", "2024-03-15", 1),
        (Unit.QUARTER, "2024-02-01", "2024-01-31", -1),
        (Unit.YEAR, "2000-02-29", "2001-02-28", 0),
        (Unit.YEAR, "2000-02-29", "2001-03-01", 1),
        (Unit.YEAR, "2001-01-02", "2001-01-01", -1),
        (Unit.YEAR, "2002-01-02", "2001-01-02", -1),
    ],
)
def test_distance(unit: Unit, start: str, end: str, result: int) -> None:
    assert values.distance(unit, date.fromisoformat(start), date.fromisoformat(end)) == result


@pytest.mark.parametrize(
    ("day", "today", "result"),
    [
        ("1990-05-10", "2024-05-10", 0),
        ("1990-05-10", "2024-05-09", 1),
        ("1990-05-10", "2024-05-11", 364),
        ("2030-01-01", "2024-12-31", 1),
        ("2000-02-29", "2023-02-28", 1),
        ("2000-02-29", "2024-02-28", 1),
        ("2000-02-29", "2024-03-01", 365),
        ("2000-03-01", "2023-02-28", 1),
    ],
)
def test_days_to_the_anniversary(day: str, today: str, result: int) -> None:
    assert values.to_anniversary(date.fromisoformat(day), date.fromisoformat(today)) == result


def test_adding_time() -> None:
    assert values.add_time(date(2024, 1, 31), 1, Unit.MONTH) == date(2024, 2, 29)
    assert values.add_time(datetime(2024, 1, 31, 23, 30), 90, Unit.MINUTE) == datetime(2024, 2, 1, 1, 0)
    assert values.add_time(datetime(9999, 12, 31, 23), 24, Unit.HOUR) == datetime.max


def test_parts() -> None:
    sunday = datetime(2024, 12, 1, 17, 5)
    parts = {
        name: values.part(name, sunday) for name in ("year", "quarter", "month", "day", "weekday", "hour")
    }
    assert parts == {"year": 2024, "quarter": 4, "month": 12, "day": 1, "weekday": 7, "hour": 17}
    assert values.part("quarter", date(2024, 3, 31)) == 1


def test_instants_on_a_wall_clock() -> None:
    instant = values.clean(datetime.fromisoformat("2024-03-10T09:30:00+02:00"), TIMESTAMPTZ)
    assert instant == datetime(2024, 3, 10, 7, 30, tzinfo=UTC)
    assert values.local_time(instant, "America/New_York") == datetime(2024, 3, 10, 3, 30)
    assert values.local_time(instant, "Asia/Jakarta") == datetime(2024, 3, 10, 14, 30)
