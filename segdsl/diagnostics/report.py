"""Findings as data for JSON."""

from __future__ import annotations

from typing import Any

from segdsl.diagnostics.diagnostic import Diagnostic


def finding_to_dict(finding: Diagnostic) -> dict[str, Any]:
    """The finding with the keys of the published JSON; places are None where there is none."""
    span, fix = finding.span, finding.fix
    return {
        "rule": finding.rule,
        "severity": str(finding.severity),
        "message": finding.message,
        "help": finding.help,
        "path": finding.shown_path,
        "line": span.line if span else None,
        "column": span.column if span else None,
        "end_line": span.end_line if span else None,
        "end_column": span.end_column if span else None,
        "segment": finding.segment,
        "fix": {"replacement": fix.replacement, "safe": fix.safe} if fix else None,
    }
