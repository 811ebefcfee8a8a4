"""The Python interface: load, check, compile, validate, members."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

import segdsl
from segdsl.diagnostics import FindingsError, SegdslError
from segdsl.project import Value
from tests.cli import small

DAY = date(2024, 6, 30)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small.write(tmp_path_factory.mktemp("project"))


@pytest.fixture(scope="module")
def project(folder: Path) -> segdsl.Project:
    return segdsl.load(folder)


def test_load_from_a_folder_inside(folder: Path) -> None:
    assert segdsl.load(str(folder / "segments" / "more")).name == "small"


def test_load_without_a_project(tmp_path: Path) -> None:
    with pytest.raises(segdsl.SegdslError, match=r"no `segdsl\.yaml`"):
        segdsl.load(tmp_path)


def test_check(project: segdsl.Project, tmp_path: Path) -> None:
    assert not project.check().has_errors
    broken = small.write(tmp_path, segments__wrong="entity: people\nsegments:\n  wrong: regoin = 'NO'\n")
    (finding,) = segdsl.load(broken).check()
    assert (finding.rule, finding.segment) == ("unknown-name", "wrong")


def test_compile_is_sql_that_gives_the_keys(project: segdsl.Project, folder: Path) -> None:
    sql = project.compile("loyal", dialect="duckdb", as_of=DAY)
    with duckdb.connect() as connection:
        for name in ("people", "shops", "orders"):
            connection.read_csv(str(folder / "data" / f"{name}.csv")).create_view(name)
        found = connection.sql(sql)
        assert (found.columns, found.fetchall()) == (["id"], [(10,)])
    assert project.compile("loyal", as_of=DAY) == sql


def test_compile_puts_tables_under_the_schema_of_the_target(tmp_path: Path) -> None:
    text = small.FILES["segdsl.yaml"].replace("abacus}", "duckdb, database: x.duckdb, schema: sales}")
    project = segdsl.load(small.write(tmp_path, segdsl=text))
    assert "FROM sales.people" in project.compile("norwegians", target="strange")
    assert "FROM people" in project.compile("norwegians")


def test_compile_without_targets(tmp_path: Path) -> None:
    project = segdsl.load(
        small.write(
            tmp_path, segdsl="language: 1\nname: small\nparams: {at_least: {type: integer, default: 2}}\n"
        )
    )
    assert "FROM people" in project.compile("norwegians", as_of=DAY)
    with pytest.raises(SegdslError, match="the project has no target"):
        project.members("norwegians", as_of=DAY)


def test_compile_where_the_target_must_be_named(tmp_path: Path) -> None:
    text = small.FILES["segdsl.yaml"].replace("default_target: dev\n", "")
    project = segdsl.load(small.write(tmp_path, segdsl=text))
    with pytest.raises(SegdslError, match="no target is named") as caught:
        project.compile("norwegians")
    assert caught.value.help is not None and "`absent`" in caught.value.help
    assert "FROM people" in project.compile("norwegians", dialect="duckdb")


def test_an_unknown_dialect(project: segdsl.Project) -> None:
    with pytest.raises(SegdslError, match="there is no dialect `duckbd`") as caught:
        project.compile("loyal", dialect="duckbd")
    assert caught.value.help == "did you mean `duckdb`?"


def test_members(project: segdsl.Project) -> None:
    found = project.members("buyers", as_of=DAY)
    assert isinstance(found, pa.Table)
    assert found.to_pydict() == {"id": [2, 10]}
    assert project.members("buyers", as_of=date(2024, 2, 1), target="dev").to_pydict() == {"id": [2]}


def test_validate(project: segdsl.Project) -> None:
    report = project.validate(target="dev", as_of=DAY)
    assert not len(report.findings)
    sizes = {size.name: size.size for block in report.measures for size in block.segments}
    assert sizes == {"in_oslo": 1, "busy": 1, "buyers": 2, "norwegians": 1, "loyal": 1, "strangers": 1}


def test_a_project_with_errors_is_not_asked(tmp_path: Path) -> None:
    project = segdsl.load(
        small.write(tmp_path, segments__wrong="entity: people\nsegments:\n  wrong: regoin = 1\n")
    )
    for ask in (
        lambda: project.compile("loyal"),
        lambda: project.members("loyal", as_of=DAY),
        lambda: project.validate(as_of=DAY),
    ):
        with pytest.raises(FindingsError, match="the project has errors") as caught:
            ask()
        assert [finding.segment for finding in caught.value.findings] == ["wrong"]


def test_an_unknown_segment(project: segdsl.Project) -> None:
    for ask in (project.compile, project.members):
        with pytest.raises(SegdslError, match="there is no segment `loyl`") as caught:
            ask("loyl")
        assert caught.value.help == "did you mean `loyal`?"


# --- parameters -------------------------------------------------------------------------------------------

PARAMS = """\
language: 1
name: small
params:
  at_least: {type: integer, default: 2}
  share: {type: 'decimal(6, 3)', default: 0.5}
  ratio: {type: float, default: 0.5}
  day: {type: date, default: 2024-01-01}
  moment: {type: timestamp, default: 2024-01-01T00:00:00}
  loud: {type: boolean, default: false}
  word: {type: string, default: a}
  words: {type: list(string), default: [a]}
  numbers: {type: list(integer), default: [1]}
