"""Sizes, overlaps and lists of segments as tables for a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich import box
from rich.bar import Bar
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table

from segdsl.checks.measure import Measures, Overlap
from segdsl.checks.validate import Report
from segdsl.diagnostics.render import visible

if TYPE_CHECKING:
    from segdsl.semantics.definitions import Definition

TOP = 15
_WIDEST_BAR, _NARROWEST_BAR = 24, 8
_GAP = 3
"""Blanks between columns, as `plain_table` has them."""


def show(report: Report, console: Console, sizes: bool = True, by_smaller: bool = False) -> None:
    """Prints the sizes of each entity's segments and its largest overlaps, as far as they were measured.

    `by_smaller` orders overlaps by their share of the smaller segment and prints all of them; otherwise the
    `TOP` are printed that have the greatest share of both together (the Jaccard index).
    """
    first = True
    for measures in report.measures:
        if sizes:
            title = f"{measures.population:,} {measures.entity} as of {report.as_of}"
            print_table(console, title, _sizes(measures, console.width), first)
            first = False
        if measures.overlaps is not None and len(measures.segments) > 1:
            largest = _largest(measures.overlaps, by_smaller)
            pairs = len(measures.segments) * (len(measures.segments) - 1) // 2
            by = "share of the smaller" if by_smaller else "share of either"
            title = f"{len(largest):,} of {pairs:,} overlaps of {measures.entity}, by {by}"
            print_table(console, title, _overlaps(largest), first)
            first = False


def show_segments(definitions: Sequence[Definition], console: Console) -> None:
    """Prints who owns which segment, and where it stands: as many columns as there is room for."""
    columns: dict[str, list[str]] = {
        "segment": [d.name for d in definitions],
        "of": [d.file.entity for d in definitions],
        "title": [d.title or "" for d in definitions],
        "owner": [d.owner or "" for d in definitions],
        "tags": [", ".join(d.tags) for d in definitions],
        "place": [f"{d.path}:{d.span.line}" for d in definitions],
    }
    columns = {heading: list(map(visible, cells)) for heading, cells in columns.items()}
    shown: list[str] = []
    room = console.width + _GAP
    for heading in ("segment", "place", "owner", "title", "of", "tags"):
        cells = columns[heading]
        says = any(cells) if heading != "of" else len(set(cells)) > 1
        needed = max(map(cell_len, [heading, *cells])) + _GAP
        if heading == "segment" or (says and needed <= room):
            shown.append(heading)
            room -= needed
    table = plain_table()
    for heading in [heading for heading in columns if heading in shown]:
        table.add_column(heading, overflow="fold", style="bold" if heading == "segment" else "")
    for row in zip(*(columns[heading] for heading in columns if heading in shown), strict=True):
        table.add_row(*row)
    print_table(console, None, table, first=True)


def plain_table() -> Table:
    """A table whose only line is under its headings."""
    return Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)


def print_table(console: Console, title: str | None, table: Table, first: bool) -> None:
    """Prints a table under its title, without blanks at the ends of lines; one without rows not at all."""
    with console.capture() as capture:
        if not first:
            console.print()
        if title:
            console.print(title, style="bold")
        if table.row_count:
            console.print(table)
    text = "\n".join(line.rstrip() for line in capture.get().split("\n"))
    console.file.write(text)


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.1%}"


def _sizes(measures: Measures, width: int) -> Table:
    unknown = any(size.unknown for size in measures.segments)
    headings = ["segment", "members", "share", *(["unknown"] if unknown else [])]
    rows = [
        [
            s.name,
            f"{s.size:,}",
            _percent(s.share),
            *([f"{s.unknown:,}" if s.unknown else ""] if unknown else []),
        ]
        for s in measures.segments
    ]
    taken = sum(max(map(cell_len, column)) + _GAP for column in zip(headings, *rows, strict=True))
    bar = min(_WIDEST_BAR, width - taken)
    table = plain_table()
    table.add_column(headings[0], overflow="fold")
    for heading in headings[1:]:
        table.add_column(heading, justify="right", no_wrap=True)
    if bar >= _NARROWEST_BAR:
        table.add_column("", no_wrap=True, width=bar)
    for size, row in zip(measures.segments, rows, strict=True):
        table.add_row(*row, *([Bar(1, 0, size.share or 0, width=bar)] if bar >= _NARROWEST_BAR else []))
    return table


def _largest(overlaps: tuple[Overlap, ...], by_smaller: bool) -> list[Overlap]:
    def order(overlap: Overlap) -> tuple[float, str, str]:
        share = max(overlap.of_a or 0, overlap.of_b or 0) if by_smaller else overlap.jaccard or 0
        return -share, overlap.a, overlap.b

    return sorted(overlaps, key=order)[: None if by_smaller else TOP]


def _overlaps(overlaps: Sequence[Overlap]) -> Table:
    table = plain_table()
    for heading in ("a", "b"):
        table.add_column(heading, overflow="fold")
    for heading in ("both", "of a", "of b", "of either"):
        table.add_column(heading, justify="right", no_wrap=True)
    for o in overlaps:
        table.add_row(o.a, o.b, f"{o.both:,}", _percent(o.of_a), _percent(o.of_b), _percent(o.jaccard))
    return table
