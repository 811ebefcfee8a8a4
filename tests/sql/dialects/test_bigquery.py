"""What BigQuery is told in words of its own."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from segdsl.semantics import ir
from segdsl.semantics.types import DATE, FLOAT, INTEGER, STRING, TIMESTAMP, decimal
from segdsl.units import Unit
from tests.sql.shop import AS_OF, CUSTOMERS, MONEY, ROW, aggregate, column, compare, event, sql, where

REGION, INCOME, POINTS, SCORE = (column(name) for name in ("region", "income", "points", "score"))
BIRTH, JOINED = column("birth_date"), column("joined")
TODAY = ir.Point(ir.Day(AS_OF))
WIDE = ir.Column(ROW, (), "customers", "debt", "debt", decimal(38, 20), True)


def text(operator: Any, pattern: str) -> ir.Condition:
    return ir.TextTest(operator, REGION, pattern, False, False)


def shifted(value: ir.Value, count: int, unit: Unit, type: ir.Type = DATE) -> ir.Condition:
    return ir.Compare("<", value, ir.AddTime(value, count, unit, type), False)


CASES: dict[str, tuple[ir.Condition, str]] = {
    "contains": (text("contains", "it's \\ 5%"), r"STRPOS(region, 'it\'s \\ 5%') > 0"),
    "starts with": (text("starts with", "a"), "STARTS_WITH(region, 'a')"),
    "ends with": (text("ends with", "a😀"), "ENDS_WITH(region, 'a😀')"),
    "a backslash in like is one": (text("like", "a\\_%"), r"region LIKE 'a\\\\_%'"),
    "a pattern": (text("matches", r"^\d.$"), r"REGEXP_CONTAINS(region, '\\A[0-9][^\\x{A}]\\z')"),
    "letters": (
        compare(ir.Call("trim", (REGION,), STRING), "=", "a"),
        "TRIM(region, ' ') = 'a'",
    ),
    "days": (compare(ir.Distance(Unit.DAY, BIRTH, TODAY), "<", 30), "DATE_DIFF(CAST('2024-01-31' AS DATE), birth_date, DAY) < 30"),
    "weeks are rounded down": (
        compare(ir.Distance(Unit.WEEK, BIRTH, TODAY), "<", 4),
        "CAST(FLOOR(DATE_DIFF(CAST('2024-01-31' AS DATE), birth_date, DAY) / 7) AS INT64) < 4",
    ),
    "Sunday comes last": (
        compare(ir.Part("weekday", BIRTH), "=", 7),
        "MOD(EXTRACT(DAYOFWEEK FROM birth_date) + 5, 7) + 1 = 7",
    ),
    "days later, up to the last": (
        shifted(BIRTH, 3, Unit.DAY),
        "birth_date < CASE WHEN birth_date > CAST('9999-12-28' AS DATE) THEN CAST('9999-12-31' AS DATE)"
        " ELSE DATE_ADD(birth_date, INTERVAL 3 DAY) END",
    ),
    "months earlier, down to the first": (
        shifted(BIRTH, -1, Unit.QUARTER),
        "birth_date < CASE WHEN birth_date < CAST('0001-04-01' AS DATE) THEN CAST('0001-01-01' AS DATE)"
        " ELSE DATE_ADD(birth_date, INTERVAL -3 MONTH) END",
    ),
    "further back than the calendar": (
        shifted(BIRTH, -9999, Unit.YEAR),
        "birth_date < LEAST(birth_date, CAST('0001-01-01' AS DATE))",
    ),
    "hours later, up to the last": (
        shifted(JOINED, 36, Unit.HOUR, TIMESTAMP),
        "joined < LEAST(joined, '9999-12-30 11:59:59.999999') + INTERVAL 36 HOUR",
    ),
    "hours further on than the calendar": (
        shifted(JOINED, 99_999_999, Unit.HOUR, TIMESTAMP),
        "joined < GREATEST(joined, '9999-12-31 23:59:59.999999')",
    ),
    "whole numbers are widened": (
        compare(ir.Arithmetic("+", POINTS, POINTS, INTEGER), ">", 5),
        "CAST(points AS NUMERIC) + points > 5",
    ),
    "by as much as they need": (
        compare(ir.Arithmetic("*", POINTS, POINTS, INTEGER), ">", 5),
        "CAST(points AS BIGNUMERIC) * points > 5",
    ),
    "a decimal is no float": (
        compare(ir.Arithmetic("*", INCOME, INCOME, decimal(20, 4)), ">", Decimal("5.25")),
        "income * income > CAST('5.25' AS NUMERIC)",
    ),
    "digits behind the point": (
        compare(ir.Arithmetic("+", WIDE, INCOME, decimal(38, 20)), ">", WIDE),
        "debt + income > debt",
    ),
    "a whole number of many digits": (
        compare(ir.Arithmetic("+", POINTS, POINTS, INTEGER), ">", 10**20),
        "CAST(points AS NUMERIC) + points > CAST('100000000000000000000' AS NUMERIC)",
    ),
    "a quotient": (
        compare(ir.Divide(ir.Part("day", BIRTH), ir.Call("length", (REGION,), INTEGER)), ">", 1.5),
        "SAFE_DIVIDE(CAST(EXTRACT(DAY FROM birth_date) AS FLOAT64), CAST(LENGTH(region) AS FLOAT64))"
        " > CAST('1.5' AS FLOAT64)",
    ),
    "what is not finite is unknown": (
        compare(ir.Call("floor", (SCORE,), FLOAT), ">", 1.5),
        "CASE WHEN ABS(FLOOR(score)) < CAST('inf' AS FLOAT64) THEN FLOOR(score) END > CAST('1.5' AS FLOAT64)",
    ),
    "a product of floats may be too large": (
        compare(ir.Arithmetic("*", SCORE, SCORE, FLOAT), ">", 1.5),
        "CASE WHEN ABS(SAFE_MULTIPLY(score, score)) < CAST('inf' AS FLOAT64) THEN SAFE_MULTIPLY(score, score) END"
        " > CAST('1.5' AS FLOAT64)",
    ),
    "the greatest that is known": (
        compare(ir.Call("greatest", (INCOME, POINTS), MONEY), ">", 1),
        "GREATEST(COALESCE(income, points), COALESCE(points, income)) > 1",
    ),
    "a sample": (
        ir.Sample(ROW, (), CUSTOMERS, "a", 0, 2**31, False),
        "SUBSTRING(TO_HEX(MD5('a:' || CAST(customer_id AS STRING))), 1, 8) < '80000000'",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_conditions(name: str) -> None:
    condition, expected = CASES[name]
    assert where(condition, "bigquery") == expected


def test_sums_do_not_pass_64_bits() -> None:
    shown = sql(compare(aggregate(ir.Function.SUM, event("order_id")), ">", 5), "bigquery")
    assert "SUM(CAST(order_id AS BIGNUMERIC)) AS" in shown
    assert "SUM(amount)" in sql(compare(aggregate(ir.Function.SUM, event("amount")), ">", 5), "bigquery")


def test_the_clock_of_a_zone() -> None:
    """DATETIME fails where a clock shows no day of the calendar: such an instant counts as the last."""
    latest = ir.LocalTime(aggregate(ir.Function.MAX, event("paid_at")), "Asia/Jakarta")
    shown = sql(compare(ir.Part("hour", latest), "=", 3), "bigquery")
    assert "CAST('9999-12-31 16:59:59.999999+00:00' AS TIMESTAMP) ), 'Asia/Jakarta' )) = 3" in shown
    earliest = ir.LocalTime(aggregate(ir.Function.MAX, event("paid_at")), "America/New_York")
    shown = sql(compare(ir.Part("hour", earliest), "=", 3), "bigquery")
    assert "CAST('0001-01-01 04:56:02+00:00' AS TIMESTAMP)), 'America/New_York' )) = 3" in shown


def test_the_last_event_and_groups_of_floats() -> None:
    shown = sql(compare(aggregate(ir.Function.LAST, event("channel")), "=", "web"), "bigquery")
    assert "ORDER BY placed_at DESC, order_id DESC" in shown
    ranking = ir.Ranking(ir.Population(CUSTOMERS, None), POINTS, (SCORE,), None)
    shown = sql(compare(ir.Standing((), "above", ranking), "<", 3), "bigquery")
    assert "THEN score END + 0 AS STRING)" in shown
