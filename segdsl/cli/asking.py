"""What most commands do first: load the project, see that it is sound, choose segments."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from segdsl.cli.output import envelope, print_findings, print_json
from segdsl.diagnostics.diagnostic import SegdslError

if TYPE_CHECKING:
    from segdsl.project import Project


def load_project(folder: Path, params: Iterable[str] = ()) -> Project:
    """The project around a folder, its parameters set by `name=value`. Raises SegdslError."""
    from segdsl.project import load

    given: dict[str, str] = {}
    for each in params:
        name, equals, value = each.partition("=")
        if not equals:
            raise SegdslError(f"`{each}` sets nothing", "write `--param name=value`")
        given[name] = value
    return load(folder, given)


def sound_project(folder: Path, params: Iterable[str] = (), output: str = "full") -> Project:
    """As `load_project`, but shows a wrong project's errors and ends with 1: nothing is measured or compiled
    from it."""
    project = load_project(folder, params)
    if project.check().has_errors:
        if output == "json":
            print_json(envelope(project))
        else:
            print_findings(project.check(), output, err=True)
        click.get_current_context().exit(1)
    return project


def chosen(project: Project, select: Sequence[str]) -> list[str]:
    """The segments that any of the names or patterns match, in the project's order; all without any."""
    from fnmatch import fnmatchcase

    patterns = [word for each in select for word in each.split()]
    names = [n for n in project.definitions if not patterns or any(fnmatchcase(n, p) for p in patterns)]
    if not names:
        wanted = " ".join(patterns)
        raise SegdslError(f"`{wanted}` matches no segment" if wanted else "the project has no segments")
    return names
