from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from segdsl.reference.interpreter import World, holds, members, value_of
from segdsl.reference.values import ReferenceOverflow
from segdsl.semantics import ir
from segdsl.semantics.types import (
    BOOLEAN,
    DATE,
    FLOAT,
    INTEGER,
    KEY,
    STRING,
    TIMESTAMP,
    TIMESTAMPTZ,
    Type,
    decimal,
)
from segdsl.units import Unit

TODAY = date(2024, 1, 31)
MONEY = decimal(10, 2)
ZONE = "America/New_York"


# --- small helpers to write IR by hand ----------------------------------------------------------------------


def table(name: str, key: str) -> ir.Table:
    return ir.Table(name, name, key, key, INTEGER)


CUSTOMERS = table("customers", "id")
COMPANIES = table("companies", "id")
ORDERS = table("orders", "id")
ITEMS = table("items", "id")


def link(name: str, target: ir.Table) -> ir.Link:
    return ir.Link(name, f"{name}_id", f"{name}_id", INTEGER, target, required=False)


COMPANY = link("company", COMPANIES)
CUSTOMER = link("customer", CUSTOMERS)
ORDER = link("order", ORDERS)


def column(
    name: str, type: Type = INTEGER, links: ir.Links = (), scope: ir.Scope = ir.Scope.ROW
) -> ir.Column:
    return ir.Column(scope, links, "any", name, name, type, nullable=True)


def constant(value: Any) -> ir.Constant:
    types = {bool: BOOLEAN, int: INTEGER, Decimal: MONEY, float: FLOAT, str: STRING, date: DATE}
    return ir.Constant(value, types[type(value)])


def compare(left: ir.Value, operator: ir.CompareOperator, right: Any, on_unknown: bool = False) -> ir.Compare:
    other = constant(right) if isinstance(right, bool | int | Decimal | float | str | date) else right
    return ir.Compare(operator, left, other, on_unknown)


PLACED_AT = column("placed_at", DATE)


def orders(
    window: ir.Days | None = None, where: ir.Condition | None = None, time: ir.Value | None = PLACED_AT
) -> ir.Rows:
    return ir.Rows(ORDERS, (CUSTOMER,), time, window, where)


def aggregate(
    function: ir.Function,
    value: ir.Value | None = None,
    rows: ir.Rows | None = None,
    type: Type = INTEGER,
    links: ir.Links = (),
    scope: ir.Scope = ir.Scope.ROW,
) -> ir.Aggregate:
    return ir.Aggregate(scope, links, function, rows or orders(), value, type)


def value(of: ir.Value, row: dict[str, Any] | None = None, **tables: list[dict[str, Any]]) -> Any:
    return value_of(of, row or {}, World(tables, TODAY))


def who(condition: ir.Condition, *, time: ir.Value | None = None, **tables: list[dict[str, Any]]) -> set[Any]:
    return members(ir.Segment("s", ir.Population(CUSTOMERS, time), condition), tables, TODAY)


def order(id: int, day: int | None, customer: int | None = 1, **more: Any) -> dict[str, Any]:
    return {"id": id, "customer_id": customer, "placed_at": date(2024, 1, day) if day else None, **more}


# --- tests on unknown values --------------------------------------------------------------------------------

A = column("a")
UNKNOWN_TESTS: list[tuple[ir.Condition, ir.Condition]] = [
    (ir.Compare("=", A, constant(1), False), ir.Compare("!=", A, constant(1), True)),
    (
        ir.CompareQuotient("<", A, constant(2), constant(1), False),
        ir.CompareQuotient(">=", A, constant(2), constant(1), True),
    ),
    (
        ir.CompareQuotient("<", constant(2), constant(0), A, False),
        ir.CompareQuotient(">=", constant(2), constant(0), A, True),
    ),
    (
        ir.InList(A, (constant(1), constant(2)), False, False),
        ir.InList(A, (constant(1), constant(2)), True, True),
    ),
    (
        ir.TextTest("contains", column("a", STRING), "x", False, False),
        ir.TextTest("contains", column("a", STRING), "x", True, True),
    ),
    (ir.BooleanTest(column("a", BOOLEAN), True, False), ir.BooleanTest(column("a", BOOLEAN), False, True)),
    (ir.IsKnown(A, False), ir.IsKnown(A, True)),
]


@pytest.mark.parametrize(("test", "opposite"), UNKNOWN_TESTS)
def test_a_test_on_an_unknown_fails_and_its_negation_holds(
    test: ir.Condition, opposite: ir.Condition
) -> None:
    for row in ({}, {"a": None}):
        assert holds(test, row, World({}, TODAY)) is False
        assert holds(opposite, row, World({}, TODAY)) is True


