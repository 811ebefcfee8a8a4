"""The command `segdsl`: the group of all commands, and the exit codes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

import segdsl
from segdsl.cli.commands import LazyGroup
from segdsl.diagnostics.diagnostic import SegdslError


class Main(LazyGroup):
    """Turns what could not be done into one line and exit code 2."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except SegdslError as error:
            click.echo(f"error: {error.message}", err=True)
            if error.help:
                click.echo(f"help: {error.help}", err=True)
            ctx.exit(2)


@click.group(cls=Main, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "-C",
    "folder",
    type=click.Path(path_type=Path),
    default=Path("."),
    metavar="DIR",
    help="Run as if started in DIR.",
)
@click.version_option(segdsl.__version__, prog_name="segdsl")
@click.pass_context
def main(ctx: click.Context, folder: Path) -> None:
    """Customer segments as code: checked, compiled to SQL, measured."""
    ctx.obj = folder
