"""SQLite, its tables stored in the forms that it may have them in, another one for each table in turn."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from segdsl.engines.sqlite import register
from segdsl.semantics.types import Kind, Type
from tests.engines.rigs.base import Stored
from tests.spec.cases import Value

_DOUBLE_DIGITS = 15
_DECLARED = {
    Kind.BOOLEAN: "BOOLEAN",
    Kind.INTEGER: "INTEGER",
    Kind.FLOAT: "DOUBLE",
    Kind.STRING: "VARCHAR(40)",
    Kind.DATE: "DATE",
    Kind.TIMESTAMP: "TIMESTAMP",
    Kind.TIMESTAMPTZ: "TIMESTAMP",
}


class SQLiteRig:
    dialect = "sqlite"
    too_many_digits = ("string or blob too big", "integer overflow")

    def __init__(self) -> None:
        self.connection = sqlite3.connect(":memory:")
        register(self.connection)
        self._turn = 0

    def load(self, tables: Sequence[Stored]) -> None:
        for (name,) in self.connection.execute("SELECT name FROM sqlite_master").fetchall():
            self.connection.execute(f"DROP TABLE {_quoted(name)}")
        for table in tables:
            self._turn += 1
            columns = [f"{_quoted(name)} {_declared(type, self._turn)}" for name, type in table.columns]
            self.connection.execute(f"CREATE TABLE {_quoted(table.name)} ({', '.join(columns)})")
            rows = [
                [_form(value, type, self._turn) for value, (_, type) in zip(row, table.columns, strict=True)]
                for row in table.rows
            ]
            places = ", ".join("?" * len(columns))
            self.connection.executemany(f"INSERT INTO {_quoted(table.name)} VALUES ({places})", rows)

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(sql).fetchall()

    def close(self) -> None:
        self.connection.close()


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _declared(type: Type, turn: int) -> str:
    """No type, or the usual one; that of decimals would make doubles of all."""
    if turn % 2:
        return ""
    return "TEXT" if type.kind is Kind.DECIMAL and turn % 4 else _DECLARED.get(type.kind, "")


def _form(value: Value, type: Type, turn: int) -> Any:
    match value:
        case Decimal():
            return _decimal(value, type, turn)
        case datetime():
            if value.tzinfo is None:
                return value.isoformat(" ", "microseconds" if turn % 2 else "auto")
            shown = value.astimezone(UTC)
            text = shown.replace(tzinfo=None).isoformat(" ", "auto" if turn % 2 else "microseconds")
            return text + "+00:00" * (turn % 3 == 0)
        case date():
            return value.isoformat()
        case _:
            return value


def _decimal(value: Decimal, type: Type, turn: int) -> int | float | str:
    """A double has too few digits for some."""
    if type.precision > _DOUBLE_DIGITS or turn % 3 == 0:
        return f"{value:f}"
    return int(value) if turn % 3 == 1 and value == int(value) else float(value)
