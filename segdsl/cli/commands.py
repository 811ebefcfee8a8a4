"""The commands there are, each loaded when it is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any, NamedTuple

import click

COLOR = "segdsl.color"
"""Under this name a run keeps what `--color` says."""
_WHEN = ("auto", "always", "never")


class Listed(NamedTuple):
    """Where a command is (`module:function`), and its line in `segdsl --help`."""

    where: str
    summary: str


# One line for each command, in the order of the help. A test holds the summaries against the commands' own.
COMMANDS = {
    "init": Listed("segdsl.cli.init:init", "Start a small project that works at once."),
    "check": Listed(
        "segdsl.cli.check:check", "Check all that needs no data: syntax, names, types, examples."
    ),
    "fmt": Listed("segdsl.cli.fmt:fmt", "Format expressions in place."),
    "compile": Listed("segdsl.cli.compile:compile_", "Print the SQL of segments."),
    "validate": Listed("segdsl.cli.measure:validate", "Hold the catalog against the data, and measure."),
    "size": Listed("segdsl.cli.measure:size", "Count who is in each segment."),
    "overlap": Listed("segdsl.cli.measure:overlap", "Count who is in both of two segments, for every pair."),
    "members": Listed("segdsl.cli.members:members", "List the keys of the members."),
    "why": Listed("segdsl.cli.why:why", "Tell why an entity is in a segment or not, clause by clause."),
    "explain": Listed(
        "segdsl.cli.explain:explain", "Put a segment, an expression or a rule into plain English."
    ),
    "ls": Listed("segdsl.cli.ls:ls", "List the segments."),
}


class LazyGroup(click.Group):
    """A group that imports the module of a command only when that command is asked for.

    All commands understand `--color` and `--no-color`, before their name or after it.
    """

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.params.extend(_color_options())

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, function = COMMANDS[cmd_name].where.partition(":")
        command: click.Command = getattr(import_module(module), function)
        if all(param.name != "color" for param in command.params):
            command.params.extend(_color_options())
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if name not in COMMANDS and not name.startswith("-") and not ctx.resilient_parsing:
            from difflib import get_close_matches

            near = get_close_matches(name, COMMANDS, 1)
            ctx.fail(f"There is no command '{name}'." + (f" Did you mean '{near[0]}'?" if near else ""))
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, listed.summary) for name, listed in COMMANDS.items()])

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        return super().parse_args(ctx, list(_with_when(args)))


def _with_when(args: list[str]) -> Iterator[str]:
    """The arguments; `--color` alone means always."""
    for position, argument in enumerate(args):
        if argument == "--":
            yield from args[position:]
            return
        alone = argument == "--color" and (args[position + 1 : position + 2] or [""])[0] not in _WHEN
        yield "--color=always" if alone else argument


def _color_options() -> list[click.Option]:
    def remember(ctx: click.Context, param: click.Parameter, value: str | bool | None) -> None:
        if value:
            ctx.find_root().meta[COLOR] = "never" if value is True else value

    return [
        click.Option(
            ["--color"],
            type=click.Choice(_WHEN),
            metavar="WHEN",
            expose_value=False,
            callback=remember,
            help="Use colour: auto (on a terminal, unless NO_COLOR is set), always or never.",
        ),
        click.Option(
            ["--no-color"], is_flag=True, expose_value=False, callback=remember, help="As --color never."
        ),
    ]
