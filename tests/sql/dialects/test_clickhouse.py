"""What ClickHouse is told in words of its own."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from segdsl.semantics import ir
from segdsl.semantics.types import DATE, FLOAT, INTEGER, TIMESTAMP, decimal
from segdsl.sql.dialects import dialect
from segdsl.units import Unit
from tests.sql.shop import (
    AS_OF,
    aggregate,
    column,
    compare,
    constant,
    event,
    orders,
    sql,
    where,
)

REGION, INCOME, POINTS, SCORE = (column(name) for name in ("region", "income", "points", "score"))
BIRTH, JOINED, OPT_IN = column("birth_date"), column("joined"), column("opt_in")
TODAY = ir.Point(ir.Day(AS_OF))
PAID = event("paid_at")


def text(operator: Any, pattern: str) -> ir.Condition:
    return ir.TextTest(operator, REGION, pattern, False, False)


def times(left: ir.Value, right: ir.Value) -> ir.Arithmetic:
    return ir.Arithmetic("*", left, right, INTEGER)


CASES: dict[str, tuple[ir.Condition, str]] = {
    "contains": (text("contains", "it's 5%"), "POSITION(region, 'it''s 5%') > 0"),
    "a backslash in like is one": (text("like", r"a\_%"), r"region LIKE 'a\\\\_%'"),
    "lower is of A to Z only": (compare(ir.Call("lower", (REGION,), REGION.type), "=", "é"), "lower(region) = 'é'"),
    "length in code points": (compare(ir.Call("length", (REGION,), INTEGER), "<", 3), "lengthUTF8(region) < 3"),
    "a day": (compare(BIRTH, ">=", date(1950, 1, 1)), "birth_date >= toDate32('1950-01-01')"),
    "a timestamp on the column's clock": (
        compare(JOINED, ">=", datetime(2024, 1, 1, 9, 30)),
        "joined >= '2024-01-01 09:30:00'",
    ),
    "a timestamp finer than a column may be": (
        compare(JOINED, ">=", datetime(2024, 1, 1, 9, 30, 0, 5)),
        "joined >= toDateTime64('2024-01-01 09:30:00.000005', 6)",
    ),
    "a timestamp in place of another": (
        compare(ir.Call("coalesce", (JOINED, constant(datetime(2024, 1, 1))), TIMESTAMP), "<", datetime(2025, 1, 1)),
        "COALESCE(joined, toDateTime64('2024-01-01 00:00:00', 6)) < '2025-01-01 00:00:00'",
    ),
    "days": (
        compare(ir.Distance(Unit.DAY, BIRTH, TODAY), "<", 30),
        "dateDiff('day', birth_date, toDate32('2024-01-31')) < 30",
    ),
    "days later, past 2149": (
        ir.Compare("<", BIRTH, ir.AddTime(BIRTH, -3, Unit.DAY, DATE), False),
        "birth_date < addDays(toDate32(birth_date), -3)",
    ),
    "hours later, past 2106": (
        ir.Compare("<", JOINED, ir.AddTime(JOINED, 36, Unit.HOUR, TIMESTAMP), False),
        "joined < addHours(toDateTime64(joined, 6), 36)",
    ),
    "Int64 is not let wrap": (compare(times(POINTS, POINTS), ">", 5), "toInt128(points) * points > 5"),
    "nor Int128": (
        compare(times(times(POINTS, POINTS), POINTS), ">", 5),
        "toInt256(toInt128(points) * points) * points > 5",
    ),
    "nor Int256": (
        compare(times(times(times(POINTS, POINTS), times(POINTS, POINTS)), POINTS), ">", 5),
        "toInt256( toInt128( toDecimal128(toInt256(toInt128(points) * points) * ( toInt128(points) * points ), 0) ) ) "
        "* points > 5",
    ),
    "a long whole number": (compare(POINTS, "<", 10**30), f"points < toInt128('{10**30}')"),
    "a decimal constant": (compare(INCOME, ">", Decimal("10.25")), "income > toDecimal64('10.25', 2)"),
    "a decimal constant that needs the column rescaled": (
        compare(INCOME, ">", Decimal("0.12345678901")),
        "income > toDecimal128(toDecimal64('0.12345678901', 11), 11)",
    ),
    "decimals among whole numbers": (
        ir.InList(POINTS, (constant(Decimal("1.0")), constant(Decimal("2.5"))), False, False),
        "points IN (1)",
    ),
    "decimals that are too long for the column": (
        ir.InList(
            ir.Column(ir.Scope.ROW, (), "customers", "rate", "rate", decimal(3, 3), True),
            (constant(Decimal("0.5")), constant(Decimal("1.5"))),
            False,
            False,
        ),
        "rate IN (toDecimal64('0.500', 3))",
    ),
    "floats of which zero has two": (
        ir.InList(SCORE, (constant(-0.0), constant(1.5)), False, False),
        "CASE WHEN isFinite(score) THEN score END = -0.0 OR CASE WHEN isFinite(score) THEN score END = 1.5",
    ),
    "a decimal product as wide as it may be": (
        compare(ir.Arithmetic("*", INCOME, POINTS, decimal(31, 2)), ">", 5),
        "toDecimal128(income, 2) * points > 5",
    ),
    "floats half away from zero": (
        compare(ir.Call("round", (SCORE,), FLOAT), "=", 3.0),
        "CASE WHEN isFinite(trunc(score) + trunc(2 * ( score - trunc(score) ))) "
        "THEN trunc(score) + trunc(2 * ( score - trunc(score) )) END = 3.0",
    ),
    "decimals as they are": (
        compare(ir.Call("round", (INCOME,), INTEGER), "=", 3),
        "toInt64(ROUND(income)) = 3",
    ),
    "a count and a column have no common type": (
        compare(ir.Call("coalesce", (POINTS, ir.Call("length", (REGION,), INTEGER)), INTEGER), "=", 3),
        "COALESCE(toInt64(points), toInt64(lengthUTF8(region))) = 3",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_conditions(name: str) -> None:
    condition, expected = CASES[name]
    assert where(condition, "clickhouse") == expected


def test_sums_do_not_wrap() -> None:
    shown = sql(compare(aggregate(ir.Function.SUM, event("order_id")), ">", 5), "clickhouse")
    assert "SUM(toInt128(order_id)) AS" in shown
    shown = sql(compare(aggregate(ir.Function.SUM, event("weight")), ">", 5.0), "clickhouse")
    assert "sumKahan(" in shown


def test_settings_stand_in_the_text_where_they_are_needed() -> None:
    assert "SETTINGS" not in sql(compare(POINTS, ">", 5), "clickhouse")
    joined = sql(compare(aggregate(ir.Function.MAX, event("amount")), ">", 5), "clickhouse")
    assert joined.endswith("SETTINGS join_use_nulls = 1")


def test_the_last_event_is_an_aggregate_and_instants_have_a_zone() -> None:
    rows = orders(time=PAID, high="2024-01-31")
    shown = sql(compare(aggregate(ir.Function.LAST, event("channel"), rows), "=", "web"), "clickhouse")
    assert "argMax(channel, tuple(paid_at, order_id)) AS last_channel" in shown
    assert dialect("clickhouse").moment(datetime(2024, 1, 31, 5, tzinfo=UTC)).sql("clickhouse") == (
        "toDateTime64('2024-01-31 05:00:00', 6, 'UTC')"
    )


def test_local_time_keeps_the_instant() -> None:
    hour = ir.Part("hour", ir.LocalTime(aggregate(ir.Function.MAX, PAID), "Asia/Jakarta"))
    assert "toHour(toTimeZone(orders_to_2024_01_31.max_paid_at, 'Asia/Jakarta')) = 3" in sql(
        compare(hour, "=", 3), "clickhouse"
    )


def test_columns_of_joined_tables_have_their_names() -> None:
    placed_by_id = ir.Compare("=", column("region", scope=ir.Scope.ENTITY), constant("ID"), False)
    shown = sql(ir.Exists(ir.Scope.ROW, (), orders(where=placed_by_id), False), "clickhouse")
    assert "orders.customer_id AS customer_id" in shown
