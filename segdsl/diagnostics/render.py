"""Findings as text for people: the line they wrote, what is wrong with it, and how to mend it."""

from __future__ import annotations

from segdsl.diagnostics.diagnostic import Diagnostic, Findings, Severity


def render(findings: Findings, style: str = "full") -> str:
    """All findings, in the style `full` (quoting lines) or `concise` (one line each)."""
    if style == "concise":
        return "\n".join(f"{_place(f)}{f.severity}[{f.rule}]: {f.message}" for f in findings)
    return "\n\n".join(_full(finding) for finding in findings)


def _place(finding: Diagnostic) -> str:
    span = finding.span
    if span is None:
        return f"{finding.path}: " if finding.path else ""
    return f"{span.path}:{span.line}:{span.column}: "


def _full(finding: Diagnostic) -> str:
    lines = [f"{finding.severity}[{finding.rule}]: {finding.message}"]
    span = finding.span
    if span is not None:
        number = str(span.line)
        gutter = " " * len(number)
        line = span.file.line(span.line)
        end = span.end_column if span.end_line == span.line else len(line) + 1
        # Tabs stay tabs, so that the caret stands under its character.
        before = "".join("\t" if c == "\t" else " " for c in line[: span.column - 1])
        lines += [
            f"{gutter}--> {span.path}:{span.line}:{span.column}",
            f"{gutter} |",
            f"{number} | {line}",
            f"{gutter} | {before}{'^' * max(1, end - span.column)}",
        ]
    elif finding.path:
        lines.append(f" --> {finding.path}")
    if finding.help:
        lines.append(f" = help: {finding.help}")
    return "\n".join(lines)


def summary(findings: Findings, checked: int) -> str:
    """One line on what was checked and found."""
    errors, warnings = findings.count(Severity.ERROR), findings.count(Severity.WARNING)
    told = f"{errors} error{'s' * (errors != 1)}, {warnings} warning{'s' * (warnings != 1)}"
    return f"{checked} segment{'s' * (checked != 1)} checked: {told if errors or warnings else 'all fine'}"