@pytest.mark.parametrize(
    ("condition", "row", "result"),
    [
        (compare(column("a"), "<", 5), {"a": 4}, True),
        (compare(column("a", MONEY), "=", 1), {"a": Decimal("1.00")}, True),
        (compare(column("a", FLOAT), "!=", 1.0), {"a": 1.0}, False),
        (compare(column("a", FLOAT), "!=", 1.0, True), {"a": float("nan")}, True),
        (compare(column("a", STRING), "=", "x"), {"a": "X"}, False),
        (compare(column("a", DATE), ">=", date(2024, 1, 1)), {"a": date(2024, 1, 1)}, True),
        (
            compare(column("a", DATE), "<", ir.Point(ir.Day(None, (ir.Shift(-1, Unit.DAY),)))),
            {"a": date(2024, 1, 30)},
            False,
        ),
        (compare(column("a", KEY), "=", 1), {"a": "1"}, False),
        (compare(column("a", KEY), "=", "1"), {"a": "1"}, True),
        (compare(column("a", KEY), "!=", 1, True), {"a": "1"}, True),
        (ir.InList(column("a", STRING), (constant("x"), constant("y")), False, False), {"a": "y"}, True),
        (ir.InList(column("a", STRING), (constant("x"), constant("y")), True, True), {"a": "y"}, False),
        (ir.TextTest("matches", column("a", STRING), "^b", True, True), {"a": "ab"}, True),
        (ir.BooleanTest(column("a", BOOLEAN), False, False), {"a": False}, True),
        (ir.BooleanTest(column("a", BOOLEAN), False, False), {"a": True}, False),
        (ir.IsKnown(column("a", FLOAT), True), {"a": float("inf")}, True),
        (ir.CompareQuotient(">", constant(7), column("a"), constant(-2), False), {"a": -4}, True),
    ],
)
def test_tests_on_known_values(condition: ir.Condition, row: dict[str, Any], result: bool) -> None:
    assert holds(condition, row, World({}, TODAY)) is result


YES, NO = ir.Always(True), ir.Always(False)


@pytest.mark.parametrize(
    ("condition", "result"),
    [
        (ir.And((YES, NO)), False),
        (ir.Or((YES, NO)), True),
        (ir.HowMany("at least", 2, (YES, NO, YES), False), True),
        (ir.HowMany("at least", 2, (YES, NO, YES), True), False),
        (ir.HowMany("at most", 1, (YES, NO, YES), False), False),
        (ir.HowMany("exactly", 2, (YES, NO, YES), False), True),
        (ir.HowMany("exactly", 1, (YES, NO, YES), False), False),
    ],
)
def test_logic(condition: ir.Condition, result: bool) -> None:
    assert holds(condition, {}, World({}, TODAY)) is result


# --- values -------------------------------------------------------------------------------------------------

TEXT = column("t", STRING)
F = column("f", FLOAT)
M = column("m", MONEY)
ROW = {"a": 7, "b": None, "m": Decimal("-2.50"), "f": 2.5, "t": " ABÉ ", "d": date(2024, 2, 29)}


