"""Snowflake as `fakesnow` plays it, in a Python of its own, since that package asks for other versions of what segdsl
asks for: `SEGDSL_FAKESNOW_PYTHON` names it. There it is DuckDB that answers, and much passes that Snowflake would not
take; so this tells less than the other rigs do."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlglot import exp

from segdsl.semantics.types import Kind, Type
from segdsl.sql import tree
from tests.engines.rigs.base import Stored
from tests.spec.cases import Value

_TYPES = {
    Kind.BOOLEAN: "BOOLEAN",
    Kind.INTEGER: "BIGINT",
    Kind.FLOAT: "DOUBLE",
    Kind.STRING: "VARCHAR",
    Kind.DATE: "DATE",
    Kind.TIMESTAMP: "TIMESTAMP",
    Kind.TIMESTAMPTZ: "TIMESTAMPTZ",
}


class SnowflakeRig:
    dialect = "snowflake"
    unlike = ("trim", "if")
    """A function that fakesnow has in another way, and a name that it does not read though Snowflake does."""
    too_many_digits = ("Overflow in", "Out of Range Error", "Could not cast value", "out of range")

    def __init__(self) -> None:
        python = os.environ.get("SEGDSL_FAKESNOW_PYTHON")
        if not python:
            raise ImportError("SEGDSL_FAKESNOW_PYTHON names no Python that has fakesnow")
        self.process = subprocess.Popen(
            [python, "-P", "-W", "ignore", str(Path(__file__).with_name("fakesnow_process.py"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        self._loaded: list[exp.Table] = []

    def load(self, tables: Sequence[Stored]) -> None:
        # Past fakesnow, which would read every value as SQL and stumble on odd names.
        for name in self._loaded:
            self._say(past=_duckdb(exp.Drop(tables=[name], kind="TABLE")))
        self._loaded = [tree.table(table.name) for table in tables]
        for table, name in zip(tables, self._loaded, strict=True):
            columns = [
                exp.ColumnDef(this=tree.identifier(column), kind=_data_type(type))
                for column, type in table.columns
            ]
            schema = exp.Schema(this=name.copy(), expressions=columns)
            self._say(past=_duckdb(exp.Create(this=schema, kind="TABLE")))
            places = exp.Values(expressions=[exp.Tuple(expressions=[exp.Placeholder() for _ in columns])])
            insert = exp.Insert(this=name.copy(), expression=places)
            if table.rows:
                self._say(past=_duckdb(insert), rows=[[_form(value) for value in row] for row in table.rows])

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self._say(statement=sql)]

    def _say(self, **message: Any) -> list[list[Any]]:
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(json.dumps(message) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        if "error" in answer:
            raise RuntimeError(answer["error"])
        rows: list[list[Any]] = answer["rows"]
        return rows

    def close(self) -> None:
        self.process.communicate(timeout=30)


def _duckdb(statement: exp.Expression) -> str:
    return statement.sql("duckdb")


def _data_type(type: Type) -> exp.DataType:
    is_decimal = type.kind is Kind.DECIMAL
    name = f"DECIMAL({type.precision}, {type.scale})" if is_decimal else _TYPES[type.kind]
    return exp.DataType.build(name, dialect="duckdb")


def _form(value: Value) -> Any:
    """As text where JSON has no such value; the column's type reads it."""
    match value:
        case datetime() | date():
            return value.isoformat()
        case Decimal():
            return f"{value:f}"
        case float():
            return repr(value)
        case _:
            return value
