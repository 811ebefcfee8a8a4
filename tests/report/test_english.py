"""Expressions in plain English. `UPDATE_SNAPSHOTS=1 pytest tests/report` writes what is expected anew."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import date
from pathlib import Path
from types import UnionType
from typing import Any, cast, get_args

import pytest

import segdsl
from segdsl.diagnostics import Findings
from segdsl.project import Project
from segdsl.report.english import words
from segdsl.report.english.text import Teller
from segdsl.report.english.unknowns import holds_for_unknowns
from segdsl.semantics import ir
from segdsl.semantics.functions import FUNCTIONS
from segdsl.semantics.scope import Frame
from segdsl.source import Fragment
from segdsl.syntax import ast
from segdsl.units import Unit
from tests.spec.backends import write_definitions
from tests.spec.cases import SEGMENT, Case, load_all, parse_yaml

HERE = Path(__file__).parent
EXAMPLES = HERE.parents[1] / "examples"
DAY = date(2024, 1, 31)

CATALOG = """
tables:
  customers:
    entity: customer
    key: customer_id
    columns:
      customer_id: integer
      region: {type: string, values: [ID, MY, NO]}
      home_region: {type: string, nullable: false}
      email: {type: string, description: where we write to, tags: [personal]}
      birth_date: date
      signup_date: {type: date, nullable: false}
      contract_end: date
      last_login: timestamp
      income: 'decimal(12, 2)'
      spend: {type: 'decimal(10, 2)', nullable: false}
      balance: 'decimal(10, 2)'
      postcode: integer
      opt_in: boolean
      has_kids: {type: boolean, nullable: false}
      is_vip: {type: boolean, nullable: false}
      company_id: integer
    links:
      company: {table: companies, column: company_id}
    attributes:
      age: years since birth_date
      idle_days: days since max(orders.placed_at)
      tier: {expr: 'band(spend, 100, 1_000)', description: how much they spend}
      big_baskets: count(orders where discounted and amount > 100)
      usual_hours: most frequent(orders.(band(hour(placed_at), 12, 18)))
  companies:
    entity: company
    key: company_id
    columns: {company_id: integer, industry: string, employees: integer, listed: boolean, country_id: integer}
    links:
      country: {table: countries, column: country_id}
    attributes:
      orders_per_head: count(orders) / employees
  countries: {key: country_id, columns: {country_id: integer, name: string}}
  orders:
    key: order_id
    time: placed_at
    columns:
      order_id: integer
      customer_id: {type: integer, nullable: false}
      store_id: integer
      placed_at: {type: timestamp, nullable: false}
      amount: {type: 'decimal(10, 2)', nullable: false}
      discount: 'decimal(10, 2)'
      channel: string
    links:
      customer: {table: customers, column: customer_id, required: true}
    attributes:
      discounted: discount > 0
  items:
    key: item_id
    time: order.placed_at
    columns: {item_id: integer, order_id: integer, product_id: integer, price: 'decimal(10, 2)', quantity: integer}
    links:
      order: {table: orders, column: order_id}
      product: {table: products, column: product_id}
  products: {key: product_id, columns: {product_id: integer, category: string}}
  transfers:
    key: transfer_id
    time: sent_at
    columns: {transfer_id: integer, from_id: integer, to_id: integer, sent_at: timestamp, amount: 'decimal(10, 2)'}
    links:
      sender: {table: customers, column: from_id}
      receiver: {table: customers, column: to_id}
"""

PROJECT = """
language: 1
name: words
params:
  n: {type: integer, default: 2}
  quiet_days: {type: integer, default: 90}
  big_spend: {type: 'decimal(10, 2)', default: 1500}
  from: {type: date, default: 2024-01-02}
  pattern: {type: string, default: 'a%'}
  categories: {type: list(string), default: [toys, books]}
"""

SEGMENTS = """
entity: customers
segments:
  vip: {title: Very important, where: spend >= 1_000}
  reachable: opt_in and email is known
partitions:
  standing:
    title: Where they stand
    first_match: {quiet: idle_days >= 90, near_by: {title: Near by, where: region = 'ID'}}
    otherwise: others
  untitled: {first_match: {rich: spend >= 1_000}, otherwise: poor}
