"""The commands there are, each loaded when it is asked for."""

from __future__ import annotations

from importlib import import_module
from typing import NamedTuple

import click


class Listed(NamedTuple):
    """Where a command is (`module:function`), and its line in `segdsl --help`."""

    where: str
    summary: str


# One line for each command, in the order of the help. A test holds the summaries against the commands' own.
COMMANDS = {
    "check": Listed("segdsl.cli.check:check", "Check all that needs no data: syntax, names, types."),
    "compile": Listed("segdsl.cli.compile:compile_", "Print the SQL of segments."),
    "validate": Listed("segdsl.cli.measure:validate", "Hold the catalog against the data, and measure."),
    "size": Listed("segdsl.cli.measure:size", "Count who is in each segment."),
    "overlap": Listed("segdsl.cli.measure:overlap", "Count who is in both of two segments, for every pair."),
    "members": Listed("segdsl.cli.members:members", "List the keys of the members."),
    "ls": Listed("segdsl.cli.ls:ls", "List the segments."),
}


class LazyGroup(click.Group):
    """A group that imports the module of a command only when that command is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, function = COMMANDS[cmd_name].where.partition(":")
        command: click.Command = getattr(import_module(module), function)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, listed.summary) for name, listed in COMMANDS.items()])
