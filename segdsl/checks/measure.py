"""Sizes and overlaps: the flags of one pass over the data, counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from segdsl.semantics import ir
from segdsl.semantics.logic import strict

if TYPE_CHECKING:
    import numpy as np
    import pyarrow  # type: ignore[import-untyped]

    from segdsl.checks.expectations import Expectation
    from segdsl.checks.partitions import Partition
    from segdsl.engines import Engine

_STRICT = " if known"


def share(part: int, whole: int) -> float | None:
    """`part / whole`, unrounded, in 0..1; None of nothing."""
    return part / whole if whole else None


@dataclass(frozen=True)
class Size:
    """A segment's members; `unknown` of them are in it only because something about them is not known."""

    name: str
    size: int
    share: float | None
    unknown: int | None


@dataclass(frozen=True)
class Overlap:
    """How many are in both of two segments; shares are of `a`, of `b`, and of either (Jaccard)."""

    a: str
    b: str
    both: int
    of_a: float | None
    of_b: float | None
    jaccard: float | None


@dataclass(frozen=True)
class Measures:
    """The figures of all selected segments of one entity table. What was not measured is None."""

    entity: str
    population: int
    segments: tuple[Size, ...]
    overlaps: tuple[Overlap, ...] | None
    expectations: tuple[Expectation, ...] | None = None
    partitions: tuple[Partition, ...] | None = None

    def at_least(self, share: Fraction) -> Measures:
        """The same with those overlaps alone that are at least this share of the smaller segment."""
        sizes = {size.name: size.size for size in self.segments}

        def large(overlap: Overlap) -> bool:
            smaller = min(sizes[overlap.a], sizes[overlap.b])
            return share == 0 or (smaller > 0 and overlap.both >= share * smaller)

        return replace(self, overlaps=tuple(filter(large, self.overlaps or ())))

    def to_dict(self) -> dict[str, Any]:
        block: dict[str, Any] = {"entity": self.entity, "population": self.population}
        block["segments"] = [vars(size) for size in self.segments]
        if self.overlaps is not None:
            block["overlaps"] = [vars(overlap) for overlap in self.overlaps]
        if self.expectations is not None:
            block["expectations"] = [each.to_dict() for each in self.expectations]
        if self.partitions is not None:
            block["partitions"] = [vars(partition) for partition in self.partitions]
        return block


class Flags:
    """Who of a population is in which segments: a bit for each of its rows."""

    def __init__(self, names: Sequence[str], flags: pyarrow.Table) -> None:
        import numpy as np

        self.population: int = flags.num_rows
        self._keys = flags.column(0)
        # Columns go by their places: a segment may be named as the key is.
        self._bits: dict[str, np.ndarray[Any, Any]] = {
            name: np.packbits(column.to_numpy(zero_copy_only=False).astype(bool))
            for name, column in zip(names, flags.columns[1:], strict=True)
        }

    def size(self, name: str) -> int:
        return _count(self._bits[name])

    def both(self, a: str, b: str) -> int:
        """How many are in both of two segments."""
        return _count(self._bits[a] & self._bits[b])

    def some(self, name: str, limit: int) -> list[Any]:
        """The least keys of the members, `limit` at most."""
        import numpy as np
        import pyarrow.compute as pc  # type: ignore[import-untyped]

        mask = np.unpackbits(self._bits[name], count=self.population).astype(bool)
        members = pc.filter(self._keys, mask)
        return sorted(members.to_pylist())[:limit] if len(members) else []


def read_flags(engine: Engine, segments: Sequence[ir.Segment], as_of: date) -> Flags:
    """The flags of segments of one entity, all in one statement. Raises SegdslError."""
    from segdsl.sql import flags_query, plan_for

    query = flags_query(plan_for(engine.dialect, segments, as_of), engine.schema, engine.dialect)
    return Flags([s.name for s in segments], engine.execute(query))


def strictly(segments: Sequence[ir.Segment]) -> list[ir.Segment]:
    """The segments as they are if every test on an unknown value fails, where that is another condition."""
    made = [replace(s, name=s.name + _STRICT, condition=strict(s.condition)) for s in segments]
    return [each for each, s in zip(made, segments, strict=True) if each.condition != s.condition]


def measured(flags: Flags, segments: Sequence[ir.Segment], overlaps: bool = True) -> Measures:
    """Sizes, and all pairwise overlaps, of segments of one entity; flags are of them and of `strictly` them."""
    names = [s.name for s in segments]
    sizes = {name: flags.size(name) for name in names}
    # Who stays a member is counted, and not how many there then are: where a part of a grid or of `if` loses
    # some to another part, that one has more members than before.
    known = {s.name.removesuffix(_STRICT): s.name for s in strictly(segments)}
    found = tuple(
        Size(name, size, share(size, flags.population), size - flags.both(name, known.get(name, name)))
        for name, size in sizes.items()
    )
    pairs = _overlaps(names, flags, sizes) if overlaps else None
    return Measures(segments[0].population.table.name, flags.population, found, pairs)


def measure(engine: Engine, segments: Sequence[ir.Segment], as_of: date, overlaps: bool = True) -> Measures:
    """Sizes, and all pairwise overlaps, of segments of one entity, in one statement. Raises SegdslError."""
    flags = read_flags(engine, [*segments, *strictly(segments)], as_of)
    return measured(flags, segments, overlaps)


def _count(bits: np.ndarray[Any, Any]) -> int:
    import numpy as np

    return int(np.bitwise_count(bits).sum(dtype=np.int64))


def _overlaps(names: Sequence[str], flags: Flags, sizes: dict[str, int]) -> tuple[Overlap, ...]:
    found = []
    for position, a in enumerate(names):
        for b in names[position + 1 :]:
            both = flags.both(a, b)
            either = sizes[a] + sizes[b] - both
            found.append(
                Overlap(a, b, both, share(both, sizes[a]), share(both, sizes[b]), share(both, either))
            )
    return tuple(found)
