"""Expressions as deep and as wide as the parser lets them be pass through every stage."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

import segdsl
from segdsl.syntax.builder import MAX_DEPTH

DAY = date(2024, 1, 31)
CATALOG = """\
tables:
  t: {key: id, columns: {id: integer}}
  o: {key: oid, time: at, columns: {oid: integer, id: integer, at: date, amount: integer},
      links: {t: {table: t, column: id}}}
"""


def nested(before: str, inside: str, after: str = "", levels: int = MAX_DEPTH - 3) -> str:
    return before * levels + inside + after * levels


DEEP = {
    "parentheses": nested("(", "id = 1", ")", 900),
    "not": nested("not ", "id = 2", levels=MAX_DEPTH - 3),
    "minus": nested("- ", "1 = -id"),
    "abs": nested("abs(", "id", ")") + " = 1",
    "sum": " + ".join(["id"] * (MAX_DEPTH - 3)) + f" = {MAX_DEPTH - 3}",
    "coalesce": nested("coalesce(", "id", ", 1)") + " = 1",
    "if": nested("if(id > 1, 2, ", "1", ")") + " = 1",
    "and within or": nested("(id > 9 or (id > 0 and ", "id = 1", "))", (MAX_DEPTH - 3) // 2),
    "at least": nested("at least 2 of (id = 1, ", "id = 1", ")"),
    "inside where": f"count(o where {nested('(amount > 9 or ', 'amount = 5', ')', MAX_DEPTH - 8)}) = 1",
    "many or": " or ".join(f"id = {number}" for number in range(1, 3000, 2)),
    "long list": f"id in ({', '.join(map(str, range(1, 9999, 2)))})",
}


@pytest.mark.parametrize("name", DEEP)
def test_deep_expressions(name: str, tmp_path: Path) -> None:
    for folder in ("catalog", "segments", "data"):
        (tmp_path / folder).mkdir()
    targets = "targets: {dev: {engine: duckdb, tables: {t: data/t.csv, o: data/o.csv}}}"
    (tmp_path / "segdsl.yaml").write_text(f"language: 1\nname: deep\n{targets}\n")
    (tmp_path / "catalog/c.yaml").write_text(CATALOG)
    (tmp_path / "segments/s.yaml").write_text(f"entity: t\nsegments:\n  s: |\n    {DEEP[name]}\n")
    (tmp_path / "data/t.csv").write_text("id\n1\n2\n")
    (tmp_path / "data/o.csv").write_text("oid,id,at,amount\n1,1,2024-01-01,5\n")
    project = segdsl.load(tmp_path)
    assert [finding.message for finding in project.check()] == []
    assert project.compile("s", as_of=DAY)
    assert project.members("s", DAY).column(0).to_pylist() == [1]
