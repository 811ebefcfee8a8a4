"""What a segment reads, and how an explanation is laid out."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from importlib import import_module
from pathlib import Path

import pytest
import sqlglot
from rich.console import Console
from sqlglot import exp

import segdsl
from segdsl.diagnostics import Findings, SegdslError
from segdsl.diagnostics.rules import RULES
from segdsl.project import Project
from segdsl.report.explained import show_explanation, show_rule
from segdsl.report.explanation import Explanation, entities_of, explain_expression, explain_segment

# The product does without sqlglot's optimizer; here it resolves names on its own.
qualify = import_module("sqlglot.optimizer.qualify").qualify
traverse_scope = import_module("sqlglot.optimizer.scope").traverse_scope

EXAMPLES = Path(__file__).parents[2] / "examples"
DAY = date(2024, 6, 30)


@pytest.fixture(scope="module")
def shop() -> Project:
    return segdsl.load(EXAMPLES / "shop")


def explained(project: Project, text: str, entity: str = "customers") -> Explanation:
    found = explain_expression(project, text, entity, DAY)
    assert isinstance(found, Explanation), list(found)
    return found


def uses(explanation: Explanation) -> dict[str, str]:
    return {f"{column.table}.{column.column}": column.use for column in explanation.reads}


def page(explanation: Explanation) -> str:
    file = io.StringIO()
    show_explanation(explanation, Console(file=file, width=100))
    return file.getvalue()


# --- what is read -----------------------------------------------------------------------------------------


def test_columns_are_found_behind_links_chains_and_windows(shop: Project) -> None:
    assert uses(explained(shop, "sum(items.(price * quantity) where product.category = 'toys') > 5")) == {
        "customers.customer_id": "key",
        "orders.order_id": "key",
        "orders.customer_id": "key",
        "orders.placed_at": "time",
        "items.order_id": "key",
        "items.product_id": "key",
        "items.price": "value",
        "items.quantity": "value",
        "products.product_id": "key",
        "products.category": "value",
    }
    assert uses(
        explained(shop, "exists(orders within 30 days after signup_date where amount > customer.income)")
    ) == {
        "customers.customer_id": "key",
        "customers.signup_date": "value",
        "customers.income": "value",
        "orders.customer_id": "key",
        "orders.placed_at": "value",
        "orders.amount": "value",
    }


def test_columns_are_found_behind_attributes_and_segments(shop: Project) -> None:
    assert uses(explained(shop, "recency < 30")) == {
        "customers.customer_id": "key",
        "orders.customer_id": "key",
        "orders.placed_at": "value",
    }
    assert uses(explained(shop, "company.segment(enterprise)")) == {
        "customers.customer_id": "key",
        "customers.company_id": "key",
        "companies.company_id": "key",
        "companies.employees": "value",
    }
    # The last of two orders at once is told by their key.
    assert uses(explained(shop, "last(orders.channel) = 'app'"))["orders.order_id"] == "key"


@pytest.mark.parametrize("example", ["shop", "completejourney", "rfm_nine_box", "lifecycle"])
def test_what_is_read_is_what_the_sql_reads(example: str) -> None:
    project = segdsl.load(EXAMPLES / example)
    schema = {
        table.name: {name: "INT" for name in (*table.columns, *table.unlisted)}
        for table in project.catalog.tables.values()
    }
    for name in project.definitions:
        explanation = explain_segment(project, name, DAY)
        assert explanation.sql is not None
        tree = qualify(sqlglot.parse_one(explanation.sql, dialect="duckdb"), schema=schema, dialect="duckdb")
        in_sql = {
            f"{source.name}.{column.name}"
            for scope in traverse_scope(tree)
            for column in scope.columns
            if isinstance(source := scope.sources.get(column.table), exp.Table)
        }
        assert set(uses(explanation)) == in_sql, name


def write_project(root: Path, policy: str, tags: str = "") -> Project:
    (root / "catalog").mkdir(exist_ok=True)
    (root / "segdsl.yaml").write_text(f"language: 1\nname: small\n{policy}")
    (root / "catalog" / "c.yaml").write_text(
        "tables:\n  people:\n    key: id\n    columns:\n      id: integer\n"
        f"      faith: {{type: string, description: as they told us{tags}}}\n      age: integer\n"
        "    attributes:\n      devout: {expr: faith is known, tags: [belief]}\n"
    )
    return segdsl.load(root)


@pytest.mark.parametrize(
    ("policy", "tags", "sensitive"),
    [
        ("", "", False),
        ("", ", tags: [personal]", True),
        ("", ", tags: [sensitive]", True),
        ("", ", tags: [belief]", False),
        ("policy: {sensitive: {forbid: [belief]}}\n", ", tags: [belief]", True),
        ("policy: {sensitive: {review: [belief]}}\n", ", tags: [belief]", True),
        ("policy: {sensitive: {review: [people.faith]}}\n", "", True),
        ("policy: {sensitive: {forbid: [people.age]}}\n", "", False),
    ],
)
def test_tags_and_policy_tell_what_is_sensitive(
    tmp_path: Path, policy: str, tags: str, sensitive: bool
) -> None:
    found = explained(write_project(tmp_path, policy, tags), "faith = 'x'", "people")
    faith = next(column for column in found.reads if column.column == "faith")
    assert faith.sensitive is sensitive
    assert faith.description == "as they told us"
    assert not any(column.sensitive for column in found.reads if column is not faith)


def test_a_sensitive_table_and_a_sensitive_link_are_told(tmp_path: Path) -> None:
    write_project(tmp_path, "")
    (tmp_path / "catalog" / "vows.yaml").write_text(
        "tables:\n  creeds: {key: id, columns: {id: integer, old: boolean}}\n"
        "  vows:\n    key: id\n    tags: [sensitive]\n    columns: {id: integer, person: integer, creed: {type: integer, tags: [belief]}}\n"
        "    links: {by: {table: people, column: person}, to: {table: creeds, column: creed}}\n"
    )
    found = explained(segdsl.load(tmp_path), "exists(vows where to.old)", "people")
    assert {f"{c.table}.{c.column}": c.tags for c in found.reads if c.sensitive} == {
        "vows.person": ("sensitive",),
        "vows.creed": ("belief", "sensitive"),
    }
    assert page(found).partition("READS\n")[2].partition("\n\n")[0] == (
        "table    column   type      tags                care\n"
        "─────────────────────────────────────────────────────────\n"
        "creeds   old      boolean\n"
        "vows     person   integer   sensitive           sensitive\n"
        "vows     creed    integer   belief, sensitive   sensitive\n"
        "and, to find rows and their times: people.id, creeds.id"
    )


def test_an_attribute_with_tags_is_listed_too(tmp_path: Path) -> None:
    project = write_project(tmp_path, "policy: {sensitive: {forbid: [belief]}}\n")
    devout = explained(project, "devout", "people").reads[-1]
    assert devout.to_dict() == {
        "table": "people",
        "column": "devout",
        "type": "boolean",
        "tags": ["belief"],
        "sensitive": True,
        "use": "attribute",
        "description": None,
    }


# --- what refers to what ----------------------------------------------------------------------------------


def test_segments_referred_to_and_referring(shop: Project) -> None:
    win_back = explain_segment(shop, "win_back", DAY)
    assert (win_back.segments, win_back.used_by) == (("big_spenders", "active", "reachable"), ())
    enterprise = explain_segment(shop, "enterprise", DAY)
    assert (enterprise.segments, enterprise.used_by) == ((), ("at_large_companies",))
    assert explained(shop, "not exists(orders) or segment(win_back)").segments == ("win_back",)


# --- SQL and what can't be explained ----------------------------------------------------------------------


def test_the_sql_is_that_of_compile(shop: Project) -> None:
    for name in shop.definitions:
        assert explain_segment(shop, name, DAY).sql == shop.compile(name, as_of=DAY)
    condition = explained(shop, "recency < $active_days").sql
    assert condition == shop.compile("active", as_of=DAY)


def test_a_boolean_column_is_a_condition_and_a_value_has_no_sql(shop: Project) -> None:
    opted = explained(shop, "marketing_opt_in")
    assert opted.sql is not None
    assert opted.english.to_markdown() == "Customers that are marked *marketing opt in*."
    spend = explained(shop, "total_spend")
    assert spend.sql is None
    assert spend.english.to_markdown().startswith("Of each customer: their *total spend*.")


def test_what_is_wrong_with_an_expression_is_found(shop: Project) -> None:
    for text, rule in (
        ("age >", "syntax"),
        ("aeg > 1", "unknown-name"),
        ("age > 'x'", "wrong-type"),
        ("segment(x)", "unknown-name"),
    ):
        found = explain_expression(shop, text, "customers", DAY)
        assert isinstance(found, Findings)
        assert [finding.rule for finding in found] == [rule]
    assert not shop.check().has_errors, "the project's own findings stay as they were"


def test_an_expression_is_about_a_table_with_a_key(shop: Project, tmp_path: Path) -> None:
    with pytest.raises(SegdslError, match="there is no table `customer`"):
        explain_expression(shop, "age > 1", "customer")
    keyless = segdsl.load(EXAMPLES / "completejourney")
    with pytest.raises(SegdslError, match="`coupons` has no key"):
        explain_expression(keyless, "campaign_id = 1", "coupons")


def test_the_tables_that_an_expression_fits(shop: Project) -> None:
    assert entities_of(shop, "age > 1") == ["customers"]
    assert entities_of(shop, "count(orders) > 1") == ["customers", "companies"]
    assert entities_of(shop, "nonsense > 1") == []
    assert isinstance(entities_of(shop, "age >"), Findings)


# --- pages ------------------------------------------------------------------------------------------------


def test_a_page_for_a_pipe(shop: Project) -> None:
    text = page(explain_segment(shop, "reachable", DAY))
    assert text == (
        "Reachable (reachable)\n"
        "Agreed to be written to, and we know where\n"
        "about customers · owner growth@shop.example\n"
        "\n"
        "MEANING, AS OF 30 JUNE 2024\n"
        "Customers that are marked *marketing opt in* and whose email is known.\n"
        "\n"
        "READS\n"
        "table       column             type      tags       care\n"
        "─────────────────────────────────────────────────────────────\n"
        "customers   email              string    personal   sensitive\n"
        "customers   marketing_opt_in   boolean\n"
        "and, to find rows and their times: customers.customer_id\n"
        "\n"
        "SEGMENTS\n"
        "used by win_back\n"
        "\n"
        "SQL\n"
        "SELECT\n"
        "  customer_id\n"
        "FROM customers\n"
        "WHERE\n"
        "  marketing_opt_in AND email IS NOT NULL\n"
    )


def test_what_users_wrote_can_not_command_the_terminal(tmp_path: Path) -> None:
    project = write_project(tmp_path, "")
    (tmp_path / "segments").mkdir()
    (tmp_path / "segments" / "s.yaml").write_text(
        'entity: people\nsegments:\n  odd:\n    title: "a\\eb\\nc"\n    description: "x\\x9by"\n'
        "    where: \"faith = 'p\\e[31mq'\"\n"
    )
    explanation = explain_segment(segdsl.load(tmp_path), "odd", DAY)
    text = page(explanation).partition("\nSQL\n")[0] + explanation.english.to_markdown()
    assert "a␛b c (odd)\nx·y\n" in text
    marked = explained(project, "faith = '\ufdd0x\ufdd2\ue000'", "people").english.to_markdown()
    assert "is '\ufffdx\ufffd\ue000'" in marked
    assert all(character.isprintable() or character == "\n" for character in text)


def test_long_lines_are_broken_but_never_those_of_sql(shop: Project) -> None:
    explanation = explain_segment(shop, "toy_lovers", DAY)
    text, _, sql = page(explanation).partition("\nSQL\n")
    assert max(map(len, text.split("\n"))) <= 100
    assert "\n- their total of price" in text
    assert "\n  is 'toys', is at least 100\n" in text, "under the first letter"
    assert sql == f"{explanation.sql}\n"


def test_no_blanks_are_left_where_a_description_is_broken(shop: Project) -> None:
    found = replace(explain_segment(shop, "toy_lovers", DAY), description="and so on " * 30, title="On " * 50)
    assert [line for line in page(found).split("\n") if line != line.rstrip()] == []


@pytest.mark.parametrize("rule", RULES, ids=[rule.name for rule in RULES])
def test_every_rule_has_its_page(rule: object) -> None:
    file = io.StringIO()
    found = next(each for each in RULES if each is rule)
    show_rule(found, Console(file=file, width=100))
    text = file.getvalue()
    assert text.startswith(f"{found.name} ({found.severity})\n")
    assert all(f"  {line}".rstrip() in text for line in found.example.split("\n"))
    assert "\nMENDED\n" in text and "\nWHY\n" in text
