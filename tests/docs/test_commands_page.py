"""The page of commands: a section for each command that lists its options, all of them and no others."""

from __future__ import annotations

import re

import click
import pytest

import segdsl
from segdsl.cli.main import main
from segdsl.selection import _METHODS
from tests.docs.pages import ROOT, blocks

PAGE = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
OF_ALL = {"--color", "--no-color", "--help"}
_OPTION = re.compile(r"`(--?[a-zA-Z][-a-z]*)")


def _commands(group: click.Group, before: str = "") -> dict[str, click.Command]:
    """All commands by what is typed, subcommands too."""
    context = click.Context(group)
    found: dict[str, click.Command] = {}
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            found |= _commands(command, f"{before}{name} ")
        else:
            found[before + name] = command
    return found


COMMANDS = _commands(main)


def _section(name: str) -> str:
    heading = f"\n## {name}\n"
    assert PAGE.count(heading) == 1, f"there is no section {name}"
    return PAGE.partition(heading)[2].partition("\n## ")[0]


def _told(section: str) -> set[str]:
    """The options in the list and in the table of a section."""
    lines = [line for line in section.splitlines() if line.startswith(("Options: ", "| `-"))]
    return {option for line in lines for option in _OPTION.findall(line.split(" | ")[0])}


def test_every_command_has_a_section_and_no_other_has() -> None:
    assert sorted(re.findall(r"^## `segdsl (.+)`$", PAGE, re.M)) == sorted(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_the_options_of_a_command_are_told(name: str) -> None:
    command = COMMANDS[name]
    parameters = [param for param in command.params if isinstance(param, click.Option) and not param.hidden]
    every = {option for param in parameters for option in param.opts}
    told = _told(_section(f"`segdsl {name}`"))
    missing = [
        param.opts for param in parameters if not told & set(param.opts) and not OF_ALL & set(param.opts)
    ]
    assert (missing, told - every) == ([], set())


@pytest.mark.parametrize("name", COMMANDS)
def test_usage_and_summary_are_shown(name: str) -> None:
    first = next(block.text.split("\n\nOptions:")[0] for block in blocks(_section(f"`segdsl {name}`")))
    assert first.startswith(f"$ segdsl {name} --help\nUsage: ")
    assert (COMMANDS[name].help or "").partition("\n")[0] in " ".join(first.split())


def test_the_values_of_options_are_told() -> None:
    """What can be chosen stands in the section of the command, or with the options of many commands."""
    for name, command in COMMANDS.items():
        text = _section(f"`segdsl {name}`") + _section("Options of many commands")
        for param in command.params:
            if isinstance(param.type, click.Choice) and not OF_ALL & set(param.opts):
                assert [each for each in param.type.choices if f"`{each}`" not in text] == [], (
                    name,
                    param.name,
                )


def test_options_of_many_commands() -> None:
    """The table has what three commands or more share, and nothing that none has."""
    told = _told(_section("Options of many commands"))
    options = [option for command in [main, *COMMANDS.values()] for p in command.params for option in p.opts]
    shared = {option for option in options if options.count(option) > 2 and option.startswith("--")}
    assert (told - set(options), shared - told) == (set(), set())


def test_the_selections_choose_something_in_the_shop() -> None:
    project = segdsl.load(ROOT / "examples" / "shop")
    rows = re.findall(r"^\| (`.*?) *\| ", _section("Choosing segments"), re.M)
    selections = [selection for row in rows for selection in re.findall(r"`([^`]+)`", row)]
    assert len(selections) >= len(_METHODS) + 3
    for selection in selections:
        assert 0 < len(project.select(selection)) < len(project.definitions) or selection == "path:segments"
    assert {selection.partition(":")[0] for selection in selections if ":" in selection} == set(_METHODS)
