"""`segdsl validate`, `segdsl size` and `segdsl overlap`"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

import click

from segdsl.cli.asking import Run, asking
from segdsl.cli.options import (
    as_of,
    error_on_warning,
    exclude,
    memory_limit,
    output_format,
    params,
    select,
    share,
    target,
)
from segdsl.cli.output import console, print_findings, print_json, working

if TYPE_CHECKING:
    from segdsl.checks.validate import Report

_names = click.argument("names", nargs=-1, metavar="[NAME]...")
_measuring = asking(select, exclude, target, as_of, params, memory_limit, error_on_warning, output_format)


@click.command()
@_names
@_measuring
def validate(run: Run, names: tuple[str, ...]) -> None:
    """Hold the catalog against the data, and measure.

    What the catalog declares is looked for in the data, and what breaks it is counted; then come the sizes of
    the segments and the overlaps of every two of them.
    """
    _show(run, _measured(run, names, contract=True))


@click.command()
@_names
@_measuring
def size(run: Run, names: tuple[str, ...]) -> None:
    """Count who is in each segment."""
    _show(run, _measured(run, names, overlaps=False))


@click.command()
@_names
@_measuring
@click.option(
    "--at-least",
    type=share,
    metavar="SHARE",
    help="Only overlaps of at least this share of the smaller segment, such as 5% or 0.05.",
)
def overlap(run: Run, names: tuple[str, ...], at_least: Fraction | None) -> None:
    """Count who is in both of two segments, for every pair."""
    report = _measured(run, names)
    if at_least is not None:
        report = replace(report, measures=tuple(each.at_least(at_least) for each in report.measures))
    _show(run, report, sizes=False, by_smaller=at_least is not None)


def _measured(run: Run, names: tuple[str, ...], contract: bool = False, overlaps: bool = True) -> Report:
    from segdsl.checks.validate import validate as measured

    project = run.load_sound()
    chosen = run.chosen(project, names)
    with working(f"measuring {len(chosen)} segments"):
        return measured(project, chosen, run.as_of, run.target, contract, overlaps, run.memory_limit)


def _show(run: Run, report: Report, sizes: bool = True, by_smaller: bool = False) -> None:
    if run.output == "json":
        print_json(report.to_dict())
    else:
        from segdsl.report.tables import show

        print_findings(report.findings, run.output, err=True)
        if len(report.findings):
            click.echo(err=True)
        show(report, console(), sizes, by_smaller)
    run.end(report.findings)
