"""The statements of a plan: their shapes, their texts and what they give."""

from __future__ import annotations

from decimal import Decimal

import duckdb
import pytest
import sqlglot
from sqlglot import exp

from segdsl.planner import plan
from segdsl.semantics import ir
from segdsl.semantics.types import INTEGER
from segdsl.sql import flags_query, long_query, members_query, overlap_query, sizes_query, to_text
from tests.sql.shop import (
    AS_OF,
    COMPANY,
    CUSTOMER,
    aggregate,
    both_answers,
    column,
    compare,
    database,
    event,
    exists,
    member,
    members,
    orders,
    segment,
)

RECENT = exists(orders(low="2024-01-02", high="2024-01-31"))
RICH = compare(aggregate(ir.Function.SUM, event("amount")), ">", Decimal("5"))
ACTIVE, VALUE = segment(RECENT, "active"), segment(RICH, "value")
VIP = segment(ir.And((member(RECENT, name="active"), member(RICH, name="value"))), "vip")
ALL = [ACTIVE, VALUE, VIP]


def test_shapes() -> None:
    planned = plan(ALL, AS_OF)
    with database() as connection:
        found = {
            make.__name__: connection.sql(to_text(make(planned))).to_arrow_table().to_pydict()
            for make in (flags_query, long_query, sizes_query, overlap_query)
        }
    assert list(found["flags_query"]) == ["customer_id", "active", "value", "vip"]
    assert sorted(found["flags_query"]["customer_id"]) == [1, 2, 3, 4, 5]
    assert sorted(zip(*found["long_query"].values(), strict=True)) == [
        (1, "active"),
        (1, "value"),
        (1, "vip"),
        (2, "value"),
        (4, "active"),
    ]
    assert found["sizes_query"] == {"segment": ["active", "value", "vip"], "size": [2, 2, 1]}
    assert found["overlap_query"] == {
        "a": ["active", "active", "value"],
        "b": ["value", "vip", "vip"],
        "both": [1, 1, 1],
    }


def test_one_statement_for_one_segment_reads_only_its_own() -> None:
    text = to_text(members_query(plan(ALL, AS_OF), "value"), comment="value\nof customers")
    assert (
        text
        == """-- value
-- of customers
WITH orders_to_2024_01_31 AS (
  SELECT
    customer_id,
    SUM(amount) AS sum_amount
  FROM orders
  WHERE
    placed_at < CAST('2024-02-01 00:00:00' AS TIMESTAMP) AND customer_id IS NOT NULL
  GROUP BY
    customer_id
)
SELECT
  customers.customer_id
FROM customers
LEFT JOIN orders_to_2024_01_31
  ON customers.customer_id = orders_to_2024_01_31.customer_id
WHERE
  COALESCE(orders_to_2024_01_31.sum_amount, 0) > 5.0"""
    )


def test_texts_are_the_same_in_every_run_and_mean_the_same_to_another_parser() -> None:
    for make in (flags_query, long_query, sizes_query, overlap_query):
        text = to_text(make(plan(ALL, AS_OF)))
        assert text == to_text(make(plan(ALL, AS_OF)))
        again = to_text(sqlglot.parse_one(text, dialect="duckdb"))
        with database() as connection:
            first, second = (sorted(connection.execute(each).fetchall()) for each in (text, again))
        assert first and first == second


def test_the_population_leaves_out_who_is_not_there_yet() -> None:
    joined = column("joined")
    segments = [segment(ir.Always(True), "all", joined), segment(RECENT, "active", joined)]
    (everyone, recent) = both_answers(segments)
    assert everyone == ({1, 2, 5}, {1, 2, 5})
    assert recent == ({1}, {1})


def test_a_linked_segment_is_about_all_rows_of_its_table() -> None:
    # Customer 4 joins after the as-of day: not in the population, yet an order's customer all the same.
    big = member(compare(column("region"), "=", "id "), scope=ir.Scope.ENTITY, name="ids")
    ((expected, found),) = both_answers([segment(exists(orders(big)), "it", column("joined"))])
    assert expected == found == set()
    assert members(exists(orders(member(compare(column("region"), "=", "id "), CUSTOMER)))) == {4}


