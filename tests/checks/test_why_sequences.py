"""How far a sequence came, in `why` and where an example fails."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

import segdsl
from segdsl.checks.why import Verdict, to_lines
from segdsl.project import Project

DAY = date(2024, 1, 31)
SEQUENCE = "sequence(carts as c in last 30 days, then no orders within 2 days where cart = c.id, then visits)"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    files = {
        "segdsl.yaml": "{language: 1, name: p, catalog: [c.yaml], segments: [s.yaml], default_target: t, targets: "
        "{t: {engine: duckdb, tables: {people: people.csv, carts: carts.csv, orders: orders.csv, visits: visits.csv}}}}",
        "c.yaml": "tables:\n  people: {key: id, columns: {id: integer}}\n"
        + "".join(
            f"  {name}:\n    key: id\n    time: at\n    columns: {{id: integer, at: date{more}}}\n"
            "    links: {person: {table: people, column: person}}\n"
            for name, more in (("carts", ""), ("orders", ", cart: integer"), ("visits", ""))
        ),
        "s.yaml": f"entity: people\nsegments:\n  left: {SEQUENCE}\n  never: not {SEQUENCE}\n  then: |\n"
        "    (sequence(carts, then visits)) as of 2024-01-10\n",
        "people.csv": "id\n1\n2\n3\n4\n",
        "carts.csv": "id,at,person\n10,2024-01-05,1\n11,2024-01-20,2\n12,2024-01-22,2\n13,2024-01-05,3\n",
        "orders.csv": "id,at,person,cart\n20,2024-01-06,1,10\n21,2024-01-09,3,13\n",
        "visits.csv": "id,at,person\n30,2024-01-07,1\n31,2024-01-25,2\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    return segdsl.load(tmp_path)


def steps(verdict: Verdict) -> list[str]:
    return to_lines(verdict)[1:]


CART = "carts as c in last 30 days"
NO_ORDER = "then no orders within 2 days where cart = c.id"


@pytest.mark.parametrize(
    ("key", "told"),
    [
        (1, [f"+ {CART}  (count(carts in last 30 days) = 1)", f"- {NO_ORDER}", "- then visits  (count(visits) = 1)"]),
        (2, [f"+ {CART}  (count(carts in last 30 days) = 2)", f"+ {NO_ORDER}", "+ then visits  (count(visits) = 1)"]),
        (3, [f"+ {CART}  (count(carts in last 30 days) = 1)", f"+ {NO_ORDER}", "- then visits  (count(visits) = 0)"]),
        (4, [f"- {CART}  (count(carts in last 30 days) = 0)", f"- {NO_ORDER}", "- then visits  (count(visits) = 0)"]),
    ],
)  # fmt: skip
def test_each_step_says_whether_it_came_so_far(project: Project, key: int, told: list[str]) -> None:
    assert steps(project.why("left", key, DAY)) == [f"  {line}" for line in told]
    assert project.why("left", key, DAY).holds is told[-1].startswith("+")


def test_below_a_negation_steps_are_told_as_they_happened(project: Project) -> None:
    told = project.why("never", 2, DAY)
    assert not told.holds
    (sequence,) = told.children
    assert sequence.holds and [step.holds for step in sequence.children] == [True, True, True]


def test_as_of_an_earlier_day(project: Project) -> None:
    told = steps(project.why("then", 2, DAY))
    assert told == [
        "  - sequence(carts, then visits)",
        "    - carts  (count(carts) = 0)",
        "    - then visits  (count(visits) = 0)",
    ]


def test_a_failing_example_says_how_far_the_steps_came(project: Project, tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text(
        f"entity: people\nsegments:\n  left:\n    where: {SEQUENCE}\n    examples:\n"
        "      - {given: {carts: [{at: 2024-01-20}]}, as_of: 2024-01-31, member: true}\n"
    )
    (found,) = segdsl.load(tmp_path).check_examples()
    assert found.help is not None
    told = found.help.splitlines()
    assert "  + carts as c in last 30 days  (count(carts in last 30 days) = 1)" in told
    assert f"  + {NO_ORDER}" in told
    assert "  - then visits  (count(visits) = 0)" in told
