"""The tiny shop against SQL written by hand over its CSV files."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import Any

import duckdb
import pytest

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "shop"
AS_OF = date(2024, 6, 30)

# What has happened by the end of the as-of day, an order with its items beside it.
VIEWS = """
CREATE VIEW past_orders AS SELECT * FROM orders WHERE placed_at < TIMESTAMP '2024-07-01';
CREATE VIEW past_items AS
    SELECT i.*, o.customer_id, o.placed_at, p.category FROM items i
    JOIN past_orders o ON o.order_id = i.order_id JOIN products p ON p.product_id = i.product_id;
CREATE VIEW past_views AS SELECT * FROM page_views WHERE viewed_at < TIMESTAMP '2024-07-01'
"""

COMPANIES = {
    "enterprise": "SELECT company_id FROM companies WHERE employees >= 1000",
    "good_accounts": """
        SELECT company_id FROM customers JOIN past_orders USING (customer_id)
        WHERE company_id IS NOT NULL AND placed_at >= TIMESTAMP '2023-07-01'
        GROUP BY company_id HAVING sum(amount::DECIMAL(10, 2)) >= 1500""",
}

BIG_SPENDERS = "SELECT customer_id FROM past_orders GROUP BY 1 HAVING sum(amount::DECIMAL(10, 2)) >= 800"
ACTIVE = "SELECT customer_id FROM past_orders WHERE placed_at >= TIMESTAMP '2024-04-02'"
REACHABLE = "SELECT customer_id FROM customers WHERE marketing_opt_in AND email IS NOT NULL"
CUSTOMERS = {
    "norwegians": "SELECT customer_id FROM customers WHERE region = 'NO'",
    "twens": """
        SELECT customer_id FROM customers
        WHERE birth_date > DATE '1994-06-30' AND birth_date <= DATE '2004-06-30'""",
    "perhaps_minors": """
        SELECT customer_id FROM customers WHERE birth_date > DATE '2006-06-30' OR birth_date IS NULL""",
    "reachable": REACHABLE,
    "at_large_companies": """
        SELECT customer_id FROM customers JOIN companies USING (company_id) WHERE employees >= 1000""",
    "at_small_companies": """
        SELECT customer_id FROM customers JOIN companies USING (company_id) WHERE employees < 100""",
    "active": ACTIVE,
    "never_bought": "SELECT customer_id FROM customers EXCEPT SELECT customer_id FROM past_orders",
    "big_spenders": BIG_SPENDERS,
    "win_back": f"({BIG_SPENDERS}) INTERSECT ({REACHABLE}) EXCEPT ({ACTIVE})",
    "quick_starters": """
        SELECT customer_id FROM customers JOIN past_orders USING (customer_id)
        WHERE placed_at::DATE BETWEEN signup_date AND signup_date + 30""",
    "app_people": """
        SELECT customer_id FROM (
            SELECT customer_id, channel,
                row_number() OVER (PARTITION BY customer_id ORDER BY placed_at DESC, order_id DESC) AS back
            FROM past_orders WHERE channel IS NOT NULL)
        WHERE back = 1 AND channel = 'app'""",
    # Of equally frequent categories the one bought last counts; items of one order by their number.
    "toy_lovers": """
        SELECT customer_id FROM (
            SELECT customer_id, category,
                row_number() OVER (PARTITION BY customer_id
                    ORDER BY count(*) DESC, max((placed_at, item_id)) DESC) AS place
            FROM past_items GROUP BY customer_id, category)
        WHERE place = 1 AND category = 'toys'
        UNION
        SELECT customer_id FROM past_items WHERE category = 'toys'
        GROUP BY customer_id HAVING sum(price::DECIMAL(10, 2) * quantity) >= 100""",
    "just_looking": """
        SELECT customer_id FROM past_views
        WHERE customer_id IS NOT NULL AND viewed_at >= TIMESTAMP '2024-06-01' AND url LIKE '/pricing%'
        EXCEPT SELECT customer_id FROM past_orders WHERE placed_at >= TIMESTAMP '2024-06-01'""",
}
ENTITIES = {"companies": (8, COMPANIES), "customers": (60, CUSTOMERS)}


@pytest.fixture(scope="module")
def expected() -> dict[str, dict[str, set[int]]]:
    """The keys in each segment, by entity and by name."""
    connection = duckdb.connect()
    for file in (EXAMPLE / "data").glob("*.csv"):
        connection.read_csv(str(file)).to_table(file.stem)
    for view in VIEWS.split(";"):
        connection.sql(view)
    return {
        entity: {name: {key for (key,) in connection.sql(sql).fetchall()} for name, sql in queries.items()}
        for entity, (_, queries) in ENTITIES.items()
    }


@pytest.fixture(scope="module")
def blocks() -> dict[str, dict[str, Any]]:
    """The report's block for each entity."""
    import segdsl

    report = segdsl.load(EXAMPLE).validate(target="dev", as_of=AS_OF).to_dict()
    assert [f for f in report["findings"] if f["severity"] == "error"] == []
    return {block["entity"]: block for block in report["entities"]}


@pytest.mark.parametrize("entity", ENTITIES)
def test_sizes(entity: str, blocks: dict[str, Any], expected: dict[str, dict[str, set[int]]]) -> None:
    assert set(blocks) == set(ENTITIES)
    assert blocks[entity]["population"] == ENTITIES[entity][0]
    sizes = {s["name"]: s["size"] for s in blocks[entity]["segments"]}
    assert sizes == {name: len(keys) for name, keys in expected[entity].items()}


@pytest.mark.parametrize("entity", ENTITIES)
def test_overlaps(entity: str, blocks: dict[str, Any], expected: dict[str, dict[str, set[int]]]) -> None:
    keys = expected[entity]
    names = [s["name"] for s in blocks[entity]["segments"]]
    found = {(o["a"], o["b"]): o["both"] for o in blocks[entity]["overlaps"]}
    assert found == {(a, b): len(keys[a] & keys[b]) for a, b in combinations(names, 2)}


@pytest.mark.parametrize(
    ("name", "key"),
    [
        (name, f"{'company' if entity == 'companies' else 'customer'}_id")
        for entity in ENTITIES
        for name in ENTITIES[entity][1]
    ],
)
def test_members(name: str, key: str, expected: dict[str, dict[str, set[int]]]) -> None:
    import segdsl

    table = segdsl.load(EXAMPLE).members(name, as_of=AS_OF)
    assert table.column_names == [key]
    entity = "companies" if key == "company_id" else "customers"
    assert sorted(table.column(0).to_pylist()) == sorted(expected[entity][name])


def test_no_segment_is_empty_or_everybody(expected: dict[str, dict[str, set[int]]]) -> None:
    for entity, (population, _) in ENTITIES.items():
        assert all(0 < len(keys) < population for keys in expected[entity].values()), entity


def test_the_data_is_what_the_script_makes(tmp_path: Path) -> None:
    subprocess.run([sys.executable, EXAMPLE / "make_data.py", tmp_path], check=True)
    kept = {file.name: file.read_bytes() for file in (EXAMPLE / "data").iterdir()}
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == kept
