"""Reads the spec files: the language by example.

Each `NN_topic.yaml` beside this module becomes one `SpecFile` of `Case` records. Scalars keep their raw text
and are read by the type that the catalog declares for their column, so no rule of YAML's (`NO`, `1e3`, dates)
comes between a file and its case.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, cast

import yaml

FOLDER = Path(__file__).parent
SEGMENT = "the_case"

# The rows of the language's tables of forms; each case says which one it belongs to.
FORMS = frozenset({
    *("logic", "comparison", "list", "between", "known", "text", "arithmetic", "function", "band", "counting"),
    *("literal", "name", "comment", "parameter", "link", "reference", "attribute"),
    *("point", "distance", "window", "aggregate", "first_last", "population"),
    *("rank", "sequence", "sample", "as_of"),
})  # fmt: skip

Value = bool | int | float | Decimal | str | date | datetime | None
Row = Mapping[str, Value]


@dataclass(frozen=True)
class Table:
    """Rows of one table by logical column name, each with every column; `types` as the catalog writes them."""

    name: str
    key: str
    types: Mapping[str, str]
    rows: tuple[Row, ...]

    @property
    def keys(self) -> frozenset[Value]:
        return frozenset(row[self.key] for row in self.rows)


@dataclass(frozen=True)
class Segment:
    """A segment that a case refers to."""

    name: str
    entity: str
    where: str


@dataclass(frozen=True)
class Case:
    """One example: who of `entity` is in the segment `where`, as of a day, given `tables`."""

    file: str
    name: str
    about: str
    form: str
    where: str
    entity: str
    members: frozenset[Value]
    as_of: date
    timezone: str
    catalog: str
    tables: Mapping[str, Table]
    params: Mapping[str, Any]
    project_params: Mapping[str, Any]
    segments: tuple[Segment, ...]
    shown: bool

    @property
    def id(self) -> str:
        return f"{self.file}::{self.name}"


@dataclass(frozen=True)
class SpecFile:
    """One topic: `intro` is Markdown, for the language reference."""

    file: str
    title: str
    intro: str
    cases: tuple[Case, ...]


def load_all(folder: Path = FOLDER) -> tuple[SpecFile, ...]:
    """All spec files of a folder, in order of their names."""
    return tuple(load_file(path) for path in sorted(folder.glob("[0-9]*.yaml")))


_FILE_KEYS = {"title", "intro", "catalog", "timezone", "as_of", "entity", "tables", "cases"}
_CASE_KEYS = {
    *("name", "about", "form", "where", "members", "shown"),
    *("catalog", "timezone", "as_of", "entity", "tables", "params", "project_params", "segments"),
}


def load_file(path: Path) -> SpecFile:
    """One spec file. Raises ValueError, naming the case, where it is not of the expected shape."""
    content = cast(dict[str, Any], parse_yaml(path.read_text(encoding="utf-8")))
    _only(content, _FILE_KEYS, path.stem)
    cases = tuple(_case(path.stem, content, case) for case in content["cases"])
    return SpecFile(path.stem, content["title"], content["intro"], cases)


def _case(file: str, content: dict[str, Any], case: dict[str, Any]) -> Case:
    where = f"{file}::{case.get('name')}"
    _only(case, _CASE_KEYS, where)
    merged = content | case
    raw_tables = (content.get("tables") or {}) | (case.get("tables") or {})
    try:
        tables = _tables(merged["catalog"], raw_tables)
        entity = merged.get("entity") or next(iter(tables))
        key_type = tables[entity].types[tables[entity].key]
        return Case(
            file=file,
            name=case["name"],
            about=case["about"],
            form=case["form"],
            where=case["where"],
            entity=entity,
            members=frozenset(read_value(text, key_type) for text in case["members"]),
            as_of=date.fromisoformat(merged["as_of"]),
            timezone=merged.get("timezone") or "UTC",
            catalog=merged["catalog"],
            tables=tables,
            params=case.get("params") or {},
            project_params=case.get("project_params") or {},
            segments=tuple(
                Segment(name, each.get("entity", entity), each["where"])
                if isinstance(each, dict)
                else Segment(name, entity, each)
                for name, each in (case.get("segments") or {}).items()
            ),
            shown=case.get("shown") == "true",
        )
    except (KeyError, ValueError, TypeError, ArithmeticError) as error:
        raise ValueError(f"{where}: {error!r}") from error


def _only(mapping: Mapping[str, Any], allowed: set[str], where: str) -> None:
    if extra := set(mapping) - allowed:
        raise ValueError(f"{where}: unknown keys {sorted(extra)}")


@cache
def _catalog_types(catalog: str) -> dict[str, tuple[str, dict[str, str | None]]]:
    """For each table of a catalog text: its key, and the types of its columns (None where it declares none)."""
    parsed = cast(dict[str, Any], parse_yaml(catalog))
    found: dict[str, tuple[str, dict[str, str | None]]] = {}
    for name, table in parsed["tables"].items():
        declared: dict[str, str | None] = {
            column: given["type"] if isinstance(given, dict) else given
            for column, given in table["columns"].items()
        }
        linking = [link["column"] for link in (table.get("links") or {}).values()]
        for column in [table["key"], *linking]:
            declared.setdefault(column, None)
        found[name] = (table["key"], declared)
    return found


def _tables(catalog: str, raw: Mapping[str, list[dict[str, Any]]]) -> dict[str, Table]:
    catalog_types = _catalog_types(catalog)
    tables: dict[str, Table] = {}
    for name, (key, declared) in catalog_types.items():
        rows = raw.get(name) or []
        types = {column: kind or _guess(rows, column) for column, kind in declared.items()}
        for row in rows:
            _only(row, set(types), name)
        read = tuple(
            {column: read_value(row.get(column), kind) for column, kind in types.items()} for row in rows
        )
        tables[name] = Table(name, key, types, read)
    # Rows of tables that another case's catalog has, and this one's lacks, are simply not used.
    return tables


def _guess(rows: Iterable[dict[str, Any]], column: str) -> str:
    """The type of a key or link column that the catalog does not list."""
    texts = [row[column] for row in rows if row.get(column) is not None]
    return "integer" if all(re.fullmatch(r"-?\d+", text) for text in texts) else "string"


def read_value(text: str | None, kind: str) -> Value:
    """The value that raw text stands for in a column of a declared type; None stands for unknown."""
    if text is None:
        return None
    match kind.partition("(")[0]:
        case "boolean":
            return {"true": True, "false": False}[text]
        case "integer":
            return int(text)
        case "decimal":
            return Decimal(text)
        case "float":
            return float({".nan": "nan", ".inf": "inf", "-.inf": "-inf"}.get(text, text))
        case "string":
            return text
        case "date":
            return date.fromisoformat(text)
        case "timestamp" | "timestamptz":
            moment = datetime.fromisoformat(text)
            if (moment.tzinfo is not None) != (kind == "timestamptz"):
                raise ValueError(f"{text} is no {kind}")
            return moment
    raise ValueError(f"unknown type {kind}")


def parse_yaml(text: str) -> Any:
    """YAML with every scalar as its text, but a plain `null` as None. Duplicate keys are an error."""
    node = yaml.compose(text, Loader=yaml.SafeLoader)
    return None if node is None else _plain(node)


def _plain(node: yaml.Node) -> Any:
    match node:
        case yaml.ScalarNode():
            return None if node.style is None and node.value in ("null", "~", "") else node.value
        case yaml.SequenceNode():
            return [_plain(each) for each in node.value]
        case yaml.MappingNode():
            mapping: dict[str, Any] = {}
            for key, value in node.value:
                if key.value in mapping:
                    raise ValueError(f"duplicate key {key.value!r} in line {key.start_mark.line + 1}")
                mapping[key.value] = _plain(value)
            return mapping
    raise ValueError(f"unexpected YAML node {node!r}")
