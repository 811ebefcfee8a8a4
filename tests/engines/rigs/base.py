"""What the tests need of an engine: tables put into it, and SQL run by it. Nothing here is used by segdsl itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from segdsl.project import Project
from segdsl.semantics.types import INTEGER, STRING, Kind, Type
from tests.spec.cases import Table, Value


@dataclass(frozen=True)
class Stored:
    """A table as it is to be stored: physical names, and rows of Python values in the order of its columns.

    Booleans, integers, floats, strings, `Decimal`, `date`, naive `datetime` for timestamps, aware ones for
    instants, and None.
    """

    name: str
    columns: tuple[tuple[str, Type], ...]
    rows: tuple[tuple[Value, ...], ...]


class Rig(Protocol):
    """An engine at hand. `dialect` is what `segdsl compile --dialect` calls its language.

    Where it has `too_many_digits: tuple[str, ...]`, that is what its errors say where a number on the way has more
    digits than its widest type; where it has `longest_name`, longer ones of tables and columns can't be had there.
    """

    dialect: str

    def load(self, tables: Sequence[Stored]) -> None:
        """Replaces whatever tables there were."""
        ...

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows of a statement; booleans may come as 0 and 1."""
        ...

    def close(self) -> None: ...


def stored(project: Project, tables: Mapping[str, Table]) -> list[Stored]:
    """The tables of a spec case as the project's catalog declares them; keys that it does not list are as they look."""
    made = []
    for name, table in tables.items():
        declared = project.catalog.tables[name]
        columns = []
        for column in table.types:
            found = declared.columns.get(column)
            values = [row[column] for row in table.rows]
            columns.append(
                (found.source, found.type) if found else (declared.column_source(column), _look(values))
            )
        rows = tuple(tuple(row[column] for column in table.types) for row in table.rows)
        made.append(Stored(declared.source, tuple(columns), rows))
    return made


def _look(values: Sequence[Value]) -> Type:
    return STRING if any(isinstance(value, str) for value in values) else INTEGER


def sql_type(type: Type) -> str:
    """The name of a type in PostgreSQL and what is like it."""
    match type.kind:
        case Kind.INTEGER | Kind.KEY:
            return "bigint"
        case Kind.FLOAT:
            return "double precision"
        case Kind.STRING:
            return "text"
        case Kind.DECIMAL:
            return f"numeric({type.precision}, {type.scale})"
        case kind:
            return kind.value
