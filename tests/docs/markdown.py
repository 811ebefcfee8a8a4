"""Pieces of GitHub's Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable


def code(text: str) -> str:
    """Text as code on one line, also inside a cell of a table."""
    line = " ".join(text.split("\n")).strip().replace("|", "\\|")
    return f"`` {line} ``" if "`" in line else f"`{line}`"


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table whose columns, but for the last, are aligned for those who read the source."""
    grid = [list(head), *(list(row) for row in rows)]
    widths = [max(3, *(len(row[column]) for row in grid)) for column in range(len(grid[0]))]
    widths[-1] = 3

    def line(cells: list[str]) -> str:
        return f"| {' | '.join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True))} |\n"

    return line(grid[0]) + line(["-" * width for width in widths]) + "".join(line(row) for row in grid[1:])


def anchor(heading: str) -> str:
    """The name that GitHub gives a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
