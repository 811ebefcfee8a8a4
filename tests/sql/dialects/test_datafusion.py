"""What DataFusion is told in words of its own: the rest is PostgreSQL's."""

from __future__ import annotations

from decimal import Decimal

import pytest

from segdsl.semantics import ir
from segdsl.semantics.types import DATE, INTEGER, TIMESTAMP, decimal
from segdsl.sql import tree
from segdsl.sql.dialects import dialect
from segdsl.units import Unit
from tests.sql.shop import ROW, aggregate, column, compare, event, sql, where

F = ir.Function
REGION, INCOME, POINTS = (column(name) for name in ("region", "income", "points"))
BIRTH, JOINED = column("birth_date"), column("joined")
YEAR = ir.Part("year", BIRTH)


def matches(pattern: str) -> ir.Condition:
    return ir.TextTest("matches", REGION, pattern, False, False)


def shifted(value: ir.Value, count: int, unit: Unit, type: ir.Type = DATE) -> ir.Condition:
    return ir.Compare("<", value, ir.AddTime(value, count, unit, type), False)


CASES: dict[str, tuple[ir.Condition, str]] = {
    "a number with a point is a double unless told otherwise": (
        compare(INCOME, ">", Decimal("5.25")),
        "income > CAST('5.25' AS DECIMAL(3, 2))",
    ),
    "integers wrap around unless they are decimals": (
        compare(ir.Arithmetic("*", POINTS, POINTS, INTEGER), ">", 5),
        "CAST(points AS DECIMAL(38, 0)) * points > 5",
    ),
    "an integer of over 64 bits": (
        compare(POINTS, "<", 10**19),
        "points < CAST('10000000000000000000' AS DECIMAL(38, 0))",
    ),
    "days and lengths have 32 bits": (
        compare(ir.Arithmetic("*", ir.Arithmetic("*", YEAR, YEAR, INTEGER), YEAR, INTEGER), ">", 8 * 10**9),
        "CAST(EXTRACT(YEAR FROM birth_date) * EXTRACT(YEAR FROM birth_date) AS BIGINT)"
        " * EXTRACT(YEAR FROM birth_date) > 8000000000",
    ),
    "what is rounded is of another type than planned": (
        compare(ir.Call("round", (INCOME, ir.Constant(1, INTEGER)), decimal(10, 1)), "=", Decimal("2.5")),
        "CAST(ROUND(income, 1) AS DECIMAL(10, 1)) = CAST('2.5' AS DECIMAL(2, 1))",
    ),
    "rounded to a whole number": (
        compare(ir.Call("round", (INCOME,), INTEGER), "=", 2),
        "CAST(ROUND(income) AS DECIMAL(38, 0)) = 2",
    ),
    "a pattern": (matches(r"<\d>"), r"region ~ '<[0-9]>'"),
    "a pattern with a backslash is no LIKE": (matches(r"a\\b"), r"REGEXP_LIKE(region, 'a\\b', 'u')"),
    "a date stays one": (shifted(BIRTH, -1, Unit.MONTH), "birth_date < birth_date - INTERVAL '1 MONTH'"),
    "hours": (shifted(JOINED, 36, Unit.HOUR, TIMESTAMP), "joined < joined + INTERVAL '36 HOUR'"),
    "more hours than an interval takes": (
        shifted(JOINED, -5_000_000, Unit.HOUR, TIMESTAMP),
        "joined < joined - INTERVAL '2000000 HOUR' - INTERVAL '2000000 HOUR' - INTERVAL '1000000 HOUR'",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_conditions(name: str) -> None:
    condition, expected = CASES[name]
    assert where(condition, "datafusion") == expected


def test_sums_have_room() -> None:
    points = ir.Column(ROW, (), "orders", "points", "points", INTEGER, True)
    assert "SUM(CAST(points AS DECIMAL(38, 0)))" in sql(
        compare(aggregate(F.SUM, points), ">", 1), "datafusion"
    )
    assert "SUM(amount)" in sql(compare(aggregate(F.SUM, event("amount")), ">", 1), "datafusion")
    long = ir.Column(ROW, (), "orders", "long", "long", decimal(38, 2), True)
    shown = sql(compare(aggregate(F.SUM, long), ">", 1), "datafusion")
    assert "CAST(SUM(CAST(long AS DECIMAL(76, 2))) AS DECIMAL(38, 2))" in shown


def test_instants_count_microseconds() -> None:
    latest = ir.LocalTime(aggregate(F.MAX, event("paid_at")), "Asia/Jakarta")
    shown = sql(compare(ir.Part("hour", latest), "=", 3), "datafusion")
    assert (
        """ARROW_CAST(orders_to_2024_01_31.max_paid_at, 'Timestamp(Microsecond, Some("Asia/Jakarta"))')"""
        in shown
    )
    assert "placed_at < CAST('2024-02-01 00:00:00' AS TIMESTAMP(6))" in shown


def test_what_is_before_the_point_leaves_no_zeros_behind_it() -> None:
    shown = dialect("datafusion").truncated(tree.column("amount")).sql("postgres")
    assert shown == "CAST(TRUNC(amount) AS DECIMAL(38, 0))"