@pytest.mark.parametrize(
    ("expression", "result"),
    [
        (ir.Negate(M, MONEY), Decimal("2.50")),
        (ir.Arithmetic("*", column("a"), column("a"), INTEGER), 49),
        (ir.Arithmetic("+", M, column("a"), decimal(12, 2)), Decimal("4.50")),
        (ir.Arithmetic("+", M, column("b"), decimal(12, 2)), None),
        (ir.Arithmetic("-", F, F, FLOAT), 0.0),
        (ir.Divide(column("a"), constant(2)), 3.5),
        (ir.Divide(column("a"), constant(0)), None),
        (ir.ToFloat(M), -2.5),
        (ir.Call("lower", (TEXT,), STRING), " abÉ "),
        (ir.Call("upper", (TEXT,), STRING), " ABÉ "),
        (ir.Call("trim", (TEXT,), STRING), "ABÉ"),
        (ir.Call("length", (TEXT,), INTEGER), 5),
        (ir.Call("length", (column("b", STRING),), INTEGER), None),
        (ir.Call("abs", (M,), MONEY), Decimal("2.50")),
        (ir.Call("round", (M,), INTEGER), -3),
        (ir.Call("round", (M, constant(1)), MONEY), Decimal("-2.5")),
        (ir.Call("floor", (M,), INTEGER), -3),
        (ir.Call("ceil", (F,), FLOAT), 3.0),
        (ir.Call("coalesce", (column("b"), column("a")), INTEGER), 7),
        (ir.Call("coalesce", (column("b"), column("b")), INTEGER), None),
        (ir.Call("least", (column("b"), constant(9), column("a")), INTEGER), 7),
        (ir.Call("greatest", (constant(9), column("b"), column("a")), INTEGER), 9),
        (ir.Call("greatest", (column("b"),), INTEGER), None),
        (ir.If(compare(column("b"), "=", 1), constant(1), constant(2), INTEGER), 2),
        (ir.Band(column("a"), (constant(7), constant(7), constant(8))), 3),
        (ir.Band(column("b"), (constant(7),)), None),
        (ir.Part("weekday", column("d", DATE)), 4),
        (ir.Distance(Unit.DAY, ir.Point(ir.Day(None)), column("d", DATE)), 29),
        (ir.AddTime(column("d", DATE), 1, Unit.YEAR, DATE), date(2025, 2, 28)),
        (ir.ToAnniversary(column("d", DATE), ir.Point(ir.Day(None))), 29),
        (ir.Point(ir.Day(None, (ir.Shift(-1, Unit.MONTH), ir.Snap(Unit.MONTH)))), date(2023, 12, 1)),
    ],
)
def test_values(expression: ir.Value, result: Any) -> None:
    found = value(expression, ROW)
    assert found == result
    assert isinstance(found, result.__class__)


def test_an_instant_counts_as_its_day_in_the_zone() -> None:
    at = column("at", TIMESTAMPTZ)
    row = {"at": datetime(2024, 1, 31, 3, 0, tzinfo=UTC)}
    assert value(ir.DayOf(ir.LocalTime(at, ZONE)), row) == date(2024, 1, 30)
    assert value(ir.Part("hour", ir.LocalTime(at, ZONE)), row) == 22


def test_a_number_past_38_digits_is_an_error() -> None:
    with pytest.raises(ReferenceOverflow):
        value(ir.Arithmetic("*", column("a"), column("a"), INTEGER), {"a": 10**19})


# --- links --------------------------------------------------------------------------------------------------

FIRMS: list[dict[str, Any]] = [{"id": 10, "size": 5}, {"id": 11, "size": None}]
PEOPLE: list[dict[str, Any]] = [
    {"id": 1, "company_id": 10},
    {"id": 2, "company_id": 11},
    {"id": 3, "company_id": 99},
    {"id": 4, "company_id": None},
    {"id": 5, "company_id": "10"},
]


def test_columns_through_links() -> None:
    size = column("size", INTEGER, (COMPANY,))
    assert who(compare(size, "=", 5), customers=PEOPLE, companies=FIRMS) == {1}
    assert who(ir.IsKnown(size, True), customers=PEOPLE, companies=FIRMS) == {2, 3, 4, 5}
    far = column("size", INTEGER, (ORDER, CUSTOMER, COMPANY))
    tables = {"orders": [order(1, 1), order(2, 1, 3)], "customers": PEOPLE, "companies": FIRMS}
    assert value(far, {"order_id": 1}, **tables) == 5
    assert value(far, {"order_id": 2}, **tables) is None
    assert value(far, {"order_id": 3}, **tables) is None


def test_membership_through_a_link() -> None:
    big = compare(column("size"), ">", 1)
    inside = ir.Member(ir.Scope.ROW, (COMPANY,), COMPANIES, big, False, "big")
    outside = ir.Member(ir.Scope.ROW, (COMPANY,), COMPANIES, big, True, "big")
    assert who(inside, customers=PEOPLE, companies=FIRMS) == {1}
    assert who(outside, customers=PEOPLE, companies=FIRMS) == {2, 3, 4, 5}


def test_aggregates_of_a_row_reached_through_a_link() -> None:
    heads = ir.Rows(CUSTOMERS, (COMPANY,), None, None, None)
    count = aggregate(ir.Function.COUNT, rows=heads, links=(COMPANY,))
    firms = [*FIRMS, {"id": 12}]
    world = World({"customers": [*PEOPLE, {"id": 6, "company_id": 10}], "companies": firms}, TODAY)
    assert value_of(count, {"company_id": 10}, world) == 2
    assert value_of(count, {"company_id": 12}, world) == 0
    assert value_of(count, {"company_id": 99}, world) is None
    anyone = ir.Exists(ir.Scope.ROW, (COMPANY,), heads, False)
    no_one = ir.Exists(ir.Scope.ROW, (COMPANY,), heads, True)
    for company, there in ((10, True), (12, False), (99, False)):
        assert holds(anyone, {"company_id": company}, world) is there
        assert holds(no_one, {"company_id": company}, world) is not there


