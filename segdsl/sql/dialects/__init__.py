"""The dialects, by name."""

from __future__ import annotations

from segdsl.sql.dialects.base import Dialect, Unsupported
from segdsl.sql.dialects.bigquery import BigQuery
from segdsl.sql.dialects.clickhouse import ClickHouse
from segdsl.sql.dialects.datafusion import DataFusion
from segdsl.sql.dialects.duckdb import DuckDB
from segdsl.sql.dialects.hyper import Hyper
from segdsl.sql.dialects.mysql import MySQL
from segdsl.sql.dialects.oracle import Oracle
from segdsl.sql.dialects.postgres import Postgres
from segdsl.sql.dialects.redshift import Redshift
from segdsl.sql.dialects.snowflake import Snowflake
from segdsl.sql.dialects.spark import Databricks, Spark
from segdsl.sql.dialects.sqlite import SQLite
from segdsl.sql.dialects.trino import Athena, Trino
from segdsl.sql.dialects.tsql import TSQL

DIALECTS: dict[str, Dialect] = {
    dialect.name: dialect
    for dialect in (
        DuckDB(),
        Postgres(),
        DataFusion(),
        Hyper(),
        Redshift(),
        SQLite(),
        BigQuery(),
        ClickHouse(),
        MySQL(),
        Spark(),
        Databricks(),
        Snowflake(),
        Trino(),
        Athena(),
        TSQL(),
        Oracle(),
    )
}

__all__ = ["DIALECTS", "Dialect", "Unsupported", "dialect"]


def dialect(name: str) -> Dialect:
    """Raises KeyError where there is none of that name."""
    return DIALECTS[name]
