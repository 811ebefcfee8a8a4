"""Where an expression stands: the names it may use, and the rows it will be read for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from segdsl.reference.interpreter import Row
from segdsl.semantics.catalog import Catalog, Table
from segdsl.semantics.scope import Frame
from segdsl.semantics.types import Type

MAX_LINKS = 3
Steps = tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Scene:
    """`frame` as the binder has it; `rows` as the interpreter does: each row, and for an event its entity."""

    frame: Frame
    rows: tuple[tuple[Row, Row | None], ...]

    @property
    def table(self) -> Table:
        return self.frame.table

    @property
    def in_aggregate(self) -> bool:
        return self.frame.in_aggregate


@dataclass(frozen=True)
class Attributed:
    """What an attribute is: its type, None for a condition, and whether it may stand inside an aggregate."""

    type: Type | None
    inside: bool


@dataclass(frozen=True)
class Reachable:
    """A path that may be written: `type` is None for a condition, KEY for a column that is not listed."""

    names: Steps
    table: str
    type: Type | None


class Names:
    """The paths of each scene, remembered."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.attributes: dict[tuple[str, str], Attributed] = {}
        self._known: dict[tuple[Frame, int], list[Reachable]] = {}

    def reachable(self, frame: Frame) -> list[Reachable]:
        """The columns and attributes, nearest first."""
        key = (frame, len(self.attributes))
        if key not in self._known:
            self._known[key] = list(self._named(frame))
        return self._known[key]

    def _named(self, frame: Frame) -> Iterator[Reachable]:
        for steps, name in self.links(frame):
            table = self.catalog.tables[name]
            for column in (*table.columns, *sorted(table.unlisted)):
                yield Reachable((*steps, column), name, table.column_type(column))
            for attribute in table.attributes:
                known = self.attributes[name, attribute]
                if known.inside or not frame.in_aggregate:
                    yield Reachable((*steps, attribute), name, known.type)

    def links(self, frame: Frame) -> list[tuple[Steps, str]]:
        """The paths of links, the empty one included, and the table each leads to; nearest first."""
        found: list[tuple[Steps, str]] = [((), frame.table.name)]
        for steps, table in found:
            if len(steps) < MAX_LINKS:
                found += [((*steps, name), target) for name, target in self._steps(frame, table, steps)]
        return found

    def _steps(self, frame: Frame, table: str, steps: Steps) -> Iterator[tuple[str, str]]:
        # Inside an aggregate, the entity's own name leads out to it, whatever link is named the same.
        out = frame.outer.table if frame.outer is not None and not steps else None
        if out is not None and out.entity:
            yield out.entity, out.name
        for link in self.catalog.tables[table].links.values():
            if out is None or link.name != out.entity:
                yield link.name, link.target

    def chains(self, frame: Frame) -> list[tuple[str, Steps | None]]:
        """The tables of events of a row, each with the `via` that names its chain, None where it needs none."""
        goal = frame.table.name
        found: list[tuple[str, Steps | None]] = []
        for table in self.catalog.tables.values():
            chains = self.catalog.chains(table.name, goal)
            if len(chains) == 1:
                found.append((table.name, None))
            found += [(table.name, steps) for steps, end in self.links(Frame(table)) if steps and end == goal]
        return found
