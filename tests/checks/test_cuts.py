"""Where tiles begin on the data, and the same as a band."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

import segdsl
from segdsl.project import Project
from segdsl.report.explanation import Explanation, explain_expression, explain_segment

DAY = date(2024, 1, 31)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    files = {
        "segdsl.yaml": "{language: 1, name: p, catalog: [c.yaml], segments: [s.yaml], default_target: t, "
        "targets: {t: {engine: duckdb, tables: {people: people.csv, visits: visits.csv}}}, "
        "params: {tiles: {type: integer, default: 2}}}",
        "c.yaml": "tables:\n  people:\n    key: id\n    columns: {id: integer, age: integer, born: date, friend_id: integer}\n"
        "    links: {friend: {table: people, column: friend_id}}\n"
        "    attributes:\n      visit_count: count(visits)\n      half: ntile($tiles, age)\n"
        "      busy: ntile(2, visit_count) = half\n      oldest: 'ntile(2, born)'\n      alone: 'ntile(2, age per born)'\n"
        "  visits:\n    key: visit\n    columns: {visit: integer, id: integer, half: integer}\n"
        "    links: {person: {table: people, column: id}}\n",
        "s.yaml": "entity: people\nparams: {thirds: {type: integer, default: 3}}\nsegments:\n"
        "  half: ntile($thirds, age) = 1\n  both: segment(half) and half = 2\n",
        "people.csv": "id,age,born,friend_id\n1,10,2014-01-01,2\n2,20,2004-01-01,1\n3,30,1994-01-01,1\n4,,,\n",
        "visits.csv": "visit,id,half\n1,1,1\n2,1,1\n3,2,1\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    return segdsl.load(tmp_path)


def cuts(explanation: object) -> list[tuple[str, str | None]]:
    assert isinstance(explanation, Explanation)
    return [(cut.rank, cut.frozen or cut.why) for cut in explanation.cuts]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("ntile(2, age) = 1", [("ntile(2, age)", "band(age, 30)")]),
        ("half", [("ntile($tiles, age)", "band(age, 30)")]),
        ("half = 1 and not half = 2", [("ntile($tiles, age)", "band(age, 30)")]),
        (
            "busy",
            [("ntile(2, visit_count)", "band(visit_count, 1)"), ("ntile($tiles, age)", "band(age, 30)")],
        ),
        ("oldest = 1", [("ntile(2, born)", "`band` cuts numbers, and this ranks times")]),
        ("alone = 1", [("ntile(2, age per born)", "each group has cut points of its own")]),
        # `half` of a visit, of a friend and of a segment's name, and on another day.
        ("count(visits where half = 1) > 0 and half = 1", [("ntile($tiles, age)", "band(age, 30)")]),
        ("friend.half = 1 and half = 1", [("ntile($tiles, age)", "band(age, 30)")]),
        ("segment(half)", []),
        ("(half = 1) as of 30 days ago", []),
    ],
)
def test_the_tiles_of_an_expression(
    project: Project, expression: str, expected: list[tuple[str, str]]
) -> None:
    assert cuts(explain_expression(project, expression, "people", DAY, "t")) == expected


def test_an_attribute_knows_the_parameters_of_the_project_alone(project: Project) -> None:
    assert cuts(explain_segment(project, "half", DAY, "t")) == [("ntile($thirds, age)", "band(age, 20, 30)")]
    assert cuts(explain_segment(project, "both", DAY, "t")) == [("ntile($tiles, age)", "band(age, 30)")]


def test_without_a_target_the_data_are_not_asked(project: Project) -> None:
    assert cuts(explain_expression(project, "half", "people", DAY)) == []
