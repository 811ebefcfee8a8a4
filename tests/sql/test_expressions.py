"""Each node of the IR as SQL: DuckDB and the interpreter agree on who is in."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from segdsl.semantics import ir
from segdsl.semantics.types import BOOLEAN, FLOAT, INTEGER, STRING, decimal
from segdsl.units import Unit
from tests.sql.shop import (
    COMPANY,
    CUSTOMER,
    MONEY,
    PARENT,
    aggregate,
    column,
    compare,
    constant,
    day,
    event,
    exists,
    member,
    members,
    orders,
    own,
    sql,
)

F = ir.Function
REGION, INCOME, POINTS, SCORE = (column(name) for name in ("region", "income", "points", "score"))
BIRTH, JOINED, OPT_IN = column("birth_date"), column("joined"), column("opt_in")
TODAY = ir.Point(ir.Day(None))
IS_ID = compare(REGION, "=", "ID")
PAID = ir.LocalTime(event("paid_at"), "Asia/Jakarta")
MAX_PAID = ir.LocalTime(aggregate(F.MAX, event("paid_at"), orders(time=PAID)), "Asia/Jakarta")


def call(function: Any, *arguments: ir.Value, type: ir.Type | None = None) -> ir.Call:
    return ir.Call(function, arguments, type or arguments[0].type)


def times(left: ir.Value, right: ir.Value, type: ir.Type) -> ir.Arithmetic:
    return ir.Arithmetic("*", left, right, type)


CASES: dict[str, tuple[ir.Condition, set[int]]] = {
    "always": (ir.Always(True), {1, 2, 3, 4, 5}),
    "never": (ir.Always(False), set()),
    "and": (ir.And((IS_ID, compare(INCOME, ">", Decimal("10")))), {1}),
    "or": (ir.Or((IS_ID, compare(INCOME, "<", Decimal("0")))), {1, 4}),
    "nested logic": (
        ir.And((ir.Or((IS_ID, compare(POINTS, "=", 3))), ir.Or((compare(POINTS, ">", 3), IS_ID)))),
        {1},
    ),
    "equal text": (IS_ID, {1}),
    "not equal text": (compare(REGION, "!=", "ID", True), {2, 3, 4, 5}),
    "equal columns": (compare(POINTS, "=", column("company_id")), set()),
    "not equal columns": (compare(POINTS, "!=", column("company_id"), True), {1, 2, 3, 4, 5}),
    "tenths": (
        compare(
            ir.Arithmetic("+", constant(Decimal("0.1")), constant(Decimal("0.2")), decimal(2, 1)), "=", INCOME
        ),
        {2},
    ),
    "wide product": (compare(times(POINTS, POINTS, INTEGER), "=", 2**124), {1}),
    "wide sum": (compare(ir.Arithmetic("+", POINTS, POINTS, INTEGER), "=", 2**63), {1}),
    "past doubles": (compare(ir.Arithmetic("+", POINTS, constant(1), INTEGER), "=", 2**62 + 1), {1}),
    "literals that overflow": (
        compare(times(constant(10**6), constant(10**6), INTEGER), ">", POINTS),
        {2, 4, 5},
    ),
    "negate": (compare(ir.Negate(INCOME, MONEY), ">", Decimal("7")), {4}),
    "float": (compare(SCORE, ">", 0.05), {1, 2}),
    "not finite is unknown": (compare(SCORE, "<=", 0.05, True), {3, 4, 5}),
    "float arithmetic": (compare(times(SCORE, constant(1.3e308), FLOAT), ">", 0.0), {2}),
    "to float": (compare(ir.ToFloat(INCOME), "=", 10.5), {1}),
    "divide": (compare(ir.Divide(INCOME, constant(3)), "=", 0.1), {2}),
    "divide by zero": (ir.IsKnown(ir.Divide(constant(1), POINTS), negated=False), {1, 2, 4}),
    "quotient": (ir.CompareQuotient(">", INCOME, POINTS, constant(0), False), {1, 2, 4}),
    "quotient, negative": (ir.CompareQuotient("<", INCOME, POINTS, constant(2), False), {1, 2, 4}),
    "quotient, unknown": (
        ir.CompareQuotient("!=", INCOME, POINTS, constant(Decimal("0.1")), True),
        {1, 3, 4, 5},
    ),
    "quotient by a constant": (ir.CompareQuotient("<", INCOME, constant(-2), constant(-1), False), {1}),
    "average": (
        ir.CompareQuotient(">=", aggregate(F.SUM, event("amount")), aggregate(F.COUNT), constant(33), False),
        {1},
    ),
    "average of none": (
        ir.CompareQuotient("<", aggregate(F.SUM, event("amount")), aggregate(F.COUNT), constant(33), True),
        {2, 3, 4, 5},
    ),
    "in": (ir.InList(REGION, (constant("ID"), constant("MY")), False, False), {1, 2}),
    "not in": (ir.InList(REGION, (constant("ID"), constant("MY")), True, True), {3, 4, 5}),
    "contains": (ir.TextTest("contains", REGION, "D", False, False), {1}),
    "starts with": (ir.TextTest("starts with", REGION, "i", False, False), {4}),
    "ends with": (ir.TextTest("ends with", REGION, " ", False, False), {4}),
    "like": (ir.TextTest("like", REGION, "_", False, False), {5}),
    "not like": (ir.TextTest("like", REGION, "%D", True, True), {2, 3, 4, 5}),
    "matches": (ir.TextTest("matches", REGION, "^[A-Z]{2}$", False, False), {1, 2}),
    "boolean": (ir.BooleanTest(OPT_IN, True, False), {1, 4}),
    "not a boolean": (ir.BooleanTest(OPT_IN, False, True), {2, 3, 5}),
    "known": (ir.IsKnown(REGION, False), {1, 2, 4, 5}),
    "unknown": (ir.IsKnown(SCORE, True), {3, 4, 5}),
    "exists": (exists(), {1, 2, 4}),
    "exists not": (exists(orders(low="2024-01-02"), negated=True), {2, 3, 5}),
    "at least": (
        ir.HowMany("at least", 2, (IS_ID, exists(), ir.BooleanTest(OPT_IN, True, False)), False),
        {1, 4},
    ),
    "exactly, negated": (ir.HowMany("exactly", 0, (IS_ID, exists()), True), {1, 2, 4}),
    "member": (ir.And((member(IS_ID), ir.BooleanTest(OPT_IN, True, False))), {1}),
    "not a member": (member(member(IS_ID), negated=True), {2, 3, 4, 5}),
    "linked member": (member(compare(column("employees", table="companies"), ">", 100), COMPANY), {1}),
    "linked member, negated": (
        member(compare(column("employees", table="companies"), ">", 100), COMPANY, negated=True),
        {2, 3, 4, 5},
    ),
    "member two links away": (
        member(compare(column("employees", table="companies"), ">", 100), COMPANY, PARENT),
        {2},
    ),
    "linked column": (compare(column("employees", COMPANY), "<", 100), {2}),
    "lower": (compare(call("lower", REGION), "=", "id"), {1}),
    "upper": (compare(call("upper", call("trim", REGION)), "=", "ID"), {1, 4}),
    "ascii only": (compare(call("lower", REGION), "=", "É"), {5}),
    "length": (compare(call("length", REGION, type=INTEGER), "=", 3), {4}),
    "abs": (compare(call("abs", INCOME), ">", Decimal("7")), {1, 4}),
    "round": (compare(call("round", INCOME, type=INTEGER), "=", 11), {1}),
    "round to a digit": (
        compare(call("round", INCOME, constant(1), type=decimal(10, 1)), "=", Decimal("-7.3")),
        {4},
    ),
    "floor": (compare(call("floor", INCOME, type=INTEGER), "=", -8), {4}),
    "ceil": (compare(call("ceil", INCOME, type=INTEGER), "=", 1), {2}),
    "coalesce": (compare(call("coalesce", REGION, constant("none")), "=", "none"), {3}),
    "least": (compare(call("least", INCOME, constant(Decimal("1.00"))), "=", Decimal("1.00")), {1, 3}),
    "greatest": (compare(call("greatest", POINTS, constant(3)), "=", 3), {2, 3, 4, 5}),
    "if": (compare(ir.If(IS_ID, constant(1), POINTS, INTEGER), "=", 1), {1}),
    "band": (compare(ir.Band(POINTS, (constant(0), constant(3))), "=", 2), {5}),
    "band of unknown": (compare(ir.Band(POINTS, (constant(0),)), "!=", 1, True), {1, 2, 3, 5}),
    "day of": (compare(ir.DayOf(JOINED), "=", day("2024-01-31")), {2}),
    "day of, not equal": (compare(ir.DayOf(JOINED), "!=", day("2024-01-31"), True), {1, 3, 4, 5}),
    "day of, after": (compare(ir.DayOf(JOINED), ">", day("2024-01-30")), {2, 4}),
    "day of, flipped": (ir.Compare(">=", day("2024-01-31"), ir.DayOf(JOINED), False), {1, 2, 5}),
    "day of a column": (compare(ir.DayOf(JOINED), ">", BIRTH), {1, 2, 4}),
    "part": (compare(ir.Part("month", BIRTH), "=", 2), {1, 2}),
    "weekday": (compare(ir.Part("weekday", BIRTH), "=", 5), {4}),
    "hour": (compare(ir.Part("hour", JOINED), "=", 12), {5}),
    "days": (compare(ir.Distance(Unit.DAY, ir.DayOf(JOINED), TODAY), "=", -1), {4}),
    "weeks": (compare(ir.Distance(Unit.WEEK, ir.DayOf(JOINED), TODAY), "=", -1), {4}),
    "months": (compare(ir.Distance(Unit.MONTH, BIRTH, TODAY), "=", 12), {5}),
    "quarters": (compare(ir.Distance(Unit.QUARTER, TODAY, BIRTH), "=", -4), {5}),
    "years": (compare(ir.Distance(Unit.YEAR, BIRTH, TODAY), "=", 23), {2}),
    "add days": (compare(ir.AddTime(BIRTH, 365, Unit.DAY, BIRTH.type), "=", day("2024-01-31")), {5}),
    "add months": (compare(ir.AddTime(BIRTH, -11, Unit.MONTH, BIRTH.type), "=", day("2022-02-28")), {5}),
    "add hours": (
        compare(ir.AddTime(JOINED, 12, Unit.HOUR, JOINED.type), "=", datetime(2024, 2, 1, 12)),
        {4},
    ),
    "anniversary": (compare(ir.ToAnniversary(BIRTH, TODAY), "=", 0), {5}),
    "anniversary on a leap day": (compare(ir.ToAnniversary(BIRTH, TODAY), "=", 29), {2}),
    "local time": (compare(ir.DayOf(MAX_PAID), "=", day("2024-01-02")), {1}),
    "count": (compare(aggregate(F.COUNT), "=", 0), {3, 5}),
    "sum": (compare(aggregate(F.SUM, event("amount")), "=", Decimal("100.00")), {1}),
    "sum of none": (compare(aggregate(F.SUM, event("amount")), "=", 0), {3, 4, 5}),
    "sum of floats": (compare(aggregate(F.SUM, event("weight")), ">", 0.75), {1, 4}),
    "min": (compare(aggregate(F.MIN, event("amount")), "<", 0), {4}),
    "max of none": (ir.IsKnown(aggregate(F.MAX, event("amount")), True), {3, 5}),
    "count distinct": (compare(aggregate(F.COUNT_DISTINCT, event("channel")), "=", 2), {1, 4}),
    "first": (compare(aggregate(F.FIRST, event("channel")), "=", "app"), {1}),
    "last, by key": (compare(aggregate(F.LAST, event("channel")), "=", "shop"), {4}),
    "last known": (compare(aggregate(F.LAST, event("amount")), "=", Decimal("0.01")), {1}),
    "most frequent": (compare(aggregate(F.MOST_FREQUENT, event("channel")), "=", "app"), {1}),
    "most frequent, seen last": (compare(aggregate(F.MOST_FREQUENT, event("channel")), "=", "shop"), {4}),
    "window": (compare(aggregate(F.COUNT, rows=orders(low="2024-01-02", high="2024-01-15")), "=", 2), {4}),
    "empty window": (exists(orders(low="2024-01-02", high="2024-01-01")), set()),
    "where": (
        compare(aggregate(F.COUNT, rows=orders(compare(event("channel"), "=", "web"))), "=", 1),
        {1, 4},
    ),
    "where of the entity": (exists(orders(compare(event("amount"), ">", own("income")))), {1, 2, 4}),
    "where a member": (exists(orders(member(IS_ID, scope=ir.Scope.ENTITY))), {1}),
    "where a member, negated": (exists(orders(member(IS_ID, scope=ir.Scope.ENTITY, negated=True))), {2, 4}),
    "of a linked row": (
        compare(aggregate(F.COUNT, rows=orders(chain=(CUSTOMER, COMPANY)), links=(COMPANY,)), "=", 0),
        {5},
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_both_agree(name: str) -> None:
    condition, expected = CASES[name]
    assert members(condition) == expected


# --- the text ----------------------------------------------------------------------------------------------


def test_nothing_is_wrapped_without_need() -> None:
    assert sql(IS_ID) == "SELECT customer_id FROM customers WHERE region = 'ID'"
    known = ir.Column(ir.Scope.ROW, (), "customers", "region", "region", STRING, nullable=False)
    assert sql(compare(known, "!=", "ID", True)).endswith("WHERE region <> 'ID'")


def test_unknown_is_told_by_the_column() -> None:
    assert sql(compare(REGION, "!=", "ID", True)).endswith("WHERE region <> 'ID' OR region IS NULL")
    assert sql(compare(call("trim", REGION), "!=", "ID", True)).endswith(
        "COALESCE(TRIM(region, ' ') <> 'ID', TRUE)"
    )


def test_days_of_timestamps_are_bounds() -> None:
    text = sql(compare(ir.DayOf(JOINED), "=", day("2024-01-31")))
    assert "joined >= CAST('2024-01-31 00:00:00' AS TIMESTAMP)" in text
    assert "joined < CAST('2024-02-01 00:00:00' AS TIMESTAMP)" in text
    local = ir.DayOf(ir.LocalTime(event("paid_at"), "Asia/Jakarta"))
    text = sql(exists(orders(compare(local, ">=", day("2024-01-02")))))
    assert "paid_at >= CAST('2024-01-01 17:00:00+00:00' AS TIMESTAMPTZ)" in text


def test_averages_do_not_divide() -> None:
    average = ir.CompareQuotient(
        ">", aggregate(F.SUM, event("amount")), aggregate(F.COUNT), constant(Decimal("0.5")), False
    )
    assert "/" not in sql(average) and "DOUBLE" not in sql(average)


def test_long_conditions_are_not_deep() -> None:
    points = [compare(POINTS, "=", n) for n in range(1000)]
    assert members(ir.HowMany("at least", 1, tuple(points), False)) == {2, 5}
    assert members(ir.Or(tuple(points))) == {2, 5}
    assert members(compare(ir.Band(POINTS, tuple(constant(n) for n in range(1, 500))), "=", 4)) == {2}


@pytest.mark.parametrize(
    ("zone", "known"),
    [("Asia/Jakarta", {1, 4}), ("America/Sao_Paulo", {4}), ("UTC", {4}), ("Pacific/Kiritimati", {1, 4})],
)
def test_days_in_a_time_zone(zone: str, known: set[int]) -> None:
    # The second order of customer 1 is paid at 17:00 on 1 January, which is the 2nd seven hours to the east.
    rows = orders(time=ir.LocalTime(event("paid_at"), zone), low="2024-01-02", high="2024-01-15")
    assert members(exists(rows)) == known


def test_names_are_quoted_where_needed() -> None:
    odd = ir.Table("odd", 'Odd "one"', "select", "select", INTEGER)
    from segdsl.planner import plan
    from segdsl.sql import members_query, to_text

    one = ir.Segment("it", ir.Population(odd, None), ir.Always(True))
    text = " ".join(to_text(members_query(plan([one], date(2024, 1, 1)), "it")).split())
    assert text == 'SELECT "select" FROM "Odd ""one"""'
    assert '"s"."Odd' not in text
    schema = to_text(members_query(plan([one], date(2024, 1, 1)), "it", schema="shop"))
    assert 'FROM shop."Odd ""one"""' in schema


def test_booleans_compare() -> None:
    same = compare(OPT_IN, "=", ir.Constant(True, BOOLEAN))
    assert members(same) == {1, 4}
