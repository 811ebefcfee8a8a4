"""Programs run: what the interpreter says, and what an engine does by each shape of query."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import segdsl
from segdsl import sql
from segdsl.diagnostics import SegdslError
from segdsl.engines import Engine
from segdsl.planner import plan
from segdsl.project import Project
from segdsl.reference.interpreter import members
from segdsl.reference.values import ReferenceOverflow
from segdsl.semantics import ir
from tests.properties.projects import write
from tests.strategies.programs import Program

Keys = frozenset[Any]


class TooManyDigits(Exception):
    """A result has more than 38 digits: an error at run time, on whichever side."""


@dataclass
class Run:
    """A program on disk, loaded and opened."""

    program: Program
    project: Project
    engine: Engine
    folder: Path
    _expected: dict[ir.Segment, Keys] = field(default_factory=dict)

    def expected(self, segment: ir.Segment) -> Keys:
        """Its members by the interpreter. Raises TooManyDigits."""
        if segment not in self._expected:
            try:
                found = members(segment, self.program.rows, self.program.as_of)
            except ReferenceOverflow as error:
                raise TooManyDigits from error
            self._expected[segment] = frozenset(found)
        return self._expected[segment]

    def population(self, segment: ir.Segment) -> Keys:
        return self.expected(ir.Segment("everyone", segment.population, ir.Always(True)))

    def asked(self, query: Any) -> list[list[Any]]:
        """The columns of the answer. Raises TooManyDigits."""
        try:
            found = self.engine.execute(query)
        except SegdslError as error:
            if error.help is not None and "more digits than the 38" in error.help:
                raise TooManyDigits from error
            raise AssertionError(f"{error.message}\n{sql.to_text(query)}") from error
        return [column.to_pylist() for column in found.columns]

    # --- by each shape of query ---------------------------------------------------------------------------

    def alone(self, segment: ir.Segment) -> Keys:
        """Its members, asked for by itself."""
        (keys,) = self.asked(sql.members_query(plan([segment], self.program.as_of), segment.name))
        assert len(keys) == len(set(keys)), f"{segment.name}: a member is listed twice"
        return frozenset(keys)

    def flags(self, segments: Sequence[ir.Segment]) -> list[Keys]:
        """The members of each, all asked for together."""
        keys, *flags = self.asked(sql.flags_query(plan(segments, self.program.as_of)))
        assert len(keys) == len(set(keys)) and frozenset(keys) == self.population(segments[0])
        for segment, flag in zip(segments, flags, strict=True):
            assert None not in flag, f"{segment.name}: a flag is NULL"
        return [frozenset(key for key, holds in zip(keys, flag, strict=True) if holds) for flag in flags]

    def long(self, segments: Sequence[ir.Segment]) -> list[Keys]:
        keys, names = self.asked(sql.long_query(plan(segments, self.program.as_of)))
        pairs = list(zip(keys, names, strict=True))
        assert len(pairs) == len(set(pairs)), "a member is listed twice"
        return [frozenset(key for key, name in pairs if name == segment.name) for segment in segments]

    def sizes(self, segments: Sequence[ir.Segment]) -> list[tuple[Any, ...]]:
        return list(zip(*self.asked(sql.sizes_query(plan(segments, self.program.as_of))), strict=True))

    def overlap(self, segments: Sequence[ir.Segment]) -> list[tuple[Any, ...]]:
        return list(zip(*self.asked(sql.overlap_query(plan(segments, self.program.as_of))), strict=True))

    def expected_sizes(self, segments: Sequence[ir.Segment]) -> list[tuple[Any, ...]]:
        return [(segment.name, len(self.expected(segment))) for segment in segments]

    def expected_overlap(self, segments: Sequence[ir.Segment]) -> list[tuple[Any, ...]]:
        return [
            (a.name, b.name, len(self.expected(a) & self.expected(b))) for a, b in combinations(segments, 2)
        ]


@contextmanager
def running(program: Program) -> Iterator[Run]:
    """The program, written to a folder that is gone afterwards."""
    with TemporaryDirectory(prefix="segdsl-test-") as folder:
        root = write(program, Path(folder) / "project")
        project = segdsl.load(root)
        findings = [f"{each.rule}: {each.message} ({each.segment})" for each in project.check()]
        assert not project.check().has_errors, "\n".join(findings)
        with project.open() as engine:
            yield Run(program, project, engine, root)
