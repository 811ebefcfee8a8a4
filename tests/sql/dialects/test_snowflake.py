"""What Snowflake and Trino are told in words of their own."""

from __future__ import annotations

from typing import Any

import pytest

from segdsl.semantics import ir
from segdsl.semantics.types import DATE, STRING, decimal
from segdsl.sql.dialects import Unsupported
from segdsl.units import Unit
from tests.sql.shop import AS_OF, ROW, column, compare, sql

REGION, POINTS, BIRTH = column("region"), column("points"), column("birth_date")
TODAY = ir.Point(ir.Day(AS_OF))


def text(operator: Any, pattern: str) -> ir.Condition:
    return ir.TextTest(operator, REGION, pattern, False, False)


CASES: dict[str, tuple[ir.Condition, str, str]] = {
    "a backslash in a literal": (
        text("contains", "it's \\ 5%"),
        r"CONTAINS(region, 'it\'s \\ 5%')",
        r"STRPOS(region, 'it''s \ 5%') > 0",
    ),
    "a backslash in like is one": (text("like", "a\\_%"), r"region LIKE 'a\\_%'", r"region LIKE 'a\_%'"),
    "a pattern, found anywhere": (
        text("matches", r"b\d"),
        "REGEXP_LIKE(region, '.*b[0-9].*', 's')",
        "REGEXP_LIKE(region, 'b[0-9]')",
    ),
    "a pattern, from the start or to the end": (
        text("matches", r"^a.|b$"),
        r"REGEXP_LIKE(region, '(a[^\n].*|.*b)', 's')",
        r"REGEXP_LIKE(region, '\Aa[^\x0A]|b\z')",
    ),
    "blanks only": (
        compare(ir.Call("trim", (REGION,), STRING), "=", "a"),
        "TRIM(region, ' ') = 'a'",
        "TRIM(BOTH ' ' FROM region) = 'a'",
    ),
    "days": (
        compare(ir.Distance(Unit.DAY, BIRTH, TODAY), "<", 30),
        "DATEDIFF(DAY, birth_date, CAST('2024-01-31' AS DATE)) < 30",
        "DATE_DIFF('DAY', birth_date, CAST('2024-01-31' AS DATE)) < 30",
    ),
    "months later": (
        ir.Compare("<", BIRTH, ir.AddTime(BIRTH, 1, Unit.QUARTER, DATE), False),
        "birth_date < DATEADD(MONTH, 3, birth_date)",
        "birth_date < DATE_ADD('MONTH', 3, birth_date)",
    ),
    "Sunday comes last": (
        compare(ir.Part("weekday", BIRTH), "=", 7),
        "DAYOFWEEKISO(birth_date) = 7",
        "EXTRACT(DAY_OF_WEEK FROM birth_date) = 7",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_conditions(name: str) -> None:
    condition, snowflake, trino = CASES[name]
    assert f"WHERE {snowflake}" in " ".join(sql(condition, dialect="snowflake").split())
    for dialect in ("trino", "athena"):
        assert f"WHERE {trino}" in " ".join(sql(condition, dialect=dialect).split())


def test_an_end_inside_of_a_pattern() -> None:
    with pytest.raises(Unsupported, match="inside of a pattern"):
        sql(text("matches", r"a(b$|c)d"), dialect="snowflake")


def test_a_product_that_would_lose_digits() -> None:
    fine = ir.Column(ROW, (), "customers", "debt", "debt", decimal(18, 8), True)
    product = ir.Arithmetic("*", fine, fine, decimal(36, 16))
    with pytest.raises(Unsupported, match="16 digits after the point, of which Snowflake keeps 12"):
        sql(compare(product, "=", 1), dialect="snowflake")


def test_quotes_change_no_name() -> None:
    words = [
        ir.Column(ROW, (), "customers", name, name, STRING, True) for name in ("start", "order", "Order")
    ]
    made = sql(ir.And(tuple(compare(word, "=", "a") for word in words)), dialect="snowflake")
    assert made.endswith(""" WHERE "START" = 'a' AND "ORDER" = 'a' AND "Order" = 'a'""")
