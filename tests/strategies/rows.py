"""Random rows for a catalog: they keep to what it declares, and to nothing else."""

from __future__ import annotations

from typing import Any

from segdsl.semantics.catalog import Link, Table
from segdsl.semantics.types import Kind, Type
from tests.strategies.catalogs import Layout
from tests.strategies.choices import Choices

Row = dict[str, Any]
Rows = dict[str, list[Row]]

_WORDS = (
    "a",
    "b",
    "c",
    "B",
    "ab",
    "1",
    "01",
    "10",
    "2",
    "",
    "ä",
    "z",
    "客",
    "😀",
    " a",
    "A",
    "x'y",
    "é",
    "%",
)


def rows(choices: Choices, layout: Layout) -> Rows:
    """Some rows of each table, by logical column names; every stored column is there, unknown ones as None."""
    made: Rows = {}
    for name in layout.order:
        table = layout.catalog.tables[name]
        made[name] = _rows(choices, layout, table, made)
    return made


def _rows(choices: Choices, layout: Layout, table: Table, made: Rows) -> list[Row]:
    events = table.key is None or any(True for link in table.links.values() if link.target != table.name)
    few = choices.chance(4)
    count = choices.number(0, 1) if few else choices.number(4, 12) if events else choices.number(3, 9)
    if any(link.required and not made[link.target] for link in table.links.values()):
        count = 0
    keys = _keys(choices, layout.stored[table.name][table.key], count) if table.key else [None] * count
    # Of links that share a column, the first says what is in it; it alone may be required.
    links = {link.column: link for link in reversed(table.links.values())}
    found: list[Row] = []
    for key in keys:
        row: Row = {}
        for column, type in layout.stored[table.name].items():
            if column == table.key:
                row[column] = key
            elif column in links:
                row[column] = _target(choices, links[column], made, keys, table, type, layout)
            else:
                row[column] = _value(choices, layout, table, column)
        found.append(row)
    return found


def _keys(choices: Choices, type: Type, count: int) -> list[Any]:
    if type.kind is Kind.STRING:
        return choices.several(_WORDS, count, count)
    return choices.several((*range(1, 15), 0, -1, 2**40), count, count)


def _target(
    choices: Choices, link: Link, made: Rows, own: list[Any], table: Table, type: Type, layout: Layout
) -> Any:
    """The key of a row that is linked to; where the link allows it, of none, or unknown."""
    target = layout.catalog.tables[link.target]
    assert target.key is not None
    there = own if target is table else [row[target.key] for row in made[link.target]]
    if link.required:
        return choices.of(there)
    listed = table.columns.get(link.column)
    if choices.chance(12) and (listed is None or listed.nullable):
        return None
    if choices.chance(10) or not there:
        return 999 if type.kind is Kind.INTEGER else "nowhere"
    # A few rows have most of the events.
    return choices.of([*there[:3], *there])


def _value(choices: Choices, layout: Layout, table: Table, column: str) -> Any:
    declared = table.columns[column]
    if declared.nullable and choices.chance(20):
        return None
    return choices.of(layout.pools[table.name, column])
