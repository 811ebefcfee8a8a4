"""The commands. Each asks the project and prints what it says; nothing is decided here."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

import segdsl
from segdsl.diagnostics.diagnostic import Findings, SegdslError

if TYPE_CHECKING:
    from segdsl.checks.validate import Report
    from segdsl.project import Project

F = TypeVar("F", bound=Callable[..., Any])


class Day(click.ParamType[date]):
    """A day such as 2024-01-31."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        try:
            if isinstance(value, str) and len(value) == 10:
                return date.fromisoformat(value)
        except ValueError:
            pass
        return self.fail(f"`{value}` is not a day: write it such as 2024-01-31", param, ctx)


class Main(click.Group):
    """Turns what could not be done into one line and exit code 2."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except SegdslError as error:
            click.echo(f"error: {error.message}", err=True)
            if error.help:
                click.echo(f"help: {error.help}", err=True)
            ctx.exit(2)


@click.group(cls=Main, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "-C", "folder", type=click.Path(path_type=Path), default=Path("."), help="Run as if started in DIR."
)
@click.version_option(segdsl.__version__, prog_name="segdsl")
@click.pass_context
def main(ctx: click.Context, folder: Path) -> None:
    """Customer segments as code: checked, compiled to SQL, measured."""
    ctx.obj = folder


def _options(*options: Callable[[F], F]) -> Callable[[F], F]:
    def add(function: F) -> F:
        for option in reversed(options):
            function = option(function)
        return function

    return add


_as_of = click.option("--as-of", type=Day(), help="The day to run for; today when left out.")
_target = click.option("--target", help="The target of segdsl.yaml to run on.")
_params = click.option("--param", "params", multiple=True, metavar="NAME=VALUE", help="Set a parameter.")
_select = click.option("-s", "--select", "select", multiple=True, help="Names or patterns of segments.")
_format = click.option(
    "--output-format",
    "output",
    type=click.Choice(["full", "concise", "json"]),
    default="full",
    show_default=True,
)


def _load(folder: Path, params: Iterable[str]) -> Project:
    from segdsl.project import load

    given: dict[str, str] = {}
    for each in params:
        name, equals, value = each.partition("=")
        if not equals:
            raise SegdslError(f"`{each}` sets nothing", "write `--param name=value`")
        given[name] = value
    return load(folder, given)


def _chosen(project: Project, select: Sequence[str]) -> list[str]:
    """The segments that any of the names or patterns match, in the project's order; all without any."""
    from fnmatch import fnmatchcase

    patterns = [word for each in select for word in each.split()]
    names = [n for n in project.definitions if not patterns or any(fnmatchcase(n, p) for p in patterns)]
    if not names:
        wanted = " ".join(patterns)
        raise SegdslError(f"`{wanted}` matches no segment" if wanted else "the project has no segments")
    return names


def _print_json(content: dict[str, Any]) -> None:
    click.echo(json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False))


def _tell(findings: Findings, output: str, err: bool = False) -> None:
    from segdsl.diagnostics.render import render

    text = render(findings, output)
    if text:
        click.echo(text, err=err)


def _fail_on_errors(ctx: click.Context, project: Project, output: str) -> None:
    """Shows the project's errors and ends with 1: nothing is measured or compiled from a wrong project."""
    if not project.check().has_errors:
        return
    if output == "json":
        _print_json(_envelope(project))
    else:
        _tell(project.check(), output, err=True)
    ctx.exit(1)


def _envelope(project: Project) -> dict[str, Any]:
    from segdsl.diagnostics.report import finding_to_dict

    return {"version": 1, "project": project.name, "findings": [finding_to_dict(f) for f in project.check()]}


@main.command()
@_options(_params, _format)
@click.pass_context
def check(ctx: click.Context, params: tuple[str, ...], output: str) -> None:
    """Checks all that needs no data: syntax, names, types."""
    project = _load(ctx.obj, params)
    findings = project.check()
    if not project.definitions and not findings.has_errors:
        raise SegdslError(
            "the project has no segments, so there was nothing to check", "add one under `segments/`"
        )
    if output == "json":
        _print_json(_envelope(project))
    else:
        _tell(findings, output)
        from segdsl.diagnostics.render import summary

        click.echo(summary(findings, len(project.definitions)), err=True)
    ctx.exit(1 if findings.has_errors else 0)


