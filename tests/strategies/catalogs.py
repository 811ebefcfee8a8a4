"""Random catalogs: who links to whom, what is listed, and what everything is called."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from segdsl.semantics.catalog import Catalog, Column, Link, Table
from segdsl.semantics.types import (
    BOOLEAN,
    DATE,
    FLOAT,
    INTEGER,
    STRING,
    TIMESTAMP,
    TIMESTAMPTZ,
    Kind,
    Type,
    decimal,
)
from tests.strategies.choices import Choices
from tests.strategies.pools import pool
from tests.strategies.syntax import AT

# Reserved words of the language and of SQL, letters of other scripts, what needs quotes, what a plan calls its
# own tables and columns, and names that differ by letter case alone.
_ODD_NAMES = (
    *("where", "days", "and", "today", "as", "count", "last", "segment", "kategori", "客戶", "größe", "नाम"),
    *("order", "select", "group", "from", "table", "user", "Region", "REGION", "region", "with space", "a.b"),
    *(
        'quo"te',
        "back`tick",
        "it's",
        "per%cent",
        "1st",
        "position",
        "size",
        "a",
        "b",
        "both",
        "times",
        "counts",
    ),
    *("last_seen", "value", "flags", "population", "x" * 64, "x" * 63 + "y", "-- no comment", "key", "ſize"),
)
_ODD_TABLES = (
    *(
        "flags",
        "totals",
        "memberships",
        "segments",
        "pairs",
        "counts",
        "order",
        "客戶",
        "with space",
        'quo"te',
    ),
    *("population", "own", "where", "Orders", "a", "back`tick", "x" * 61),
)

_TYPES = (
    INTEGER,
    STRING,
    decimal(10, 2),
    DATE,
    BOOLEAN,
    TIMESTAMP,
    FLOAT,
    TIMESTAMPTZ,
    decimal(18, 4),
    decimal(6, 0),
    decimal(38, 10),
    decimal(3, 3),
)


@dataclass
class Layout:
    """A catalog without attributes, and what its data looks like.

    `stored` gives the type of every stored column by its logical name, those that the catalog does not list
    included; `pools` the values that a column other than a key or link takes. `order` names the tables, each
    after all that its rows link to (itself aside).
    """

    catalog: Catalog
    stored: dict[str, dict[str, Type]] = field(default_factory=dict)
    pools: dict[tuple[str, str], tuple[Any, ...]] = field(default_factory=dict)
    order: list[str] = field(default_factory=list)


class _Names:
    """Hands out names that are different, and physical ones that differ by more than letter case."""

    def __init__(self, choices: Choices, odd: Sequence[str]) -> None:
        self.choices = choices
        self.odd = odd
        self.taken: set[str] = set()
        self.sources: set[str] = set()

    def take(self, plain: str, percent: int = 15, *, stored: bool = False) -> str:
        """A new name; one that is `stored` by that very name, as a column that is not listed is."""
        name = self.choices.of(self.odd) if self.choices.chance(percent) else plain
        number = 1
        while name in self.taken or (stored and name.casefold() in self.sources):
            number += 1
            name = f"{plain}_{number}"
        self.taken.add(name)
        if stored:
            self.sources.add(name.casefold())
        return name

    def source(self, name: str) -> str:
        source = f"{name}_stored" if self.choices.chance(15) else name
        number = 1
        while source.casefold() in self.sources:
            number += 1
            source = f"{name}_{number}"
        self.sources.add(source.casefold())
        return source


def layout(choices: Choices, as_of: date, zone: str) -> Layout:
    """A population and up to two tables above it, with one to three tables of events below."""
    return _Maker(choices, as_of, zone).make()


class _Maker:
    def __init__(self, choices: Choices, as_of: date, zone: str) -> None:
        self.choices = choices
        self.as_of = as_of
        self.zone = zone
        self.layout = Layout(Catalog({}, zone))
        self.tables: dict[str, Table] = {}
        self.names = _Names(choices, _ODD_TABLES)
        self.parts: dict[str, _Names] = {}

    def make(self) -> Layout:
        choices = self.choices
        above = [self.table(name, name) for name in ("country", "company")[2 - choices.number(0, 2) :]]
        for lower, upper in zip(above[1:], above, strict=False):
            self.link(lower, "home", upper)
        people = self.table("customers", "customer")
        if above:
            self.link(people, "company", above[-1])
        if len(above) > 1 and choices.chance(25):
            self.link(people, "born", above[0])
        if choices.chance(25):
            self.link(people, "referrer", people)
        if choices.chance(15):
            self.own_time(people)
        events: list[Table] = []
        for number in range(choices.number(1, 3)):
            events.append(self.events(number, people, above, events))
        self.layout.catalog = Catalog(self.tables, self.zone)
        self.layout.order = list(self.tables)
        return self.layout

    def events(self, number: int, people: Table, above: list[Table], events: list[Table]) -> Table:
        choices = self.choices
        table = self.table(
            ("orders", "items", "visits")[number], ("order", "item", "visit")[number], event=True
        )
        keyed = [event for event in events if event.key]
        through = choices.of(keyed) if keyed and choices.chance(50) else None
        timed: Table | None = None
        if through is not None:
            name = self.link(table, "order", through)
            if through.time and len(through.time) == 1 and "." not in name and choices.chance(60):
                timed = through
                object.__setattr__(table, "time", (name, *through.time))
        if through is None or choices.chance(25):
            self.link(table, "customer", people)
            if choices.chance(25):
                self.link(table, "receiver", people)
        if above and choices.chance(35):
            self.link(table, "product", choices.of(above))
        if table.key and choices.chance(15):
            self.link(table, "parent", table)
        if timed is None and not choices.chance(20):
            self.own_time(table)
        return table

    def table(self, plain: str, entity: str, event: bool = False) -> Table:
        """A table with a key (events now and then without) and columns of its own."""
        choices = self.choices
        name = self.names.take(plain)
        parts = self.parts[name] = _Names(choices, _ODD_NAMES)
        self.layout.stored[name] = {}
        listed = choices.chance(75)
        key = None if event and choices.chance(10) else parts.take(f"{entity}_id", stored=not listed)
        table = Table(
            name, self.names.source(name), AT, key, None if event and choices.chance(30) else entity,
            columns={}, links={}, attributes={},
        )  # fmt: skip
        self.tables[name] = table
        if key is not None:
            self.layout.stored[name][key] = choices.of([INTEGER, INTEGER, STRING])
            if listed:
                self.listed(table, key, nullable=False, unique=choices.chance(30))
        for _ in range(choices.number(2, 5)):
            self.column(table, choices.of(_TYPES))
        return table

    def listed(self, table: Table, name: str, **facts: Any) -> None:
        type = self.layout.stored[table.name][name]
        source = self.parts[table.name].source(name)
        columns: dict[str, Column] = table.columns  # type: ignore[assignment]
        columns[name] = Column(name, type, source, AT, **facts)

    def column(self, table: Table, type: Type, name: str | None = None) -> None:
        choices = self.choices
        parts = self.parts[table.name]
        if name is None:
            name = parts.take(type.kind.value)
        values = pool(choices, type, self.as_of, self.zone)
        self.layout.stored[table.name][name] = type
        self.layout.pools[table.name, name] = values
        facts: dict[str, Any] = {"nullable": not choices.chance(30)}
        if type.kind in (Kind.STRING, Kind.INTEGER) and choices.chance(25):
            facts["values"] = values
        if type.is_ordered and type.kind is not Kind.FLOAT and choices.chance(15):
            facts["minimum"] = min(values)
            facts["maximum"] = max(values)
        self.listed(table, name, **facts)

    def own_time(self, table: Table) -> None:
        name = f"{table.name}_at".replace(".", "_")
        self.parts[table.name].taken.add(name)
        self.column(table, self.choices.of([TIMESTAMP, DATE, TIMESTAMPTZ]), name)
        object.__setattr__(table, "time", (name,))

    def link(self, table: Table, plain: str, target: Table) -> str:
        """A link, by a column that is listed or not, and now and then one that is used by another link."""
        choices = self.choices
        parts = self.parts[table.name]
        assert target.key is not None
        name = parts.take(plain, 10)
        links: dict[str, Link] = table.links  # type: ignore[assignment]
        shared = self.shared(table, target)
        if shared is not None and choices.chance(8):
            links[name] = Link(name, shared, target.name, False, AT)
            return name
        listed = choices.chance(60)
        column = parts.take(f"{plain}_id", 10, stored=not listed)
        self.layout.stored[table.name][column] = self.layout.stored[target.name][target.key]
        required = choices.chance(30) and target is not table
        if listed:
            self.listed(table, column, nullable=not required)
        links[name] = Link(name, column, target.name, required, AT)
        return name

    def shared(self, table: Table, target: Table) -> str | None:
        """The key or the column of a link, where it may be that of another link as well."""
        stored = self.layout.stored
        assert target.key is not None
        for column in [table.key, *(link.column for link in table.links.values())]:
            if column is not None and stored[table.name][column] == stored[target.name][target.key]:
                return column
        return None
