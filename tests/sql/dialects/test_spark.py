"""What Spark is told in words of its own, and that Databricks is told the same."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from segdsl import sql as made
from segdsl.planner import plan
from segdsl.semantics import ir
from segdsl.semantics.types import DATE, FLOAT, INTEGER, TIMESTAMP, decimal
from segdsl.sql.dialects import Unsupported, dialect
from segdsl.units import Unit
from tests.spec.backends import load_project, write_definitions
from tests.spec.cases import SEGMENT, load_all
from tests.sql.shop import AS_OF, CUSTOMERS, ROW, aggregate, column, compare, constant, event, sql, where

REGION, INCOME, POINTS, SCORE = (column(name) for name in ("region", "income", "points", "score"))
BIRTH, JOINED = column("birth_date"), column("joined")
TODAY = ir.Point(ir.Day(AS_OF))


def wide(name: str, precision: int, scale: int) -> ir.Column:
    return ir.Column(ROW, (), "customers", name, name, decimal(precision, scale), True)


DEBT, RATE, WHOLE = wide("debt", 38, 20), wide("rate", 20, 10), wide("whole", 38, 0)


def text(operator: Any, pattern: str) -> ir.Condition:
    return ir.TextTest(operator, REGION, pattern, False, False)


def shifted(value: ir.Value, count: int, unit: Unit, type: ir.Type = DATE) -> ir.Condition:
    return ir.Compare("<", value, ir.AddTime(value, count, unit, type), False)


CASES: dict[str, tuple[ir.Condition, str]] = {
    "contains": (text("contains", "it's \\ 5%"), r"CONTAINS(region, 'it\'s \\ 5%')"),
    "starts with": (text("starts with", "a"), "STARTSWITH(region, 'a')"),
    "ends with": (text("ends with", "a😀"), "ENDSWITH(region, 'a😀')"),
    "a backslash in like is one": (text("like", "a\\_%"), r"region LIKE 'a\\\\_%'"),
    "a pattern": (text("matches", r"^\d.$"), r"REGEXP_LIKE(region, '\\A[0-9][^\\x{A}]\\z')"),
    "no setting stands in a text": (
        text("contains", "${a}${b}"),
        "CONTAINS(region, ( '$' || '{a}$' || '{b}' ))",
    ),
    "no digits follow a character by number": (text("contains", "\x00a\x0012"), r"CONTAINS(region, ( '\0a\0' || '12' ))"),
    "days": (compare(ir.Distance(Unit.DAY, BIRTH, TODAY), "<", 30), "DATEDIFF(CAST('2024-01-31' AS DATE), birth_date) < 30"),
    "weeks are rounded down": (
        compare(ir.Distance(Unit.WEEK, BIRTH, TODAY), "<", 4),
        "FLOOR(DATEDIFF(CAST('2024-01-31' AS DATE), birth_date) / 7) < 4",
    ),
    "Monday comes first": (compare(ir.Part("weekday", BIRTH), "=", 7), "WEEKDAY(birth_date) + 1 = 7"),
    "days later": (shifted(BIRTH, 3, Unit.DAY), "birth_date < DATE_ADD(birth_date, 3)"),
    "months earlier": (shifted(BIRTH, -1, Unit.QUARTER), "birth_date < ADD_MONTHS(birth_date, -3)"),
    "hours later": (
        shifted(JOINED, 36, Unit.HOUR, TIMESTAMP),
        "joined < joined + MAKE_INTERVAL(0, 0, 0, 0, 36)",
    ),
    "minutes earlier": (
        shifted(JOINED, -90, Unit.MINUTE, TIMESTAMP),
        "joined < joined + MAKE_INTERVAL(0, 0, 0, 0, 0, -90)",
    ),
    "a wall-clock time": (
        compare(JOINED, "<", constant(datetime(2024, 1, 1, 12))),
        "joined < CAST('2024-01-01 12:00:00' AS TIMESTAMP_NTZ)",
    ),
    "whole numbers are widened": (
        compare(ir.Arithmetic("+", POINTS, POINTS, INTEGER), ">", 5),
        "CAST(points AS DECIMAL(38, 0)) + points > 5",
    ),
    "parts of a date are narrow": (
        compare(ir.Arithmetic("*", ir.Part("year", BIRTH), constant(10_000_000), INTEGER), ">", 5),
        "CAST(EXTRACT(YEAR FROM birth_date) AS BIGINT) * 10000000 > 5",
    ),
    "few digits behind the point are kept": (
        compare(ir.Arithmetic("*", INCOME, INCOME, decimal(20, 4)), ">", Decimal("5.25")),
        "income * income > 5.25",
    ),
    "a sum that would lose digits": (
        compare(ir.Arithmetic("+", DEBT, INCOME, decimal(38, 20)), ">", 5),
        "CAST(debt AS DECIMAL(37, 20)) + income > 5",
    ),
    "a product that would lose digits": (
        compare(ir.Arithmetic("*", RATE, RATE, decimal(38, 20)), ">", Decimal("0.5")),
        "CAST(rate AS DECIMAL(18, 10)) * CAST(rate AS DECIMAL(19, 10)) > 0.5",
    ),
    "a comparison that would lose digits": (
        compare(DEBT, ">", ir.Arithmetic("*", INCOME, INCOME, decimal(20, 4))),
        "debt > CAST(income * income AS DECIMAL(38, 20))",
    ),
    "a comparison of more digits than there are": (
        compare(WHOLE, ">", wide("price", 38, 30)),
        "whole > CASE WHEN price < 0 THEN CEIL(price) ELSE FLOOR(price) END"
        " OR ( whole = CASE WHEN price < 0 THEN CEIL(price) ELSE FLOOR(price) END"
        " AND CAST(0 AS DECIMAL(38, 30)) > CAST(price % 1 AS DECIMAL(38, 38)) )",
    ),
    "a constant of more digits than there are": (compare(WHOLE, ">", Decimal("5.55")), "whole > 5"),
    "constants of more digits than there are": (
        ir.InList(WHOLE, (constant(Decimal("5.55")), constant(7)), False, False),
        "whole IN (7)",
    ),
    "values that stand in for each other": (
        compare(ir.Call("coalesce", (WHOLE, RATE), decimal(38, 10)), ">", RATE),
        "COALESCE(CAST(whole AS DECIMAL(38, 10)), rate) > rate",
    ),
    "floats are rounded down to floats": (
        compare(ir.Call("floor", (SCORE,), FLOAT), "<", 1.5),
        "CASE WHEN ABS( CASE WHEN ABS(score) < 9007199254740992 THEN CAST(FLOOR(score) AS DOUBLE) ELSE score END )"
        " < CAST('Infinity' AS DOUBLE) THEN CASE WHEN ABS(score) < 9007199254740992"
        " THEN CAST(FLOOR(score) AS DOUBLE) ELSE score END END < CAST('1.5' AS DOUBLE)",
    ),
    "the greatest that is known": (
        compare(ir.Call("greatest", (INCOME, POINTS), decimal(21, 2)), ">", 1),
        "GREATEST(income, points) > 1",
    ),
    "a sample": (
        ir.Sample(ROW, (), CUSTOMERS, "a", 0, 2**31, False),
        "SUBSTRING(MD5('a:' || CAST(customer_id AS STRING)), 1, 8) < '80000000'",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_conditions(name: str) -> None:
    condition, expected = CASES[name]
    assert where(condition, "spark") == expected


def test_sums_do_not_pass_64_bits() -> None:
    shown = sql(compare(aggregate(ir.Function.SUM, event("order_id")), ">", 5), "spark")
    assert "SUM(CAST(order_id AS DECIMAL(38, 0))) AS" in shown
    assert "SUM(amount)" in sql(compare(aggregate(ir.Function.SUM, event("amount")), ">", 5), "spark")


def test_the_clock_of_a_zone_and_the_last_event() -> None:
    latest = ir.LocalTime(aggregate(ir.Function.MAX, event("paid_at")), "Asia/Jakarta")
    shown = sql(compare(ir.Part("hour", latest), "=", 3), "spark")
    assert "CONVERT_TIMEZONE('Asia/Jakarta', orders_to_2024_01_31.max_paid_at)) = 3" in shown
    shown = sql(compare(aggregate(ir.Function.LAST, event("channel")), "=", "web"), "spark")
    assert "ORDER BY placed_at DESC, order_id DESC" in shown


def test_what_cannot_be_carried() -> None:
    tiny = wide("tiny", 38, 38)
    with pytest.raises(Unsupported, match="38 digits behind the point"):
        sql(compare(ir.Arithmetic("+", tiny, tiny, decimal(38, 38)), ">", 0), "spark")
    with pytest.raises(Unsupported, match=r"\$\{env"):
        sql(compare(ir.Column(ROW, (), "customers", "x", "${env:HOME}", INTEGER, True), ">", 0), "spark")


def test_words_that_are_no_names_in_some_mode() -> None:
    shown = where(compare(ir.Column(ROW, (), "customers", "minus", "minus", INTEGER, True), ">", 0), "spark")
    assert shown == "`minus` > 0"


def test_databricks_is_told_the_same(tmp_path: Path) -> None:
    """So what runs on Spark is what is meant for Databricks."""
    spoken = 0
    for number, case in enumerate(each for file in load_all() for each in file.cases[::4]):
        segment = load_project(write_definitions(case, tmp_path / str(number))).segment(SEGMENT)
        planned = plan([segment], case.as_of, apart=dialect("spark").apart)
        texts = [
            made.to_text(made.members_query(planned, SEGMENT, None, name), name)
            for name in ("spark", "databricks")
        ]
        assert texts[0] == texts[1]
        spoken += 1
    assert spoken > 200