# --- events -------------------------------------------------------------------------------------------------


def test_events_belong_to_whom_their_chain_leads_to() -> None:
    rows = ir.Rows(ITEMS, (ORDER, CUSTOMER), column("placed_at", DATE, (ORDER,)), None, None)
    items = [{"id": i, "order_id": o} for i, o in enumerate((100, 100, 101, 102, 103, None))]
    # An order is reached through a link, and so taken as it is; but the item's time is its order's.
    placed = [
        order(100, 1),
        order(101, 2, 2),
        order(102, None),
        {**order(103, 1), "placed_at": date(2024, 2, 1)},
    ]
    world = World({"items": items, "orders": placed}, TODAY)
    count = aggregate(ir.Function.COUNT, rows=rows)
    assert [value_of(count, {"id": id}, world) for id in (1, 2, 3, None)] == [2, 1, 0, 0]


def test_what_is_later_than_the_as_of_day_does_not_exist() -> None:
    placed = [order(1, 31), order(2, None), {**order(3, 1), "placed_at": date(2024, 2, 1)}]
    assert value(aggregate(ir.Function.COUNT), {"id": 1}, orders=placed) == 1
    assert value(aggregate(ir.Function.COUNT, rows=orders(time=None)), {"id": 1}, orders=placed) == 3
    people: list[dict[str, Any]] = [
        {"id": 1, "at": datetime(2024, 1, 31, 23, 59)},
        {"id": 2, "at": None},
        {"id": 3, "at": datetime(2024, 2, 1)},
    ]
    assert who(YES, time=column("at", TIMESTAMP), customers=people) == {1}
    assert who(YES, customers=people) == {1, 2, 3}


def test_the_as_of_day_of_instants_is_on_the_clock_of_the_zone() -> None:
    rows = orders(time=ir.LocalTime(column("placed_at", TIMESTAMPTZ), ZONE))
    times = [datetime(2024, 2, 1, 4, 59, tzinfo=UTC), datetime(2024, 2, 1, 5, 0, tzinfo=UTC)]
    placed = [{"id": i, "customer_id": 1, "placed_at": at} for i, at in enumerate(times)]
    assert value(aggregate(ir.Function.COUNT, rows=rows), {"id": 1}, orders=placed) == 1


@pytest.mark.parametrize(
    ("low", "high", "ids"),
    [
        (ir.Day(None, (ir.Shift(-6, Unit.DAY),)), ir.Day(None), {25, 31}),
        (ir.Day(date(2024, 1, 25)), None, {25, 31}),
        (None, ir.Day(date(2024, 1, 25)), {1, 24, 25}),
        (ir.Day(date(2024, 1, 24)), ir.Day(date(2024, 1, 24)), {24}),
        (ir.Day(date(2024, 1, 25)), ir.Day(date(2024, 1, 24)), set()),
        (None, ir.Day(date(2030, 1, 1)), {1, 24, 25, 31}),
    ],
)
def test_windows_include_both_ends(low: ir.Day | None, high: ir.Day | None, ids: set[int]) -> None:
    placed = [{**order(day, day), "placed_at": datetime(2024, 1, day, 23, 0)} for day in (1, 24, 25, 31)]
    for day in (1, 24, 25, 31):
        this = compare(column("id"), "=", day)
        rows = orders(ir.Days(low, high), this, time=column("placed_at", TIMESTAMP))
        assert holds(
            ir.Exists(ir.Scope.ROW, (), rows, False), {"id": 1}, World({"orders": placed}, TODAY)
        ) is (day in ids)


def test_where_knows_the_event_and_whom_it_is_for() -> None:
    limit = column("limit", INTEGER, scope=ir.Scope.ENTITY)
    rows = orders(where=ir.Compare(">", column("amount"), limit, False))
    placed = [order(1, 1, amount=5), order(2, 1, amount=9), order(3, 1, amount=None)]
    count = aggregate(ir.Function.COUNT, rows=rows)
    assert value(count, {"id": 1, "limit": 6}, orders=placed) == 1
    # Of the company: whom the aggregate is for is the company then.
    hires = ir.Rows(
        CUSTOMERS,
        (COMPANY,),
        None,
        None,
        ir.Compare("=", column("id"), column("boss", scope=ir.Scope.ENTITY), False),
    )
    count = aggregate(ir.Function.COUNT, rows=hires, links=(COMPANY,))
    assert value(count, {"company_id": 10}, customers=PEOPLE, companies=[{"id": 10, "boss": 1}]) == 1


