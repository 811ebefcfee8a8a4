"""A plan as SQL: sqlglot trees built node by node, then the text of a dialect."""

from segdsl.sql.dialects import DIALECTS, Dialect, Unsupported, dialect
from segdsl.sql.queries import (
    flags_query,
    long_query,
    members_query,
    overlap_query,
    plan_for,
    ranges_query,
    row_query,
    sizes_query,
)
from segdsl.sql.text import to_text

__all__ = [
    "DIALECTS",
    "Dialect",
    "Unsupported",
    "dialect",
    "flags_query",
    "long_query",
    "members_query",
    "overlap_query",
    "plan_for",
    "ranges_query",
    "row_query",
    "sizes_query",
    "to_text",
]
