"""What DuckDB could not do, told in the words of a user."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlglot import parse_one

from segdsl.diagnostics import SegdslError
from segdsl.engines.duckdb import open_engine


def test_an_overflow_is_told_without_the_name_of_the_error(tmp_path: Path) -> None:
    most = "9" * 38
    with open_engine(root=tmp_path, tables={}) as engine, pytest.raises(SegdslError) as told:
        engine.execute(parse_one(f"SELECT CAST({most} AS DECIMAL(38, 0)) + 1", dialect="duckdb"))
    assert told.value.message.startswith("overflow in addition of DECIMAL(38)")
    assert told.value.help == "a result has more digits than the 38 that exact numbers may have"


@pytest.mark.parametrize(
    ("sql", "is_result"),
    [
        ("SELECT CAST(1e30::DECIMAL(38, 4) AS DECIMAL(38, 10))", True),
        ("SELECT CAST(1000000000000000000000000000000::HUGEINT AS DECIMAL(38, 10))", True),
        ("SELECT CAST('1e30' AS DECIMAL(38, 10))", False),
        ("SELECT CAST(1000.5 AS DECIMAL(5, 2))", False),
    ],
)
def test_a_number_without_room_is_a_result_with_too_many_digits(
    tmp_path: Path, sql: str, is_result: bool
) -> None:
    with open_engine(root=tmp_path, tables={}) as engine, pytest.raises(SegdslError) as told:
        engine.execute(parse_one(sql, dialect="duckdb"))
    assert told.value.help is not None
    assert ("more digits than the 38" in told.value.help) is is_result
