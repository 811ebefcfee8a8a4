"""Why somebody is in a part of a partition or not."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

import segdsl
from segdsl.checks.why import Verdict
from segdsl.project import Project

DAY = date(2024, 1, 31)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    steps = "".join(f"      step_{number}: age < {10 * number}\n" for number in range(1, 31))
    files = {
        "segdsl.yaml": "{language: 1, name: p, catalog: [c.yaml], segments: [s.yaml], default_target: t, "
        "targets: {t: {engine: duckdb, tables: {people: people.csv}}}}",
        "c.yaml": "tables: {people: {key: id, columns: {id: integer, age: integer}}}",
        "s.yaml": f"entity: people\npartitions:\n  steps:\n    first_match:\n{steps}    otherwise: rest\n"
        "  sizes:\n    exclusive: {small: age < 3, big: age > 50}\n    otherwise: neither\n"
        "segments:\n  late: segment(steps.step_30) or segment(steps.rest)\n",
        "people.csv": "id,age\n1,15\n2,295\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    return segdsl.load(tmp_path)


def lines(verdict: Verdict, depth: int = 0) -> list[str]:
    own = "  " * depth + f"{'yes' if verdict.holds else 'no'}: {verdict.clause.text}"
    return [own, *(line for child in verdict.children for line in lines(child, depth + 1))]


def test_a_part_names_the_part_that_took_the_row(project: Project) -> None:
    assert lines(project.why("steps.step_3", 1, DAY)) == [
        "no: age < 30 and not segment(steps.step_1) and not segment(steps.step_2)",
        "  yes: age < 30",
        "  yes: not segment(steps.step_1)",
        "    no: segment(steps.step_1)",
        "  no: not segment(steps.step_2)",
        "    yes: segment(steps.step_2)",
    ]


def test_parts_are_not_opened_over_and_over(project: Project) -> None:
    """Each part of a waterfall names all before it, and they name theirs: opened, that would be 2^30 clauses."""
    told = lines(project.why("late", 2, DAY))
    assert told[0] == "yes: segment(steps.step_30) or segment(steps.rest)"
    assert "  yes: segment(steps.step_30)" in told
    assert "  no: segment(steps.rest)" in told
    assert len(told) < 150


def test_parts_that_exclude_each_other_are_opened(project: Project) -> None:
    assert lines(project.why("sizes.neither", 1, DAY)) == [
        "yes: not (segment(sizes.small) or segment(sizes.big))",
        "  no: segment(sizes.small) or segment(sizes.big)",
        "    no: segment(sizes.small)",
        "      no: age < 3",
        "    no: segment(sizes.big)",
        "      no: age > 50",
    ]
