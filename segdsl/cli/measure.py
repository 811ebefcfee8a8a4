"""`segdsl validate`, `segdsl size` and `segdsl overlap`"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING

import click

from segdsl.cli.asking import chosen, sound_project
from segdsl.cli.options import as_of, options, output_format, params, select, target
from segdsl.cli.output import print_findings, print_json

if TYPE_CHECKING:
    from segdsl.checks.validate import Report

_measuring = options(select, target, as_of, params, output_format)


@click.command()
@_measuring
@click.pass_context
def validate(
    ctx: click.Context,
    select: tuple[str, ...],
    target: str | None,
    as_of: date | None,
    params: tuple[str, ...],
    output: str,
) -> None:
    """Hold the catalog against the data, and measure."""
    _measure(ctx, select, target, as_of, params, output, {"contract": True})


@click.command()
@click.argument("names", nargs=-1)
@_measuring
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
    """Count who is in each segment."""
    _measure(ctx, (*names, *select), target, as_of, params, output, {"contract": False, "overlaps": False})


@click.command()
@_measuring
@click.pass_context
def overlap(
    ctx: click.Context,
    select: tuple[str, ...],
    target: str | None,
    as_of: date | None,
    params: tuple[str, ...],
    output: str,
) -> None:
    """Count who is in both of two segments, for every pair."""
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

    project = sound_project(ctx.obj, params, output)
    report: Report = run(project, chosen(project, select), as_of, target, **what)
    if output == "json":
        print_json(report.to_dict())
    else:
        from segdsl.report.tables import show

        print_findings(report.findings, output, err=True)
        show(report, sys.stdout)
    ctx.exit(1 if report.findings.has_errors else 0)
