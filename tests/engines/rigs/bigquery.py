"""BigQuery's language, run by its reference implementation: GoogleSQL, as WebAssembly in the package `zetasql`.

Only what BigQuery documents is switched on. The first start on a machine compiles for half a minute; the result is
kept in the user's cache folder, by version, and later starts take a second or two.
"""

from __future__ import annotations

import ctypes
import datetime as dt
from collections.abc import Callable, Sequence
from decimal import Context, Decimal
from typing import Any
from unittest import mock

import wasmtime
from google.protobuf.timestamp_pb2 import Timestamp
from zetasql.api import CatalogBuilder, PreparedQuery, TableBuilder
from zetasql.core import ZetaSqlLocalService, wasm_client
from zetasql.types import (
    AnalyzerOptions,
    LanguageFeature,
    LanguageOptions,
    NameResolutionMode,
    ProductMode,
    TableContent,
    TableData,
    TypeKind,
    Value,
    ZetaSQLBuiltinFunctionOptions,
)

from segdsl.semantics.types import Kind, Type
from tests.engines.rigs.base import Stored

_FEATURES = (
    LanguageFeature.FEATURE_ADDITIONAL_STRING_FUNCTIONS,
    LanguageFeature.FEATURE_ANALYTIC_FUNCTIONS,
    LanguageFeature.FEATURE_BIGNUMERIC_TYPE,
    LanguageFeature.FEATURE_CIVIL_TIME,
    LanguageFeature.FEATURE_INTERVAL_TYPE,
    LanguageFeature.FEATURE_NUMERIC_TYPE,
)
_TYPES = {
    Kind.BOOLEAN: TypeKind.TYPE_BOOL,
    Kind.INTEGER: TypeKind.TYPE_INT64,
    Kind.FLOAT: TypeKind.TYPE_DOUBLE,
    Kind.STRING: TypeKind.TYPE_STRING,
    Kind.DATE: TypeKind.TYPE_DATE,
    Kind.TIMESTAMP: TypeKind.TYPE_DATETIME,
    Kind.TIMESTAMPTZ: TypeKind.TYPE_TIMESTAMP,
}


_WIDE = Context(prec=80)


class BigQueryRig:
    dialect = "bigquery"
    too_many_digits = ("overflow", "out of range")

    def __init__(self) -> None:
        with mock.patch.object(wasm_client, "Config", _caching_config):
            self.service = ZetaSqlLocalService()
        client = self.service.wasm_client
        # Byte by byte from Python, as the package does it, takes longer than the query.
        client.write_bytes = lambda at, data: ctypes.memmove(_address(client) + at, data, len(data))
        client.read_bytes = lambda at, size: ctypes.string_at(_address(client) + at, size)
        language = LanguageOptions(
            name_resolution_mode=NameResolutionMode.NAME_RESOLUTION_DEFAULT,
            product_mode=ProductMode.PRODUCT_EXTERNAL,
            enabled_language_features=list(_FEATURES),
        )
        self.options = AnalyzerOptions(language_options=language, default_timezone="UTC")
        self.functions = ZetaSQLBuiltinFunctionOptions(language_options=language)
        self.load([])

    def load(self, tables: Sequence[Stored]) -> None:
        catalog = CatalogBuilder("tests").with_builtin_functions(self.functions)
        self.content = {}
        for table in tables:
            made = TableBuilder(table.name)
            for name, type in table.columns:
                made.add_column(name, _type_kind(type))
            catalog.add_table(made.build())
            cells = [_cell_maker(type) for _, type in table.columns]
            rows = [
                TableData.Row(cell=[make(value) for make, value in zip(cells, row, strict=True)])
                for row in table.rows
            ]
            self.content[table.name] = TableContent(table_data=TableData(row=rows))
        self.catalog = catalog.build()

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        query = (
            PreparedQuery.builder()
            .set_service(self.service)
            .set_sql(sql)
            .set_analyzer_options(self.options)
            .set_catalog(self.catalog)
            .set_table_content(self.content)
            .prepare()
        )
        with query:
            data = query.execute().content.table_data
        return [tuple(map(_shown, row.cell)) for row in data.row] if data else []

    def close(self) -> None:
        """The service goes with the object."""


def _address(client: Any) -> int:
    """Where the memory of the module begins; it may move when it grows."""
    return ctypes.addressof(client.memory.data_ptr().contents)


def _caching_config() -> wasmtime.Config:
    config = wasmtime.Config()
    config.cache = True
    return config


def _type_kind(type: Type) -> TypeKind:
    if type.kind is Kind.DECIMAL:
        return TypeKind.TYPE_NUMERIC if _is_numeric(type) else TypeKind.TYPE_BIGNUMERIC
    return _TYPES[type.kind]


def _is_numeric(type: Type) -> bool:
    return type.digits <= 29 and type.scale <= 9


def _cell_maker(type: Type) -> Callable[[Any], Value]:
    """What makes a cell of a Python value."""

    def cell(value: Any) -> Value:
        if value is None:
            return Value()
        match type.kind:
            case Kind.BOOLEAN:
                return Value(bool_value=value)
            case Kind.INTEGER:
                return Value(int64_value=value)
            case Kind.FLOAT:
                return Value(double_value=value)
            case Kind.STRING:
                return Value(string_value=value)
            case Kind.DATE:
                return Value(date_value=value.toordinal() - dt.date(1970, 1, 1).toordinal())
            case Kind.TIMESTAMP:
                return Value(datetime_value=_civil(value))
            case Kind.TIMESTAMPTZ:
                return Value(timestamp_value=_instant(value))
            case Kind.DECIMAL if _is_numeric(type):
                return Value(numeric_value=_scaled(value, 9))
            case _:
                return Value(bignumeric_value=_scaled(value, 38))

    return cell


def _civil(value: dt.datetime) -> Value.Datetime:
    fields = ((value.month, 4), (value.day, 5), (value.hour, 5), (value.minute, 6), (value.second, 6))
    packed = value.year
    for field, bits in fields:
        packed = packed << bits | field
    return Value.Datetime(bit_field_datetime_seconds=packed, nanos=value.microsecond * 1000)


def _instant(value: dt.datetime) -> Timestamp:
    since = value - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
    return Timestamp(seconds=since.days * 86400 + since.seconds, nanos=since.microseconds * 1000)


def _scaled(value: Decimal, scale: int) -> bytes:
    """In two's complement, the lowest byte first."""
    number = int(value.scaleb(scale, _WIDE))
    return number.to_bytes(number.bit_length() // 8 + 1, "little", signed=True)


def _shown(cell: Value) -> Any:
    for name in ("int64_value", "string_value", "bool_value"):
        value = getattr(cell, name)
        if value is not None:
            return value
    return None
