"""What random programs were made of: how often each operator was drawn, and how many segments tell people apart."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, fields

from tests.operators import in_ir, in_syntax
from tests.strategies.programs import Program


@dataclass
class Tally:
    """Counts over all programs of a run."""

    programs: int = 0
    segments: int = 0
    telling: int = 0
    empty: int = 0
    overflows: int = 0
    operators: Counter[str] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)

    def add_program(self, program: Program) -> None:
        self.programs += 1
        self.refusals += program.refusals
        for written in program.segments:
            self.operators.update(in_syntax(written.tree))
            self.operators.update(in_ir(written.bound.condition))

    def add_segment(self, size: int, population: int) -> None:
        """A segment of so many members, of so many there are."""
        self.segments += 1
        self.telling += 0 < size < population
        self.empty += size == 0

    def add(self, other: Tally) -> None:
        """The counts of another process."""
        for each in fields(self):
            setattr(self, each.name, getattr(self, each.name) + getattr(other, each.name))

    @property
    def share(self) -> float:
        """The share of segments that are neither empty nor everyone, in 0..1."""
        return self.telling / self.segments if self.segments else 0.0


TALLY = Tally()
