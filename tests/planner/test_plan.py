"""What plans share."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from segdsl.planner import Plan, plan
from segdsl.planner.build import only
from segdsl.planner.names import Names
from segdsl.semantics import ir
from segdsl.units import Unit
from tests.sql.shop import (
    AS_OF,
    COMPANY,
    aggregate,
    column,
    compare,
    event,
    exists,
    member,
    orders,
    segment,
)

F = ir.Function
WEB = compare(event("channel"), "=", "web")
APP = compare(event("channel"), "=", "app")


def planned(*conditions: ir.Condition, as_of: date = AS_OF) -> Plan:
    return plan([segment(c, f"s{n}") for n, c in enumerate(conditions)], as_of)


def last(days: int, where: ir.Condition | None = None) -> ir.Rows:
    rows = orders(where)
    low = ir.Day(None, (ir.Shift(1 - days, Unit.DAY),))
    return ir.Rows(rows.table, rows.chain, rows.time, ir.Days(low, ir.Day(None)), where)


def columns(made: Plan) -> list[tuple[str, list[str]]]:
    return [(scan.name, list(scan.measures.values())) for scan in made.scans]


def test_one_scan_for_each_table_and_window() -> None:
    conditions: list[ir.Condition] = []
    for n in range(50):
        conditions.append(compare(aggregate(F.COUNT, rows=last(30, WEB)), ">", n))
        conditions.append(compare(aggregate(F.SUM, event("amount"), last(30)), ">", n))
        conditions.append(exists(last(30, APP)))
        conditions.append(exists(last(90)))
    assert columns(planned(*conditions)) == [
        ("orders_2024_01_02_to_2024_01_31", ["count_orders", "sum_amount", "count_orders_2"]),
        ("orders_2023_11_03_to_2024_01_31", ["count_orders"]),
    ]


def test_windows_that_are_equal_on_the_day_are_one() -> None:
    fixed = exists(orders(low="2024-01-02", high="2024-03-31"))
    assert len(planned(exists(last(30)), fixed).scans) == 1
    assert len(planned(exists(last(30)), fixed, as_of=date(2024, 1, 30)).scans) == 2


def test_no_window_ends_with_the_as_of_day() -> None:
    until = exists(orders(high="2024-01-31"))
    assert len(planned(exists(), until).scans) == 1


def test_exists_and_count_are_one() -> None:
    made = planned(exists(), compare(aggregate(F.COUNT), ">", 3), exists(negated=True))
    assert columns(made) == [("orders_to_2024_01_31", ["count_orders"])]


def test_a_condition_of_all_measures_limits_the_scan() -> None:
    first, second = exists(orders(WEB)), compare(aggregate(F.SUM, event("amount"), orders(WEB)), ">", 1)
    assert planned(first, second).scans[0].where == WEB
    assert planned(first, second, exists()).scans[0].where is None


def test_other_chains_and_times_are_other_scans() -> None:
    via = ir.Link("buyer", "buyer_id", "buyer_id", column("points").type, orders().chain[0].target, False)
    other = exists(orders(chain=(via,)))
    paid = exists(orders(time=ir.LocalTime(event("paid_at"), "UTC")))
    names = [name for name, _ in columns(planned(exists(), other, paid))]
    assert names == ["orders_to_2024_01_31", "orders_to_2024_01_31_2", "orders_to_2024_01_31_3"]


def test_most_frequent_has_a_scan_of_its_own() -> None:
    condition = compare(aggregate(F.MOST_FREQUENT, event("channel")), "=", "app")
    made = planned(condition, exists())
    assert [name for name, _ in columns(made)] == [
        "most_frequent_channel_orders_to_2024_01_31",
        "orders_to_2024_01_31",
    ]


def test_strata_stand_on_each_other() -> None:
    base = exists()
    through_events = exists(orders(member(base, scope=ir.Scope.ENTITY)))
    made = planned(exists(orders(member(through_events, scope=ir.Scope.ENTITY))), base)
    assert [scan.key.stratum for scan in made.scans] == [0, 1, 2]
    assert [frame.stratum for frame in made.frames] == [0, 1]


def test_a_reference_in_the_same_frame_is_a_level() -> None:
    base = compare(column("points"), ">", 1)
    above = member(member(base, name="s0"), name="s1")
    made = planned(base, above.body, above)
    assert [flag.level for flag in made.main.flags.values()] == [0, 1, 2]
    assert made.main.level_names == ("population", "population_level_1")
    assert made.frames == ()


def test_a_segment_that_is_referred_to_and_asked_for_is_one_flag() -> None:
    base = compare(column("points"), ">", 1)
    made = planned(member(base, name="s1"), base)
    assert sorted(flag.name for flag in made.main.flags.values()) == ["s0", "s1"]


def test_linked_references_share_a_frame() -> None:
    employees = column("employees", table="companies")
    big, small = (compare(employees, operator, 100) for operator in (">", "<"))
    made = planned(member(big, COMPANY, name="big"), member(small, COMPANY, negated=True, name="small"))
    ((frame),) = made.frames
    assert [flag.name for flag in frame.flags.values()] == ["big", "small"]


def test_only_one() -> None:
    made = planned(exists(), compare(column("points"), ">", 1))
    assert only(made, "s1").scans == ()
    assert len(only(made, "s0").scans) == 1
    with pytest.raises(KeyError):
        only(made, "s2")


def test_names_are_unlike_those_of_tables() -> None:
    table = ir.Table("orders_to_2024_01_31", "orders_to_2024_01_31", "id", "id", column("points").type)
    rows = ir.Rows(table, orders().chain, None, None, None)
    made = planned(exists(), exists(rows))
    assert [scan.name for scan in made.scans] == ["orders_to_2024_01_31_2", "orders_to_2024_01_31_3"]


def test_names() -> None:
    names = Names(["Total"])
    assert [names.take("total"), names.take("TOTAL"), names.take("other")] == ["total_2", "TOTAL_3", "other"]
    assert len(names.take("x" * 200)) <= 60


def test_money_is_not_shared_with_other_money() -> None:
    over = [compare(aggregate(F.SUM, event("amount")), ">", Decimal(n)) for n in ("1.0", "2.0")]
    ((scan),) = planned(*over).scans
    assert len(scan.measures) == 1
