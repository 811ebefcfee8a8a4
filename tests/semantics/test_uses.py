"""What a segment reads, by every way a condition can reach a column."""

from __future__ import annotations

from pathlib import Path

import pytest

import segdsl
from tests.cli import small

CATALOG = """\
tables:
  people:
    entity: person
    key: id
    columns: {id: integer, region: string, born: date, joined: date, shop: string}
    links: {shop_of: {table: shops, column: shop}}
    attributes:
      age: years since born
      old: age > 60
      visits: count(visits)
  shops:
    key: code
    columns: {code: string, city: string, chain: string}
    links: {chain_of: {table: chains, column: chain}}
  chains:
    key: name
    columns: {name: string, country: string}
  orders:
    key: order_id
    time: placed_on
    columns: {order_id: integer, person_id: integer, placed_on: date, amount: integer, channel: string}
    links: {person: {table: people, column: person_id}}
  items:
    key: item_id
    time: order.placed_on
    columns: {item_id: integer, order_id: integer, price: integer, quantity: integer}
    links: {order: {table: orders, column: order_id}}
  visits:
    columns: {person_id: integer, page: string}
    links: {person: {table: people, column: person_id}}
"""
ORDERS = "orders.person_id orders.placed_on"


def read(folder: Path, where: str) -> tuple[set[str], set[str], tuple[str, ...]]:
    """The columns (but the key of `people`, which is always read), tables and segments."""
    text = f"entity: people\nsegments:\n  northern: region = 'NO'\n  asked: >-\n    {where}\n"
    small.write(folder, catalog__people=CATALOG, segments__people=text, segments__more__shops=None)
    project = segdsl.load(folder)
    assert not project.check().has_errors, list(project.check())
    used = project.uses("asked")
    assert used is not None
    columns = {f"{table}.{column}" for table, column in used.columns}
    assert "people.id" in columns
    return columns - {"people.id"}, set(used.tables), used.segments


@pytest.mark.parametrize(
    ("where", "columns"),
    [
        ("region = 'NO'", "people.region"),
        ("not (region = 'NO' or born is known)", "people.region people.born"),
        ("if(region = 'NO', born, joined) > 2024-01-01", "people.region people.born people.joined"),
        ("old", "people.born"),
        ("age between 20 and 30", "people.born"),
        ("shop_of.city = 'Oslo'", "people.shop shops.code shops.city"),
        ("shop_of.chain_of.country = 'NO'", "people.shop shops.code shops.chain chains.name chains.country"),
        ("exists(visits)", "visits.person_id"),
        ("visits > 3", "visits.person_id"),
        ("exists(orders)", ORDERS),
        ("exists(orders in last 30 days where channel = 'app')", f"{ORDERS} orders.channel"),
        ("exists(orders within 30 days after joined)", f"{ORDERS} people.joined"),
        ("exists(orders where person.region = channel)", f"{ORDERS} people.region orders.channel"),
        ("exists(orders where person.born < 2000-01-01)", f"{ORDERS} people.born"),
        ("sum(orders.amount) > 1", f"{ORDERS} orders.amount"),
        ("last(orders.channel) = 'app'", f"{ORDERS} orders.channel orders.order_id"),
        ("most frequent(orders.channel) = 'app'", f"{ORDERS} orders.channel orders.order_id"),
        (
            "sum(items.(price * quantity) where order.channel = 'app') > 1",
            f"{ORDERS} orders.order_id orders.channel items.order_id items.price items.quantity",
        ),
        ("at least 2 of (region = 'NO', exists(visits), born is known)", "people.region visits.person_id people.born"),
        ("band(age, 20, 30) = 1", "people.born"),
        ("segment(northern)", "people.region"),
        ("not segment(northern) and joined is known", "people.region people.joined"),
        ("true = true", ""),
    ],
)  # fmt: skip
def test_columns(tmp_path: Path, where: str, columns: str) -> None:
    found, tables, _ = read(tmp_path, where)
    assert found == set(columns.split())
    assert tables == {"people"} | {column.split(".")[0] for column in columns.split()}


@pytest.mark.parametrize(
    ("where", "segments"),
    [
        ("region = 'NO'", ()),
        ("segment(northern)", ("northern",)),
        ("not segment(northern) or segment(northern) and old", ("northern",)),
        ("exists(orders where person.segment(northern))", ("northern",)),
    ],
)
def test_segments(tmp_path: Path, where: str, segments: tuple[str, ...]) -> None:
    assert read(tmp_path, where)[2] == segments


def test_only_direct_references_are_named_but_all_is_read(tmp_path: Path) -> None:
    text = (
        "entity: people\nsegments:\n  a: region = 'NO'\n  b: segment(a) and born is known\n  c: segment(b)\n"
    )
    small.write(tmp_path, catalog__people=CATALOG, segments__people=text, segments__more__shops=None)
    used = segdsl.load(tmp_path).uses("c")
    assert used is not None
    assert used.segments == ("b",)
    assert used.columns == {("people", "id"), ("people", "region"), ("people", "born")}


def test_a_segment_with_errors_reads_nothing_that_is_known(tmp_path: Path) -> None:
    small.write(tmp_path, segments__people="entity: people\nsegments:\n  wrong: regoin = 'NO'\n")
    assert segdsl.load(tmp_path).uses("wrong") is None
