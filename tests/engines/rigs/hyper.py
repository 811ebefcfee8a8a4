"""Tableau Hyper: a process of its own, without telemetry, whose log goes to a temporary folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]
from tableauhyperapi import Connection, HyperProcess, Telemetry, escape_name, escape_string_literal

from segdsl.engines.duckdb import arrow_type
from tests.engines.rigs.base import Stored, sql_type


class HyperRig:
    dialect = "hyper"
    too_many_digits = ("numeric overflow",)

    def __init__(self) -> None:
        self._folder = TemporaryDirectory(prefix="segdsl-hyper-")
        self._process = HyperProcess(
            Telemetry.DO_NOT_SEND_USAGE_DATA_TO_TABLEAU, parameters={"log_dir": self._folder.name}
        )
        self.connection = Connection(self._process.endpoint)
        self._loaded: list[str] = []

    def load(self, tables: Sequence[Stored]) -> None:
        for name in self._loaded:
            self.connection.execute_command(f"DROP TABLE {escape_name(name)}")
        self._loaded = [table.name for table in tables]
        for number, table in enumerate(tables):
            columns = ", ".join(f"{escape_name(name)} {sql_type(type)}" for name, type in table.columns)
            self.connection.execute_command(f"CREATE TEMPORARY TABLE {escape_name(table.name)} ({columns})")
            if table.rows:
                file = self._write(table, f"{number}.parquet")
                self.connection.execute_command(
                    f"INSERT INTO {escape_name(table.name)} (SELECT * FROM external({escape_string_literal(str(file))}))"
                )

    def _write(self, table: Stored, name: str) -> Path:
        arrays = {
            name: pa.array(values, type=arrow_type(type))
            for (name, type), values in zip(table.columns, zip(*table.rows, strict=True), strict=True)
        }
        file = Path(self._folder.name) / name
        pq.write_table(pa.table(arrays), file)
        return file

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        with self.connection.execute_query(sql) as rows:
            return [tuple(row) for row in rows]

    def close(self) -> None:
        self.connection.close()
        self._process.close()
        self._folder.cleanup()
