"""How long `segdsl check` takes in a process of its own, and how that grows with the project."""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks.projects import write_project
from benchmarks.start import SEGDSL
from benchmarks.timing import interleaved, python

SIZES = (50, 100, 200, 400, 800)
ROUNDS = 5
TARGET = {200: 1.5}
"""Seconds, by number of segments."""


def measure() -> str:
    """The table of projects of growing size."""
    lines = [f"check, cold, medians of {ROUNDS}            wall s    CPU s   ms of CPU for each segment"]
    with tempfile.TemporaryDirectory(prefix="segdsl-bench-") as made:
        folders = {size: Path(made, str(size)) for size in SIZES}
        for size, folder in folders.items():
            write_project(folder, size)
        commands = {str(size): python(SEGDSL, "-C", str(folder), "check") for size, folder in folders.items()}
        for size, time in zip(SIZES, interleaved(commands, ROUNDS).values(), strict=True):
            wanted = f"   below {TARGET[size]} s is wanted" if size in TARGET else ""
            lines.append(
                f"  {size:>4} segments{time.wall:27.2f}{time.cpu:9.2f}{time.cpu / size * 1000:9.2f}{wanted}"
            )
    return "\n".join(lines)
