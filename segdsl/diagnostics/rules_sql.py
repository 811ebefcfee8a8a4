"""Rules about SQL: where a dialect can't carry what a segment asks."""

from __future__ import annotations

from segdsl.diagnostics.diagnostic import Severity
from segdsl.diagnostics.rule import Rule

SQL_RULES = (
    Rule(
        "unsupported-by-dialect",
        Severity.ERROR,
        "The dialect that SQL is asked for in has no way to ask this.",
        "Something else in its place would select other members than elsewhere, in silence.",
        "tsql",
        "name matches '^A.*a$'",
        "name starts with 'A' and name ends with 'a'",
    ),
)
