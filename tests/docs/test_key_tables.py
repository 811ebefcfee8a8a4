"""The tables of keys in the manual: each key of the models stands in its table, and no other."""

from __future__ import annotations

import re

import pytest

from segdsl.files import models
from segdsl.semantics.types import TYPE_NAMES
from tests.docs.pages import ROOT

TABLES = [
    ("catalog.md", "Tables", models.TableRecord),
    ("catalog.md", "Columns", models.ColumnRecord),
    ("catalog.md", "Links", models.LinkRecord),
    ("catalog.md", "Attributes", models.AttributeRecord),
    ("project.md", "Keys of segdsl.yaml", models.ProjectFile),
    ("project.md", "Targets", models.TargetRecord),
    ("project.md", "Parameters", models.ParamRecord),
    ("segments.md", "Keys of a file", models.SegmentFile),
    ("segments.md", "Keys of a segment", models.SegmentRecord),
    ("segments.md", "Partitions", models.PartitionRecord),
    ("segments.md", "Parts", models.PartRecord),
    ("segments.md", "Grids", models.AxisRecord),
    ("segments.md", "Expectations", models.ExpectRecord),
    ("segments.md", "Examples", models.ExampleRecord),
]


def _section(page: str, heading: str) -> str:
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    found = re.search(rf"^#+ {re.escape(heading)}\n(.*?)(?=^#+ |\Z)", text, re.M | re.S)
    assert found, f"{page} has no section {heading}"
    return found[1]


def _rows(section: str, head: str) -> dict[str, str]:
    """What the table with that heading says of each of the words in its first column."""
    table = section.partition(f"| {head} ")[2].partition("\n\n")[0]
    rows = re.findall(r"^\| (`.*?)\s*\| (.*?)\s*\|$", table, re.M)
    return {name: text for names, text in rows for name in re.findall(r"`([^`]+)`", names)}


@pytest.mark.parametrize(("page", "heading", "model"), TABLES, ids=[heading for _, heading, _ in TABLES])
def test_keys(page: str, heading: str, model: type[models.Record]) -> None:
    rows = _rows(_section(page, heading), "key")
    fields = {field.alias or name: field for name, field in model.model_fields.items()}
    assert set(rows) == set(fields)
    assert {name for name, text in rows.items() if "; required" in text} == {
        name for name, field in fields.items() if field.is_required()
    }


def test_types() -> None:
    assert set(_rows(_section("catalog.md", "Columns"), "type")) == set(TYPE_NAMES)


def test_a_missing_row_is_seen() -> None:
    section = "| key | |\n| --- | --- |\n| `a`, `b` | one; required |\n| `c`   | two |\n\nText with `d`.\n"
    assert _rows(section, "key") == {"a": "one; required", "b": "one; required", "c": "two"}
