"""Where the time goes: one project through the stages, in this process."""

from __future__ import annotations

import gc
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from statistics import median
from typing import TypeVar

from benchmarks.projects import write_project
from benchmarks.timing import python, run

SEGMENTS = 200
ROUNDS = 5
DAY = date(2024, 1, 31)
IMPORTS = "import segdsl.project, segdsl.files.models, segdsl.syntax.builder, lark"

T = TypeVar("T")


class Stopwatch:
    """The CPU seconds of each stage, a number for each round."""

    def __init__(self) -> None:
        self.taken: dict[str, list[float]] = {}

    def time(self, stage: str, work: Callable[[], T]) -> T:
        """What the work gives, its time noted down."""
        gc.collect()
        before = time.process_time()
        result = work()
        self.taken.setdefault(stage, []).append(time.process_time() - before)
        return result


def measure() -> str:
    """The table of stages, each with the median of its CPU time."""
    watch = Stopwatch()
    watch.taken["imports"] = [run(python(IMPORTS)).cpu for _ in range(ROUNDS + 1)]
    with tempfile.TemporaryDirectory(prefix="segdsl-bench-") as made:
        write_project(Path(made), SEGMENTS)
        for _ in range(ROUNDS + 1):
            through_stages(Path(made), watch)
    lines = [f"stages of {SEGMENTS} segments, medians of {ROUNDS}         CPU ms"]
    # The first round loads what is loaded late.
    lines += [f"  {stage:<36}{median(taken[1:]) * 1000:12.1f}" for stage, taken in watch.taken.items()]
    return "\n".join(lines)


def through_stages(folder: Path, watch: Stopwatch) -> None:
    """Takes the project in a folder from its files to the SQL of all flags."""
    from segdsl.diagnostics import Findings
    from segdsl.files.discover import read_project
    from segdsl.planner import plan
    from segdsl.project import Project
    from segdsl.sql import flags_query, to_text
    from segdsl.syntax import tables
    from segdsl.syntax.parser import parse

    tables.load.cache_clear()
    watch.time("loading the parser", lambda: tables.load())
    files = watch.time("reading YAML", lambda: read_project(folder))
    records = [record for file in files.segment_files for record in file.segments.values()]
    conditions = [record.where.fragment for record in records]
    watch.time("parsing conditions", lambda: [parse(condition, Findings()) for condition in conditions])
    project = watch.time("parsing and binding all", lambda: Project(files))
    segments = [project.segment(name) for name in project.definitions]
    planned = watch.time("planning flags", lambda: plan(segments, DAY))
    query = watch.time("making trees of SQL", lambda: flags_query(planned))
    watch.time("writing SQL", lambda: to_text(query))
