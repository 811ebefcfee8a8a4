"""The project to start from: what is in it, and that nothing is lost where it can't be made."""

from __future__ import annotations

import csv
import io
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

import segdsl
from segdsl.diagnostics import SegdslError
from segdsl.starter import LAST_DAY, project_name, start_project, starter_files

DAYS = [LAST_DAY, date(2026, 11, 24), date(2028, 2, 29), date(2031, 1, 1), date(2019, 12, 31)]


def tree(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") if path.is_file() else "folder"
        for path in sorted(folder.rglob("*"))
    }


@pytest.fixture
def fresh(tmp_path: Path) -> Path:
    return tmp_path / "shop"


# --- what is in it ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_everything_is_fine_and_nobody_is_nowhere_whatever_the_day(fresh: Path, day: date) -> None:
    start_project(fresh, day)
    project = segdsl.load(fresh)
    assert list(project.check()) == []
    report = project.validate(as_of=day)
    assert list(report.findings) == []
    (measures,) = report.measures
    assert measures.population == 40
    sizes = {size.name: size.size for size in measures.segments}
    # Birthdays and ages follow the calendar, and so may move by one.
    assert sizes.pop("birthday_soon") in (1, 2, 3)
    assert 7 <= sizes.pop("perhaps_minors") <= 11
    assert sizes == {
        "reachable": 24,
        "active": 20,
        "win_back": 5,
        "just_looking": 8,
        "newcomers": 8,
        "big_spenders": 14,
        "tea_lovers": 9,
    }


def test_every_segment_carries_what_the_policy_requires(fresh: Path) -> None:
    start_project(fresh, LAST_DAY)
    project = segdsl.load(fresh)
    assert project.files.project is not None and project.files.project.policy is not None
    for definition in project.definitions.values():
        assert all(getattr(definition.record, each) for each in project.files.project.policy.require)


def test_the_data_ends_on_the_day_and_keeps_its_distances() -> None:
    day = date(2030, 3, 1)
    before, after = starter_files("x", LAST_DAY), starter_files("x", day)
    newest = max(row["ordered_at"] for row in rows(after["data/orders.csv"]))
    assert newest.startswith("2030-03-01 ")
    for path in before:
        if path.endswith(".csv"):
            pairs = zip(rows(before[path]), rows(after[path]), strict=True)
            for old, new in pairs:
                for column, value in old.items():
                    if re.match(r"\d{4}-\d\d-\d\d", value):
                        moved = date.fromisoformat(value[:10]) + (day - LAST_DAY)
                        assert new[column] == moved.isoformat() + value[10:]
                    else:
                        assert new[column] == value


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_the_files_are_always_the_same_and_name_project_and_day() -> None:
    made = starter_files("tea-room", LAST_DAY)
    assert made == starter_files("tea-room", LAST_DAY)
    assert list(made) == sorted(made)
    assert not any("{{" in text or "\r" in text for text in made.values())
    assert all(text.endswith("\n") for text in made.values())
    assert "\nname: tea-room\n" in made["segdsl.yaml"]
    assert made["README.md"].startswith("# tea-room\n")
    assert "made up" in made["README.md"] and "--as-of 2024-06-30" in made["README.md"]
    assert ".gitignore" in made


def test_the_readme_names_every_file_or_its_folder() -> None:
    made = starter_files("x", LAST_DAY)
    for path in made:
        folder = f"`{path.partition('/')[0]}/`"
        assert (
            f"`{path}`" in made["README.md"]
            or folder in made["README.md"]
            or path in (".gitignore", "README.md")
        )


@pytest.mark.parametrize(
    ("folder", "name"),
    [
        ("shop", "shop"),
        ("My Shop: 2024!", "My-Shop-2024"),
        ("客戶", "客戶"),
        ("2024", "2024"),
        ("null", "null"),
        ("no", "no"),
        ("a'b", "a-b"),
        ("---", "segments"),
    ],
)
def test_a_project_is_named_as_its_folder(tmp_path: Path, folder: str, name: str) -> None:
    place = tmp_path / folder
    start_project(place, LAST_DAY)
    assert project_name(place) == name
    project = segdsl.load(place)
    assert (project.name, list(project.check())) == (name, [])


