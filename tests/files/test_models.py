"""Records of the three kinds of file, and each fault at the value at fault."""

from __future__ import annotations

from datetime import date
from typing import TypeVar

import pytest

from segdsl.diagnostics import Findings
from segdsl.files import yaml
from segdsl.files.models import CatalogFile, ProjectFile, Record, SegmentFile
from segdsl.files.reading import Read, read_record
from segdsl.source import SourceFile

CATALOG = """\
tables:
  customers:
    entity: customer
    key: customer_id
    columns:
      customer_id: integer
      region: {type: string, values: [ID, NO, 01], nullable: false}
      income: 'decimal(12, 2)'
      age: {type: integer, min: 0, max: 1_000, tags: [personal]}
    links:
      company: {table: companies, column: company_id, required: true}
    attributes:
      recency: days since max(orders.placed_at)
      spend: {expr: sum(orders.amount), min: 0}
  客戶: {columns: {名: string}, time: order.placed_at, source: raw.customers}
"""


R = TypeVar("R", bound=Record)


def read(model: type[R], text: str) -> tuple[Read[R], Findings]:
    findings = Findings()
    node = yaml.load_text(SourceFile("f.yaml", text), findings)
    assert node is not None
    return read_record(model, node, findings), findings


def good(model: type[R], text: str) -> R:
    result, findings = read(model, text)
    assert not findings.items, findings.items
    assert result.record is not None and not result.broken
    return result.record


def test_catalog() -> None:
    tables = good(CatalogFile, CATALOG).tables
    customers = tables["customers"]
    assert customers.name == "customers" and (customers.name.span.line, customers.name.span.column) == (2, 3)
    assert customers.key == "customer_id" and customers.key.span.line == 4
    region = customers.columns["region"]
    assert region.values == ("ID", "NO", "01")
    assert region.values[2].span.text == "01" and region.values[2].scalar.value == 1
    assert (region.nullable, region.unique) == (False, False)
    assert region.at("nullable").text == "false" and region.key_at("nullable").text == "nullable"
    assert region.span.text == "region: {type: string, values: [ID, NO, 01], nullable: false}"
    income = customers.columns["income"]
    assert income.type == "decimal(12, 2)" and income.at("type").text == "'decimal(12, 2)'"
    assert income.nullable is True and income.at("nullable").text == "income"
    assert income.has("type") and not income.has("nullable") and region.has("nullable")
    age = customers.columns["age"]
    assert (age.min, age.max, age.tags) == ("0", "1_000", ("personal",))
    company = customers.links["company"]
    assert (company.table, company.column, company.required) == ("companies", "company_id", True)
    assert customers.attributes["recency"].expr.text == "days since max(orders.placed_at)"
    assert customers.attributes["recency"].expr.span.column == 16
    spend = customers.attributes["spend"]
    assert spend.expr.fragment.span(0, 3).text == "sum" and spend.min == "0"
    assert tables["客戶"].source == "raw.customers" and list(tables["客戶"].columns) == ["名"]
    assert tables["客戶"].time == "order.placed_at"


def test_segments() -> None:
    file = good(
        SegmentFile,
        """\
entity: customers
params:
  quiet_days: {type: integer, default: 090}
  regions: {type: list(string), default: [ID, NO]}
segments:
  win_back:
    title: Pelanggan
    description: >-
      High spenders
      gone quiet
    tags: [a, b]
    review_by: 2025-03-31
    stability: stable
    where: |
      recency > $quiet_days
      -- a comment
      and region = 'ID'
  vip: spend > 5
  kategori_客戶: "a = 'b'"
""",
    )
    assert file.entity == "customers" and file.entity.span.column == 9
    assert file.params["quiet_days"].default == "090"
    assert file.params["regions"].default == ("ID", "NO")
    win_back = file.segments["win_back"]
    assert win_back.description == "High spenders gone quiet"
    assert (win_back.review_by, win_back.stability, win_back.tags) == (
        date(2025, 3, 31),
        "stable",
        ("a", "b"),
    )
    assert win_back.where.span.text.startswith("recency") and win_back.where.span.text.endswith("'ID'")
    assert win_back.where.span.line == 15
    assert file.segments["vip"].where.text == "spend > 5" and file.segments["vip"].title is None
    assert file.segments["kategori_客戶"].where.fragment.span(4, 7).text == "'b'"