def test_references_that_go_through_events_and_back() -> None:
    first = RECENT
    second = exists(orders(member(first, scope=ir.Scope.ENTITY, name="first")))
    third = ir.And((exists(orders(member(second, CUSTOMER, name="second"))), member(first, name="first")))
    fourth = member(ir.And((member(third, name="third"), RICH)), negated=True, name="inner")
    segments = [segment(c, f"s{i}") for i, c in enumerate((first, second, third, fourth))]
    for expected, found in both_answers(segments):
        assert expected == found


def test_depth_costs_no_more_than_its_levels() -> None:
    condition: ir.Condition = compare(column("points"), ">", 0)
    for n in range(25):
        one, other = (member(condition, negated=negated, name=f"s{n}") for negated in (False, True))
        condition = ir.Or((ir.And((one, compare(column("points"), ">", n % 3))), ir.And((other, RECENT))))
    ((expected, found),) = both_answers([segment(condition)])
    assert expected == found


def test_names_that_differ_in_case_only() -> None:
    segments = [segment(RECENT, "Vip"), segment(RICH, "vip"), segment(ir.Always(True), "region")]
    assert [found for _, found in both_answers(segments)] == [{1, 4}, {1, 2}, {1, 2, 3, 4, 5}]
    with database() as connection:
        sizes = connection.execute(to_text(sizes_query(plan(segments, AS_OF)))).fetchall()
    assert sizes == [("Vip", 2), ("vip", 2), ("region", 5)]


def test_names_of_segments_may_be_those_of_tables_and_columns() -> None:
    staff = compare(column("employees", COMPANY), ">", 10)
    segments = [
        segment(staff, "company"),
        segment(compare(column("employees", COMPANY), ">", 100), "orders"),
        segment(ir.And((RECENT, member(staff, name="company"))), "customers"),
        segment(compare(column("points"), ">", 0), "points"),
        segment(ir.And((member(RECENT, name="x"), compare(column("points"), "<", 0))), "count_orders"),
    ]
    answers = both_answers(segments)
    assert [found for _, found in answers] == [expected for expected, _ in answers]


def test_many_segments() -> None:
    segments = [
        segment(ir.And((compare(column("points"), ">", n), compare(column("points"), "!=", n + 1))), f"s{n}")
        for n in range(300)
    ]
    planned = plan(segments, AS_OF)
    with database() as connection:
        sizes = connection.execute(to_text(sizes_query(planned))).fetchall()
        overlaps = connection.execute(to_text(overlap_query(planned))).fetchall()
    assert sizes[:3] == [("s0", 2), ("s1", 2), ("s2", 1)]
    assert len(overlaps) == 300 * 299 // 2
    assert overlaps[0] == ("s0", "s1", 2)


@pytest.mark.parametrize("key", ["position", "segment", "a", "size", "flags", "select", 'q"x'])
def test_a_key_may_be_named_as_columns_of_the_results(key: str) -> None:
    things = ir.Table("things", "things", key, key, INTEGER)
    points = ir.Column(ir.Scope.ROW, (), "things", "points", "points", INTEGER, True)
    segments = [
        ir.Segment(name, ir.Population(things, None), compare(points, ">", least))
        for name, least in (("some", 0), ("few", 1), (key, 2))
    ]
    planned = plan(segments, AS_OF)
    with duckdb.connect() as connection:
        name = exp.to_identifier(key, quoted=True).sql("duckdb")
        connection.execute(f"CREATE TABLE things AS SELECT i AS {name}, i AS points FROM range(4) t(i)")
        answers = {
            make.__name__: connection.execute(to_text(make(planned))).fetchall()
            for make in (flags_query, long_query, sizes_query, overlap_query)
        }
    assert sorted(answers["flags_query"]) == [(n, n > 0, n > 1, n > 2) for n in range(4)]
    assert len(answers["long_query"]) == 6
    assert answers["sizes_query"] == [("some", 3), ("few", 2), (key, 1)]
    assert answers["overlap_query"] == [("some", "few", 2), ("some", key, 1), ("few", key, 1)]
