"""ClickHouse within the process: `pip install chdb`."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from chdb import session  # type: ignore[import-not-found]
from sqlglot import exp

from segdsl.semantics.types import Kind, Type
from tests.engines.rigs.base import Stored
from tests.spec.cases import Value

_TYPES = {
    Kind.BOOLEAN: "Bool",
    Kind.INTEGER: "Int64",
    Kind.FLOAT: "Float64",
    Kind.STRING: "String",
    Kind.DATE: "Date32",
    Kind.TIMESTAMP: "DateTime64(6)",
    Kind.TIMESTAMPTZ: "DateTime64(6, 'UTC')",
}


class ClickHouseRig:
    """Columns in which every value is known are declared as such, as people do there."""

    dialect = "clickhouse"
    too_many_digits = ("DECIMAL_OVERFLOW",)

    def __init__(self) -> None:
        self.session = session.Session()
        self._loaded: list[str] = []

    def load(self, tables: Sequence[Stored]) -> None:
        for name in self._loaded:
            self.session.query(f"DROP TABLE {name}")
        self._loaded = []
        for table in tables:
            name = _quoted(table.name)
            columns = ", ".join(
                f"{_quoted(column)} {_declared(type, [row[i] for row in table.rows])}"
                for i, (column, type) in enumerate(table.columns)
            )
            self.session.query(f"CREATE TABLE {name} ({columns}) ENGINE = Memory")
            self._loaded.append(name)
            rows = "\n".join(json.dumps([_written(value) for value in row]) for row in table.rows)
            if rows:
                self.session.query(f"INSERT INTO {name} FORMAT JSONCompactEachRow {rows}")

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        answer = self.session.query(sql, "JSONCompactEachRow").bytes().decode()
        return [tuple(json.loads(line)) for line in answer.splitlines()]

    def close(self) -> None:
        self.session.close()


def _quoted(name: str) -> str:
    return exp.to_identifier(name, quoted=True).sql("clickhouse")


def _declared(type: Type, values: Sequence[Value]) -> str:
    name = f"Decimal({type.precision}, {type.scale})" if type.kind is Kind.DECIMAL else _TYPES[type.kind]
    return f"Nullable({name})" if None in values else name


def _written(value: Value) -> Any:
    match value:
        case float() if not math.isfinite(value):
            return str(value)
        case Decimal():
            return f"{value:f}"
        case datetime(tzinfo=zone):
            return str(value.astimezone(UTC).replace(tzinfo=None) if zone else value)
        case date():
            return value.isoformat()
        case _:
            return value
