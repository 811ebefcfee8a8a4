"""The only place where spec cases meet the product: a case as a project, and who is in it on each backend."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]
import yaml

import segdsl
from segdsl.reference.interpreter import members
from tests.spec.cases import SEGMENT, Case, Table, Value

Members = Callable[[Any, str, Mapping[str, Table], date], set[Value]]


def write_project(case: Case, folder: Path) -> Path:
    """Writes the case as a project, with its data as Parquet, into `folder`, and returns that folder."""
    write_definitions(case, folder)
    (folder / "data").mkdir()
    for table in case.tables.values():
        pq.write_table(arrow_table(table), folder / "data" / f"{table.name}.parquet")
    return folder


def write_definitions(case: Case, folder: Path) -> Path:
    """The same without the data."""
    for part in ("catalog", "segments"):
        (folder / part).mkdir(parents=True)
    (folder / "segdsl.yaml").write_text(_project_file(case), encoding="utf-8")
    (folder / "catalog" / "catalog.yaml").write_text(case.catalog, encoding="utf-8")
    for entity in dict.fromkeys([case.entity, *(each.entity for each in case.segments)]):
        (folder / "segments" / f"{entity}.yaml").write_text(_segment_file(case, entity), encoding="utf-8")
    return folder


def _project_file(case: Case) -> str:
    target = {"engine": "duckdb", "tables": {name: f"data/{name}.parquet" for name in case.tables}}
    content: dict[str, Any] = {
        "language": 1,
        "name": "spec",
        "timezone": case.timezone,
        "catalog": ["catalog/"],
        "segments": ["segments/"],
        "default_target": "dev",
        "targets": {"dev": target},
    }
    return _dump(content) + _params(case.project_params)


def _segment_file(case: Case, entity: str) -> str:
    lines = [f"entity: {entity}\n"]
    if entity == case.entity:
        lines += [_params(case.params)]
    lines += ["segments:\n"]
    wanted = [(each.name, each.where) for each in case.segments if each.entity == entity]
    if entity == case.entity:
        wanted += [(SEGMENT, case.where)]
    # A literal block, as users are advised to write, so that YAML reads nothing of the expression.
    for name, where in wanted:
        block = "".join(f"      {line}\n" for line in where.rstrip("\n").split("\n"))
        lines += [f"  {name}:\n    where: |\n{block}"]
    return "".join(lines)


def _params(params: Mapping[str, Any]) -> str:
    """A `params` block. Types and defaults are plain text as the case has them: their type reads them."""
    if not params:
        return ""
    lines = ["params:\n"]
    for name, param in params.items():
        default = param["default"]
        shown = f"[{', '.join(default)}]" if isinstance(default, list) else default
        lines += [f"  {name}: {{type: '{param['type']}', default: {shown}}}\n"]
    return "".join(lines)


def _dump(content: Mapping[str, Any]) -> str:
    return yaml.safe_dump(dict(content), allow_unicode=True, sort_keys=False)


def arrow_table(table: Table) -> pa.Table:
    """The rows as Arrow columns of their declared types; instants are stored in UTC."""
    columns = {
        name: pa.array([_stored(row[name]) for row in table.rows], type=arrow_type(kind))
        for name, kind in table.types.items()
    }
    return pa.table(columns)


def _stored(value: Value) -> Value:
    return value.astimezone(UTC) if isinstance(value, datetime) and value.tzinfo else value


def arrow_type(kind: str) -> pa.DataType:
    """The Arrow type of a catalog type such as `decimal(10, 2)`."""
    simple = {
        "boolean": pa.bool_(),
        "integer": pa.int64(),
        "float": pa.float64(),
        "string": pa.string(),
        "date": pa.date32(),
        "timestamp": pa.timestamp("us"),
        "timestamptz": pa.timestamp("us", tz="UTC"),
    }
    if kind in simple:
        return simple[kind]
    precision, scale = kind.removeprefix("decimal(").removesuffix(")").split(",")
    return pa.decimal128(int(precision), int(scale))


def load_project(folder: Path) -> Any:
    """The loaded project. Raises AssertionError with its findings where it has errors."""
    project = segdsl.load(folder)
    findings = project.check()
    assert not findings.has_errors, "\n".join(f"{each.rule}: {each.message}" for each in findings)
    return project


def reference_members(project: Any, name: str, tables: Mapping[str, Table], as_of: date) -> set[Value]:
    """Keys of the members of segment `name`, by the interpreter over Python rows."""
    rows = {table.name: [dict(row) for row in table.rows] for table in tables.values()}
    return set(members(project.segment(name), rows, as_of))


def duckdb_members(project: Any, name: str, tables: Mapping[str, Table], as_of: date) -> set[Value]:
    """Keys of the members of segment `name`, by DuckDB over the Parquet files of the project's target."""
    found = project.members(name, as_of=as_of)
    assert found.num_columns == 1
    keys = found.column(0).to_pylist()
    assert len(keys) == len(set(keys)), "a member is listed twice"
    return set(keys)


BACKENDS: dict[str, Members] = {"reference": reference_members, "duckdb": duckdb_members}