def test_project() -> None:
    project = good(
        ProjectFile,
        """\
language: 1
name: shop
timezone: Asia/Jakarta
catalog: [catalog/, more/*.yaml]
default_target: dev
targets:
  dev: {engine: duckdb, tables: {orders: data/*.parquet}}
  warehouse: {engine: postgres, url: "${WAREHOUSE_URL}", schema: analytics}
policy:
  require: [owner, description]
  min_size: 50
  sensitive: {forbid: [religion], review: [customers.gender]}
  consent: {attribute: opt_in, for_tags: [activation]}
params:
  min_spend: {type: 'decimal(10, 2)', default: 1000}
rules: {dead-clause: error, other: warn}
""",
    )
    assert (project.language, project.name, project.timezone) == (1, "shop", "Asia/Jakarta")
    assert project.catalog == ("catalog/", "more/*.yaml") and project.segments is None
    assert project.targets["dev"].tables == {"orders": "data/*.parquet"}
    assert project.targets["warehouse"].schema_name == "analytics"
    assert project.targets["warehouse"].url == "${WAREHOUSE_URL}"
    assert project.policy is not None and project.policy.min_size == 50
    assert project.policy.max_segments is None
    assert project.policy.sensitive is not None and project.policy.sensitive.forbid == ("religion",)
    assert project.policy.consent is not None and project.policy.consent.attribute.span.text == "opt_in"
    assert project.rules == {"dead-clause": "error", "other": "warning"}
    assert good(ProjectFile, "language: 1\nname: x\n").timezone == "UTC"


TABLE = "tables:\n  t:\n    "
SEGMENT = "entity: t\nsegments:\n  "
PROJECT = "language: 1\nname: x\n"


