"""The record of one rule of the published table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from segdsl.diagnostics.diagnostic import Severity

Place = Literal["segdsl.yaml", "catalog", "segments", "expression", "csv", "parquet", "tsql"]
"""What an example is: a whole project file, a catalog or segment file beside the others of a project, a
condition about customers, the CSV rows of the table `customers`, the columns of its Parquet file, or a condition
that is compiled for SQL Server."""


@dataclass(frozen=True)
class Rule:
    """What findings of one name are about. `example` triggers it, `mended` does not; both are of `place`.

    `severity` is that of its findings unless the project sets another. `summary` is one line, `why` says what
    would go wrong without the rule. Examples are about the tables of a small shop: customers with orders.
    """

    name: str
    severity: Severity
    summary: str
    why: str
    place: Place
    example: str
    mended: str
