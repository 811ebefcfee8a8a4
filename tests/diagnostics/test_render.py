"""Findings as text: the quoted line, the caret under the right character, control characters made visible."""

from __future__ import annotations

import re

import pytest

from segdsl.diagnostics import Diagnostic, Findings, Severity
from segdsl.diagnostics.render import RENDERERS, render, summary
from segdsl.source import SourceFile


def finding(text: str, marked: str, **named: object) -> Findings:
    file = SourceFile("segments/a.yaml", text)
    start = text.index(marked)
    return Findings([Diagnostic("some-rule", "it is wrong", file.span(start, start + len(marked)), **named)])  # type: ignore[arg-type]


def quoted(text: str, marked: str) -> tuple[str, str]:
    """The line as it is shown and the carets under it, without the gutter."""
    lines = render(finding(text, marked)).splitlines()
    assert lines[3].index("|") == lines[4].index("|")
    return lines[3].split("| ", 1)[1], lines[4].split("| ", 1)[1]


def test_full() -> None:
    text = "entity: people\nsegments:\n  one: regoin = 'NO'\n"
    assert render(finding(text, "regoin", help="did you mean `region`?")) == (
        "error[some-rule]: it is wrong\n"
        " --> segments/a.yaml:3:8\n"
        "  |\n"
        "3 |   one: regoin = 'NO'\n"
        "  |        ^^^^^^\n"
        " = help: did you mean `region`?"
    )


def test_the_gutter_is_as_wide_as_the_number() -> None:
    lines = render(finding("a\n" * 99 + "here\n", "here")).splitlines()
    assert lines[1:] == ["   --> segments/a.yaml:100:1", "    |", "100 | here", "    | ^^^^"]


def test_findings_without_a_place() -> None:
    both = Findings(
        [Diagnostic("one", "about all"), Diagnostic("two", "about a file", path="segments/a.yaml")]
    )
    assert render(both) == "error[one]: about all\n\nerror[two]: about a file\n --> segments/a.yaml"
    assert render(both, "concise") == "error[one]: about all\nsegments/a.yaml: error[two]: about a file"


def test_nothing_is_nothing() -> None:
    assert {render(Findings(), style) for style in RENDERERS} == {""}


@pytest.mark.parametrize(
    ("text", "marked", "line", "carets"),
    [
        ("a: b", "b", "a: b", "   ^"),
        ("\ta:\tb", "b", "\ta:\tb", "\t  \t^"),
        ("客戶: x", "x", "客戶: x", "      ^"),
        ("a: 客戶", "客戶", "a: 客戶", "   ^^^^"),
        ("e\u0301: x", "x", "e\u0301: x", "   ^"),
        ("a\r\nb: c\r\n", "c", "b: c", "   ^"),
        ("a: \x1b[31mred", "red", "a: ␛[31mred", "        ^^^"),
        ("a: \x9b31m x", "x", "a: ·31m x", "        ^"),
        ("ab", "", "ab", "^"),
        ("first\nsecond", "rst\nsec", "first", "  ^^^"),
    ],
)
def test_carets_stand_under_their_characters(text: str, marked: str, line: str, carets: str) -> None:
    assert quoted(text, marked) == (line, carets)


def test_control_characters_do_not_reach_the_terminal() -> None:
    text = "a: b"
    file = SourceFile("x\x1b.yaml", text)
    evil = Findings([Diagnostic("r", "\x1b]0;title\x07 and\nmore", file.span(0, 1), help="\x1b[2J")])
    for style in RENDERERS:
        shown = render(evil, style)
        assert "\x1b" not in shown and "\x07" not in shown
    assert len(render(evil, "concise").splitlines()) == 1
    assert len(render(evil, "full").splitlines()) == 6


@pytest.mark.parametrize("style", RENDERERS)
@pytest.mark.parametrize("severity", Severity)
def test_color_adds_nothing_but_color(style: str, severity: Severity) -> None:
    findings = finding("a: b\n", "b", help="do", severity=severity)
    colored = render(findings, style, color=True)
    assert colored != render(findings, style)
    assert re.sub(r"\x1b\[[0-9;]*m", "", colored) == render(findings, style)


@pytest.mark.parametrize(
    ("severities", "checked", "elsewhere", "told"),
    [
        ([], 1, 0, "1 segment checked: all fine"),
        ([], 2, 1, "2 segments checked: all fine; 1 finding elsewhere"),
        ([Severity.ERROR], 2, 0, "2 segments checked: 1 error"),
        ([Severity.ERROR, Severity.WARNING, Severity.WARNING], 0, 3, "0 segments checked: 1 error, 2 warnings; 3 findings elsewhere"),
        ([Severity.INFO], 3, 0, "3 segments checked: all fine"),
    ],
)  # fmt: skip
def test_summary(severities: list[Severity], checked: int, elsewhere: int, told: str) -> None:
    findings = Findings([Diagnostic("r", str(n), severity=s) for n, s in enumerate(severities)])
    assert summary(findings, checked, elsewhere) == told
