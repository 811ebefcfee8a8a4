"""The example of occasions and culture against an independent calculation in pandas."""

from __future__ import annotations

import shutil
import subprocess
import sys
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import Any

import occasions_and_culture_oracle
import pytest
from click.testing import CliRunner

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "occasions_and_culture"
AS_OF = date(2024, 2, 24)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the example with its data; the repository stays as it is."""
    copy = tmp_path_factory.mktemp("occasions") / "project"
    shutil.copytree(EXAMPLE, copy, ignore=shutil.ignore_patterns("data", "__pycache__"))
    subprocess.run([sys.executable, "make_data.py"], cwd=copy, check=True)
    return copy


@pytest.fixture(scope="module")
def blocks(folder: Path) -> dict[str, dict[str, Any]]:
    """The report's block for each entity; nothing is found wrong with data or expectations."""
    import segdsl

    report = segdsl.load(folder).validate(target="dev", as_of=AS_OF).to_dict()
    assert report["findings"] == []
    return {block["entity"]: block for block in report["entities"]}


@pytest.fixture(scope="module")
def expected(folder: Path) -> dict[str, dict[str, set[Any]]]:
    data = folder / "data"
    return {
        "customers": occasions_and_culture_oracle.members(data),
        "festivals": occasions_and_culture_oracle.of_the_calendar(data),
    }


def run(folder: Path, *arguments: str) -> tuple[int, str]:
    from segdsl.cli.main import main

    result = CliRunner().invoke(main, ["-C", str(folder), *arguments])
    return result.exit_code, result.output


def test_the_project_is_clean(folder: Path) -> None:
    assert run(folder, "check") == (0, "66 segments checked: all fine\n")
    assert run(folder, "fmt", "--check")[0] == 0


@pytest.mark.parametrize(("entity", "key"), [("customers", "customer_id"), ("festivals", "festival_id")])
def test_members(entity: str, key: str, folder: Path, expected: dict[str, dict[str, set[Any]]]) -> None:
    import segdsl
    from segdsl.membership import members

    project = segdsl.load(folder)
    names = [name for name, each in project.definitions.items() if each.file.entity == entity]
    assert set(names) == set(expected[entity])
    flags = members(project, names, "flags", AS_OF).to_pydict()
    keys = flags.pop(key)
    for name, column in flags.items():
        found = {key for key, member in zip(keys, column, strict=True) if member}
        wanted = expected[entity][name]
        assert (name, found - wanted, wanted - found) == (name, set(), set())


def test_sizes_and_overlaps(blocks: dict[str, Any], expected: dict[str, dict[str, set[Any]]]) -> None:
    assert {name: block["population"] for name, block in blocks.items()} == {
        "customers": 2470,
        "festivals": 5,
    }
    for entity, block in blocks.items():
        wanted = expected[entity]
        assert {s["name"]: s["size"] for s in block["segments"]} == {n: len(m) for n, m in wanted.items()}
        assert all(s["size"] for s in block["segments"])
        found = {(o["a"], o["b"]): o["both"] for o in block["overlaps"]}
        names = [s["name"] for s in block["segments"]]
        assert found == {(a, b): len(wanted[a] & wanted[b]) for a, b in combinations(names, 2)}


@pytest.mark.parametrize("partition", ["generations", "tongue", "adopters", "recommendation"])
def test_everybody_is_in_one_part(partition: str, blocks: dict[str, Any]) -> None:
    sizes = [s["size"] for s in blocks["customers"]["segments"] if s["name"].startswith(f"{partition}.")]
    assert sum(sizes) == blocks["customers"]["population"]


@pytest.mark.parametrize(
    ("name", "file", "old", "new", "told"),
    [
        ("korce", "language.yaml", "'KORÇË')", "'Tiranë', 'Melaka')", "of `korce` are not in `balkans`"),
        ("korce", "language.yaml", "'korçë', 'KORÇË')", "'Pejë')", "`korce_lower` are not in `korce`"),
        (
            "generations.*",
            "birthdays.yaml",
            "birth_date < 1981-01-01",
            "birth_date <= 1981-12-31",
            "in several",
        ),
        ("hamper_lebaran", "seasons.yaml", ">= 100", ">= 0", "not in `shops_for_ramadan`"),
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
    code, output = run(broken, "validate", name, "korce_lower", "--as-of", AS_OF.isoformat())
    assert code == 1
    assert told in output


def test_a_moved_festival_is_noticed_by_an_example(folder: Path, tmp_path: Path) -> None:
    broken = Path(shutil.copytree(folder, tmp_path / "broken"))
    path = broken / "segments" / "calendar.yaml"
    text = path.read_text(encoding="utf-8")
    assert text.count("next_start in next") == 1
    path.write_text(text.replace("next_start in next", "next_start in last"), encoding="utf-8")
    code, output = run(broken, "check")
    assert code == 1
    assert "this row is no member, and should be" in output


def test_the_data_are_the_same_each_time(folder: Path, tmp_path: Path) -> None:
    subprocess.run([sys.executable, "make_data.py", str(tmp_path)], cwd=folder, check=True)
    for file in (folder / "data").iterdir():
        assert (tmp_path / file.name).read_bytes() == file.read_bytes(), file.name
