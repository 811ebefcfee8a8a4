"""The shop, stored in databases that are reached by URL: what is told there is what DuckDB tells of the CSV files."""

from __future__ import annotations

import json
import shutil
import signal
import sqlite3
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import segdsl
from segdsl.cli.main import main
from segdsl.project import Project
from segdsl.semantics.types import Kind, Type
from tests.docs.pages import ROOT
from tests.engines.rigs.base import sql_type

AS_OF = "2024-06-30"
DAY = date.fromisoformat(AS_OF)


def stored(project: Project) -> dict[str, tuple[list[tuple[str, Type]], list[list[Any]]]]:
    """Each table of the shop: its columns and rows, read by DuckDB."""
    from segdsl.sql import tree

    found = {}
    with project.open("dev") as engine:
        for table in project.catalog.tables.values():
            columns = [(c.source, c.type) for c in table.columns.values()]
            columns += [(name, Type(Kind.INTEGER)) for name in sorted(table.unlisted)]
            from sqlglot import exp

            query = exp.Select(expressions=[tree.column(name) for name, _ in columns])
            rows = engine.execute(query.from_(tree.table(table.source))).to_pylist()
            found[table.source] = (columns, [[row[name] for name, _ in columns] for row in rows])
    return found


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the shop with a target for each database; `WAREHOUSE_URL` says where PostgreSQL is."""
    folder = Path(shutil.copytree(ROOT / "examples" / "shop", tmp_path_factory.mktemp("shop") / "project"))
    settings = (folder / "segdsl.yaml").read_text(encoding="utf-8")
    more = (
        '  lite: {engine: sqlite, url: "sqlite:///shop.db"}\n'
        '  warehouse: {engine: postgres, url: "${WAREHOUSE_URL}", schema: crm}\n'
    )
    (folder / "segdsl.yaml").write_text(settings.replace("params:\n", more + "params:\n"), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def lite(shop: Path) -> Path:
    with sqlite3.connect(shop / "shop.db") as connection:
        for name, (columns, rows) in stored(segdsl.load(shop)).items():
            listed = ", ".join(f'"{column}"' for column, _ in columns)
            connection.execute(f'CREATE TABLE "{name}" ({listed})')
            marks = ", ".join("?" * len(columns))
            connection.executemany(
                f'INSERT INTO "{name}" VALUES ({marks})', [[_as_text(value) for value in row] for row in rows]
            )
    connection.close()
    return shop


def _as_text(value: Any) -> Any:
    from datetime import datetime
    from decimal import Decimal

    match value:
        case Decimal():
            return float(value)
        case datetime():
            return value.replace(tzinfo=None).isoformat(" ")
        case date():
            return value.isoformat()
        case _:
            return value


@pytest.fixture(scope="module")
def postgres(shop: Path) -> Iterator[Path]:
    rigs = pytest.importorskip("tests.engines.rigs.postgres", exc_type=ImportError)
    rig = rigs.PostgresRig()
    patch = pytest.MonkeyPatch()
    patch.setenv("WAREHOUSE_URL", rig.uri)
    with rig.connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA crm")
        for name, (columns, rows) in stored(segdsl.load(shop)).items():
            listed = ", ".join(f'"{column}" {sql_type(type)}' for column, type in columns)
            cursor.execute(f'CREATE TABLE crm."{name}" ({listed})')
            marks = ", ".join(["%s"] * len(columns))
            if rows:
                cursor.executemany(f'INSERT INTO crm."{name}" VALUES ({marks})', rows)
    rig.connection.commit()
    yield shop
    patch.undo()
    rig.close()


@pytest.fixture(params=["lite", "warehouse"])
def target(request: pytest.FixtureRequest) -> str:
    """The name of a target whose database is there."""
    request.getfixturevalue({"lite": "lite", "warehouse": "postgres"}[request.param])
    return str(request.param)


def run(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["-C", str(folder), *arguments])


def told(folder: Path, *arguments: str) -> Any:
    done = run(folder, *arguments, "--output-format", "json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_validate_tells_the_same(shop: Path, target: str) -> None:
    expected = told(shop, "validate", "--as-of", AS_OF, "--target", "dev")
    found = told(shop, "validate", "--as-of", AS_OF, "--target", target)
    assert expected.pop("target") == "dev" and found.pop("target") == target
    assert found == expected


@pytest.mark.parametrize("shape", ["flags", "long"])
def test_members_in_every_shape(shop: Path, target: str, shape: str) -> None:
    asked = ["members", "-s", "win_back active norwegians", "--as", shape, "--as-of", AS_OF]
    expected, found = (run(shop, *asked, "--target", name) for name in ("dev", target))
    assert found.exit_code == 0, found.output
    assert found.stdout == expected.stdout


def test_members_of_every_segment(shop: Path, target: str) -> None:
    project = segdsl.load(shop)
    for name in project.select():
        expected = project.members(name, DAY, "dev").column(0).to_pylist()
        assert project.members(name, DAY, target).column(0).to_pylist() == expected, name


def test_why_tells_the_same(shop: Path, target: str) -> None:
    for name in ("win_back", "twens", "quick_starters", "just_looking"):
        for key in ("1", "6", "7"):
            expected = told(shop, "why", name, key, "--as-of", AS_OF, "--target", "dev")
            found = told(shop, "why", name, key, "--as-of", AS_OF, "--target", target)
            assert expected.pop("target") == "dev" and found.pop("target") == target
            assert found == expected, (name, key)


def test_compile_for_a_target_speaks_its_dialect(shop: Path, target: str) -> None:
    content = told(shop, "compile", "win_back", "--target", target, "--as-of", AS_OF)
    assert content["dialect"] == {"lite": "sqlite", "warehouse": "postgres"}[target]


def test_nothing_can_be_written(shop: Path, target: str) -> None:
    from sqlalchemy.exc import DBAPIError

    with segdsl.load(shop).open(target) as engine:
        table = "crm.orders" if target == "warehouse" else "orders"
        with pytest.raises(DBAPIError, match=r"read-?only"):
            engine._connection.exec_driver_sql(f"DELETE FROM {table}")  # type: ignore[attr-defined]


@pytest.fixture
def heeding_ctrl_c() -> Iterator[None]:
    """Tests may run in the background, where shells have it ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_ctrl_c_stops_the_statement(shop: Path, target: str, heeding_ctrl_c: None) -> None:
    """The connection can be used again at once."""
    import os
    import threading

    from sqlglot import exp

    from segdsl.sql import tree

    with segdsl.load(shop).open(target) as engine:
        slow = exp.Select(expressions=[tree.named(exp.Count(this=exp.Star()), "many")])
        slow.set("from_", exp.From(this=tree.table("orders", "o_0", engine.schema)))
        for number in range(1, 9):
            joined = tree.table("orders", f"o_{number}", engine.schema)
            slow.append("joins", exp.Join(this=joined, kind="CROSS"))
        threading.Timer(1, os.kill, (os.getpid(), signal.SIGINT)).start()
        with pytest.raises(KeyboardInterrupt):
            engine.execute(slow)
        one = exp.Select(expressions=[tree.named(tree.number(1), "one")])
        assert engine.execute(one).to_pylist() == [{"one": 1}]


