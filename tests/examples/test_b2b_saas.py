"""The example of companies and their users against an independent calculation in pandas."""

from __future__ import annotations

import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import b2b_saas_oracle
import pytest

import segdsl
from tests.examples.held import EXAMPLES, hold_members, hold_sizes_and_overlaps, made

EXAMPLE = EXAMPLES / "b2b_saas"
AS_OF = date(2025, 3, 31)


@pytest.fixture(scope="module")
def project_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made("b2b_saas", tmp_path_factory.mktemp("b2b_saas"))


@pytest.fixture(scope="module")
def expected(project_folder: Path) -> dict[str, dict[str, set[int]]]:
    return b2b_saas_oracle.members(project_folder / "data")


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
    assert len(judged) >= 20
    assert all(each["ok"] for each in judged)


@pytest.mark.parametrize("entity", ["companies", "users"])
def test_sizes_and_overlaps(entity: str, blocks: dict[str, Any], expected: dict[str, Any]) -> None:
    hold_sizes_and_overlaps(blocks[entity], expected[entity])


@pytest.mark.parametrize("entity", ["companies", "users"])
def test_members(entity: str, project_folder: Path, expected: dict[str, Any]) -> None:
    hold_members(project_folder, expected[entity], AS_OF)


@pytest.mark.parametrize("partition", ["company_size", "standing", "value_and_use", "authority", "pulse"])
def test_everyone_is_in_one_part(partition: str, blocks: dict[str, Any]) -> None:
    entity = "users" if partition in ("authority", "pulse") else "companies"
    parts = [s["size"] for s in blocks[entity]["segments"] if s["name"].startswith(f"{partition}.")]
    assert sum(parts) == blocks[entity]["population"]
    assert all(parts)


def test_a_broken_rule_is_told(project_folder: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(project_folder, tmp_path / "broken"))
    rules = copy / "segments" / "retention.yaml"
    text = rules.read_text(encoding="utf-8")
    assert text.count("at least 2 of (") == 1
    rules.write_text(text.replace("at least 2 of (", "at least 1 of ("), encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "-m", "segdsl", "validate", "churn_risk", "--as-of", str(AS_OF)],
        cwd=copy,
        capture_output=True,
        text=True,
    )
    assert run.returncode == 1
    assert "failed-expectation" in run.stderr + run.stdout
    assert "`churn_risk`" in run.stderr + run.stdout


def test_the_same_data_every_time(project_folder: Path, tmp_path: Path) -> None:
    subprocess.run([sys.executable, EXAMPLE / "make_data.py", tmp_path], check=True)
    kept = {file.name: file.read_bytes() for file in (project_folder / "data").iterdir()}
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == kept
