"""The bound catalog: tables, columns and links with their types, ready for names to be looked up."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from segdsl.semantics import ir
from segdsl.semantics.types import KEY, Type
from segdsl.source import Fragment, Span

Fact = bool | int | Decimal | float | str | date | datetime


@dataclass(frozen=True)
class Column:
    """A column as declared. `values`, `minimum` and `maximum` are of the column's type, or None."""

    name: str
    type: Type
    source: str
    span: Span
    nullable: bool = True
    values: tuple[Fact, ...] | None = None
    minimum: Fact | None = None
    maximum: Fact | None = None
    unique: bool = False
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Link:
    """A many-to-one link from a column to the key of another table."""

    name: str
    column: str
    target: str
    required: bool
    span: Span


@dataclass(frozen=True)
class Attribute:
    """A derived attribute: an expression about a row of its table."""

    name: str
    expression: Fragment
    span: Span
    minimum: str | None = None
    maximum: str | None = None
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Table:
    """A table, compared by identity: a catalog has one of each. `key` and the link columns need not be among
    `columns`; `time` is a path of names. `faulty` are columns that are declared, but not so that they can be read.
    """

    name: str
    source: str
    span: Span
    key: str | None = None
    entity: str | None = None
    time: tuple[str, ...] | None = None
    time_span: Span | None = None
    columns: Mapping[str, Column] = field(default_factory=dict)
    links: Mapping[str, Link] = field(default_factory=dict)
    attributes: Mapping[str, Attribute] = field(default_factory=dict)
    faulty: frozenset[str] = frozenset()

    def column_type(self, name: str) -> Type:
        """The type of a stored column; KEY for a key or link column that is not listed."""
        return self.columns[name].type if name in self.columns else KEY

    def column_source(self, name: str) -> str:
        return self.columns[name].source if name in self.columns else name

    @property
    def unlisted(self) -> set[str]:
        """Key and link columns that are stored but not listed under `columns`."""
        used = {link.column for link in self.links.values()} | ({self.key} if self.key else set())
        return used - set(self.columns)

    @property
    def names(self) -> list[str]:
        """Everything that may follow a dot after a row of this table."""
        return [*self.columns, *sorted(self.unlisted), *self.links, *self.attributes]


@dataclass(frozen=True)
class Catalog:
    """All tables of a project, and the time zone in which days are counted.

    `faulty` are tables that are declared, but not so that they can be read; `whole` is False where a whole file
    could not be read. What is wrong with them has been told.
    """

    tables: Mapping[str, Table]
    timezone: str = "UTC"
    faulty: frozenset[str] = frozenset()
    whole: bool = True

    def may_have(self, name: str) -> bool:
        """Whether a table that is not among `tables` may be declared where it could not be read."""
        return name in self.faulty or not self.whole

    def ir_table(self, name: str) -> ir.Table:
        table = self.tables[name]
        if table.key is None:
            return ir.Table(name, table.source, None, None, KEY)
        return ir.Table(
            name, table.source, table.key, table.column_source(table.key), table.column_type(table.key)
        )

    def ir_link(self, table: Table, link: Link) -> ir.Link:
        return ir.Link(
            link.name,
            link.column,
            table.column_source(link.column),
            table.column_type(link.column),
            self.ir_table(link.target),
            link.required,
        )

    def chains(self, start: str, goal: str) -> list[tuple[str, ...]]:
        """The names of the links of every chain from one table to another that passes no table twice."""
        found: list[tuple[str, ...]] = []
        queue: deque[tuple[str, tuple[str, ...], frozenset[str]]] = deque([(start, (), frozenset({start}))])
        while queue and len(found) < 10:
            here, path, passed = queue.popleft()
            for link in self.tables[here].links.values():
                if link.target == goal and goal not in passed:
                    found.append((*path, link.name))
                elif link.target not in passed and link.target in self.tables:
                    queue.append((link.target, (*path, link.name), passed | {link.target}))
        return found

    def links_along(self, start: str, names: tuple[str, ...]) -> ir.Links:
        """The links of a path of link names that exists."""
        links: list[ir.Link] = []
        table = self.tables[start]
        for name in names:
            link = table.links[name]
            links.append(self.ir_link(table, link))
            table = self.tables[link.target]
        return tuple(links)
