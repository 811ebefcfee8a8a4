"""The engines that tests can run, by name: `open_rig("sqlite")`."""

from __future__ import annotations

from importlib import import_module

from tests.engines.rigs.base import Rig

QUICK = ("duckdb", "postgres", "datafusion", "hyper", "sqlite", "bigquery", "clickhouse")
"""Those that start in seconds: `make test` runs them."""
SLOW: tuple[str, ...] = ("spark", "snowflake", "mariadb")
"""Those that `make test-engines` runs besides. Databricks is told what Spark is: see `test_spark.py`."""

_CLASSES = {
    "duckdb": ("duckdb", "DuckDBRig"),
    "postgres": ("postgres", "PostgresRig"),
    "datafusion": ("datafusion", "DataFusionRig"),
    "hyper": ("hyper", "HyperRig"),
    "sqlite": ("sqlite", "SQLiteRig"),
    "bigquery": ("bigquery", "BigQueryRig"),
    "clickhouse": ("clickhouse", "ClickHouseRig"),
    "spark": ("spark", "SparkRig"),
    "databricks": ("spark", "DatabricksRig"),
    "snowflake": ("snowflake", "SnowflakeRig"),
    "mariadb": ("mariadb", "MariaDBRig"),
}
"""By engine: its module here, and the class in it."""


def open_rig(name: str) -> Rig:
    """The engine, started. Raises ImportError or Unavailable where it can't be had on this machine."""
    module, made = _CLASSES[name]
    rig: Rig = getattr(import_module(f"tests.engines.rigs.{module}"), made)()
    return rig


class Unavailable(Exception):
    """Why an engine can't be started here."""
