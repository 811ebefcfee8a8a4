"""Spark from its package, in a Java machine of this process's own; its files go with it."""

from __future__ import annotations

from collections.abc import Sequence
from shutil import which
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
from pyspark.sql import SparkSession
from pyspark.sql import types as spark

from segdsl.semantics.types import Kind, Type
from tests.engines.rigs import Unavailable
from tests.engines.rigs.base import Stored

_SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.memory": "1g",
    # So that it shows where the zone of the session has a say. In one whose clocks are set back, an instant that is
    # read on another zone's clock may come out an hour off.
    "spark.sql.session.timeZone": "Asia/Kolkata",
    # Of a few rows each, what is prepared for many takes nearly all of the time.
    "spark.sql.shuffle.partitions": "1",
    "spark.default.parallelism": "1",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",
    "spark.ui.showConsoleProgress": "false",
}
_TYPES: dict[Kind, tuple[spark.DataType, pa.DataType]] = {
    Kind.BOOLEAN: (spark.BooleanType(), pa.bool_()),
    Kind.INTEGER: (spark.LongType(), pa.int64()),
    Kind.FLOAT: (spark.DoubleType(), pa.float64()),
    Kind.STRING: (spark.StringType(), pa.string()),
    Kind.DATE: (spark.DateType(), pa.date32()),
    Kind.TIMESTAMP: (spark.TimestampNTZType(), pa.timestamp("us")),
    Kind.TIMESTAMPTZ: (spark.TimestampType(), pa.timestamp("us", tz="UTC")),
}


class SparkRig:
    dialect = "spark"
    too_many_digits = ("ARITHMETIC_OVERFLOW", "NUMERIC_VALUE_OUT_OF_RANGE")

    def __init__(self) -> None:
        if which("java") is None:
            raise Unavailable("there is no Java here")
        self._folder = TemporaryDirectory(prefix="segdsl-spark-")
        builder = SparkSession.builder.master("local[2]").appName("segdsl tests")
        for name, value in _SETTINGS.items():
            builder = builder.config(name, value)
        builder = builder.config("spark.sql.warehouse.dir", self._folder.name)
        builder = builder.config("spark.local.dir", self._folder.name)
        self.session = builder.getOrCreate()
        self.session.sparkContext.setLogLevel("OFF")
        self._loaded: list[str] = []

    def load(self, tables: Sequence[Stored]) -> None:
        for name in self._loaded:
            self.session.catalog.dropTempView(name)
        self._loaded = [table.name for table in tables]
        for table in tables:
            columns = list(zip(*table.rows, strict=True)) or [()] * len(table.columns)
            made = {
                name: pa.array(values, type=_types(type)[1])
                for (name, type), values in zip(table.columns, columns, strict=True)
            }
            schema = spark.StructType(
                [spark.StructField(name, _types(type)[0]) for name, type in table.columns]
            )
            frame = self.session.createDataFrame(pa.table(made), schema)
            quoted = table.name.replace("`", "``")
            frame.createOrReplaceTempView(f"`{quoted}`")

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self.session.sql(sql).collect()]

    def close(self) -> None:
        self.session.stop()
        self._folder.cleanup()


class DatabricksRig(SparkRig):
    """Spark, told what is meant for Databricks."""

    dialect = "databricks"


def _types(type: Type) -> tuple[spark.DataType, pa.DataType]:
    if type.kind is Kind.DECIMAL:
        return spark.DecimalType(type.precision, type.scale), pa.decimal128(type.precision, type.scale)
    return _TYPES[type.kind]
