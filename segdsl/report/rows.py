"""Tables of members as CSV, JSON lines or Parquet."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow  # type: ignore[import-untyped]

_AT_ONCE = 50_000
"""Rows that are Python objects at one time."""

_CSV_BOOLEANS = {True: "true", False: "false"}


def print_csv(table: pyarrow.Table, file: IO[str]) -> None:
    """A header and a row each; booleans are `true` and `false`."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(table.column_names)
    for row in _rows(table):
        writer.writerow([_CSV_BOOLEANS[cell] if isinstance(cell, bool) else cell for cell in row])


def print_jsonl(table: pyarrow.Table, file: IO[str]) -> None:
    """An object on each line."""
    names = table.column_names
    encode = json.JSONEncoder(ensure_ascii=False).encode
    for row in _rows(table):
        file.write(f"{encode(dict(zip(names, row, strict=True)))}\n")


def plain_rows(table: pyarrow.Table) -> list[dict[str, Any]]:
    """The rows as JSON has them."""
    return [dict(zip(table.column_names, row, strict=True)) for row in _rows(table)]


def plain_keys(table: pyarrow.Table) -> list[Any]:
    """The first column as JSON has it."""
    return [_plain(value) for value in table.column(0).to_pylist()]


def _rows(table: pyarrow.Table) -> Iterator[tuple[Any, ...]]:
    for batch in table.to_batches(max_chunksize=_AT_ONCE):
        columns = [[_plain(value) for value in column.to_pylist()] for column in batch.columns]
        yield from zip(*columns, strict=True)


def _plain(value: Any) -> Any:
    """A key as JSON can have it: whole numbers of any size are numbers, whatever else is text."""
    match value:
        case None | bool() | int() | str():
            return value
        case Decimal() if value == value.to_integral_value():
            return int(value)
        case bytes():
            return value.hex()
        case _:
            return str(value)


def _csv_file(table: pyarrow.Table, path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        print_csv(table, file)


def _jsonl_file(table: pyarrow.Table, path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        print_jsonl(table, file)


def _parquet_file(table: pyarrow.Table, path: Path) -> None:
    from pyarrow import parquet

    parquet.write_table(table, path)


WRITERS: dict[str, Callable[[pyarrow.Table, Path], None]] = {
    ".csv": _csv_file,
    ".parquet": _parquet_file,
    ".jsonl": _jsonl_file,
}
"""What writes a file whose name ends so."""
