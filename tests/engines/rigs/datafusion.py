"""DataFusion, in this process, over Arrow tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped]
from datafusion import SessionContext

from segdsl.engines.duckdb import arrow_type
from tests.engines.rigs.base import Stored


class DataFusionRig:
    dialect = "datafusion"
    too_many_digits = ("Arithmetic overflow", "Overflowing on", "is too large to store", "Overflow happened")

    def __init__(self) -> None:
        self.context = SessionContext()

    def load(self, tables: Sequence[Stored]) -> None:
        self.context = SessionContext()
        for table in tables:
            columns = list(zip(*table.rows, strict=True)) or [()] * len(table.columns)
            arrays = {
                name: pa.array(values, type=arrow_type(type))
                for (name, type), values in zip(table.columns, columns, strict=True)
            }
            batch = pa.RecordBatch.from_pydict(arrays)
            self.context.register_record_batches(_quoted(table.name), [[batch]])

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        found = self.context.sql(sql).to_arrow_table()
        return list(zip(*(column.to_pylist() for column in found.columns), strict=True))

    def close(self) -> None:
        self.context = SessionContext()


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
