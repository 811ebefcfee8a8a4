"""Variables in the texts of targets, and messages that never show their values."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segdsl.diagnostics import SegdslError
from segdsl.files.discover import read_project
from segdsl.files.environment import Environment


def test_each_variable_is_put_in_once() -> None:
    environment = Environment({"USER_NAME": "u", "SECRET": "${x}", "ÄÖ": "&\\1$'"})
    assert environment.expand("pg://${USER_NAME}:${SECRET}@h") == "pg://u:${x}@h"
    assert environment.expand("${ÄÖ}") == "&\\1$'"
    assert environment.expand("$A {A} $ $$") == "$A {A} $ $$"


@pytest.mark.parametrize("wrong", ["${}", "${1a}", "${a b}", "${A", "${A:-x}"])
def test_what_is_no_variable(wrong: str) -> None:
    with pytest.raises(SegdslError, match="is not a variable"):
        Environment({"A": "x"}).expand(wrong)


def test_a_variable_without_a_value_is_told_with_its_place(tmp_path: Path) -> None:
    text = "language: 1\nname: x\ntargets: {d: {engine: e, url: 'pg://${SECRET}@h'}}\n"
    (tmp_path / "segdsl.yaml").write_text(text)
    project = read_project(tmp_path).project
    assert project is not None and project.targets["d"].url is not None
    with pytest.raises(SegdslError, match=r"`SECRET` is not set \(segdsl\.yaml, line 3\)"):
        Environment({}).expand(project.targets["d"].url)
    with pytest.raises(SegdslError, match=r"`SECRET` is empty \(segdsl\.yaml, line 3\)"):
        Environment({"SECRET": " "}).expand(project.targets["d"].url)


@pytest.mark.parametrize(
    ("value", "written", "message", "shown"),
    [
        ("/srv/s3cret/shop.duckdb", "${DB}", "no `/srv/s3cret/shop.duckdb` here", "no `${DB}` here"),
        ("/srv/s3cret/shop.duckdb", "${DB}", "cannot open `shop.duckdb`", "cannot open `${DB}`"),
        ("/srv/s3cret", "${DB}/x.csv", "no file `/srv/s3cret/x.csv`", "no file `${DB}/x.csv`"),
        ("hunter22", "pg://u:${DB}@h", "no host in pg://u:hunter22@h", "no host in pg://u:${DB}@h"),
        ("hunter22", "pg://u:${DB}@h", "bad password hunter22!", "bad password ${DB}!"),
        ("y", "${DB}2024.csv", "no file `y2024.csv`, only y", "no file `${DB}2024.csv`, only ${DB}"),
        ("main", "${DB}", "domain: no schema `main`", "domain: no schema `${DB}`"),
        ("data", "/srv/${DB}", "the data: `/srv/data`", "the ${DB}: `/srv/${DB}`"),
    ],
)
def test_values_are_hidden(value: str, written: str, message: str, shown: str) -> None:
    environment = Environment({"DB": value})
    assert environment.hide(message) == message
    environment.expand(written)
    assert environment.hide(message) == shown


@given(st.text(min_size=8).filter(str.strip), st.text(), st.text())
def test_no_long_value_is_left(value: str, before: str, after: str) -> None:
    environment = Environment({"V": value})
    expanded = environment.expand("a${V}b")
    for text in (value, expanded):
        assert value not in environment.hide(f"{before}{text}{after}")
