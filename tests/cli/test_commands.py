"""The commands as a user types them: what they print, where, and with which exit code."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from segdsl.cli.main import main

SHOP = Path(__file__).parents[2] / "examples" / "shop"
DAY = ("--as-of", "2024-06-30")


def run(*arguments: str, folder: Path = SHOP) -> Result:
    return CliRunner().invoke(main, ["-C", str(folder), *arguments])


def printed(result: Result) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(result.stdout)
    return content


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with one table and one segment, whose condition the test writes."""
    (tmp_path / "segdsl.yaml").write_text("language: 1\nname: small\n")
    (tmp_path / "catalog").mkdir()
    (tmp_path / "catalog" / "c.yaml").write_text(
        "tables:\n  people: {key: id, columns: {id: integer, region: {type: string, values: [ID, NO]}}}\n"
    )
    (tmp_path / "segments").mkdir()
    return tmp_path


def write(project: Path, where: str) -> None:
    (project / "segments" / "s.yaml").write_text(f"entity: people\nsegments:\n  one: {where}\n")


def test_check_is_clean() -> None:
    result = run("check")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "16 segments checked: all fine\n"


def test_a_wrong_project_exits_1_and_quotes_the_line(project: Path) -> None:
    write(project, "regoin = 'ID'")
    result = run("check", folder=project)
    assert result.exit_code == 1
    assert result.stdout == (
        "error[unknown-name]: `people` has no column or attribute `regoin`\n"
        " --> segments/s.yaml:3:8\n  |\n3 |   one: regoin = 'ID'\n  |        ^^^^^^\n"
        " = help: did you mean `region`?\n"
    )


def test_json_findings_have_the_published_keys(project: Path) -> None:
    write(project, "region = 'IDD'")
    result = run("check", "--output-format", "json", folder=project)
    assert result.exit_code == 1
    assert printed(result) == {
        "version": 1,
        "project": "small",
        "findings": [
            {
                "rule": "unknown-value",
                "severity": "error",
                "message": "`IDD` is not among the values of `region`",
                "help": "did you mean `ID`?",
                "path": "segments/s.yaml",
                "line": 3,
                "column": 17,
                "end_line": 3,
                "end_column": 22,
                "segment": "one",
                "fix": None,
            }
        ],
    }


@pytest.mark.parametrize(
    "arguments",
    [
        ("members", "nobody", *DAY),
        ("size", "nobody", *DAY),
        ("compile", "nobody"),
        ("size", "--target", "moon", *DAY),
        ("size", "--as-of", "2024-6-30"),
        ("size", "--param", "unknown=1", *DAY),
        ("size", "--param", "unknown", *DAY),
        ("no-such-command",),
    ],
)
def test_what_cannot_be_done_exits_2_without_a_traceback(arguments: tuple[str, ...]) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "Traceback" not in result.stderr and result.stderr


def test_no_project_exits_2(tmp_path: Path) -> None:
    result = run("check", folder=tmp_path)
    assert result.exit_code == 2
    assert "segdsl init" in result.stderr


def test_a_project_without_segments_checked_nothing(project: Path) -> None:
    assert run("check", folder=project).exit_code == 2


def test_members_as_csv_and_json() -> None:
    rows = list(csv.reader(io.StringIO(run("members", "win_back", *DAY).stdout)))
    content = printed(run("members", "win_back", *DAY, "--output-format", "json"))
    assert rows[0] == ["customer_id"] == [content["key"]]
    assert [int(row[0]) for row in rows[1:]] == content["members"] == sorted(content["members"])
    assert content["entity"] == "customers"


def test_size_and_overlap_leave_out_what_they_do_not_measure() -> None:
    sizes = printed(run("size", *DAY, "--output-format", "json"))
    assert all("overlaps" not in block for block in sizes["entities"])
    pairs = printed(run("overlap", *DAY, "--output-format", "json"))
    assert {len(block["overlaps"]) for block in pairs["entities"]} == {14 * 13 // 2, 1}


def test_compile_runs_as_it_is_printed() -> None:
    import duckdb

    connection = duckdb.connect()
    for file in sorted((SHOP / "data").glob("*.csv")):
        connection.read_csv(str(file)).create_view(file.stem)
    found = connection.sql(run("compile", "win_back", *DAY).stdout).fetchall()
    members = printed(run("members", "win_back", *DAY, "--output-format", "json"))["members"]
    assert sorted(key for (key,) in found) == members


def test_data_that_is_not_there_exits_2(project: Path) -> None:
    write(project, "region = 'ID'")
    with (project / "segdsl.yaml").open("a") as file:
        file.write("targets: {dev: {engine: duckdb, tables: {people: people.csv}}}\n")
    result = run("validate", folder=project)
    assert result.exit_code == 2
    assert "people.csv" in result.stderr and "Traceback" not in result.stderr


def test_data_that_breaks_the_catalog_exits_1(project: Path) -> None:
    write(project, "region = 'ID'")
    with (project / "segdsl.yaml").open("a") as file:
        file.write("targets: {dev: {engine: duckdb, tables: {people: people.csv}}}\n")
    (project / "people.csv").write_text("id,region\n1,ID\n1,SE\n")
    result = run("validate", "--output-format", "json", folder=project)
    assert result.exit_code == 1
    found = [finding["message"] for finding in printed(result)["findings"]]
    assert found == [
        "the key `people.id` is repeated in 1 row",
        "`people.region` is not among its `values` in 1 row",
    ]
