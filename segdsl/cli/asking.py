"""What most commands do first: load the project, see that it is sound, choose segments."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from datetime import date
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from segdsl.cli.options import options
from segdsl.cli.output import OUTPUT, PROJECT, working
from segdsl.diagnostics.diagnostic import Findings, SegdslError, Severity

if TYPE_CHECKING:
    from segdsl.project import Project


@dataclass(frozen=True)
class Run:
    """What the options that commands share say of a run; those that a command lacks are as if not given."""

    folder: Path
    select: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    target: str | None = None
    as_of: date | None = None
    params: tuple[str, ...] = ()
    memory_limit: str | None = None
    output: str = "full"
    error_on_warning: bool = False

    def load(self) -> Project:
        """The project around the folder. Raises SegdslError."""
        from segdsl.project import load

        given: dict[str, str] = {}
        for each in self.params:
            name, equals, value = each.partition("=")
            if not equals or not name:
                raise SegdslError(f"`--param {each}` sets nothing", "write `--param name=value`")
            given[name] = value
        with working("reading the project"):
            project = load(self.folder, given)
        click.get_current_context().find_root().meta[PROJECT] = project.name
        return project

    def load_sound(self) -> Project:
        """As `load`. Raises FindingsError if the project has errors."""
        project = self.load()
        project.raise_for_errors()
        return project

    def chosen(self, project: Project, names: Sequence[str] = ()) -> list[str]:
        """The segments that `names` and the options mean, all without any. Raises SegdslError."""
        from segdsl.selection import select

        return select(project, [*names, *self.select], self.exclude)

    def end(self, findings: Findings) -> NoReturn:
        """Exits with 1 where there are errors, or with `--error-on-warning` warnings."""
        warned = self.error_on_warning and findings.count(Severity.WARNING)
        raise click.exceptions.Exit(1 if findings.has_errors or warned else 0)


def asking(*each: Callable[[Any], Any]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Options that go into a `Run`, which the command takes first."""
    names = {field.name for field in fields(Run)} - {"folder"}

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def asked(**values: Any) -> Any:
            context = click.get_current_context()
            run = Run(context.obj, **{n: values.pop(n) for n in names & values.keys()})
            context.find_root().meta[OUTPUT] = run.output
            return function(run, **values)

        made: Callable[..., Any] = options(*each)(asked)
        return made

    return decorate
