"""A random program as a project on disk, and who is in its segments by the interpreter and on an engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]
import yaml

from segdsl.semantics import ir
from segdsl.semantics.catalog import Column, Table
from segdsl.semantics.types import Kind, Type
from segdsl.syntax.printer import to_text
from tests.strategies.programs import Program, default_text

_ARROW = {
    Kind.BOOLEAN: pa.bool_(),
    Kind.INTEGER: pa.int64(),
    Kind.FLOAT: pa.float64(),
    Kind.STRING: pa.string(),
    Kind.DATE: pa.date32(),
    Kind.TIMESTAMP: pa.timestamp("us"),
    Kind.TIMESTAMPTZ: pa.timestamp("us", tz="UTC"),
}


def write(program: Program, folder: Path) -> Path:
    """Writes the project and its data, as Parquet, into a new folder, and returns that."""
    for part in ("catalog", "segments", "data"):
        (folder / part).mkdir(parents=True)
    files = write_data(program, folder)
    content: dict[str, Any] = {
        "language": 1,
        "name": "random",
        "timezone": program.timezone,
        "default_target": "dev",
        "targets": {"dev": {"engine": "duckdb", "tables": files}},
        "params": {name: _parameter(each) for name, each in program.parameters.items()},
    }
    _write(folder / "segdsl.yaml", content)
    tables = {name: _table(program, table) for name, table in program.layout.catalog.tables.items()}
    _write(folder / "catalog" / "all.yaml", {"tables": tables})
    for number, entity in enumerate(dict.fromkeys(each.entity for each in program.segments)):
        segments = {each.name: to_text(each.tree) for each in program.segments if each.entity == entity}
        _write(folder / "segments" / f"{number}.yaml", {"entity": entity, "segments": segments})
    return folder


def write_data(program: Program, folder: Path, *, backwards: bool = False) -> dict[str, str]:
    """Writes the rows of each table, in their order or backwards, and gives its file."""
    files: dict[str, str] = {}
    for number, (name, rows) in enumerate(program.rows.items()):
        table = program.layout.catalog.tables[name]
        stored = program.layout.stored[name]
        columns = {
            table.column_source(column): pa.array(
                [_stored(row[column]) for row in (rows[::-1] if backwards else rows)], type=arrow_type(type)
            )
            for column, type in stored.items()
        }
        files[name] = f"data/{number}.parquet"
        pq.write_table(pa.table(columns), folder / files[name])
    return files


def arrow_type(type: Type) -> pa.DataType:
    return pa.decimal128(type.precision, type.scale) if type.kind is Kind.DECIMAL else _ARROW[type.kind]


def _stored(value: Any) -> Any:
    return value.astimezone(UTC) if isinstance(value, datetime) and value.tzinfo else value


def _write(path: Path, content: Mapping[str, Any]) -> None:
    path.write_text(
        yaml.safe_dump(dict(content), allow_unicode=True, sort_keys=False, width=10**9), encoding="utf-8"
    )


def _parameter(given: ir.Constant | tuple[ir.Constant, ...]) -> dict[str, Any]:
    if isinstance(given, tuple):
        return {"type": f"list({given[0].type})", "default": [default_text(each) for each in given]}
    return {"type": str(given.type), "default": default_text(given)}


def _table(program: Program, table: Table) -> dict[str, Any]:
    content: dict[str, Any] = {"columns": {name: _column(each) for name, each in table.columns.items()}}
    if table.source != table.name:
        content["source"] = table.source
    content |= {name: each for name, each in (("key", table.key), ("entity", table.entity)) if each}
    if table.time:
        content["time"] = ".".join(table.time)
    if table.links:
        content["links"] = {
            link.name: {"table": link.target, "column": link.column, "required": link.required}
            for link in table.links.values()
        }
    if table.name in program.attributes:
        content["attributes"] = {name: to_text(tree) for name, tree in program.attributes[table.name].items()}
    return content


def _column(column: Column) -> str | dict[str, Any]:
    facts: dict[str, Any] = {"type": str(column.type)}
    if column.source != column.name:
        facts["source"] = column.source
    if not column.nullable:
        facts["nullable"] = False
    if column.unique:
        facts["unique"] = True
    if column.values is not None:
        facts["values"] = [default_text(ir.Constant(each, column.type)) for each in column.values]
    for name, fact in (("min", column.minimum), ("max", column.maximum)):
        if fact is not None:
            facts[name] = default_text(ir.Constant(fact, column.type))
    return str(column.type) if len(facts) == 1 else facts


def by_entity(segments: Sequence[ir.Segment]) -> list[list[ir.Segment]]:
    """The segments of each entity, in order."""
    found: dict[str, list[ir.Segment]] = {}
    for segment in segments:
        found.setdefault(segment.population.table.name, []).append(segment)
    return list(found.values())