"""

COMPANIES = "entity: companies\nsegments: {enterprise: employees >= 1_000}\n"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    root = tmp_path_factory.mktemp("words")
    for path, text in (
        ("segdsl.yaml", PROJECT),
        ("catalog/all.yaml", CATALOG),
        ("segments/customers.yaml", SEGMENTS),
        ("segments/companies.yaml", COMPANIES),
    ):
        (root / path).parent.mkdir(exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    found = segdsl.load(root)
    assert not found.check().has_errors
    return found


def tree_of(project: Project, text: str, about: str) -> ast.Expression:
    findings = Findings()
    binder = project.binder(findings)
    tree = binder.parse(Fragment.of_text(text))
    assert tree is not None and binder.bind(tree, Frame(project.catalog.tables[about])) is not None, (
        text,
        list(findings),
    )
    return tree


def english(project: Project, text: str, about: str = "customers") -> str:
    tree = tree_of(project, text, about)
    return Teller(project, DAY).expression(tree, Frame(project.catalog.tables[about])).to_markdown()


# --- snapshots --------------------------------------------------------------------------------------------

CASES_FILE = HERE / "english_cases.yaml"
CASES: list[dict[str, str]] = parse_yaml(CASES_FILE.read_text(encoding="utf-8"))
UPDATE = "UPDATE_SNAPSHOTS" in os.environ


@pytest.mark.parametrize("case", CASES, ids=[case["expression"] for case in CASES])
def test_an_expression_in_english(project: Project, case: dict[str, str]) -> None:
    said = english(project, case["expression"], case.get("about", "customers"))
    if not UPDATE:
        assert said == case["english"].removesuffix("\n")


def test_the_file_of_cases_is_as_it_would_be_written(project: Project) -> None:
    lines = [CASES_FILE.read_text(encoding="utf-8").split("\n", 1)[0]]
    for case in CASES:
        about = case.get("about", "customers")
        lines.append(f"- expression: {case['expression']}")
        lines += [f"  about: {about}"] if about != "customers" else []
        said = english(project, case["expression"], about)
        lines += ["  english: |-", *(f"    {line}".rstrip() for line in said.split("\n"))]
    text = "\n".join(lines) + "\n"
    if UPDATE:
        CASES_FILE.write_text(text, encoding="utf-8")
    assert text == CASES_FILE.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("example", "day"), [("shop", date(2024, 6, 30)), ("completejourney", date(2017, 12, 31))]
)
def test_the_segments_of_an_example_in_english(example: str, day: date) -> None:
    project = segdsl.load(EXAMPLES / example)
    teller = Teller(project, day)
    said = "\n\n".join(f"## {name}\n\n{teller.segment(name).to_markdown()}" for name in project.definitions)
    snapshot = HERE / f"{example}.md"
    if UPDATE:
        snapshot.write_text(said + "\n", encoding="utf-8")
    assert said + "\n" == snapshot.read_text(encoding="utf-8")


def test_parts_name_those_that_come_before_them(tmp_path: Path) -> None:
    (tmp_path / "segdsl.yaml").write_text("{language: 1, name: p, catalog: [c.yaml], segments: [s.yaml]}")
    (tmp_path / "c.yaml").write_text(
        "tables: {people: {key: id, columns: {id: integer, age: integer, city: string}}}"
    )
    (tmp_path / "s.yaml").write_text(
        "entity: people\npartitions:\n"
        "  ages:\n    first_match:\n"
        "      old: {title: Old people, where: age >= 60}\n      here: city = 'Oslo' or age = 1\n      young: age < 20\n"
        "    otherwise: rest\n"
        "  sizes:\n    exclusive: {small: age < 3, big: age > 5}\n    otherwise: neither\n"
    )
    teller = Teller(segdsl.load(tmp_path), DAY)
    said = {name: teller.segment(name).to_markdown() for name in ("ages.here", "ages.rest", "sizes.neither")}
    assert said == {
        "ages.here": "People that meet all of these:\n- at least one of these holds:\n  - their city is 'Oslo'\n"
        "  - their age is 1\n- they are not in *Old people*\n\n"
        "where\n- *Old people*: people whose age is at least 60",
        "ages.rest": "People that are in none of *Old people*, *ages.here* and *ages.young*.\n\n"
        "where\n- *Old people*: people whose age is at least 60\n"
        "- *ages.here*: people that meet all of these:\n  - at least one of these holds:\n"
        "    - their city is 'Oslo'\n    - their age is 1\n  - they are not in *Old people*\n"
        "- *ages.young*: people that meet all of these:\n  - their age is less than 20\n"
        "  - they are in neither *Old people* nor *ages.here*",
        "sizes.neither": "People that are in neither *sizes.small* nor *sizes.big*.\n\n"
        "where\n- *sizes.small*: people whose age is less than 3\n"
        "- *sizes.big*: people whose age is more than 5",
    }


def test_what_is_named_on_an_earlier_day_has_the_days_of_then(tmp_path: Path) -> None:
    (tmp_path / "segdsl.yaml").write_text("{language: 1, name: p, catalog: [c.yaml], segments: [s.yaml]}")
    (tmp_path / "c.yaml").write_text(
        "tables:\n  people: {key: id, columns: {id: integer}, attributes: {visits_lately: count(visits in last 2 days)}}\n"
        "  visits:\n    {key: no, time: day, columns: {no: integer, id: integer, day: date}, links: {p: {table: people, column: id}}}\n"
    )
    (tmp_path / "s.yaml").write_text(
        "entity: people\nsegments:\n"
        "  here: {title: 'Here: now', where: visits_lately > 1}\n"
        "  ever: exists(visits)\n"
        "  left: (segment(here) and segment(ever)) as of 2024-01-10 and not segment(here)\n"
    )
    assert Teller(segdsl.load(tmp_path), DAY).segment("left").to_markdown() == (
        "People that meet all of these:\n- they are in both *Here: now* and *ever* as of 10 January 2024\n"
        "- they are not in *Here: now*\n\nwhere\n"
        "- *Here: now*: people whose *visits lately* is more than 1\n"
        "- *ever*: people that have at least one visit\n"
        "- *visits lately*, as of 10 January 2024: their number of visits in the last 2 days (9 to 10 January 2024)\n"
        "- *visits lately*: their number of visits in the last 2 days (30 to 31 January 2024)"
    )


# --- nothing is left out ----------------------------------------------------------------------------------


def classes_of(annotation: Any) -> set[type]:
    """The classes of a union, those in unions inside it too."""
    if isinstance(annotation, UnionType):
        return {each for part in get_args(annotation) for each in classes_of(part)}
    return {annotation}


def nodes_in(node: Any) -> Iterator[Any]:
    if isinstance(node, tuple):
        for part in node:
            yield from nodes_in(part)
    elif is_dataclass(node) and not isinstance(node, type):
        yield node
        for field in fields(node):
            yield from nodes_in(getattr(node, field.name))


@pytest.fixture(scope="module")
def told(project: Project) -> list[Any]:
    """All nodes in all cases."""
    trees = [tree_of(project, case["expression"], case.get("about", "customers")) for case in CASES]
    return [node for tree in trees for node in nodes_in(tree)]


def test_every_class_of_the_syntax_tree_is_put_into_words(told: list[Any]) -> None:
    wanted = classes_of(ast.Expression) | classes_of(ast.Window)
    assert len(wanted) > 35
    assert wanted - {type(node) for node in told} == set()


def test_every_function_aggregate_and_choice_of_words_is_put_into_words(told: list[Any]) -> None:
    functions = {node.function for node in told if isinstance(node, ast.Call)}
    assert set(FUNCTIONS) - functions == set()
    aggregates = {node.function for node in told if isinstance(node, ast.Aggregate)}
    assert set(get_args(ast.AggregateName)) - aggregates == set()
    relations = {node.relation for node in told if isinstance(node, ast.Relative)}
    assert set(get_args(ast.Relation)) - relations == set()
    for kind, count in ((ast.Comparison, 6), (ast.TextTest, 5), (ast.Arithmetic, 4)):
        assert len({node.operator for node in told if isinstance(node, kind)}) == count
    assert len({node.bound for node in told if isinstance(node, ast.HowMany)}) == 3
    # Minutes are worded as hours are.
    units = {node.unit for node in told if hasattr(node, "unit")}
    assert set(Unit) - units == {Unit.MINUTE}


# --- the rule of unknowns ---------------------------------------------------------------------------------

SPEC = [case for file in load_all() for case in file.cases]
NOTE = re.compile(r"\(or ([^()]* (is|are) not known|there is none)\)")


@pytest.mark.parametrize("case", SPEC, ids=[case.id for case in SPEC])
def test_a_text_tells_of_unknowns_exactly_where_they_count(case: Case, tmp_path: Path) -> None:
    project = segdsl.load(write_definitions(case, tmp_path / "project"))
    english = Teller(project, case.as_of).segment(SEGMENT)
    said = english.to_markdown()
    assert words.bare(said) == said, "marks are left in the text"
    condition = project.segment(SEGMENT).condition
    noted = NOTE.search(said) is not None
    if holds_for_unknowns(condition):
        assert noted
    elif not any(holds_for_unknowns(each) for each in conditions_in(condition)):
        assert not noted


def conditions_in(node: Any) -> Iterator[ir.Condition]:
    """Every condition in a tree of IR, also inside aggregates and segments."""
    if isinstance(node, ir.CONDITIONS):
        yield cast(ir.Condition, node)
    if isinstance(node, tuple):
        for part in node:
            yield from conditions_in(part)
    elif is_dataclass(node) and not isinstance(node, type):
        for field in fields(node):
            if field.name not in ("members", "span"):
                yield from conditions_in(getattr(node, field.name))
