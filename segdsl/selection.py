"""Choosing segments by what `-s` and `--exclude` say.

A selection is one or more words; a segment is chosen if any of them means it. A word is one or more terms with
commas between; it means the segments that all of them mean. A term is one of

    name, na*            by name
    path:segments/a.yaml by file, folder or pattern, from the project's folder
    tag:x, owner:x       by metadata
    uses:table.column    what reads the column or attribute, or (`uses:table`) any of the table, itself or by
                         way of attributes, links and other segments

with `+` before it: and all that those depend on; with `+` after it: and all that depends on those.
"""

from __future__ import annotations

import glob
import os.path
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

from segdsl.diagnostics import SegdslError
from segdsl.diagnostics.wording import known, listing, suggest

if TYPE_CHECKING:
    from segdsl.project import Project

_TERM = re.compile(r"(?P<before>\+?)(?:(?P<method>[^\W\d]\w*):)?(?P<value>.*?)(?P<after>\+?)", re.DOTALL)


def select(project: Project, wanted: Sequence[str] = (), exclude: Sequence[str] = ()) -> list[str]:
    """The names of the chosen segments, in the project's order; without `wanted`, all but the excluded ones.

    Raises SegdslError where nothing is left, and where a term means no segment: a typo must not silently choose
    fewer. Only of `exclude` a tag, owner, path, use or pattern may mean none.
    """
    if not project.definitions:
        raise SegdslError("the project has no segments", "add one under `segments/`")
    words = _words(wanted)
    if wanted and not words:
        raise SegdslError("an empty selection matches no segment", "leave it out to choose all")
    chosen = set(project.definitions)
    if words:
        chosen = set().union(*(_word(project, word, strict=True) for word in words))
    for word in _words(exclude):
        chosen -= _word(project, word, strict=False)
    if not chosen:
        raise SegdslError("no segment is left: all that were selected are excluded")
    return [name for name in project.definitions if name in chosen]


def _words(selections: Iterable[str]) -> list[str]:
    return [word for selection in selections for word in selection.split()]


def _word(project: Project, word: str, strict: bool) -> set[str]:
    """The segments that all terms of a word mean."""
    terms = [_term(project, term, strict) for term in word.split(",") if term]
    if not terms:
        raise SegdslError(f"`{word}` is no selection", "name a segment")
    found = set.intersection(*terms)
    if strict and not found:
        raise SegdslError(f"`{word}` matches no segment: a comma means that all of it must hold")
    return found


def _term(project: Project, term: str, strict: bool) -> set[str]:
    match = _TERM.fullmatch(term)
    assert match is not None
    method, value = match["method"], match["value"]
    if method is not None and method not in _METHODS:
        help = suggest(method, _METHODS) or f"there are {listing(f'{each}:' for each in _METHODS)}"
        raise SegdslError(f"segments are not selected by `{method}:`", help)
    if not value:
        raise SegdslError(f"`{term}` is no selection", "name a segment")
    find = _by_name if method is None else _METHODS[method]
    found = set(find(project, value, strict))
    upward = project.references if match["before"] else None
    downward = _referrers(project).__getitem__ if match["after"] else None
    return found.union(*(_reached(found, edges) for edges in (upward, downward) if edges))


def _reached(start: Iterable[str], edges: Callable[[str], Iterable[str]]) -> set[str]:
    """Everything that can be reached from `start`."""
    reached: set[str] = set()
    todo = list(start)
    while todo:
        for name in edges(todo.pop()):
            if name not in reached:
                reached.add(name)
                todo.append(name)
    return reached


def _referrers(project: Project) -> Mapping[str, list[str]]:
    """For each segment, those that refer to it."""
    found: dict[str, list[str]] = {name: [] for name in project.definitions}
    for name in project.definitions:
        for other in project.references(name):
            found[other].append(name)
    return found


# --- one function for each method ---------------------------------------------------------------------------


def _by_name(project: Project, value: str, strict: bool) -> list[str]:
    found = [name for name in project.definitions if fnmatchcase(name, value)]
    if value in project.definitions:
        return [value]
    if value in project.files.broken_segments:
        raise SegdslError(f"`{value}` has errors", "run `segdsl check`")
    if not found and (strict or not glob.has_magic(value)):
        message = (
            f"no segment is named like `{value}`"
            if glob.has_magic(value)
            else f"there is no segment `{value}`"
        )
        raise SegdslError(
            message, suggest(value, project.definitions) or known("segment", project.definitions)
        )
    return found


def _by_path(project: Project, value: str, strict: bool) -> list[str]:
    paths = {name: definition.path for name, definition in project.definitions.items()}
    wanted = {_tidy(value)} | {_tidy(found) for found in _files(project.root, value)}
    found = [name for name, path in paths.items() if _with_folders(path) & wanted]
    return _some(found, f"no segment stands in `{value}`", value, paths.values(), "the files", strict)


def _by_tag(project: Project, value: str, strict: bool) -> list[str]:
    tags = {name: definition.tags for name, definition in project.definitions.items()}
    found = [name for name, own in tags.items() if any(fnmatchcase(tag, value) for tag in own)]
    known = [tag for own in tags.values() for tag in own]
    return _some(found, f"no segment has the tag `{value}`", value, known, "the tags", strict)


def _by_owner(project: Project, value: str, strict: bool) -> list[str]:
    owners = {n: d.owner for n, d in project.definitions.items() if d.owner is not None}
    found = [name for name, owner in owners.items() if fnmatchcase(owner, value)]
    return _some(found, f"no segment has the owner `{value}`", value, owners.values(), "the owners", strict)


def _by_use(project: Project, value: str, strict: bool) -> list[str]:
    attributes = {name: project.attributes(name) for name in project.definitions}
    found = []
    for name in project.definitions:
        used = project.uses(name)
        if used is None:
            continue
        if "." in value:
            below = _reached([name], project.references) | {name}
            pairs = used.columns.union(*(attributes[each] for each in below))
            things = frozenset(f"{table}.{column}" for table, column in pairs)
        else:
            things = used.tables
        if any(fnmatchcase(thing, value) for thing in things):
            found.append(name)
    tables = project.catalog.tables
    known = list(tables) if "." not in value else [f"{t.name}.{c}" for t in tables.values() for c in t.names]
    message = f"no segment uses `{value}`"
    if value in known or glob.has_magic(value):
        known = []
    elif not found:
        message = f"the catalog has no {'column or attribute' if '.' in value else 'table'} `{value}`"
    return _some(found, message, value, known, "the tables" if "." not in value else None, strict)


_METHODS: dict[str, Callable[[Project, str, bool], list[str]]] = {
    "path": _by_path,
    "tag": _by_tag,
    "owner": _by_owner,
    "uses": _by_use,
}


def _some(
    found: list[str], message: str, value: str, known: Collection[str], all_of_them: str | None, strict: bool
) -> list[str]:
    """What was found; where there is nothing and that is a fault, SegdslError with what was perhaps meant."""
    if found or not strict:
        return found
    help = suggest(value, known)
    if help is None and known and all_of_them:
        help = f"{all_of_them} are {listing(sorted(set(known)))}"
    raise SegdslError(message, help)


def _files(root: Path, pattern: str) -> list[str]:
    if os.path.isabs(pattern) or "\0" in pattern:  # no file is named so, and older Pythons fail on it
        return []
    return glob.glob(pattern, root_dir=root, recursive=True, include_hidden=True)


def _tidy(path: str) -> str:
    return Path(os.path.normpath(path)).as_posix()


def _with_folders(path: str) -> set[str]:
    return {path, *(folder.as_posix() for folder in Path(path).parents)}
