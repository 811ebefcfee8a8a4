"""Common table expressions, in the order in which they are written."""

from __future__ import annotations

from typing import NamedTuple

from sqlglot import exp


class Cte(NamedTuple):
    """A common table expression. Where `materialized`, an engine may not fold it into what reads it."""

    name: str
    query: exp.Query
    materialized: bool = False


Named = list[Cte]
