"""The rows of an example, as the catalog reads them."""

from __future__ import annotations

from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from segdsl.diagnostics import Diagnostic, Findings
from segdsl.diagnostics.wording import listing, suggest
from segdsl.files.nodes import Mapping, Node, Scalar, Sequence
from segdsl.semantics.catalog import Catalog, Link, Table
from segdsl.semantics.literals import read_value
from segdsl.semantics.types import KEY, Kind
from segdsl.source import Span

if TYPE_CHECKING:
    from segdsl.project import Project

Row = dict[str, Any]
_FIRST_KEY = 9_000_001
"""Keys that nobody gave are counted from here."""


@dataclass
class Rows:
    """The rows of all tables that an example gives. `places` has that of each row, for what it lacks."""

    catalog: Catalog
    findings: Findings
    tables: dict[str, list[Row]] = field(default_factory=dict)
    places: dict[int, Span] = field(default_factory=dict)
    _next: int = _FIRST_KEY

    def add(self, node: Mapping, table: Table) -> Row:
        """A row and all that is nested in it."""
        row: Row = {}
        events: list[tuple[str, Node, Scalar]] = []
        for key, child in node.entries:
            name = key.text
            if name in table.columns or name in table.unlisted:
                row[name] = self._value(child, table, name)
            elif name in table.links:
                self._linked(row, child, table, table.links[name])
            elif self._table_of(name) is not None:
                events.append((name, child, key))
            else:
                self._unknown(key, table)
        row = self._keep(row, table, node.span)
        for name, child, key in events:
            self._events(row, table, name, child, key)
        return row

    def _keep(self, row: Row, table: Table, at: Span) -> Row:
        """The row in its table, with a key; one that was given before is the same row."""
        rows = self.tables.setdefault(table.name, [])
        if table.key is not None:
            if row.get(table.key) is None:
                text = table.column_type(table.key).kind is Kind.STRING
                row[table.key] = f"k{self._next}" if text else self._next
                self._next += 1
            for other in rows:
                if other[table.key] == row[table.key]:
                    if any(other.get(name, value) != value for name, value in row.items()):
                        message = f"the row `{row[table.key]}` of `{table.name}` is given twice, and differs"
                        self.findings.add(
                            Diagnostic("wrong-example", message, at, "give each row a key of its own")
                        )
                    other.update(row)
                    return other
        rows.append(row)
        self.places[id(row)] = at
        return row

    def _value(self, node: Node, table: Table, name: str) -> Any:
        if not isinstance(node, Scalar):
            self._wrong(f"`{name}` is a column of `{table.name}`, so it has one value", node.span)
            return None
        if node.value is None:
            return None
        type = table.column_type(name)
        value = read_value(node.text, type, self.catalog.timezone)
        declared = table.columns.get(name)
        if value is None:
            self._wrong(f"`{node.text}` is no {type}", node.span, f"`{name}` is of type {type}")
        elif declared is not None and declared.values is not None and value not in declared.values:
            near = suggest(node.text, map(str, declared.values))
            self._wrong(f"`{node.text}` is not among the values of `{name}`", node.span, near)
        if type == KEY and isinstance(value, str) and value.isdecimal() and node.style == "plain":
            return int(value)
        return value

    def _linked(self, row: Row, node: Node, table: Table, link: Link) -> None:
        if not isinstance(node, Mapping):
            help = f"write `{link.name}: {{…}}` with its columns, or the key as `{link.column}: …`"
            self._wrong(f"`{link.name}` is a link, so a row of `{link.target}` stands here", node.span, help)
            return
        target = self.catalog.tables[link.target]
        row[link.column] = self.add(node, target)[target.key or ""]

    # --- events -------------------------------------------------------------------------------------------

    def _table_of(self, name: str) -> Table | None:
        return self.catalog.tables.get(name.split(" via ")[0].strip())

    def _events(self, owner: Row, table: Table, name: str, node: Node, key: Scalar) -> None:
        events = self._table_of(name)
        assert events is not None
        chain = self._chain(events, table, name, key)
        if not isinstance(node, Sequence) or not all(isinstance(item, Mapping) for item in node.items):
            help = f"write `{name}: [{{…}}, {{…}}]`"
            self._wrong(f"`{name}` is a table: its rows are a list of mappings", node.span, help)
            return
        for item in node.items if chain else ():
            assert isinstance(item, Mapping)
            self._lead(self.add(item, events), events, owner, table, chain, item.span)

    def _chain(self, events: Table, table: Table, name: str, key: Scalar) -> tuple[str, ...]:
        chains = self.catalog.chains(events.name, table.name)
        wanted = tuple(name.partition(" via ")[2].strip().split(".")) if " via " in name else None
        if wanted is not None:
            chains = [wanted] if self._leads(events, wanted, table) else []
        if len(chains) == 1:
            return chains[0]
        if chains:
            shown = " or ".join(f"`{events.name} via {'.'.join(chain)}`" for chain in chains)
            message = f"several chains of links lead from `{events.name}` to `{table.name}`"
            self.findings.add(Diagnostic("ambiguous-chain", message, key.span, f"write {shown}"))
        else:
            message = f"no chain of links leads from `{name}` to `{table.name}`"
            self.findings.add(Diagnostic("no-chain", message, key.span, "see the links in the catalog"))
        return ()

    def _leads(self, start: Table, names: tuple[str, ...], goal: Table) -> bool:
        """Whether a path of links leads from one table to another; one to itself does too."""
        here = start
        for name in names:
            if name not in here.links:
                return False
            here = self.catalog.tables[here.links[name].target]
        return here is goal

    def _lead(
        self, event: Row, events: Table, owner: Row, table: Table, chain: tuple[str, ...], at: Span
    ) -> None:
        """Makes the chain lead from the event to its owner, by rows in between where there are none."""
        here, row = events, event
        for position, name in enumerate(chain):
            link = here.links[name]
            target = self.catalog.tables[link.target]
            if position == len(chain) - 1:
                row[link.column] = owner[table.key or ""]
                return
            wanted = row.get(link.column)
            found = next((r for r in self.tables.get(target.name, ()) if r[target.key or ""] == wanted), None)
            if wanted is None or found is None:
                found = self._keep({} if wanted is None else {target.key or "": wanted}, target, at)
                row[link.column] = found[target.key or ""]
            here, row = target, found

    # --- findings -----------------------------------------------------------------------------------------

    def _wrong(self, message: str, at: Span, help: str | None = None) -> None:
        self.findings.add(Diagnostic("wrong-example", message, at, help))

    def _unknown(self, key: Scalar, table: Table) -> None:
        if key.text in table.attributes:
            help = "give the columns and events that it is made of"
            self._wrong(f"`{key.text}` is an attribute, so it is computed", key.span, help)
            return
        names = [*table.columns, *sorted(table.unlisted), *table.links, *self.catalog.tables]
        message = f"`{table.name}` has no column or link `{key.text}`, and there is no such table"
        help = suggest(key.text, names) or f"its columns are {listing(table.columns)}"
        self.findings.add(Diagnostic("unknown-name", message, key.span, help))


def missing(project: Project, name: str, rows: Rows) -> list[Diagnostic]:
    """What the segment reads and the rows lack, though the catalog says that it is always known."""
    used = project.uses(name)
    read = used.columns if used else frozenset()
    found = []
    for table_name, table_rows in rows.tables.items():
        table = project.catalog.tables[table_name]
        links: MappingOf[str, Link] = {link.column: link for link in table.links.values() if link.required}
        for row in table_rows:
            for column in sorted(column for owner, column in read if owner == table_name):
                declared = table.columns.get(column)
                known = declared is not None and not declared.nullable and column != table.key
                if row.get(column) is not None or not (known or column in links):
                    continue
                named = f"`{links[column].name}: {{…}}`" if column in links else f"`{column}: …`"
                why = "since which it exists" if table.time == (column,) else "which the condition reads"
                message = f"this row of `{table_name}` lacks `{column}`, {why} and which is never unknown"
                found.append(Diagnostic("wrong-example", message, rows.places[id(row)], f"give {named}"))
    return found