"""
CONDITIONS = {
    "at_least": "bought >= $at_least",
    "share": "bought > $share",
    "ratio": "bought > $ratio",
    "day": "exists(orders since $day)",
    "loud": "$loud = true",
    "word": "shop = $word",
    "words": "shop in $words",
    "numbers": "id in $numbers",
}


def compiled(folder: Path, name: str, value: Value) -> str:
    text = f"entity: people\nsegments:\n  asked: {CONDITIONS[name]}\n"
    small.write(folder, segdsl=PARAMS, segments__people=text, segments__more__shops=None)
    return segdsl.load(folder, params={name: value}).compile("asked", as_of=DAY)


@pytest.mark.parametrize(
    ("name", "values", "shown"),
    [
        ("at_least", (7, "7", " 7 "), ">= 7"),
        ("share", (Decimal("1.25"), "1.25", 1.25), "1.25"),
        ("share", (Decimal("1E+2"), 100, "100"), "100"),
        ("ratio", (0.75, "0.75"), "0.75"),
        ("day", (date(2023, 5, 6), "2023-05-06"), "2023-05-06"),
        ("word", ("it's, that", ("it's, that",)), "'it''s, that'"),
        ("word", (" b ",), "' b '"),
        ("words", ("b, c", ["b", "c"], ("b", "c")), "IN ('b', 'c')"),
        ("words", ('"b, c", d', ["b, c", "d"]), "IN ('b, c', 'd')"),
        ("words", ("b", ["b"]), "'b'"),
        ("numbers", ("3,4", [3, 4]), "IN (3, 4)"),
    ],
)
def test_a_parameter_is_set(tmp_path: Path, name: str, values: tuple[Value, ...], shown: str) -> None:
    made = [compiled(tmp_path, name, value) for value in values]
    assert shown in made[0]
    assert set(made) == {made[0]}


def test_a_boolean_parameter(tmp_path: Path) -> None:
    assert compiled(tmp_path, "loud", True) == compiled(tmp_path, "loud", "true")
    assert compiled(tmp_path, "loud", False) == compiled(tmp_path, "loud", "false")
    assert compiled(tmp_path, "loud", True) != compiled(tmp_path, "loud", False)


@pytest.mark.parametrize(
    ("name", "value", "message", "help"),
    [
        ("at_least", "many", "`--param at_least=many`: `many` is not an integer", "the type of `at_least` is integer: write a whole number, such as `30`"),
        ("at_least", 1.5, "`--param at_least=1.5`: `1.5` is not an integer", "the type of `at_least` is integer: write a whole number, such as `30`"),
        ("at_least", "", "`--param at_least=`: `` is not an integer", "the type of `at_least` is integer: write a whole number, such as `30`"),
        ("at_least", (1, 2), "`--param at_least=1,2`: `at_least` takes one value", None),
        ("day", "2024-02-30", "`--param day=2024-02-30`: `2024-02-30` is not a date", "the type of `day` is date: write a day of the calendar, such as `2024-01-31`"),
        ("day", datetime(2024, 1, 1), "`--param day=2024-01-01T00:00:00`: `2024-01-01T00:00:00` is not a date", "the type of `day` is date: write a day of the calendar, such as `2024-01-31`"),
        ("numbers", "1,x", "`--param numbers=1,x`: `x` is not an integer", "the type of `numbers` is list of integer, with commas between: write a whole number, such as `30`"),
        ("numbers", [], "`--param numbers=`: `numbers` takes at least one value", None),
        ("nmubers", "1", "`--param nmubers=…`: there is no parameter `nmubers`", "did you mean `numbers`?"),
    ],
)  # fmt: skip
def test_a_value_that_does_not_fit_is_no_fault_of_a_file(
    tmp_path: Path, name: str, value: Value, message: str, help: str | None
) -> None:
    small.write(tmp_path, segdsl=PARAMS)
    with pytest.raises(SegdslError) as caught:
        segdsl.load(tmp_path, params={name: value})
    assert (caught.value.message, caught.value.help) == (message, help)
    assert not isinstance(caught.value, FindingsError)


def test_a_parameter_of_a_file_is_set_by_name(tmp_path: Path) -> None:
    text = "entity: people\nparams: {mine: {type: string}}\nsegments:\n  asked: shop = $mine\n"
    small.write(tmp_path, segments__mine=text)
    assert [f.rule for f in segdsl.load(tmp_path).check()] == ["parameter-without-value"]
    assert "'b'" in segdsl.load(tmp_path, params={"mine": "b"}).compile("asked", as_of=DAY)
