"""DuckDB as an engine: files, databases, types and errors."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from sqlglot import exp

from segdsl.diagnostics import SegdslError
from segdsl.engines.duckdb import DuckDBEngine, TableSpec, open_engine
from segdsl.semantics.types import BOOLEAN, DATE, FLOAT, INTEGER, STRING, TIMESTAMP, TIMESTAMPTZ, decimal

SPEC = TableSpec(
    "orders",
    "order_data",
    {
        "id": ("id", INTEGER),
        "amount": ("Amount", decimal(10, 2)),
        "at": ("at", TIMESTAMP),
        "code": ("code", STRING),
    },
)
CSV = "id,amount,at,code,other\n1,1.50,2024-01-01 10:00:00,007,5\n2,,2024-01-02,,6\n"


def everything(engine: DuckDBEngine, table: str = "order_data") -> list[dict[str, Any]]:
    rows = engine.execute(exp.select("*").from_(exp.to_table(table))).to_pylist()
    return [dict(row) for row in rows]


def make(path: Path, query: str, **format: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = duckdb.connect()
    connection.sql(query).write_parquet(str(path))
    connection.close()


def test_csv_is_read_by_the_declared_types(tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text(CSV)
    with open_engine(root=tmp_path, tables={"orders": "data.csv"}, catalog=[SPEC]) as engine:
        assert everything(engine) == [
            {"id": 1, "amount": Decimal("1.50"), "at": datetime(2024, 1, 1, 10), "code": "007", "other": "5"},
            {"id": 2, "amount": None, "at": datetime(2024, 1, 2), "code": None, "other": "6"},
        ]
        assert engine.is_text("order_data")
        assert engine.physical_columns("order_data") == {
            "id": "VARCHAR",
            "amount": "VARCHAR",
            "at": "VARCHAR",
            "code": "VARCHAR",
            "other": "VARCHAR",
        }


def test_wrong_values_are_an_error_or_unknown(tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text(CSV.replace("1.50", "much"))
    with (
        open_engine(root=tmp_path, tables={"orders": "data.csv"}, catalog=[SPEC]) as engine,
        pytest.raises(SegdslError) as error,
    ):
        everything(engine)
    assert "much" in error.value.message and "\n" not in error.value.message
    assert error.value.help is not None and "validate" in error.value.help
    with open_engine(root=tmp_path, tables={"orders": "data.csv"}, catalog=[SPEC], lenient=True) as engine:
        assert everything(engine)[0]["amount"] is None
        raw = engine.execute(exp.select("*").from_(engine.raw("order_data"))).to_pylist()
        assert raw[0]["amount"] == "much"


def test_parquet_of_other_types_is_cast(tmp_path: Path) -> None:
    query = (
        "SELECT 1::INT AS id, 0.1::DOUBLE AS amount, TIMESTAMP_NS '2024-01-01 10:00:00' AS at, 'x' AS code"
    )
    make(tmp_path / "data" / "a.parquet", query)
    make(tmp_path / "data" / "b.parquet", query.replace("1::INT", "2::INT"))
    with open_engine(root=tmp_path, tables={"order_data": "data/*.parquet"}, catalog=[SPEC]) as engine:
        rows = everything(engine)
        assert [row["id"] for row in rows] == [1, 2]
        assert rows[0]["amount"] == Decimal("0.10")
        found = engine.physical_columns("order_data")
        assert found == {"id": "INTEGER", "amount": "DOUBLE", "at": "TIMESTAMP_NS", "code": "VARCHAR"}
        assert engine.describe("order_data") == {
            "id": INTEGER,
            "amount": FLOAT,
            "at": TIMESTAMP,
            "code": STRING,
        }
        assert engine.physical_columns("nothing") is None
        assert not engine.is_text("order_data")


def test_odd_names_and_folders(tmp_path: Path) -> None:
    root = tmp_path / "it's [odd]*"
    root.mkdir()
    (root / "a'b.csv").write_text('"select","a""b"\n1,2\n')
    spec = TableSpec("t", 'my "t"', {"x": ("select", INTEGER), "y": ('a"b', INTEGER)})
    with open_engine(root=root, tables={"t": "a'b.csv"}, catalog=[spec]) as engine:
        found = engine.execute(
            exp.select("*").from_(exp.Table(this=exp.to_identifier('my "t"', quoted=True)))
        )
        assert found.to_pylist() == [{"select": 1, 'a"b': 2}]


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "shop.duckdb"
    connection = duckdb.connect(str(path))
    connection.execute(
        'CREATE TABLE order_data (id INT, amount DECIMAL(10, 2), "at" TIMESTAMP, code VARCHAR)'
    )
    connection.execute("INSERT INTO order_data VALUES (1, 2.50, '2024-01-01', 'x')")
    connection.execute("CREATE SCHEMA other")
    connection.execute("CREATE TABLE other.things (thing BOOLEAN, day DATE, instant TIMESTAMPTZ)")
    connection.close()
    return path


def test_a_database_is_read_only(database: Path) -> None:
    before = database.read_bytes()
    with open_engine(root=database.parent, database="shop.duckdb", catalog=[SPEC]) as engine:
        assert engine.tables() == ["order_data"]
        assert everything(engine)[0]["amount"] == Decimal("2.50")
    assert database.read_bytes() == before
    assert [path.name for path in database.parent.iterdir()] == ["shop.duckdb"]


def test_a_schema_of_a_database(database: Path) -> None:
    with open_engine(root=database.parent, database="shop.duckdb", schema="other") as engine:
        assert engine.describe("things") == {"thing": BOOLEAN, "day": DATE, "instant": TIMESTAMPTZ}
    with pytest.raises(SegdslError, match="has no schema `nowhere`"):
        open_engine(root=database.parent, database="shop.duckdb", schema="nowhere")


def test_two_can_read_a_database_at_once(database: Path) -> None:
    first = open_engine(root=database.parent, database="shop.duckdb", catalog=[SPEC])
    second = open_engine(root=database.parent, database="shop.duckdb", catalog=[SPEC])
    assert everything(first) == everything(second)
    first.close()
    second.close()


def broken(name: str, content: str) -> Callable[[Path], DuckDBEngine]:
    def opener(root: Path) -> DuckDBEngine:
        (root / name).write_text(content)
        return open_engine(root=root, tables={"orders": name}, catalog=[SPEC])

    return opener


@pytest.mark.parametrize(
    ("opener", "message"),
    [
        (
            lambda root: open_engine(root=root, tables={"orders": "no/*.parquet"}, catalog=[SPEC]),
            "no data for table `orders`: there is no file `no/*.parquet`",
        ),
        (lambda root: open_engine(root=root, database="no.duckdb"), "the database `no.duckdb` is not there"),
        (broken("x.parquet", "hello"), "the data of table `orders` can't be read"),
        (broken("x.json", "{}"), "is neither Parquet nor CSV: `x.json`"),
        (lambda root: open_engine(root=root, memory_limit="lots"), "a number (e.g. 1GB)"),
    ],
)
def test_data_that_is_not_there(tmp_path: Path, opener: Callable[[Path], DuckDBEngine], message: str) -> None:
    with pytest.raises(SegdslError) as error:
        opener(tmp_path)
    assert message in error.value.message
    assert "\n" not in error.value.message


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "x.duckdb").write_text("hello, this is not a database at all" * 100)
    with pytest.raises(SegdslError, match=r"the database `x\.duckdb` can't be opened"):
        open_engine(root=tmp_path, database="x.duckdb")


def test_errors_while_running_are_the_users(tmp_path: Path) -> None:
    with open_engine(root=tmp_path) as engine:
        with pytest.raises(SegdslError) as error:
            everything(engine, "nothing")
        assert "nothing" in error.value.message
        big = exp.select("x * x AS y").from_("(SELECT CAST(1e37 AS DECIMAL(38, 0)) AS x)")
        with pytest.raises(SegdslError) as error:
            engine.execute(big)
        assert error.value.help is not None and "38" in error.value.help


def test_the_configuration_is_locked(tmp_path: Path) -> None:
    with open_engine(root=tmp_path, threads=1, memory_limit="1GB") as engine, pytest.raises(SegdslError):
        engine.execute(exp.Command(this="SET", expression="threads = 2"))


def two_files(root: Path, first: str, second: str) -> DuckDBEngine:
    (root / "data").mkdir()
    (root / "data" / "1.csv").write_text(first)
    (root / "data" / "2.csv").write_text(second)
    spec = TableSpec("t", "t", {"a": ("a", STRING), "b": ("b", STRING)})
    return open_engine(root=root, tables={"t": "data/*.csv"}, catalog=[spec])


def test_columns_of_several_csv_files_go_by_name(tmp_path: Path) -> None:
    root = tmp_path / "it's [odd]*"
    root.mkdir()
    with two_files(root, "a,b\n1,2\n", "b;a\n4;3\n") as engine:
        assert everything(engine, "t") == [{"a": "1", "b": "2"}, {"a": "3", "b": "4"}]


def test_csv_files_of_other_columns_are_told(tmp_path: Path) -> None:
    with pytest.raises(
        SegdslError, match=r"the column `c` is in only one of `data/1\.csv` and `data/2\.csv`"
    ):
        two_files(tmp_path, "a,b\n1,2\n", "a,b,c\n1,2,3\n")


PEOPLE = [
    TableSpec("staff", "people", {"id": ("id", INTEGER), "pay": ("pay", INTEGER)}),
    TableSpec("readers", "people", {"id": ("id", INTEGER), "name": ("Name", STRING)}),
]


@pytest.mark.parametrize(
    "tables",
    [{"people": "p.csv"}, {"staff": "p.csv", "readers": "p.csv"}, {"readers": "p.csv"}],
    ids=["by source", "by both names", "by one name"],
)
def test_two_tables_may_be_stored_as_one(tmp_path: Path, tables: dict[str, str]) -> None:
    (tmp_path / "p.csv").write_text("id,pay,Name\n1,20,007\n")
    with open_engine(root=tmp_path, tables=tables, catalog=PEOPLE) as engine:
        assert everything(engine, "people") == [{"id": 1, "pay": 20, "Name": "007"}]


def test_one_source_in_two_places_or_of_two_types_is_told(tmp_path: Path) -> None:
    for name in ("p.csv", "q.csv"):
        (tmp_path / name).write_text("id,pay,Name\n1,20,007\n")
    with pytest.raises(SegdslError, match=r"`people` is stored in two places: `p\.csv` and `q\.csv`"):
        open_engine(root=tmp_path, tables={"staff": "p.csv", "readers": "q.csv"}, catalog=PEOPLE)
    other = TableSpec("payroll", "people", {"pay": ("PAY", STRING)})
    with pytest.raises(SegdslError, match="declare its column `PAY` as integer and as string"):
        open_engine(root=tmp_path, tables={"staff": "p.csv"}, catalog=[*PEOPLE, other])
