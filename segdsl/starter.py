"""A small project to start from: made-up data, a catalog, segments and a page on what to do next."""

from __future__ import annotations

import contextlib
import csv
import io
import os
import re
from collections.abc import Iterator
from datetime import date, timedelta
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from segdsl.diagnostics import SegdslError
from segdsl.diagnostics.wording import listing
from segdsl.files.paths import PROJECT_FILE

LAST_DAY = date(2024, 6, 30)
"""The last day of the data as it is packaged. It is moved, so that recent things are recent when a project is made."""

_RENAMED = {"gitignore": ".gitignore"}  # a package is better off without one of its own
_DAY = re.compile(r"(\d{4}-\d\d-\d\d)( \d\d:\d\d:\d\d)?", re.ASCII)


def starter_files(name: str, day: date) -> dict[str, str]:
    """The texts of all files, by their paths in the project; `day` is the last of the data.

    Raises SegdslError if the data can't be moved that far.
    """
    found: dict[str, str] = {}
    for path, file in _packaged(files("segdsl") / "templates" / "project"):
        text = file.read_text(encoding="utf-8")
        if path.endswith(".csv"):
            text = _moved(text, day)
        else:
            title = name if path.endswith(".md") else _scalar(name)
            text = text.replace("{{name}}", title).replace("{{day}}", day.isoformat())
        found[_RENAMED.get(path, path)] = text
    return dict(sorted(found.items()))


def project_name(folder: Path) -> str:
    """A name for the project in a folder: the folder's, of letters, digits, `-` and `_`."""
    return re.sub(r"[^\w]+", "-", folder.resolve().name).strip("-_") or "segments"


def start_project(folder: Path, day: date) -> list[str]:
    """Makes the project in a folder, which is made if need be, and returns the paths of its files.

    Raises SegdslError, and leaves everything as it was, where something is in the way or can't be written.
    """
    made = starter_files(project_name(folder), day)
    _refuse_what_is_there(folder, made)
    with _undone_on_failure() as done:
        try:
            for path, text in made.items():
                place = folder / path
                _make_folders(place.parent, done)
                with place.open("x", encoding="utf-8", newline="\n") as file:
                    done.append(place)
                    file.write(text)
        except OSError as error:
            raise SegdslError(f"`{place}` can't be written: {error.strerror or error}") from error
    return list(made)


def _packaged(folder: Traversable, above: str = "") -> Iterator[tuple[str, Traversable]]:
    for each in folder.iterdir():
        if each.is_dir():
            yield from _packaged(each, f"{above}{each.name}/")
        else:
            yield f"{above}{each.name}", each


def _moved(text: str, day: date) -> str:
    """CSV with every date and timestamp as many days later as `day` is after the last day."""
    distance = day - LAST_DAY
    rows = [[_moved_cell(cell, distance) for cell in row] for row in csv.reader(io.StringIO(text))]
    made = io.StringIO()
    csv.writer(made, lineterminator="\n").writerows(rows)
    return made.getvalue()


def _moved_cell(cell: str, distance: timedelta) -> str:
    found = _DAY.fullmatch(cell)
    if found is None:
        return cell
    try:
        return f"{date.fromisoformat(found[1]) + distance}{found[2] or ''}"
    except OverflowError:
        raise SegdslError(
            "the sample data would reach back before the year 1", "choose a later day"
        ) from None


def _scalar(name: str) -> str:
    """The name as YAML takes for text."""
    return name if re.fullmatch(r"[^\W\d_][\w-]*", name) and name.lower() != "null" else f"'{name}'"


def _refuse_what_is_there(folder: Path, made: dict[str, str]) -> None:
    """Raises SegdslError, naming all of it, if something is where the project would be."""
    shown = "this folder" if folder == Path(".") else f"`{folder}`"
    if os.path.lexists(folder / PROJECT_FILE):
        help = "choose another folder: `segdsl init NAME`"
        raise SegdslError(f"{shown} is already a project: it has a `{PROJECT_FILE}`", help)
    if os.path.lexists(folder) and not folder.is_dir():
        raise SegdslError(f"{shown} is not a folder", "choose another name")
    in_way = sorted({path for path in made if os.path.lexists(folder / path)} | _in_folders(folder, made))
    if in_way:
        message = f"{listing(in_way)} {'is' if len(in_way) == 1 else 'are'} in the way"
        raise SegdslError(message, "nothing was written: choose another folder, or move that away")


def _in_folders(folder: Path, made: dict[str, str]) -> set[str]:
    """Files that stand where a folder would, or that a project would read as its own."""
    found: set[str] = set()
    for part in {path.partition("/")[0] for path in made if "/" in path}:
        place = folder / part
        if place.is_dir() and part in ("catalog", "segments"):
            inside = (each for each in place.rglob("*") if each.suffix in (".yaml", ".yml"))
            found |= {each.relative_to(folder).as_posix() for each in inside}
        elif os.path.lexists(place) and not place.is_dir():
            found.add(part)
    return found


def _make_folders(folder: Path, done: list[Path]) -> None:
    if not folder.is_dir():
        _make_folders(folder.parent, done)
        folder.mkdir()
        done.append(folder)


@contextlib.contextmanager
def _undone_on_failure() -> Iterator[list[Path]]:
    """A list of what was made, which goes away again where the rest fails."""
    done: list[Path] = []
    try:
        yield done
    except BaseException:
        for path in reversed(done):
            with contextlib.suppress(OSError):
                path.rmdir() if path.is_dir() else path.unlink()
        raise
