"""Names of segments, the parts of partitions, and what `for_each` stamps."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

import segdsl
from segdsl.project import Project
from segdsl.reference.interpreter import members
from segdsl.syntax.printer import to_text

CATALOG = """\
tables:
  customers:
    entity: customer
    key: id
    columns:
      id: integer
      region: {type: string, values: [ID, MY, NO]}
      spend: integer
"""
ROWS = [
    {"id": 1, "region": "ID", "spend": 5},
    {"id": 2, "region": "MY", "spend": 50},
    {"id": 3, "region": None, "spend": 500},
    {"id": 4, "region": "ID", "spend": None},
]


def load(folder: Path, segments: str, more: Mapping[str, str] | None = None) -> Project:
    files = {
        "segdsl.yaml": "language: 1\nname: p\n",
        "catalog/c.yaml": CATALOG,
        "segments/a.yaml": f"entity: customers\n{segments}",
        **(more or {}),
    }
    for path, text in files.items():
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return segdsl.load(folder)


def who(project: Project, name: str) -> set[int]:
    return members(project.segment(name), {"customers": ROWS}, date(2024, 1, 31))


def told(project: Project) -> list[tuple[str, str, str]]:
    return [(f.rule, f.message, f.span.text if f.span else "") for f in project.check()]


# --- for_each ---------------------------------------------------------------------------------------------


def test_for_each_stamps_a_segment_per_value(tmp_path: Path) -> None:
    project = load(
        tmp_path,
        "segments:\n  'from_{country}':\n    for_each: {country: [ID, NO]}\n    title: From {country}\n"
        "    where: region = $country\n  all_of_them: segment(from_id) or segment(from_no)\n",
    )
    assert told(project) == []
    assert list(project.definitions) == ["from_id", "from_no", "all_of_them"]
    assert project.definitions["from_no"].title == "From NO"
    assert who(project, "from_id") == {1, 4} and who(project, "all_of_them") == {1, 4}


def test_for_each_crosses_its_names_and_knows_numbers(tmp_path: Path) -> None:
    project = load(
        tmp_path,
        "segments:\n  's{n}_{country}':\n    for_each: {n: [5, 50], country: ['ID', MY]}\n"
        "    where: spend >= $n and region = $country\n",
    )
    assert told(project) == []
    assert {name: who(project, name) for name in project.definitions} == {
        "s5_id": {1}, "s5_my": {2}, "s50_id": set(), "s50_my": {2},
    }  # fmt: skip


def test_names_are_slugged(tmp_path: Path) -> None:
    project = load(
        tmp_path,
        "segments:\n  'x_{a}':\n    for_each: {a: [Siberian Husky, 'Á/b', '01']}\n    where: region = $a\n",
        {"catalog/c.yaml": CATALOG.replace(", values: [ID, MY, NO]", "")},
    )
    assert told(project) == []
    assert list(project.definitions) == ["x_siberian_husky", "x_á_b", "x_01"]


@pytest.mark.parametrize(
    ("segments", "expected"),
    [
        (
            "'x_{a}': {for_each: {a: [a b, a-b]}, where: 'region = $a'}",
            ("duplicate-name", "two of the values make the same name `x_a_b`", "'x_{a}'"),
        ),
        (
            "'x_{a}': {for_each: {b: [ID]}, where: 'region = $b'}",
            ("unknown-name", "`{a}` is not one of the names under `for_each`", "'x_{a}'"),
        ),
        (
            "x: {for_each: {b: [ID]}, where: 'region = $b'}",
            ("wrong-name", "the name `x` does not hold `{b}`, so all segments would be called the same", "x"),
        ),
        (
            "'x_{a}': {for_each: {a: []}, where: 'region = $a'}",
            ("wrong-value", "`a` has no values", "{a: []}"),
        ),
    ],
)
def test_what_for_each_can_get_wrong(tmp_path: Path, segments: str, expected: tuple[str, str, str]) -> None:
    project = load(
        tmp_path,
        f"segments:\n  {segments}\n",
        {"catalog/c.yaml": CATALOG.replace(", values: [ID, MY, NO]", "")},
    )
    assert expected in told(project)


def test_a_name_of_for_each_hides_no_parameter(tmp_path: Path) -> None:
    project = load(
        tmp_path,
        "params: {a: {type: string, default: ID}}\nsegments:\n  'x_{a}':\n    for_each: {a: [MY]}\n"
        "    where: region = $a\n",
    )
    assert [(rule, message) for rule, message, _ in told(project)] == [
        ("duplicate-name", "`$a` is already a parameter")
    ]


# --- partitions -------------------------------------------------------------------------------------------


def test_a_waterfall_takes_the_first_that_holds(tmp_path: Path) -> None:
    project = load(
        tmp_path,
        "partitions:\n  level:\n    owner: me\n    first_match:\n      some: spend >= 5\n      much: spend >= 50\n"
        "      abroad: not region = 'ID'\n    otherwise: rest\n",
    )
    assert told(project) == []
    assert {name: who(project, name) for name in project.definitions} == {
        "level.some": {1, 2, 3}, "level.much": set(), "level.abroad": set(), "level.rest": {4},
    }  # fmt: skip
    assert {d.owner for d in project.definitions.values()} == {"me"}
    assert to_text(project.body("level.much")) == "spend >= 50 and not spend >= 5"  # type: ignore[arg-type]


def test_exclusive_parts_may_overlap_until_it_is_found(tmp_path: Path) -> None:
    project = load(
        tmp_path,
        "partitions:\n  level:\n    exclusive:\n      low: spend < 100\n      known: spend is known\n",
    )
    assert told(project) == []
    assert who(project, "level.low") == {1, 2} and who(project, "level.known") == {1, 2, 3}


def test_a_grid_has_a_part_for_each_cell(tmp_path: Path) -> None:
    project = load(
        tmp_path,
        "partitions:\n  cells:\n    grid:\n      spend: {by: 'ntile(2, spend)', labels: [low, high]}\n"
        "      region: {by: region}\n    otherwise: none\nsegments:\n  x: segment(cells.low_id) or spend > 400\n",
    )
    assert told(project) == []
    assert list(project.definitions) == [
        "cells.low_id", "cells.low_my", "cells.low_no", "cells.high_id", "cells.high_my", "cells.high_no",
        "cells.none", "x",
    ]  # fmt: skip
    assert who(project, "cells.low_id") == {1} and who(project, "cells.none") == {3, 4}
    assert who(project, "x") == {1, 3}


def test_axis_of_a_column_takes_labels_in_the_order_of_its_values(tmp_path: Path) -> None:
    project = load(
        tmp_path,
        "partitions:\n  home:\n    grid:\n      r: {by: region, labels: [home, near, far]}\n    otherwise: lost\n",
    )
    assert told(project) == []
    assert who(project, "home.home") == {1, 4} and who(project, "home.lost") == {3}


@pytest.mark.parametrize(
    ("partition", "expected"),
    [
        ("{otherwise: rest}", ("wrong-value", "`p` has no parts", "{otherwise: rest}")),
        (
            "{first_match: {a: spend > 1}, exclusive: {b: spend > 2}}",
            (
                "wrong-value",
                "`p` must be of one kind, not both `first_match` and `exclusive`",
                "{first_match: {a: spend > 1}, exclusive: {b: spend > 2}}",
            ),
        ),
        (
            "{first_match: {a: spend > 1}, otherwise: a}",
            ("duplicate-name", "the partition `p` has two parts named `a`", "p"),
        ),
        (
            "{first_match: {a: segment(p.b), b: spend > 1}}",
            ("cycle", "the segment `p` is defined by itself", "p.b"),
        ),
        ("{exclusive: {a: spend > 'x'}}", ("wrong-type", "an integer can't be compared with text", "'x'")),
        (
            "{grid: {r: {by: region, labels: [a, b]}}}",
            ("wrong-value", "`r` has 2 labels for the 3 values of its column", "[a, b]"),
        ),
        ("{grid: {s: {by: spend}}}", ("missing-key", "`s` lacks the key `labels`", "s")),
        (
            "{grid: {s: {by: spend, labels: [a, a]}}}",
            ("duplicate-name", "a label of `s` stands twice", "[a, a]"),
        ),
        (
            "{grid: {s: {by: spend, labels: [a b]}}}",
            ("wrong-name", "an entry of `labels` can't be `a b`: it is not a plain word", "a b"),
        ),
        (
            "{grid: {s: {by: spend / 2, labels: [a]}}}",
            (
                "wrong-type",
                "a grid is made by whole numbers from 1, or by a column with `values`, not by a number",
                "spend / 2",
            ),
        ),
    ],
)
def test_what_a_partition_can_get_wrong(
    tmp_path: Path, partition: str, expected: tuple[str, str, str]
) -> None:
    assert expected in told(load(tmp_path, f"partitions:\n  p: {partition}\n"))


def test_a_partition_is_no_segment(tmp_path: Path) -> None:
    project = load(
        tmp_path,
        "partitions:\n  p: {first_match: {a: spend > 1}, otherwise: b}\nsegments:\n  x: segment(p)\n",
    )
    (finding,) = project.check()
    assert finding.message == "there is no segment `p`"
    assert finding.help == "`p` is a partition: name one of its parts, such as `segment(p.a)`"


def test_names_are_unique_over_segments_and_partitions(tmp_path: Path) -> None:
    project = load(
        tmp_path,
        "segments: {a: spend > 1}\npartitions:\n  a: {first_match: {b: spend > 1}}\n",
        {"segments/b.yaml": "entity: customers\nsegments: {a: spend > 2}\n"},
    )
    assert [(rule, message) for rule, message, _ in told(project)] == [
        ("duplicate-name", "the partition `a` is already in segments/a.yaml, line 2"),
        ("duplicate-name", "the segment `a` is already in segments/a.yaml, line 2"),
    ]


def test_a_mistake_in_a_part_is_told_once(tmp_path: Path) -> None:
    project = load(
        tmp_path,
        "partitions:\n  p: {first_match: {a: spnd > 1, b: spend > 2, c: spend > 3}, otherwise: d}\n",
    )
    assert [rule for rule, _, _ in told(project)] == ["unknown-name"]
