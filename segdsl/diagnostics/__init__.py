"""Findings about what a user wrote or about data: the records, the rules, and how they are printed."""

from segdsl.diagnostics.diagnostic import (
    DataError,
    Diagnostic,
    Findings,
    FindingsError,
    Fix,
    SegdslError,
    Severity,
)

__all__ = ["DataError", "Diagnostic", "Findings", "FindingsError", "Fix", "SegdslError", "Severity"]
