"""What MySQL and MariaDB are told in words of their own."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from segdsl.semantics import ir
from segdsl.semantics.types import DATE, FLOAT, INTEGER, KEY, STRING, TIMESTAMP, decimal
from segdsl.sql import tree
from segdsl.sql.dialects import Unsupported, dialect
from segdsl.units import Unit
from tests.sql.shop import AS_OF, CUSTOMERS, ROW, aggregate, column, compare, constant, event, sql, where

REGION, INCOME, POINTS, SCORE = (column(name) for name in ("region", "income", "points", "score"))
BIRTH, JOINED = column("birth_date"), column("joined")
TODAY = ir.Point(ir.Day(AS_OF))


def text(operator: Any, pattern: str) -> ir.Condition:
    return ir.TextTest(operator, REGION, pattern, False, False)


def later(value: ir.Value, count: int, unit: Unit, type: ir.Type = DATE) -> ir.Condition:
    return ir.Compare("<", value, ir.AddTime(value, count, unit, type), False)


CASES: dict[str, tuple[ir.Condition, str]] = {
    "text by its bytes": (compare(REGION, "=", "it's"), "CAST(region AS BINARY) = 'it''s'"),
    "text among others": (
        ir.InList(REGION, (constant("a"), constant("\\")), False, False),
        r"CAST(region AS BINARY) IN ('a', '\\')",
    ),
    "a key that is not listed, as text": (
        ir.Compare("=", ir.Column(ROW, (), "customers", "ref", "ref", KEY, True), constant("a"), False),
        "CAST(ref AS BINARY) = 'a'",
    ),
    "contains": (text("contains", "5%"), "LOCATE('5%', CAST(region AS BINARY)) > 0"),
    "starts with": (text("starts with", "é"), "LEFT(CAST(region AS BINARY), 2) = 'é'"),
    "ends with": (text("ends with", "a😀"), "RIGHT(CAST(region AS BINARY), 5) = 'a😀'"),
    "a backslash in like is one": (text("like", r"a\_%"), r"( region COLLATE utf8mb4_bin ) LIKE 'a\\\\_%'"),
    "a pattern": (text("matches", "^a$"), r"REGEXP_INSTR(region COLLATE utf8mb4_bin, '\\Aa\\z') > 0"),
    "lower is of A to Z only": (
        compare(ir.Call("lower", (REGION,), STRING), "=", "a"),
        "CAST(LOWER(CAST(CAST(region AS BINARY) AS CHAR CHARACTER SET tis620)) AS BINARY) = 'a'",
    ),
    "length in code points": (compare(ir.Call("length", (REGION,), INTEGER), "<", 3), "CHAR_LENGTH(region) < 3"),
    "the characters of bytes": (
        compare(ir.Call("length", (ir.Call("trim", (REGION,), STRING),), INTEGER), "<", 3),
        "CHAR_LENGTH(CAST(TRIM(' ' FROM CAST(region AS BINARY)) AS CHAR CHARACTER SET utf8mb4)) < 3",
    ),
    "a timestamp": (compare(JOINED, ">=", datetime(2024, 1, 1)), "joined >= TIMESTAMP('2024-01-01 00:00:00')"),
    "days": (
        compare(ir.Distance(Unit.DAY, BIRTH, TODAY), "<", 30),
        "DATEDIFF(CAST('2024-01-31' AS DATE), birth_date) < 30",
    ),
    "days later, not past the calendar": (
        later(BIRTH, 3, Unit.DAY),
        "birth_date < LEAST(birth_date, CAST('9999-12-28' AS DATE)) + INTERVAL 3 DAY",
    ),
    "months earlier, not past the calendar": (
        later(BIRTH, -2, Unit.MONTH),
        "birth_date < GREATEST(birth_date, CAST('0001-03-01' AS DATE)) - INTERVAL 2 MONTH",
    ),
    "hours later": (
        later(JOINED, 36, Unit.HOUR, TIMESTAMP),
        "joined < LEAST(joined, TIMESTAMP('9999-12-30 11:59:59.999999')) + INTERVAL 36 HOUR",
    ),
    "further than the calendar": (
        later(BIRTH, 10_000, Unit.YEAR),
        "birth_date < CASE WHEN birth_date IS NOT NULL THEN CAST('9999-12-31' AS DATE) END",
    ),
    "a weekday": (compare(ir.Part("weekday", BIRTH), "=", 1), "WEEKDAY(birth_date) + 1 = 1"),
    "whole numbers past 64 bits": (
        compare(ir.Arithmetic("*", POINTS, POINTS, INTEGER), ">", 5),
        "CAST(points AS DECIMAL(65, 0)) * points > 5",
    ),
    "decimals": (compare(INCOME, ">", Decimal("10.25")), "income > 10.25"),
    "doubles": (compare(SCORE, ">", 1.5), "score > 1.5e0"),
    "doubles half away from zero": (
        compare(ir.Call("round", (SCORE,), FLOAT), "=", 3.0),
        "TRUNCATE(score, 0) + TRUNCATE(2 * ( score - TRUNCATE(score, 0) ), 0) = 3.0e0",
    ),
    "a quotient is of doubles": (
        compare(ir.Divide(INCOME, constant(3)), ">", 1.5),
        "( CAST(income * 100 AS DOUBLE) / CAST(300 AS DOUBLE) ) > 1.5e0",
    ),
    "a product that would be an error": (
        compare(ir.Arithmetic("*", SCORE, SCORE, FLOAT), ">", 1.5),
        "CASE WHEN NOT ( ABS(score) >= 1 ) OR ABS(score) <= ( 1.7976931348623157e308 / ABS(score) ) "
        "THEN score * score END "
        "> 1.5e0",
    ),
    "the least of what is known": (
        compare(ir.Call("least", (POINTS, constant(3)), INTEGER), "=", 3),
        "COALESCE(LEAST(points, 3), points, 3) = 3",
    ),
    "a sample": (
        ir.Sample(ROW, (), CUSTOMERS, "a", 0, 2**31, False),
        "SUBSTRING(MD5(CONCAT('a:', customer_id)), 1, 8) < '80000000'",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_conditions(name: str) -> None:
    condition, expected = CASES[name]
    assert where(condition, "mysql") == expected


def test_the_clock_of_a_zone_is_an_error_where_there_is_no_table_of_it() -> None:
    shown = sql(_hour("Asia/Jakarta"), "mysql")
    assert "CONVERT_TZ( CASE WHEN" in shown and "'+00:00', 'Asia/Jakarta' )" in shown
    assert "INTERVAL (EXP(YEAR(" in shown and "no time zone tables are loaded" in shown
    assert "CONVERT_TZ" not in sql(_hour("UTC"), "mysql")


def _hour(zone: str) -> ir.Condition:
    latest = ir.LocalTime(aggregate(ir.Function.MAX, event("paid_at")), zone)
    return compare(ir.Part("hour", latest), "=", 3)


def test_instants_are_on_the_clock_of_utc() -> None:
    moment = dialect("mysql").moment(datetime(2024, 1, 31, 5, 30, 0, 7, tzinfo=UTC))
    assert moment.sql("mysql") == "TIMESTAMP('2024-01-31 05:30:00.000007')"


def test_the_first_of_a_month_of_any_year() -> None:
    one = dialect("mysql").literal(1, 0), dialect("mysql").literal(2, 0)
    assert dialect("mysql").first_of_month(*one).sql("mysql") == (
        "CAST('0001-01-01' AS DATE) + INTERVAL (12 * 1 + 2 - 13) MONTH"
    )


def test_digits_are_not_dropped() -> None:
    fine = decimal(38, 20)
    small = ir.Column(ROW, (), "customers", "ratio", "ratio", fine, True)
    with pytest.raises(Unsupported, match="30 behind the point"):
        where(compare(ir.Arithmetic("*", small, small, decimal(38, 38)), ">", 5), "mysql")
    with pytest.raises(Unsupported, match="more than 30 digits"):
        where(compare(INCOME, ">", Decimal("0." + "1" * 31)), "mysql")


def test_keys_of_text_are_matched_by_code_points() -> None:
    mysql = dialect("mysql")
    assert mysql.same_key(KEY, _column("a"), _column("b")).sql("mysql") == (
        "a.`key` = b.`key` AND CAST(a.`key` AS BINARY) = CAST(b.`key` AS BINARY)"
    )
    assert mysql.same_key(INTEGER, _column("a"), _column("b")).sql("mysql") == "a.`key` = b.`key`"
    groups = [each.sql("mysql") for each in mysql.key_groups(STRING, _column("a"))]
    assert groups == ["a.`key`", "CAST(a.`key` AS BINARY)"]
    assert dialect("mysql").day(date(2024, 1, 31)).sql("mysql") == "CAST('2024-01-31' AS DATE)"


def _column(table: str) -> Any:
    return tree.column("key", table)