@main.command("compile")
@click.argument("name", required=False)
@_options(_select, _as_of, _params)
@click.option(
    "--as", "shape", type=click.Choice(["members", "flags", "long", "sizes", "overlap"]), default="members"
)
@click.pass_context
def compile_(
    ctx: click.Context,
    name: str | None,
    select: tuple[str, ...],
    as_of: date | None,
    params: tuple[str, ...],
    shape: str,
) -> None:
    """Prints the SQL of segments."""
    project = _load(ctx.obj, params)
    _fail_on_errors(ctx, project, "full")
    if name is not None:
        project.segment(name)
    names = [name] if name is not None else _chosen(project, select)
    click.echo(project.sql(names, shape, as_of))


@main.command()
@_options(_select, _target, _as_of, _params, _format)
@click.pass_context
def validate(
    ctx: click.Context,
    select: tuple[str, ...],
    target: str | None,
    as_of: date | None,
    params: tuple[str, ...],
    output: str,
) -> None:
    """Holds the catalog against the data, and measures sizes and overlaps."""
    _measure(ctx, select, target, as_of, params, output, {"contract": True})


@main.command()
@click.argument("names", nargs=-1)
@_options(_select, _target, _as_of, _params, _format)
@click.pass_context
def size(
    ctx: click.Context,
    names: tuple[str, ...],
    select: tuple[str, ...],
    target: str | None,
    as_of: date | None,
    params: tuple[str, ...],
    output: str,
) -> None:
    """How many are in each segment."""
    _measure(ctx, (*names, *select), target, as_of, params, output, {"contract": False, "overlaps": False})


@main.command()
@_options(_select, _target, _as_of, _params, _format)
@click.pass_context
def overlap(
    ctx: click.Context,
    select: tuple[str, ...],
    target: str | None,
    as_of: date | None,
    params: tuple[str, ...],
    output: str,
) -> None:
    """How many are in both of two segments, for every pair."""
    _measure(ctx, select, target, as_of, params, output, {"contract": False})


def _measure(
    ctx: click.Context,
    select: Sequence[str],
    target: str | None,
    as_of: date | None,
    params: Iterable[str],
    output: str,
    what: dict[str, bool],
) -> None:
    from segdsl.checks.validate import validate as run

    project = _load(ctx.obj, params)
    _fail_on_errors(ctx, project, output)
    report: Report = run(project, _chosen(project, select), as_of, target, **what)
    if output == "json":
        _print_json(report.to_dict())
    else:
        from segdsl.report.tables import show

        _tell(report.findings, output, err=True)
        show(report, sys.stdout)
    ctx.exit(1 if report.findings.has_errors else 0)


@main.command()
@click.argument("name")
@_options(_target, _as_of, _params)
@click.option(
    "--output-format", "output", type=click.Choice(["csv", "json"]), default="csv", show_default=True
)
@click.pass_context
def members(
    ctx: click.Context,
    name: str,
    target: str | None,
    as_of: date | None,
    params: tuple[str, ...],
    output: str,
) -> None:
    """The keys of the members, sorted."""
    project = _load(ctx.obj, params)
    _fail_on_errors(ctx, project, "full")
    entity = project.segment(name).population.table
    found = project.members(name, as_of, target)
    if output == "json":
        keys = found.column(0).to_pylist()
        _print_json(_envelope(project) | {"entity": entity.name, "key": entity.key, "members": keys})
        return
    import csv

    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(found.column_names)
    writer.writerows([key] for key in found.column(0).to_pylist())


@main.command()
@_options(_select, _params, _format)
@click.pass_context
def ls(ctx: click.Context, select: tuple[str, ...], params: tuple[str, ...], output: str) -> None:
    """Lists the segments."""
    project = _load(ctx.obj, params)
    names = _chosen(project, select)
    if output == "json":
        listed = [{"name": n, "entity": str(project.definitions[n].file.entity)} for n in names]
        _print_json(_envelope(project) | {"segments": listed})
        return
    for name in names:
        click.echo(name)
