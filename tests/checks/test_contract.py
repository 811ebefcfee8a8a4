"""The catalog held against data: what is counted, and what is not."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

import segdsl

_PROJECT = "language: 1\nname: x\ntargets: {dev: {engine: duckdb, tables: {t: t.csv}}}\n"


def _told(folder: Path, column: str, values: list[str]) -> list[str]:
    """The rules and counts that a float column of some declaration and values breaks."""
    (folder / "segdsl.yaml").write_text(_PROJECT)
    for name, content in (
        ("catalog", f"tables: {{t: {{key: id, columns: {{id: integer, f: {column}}}}}}}\n"),
        ("segments", "entity: t\nsegments: {all: f is known or f is unknown}\n"),
    ):
        (folder / name).mkdir()
        (folder / name / "a.yaml").write_text(content)
    rows = "".join(f"{number},{value}\n" for number, value in enumerate(values))
    (folder / "t.csv").write_text(f"id,f\n{rows}")
    found = segdsl.load(folder).validate(as_of=date(2024, 1, 31)).findings
    return [f"{finding.rule}: {finding.message}" for finding in found]


VALUES = ["1.5", "nan", "inf", "-inf", "", "-2"]


def test_what_is_not_finite_breaks_the_promise_to_be_known(tmp_path: Path) -> None:
    assert _told(tmp_path, "{type: float, nullable: false}", VALUES) == [
        "unexpected-unknown: `t.f` is declared known, and unknown in 4 rows"
    ]


@pytest.mark.parametrize(
    ("bound", "message"),
    [
        ("min: 0", "outside-range: `t.f` is below its `min` of 0.0 in 1 row, such as `-2.0`"),
        ("max: 1", "outside-range: `t.f` is above its `max` of 1.0 in 1 row, such as `1.5`"),
        ("values: [1.5]", "outside-values: `t.f` is not among its `values` in 1 row, such as `-2.0`"),
    ],
)
def test_what_is_not_finite_breaks_no_range(tmp_path: Path, bound: str, message: str) -> None:
    assert _told(tmp_path, f"{{type: float, {bound}}}", VALUES) == [message]


def test_what_is_not_finite_is_not_repeated(tmp_path: Path) -> None:
    assert _told(tmp_path, "{type: float, unique: true}", ["nan", "nan", "inf", "inf", "", "", "1"]) == []
