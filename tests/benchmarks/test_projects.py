"""The projects that benchmarks measure."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from random import Random

import segdsl
from benchmarks.projects import CLAUSES, write_project
from benchmarks.stages import Stopwatch, through_stages
from segdsl.statements import statements


def test_a_project_checks_clean_and_compiles(tmp_path: Path) -> None:
    write_project(tmp_path, 60)
    project = segdsl.load(tmp_path)
    assert list(project.check()) == []
    assert len(project.definitions) == 60
    customers = project.catalog.tables["customers"]
    assert len(customers.attributes) + len(customers.columns) > 30
    assert any(project.references(name) for name in project.definitions)
    (statement,) = statements(project, list(project.definitions), "flags", date(2024, 1, 31))
    assert all(name in statement.text() for name in project.definitions)


def test_the_same_seed_gives_the_same_project(tmp_path: Path) -> None:
    for folder, seed in (("a", 1), ("b", 1), ("c", 2)):
        write_project(tmp_path / folder, 25, seed)
    texts = {
        folder: [file.read_text() for file in sorted((tmp_path / folder).rglob("*.yaml"))] for folder in "abc"
    }
    assert texts["a"] == texts["b"] != texts["c"]


def test_every_clause_is_one_that_segdsl_knows(tmp_path: Path) -> None:
    write_project(tmp_path, 0)
    lines = [
        f"  clause_{number}: >-\n    {clause(Random(number))}\n" for number, clause in enumerate(CLAUSES)
    ]
    segments = tmp_path / "segments" / "all.yaml"
    segments.parent.mkdir()
    segments.write_text("entity: customers\nsegments:\n" + "".join(lines), encoding="utf-8")
    project = segdsl.load(tmp_path)
    assert list(project.check()) == []
    assert len(project.definitions) == len(CLAUSES) > 40


def test_a_project_goes_through_all_stages(tmp_path: Path) -> None:
    write_project(tmp_path, 3)
    watch = Stopwatch()
    through_stages(tmp_path, watch)
    assert {"reading YAML", "parsing and binding all", "writing SQL"} <= set(watch.taken)
    assert all(len(taken) == 1 for taken in watch.taken.values())