def test_a_statement_that_takes_too_long_is_stopped(shop: Path, postgres: Path) -> None:
    from segdsl.diagnostics import SegdslError

    with segdsl.load(shop).open("warehouse") as engine:
        engine._connection.exec_driver_sql("SET statement_timeout = 200")  # type: ignore[attr-defined]
        engine._connection.commit()  # type: ignore[attr-defined]
        from sqlglot import exp

        from segdsl.sql import tree

        sleep = exp.Select(expressions=[tree.named(tree.function("pg_sleep", tree.number(20)), "slept")])
        with pytest.raises(SegdslError, match="took too long"):
            engine.execute(sleep)


# --- what goes wrong --------------------------------------------------------------------------------------


def test_a_database_that_is_not_there(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = (shop / "segdsl.yaml").read_text(encoding="utf-8")
    try:
        (shop / "segdsl.yaml").write_text(settings.replace("shop.db", "lost.db"), encoding="utf-8")
        done = run(shop, "size", "active", "--target", "lite", "--as-of", AS_OF)
    finally:
        (shop / "segdsl.yaml").write_text(settings, encoding="utf-8")
    assert done.exit_code == 2
    assert "the database `lost.db` is not there" in done.stderr


def test_a_secret_is_never_told(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("psycopg")
    monkeypatch.setenv("WAREHOUSE_URL", "postgresql://me:very-secret-word@127.0.0.1:1/nowhere")
    done = run(shop, "size", "active", "--target", "warehouse", "--as-of", AS_OF)
    assert done.exit_code == 2
    assert "can't be reached" in done.stderr
    assert "very-secret-word" not in done.output + done.stderr


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("no url at all", "the `url` of the target is none"),
        ("klingon://host/name", "there is no driver for `klingon`"),
    ],
)
def test_urls_that_are_none(shop: Path, monkeypatch: pytest.MonkeyPatch, url: str, said: str) -> None:
    monkeypatch.setenv("WAREHOUSE_URL", url)
    done = run(shop, "size", "active", "--target", "warehouse", "--as-of", AS_OF)
    assert done.exit_code == 2
    assert said in done.stderr


def test_a_target_without_url(shop: Path) -> None:
    settings = (shop / "segdsl.yaml").read_text(encoding="utf-8")
    try:
        (shop / "segdsl.yaml").write_text(
            settings.replace(', url: "sqlite:///shop.db"', ""), encoding="utf-8"
        )
        done = run(shop, "size", "active", "--target", "lite", "--as-of", AS_OF)
    finally:
        (shop / "segdsl.yaml").write_text(settings, encoding="utf-8")
    assert done.exit_code == 2
    assert "the target `lite` has no `url`" in done.stderr