def test_a_day_too_early_for_the_data(fresh: Path) -> None:
    with pytest.raises(SegdslError, match="before the year 1"):
        start_project(fresh, date.min + timedelta(days=30))
    assert not fresh.exists()
    start_project(fresh, date.max)


# --- where it can't be made -------------------------------------------------------------------------------


def test_folders_are_made_and_what_else_is_there_stays(tmp_path: Path) -> None:
    place = tmp_path / "deep" / "er"
    place.mkdir(parents=True)
    (place / "notes.txt").write_text("mine")
    (place / "data").mkdir()
    (place / "data" / "other.csv").write_text("a\n1\n")
    made = start_project(place, LAST_DAY)
    found = {path: text for path, text in tree(place).items() if text != "folder"}
    assert found.pop("notes.txt") == "mine" and found.pop("data/other.csv") == "a\n1\n"
    assert found == starter_files("er", LAST_DAY) and sorted(found) == made
    start_project(tmp_path / "x" / "y" / "z", LAST_DAY)


@pytest.mark.parametrize(
    ("there", "told"),
    [
        ({"segdsl.yaml": "", "README.md": ""}, "is already a project: it has a `segdsl.yaml`"),
        ({"README.md": "mine"}, "`README.md` is in the way"),
        ({"README.md": "", "data/orders.csv": "a\n"}, "`README.md` and `data/orders.csv` are in the way"),
        ({"catalog": "a file"}, "`catalog` is in the way"),
        (
            {"catalog/mine.yml": "", "segments/deep/mine.yaml": ""},
            "`catalog/mine.yml` and `segments/deep/mine.yaml`",
        ),
    ],
)
def test_what_is_in_the_way_is_named_and_nothing_is_written(
    fresh: Path, there: dict[str, str], told: str
) -> None:
    for path, text in there.items():
        (fresh / path).parent.mkdir(parents=True, exist_ok=True)
        (fresh / path).write_text(text)
    before = tree(fresh)
    with pytest.raises(SegdslError) as caught:
        start_project(fresh, LAST_DAY)
    assert told in caught.value.message
    assert tree(fresh) == before


def test_links_that_lead_nowhere_are_in_the_way(fresh: Path) -> None:
    fresh.mkdir()
    (fresh / "README.md").symlink_to(fresh / "gone")
    with pytest.raises(SegdslError, match=r"`README\.md` is in the way"):
        start_project(fresh, LAST_DAY)
    assert not (fresh / "gone").exists()


def test_a_file_is_no_folder(fresh: Path) -> None:
    fresh.write_text("mine")
    with pytest.raises(SegdslError, match="is not a folder"):
        start_project(fresh, LAST_DAY)
    with pytest.raises(SegdslError, match="can't be written"):
        start_project(fresh / "inside", LAST_DAY)
    assert fresh.read_text() == "mine"


@pytest.mark.parametrize("failing", ["catalog/customers.yaml", "segdsl.yaml", "segments/customers.yaml"])
@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_what_was_made_goes_away_where_the_rest_fails(
    fresh: Path, failing: str, error: BaseException, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh.mkdir()
    (fresh / "notes.txt").write_text("mine")
    before = tree(fresh)
    opened = Path.open

    def open_or_fail(path: Path, *arguments: Any, **named: Any) -> Any:
        if path == fresh / failing:
            raise error
        return opened(path, *arguments, **named)

    monkeypatch.setattr(Path, "open", open_or_fail)
    with pytest.raises((SegdslError, KeyboardInterrupt)) as caught:
        start_project(fresh, LAST_DAY)
    if isinstance(caught.value, SegdslError):
        assert caught.value.message == f"`{fresh / failing}` can't be written: No space left on device"
    monkeypatch.undo()
    assert tree(fresh) == before


def test_a_file_that_comes_meanwhile_is_not_overwritten(fresh: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fresh.mkdir()
    opened = Path.open

    def race(path: Path, *arguments: Any, **named: Any) -> Any:
        if path.name == "segdsl.yaml" and not path.exists():
            with opened(path, "w") as file:
                file.write("theirs")
        return opened(path, *arguments, **named)

    monkeypatch.setattr(Path, "open", race)
    with pytest.raises(SegdslError, match="File exists"):
        start_project(fresh, LAST_DAY)
    monkeypatch.undo()
    assert tree(fresh) == {"segdsl.yaml": "theirs"}
