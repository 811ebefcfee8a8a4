"""What Amazon Redshift is told in words of its own, by its documentation: the rest is PostgreSQL's."""

from __future__ import annotations

from typing import Any

import pytest

from segdsl.semantics import ir
from segdsl.semantics.types import DATE, INTEGER, STRING, TIMESTAMP, Type, decimal
from segdsl.sql import tree
from segdsl.sql.dialects import Unsupported, dialect
from segdsl.units import Unit
from tests.sql.shop import AS_OF, CUSTOMERS, ROW, column, compare, constant, where

REGION, POINTS = column("region"), column("points")
BIRTH, JOINED = column("birth_date"), column("joined")
TODAY = ir.Point(ir.Day(AS_OF))


def text(operator: Any, pattern: str) -> ir.Condition:
    return ir.TextTest(operator, REGION, pattern, False, False)


def shifted(value: ir.Value, count: int, unit: Unit, type: Type = DATE) -> ir.Condition:
    return ir.Compare("<", value, ir.AddTime(value, count, unit, type), False)


def long(name: str) -> ir.Column:
    return ir.Column(ROW, (), "customers", name, name, decimal(38, 3), True)


CASES: dict[str, tuple[ir.Condition, str]] = {
    "blanks at the end count": (compare(REGION, "=", "ID"), "region = 'ID' AND LENGTH(region) = 2"),
    "where two differ too": (compare(REGION, "!=", "ID "), "region <> 'ID ' OR LENGTH(region) <> 3"),
    "between columns": (
        compare(REGION, "=", ir.Column(ROW, (), "customers", "city", "city", STRING, True)),
        "region = city AND LENGTH(region) = LENGTH(city)",
    ),
    "in a list, by length": (
        ir.InList(REGION, tuple(map(constant, ("ID", "MYS", "SG"))), False, False),
        "( region IN ('ID', 'SG') AND LENGTH(region) = 2 ) OR ( region IN ('MYS') AND LENGTH(region) = 3 )",
    ),
    "contains": (text("contains", "it's"), r"POSITION('it\'s' IN region) > 0"),
    "starts with": (text("starts with", "a "), "POSITION('a ' IN region) = 1"),
    "ends with": (text("ends with", "a "), "POSITION('a ' IN RIGHT(region, 2)) = 1"),
    "a backslash in like is one": (text("like", "a\\_%"), r"region LIKE 'a\\\\_%'"),
    "a pattern": (text("matches", r"^(a|b\.){2,300}[^\]^-]$"), r"region ~ '^(a|b\\.){2}(a|b\\.){0,255}(a|b\\.){0,43}[^]^-]$'"),
    "days": (
        compare(ir.Distance(Unit.DAY, BIRTH, TODAY), "<", 30),
        "DATEDIFF(DAY, birth_date, CAST('2024-01-31' AS DATE)) < 30",
    ),
    "months": (shifted(BIRTH, -3, Unit.MONTH), "birth_date < CAST(DATEADD(MONTH, -3, birth_date) AS DATE)"),
    "hours": (shifted(JOINED, 36, Unit.HOUR, TIMESTAMP), "joined < DATEADD(HOUR, 36, joined)"),
    "further back than the calendar": (
        shifted(BIRTH, -9000, Unit.YEAR),
        "birth_date < CAST(DATEADD(MONTH, -108000, GREATEST(birth_date, '9000-12-01')) AS DATE)",
    ),
    "Sunday comes last": (
        compare(ir.Part("weekday", BIRTH), "=", 7),
        "( ( EXTRACT(DOW FROM birth_date) + 6 ) % 7 ) + 1 = 7",
    ),
    "a long product keeps its digits": (
        compare(ir.Arithmetic("*", long("a"), long("b"), decimal(38, 6)), ">", 1),
        "CAST(a AS DECIMAL(19, 3)) * CAST(b AS DECIMAL(18, 3)) > 1",
    ),
    "whole numbers are widened": (
        compare(ir.Arithmetic("*", POINTS, POINTS, INTEGER), ">", 5),
        "CAST(points AS DECIMAL(38, 0)) * points > 5",
    ),
    "a key as text is not cut": (
        ir.Sample(ROW, (), CUSTOMERS, "a", 0, 2**31, False),
        "SUBSTRING(MD5('a:' || CAST(customer_id AS VARCHAR(65535))) FROM 1 FOR 8) < '80000000'",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_conditions(name: str) -> None:
    condition, expected = CASES[name]
    assert where(condition, "redshift") == expected


def test_groups_of_text_are_kept_apart() -> None:
    made = dialect("redshift").partition(STRING, tree.column("region"))
    assert made.sql("redshift") == "region || '.'"
    assert dialect("redshift").partition(INTEGER, tree.column("points")).sql("redshift") == "points"


def test_keys_of_text_are_told_apart_by_length() -> None:
    redshift, keys = dialect("redshift"), (tree.column("a"), tree.column("b"))
    assert redshift.same_key(STRING, *keys).sql("redshift") == "a = b AND LENGTH(a) = LENGTH(b)"
    assert [each.sql("redshift") for each in redshift.key_groups(STRING, tree.column("a"))] == [
        "a",
        "LENGTH(a)",
    ]
    assert redshift.same_key(INTEGER, tree.column("a"), tree.column("b")).sql("redshift") == "a = b"
    assert len(redshift.key_groups(INTEGER, tree.column("a"))) == 1


def test_the_first_of_a_month_is_counted_from_another() -> None:
    made = dialect("redshift").first_of_month(tree.number(2024), tree.column("m"))
    assert made.sql("redshift") == (
        "CAST(DATEADD(MONTH, 12 * (2024 - 1900) + m - 1, CAST('1900-01-01' AS DATE)) AS DATE)"
    )


@pytest.mark.parametrize("pattern", ["a|", r"[a\\]", r"[+-\]]"])
def test_patterns_that_posix_has_no_words_for(pattern: str) -> None:
    with pytest.raises(Unsupported, match="in Amazon Redshift"):
        where(text("matches", pattern), "redshift")


def test_the_character_that_no_text_has() -> None:
    with pytest.raises(Unsupported, match="no text in Amazon Redshift"):
        dialect("redshift").text("a\0b")
