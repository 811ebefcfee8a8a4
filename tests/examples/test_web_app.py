"""The example of a web application against an independent calculation in pandas."""

from __future__ import annotations

import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import web_app_oracle

import segdsl
from tests.examples.held import EXAMPLES, hold_members, hold_sizes_and_overlaps, made

EXAMPLE = EXAMPLES / "web_app"
AS_OF = date(2025, 4, 6)


@pytest.fixture(scope="module")
def project_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made("web_app", tmp_path_factory.mktemp("web_app"))


@pytest.fixture(scope="module")
def expected(project_folder: Path) -> dict[str, dict[str, set[int]]]:
    return web_app_oracle.members(project_folder / "data")


@pytest.fixture(scope="module")
def report(project_folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = segdsl.load(project_folder).validate(as_of=AS_OF).to_dict()
    return found


@pytest.fixture(scope="module")
def blocks(report: dict[str, Any]) -> dict[str, Any]:
    return {block["entity"]: block for block in report["entities"]}


def test_check_finds_nothing() -> None:
    project = segdsl.load(EXAMPLE)
    assert [*project.check(), *project.check_examples()] == []


def test_validate_finds_nothing(report: dict[str, Any], blocks: dict[str, Any]) -> None:
    assert report["findings"] == []
    judged = [each for block in blocks.values() for each in block["expectations"]]
    assert len(judged) >= 14
    assert all(each["ok"] for each in judged)


@pytest.mark.parametrize("entity", ["visitors", "sessions"])
def test_sizes_and_overlaps(entity: str, blocks: dict[str, Any], expected: dict[str, Any]) -> None:
    hold_sizes_and_overlaps(blocks[entity], expected[entity])


@pytest.mark.parametrize("entity", ["visitors", "sessions"])
def test_members(entity: str, project_folder: Path, expected: dict[str, Any]) -> None:
    hold_members(project_folder, expected[entity], AS_OF)


@pytest.mark.parametrize(
    ("entity", "partition"),
    [
        ("visitors", "adoption"),
        ("visitors", "adoption_by_share"),
        ("visitors", "cart_test"),
        ("visitors", "place_and_rhythm"),
        ("sessions", "exit_page"),
    ],
)
def test_everyone_is_in_one_part(entity: str, partition: str, blocks: dict[str, Any]) -> None:
    parts = [s["size"] for s in blocks[entity]["segments"] if s["name"].startswith(f"{partition}.")]
    assert sum(parts) == blocks[entity]["population"]
    assert all(parts)


def test_a_broken_rule_is_told(project_folder: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(project_folder, tmp_path / "broken"))
    rules = copy / "segments" / "carts.yaml"
    text = rules.read_text(encoding="utf-8")
    rule = "cart_adds as added in last 30 days"
    assert text.count(rule) == 1
    rules.write_text(text.replace(rule, rule.replace("30", "90")), encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "-m", "segdsl", "validate", "abandoned_a_cart", "--as-of", str(AS_OF)],
        cwd=copy,
        capture_output=True,
        text=True,
    )
    assert run.returncode == 1
    assert "failed-expectation" in run.stderr + run.stdout
    assert "`abandoned_a_cart`" in run.stderr + run.stdout


def test_the_same_data_every_time(project_folder: Path, tmp_path: Path) -> None:
    subprocess.run([sys.executable, EXAMPLE / "make_data.py", tmp_path], check=True)
    kept = {file.name: file.read_bytes() for file in (project_folder / "data").iterdir()}
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == kept
