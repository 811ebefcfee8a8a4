"""DuckDB, fed as the other engines are: what the harness itself is tried on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import duckdb
import pyarrow as pa  # type: ignore[import-untyped]

from segdsl.engines.duckdb import arrow_type
from tests.engines.rigs.base import Stored


class DuckDBRig:
    dialect = "duckdb"
    too_many_digits = ("Overflow in", "Out of Range Error", "Could not cast value")

    def __init__(self) -> None:
        self.connection = duckdb.connect(":memory:")
        self.connection.execute("SET TimeZone = 'UTC'")
        self._loaded: list[str] = []

    def load(self, tables: Sequence[Stored]) -> None:
        for name in self._loaded:
            self.connection.unregister(name)
        self._loaded = [table.name for table in tables]
        for table in tables:
            columns = list(zip(*table.rows, strict=True)) or [()] * len(table.columns)
            arrays = {
                name: pa.array(values, type=arrow_type(type))
                for (name, type), values in zip(table.columns, columns, strict=True)
            }
            self.connection.register(table.name, pa.table(arrays))

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(sql).fetchall()

    def close(self) -> None:
        self.connection.close()
