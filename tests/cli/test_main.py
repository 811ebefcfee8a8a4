"""The group of commands: what is listed, and what is loaded when."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module

import click
import pytest
from click.testing import CliRunner

from segdsl.cli.commands import COMMANDS
from segdsl.cli.main import main

HEAVY = ("duckdb", "sqlglot", "pydantic", "rich", "numpy", "pyarrow", "lark", "yaml")


@pytest.mark.parametrize("name", COMMANDS)
def test_the_summary_of_a_command_is_its_own(name: str) -> None:
    module, _, function = COMMANDS[name].where.partition(":")
    command: click.Command = getattr(import_module(module), function)
    assert command.name == name
    assert (command.help or "").splitlines()[0] == COMMANDS[name].summary
    assert CliRunner().invoke(main, [name, "--help"]).exit_code == 0


def test_help_lists_every_command() -> None:
    shown = CliRunner().invoke(main, ["--help"])
    assert shown.exit_code == 0
    for name, listed in COMMANDS.items():
        assert f"  {name} " in shown.stdout and listed.summary in shown.stdout


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], *([name, "--help"] for name in COMMANDS)])
def test_help_loads_nothing_heavy(arguments: list[str]) -> None:
    code = (
        "import sys\nfrom segdsl.cli.main import main\n"
        f"main({arguments!r}, standalone_mode=False)\n"
        f"print(sorted(set(sys.modules) & set({HEAVY!r})), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr == "[]\n"


def test_help_of_the_group_loads_no_command() -> None:
    code = (
        "import sys\nfrom segdsl.cli.main import main\nmain(['--help'], standalone_mode=False)\n"
        "print('segdsl.cli.options' in sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr == "False\n"
