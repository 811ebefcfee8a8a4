"""`segdsl init` as a user types it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from segdsl.cli.main import main

DAY = ("--as-of", "2024-06-30")


def run(*arguments: str) -> Result:
    result = CliRunner().invoke(main, arguments)
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_project_that_works_at_once(in_an_empty_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = run("init", "shop", *DAY)
    assert (made.exit_code, made.stdout) == (0, "")
    assert made.stderr == (
        "made a project of 11 files in shop:\n"
        "  .gitignore\n  README.md\n  catalog/customers.yaml\n  catalog/shop.yaml\n  data/customers.csv\n"
        "  data/orders.csv\n  data/products.csv\n  data/visits.csv\n  segdsl.yaml\n"
        "  segments/campaigns.yaml\n  segments/customers.yaml\n"
        "\nnext:\n  cd shop\n  segdsl check\n  segdsl validate\n  segdsl explain segment win_back\n"
    )
    monkeypatch.chdir("shop")
    before = sorted(path for path in in_an_empty_folder.rglob("*"))
    assert run("check").stderr == "9 segments checked: all fine\n"
    validated = run("validate", *DAY, "--output-format", "json")
    assert validated.exit_code == 0
    content = json.loads(validated.stdout)
    assert (content["project"], content["findings"]) == ("shop", [])
    assert all(segment["size"] > 0 for segment in content["segments"])
    explained = run("explain", "segment", "win_back", *DAY)
    assert "Customers that are in *Big spenders* and *Reachable*, but not in *Active*." in explained.stdout
    assert run("members", "win_back", *DAY).stdout.count("\n") == 6
    assert sorted(path for path in in_an_empty_folder.rglob("*")) == before


def test_without_a_day_the_data_ends_today(in_an_empty_folder: Path) -> None:
    days = {datetime.now(UTC).date().isoformat()}
    assert run("init").exit_code == 0
    days.add(datetime.now(UTC).date().isoformat())  # it may be midnight in between
    text = (in_an_empty_folder / "data" / "orders.csv").read_text()
    assert max(line.split(",")[3][:10] for line in text.splitlines()[1:]) in days
    content = json.loads(run("size", "--output-format", "json").stdout)
    assert all(segment["size"] > 0 for segment in content["segments"])


def test_in_the_current_folder_or_as_if_started_elsewhere(in_an_empty_folder: Path) -> None:
    here = run("init", *DAY)
    assert here.stderr.startswith("made a project of 11 files in this folder:\n") and "cd " not in here.stderr
    (in_an_empty_folder / "away" / "from").mkdir(parents=True)
    away = run("-C", "away/from", "init", "my shop", *DAY)
    assert (away.exit_code, away.stdout) == (0, "")
    assert "\n  cd 'away/from/my shop'\n" in away.stderr
    assert (in_an_empty_folder / "away" / "from" / "my shop" / "segdsl.yaml").exists()
    assert away.stderr.startswith(
        f"warning: this project is inside another, that of `{in_an_empty_folder}`\n"
    )


def test_a_project_that_is_there_stays(in_an_empty_folder: Path) -> None:
    (in_an_empty_folder / "segdsl.yaml").write_text("language: 1\nname: mine\n")
    result = run("init")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == (
        "error: this folder is already a project: it has a `segdsl.yaml`\n"
        "help: choose another folder: `segdsl init NAME`\n"
    )
    assert [path.name for path in in_an_empty_folder.iterdir()] == ["segdsl.yaml"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("taken",), "`README.md` is in the way"),
        (("taken/README.md",), "is not a folder"),
        (("a", "b"), "unexpected extra argument"),
        (("x", "--as-of", "2024-02-30"), "`2024-02-30` is not a day"),
        (("x", "--as-of", "0001-01-01"), "choose a later day"),
    ],
)
def test_what_can_not_be_done_exits_2(
    in_an_empty_folder: Path, arguments: tuple[str, ...], told: str
) -> None:
    taken = in_an_empty_folder / "taken"
    taken.mkdir()
    (taken / "README.md").write_text("mine")
    result = run("init", *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert told in result.stderr
    assert [path.name for path in in_an_empty_folder.iterdir()] == ["taken"]
    assert [(path.name, path.read_text()) for path in taken.iterdir()] == [("README.md", "mine")]
