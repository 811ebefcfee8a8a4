"""The first line of a CSV file, and whole tables read by it."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from segdsl.diagnostics import SegdslError
from segdsl.engines.csv_files import Header, read_header
from segdsl.engines.duckdb import TableSpec, open_engine
from segdsl.semantics.types import INTEGER, STRING


@pytest.mark.parametrize(
    ("text", "header"),
    [
        ("id,city\n1,Bandung\n", Header(",", ("id", "city"))),
        ("id;city\n1;Bandung, West Java\n", Header(";", ("id", "city"))),
        ("id\tcity\n", Header("\t", ("id", "city"))),
        ("id|city", Header("|", ("id", "city"))),
        ("\ufeffid,city\r\n1,x\r\n", Header(",", ("id", "city"))),
        (' id , "city" \n', Header(",", ("id", "city"))),
        ('id,"the ""old"", grey\ncity"\n1,x\n', Header(",", ("id", 'the "old", grey\ncity'))),
        ("city\nx;y\n", Header(",", ("city",))),
        ("a;b,c;d\n", Header(";", ("a", "b,c", "d"))),
        ("id,note;city\n", Header(",", ("id", "note;city"))),
        ("", None),
        ("\n1,2\n", None),
    ],
)
def test_headers(tmp_path: Path, text: str, header: Header | None) -> None:
    plain, packed = tmp_path / "x.csv", tmp_path / "x.csv.gz"
    plain.write_bytes(text.encode())
    packed.write_bytes(gzip.compress(text.encode()))
    assert read_header(plain, ["ID", "city"]) == read_header(packed, ["ID", "city"]) == header


def rows(folder: Path, text: str) -> list[dict[str, object]]:
    (folder / "shops.csv").write_text(text, encoding="utf-8")
    spec = TableSpec("shops", "shops", {"id": ("id", INTEGER), "city": ("city", STRING)})
    with open_engine(root=folder, tables={"shops": "shops.csv"}, catalog=[spec]) as engine:
        from sqlglot import exp

        found: list[dict[str, object]] = engine.execute(exp.select("*").from_("shops")).to_pylist()
        return found


def test_no_row_is_lost_whatever_its_form(tmp_path: Path) -> None:
    assert rows(tmp_path, "id,city\n1,Bandung\n") == [{"id": 1, "city": "Bandung"}]
    assert rows(tmp_path, 'id;city\r\n1;"a;b"\r\n2;\r\n') == [
        {"id": 1, "city": "a;b"},
        {"id": 2, "city": None},
    ]
    assert rows(tmp_path, "id,city\n007,01\n") == [{"id": 7, "city": "01"}]
    assert rows(tmp_path, "id,city\n") == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("id,city\n1,Bandung\n2,Jakarta,too much\n", "line 3 of `shops.csv` has 3 values, and there are 2 columns"),
        ("id,city\n1\n", "line 2 of `shops.csv` has 1 values, and there are 2 columns"),
        ('id,city\n1,"Bandung\n', "line 2 of `shops.csv` opens a quote that is never closed"),
        ("id,city,city\n1,a,b\n", "the data of table `shops` can't be read: `shops.csv` has two columns `city`"),
        ("id,,city\n1,a,b\n", "the data of table `shops` can't be read: a column of `shops.csv` has no name"),
        ("", "the data of table `shops` can't be read: `shops.csv` is empty"),
    ],
)  # fmt: skip
def test_a_row_that_does_not_fit_is_told_and_never_guessed_around(
    tmp_path: Path, text: str, message: str
) -> None:
    with pytest.raises(SegdslError) as caught:
        rows(tmp_path, text)
    assert caught.value.message == message and caught.value.help


def test_a_value_that_cannot_be_read_is_unknown_when_lenient(tmp_path: Path) -> None:
    """DuckDB's optimizer would have the CSV reader parse the column as a number, and fail."""
    (tmp_path / "shops.csv").write_text("id,city\nnone,Bandung\n", encoding="utf-8")
    spec = TableSpec("shops", "shops", {"id": ("id", INTEGER), "city": ("city", STRING)})
    with open_engine(root=tmp_path, tables={"shops": "shops.csv"}, catalog=[spec], lenient=True) as engine:
        from sqlglot import exp

        query = exp.select("count(*) as n").from_("shops").where("id is null")
        assert engine.execute(query).to_pylist() == [{"n": 1}]
