"""Findings as text for people: the line they wrote, what is wrong with it, and how to mend it."""

from __future__ import annotations

from collections.abc import Callable

import click

from segdsl.diagnostics.diagnostic import Diagnostic, Findings, Severity
from segdsl.source import Span

_COLORS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "cyan"}
# What moves the cursor or rings the bell is shown as its picture, one for one, so that carets stay in place.
_CONTROLS = {code: 0x2400 + code for code in range(32) if code != ord("\t")} | {0x7F: 0x2421}
_CONTROLS |= dict.fromkeys(range(0x80, 0xA0), ord("·"))
# So is what nobody sees, and what turns the direction of the text around.
_CONTROLS |= dict.fromkeys([0xAD, 0x200B, 0x2028, 0x2029, 0xFEFF, *range(0x202A, 0x202F)], ord("·"))
_CONTROLS |= dict.fromkeys(range(0x2066, 0x206A), ord("·"))
_LONGEST_LINE = 160
_LEAD = 60


def full(findings: Findings, color: bool = False) -> str:
    """Findings with the lines that they are about, an empty line between two."""
    return "\n\n".join(_full(finding, color) for finding in findings)


def concise(findings: Findings, color: bool = False) -> str:
    """A line for each finding: where, how bad, which rule, what."""
    return "\n".join(
        f"{_place(f, color)}{_rule(f, color)}: {visible(' '.join(f.message.split()))}" for f in findings
    )


RENDERERS: dict[str, Callable[[Findings, bool], str]] = {"full": full, "concise": concise}
"""The output formats of findings that are text; a further one is a function here."""


def render(findings: Findings, style: str = "full", color: bool = False) -> str:
    """All findings in one of the styles of `RENDERERS`."""
    return RENDERERS[style](findings, color)


def summary(findings: Findings, checked: int, elsewhere: int = 0) -> str:
    """One line on what was checked and found; `elsewhere` are findings that were not asked for."""
    counts = [
        f"{number} {severity}{'s' * (number != 1)}"
        for severity in (Severity.ERROR, Severity.WARNING)
        if (number := findings.count(severity))
    ]
    told = ", ".join(counts) or "all fine"
    rest = f"; {elsewhere} finding{'s' * (elsewhere != 1)} elsewhere" if elsewhere else ""
    return f"{checked} segment{'s' * (checked != 1)} checked: {told}{rest}"


def _full(finding: Diagnostic, color: bool) -> str:
    lines = [f"{_rule(finding, color)}: {_styled(visible(finding.message), color, bold=True)}"]
    if finding.span is not None:
        lines += _quoted(finding.span, _COLORS[finding.severity], color)
    elif finding.path:
        lines.append(f" {_blue('-->', color)} {visible(finding.path)}")
    if finding.help:
        first, *more = finding.help.split("\n")
        lines.append(f" {_blue('=', color)} {_styled('help', color, bold=True)}: {visible(first)}")
        lines += [f"   {visible(line)}" for line in more]
    return "\n".join(lines)


def _quoted(span: Span, shade: str, color: bool) -> list[str]:
    """The place of a span, its (first) line, and carets under it."""
    number = str(span.line)
    gutter = " " * len(number)
    line = visible(span.file.line(span.line))
    end = span.end_column - 1 if span.end_line == span.line else len(line.rstrip())
    line, start, end = _window(line, span.column - 1, end)
    before, marked = line[:start], line[start:end]
    # Tabs stay tabs, so that the caret stands under its character.
    indent = "\t".join(" " * _cells(part) for part in before.split("\t"))
    carets = _styled("^" * max(1, _cells(marked)), color, fg=shade, bold=True)
    bar = _blue("|", color)
    return [
        f"{gutter}{_blue('-->', color)} {visible(span.path)}:{span.line}:{span.column}",
        f"{gutter} {bar}",
        f"{_blue(number, color)} {bar} {line}",
        f"{gutter} {bar} {indent}{carets}",
    ]


def _window(line: str, start: int, end: int) -> tuple[str, int, int]:
    """A line and a place in it; of a very long line, the part around the place, between dots."""
    if len(line) <= _LONGEST_LINE:
        return line, start, end
    cut = max(0, min(start - _LEAD, len(line) - _LONGEST_LINE))
    before, after = "…" * (cut > 0), "…" * (cut + _LONGEST_LINE < len(line))
    shown = f"{before}{line[cut : cut + _LONGEST_LINE]}{after}"
    moved = len(before) - cut
    return shown, start + moved, min(end + moved, len(shown) - len(after))


def _cells(text: str) -> int:
    """How many columns of a terminal a text takes: a Chinese character two, an accent on its own none."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def _place(finding: Diagnostic, color: bool) -> str:
    span = finding.span
    if span is None:
        return f"{_styled(visible(finding.path), color, bold=True)}: " if finding.path else ""
    return f"{_styled(visible(span.path), color, bold=True)}:{span.line}:{span.column}: "


def _rule(finding: Diagnostic, color: bool) -> str:
    return _styled(f"{finding.severity}[{finding.rule}]", color, fg=_COLORS[finding.severity], bold=True)


def _blue(text: str, color: bool) -> str:
    return _styled(text, color, fg="blue", bold=True)


def _styled(text: str, color: bool, fg: str | None = None, bold: bool | None = None) -> str:
    return click.style(text, fg=fg, bold=bold) if color else text


def visible(text: str) -> str:
    """The text with characters that would control the terminal made visible."""
    return text.translate(_CONTROLS)
