"""How commands print: data to standard output, findings where data is not, colour on terminals."""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
import threading
from collections.abc import Iterator
from typing import IO, TYPE_CHECKING, Any

import click

from segdsl.cli.commands import COLOR

if TYPE_CHECKING:
    from rich.console import Console
    from rich.status import Status

    from segdsl.diagnostics.diagnostic import Findings, FindingsError

OUTPUT, PROJECT = "segdsl.output", "segdsl.project"
"""Under these names a run keeps its output format, and the name of the project once it is known."""

_PIPED_WIDTH = 100
"""How wide tables are where there is no terminal, so that output does not depend on the environment."""


def print_json(content: dict[str, Any]) -> None:
    click.echo(json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False))


def envelope(project: str, findings: Findings) -> dict[str, Any]:
    """What the JSON of every command has."""
    from segdsl.diagnostics.report import finding_to_dict

    return {"version": 1, "project": project, "findings": [finding_to_dict(f) for f in findings]}


def print_findings(findings: Findings, output: str, err: bool = False) -> None:
    """The findings in one of the styles for people, if there are any."""
    from segdsl.diagnostics.render import RENDERERS

    color = wants_color(sys.stderr if err else sys.stdout)
    text = RENDERERS.get(output, RENDERERS["full"])(findings, color)
    if text:
        click.echo(text, err=err, color=color)


def tell_findings(error: FindingsError) -> None:
    """Findings that stand in the way of what was asked: as JSON where that was asked for."""
    meta = click.get_current_context().find_root().meta
    if meta.get(OUTPUT) == "json":
        print_json(envelope(meta.get(PROJECT, ""), error.findings))
    else:
        print_findings(error.findings, meta.get(OUTPUT) or "full", err=True)
        click.echo(f"\n{error.message}: nothing was done", err=True)


def tell_error(message: str, help: str | None = None) -> None:
    """A line on what could not be done, and how to mend it, to standard error."""
    color = wants_color(sys.stderr)
    click.echo(f"{click.style('error', fg='red', bold=True)}: {message}", err=True, color=color)
    if help:
        click.echo(f"{click.style('help', fg='cyan', bold=True)}: {help}", err=True, color=color)


def tell_warning(message: str) -> None:
    """A line on what was done all the same, to standard error."""
    click.echo(
        f"{click.style('warning', fg='yellow', bold=True)}: {message}",
        err=True,
        color=wants_color(sys.stderr),
    )


def wants_color(stream: IO[str]) -> bool:
    """Whether to write colour to a stream: as `--color` says, else on terminals, unless NO_COLOR is set."""
    context = click.get_current_context(silent=True)
    when = context.find_root().meta.get(COLOR, "auto") if context else "auto"
    if when != "auto":
        return bool(when == "always")
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def console() -> Console:
    """For tables and the like, on standard output."""
    return _console(sys.stdout, wants_color(sys.stdout))


def _console(stream: IO[str], color: bool) -> Console:
    from rich.console import Console

    class Raising(Console):
        def on_broken_pipe(self) -> None:
            # Rich would exit with 1, which means findings here.
            raise BrokenPipeError

    return Raising(
        file=stream,
        width=None if stream.isatty() else _PIPED_WIDTH,
        force_terminal=color or None,
        color_system="auto" if color else None,
        no_color=not color,
        highlight=False,
        markup=False,
        emoji=False,
    )


@contextlib.contextmanager
def working(what: str) -> Iterator[None]:
    """Says on a terminal what is being done, once it has taken a second."""
    if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield
        return
    color = wants_color(sys.stderr)
    shown: list[Status] = []
    lock = threading.Lock()
    done = False

    def show() -> None:
        status = _console(sys.stderr, color).status(f"{what} …")
        with lock:
            if not done:
                status.start()
                shown.append(status)

    timer = threading.Timer(1, show)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        with lock:
            done = True
        timer.cancel()
        for status in shown:
            status.stop()


def prepare_streams() -> None:
    """Data is UTF-8 wherever it goes; only a terminal has its own encoding, and shows `?` for what it lacks."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
        elif isinstance(stream, io.TextIOWrapper):
            if stream.isatty():
                stream.reconfigure(errors="replace")
            else:
                stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def silence() -> None:
    """Lets go of a standard output that can't be written: Python would try once more when it ends."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
