"""CSV files: their head, read before anything is guessed, and the call that reads the rest by it."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sqlglot import exp

from segdsl.sql import tree

_DELIMITERS = (",", ";", "\t", "|")


@dataclass(frozen=True)
class Header:
    """What the first line of a file says."""

    delimiter: str
    names: tuple[str, ...]


def read_header(path: Path, expected: Iterable[str]) -> Header | None:
    """The header of a file, plain or compressed with gzip; None where its first line is empty.

    The delimiter is the one by which most of the expected names are found, and of equals the one that makes
    most columns. Guessing it from the rows, as databases do, can take a row that is too long for the header.
    Raises OSError where the file cannot be read.
    """
    line = _first_record(path)
    if not line.strip():
        return None
    wanted = {name.casefold() for name in expected}
    headers = [Header(delimiter, _names(line, delimiter)) for delimiter in _DELIMITERS]
    return max(headers, key=lambda h: (len(wanted & {n.casefold() for n in h.names}), len(h.names)))


def _first_record(path: Path) -> str:
    """The first line; more of them while a quote is open."""
    with path.open("rb") as file:
        data = gzip.GzipFile(fileobj=file) if path.suffix == ".gz" else file
        lines = io.TextIOWrapper(data, encoding="utf-8-sig", errors="replace", newline="")
        record = ""
        for line in lines:
            record += line
            if record.count('"') % 2 == 0:
                break
        return record


def _names(record: str, delimiter: str) -> tuple[str, ...]:
    row = next(csv.reader(io.StringIO(record, newline=""), delimiter=delimiter, skipinitialspace=True), [])
    return tuple(name.strip() for name in row)


def read_csv(path: exp.Expression, header: Header | None) -> exp.Expression:
    """The call by which DuckDB reads files: every column as text, so that no value is guessed to be something
    else. Without a header, as DuckDB finds them."""
    options: dict[str, exp.Expression] = {"header": exp.true()}
    if header is not None:
        names = [
            exp.PropertyEQ(this=exp.Identifier(this=name, quoted=True), expression=tree.text("VARCHAR"))
            for name in header.names
        ]
        options |= {
            "auto_detect": exp.false(),
            "delim": tree.text(header.delimiter),
            "quote": tree.text('"'),
            "escape": tree.text('"'),
            "columns": exp.Struct(expressions=names),
        }
    named = [exp.PropertyEQ(this=tree.identifier(key), expression=value) for key, value in options.items()]
    return exp.Table(this=tree.function("READ_CSV", path, *named))