def test_a_segment_in_a_where_may_hold_aggregates() -> None:
    item_rows = ir.Rows(ITEMS, (ORDER,), None, None, None)
    large = compare(aggregate(ir.Function.COUNT, rows=item_rows), ">=", 2)
    rows = orders(where=ir.Member(ir.Scope.ROW, (), ORDERS, large, False, "large"))
    items = [{"id": i, "order_id": o} for i, o in enumerate((1, 1, 2))]
    placed = [order(1, 1), order(2, 1)]
    assert value(aggregate(ir.Function.COUNT, rows=rows), {"id": 1}, orders=placed, items=items) == 1


AMOUNT = column("amount", MONEY)


@pytest.mark.parametrize(
    ("function", "some", "none"),
    [
        (ir.Function.COUNT, 5, 0),
        (ir.Function.SUM, Decimal("7.50"), 0),
        (ir.Function.MIN, Decimal("0.50"), None),
        (ir.Function.MAX, Decimal(3), None),
        (ir.Function.COUNT_DISTINCT, 3, 0),
        (ir.Function.FIRST, Decimal(1), None),
        (ir.Function.LAST, Decimal("0.50"), None),
        (ir.Function.MOST_FREQUENT, Decimal(3), None),
    ],
)
def test_aggregates(function: ir.Function, some: Any, none: Any) -> None:
    amounts = [(5, 30, "0.50"), (4, 1, "3.00"), (2, 1, "1"), (3, 2, "3.0"), (1, 1, None), (9, 31, "9")]
    placed = [
        order(id, day, 2 if amount == "9" else 1, amount=None if amount is None else Decimal(amount))
        for id, day, amount in amounts
    ]
    of = None if function is ir.Function.COUNT else AMOUNT
    call = aggregate(function, of, type=MONEY)
    assert value(call, {"id": 1}, orders=placed) == some
    assert value(call, {"id": 3}, orders=placed) == none
    nothing_known = [order(1, 1, amount=None)]
    assert value(call, {"id": 1}, orders=nothing_known) == (1 if function is ir.Function.COUNT else none)


def test_of_equally_frequent_values_the_one_seen_last() -> None:
    channel = column("channel", STRING)
    placed = [order(i, 1, channel=c) for i, c in enumerate(("app", "web", "web", "app", "shop"))]
    assert value(aggregate(ir.Function.MOST_FREQUENT, channel), {"id": 1}, orders=placed) == "app"
    assert value(aggregate(ir.Function.LAST, channel), {"id": 1}, orders=placed) == "shop"


def test_events_of_one_time_are_ordered_by_key_and_strings_by_code_point() -> None:
    placed = [order(key, 1, channel=key) for key in ("é", "Z", "a", "😀", "｡")]  # type: ignore[arg-type]
    assert value(aggregate(ir.Function.FIRST, column("channel", STRING)), {"id": 1}, orders=placed) == "Z"
    assert value(aggregate(ir.Function.LAST, column("channel", STRING)), {"id": 1}, orders=placed) == "😀"


def test_instants_are_ordered_as_instants_when_the_clock_goes_back() -> None:
    # 05:30 and 06:30 UTC are both 01:30 in New York; 06:10 is 01:10, earlier on the wall but later in time.
    times = {1: datetime(2023, 11, 5, 5, 30, tzinfo=UTC), 2: datetime(2023, 11, 5, 6, 10, tzinfo=UTC)}
    placed = [{"id": id, "customer_id": 1, "placed_at": at} for id, at in times.items()]
    rows = orders(time=ir.LocalTime(column("placed_at", TIMESTAMPTZ), ZONE))
    assert value(aggregate(ir.Function.LAST, column("id"), rows), {"id": 1}, orders=placed) == 2


def test_sums_are_exact_and_may_overflow() -> None:
    placed = [order(1, 1, n=10**18, f=1e16), order(2, 1, n=1, f=1.0), order(3, 1, n=1, f=-1e16)]
    assert value(aggregate(ir.Function.SUM, column("n")), {"id": 1}, orders=placed) == 10**18 + 2
    assert value(aggregate(ir.Function.SUM, column("f", FLOAT), type=FLOAT), {"id": 1}, orders=placed) == 1.0
    wide = decimal(38, 2)
    placed = [order(i, 1, n=Decimal("9" * 36)) for i in (1, 2)]
    with pytest.raises(ReferenceOverflow):
        value(aggregate(ir.Function.SUM, column("n", wide), type=wide), {"id": 1}, orders=placed)
