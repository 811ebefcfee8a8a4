"""Partitions on data: who falls in a gap between the parts, and who in several of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from segdsl.diagnostics import Diagnostic
from segdsl.semantics import ir

if TYPE_CHECKING:
    from segdsl.checks.measure import Flags
    from segdsl.project import Project

SHOWN = 5
"""How many keys are named at most."""


@dataclass(frozen=True)
class Partition:
    """What a partition measures: how many are in no part, how many in several, and some keys of each."""

    name: str
    parts: tuple[str, ...]
    gap: int
    gap_keys: tuple[Any, ...]
    overlap: int
    overlap_keys: tuple[Any, ...]


def partitions_of(project: Project, names: list[str]) -> list[str]:
    """The partitions that the named parts are of, in order."""
    found = (project.definitions[name].partition for name in names)
    return list(dict.fromkeys(each for each in found if each is not None))


def asked(project: Project, partitions: list[str]) -> list[ir.Segment]:
    """The segments that have to be measured for the partitions, beside their parts."""
    return [each for name in partitions for each in project.coverage(name) if each is not None]


def measure_partition(project: Project, name: str, flags: Flags) -> Partition:
    gap, overlap = project.coverage(name)

    def figures(segment: ir.Segment | None) -> tuple[int, tuple[Any, ...]]:
        if segment is None:
            return 0, ()
        return flags.size(segment.name), tuple(flags.some(segment.name, SHOWN))

    parts = tuple(each for each, d in project.definitions.items() if d.partition == name)
    return Partition(name, parts, *figures(gap), *figures(overlap))


def broken(project: Project, partition: Partition) -> Iterator[Diagnostic]:
    """What to tell of gaps and overlaps."""
    at = next(d.record for d in project.definitions.values() if d.partition == partition.name).name_span
    if partition.gap:
        message = f"{_who(partition.gap, partition.gap_keys)} in no part of `{partition.name}`"
        help = "add a part for them, or `otherwise: …`"
        yield Diagnostic("partition-gap", message, at, help, segment=partition.name)
    if partition.overlap:
        message = f"{_who(partition.overlap, partition.overlap_keys)} in several parts of `{partition.name}`"
        help = "make the parts exclusive, or use `first_match`"
        yield Diagnostic("partition-overlap", message, at, help, segment=partition.name)


def _who(count: int, keys: tuple[Any, ...]) -> str:
    shown = ", ".join(map(str, keys)) + (", …" if count > len(keys) else "")
    return f"{count:,} of them ({shown}) {'is' if count == 1 else 'are'}"
