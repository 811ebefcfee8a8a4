"""`segdsl check`: what it tells of, in which order and form, and of which files."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.small import printed, run, write

WRONG = "entity: people\nsegments:\n  one: regoin = 'NO'\n  two: bought > 'x'\n"
WRONG_SHOPS = "entity: shops\nsegments:\n  in_oslo: town = 'Oslo'\n"


@pytest.fixture
def wrong(tmp_path: Path) -> Path:
    """Two errors in segments/people.yaml, one in segments/more/shops.yaml."""
    return write(tmp_path / "project", segments__people=WRONG, segments__more__shops=WRONG_SHOPS)


def places(folder: Path, *arguments: str) -> list[str]:
    lines = run(folder, "check", "--output-format", "concise", *arguments).stdout.splitlines()
    return [line.split(": ")[0] for line in lines]


def test_a_sound_project(kept: Path) -> None:
    result = run(kept, "check")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "6 segments checked: all fine\n"


def test_full(wrong: Path) -> None:
    result = run(wrong, "check")
    assert result.exit_code == 1
    assert result.stdout.split("\n\n")[1] == (
        "error[unknown-name]: `people` has no column or attribute `regoin`\n"
        " --> segments/people.yaml:3:8\n"
        "  |\n"
        "3 |   one: regoin = 'NO'\n"
        "  |        ^^^^^^\n"
        " = help: did you mean `region`?"
    )
    assert result.stderr == "3 segments checked: 3 errors\n"


def test_concise(wrong: Path) -> None:
    result = run(wrong, "check", "--output-format", "concise")
    assert result.stdout.splitlines()[1] == (
        "segments/people.yaml:3:8: error[unknown-name]: `people` has no column or attribute `regoin`"
    )


def test_json(wrong: Path) -> None:
    content = printed(run(wrong, "check", "--output-format", "json"))
    assert list(content) == ["findings", "project", "version"]
    assert (content["version"], content["project"]) == (1, "small")
    assert content["findings"][1] == {
        "rule": "unknown-name",
        "severity": "error",
        "message": "`people` has no column or attribute `regoin`",
        "help": "did you mean `region`?",
        "path": "segments/people.yaml",
        "line": 3,
        "column": 8,
        "end_line": 3,
        "end_column": 14,
        "segment": "one",
        "fix": None,
    }
    assert printed(run(wrong, "check", "--output-format", "json", "segments/more")) == {
        "version": 1,
        "project": "small",
        "findings": content["findings"][:1],
    }


def test_findings_are_in_order_of_path_and_place(wrong: Path) -> None:
    assert places(wrong) == [
        "segments/more/shops.yaml:3:12",
        "segments/people.yaml:3:8",
        "segments/people.yaml:4:17",
    ]


@pytest.mark.parametrize(
    ("paths", "told"),
    [
        (["segments/people.yaml"], 2),
        (["segments/more"], 1),
        (["segments"], 3),
        (["segments/more", "segments/people.yaml"], 3),
        (["./segments/../segments/more/shops.yaml"], 1),
        (["catalog"], 0),
        (["segdsl.yaml"], 0),
        (["."], 3),
    ],
)
def test_of_files_and_folders(wrong: Path, paths: list[str], told: int) -> None:
    result = run(wrong, "check", "--output-format", "concise", *paths)
    assert len(result.stdout.splitlines()) == told
    assert result.exit_code == (1 if told else 0)
    assert ("elsewhere" in result.stderr) == (told < 3)


def test_paths_start_from_where_the_run_does(wrong: Path) -> None:
    assert len(places(wrong / "segments", "more")) == 1
    assert len(places(wrong / "segments" / "more", "..")) == 3
    assert len(places(wrong, str(wrong / "segments" / "more"))) == 1


def test_a_file_that_can_not_be_parsed_is_a_file_of_the_project(tmp_path: Path) -> None:
    folder = write(tmp_path, segments__torn="entity: [\n")
    assert run(folder, "check", "segments/torn.yaml").exit_code == 1
    assert run(folder, "check", "segments/people.yaml").exit_code == 0


def test_of_segments(wrong: Path) -> None:
    assert places(wrong, "-s", "one") == ["segments/people.yaml:3:8"]
    assert places(wrong, "--exclude", "one two") == ["segments/more/shops.yaml:3:12"]
    assert run(wrong, "check", "-s", "one").stderr == "1 segment checked: 1 error; 2 findings elsewhere\n"


def test_what_selected_segments_rest_on_is_told(tmp_path: Path) -> None:
    folder = write(tmp_path, catalog__more="tables:\n  odd: {key: id, columns: {id: intejer}}\n")
    assert places(folder, "-s", "loyal") == ["catalog/more.yaml:2:32"]
    assert run(folder, "check", "segments").exit_code == 0


def test_parameters_are_set(tmp_path: Path) -> None:
    folder = write(tmp_path, segdsl="language: 1\nname: small\nparams: {at_least: {type: integer}}\n")
    assert run(folder, "check").exit_code == 1
    assert run(folder, "check", "--param", "at_least=2").exit_code == 0


def test_a_bad_parameter_is_quoted_as_it_was_given(kept: Path) -> None:
    result = run(kept, "check", "--param", "at_least=many")
    assert result.stderr == (
        "error: `--param at_least=many`: `many` is not an integer\nhelp: the type of `at_least` is integer: write a whole number, such as `30`\n"
    )
