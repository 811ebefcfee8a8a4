"""What a bound segment reads: its columns and tables, and the segments it refers to."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from typing import Any

from segdsl.semantics import ir

_ORDERED = (ir.Function.FIRST, ir.Function.LAST, ir.Function.MOST_FREQUENT)
"""What orders events by their time, then by their key."""


@dataclass(frozen=True)
class Uses:
    """What the rows of a segment depend on.

    `columns` are pairs of a table's and a column's name, as the catalog has them; those that a join or the
    order of events needs are among them. `tables` are the tables that are read, those of links that are only
    passed included. `segments` are the names that the condition itself refers to, in order, each once; what
    those read counts as read. Of the columns, `values` are read for what they say, and `times` for when their
    row happened; some are both, and those of neither only lead to rows.
    """

    tables: frozenset[str]
    columns: frozenset[tuple[str, str]]
    segments: tuple[str, ...]
    values: frozenset[tuple[str, str]] = frozenset()
    times: frozenset[tuple[str, str]] = frozenset()


def uses(segment: ir.Segment) -> Uses:
    """What a segment reads, followed through attributes, links, aggregates and the segments it refers to."""
    reader = _Reader()
    reader.keyed(segment.population.table)
    here = _Place(segment.population.table.name)
    reader.visit(segment.population.time, replace(here, is_time=True))
    reader.visit(segment.condition, here)
    tables = frozenset(table for table, _ in reader.columns) | reader.tables
    columns, values, times = map(frozenset, (reader.columns, reader.values, reader.times))
    return Uses(tables, columns, tuple(reader.segments), values, times)


@dataclass(frozen=True)
class _Place:
    """The tables of the rows that the scopes mean, and whether this is inside a segment that is referred to, or
    is only when something happened."""

    row: str
    entity: str | None = None
    referred: bool = False
    is_time: bool = False
    steps: tuple[str, ...] = ()

    def table(self, scope: ir.Scope | ir.Earlier) -> str:
        if isinstance(scope, ir.Earlier):
            return self.steps[scope.step]
        if scope is ir.Scope.ROW:
            return self.row
        assert self.entity is not None, "the entity's row exists inside aggregates only"
        return self.entity


@dataclass
class _Reader:
    columns: set[tuple[str, str]] = field(default_factory=set)
    values: set[tuple[str, str]] = field(default_factory=set)
    times: set[tuple[str, str]] = field(default_factory=set)
    tables: set[str] = field(default_factory=set)
    segments: dict[str, None] = field(default_factory=dict)
    seen: set[tuple[Any, _Place]] = field(default_factory=set)

    def visit(self, part: Any, place: _Place) -> None:
        """Reads a value, a condition, or whatever holds some of them."""
        if isinstance(part, tuple):
            for item in part:
                self.visit(item, place)
        elif type(part).__module__ == ir.__name__ and hasattr(part, "__dataclass_fields__"):
            # The name of a reference does not count in equality, so each is looked at.
            if isinstance(part, ir.Member) and not place.referred:
                self.segments[part.name] = None
            if (part, place) not in self.seen:
                self.seen.add((part, place))
                self.node(part, place)

    def node(self, part: Any, place: _Place) -> None:
        match part:
            case ir.Table():
                self.keyed(part)
            case ir.Column(scope, links, table, name):
                self.links(place, scope, links)
                self.columns.add((table, name))
                (self.times if place.is_time else self.values).add((table, name))
            case ir.Aggregate(scope, links, function, rows, value):
                self.links(place, scope, links)
                self.rows(rows, place, value)
                if function in _ORDERED:
                    self.keyed(rows.table)
            case ir.Rows():
                self.rows(part, place, None)
            case ir.Sequence(scope, links, steps):
                self.links(place, scope, links)
                self.visit(steps, replace(place, steps=tuple(step.rows.table.name for step in steps)))
            case ir.Ranking(population):
                self.keyed(population.table)
                home = _Place(population.table.name, referred=place.referred)
                for inside in (population.time, part.by, part.per, part.among):
                    self.visit(inside, home)
            case ir.Member(scope, links, entity, body):
                self.links(place, scope, links)
                self.keyed(entity)
                self.visit(body, _Place(entity.name, referred=True))
            case _:
                if hasattr(part, "links"):
                    self.links(place, getattr(part, "scope", ir.Scope.ROW), part.links)
                for each in fields(part):
                    if each.init and each.name not in ("links", "span"):
                        self.visit(getattr(part, each.name), place)

    def rows(self, rows: ir.Rows, place: _Place, value: ir.Value | None) -> None:
        """Events, and a value of theirs."""
        self.tables.add(rows.table.name)
        event = replace(place, row=rows.table.name, entity=rows.chain[-1].target.name)
        self.links(event, ir.Scope.ROW, rows.chain)
        self.visit(rows.time, replace(event, is_time=True))
        for part in (rows.where, value):
            self.visit(part, event)

    def keyed(self, table: ir.Table) -> None:
        """A table of which the key is read."""
        self.tables.add(table.name)
        if table.key is not None:
            self.columns.add((table.name, table.key))

    def links(self, place: _Place, scope: ir.Scope | ir.Earlier, links: ir.Links) -> None:
        """The columns that a path of links joins on."""
        if not links:
            return
        here = place.table(scope)
        for link in links:
            self.columns.add((here, link.column))
            self.keyed(link.target)
            here = link.target.name
