"""What Tableau Hyper is told in words of its own: the rest is PostgreSQL's."""

from __future__ import annotations

from decimal import Decimal

import pytest

from segdsl.semantics import ir
from segdsl.semantics.types import FLOAT, INTEGER, STRING, Type, decimal
from segdsl.sql.dialects import Unsupported, dialect
from tests.sql.shop import ROW, aggregate, column, compare, constant, event, sql, where

F = ir.Function
REGION, INCOME, POINTS, SCORE = (column(name) for name in ("region", "income", "points", "score"))


def of_type(name: str, type: Type) -> ir.Column:
    return ir.Column(ROW, (), "customers", name, name, type, True)


def product(a: ir.Value, b: ir.Value) -> ir.Condition:
    type = decimal(38, a.type.scale + b.type.scale)
    return compare(ir.Arithmetic("*", a, b, type), ">", 1)


CASES: dict[str, tuple[ir.Condition, str]] = {
    "a product that fits": (product(INCOME, POINTS), "income * points > 1"),
    "a product that keeps its few digits": (
        product(of_type("a", decimal(38, 2)), of_type("b", decimal(38, 4))),
        "a * b > 1",
    ),
    "a product that would lose some": (
        product(of_type("a", decimal(38, 4)), of_type("b", decimal(10, 4))),
        "CAST(a AS DECIMAL(27, 4)) * CAST(b AS DECIMAL(10, 4)) > 1",
    ),
    "whole numbers are widened": (
        compare(ir.Arithmetic("*", POINTS, POINTS, INTEGER), ">", 5),
        "CAST(points AS DECIMAL(38, 0)) * points > 5",
    ),
    "an integer of over 64 bits": (
        compare(POINTS, "<", 10**19),
        "points < CAST('10000000000000000000' AS DECIMAL(38, 0))",
    ),
    "whole numbers have no zeros behind the point": (
        compare(ir.Call("floor", (INCOME,), INTEGER), "=", 2),
        "CAST(FLOOR(income) AS DECIMAL(38, 0)) = 2",
    ),
    "decimals are rounded as they are": (
        compare(ir.Call("round", (INCOME, ir.Constant(1, INTEGER)), decimal(10, 1)), "=", Decimal("2.5")),
        "ROUND(income, 1) = 2.5",
    ),
    "floats, where half goes to the even number": (
        compare(ir.Call("round", (ir.ToFloat(POINTS),), FLOAT), "=", 2.0),
        "TRUNC(CAST(points AS DOUBLE PRECISION)) + TRUNC( 2 * ( CAST(points AS DOUBLE PRECISION)"
        " - TRUNC(CAST(points AS DOUBLE PRECISION)) ) ) = CAST('2.0' AS DOUBLE PRECISION)",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_conditions(name: str) -> None:
    condition, expected = CASES[name]
    assert where(condition, "hyper") == expected


def test_letters_are_replaced_one_by_one() -> None:
    shown = where(compare(ir.Call("lower", (REGION,), STRING), "=", "id"), "hyper")
    assert (
        shown.count("REPLACE(") == 26
        and "region, 'A', 'a'" in shown
        and shown.endswith(", 'Z', 'z' ) = 'id'")
    )


def test_sums_of_whole_numbers_have_room() -> None:
    points = ir.Column(ROW, (), "orders", "points", "points", INTEGER, True)
    assert "SUM(CAST(points AS DECIMAL(38, 0)))" in sql(compare(aggregate(F.SUM, points), ">", 1), "hyper")
    assert "SUM(amount)" in sql(compare(aggregate(F.SUM, event("amount")), ">", 1), "hyper")


def test_the_character_that_no_text_has() -> None:
    with pytest.raises(Unsupported, match="no text in Tableau Hyper"):
        dialect("hyper").text("a\0b")
    assert where(ir.InList(REGION, (constant("it's"),), False, False), "hyper") == "region IN ('it''s')"
