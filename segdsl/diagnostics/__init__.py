"""Findings about what a user wrote or about data: the records, the rules, and how they are printed."""

from segdsl.diagnostics.diagnostic import Diagnostic, Findings, Fix, SegdslError, Severity

__all__ = ["Diagnostic", "Findings", "Fix", "SegdslError", "Severity"]
