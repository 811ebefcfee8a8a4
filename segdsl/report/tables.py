"""Sizes and the largest overlaps as tables for a terminal."""

from __future__ import annotations

from typing import IO

from rich.console import Console
from rich.table import Table

from segdsl.checks.measure import Measures, Overlap
from segdsl.checks.validate import Report

TOP = 15
_BAR = 24


def show(report: Report, file: IO[str]) -> None:
    """Prints a table of sizes for each entity, then the overlaps with the greatest Jaccard index."""
    console = Console(file=file, width=None if file.isatty() else 110, highlight=False)
    for measures in report.measures:
        console.print(_sizes(measures, report))
        if measures.overlaps:
            console.print(_overlaps(measures.overlaps))


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.1%}"


def _sizes(measures: Measures, report: Report) -> Table:
    table = Table(
        title=f"{measures.population:,} {measures.entity} as of {report.as_of}", title_justify="left"
    )
    table.add_column("segment", overflow="fold")
    for heading in ("members", "share"):
        table.add_column(heading, justify="right")
    table.add_column("", no_wrap=True)
    known = all(size.unknown is not None for size in measures.segments)
    if known:
        table.add_column("only by an unknown", justify="right")
    for size in measures.segments:
        bar = "█" * round(_BAR * (size.share or 0))
        extra = [f"{size.unknown:,}" if size.unknown else ""] if known else []
        table.add_row(size.name, f"{size.size:,}", _percent(size.share), bar, *extra)
    return table


def _overlaps(overlaps: tuple[Overlap, ...]) -> Table:
    largest = sorted(overlaps, key=lambda o: (-(o.jaccard or 0), o.a, o.b))[:TOP]
    table = Table(title=f"the {len(largest)} largest of {len(overlaps):,} overlaps", title_justify="left")
    for heading in ("a", "b"):
        table.add_column(heading, overflow="fold")
    for heading in ("both", "of a", "of b", "of either"):
        table.add_column(heading, justify="right")
    for o in largest:
        table.add_row(o.a, o.b, f"{o.both:,}", _percent(o.of_a), _percent(o.of_b), _percent(o.jaccard))
    return table
