"""Values of the environment never stand in a message."""

from __future__ import annotations

from pathlib import Path

import pytest

import segdsl
from segdsl.diagnostics import SegdslError

SECRET = "s3cret-p4ssword"


def project(root: Path, target: str) -> segdsl.Project:
    (root / "catalog").mkdir()
    (root / "catalog/c.yaml").write_text("tables: {t: {key: id, columns: {id: integer}}}\n")
    (root / "segments").mkdir()
    (root / "segments/s.yaml").write_text("entity: t\nsegments: {s: id > 1}\n")
    (root / "segdsl.yaml").write_text(
        f"language: 1\nname: x\ntargets:\n  dev:\n    engine: duckdb\n    {target}\n"
    )
    return segdsl.load(root)


@pytest.mark.parametrize(
    ("target", "files", "told"),
    [
        ("tables: {t: '${SECRET}/t.csv'}", {}, "`${SECRET}/t.csv`"),
        ("tables: {t: 'data/${SECRET}.csv'}", {f"data/{SECRET}.csv": ""}, ""),
        ("tables: {t: '${SECRET}.parquet'}", {f"{SECRET}.parquet": "no such"}, "${SECRET}"),
        ("tables: {t: '${SECRET}'}", {SECRET: "id\n1\n"}, "`${SECRET}`"),
        ("database: '${SECRET}'", {}, "`${SECRET}`"),
        ("database: 'x/${SECRET}.duckdb'", {f"x/{SECRET}.duckdb": "no such"}, "`x/${SECRET}.duckdb`"),
        ("tables: {t: t.csv}\n    schema: '${SECRET}'\n    database: d.duckdb", {"t.csv": "id\n1\n"}, ""),
    ],
)
def test_no_message_shows_a_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, target: str, files: dict[str, str], told: str
) -> None:
    monkeypatch.setenv("SECRET", SECRET)
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    with pytest.raises(SegdslError) as error:
        project(tmp_path, target).members("s")
    shown = f"{error.value} {error.value.message} {error.value.help}"
    shown += str(getattr(error.value, "findings", ""))
    assert SECRET not in shown and told in shown


def test_a_query_that_fails_later_shows_none_either(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from sqlglot import exp

    from segdsl.engines.duckdb import open_engine
    from segdsl.files.environment import Environment
    from segdsl.sql import tree

    (tmp_path / f"{SECRET}.csv").write_text("id\n1\n")
    environment = Environment({"SECRET": SECRET})
    tables = {"t": environment.expand("${SECRET}.csv")}
    with open_engine(root=tmp_path, tables=tables, hide=environment.hide) as engine:
        (tmp_path / f"{SECRET}.csv").unlink()
        query = exp.Select(expressions=[exp.Star()]).from_(tree.table("t"))
        with pytest.raises(SegdslError) as error:
            engine.execute(query)
    assert SECRET not in f"{error.value} {error.value.help}"
    assert "${SECRET}" in error.value.message


@pytest.mark.parametrize("database", ["x" * 5000, "~/x.duckdb"])
def test_a_path_that_cannot_be(tmp_path: Path, database: str) -> None:
    with pytest.raises(SegdslError, match="is not there"):
        project(tmp_path, f"database: {database}").members("s")