@pytest.mark.parametrize(
    ("model", "text", "rule", "message", "help", "marked", "line"),
    [
        (CatalogFile, TABLE + "colums: {}\n", "unknown-key", "`colums` is not known in `t`",
         "did you mean `columns`?", "colums", 3),
        (CatalogFile, TABLE + "key: x\n", "missing-key", "`t` lacks the key `columns`", "add `columns:`", "t", 2),
        (CatalogFile, TABLE + "columns: {a: {type: date, nullable: maybe}}", "wrong-value",
         "`nullable` must be true or false, not `maybe`", None, "maybe", 3),
        (CatalogFile, TABLE + "columns: {a: {type: date, unique: yes}}", "wrong-value",
         "`unique` must be true or false, not `yes`", "write `true`", "yes", 3),
        (CatalogFile, TABLE + "columns: {a: {type: date, values: x}}", "wrong-value",
         "`values` must be a list, not `x`", "write `[x]`", "x", 3),
        (CatalogFile, TABLE + "columns: {a: {type: date, values: [1, [2]]}}", "wrong-value",
         "an entry of `values` must be a single value, not a list", None, "[2]", 3),
        (CatalogFile, TABLE + "columns: {a: {nullable: true}}", "missing-key", "`a` lacks the key `type`",
         "type: string", "a", 3),
        (CatalogFile, TABLE + "columns: {a: [date]}", "wrong-value",
         "`a` must be a mapping of keys, or just its `type`, not a list", None, "[date]", 3),
        (CatalogFile, TABLE + "columns: {a: }", "wrong-value", "`a` has no value", None, "a", 3),
        (CatalogFile, TABLE + "columns: [a]", "wrong-value", "`columns` must be a mapping of names, not a list",
         None, "[a]", 3),
        (CatalogFile, TABLE + "columns: {'': date}", "wrong-name", "this name is empty", None, "''", 3),
        (CatalogFile, TABLE + "columns: {}\n    links: {l: {table: t, column: c, require: true}}", "unknown-key",
         "`require` is not known in `l`", "did you mean `required`?", "require", 4),
        (CatalogFile, TABLE + "columns: {}\n    attributes: {q: }", "wrong-value", "`q` has no expression",
         "recency < 30", "q", 4),
        (CatalogFile, TABLE + "columns: {}\n    attributes: {q: {expr: [1]}}", "wrong-value",
         "`expr` must be an expression, not a list", "`|`", "[1]", 4),
        (CatalogFile, "tables: {t: 5}", "wrong-value", "`t` must be a mapping of keys, not `5`", None, "5", 1),
        (CatalogFile, "tables:\n", "wrong-value", "`tables` must be a mapping of names, not nothing", None,
         "tables", 1),
        (CatalogFile, "[a]\n", "wrong-value", "this file must be a mapping of keys, not a list", None, "[a]", 1),
        (SegmentFile, "segments: {}\n", "missing-key", "the key `entity` is missing from this file",
         "add `entity:", "", 1),
        (SegmentFile, SEGMENT + "a-b: x", "wrong-name", "`a-b` is not a plain word", "`a_b`", "a-b", 3),
        (SegmentFile, SEGMENT + "And: x", "wrong-name", "`And` is a word of the language", "`And_`", "And", 3),
        (SegmentFile, SEGMENT + "1a: x", "wrong-name", "`1a` is not a plain word", "`_1a`", "1a", 3),
        (SegmentFile, SEGMENT + "a: {title: x}", "missing-key", "`a` lacks the key `where`", "add `where:", "a", 3),
        (SegmentFile, SEGMENT + "a: {where: x, title: }", "wrong-value", "`title` has no value", "delete the key",
         "title", 3),
        (SegmentFile, SEGMENT + "a: {where: x, title: [x]}", "wrong-value", "`title` must be text, not a list",
         None, "[x]", 3),
        (SegmentFile, SEGMENT + "a: {where: '  '}", "wrong-value", "`where` has no expression", None, "'  '", 3),
        (SegmentFile, SEGMENT + "a: {where: x, review_by: 2024-02-30}", "wrong-value",
         "`review_by` must be a day of the calendar, which `2024-02-30` is not", None, "2024-02-30", 3),
        (SegmentFile, SEGMENT + "a: {where: x, review_by: soon}", "wrong-value",
         "`review_by` must be a day, not `soon`", "2025-03-31", "soon", 3),
        (SegmentFile, SEGMENT + "a: {where: x, stability: stabel}", "wrong-value",
         "`stability` cannot be `stabel`", "did you mean `stable`?", "stabel", 3),
        (SegmentFile, SEGMENT + "a: {where: x, colour: {}}", "unknown-key", "`colour` is not known in `a`",
         "known here: `title`", "colour", 3),
        (SegmentFile, "entity: t\nsections: {}\n", "unknown-key", "`sections` is not known", "known here",
         "sections", 2),
        (SegmentFile, "entity: t\nparams: {p: {default: 1}}\n", "missing-key", "`p` lacks the key `type`", None,
         "p", 2),
        (ProjectFile, "language: 2\nname: x\n", "wrong-value", "`language` must be 1", "language: 1", "2", 1),
        (ProjectFile, "language: '1'\nname: x\n", "wrong-value", "`language` must be 1", None, "'1'", 1),
        (ProjectFile, "name: x\n", "missing-key", "the key `language` is missing", "add `language: 1`", "", 1),
        (ProjectFile, PROJECT + "timezone: Asia/Jakata", "wrong-value", "`timezone` must be the name of a time zone",
         "did you mean `Asia/Jakarta`?", "Asia/Jakata", 3),
        (ProjectFile, PROJECT + "timezone: ../../etc/passwd", "wrong-value", "`timezone` must be the name of a time zone", None,
         "../../etc/passwd", 3),
        (ProjectFile, PROJECT + "timezone: utc", "wrong-value", "not `utc`", "did you mean `UTC`?", "utc", 3),
        (ProjectFile, PROJECT + "timezone: localtime", "wrong-value", "not `localtime`", "Europe/Paris",
         "localtime", 3),
        (ProjectFile, PROJECT + "timezone: right/UTC", "wrong-value", "not `right/UTC`", None, "right/UTC", 3),
        (ProjectFile, "language: 1.0\nname: x\n", "wrong-value", "`language` must be 1", None, "1.0", 1),
        (ProjectFile, PROJECT + "timezone: Asia", "wrong-value", "`timezone` must be the name of a time zone", None, "Asia", 3),
        (ProjectFile, PROJECT + "policy: {require: [ownr]}", "wrong-value",
         "an entry of `require` cannot be `ownr`", "did you mean `owner`?", "ownr", 3),
        (ProjectFile, PROJECT + "policy: {min_size: -1}", "wrong-value",
         "`min_size` must be a whole number, 0 or more, not `-1`", None, "-1", 3),
        (ProjectFile, PROJECT + "policy: {consent: {for_tags: [a]}}", "missing-key",
         "`consent` lacks the key `attribute`", None, "consent", 3),
        (ProjectFile, PROJECT + "rules: {a: err}", "wrong-value", "`a` cannot be `err`", "`warning`", "err", 3),
        (ProjectFile, PROJECT + "targets: {d: {engine: duckdb, shema: x}}", "unknown-key",
         "`shema` is not known in `d`", "did you mean `schema`?", "shema", 3),
        (ProjectFile, PROJECT + "targets: {d: {schema_name: x, engine: y}}", "unknown-key",
         "`schema_name` is not known in `d`", None, "schema_name", 3),
        (ProjectFile, PROJECT + "catalog: catalog/", "wrong-value", "`catalog` must be a list, not `catalog/`",
         "write `[catalog/]`", "catalog/", 3),
    ],
)  # fmt: skip
def test_faults(
    model: type[Record], text: str, rule: str, message: str, help: str | None, marked: str, line: int
) -> None:
    _, findings = read(model, text)
    (finding,) = findings
    assert finding.rule == rule
    assert message in finding.message
    if help is not None:
        assert finding.help is not None and help in finding.help
    assert finding.span is not None and (finding.span.text, finding.span.line) == (marked, line)


