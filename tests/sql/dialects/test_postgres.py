"""What PostgreSQL is told in words of its own."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from segdsl.semantics import ir
from segdsl.semantics.types import DATE, FLOAT, INTEGER, TIMESTAMP, decimal
from segdsl.sql.dialects import Unsupported, dialect
from segdsl.units import Unit
from tests.sql.shop import AS_OF, CUSTOMERS, ROW, aggregate, column, compare, event, sql, where

REGION, INCOME, POINTS, SCORE = (column(name) for name in ("region", "income", "points", "score"))
BIRTH, JOINED = column("birth_date"), column("joined")
TODAY = ir.Point(ir.Day(AS_OF))


def text(operator: Any, pattern: str) -> ir.Condition:
    return ir.TextTest(operator, REGION, pattern, False, False)


def shifted(value: ir.Value, count: int, unit: Unit, type: ir.Type = DATE) -> ir.Condition:
    return ir.Compare("<", value, ir.AddTime(value, count, unit, type), False)


CASES: dict[str, tuple[ir.Condition, str]] = {
    "contains": (text("contains", "it's 5%"), "STRPOS(region, 'it''s 5%') > 0"),
    "starts with": (text("starts with", "a"), "STARTS_WITH(region, 'a')"),
    "ends with": (text("ends with", "a😀"), "RIGHT(region, 2) = 'a😀'"),
    "a backslash in like is one": (text("like", "a\\_%"), r"region LIKE 'a\\_%'"),
    "a pattern spelled out": (text("matches", r"^\d.\s?$"), r"region ~ '\A[0-9][^\U0000000A][\U00000009-\U0000000D ]?\Z'"),
    "a repeat longer than the engine takes": (text("matches", "a{2,600}"), "region ~ 'a{2}a{0,255}a{0,255}a{0,88}'"),
    "days": (compare(ir.Distance(Unit.DAY, BIRTH, TODAY), "<", 30), "CAST('2024-01-31' AS DATE) - birth_date < 30"),
    "weeks are rounded down": (
        compare(ir.Distance(Unit.WEEK, BIRTH, TODAY), "<", 4),
        "CAST(FLOOR(( CAST('2024-01-31' AS DATE) - birth_date ) / 7.0) AS BIGINT) < 4",
    ),
    "days later": (shifted(BIRTH, 3, Unit.DAY), "birth_date < birth_date + 3"),
    "months earlier": (shifted(BIRTH, -1, Unit.QUARTER), "birth_date < CAST(birth_date - INTERVAL '3 MONTH' AS DATE)"),
    "hours later": (shifted(JOINED, 36, Unit.HOUR, TIMESTAMP), "joined < joined + INTERVAL '36 HOUR'"),
    "further back than the calendar": (
        shifted(BIRTH, -9000, Unit.YEAR),
        "birth_date < CAST(GREATEST(birth_date, '9000-12-01') - INTERVAL '108000 MONTH' AS DATE)",
    ),
    "hours further back than the calendar": (
        shifted(JOINED, -60_000_000, Unit.HOUR, TIMESTAMP),
        "joined < GREATEST(joined, '6845-10-06 00:00:00') - INTERVAL '60000000 HOUR'",
    ),
    "days further back than there are": (
        shifted(BIRTH, -9_999_999, Unit.DAY),
        "birth_date < GREATEST(birth_date, '9999-12-31') - 3652059",
    ),
    "whole numbers are widened": (
        compare(ir.Arithmetic("*", POINTS, POINTS, INTEGER), ">", 5),
        "CAST(points AS DECIMAL) * points > 5",
    ),
    "decimals need no help": (
        compare(ir.Arithmetic("*", INCOME, POINTS, decimal(38, 2)), ">", Decimal("5.25")),
        "income * points > 5.25",
    ),
    "a quotient is rounded once": (
        compare(ir.Divide(INCOME, POINTS), ">", 1.5),
        "CAST(ROUND(income, 100) / NULLIF(points, 0) AS DOUBLE PRECISION) > CAST('1.5' AS DOUBLE PRECISION)",
    ),
    "what is not finite is unknown": (
        compare(ir.Call("floor", (SCORE,), FLOAT), ">", 1.5),
        "CASE WHEN ABS(score) < CAST('Infinity' AS DOUBLE PRECISION) THEN FLOOR(score) END"
        " > CAST('1.5' AS DOUBLE PRECISION)",
    ),
    "a product of floats may be too large": (
        compare(ir.Arithmetic("*", SCORE, SCORE, FLOAT), ">", 1.5),
        "CASE WHEN ABS(CAST(score AS DECIMAL) * CAST(score AS DECIMAL)) < 1.8E308 THEN score * score END"
        " > CAST('1.5' AS DOUBLE PRECISION)",
    ),
    "a sample's digits have an order of their own": (
        ir.Sample(ROW, (), CUSTOMERS, "a", 0, 2**31, False),
        """( SUBSTRING(MD5('a:' || CAST(customer_id AS TEXT)) FROM 1 FOR 8) COLLATE "C" ) < '80000000'""",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_conditions(name: str) -> None:
    condition, expected = CASES[name]
    assert where(condition, "postgres") == expected


def test_floats_are_rounded_by_their_value() -> None:
    shown = where(compare(ir.Call("round", (SCORE,), FLOAT), "=", 0.0), "postgres")
    assert "THEN CAST(ROUND(CAST(CAST(score AS TEXT) AS DECIMAL)) AS DOUBLE PRECISION) END" in shown


def test_the_clock_of_a_zone_and_the_last_event() -> None:
    latest = ir.LocalTime(aggregate(ir.Function.MAX, event("paid_at")), "Asia/Jakarta")
    shown = sql(compare(ir.Part("hour", latest), "=", 3), "postgres")
    assert "EXTRACT(HOUR FROM orders_to_2024_01_31.max_paid_at AT TIME ZONE 'Asia/Jakarta') = 3" in shown
    shown = sql(compare(aggregate(ir.Function.LAST, event("channel")), "=", "web"), "postgres")
    assert "ROW_NUMBER() OVER (" in shown


def test_the_character_that_no_text_has() -> None:
    with pytest.raises(Unsupported, match=r"U\+0000"):
        dialect("postgres").text("a\0b")
