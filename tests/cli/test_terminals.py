"""Colour, terminals and widths: what changes with where output goes, and what must not."""

from __future__ import annotations

import io
import re
import sys
import time
from pathlib import Path

import pytest

from segdsl.cli import output
from tests.cli.small import DAY, run, write

ANSI = re.compile(r"\x1b\[[0-9;]*m")
WRONG = "entity: people\nsegments:\n  wrong: regoin = 'NO'\n"


@pytest.fixture
def wrong(tmp_path: Path) -> Path:
    return write(tmp_path, segments__people=WRONG)


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("form", ["full", "concise"])
@pytest.mark.parametrize(
    ("before", "after", "environment", "colored"),
    [
        ((), (), {}, False),
        ((), ("--color", "always"), {}, True),
        ((), ("--color=always",), {}, True),
        ((), ("--color",), {}, True),
        ((), ("--color", "segments"), {}, True),
        (("--color", "always"), (), {}, True),
        (("--color",), (), {}, True),
        (("--color", "always"), ("--no-color",), {}, False),
        (("--color", "always"), ("--color", "never"), {}, False),
        ((), ("--color", "auto"), {}, False),
        ((), (), {"FORCE_COLOR": "1"}, True),
        ((), (), {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        ((), ("--color", "always"), {"NO_COLOR": "1"}, True),
        ((), ("--no-color",), {"FORCE_COLOR": "1"}, False),
    ],
)
def test_color_is_as_asked(
    wrong: Path,
    form: str,
    before: tuple[str, ...],
    after: tuple[str, ...],
    environment: dict[str, str],
    colored: bool,
) -> None:
    result = run(wrong, *before, "check", "--output-format", form, *after, env=environment, color=True)
    assert result.exit_code == 1
    assert bool(ANSI.search(result.stdout)) == colored
    plain = run(wrong, "check", "--output-format", form).stdout
    assert ANSI.sub("", result.stdout) == plain and not ANSI.search(plain)


def test_a_wrong_choice_of_color(kept: Path) -> None:
    assert run(kept, "check", "--color=purple").exit_code == 2


@pytest.mark.parametrize(
    ("environment", "colored"),
    [({}, True), ({"NO_COLOR": "1"}, False), ({"NO_COLOR": ""}, True), ({"TERM": "dumb"}, False)],
)
def test_terminals_have_color(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], colored: bool
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert output.wants_color(Terminal()) == colored
    assert not output.wants_color(io.StringIO())


def test_json_has_no_color(wrong: Path) -> None:
    assert not ANSI.search(run(wrong, "check", "--output-format", "json", "--color", "always").stdout)


def test_errors_and_tables_have_color(kept: Path) -> None:
    assert ANSI.search(run(kept, "check", "nowhere", "--color", "always", color=True).stderr)
    shown = run(kept, "size", *DAY, "--color", "always", color=True).stdout
    assert ANSI.sub("", shown).replace(" \n", "\n") != shown
    assert not ANSI.search(run(kept, "size", *DAY, color=True).stdout)


def test_tables_do_not_depend_on_the_environment_where_there_is_no_terminal(kept: Path) -> None:
    shown = {run(kept, "validate", *DAY, env={"COLUMNS": str(width)}).stdout for width in (40, 80, 200)}
    assert len(shown) == 1


def test_progress_is_for_terminals(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    with output.working("waiting"):
        time.sleep(1.2)
    assert stream.getvalue() == ""


def test_progress_is_shown_after_a_second_and_taken_away(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    with output.working("waiting"):
        time.sleep(0.2)
    assert stream.getvalue() == ""
    with output.working("waiting"):
        time.sleep(2.5)
    assert "waiting …" in stream.getvalue()
    assert stream.getvalue().rstrip().endswith("\x1b[2K") or stream.getvalue().endswith("\x1b[?25h")