@pytest.mark.parametrize("name", ["नाम", "ชื่อ", "größe", "客戶", "_x1", "count", "segment"])
def test_plain_words_of_any_script(name: str) -> None:
    file = good(SegmentFile, f"entity: t\nparams: {{{name}: {{type: integer}}}}\nsegments: {{{name}: x}}\n")
    assert list(file.segments) == list(file.params) == [name]


def test_a_parameter_may_be_a_reserved_word() -> None:
    # The dollar sign tells it apart.
    assert list(good(SegmentFile, "entity: t\nparams: {days: {type: integer}}\n").params) == ["days"]


def test_all_faults_of_a_file_and_what_is_left_of_it() -> None:
    text = CATALOG + "  bad: {columns: {a: {type: date, min: [1]}}, foo: 1}\n  worse: x\nmore: 1\n"
    result, findings = read(CatalogFile, text)
    assert [f.rule for f in findings] == ["wrong-value", "unknown-key", "wrong-value", "unknown-key"]
    assert result.record is not None and list(result.record.tables) == ["customers", "客戶"]
    assert result.broken == {("tables", "bad"), ("tables", "worse"), ("more",)}


def test_nothing_is_left_without_a_required_key() -> None:
    result, findings = read(SegmentFile, "segments: {a: x}\n")
    assert result.record is None and len(findings) == 1


def test_a_key_of_any_spelling_is_only_a_key() -> None:
    """Keys that look like parts of the machinery are unknown keys and nothing more."""
    for key in ("span", "_node", "model_config", "name", "[key]", "__class__", "file"):
        _, findings = read(SegmentFile, SEGMENT + f"a: {{where: x, '{key}': 1}}")
        assert [f.rule for f in findings] == ["unknown-key"]


def test_an_aliased_value_is_told_where_it_is_written() -> None:
    _, findings = read(SegmentFile, SEGMENT + "a: {where: x, tags: &t y}\n  b: {where: x, tags: *t}\n")
    assert [(f.rule, f.span.line) for f in findings if f.span] == [("wrong-value", 3)]
