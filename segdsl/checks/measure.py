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
    """The figures of all selected segments of one entity table."""

    entity: str
    population: int
    segments: tuple[Size, ...]
    overlaps: tuple[Overlap, ...] | None

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
        return block


def measure(
    engine: Engine, segments: Sequence[ir.Segment], as_of: date, overlaps: bool = True, unknown: bool = True
) -> Measures:
    """Sizes, and all pairwise overlaps, of segments of one entity, in one statement. Raises SegdslError."""
    from segdsl.planner import plan
    from segdsl.sql import flags_query

    known = {s.name: replace(s, name=s.name + _STRICT, condition=strict(s.condition)) for s in segments}
    differs = [known[s.name] for s in segments if unknown and known[s.name].condition != s.condition]
    asked = [*segments, *differs]
    flags = engine.execute(flags_query(plan(asked, as_of)))
    packed = _packed([s.name for s in asked], flags)
    sizes = {name: _count(bits) for name, bits in packed.items()}
    population = flags.num_rows
    measured = tuple(
        Size(
            s.name,
            sizes[s.name],
            share(sizes[s.name], population),
            (sizes[s.name] - sizes.get(s.name + _STRICT, sizes[s.name])) if unknown else None,
        )
        for s in segments
    )
    names = [s.name for s in segments]
    pairs = _overlaps(names, packed, sizes) if overlaps else None
    return Measures(segments[0].population.table.name, population, measured, pairs)


def _packed(names: list[str], flags: pyarrow.Table) -> dict[str, np.ndarray[Any, Any]]:
    """Each flag's column as bits. Columns go by their places: a segment may be named as the key is."""
    import numpy as np

    return {
        name: np.packbits(column.to_numpy(zero_copy_only=False).astype(bool))
        for name, column in zip(names, flags.columns[1:], strict=True)
    }


def _count(bits: np.ndarray[Any, Any]) -> int:
    import numpy as np

    return int(np.bitwise_count(bits).sum(dtype=np.int64))


def _overlaps(
    names: list[str], packed: dict[str, np.ndarray[Any, Any]], sizes: dict[str, int]
) -> tuple[Overlap, ...]:
    found = []
    for position, a in enumerate(names):
        for b in names[position + 1 :]:
            both = _count(packed[a] & packed[b])
            either = sizes[a] + sizes[b] - both
            found.append(
                Overlap(a, b, both, share(both, sizes[a]), share(both, sizes[b]), share(both, either))
            )
    return tuple(found)
