"""The mailings' example against an independent calculation in pandas."""

from __future__ import annotations

import shutil
import subprocess
import sys
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import Any

import campaigns_oracle
import pytest
from click.testing import CliRunner

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "campaigns"
AS_OF = date(2024, 4, 30)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the example with its data; the repository stays as it is."""
    copy = tmp_path_factory.mktemp("campaigns") / "project"
    shutil.copytree(EXAMPLE, copy, ignore=shutil.ignore_patterns("data", "__pycache__"))
    subprocess.run([sys.executable, "make_data.py"], cwd=copy, check=True)
    return copy


@pytest.fixture(scope="module")
def report(folder: Path) -> dict[str, Any]:
    import segdsl

    found: dict[str, Any] = segdsl.load(folder).validate(target="dev", as_of=AS_OF).to_dict()
    return found


@pytest.fixture(scope="module")
def expected(folder: Path) -> dict[str, set[str]]:
    return campaigns_oracle.members(folder / "data")


def run(folder: Path, *arguments: str) -> tuple[int, str]:
    from segdsl.cli.main import main

    result = CliRunner().invoke(main, ["-C", str(folder), *arguments])
    return result.exit_code, result.output


def test_the_project_is_clean(folder: Path) -> None:
    assert run(folder, "check") == (0, "54 segments checked: all fine\n")
    assert run(folder, "fmt", "--check")[0] == 0


def test_members(folder: Path, expected: dict[str, set[str]]) -> None:
    import segdsl
    from segdsl.membership import members

    project = segdsl.load(folder)
    names = list(project.definitions)
    assert set(names) == set(expected)
    flags = members(project, names, "flags", AS_OF).to_pydict()
    keys = flags.pop("contact_id")
    for name, column in flags.items():
        found = {key for key, member in zip(keys, column, strict=True) if member}
        assert (name, found - expected[name], expected[name] - found) == (name, set(), set())


def test_sizes_and_overlaps(report: dict[str, Any], expected: dict[str, set[str]]) -> None:
    assert report["population"] == 2957
    assert {s["name"]: s["size"] for s in report["segments"]} == {n: len(m) for n, m in expected.items()}
    found = {(o["a"], o["b"]): o["both"] for o in report["overlaps"]}
    names = [s["name"] for s in report["segments"]]
    assert found == {(a, b): len(expected[a] & expected[b]) for a, b in combinations(names, 2)}


def test_the_data_and_the_expectations_hold(report: dict[str, Any]) -> None:
    assert report["findings"] == []
    assert [s["name"] for s in report["segments"] if not s["size"]] == ["spring_leaked"]


@pytest.mark.parametrize("partition", ["channel", "engagement", "send_time", "spring_test"])
def test_everybody_is_in_one_part(partition: str, report: dict[str, Any]) -> None:
    sizes = [s["size"] for s in report["segments"] if s["name"].startswith(f"{partition}.")]
    assert sum(sizes) == report["population"]


@pytest.mark.parametrize(
    ("name", "file", "old", "new", "told"),
    [
        (
            "spring_audience",
            "spring.yaml",
            "not sample 10% by 'spring-2024'",
            "not sample 10% by 'spring-24'",
            "of `spring_audience` are in `spring_test.hold_out`",
        ),
        (
            "spring_test.*",
            "spring.yaml",
            "sample 10% to 55%",
            "sample 5% to 55%",
            "in several parts of `spring_test`",
        ),
        (
            "fatigued",
            "pressure.yaml",
            "and not exists(opens in last 90 days)",
            "and not exists(clicks)",
            "are in `opened`",
        ),
        ("can_email", "consent.yaml", "and not segment(bounced)", "", "of `can_email` are in `bounced`"),
    ],
)
def test_a_broken_rule_is_noticed(
    name: str, file: str, old: str, new: str, told: str, folder: Path, tmp_path: Path
) -> None:
    broken = Path(shutil.copytree(folder, tmp_path / "broken"))
    path = broken / "segments" / file
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")
    code, output = run(broken, "validate", name, "--as-of", AS_OF.isoformat())
    assert code == 1
    assert told in output


def test_the_data_are_the_same_each_time(folder: Path, tmp_path: Path) -> None:
    subprocess.run([sys.executable, "make_data.py", str(tmp_path)], cwd=folder, check=True)
    for file in (folder / "data").iterdir():
        assert (tmp_path / file.name).read_bytes() == file.read_bytes(), file.name
