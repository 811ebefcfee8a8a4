"""`segdsl validate`, `size` and `overlap`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.cli.small import DAY, FILES, printed, run, write

PEOPLE = ("-s", "path:segments/people.yaml")
SIZES = [
    {"name": "buyers", "size": 2, "share": 0.5, "unknown": 0},
    {"name": "norwegians", "size": 1, "share": 0.25, "unknown": 0},
    {"name": "loyal", "size": 1, "share": 0.25, "unknown": 0},
    {"name": "strangers", "size": 1, "share": 0.25, "unknown": 1},
]


def block(folder: Path, *arguments: str) -> dict[str, Any]:
    """What JSON says of people."""
    content = printed(run(folder, *arguments, *PEOPLE, *DAY, "--output-format", "json"))
    (found,) = content["entities"]
    assert isinstance(found, dict)
    return found


def test_validate(kept: Path) -> None:
    content = printed(run(kept, "validate", *DAY, "--output-format", "json"))
    assert {key: content[key] for key in content if key != "entities"} == {
        "version": 1,
        "project": "small",
        "findings": [],
        "as_of": "2024-06-30",
        "target": "dev",
    }
    shops, people = content["entities"]
    assert (shops["entity"], shops["population"]) == ("shops", 2)
    assert (people["entity"], people["population"]) == ("people", 4)
    assert people["segments"] == SIZES
    assert [(pair["a"], pair["b"]) for pair in people["overlaps"]] == [
        ("buyers", "norwegians"), ("buyers", "loyal"), ("buyers", "strangers"),
        ("norwegians", "loyal"), ("norwegians", "strangers"), ("loyal", "strangers"),
    ]  # fmt: skip
    assert people["overlaps"][0] == {
        "a": "buyers", "b": "norwegians", "both": 1, "of_a": 0.5, "of_b": 1.0, "jaccard": 0.5,
    }  # fmt: skip


def test_one_entity_stands_at_the_top(tmp_path: Path) -> None:
    folder = write(tmp_path, segments__more__shops=None)
    content = printed(run(folder, "validate", *DAY, "--output-format", "json"))
    assert content["entity"] == "people" and content["segments"] == SIZES and "entities" not in content


def test_size_and_overlap_say_what_validate_says(kept: Path) -> None:
    whole, sizes, overlaps = (block(kept, command) for command in ("validate", "size", "overlap"))
    assert sizes == {key: whole[key] for key in ("entity", "population", "segments")}
    judged = {"expectations": [], "partitions": []}
    assert overlaps | judged == whole


@pytest.mark.parametrize(
    ("share", "pairs"),
    [
        ("0%", 6),
        ("0.0", 6),
        ("1%", 2),
        ("100%", 2),
        ("1", 2),
    ],
)
def test_overlaps_of_at_least_a_share_of_the_smaller(kept: Path, share: str, pairs: int) -> None:
    assert len(block(kept, "overlap", "--at-least", share)["overlaps"]) == pairs


def test_the_share_of_the_smaller_is_exact(tmp_path: Path) -> None:
    people = "id,region,shop\n" + "".join(f"{n},{'NO' if n <= 10 else 'ID'},\n" for n in range(1, 31))
    text = "entity: people\nsegments:\n  ten: region = 'NO'\n  some: id > 7\n  none: id = 0\n"
    folder = write(
        tmp_path, data__people=people, segments__people=text, data__orders=FILES["data/orders.csv"]
    )

    def pairs(share: str) -> list[tuple[str, str]]:
        return [(o["a"], o["b"]) for o in block(folder, "overlap", "--at-least", share)["overlaps"]]

    assert pairs("30%") == pairs("0.3") == [("ten", "some")]
    assert pairs("30.0000001%") == []
    # Nothing is a share of an empty segment.
    assert ("ten", "none") in pairs("0%") and ("ten", "none") not in pairs("0.0000001%")


def test_tables_say_by_what_they_are_sorted(kept: Path) -> None:
    shown = run(kept, "overlap", *PEOPLE, *DAY).stdout.splitlines()
    assert shown[0] == "6 of 6 overlaps of people, by share of either"
    assert shown[3].split() == ["buyers", "loyal", "1", "50.0%", "100.0%", "50.0%"]
    shown = run(kept, "overlap", *PEOPLE, *DAY, "--at-least", "1%").stdout.splitlines()
    assert shown[0] == "2 of 6 overlaps of people, by share of the smaller"
    assert len(shown) == 5
    assert run(kept, "overlap", "in_oslo", "busy", *DAY, "--at-least", "1%").stdout == (
        "0 of 1 overlaps of shops, by share of the smaller\n"
    )


def test_size_shows_sizes_alone(kept: Path) -> None:
    shown = run(kept, "size", "-s", "strangers buyers", *DAY).stdout
    assert "overlap" not in shown
    assert shown.splitlines()[0] == "4 people as of 2024-06-30"
    assert [line.split()[:3] for line in shown.splitlines()[3:]] == [
        ["buyers", "2", "50.0%"],
        ["strangers", "1", "25.0%"],
    ]


def test_an_empty_segment_is_a_warning_at_its_name(tmp_path: Path) -> None:
    text = "entity: people\nsegments:\n  some: id = 1\n  nobody:\n    title: None\n    where: bought > 1000\n"
    folder = write(tmp_path, segments__people=text)
    (finding,) = printed(run(folder, "validate", *DAY, "--output-format", "json"))["findings"]
    assert finding["message"] == "nobody is in `nobody`"
    assert (finding["rule"], finding["severity"], finding["segment"]) == (
        "empty-segment",
        "warning",
        "nobody",
    )
    assert [finding[key] for key in ("path", "line", "column", "end_line", "end_column")] == [
        "segments/people.yaml", 4, 3, 4, 9,
    ]  # fmt: skip
    result = run(folder, "validate", *DAY)
    assert result.exit_code == 0
    assert "warning[empty-segment]" in result.stderr and "warning" not in result.stdout


def test_an_empty_population_is_one_warning(tmp_path: Path) -> None:
    folder = write(tmp_path, data__shops="code,city\n")
    result = run(folder, "validate", *DAY, "--output-format", "json")
    warnings = [f for f in printed(result)["findings"] if f["severity"] == "warning"]
    assert [(f["rule"], f["path"], f["line"]) for f in warnings] == [
        ("empty-population", "catalog/people.yaml", 14)
    ]
    (shops, _) = printed(result)["entities"]
    assert shops["population"] == 0
    assert shops["segments"][0] == {"name": "in_oslo", "size": 0, "share": None, "unknown": 0}
    assert shops["overlaps"][0]["jaccard"] is None
    assert "–" in run(folder, "size", *DAY).stdout


def test_what_can_not_be_measured_is_not(tmp_path: Path) -> None:
    folder = write(tmp_path, data__shops="code,town\na,Oslo\n")
    result = run(folder, "validate", *DAY, "--output-format", "json")
    assert result.exit_code == 1
    content = printed(result)
    assert [finding["rule"] for finding in content["findings"]] == ["missing-column"]
    assert content["entities"] == []


def test_findings_go_where_data_does_not(tmp_path: Path) -> None:
    folder = write(tmp_path, data__people=FILES["data/people.csv"].replace("3,,", "3,SE,"))
    result = run(folder, "validate", *DAY)
    assert result.exit_code == 1
    assert result.stderr.startswith("error[outside-values]: ")
    assert result.stdout.startswith("2 shops as of 2024-06-30\n")


def test_output_is_the_same_in_two_runs_and_from_every_folder(kept: Path) -> None:
    for command in (
        ("validate", *DAY),
        ("validate", *DAY, "--output-format", "json"),
        ("ls", "--output-format", "json"),
    ):
        first, second = run(kept, *command), run(kept / "segments" / "more", *command)
        assert first.exit_code == 0 and first.output == second.output
        assert str(kept) not in first.output
