"""How long `segdsl --help` takes, against a hello command that imports nothing but click."""

from __future__ import annotations

from benchmarks.timing import interleaved, python

ROUNDS = 25
TARGET = 1.5

HELLO = """
import click

@click.command()
def hello():
    click.echo("hello")

hello()
"""
# What the installed script does.
SEGDSL = "import sys; from segdsl.cli.main import main; sys.exit(main())"


def measure() -> str:
    """The table of both, and their ratio."""
    times = interleaved({"a hello command": python(HELLO), "segdsl --help": python(SEGDSL, "--help")}, ROUNDS)
    hello, help = times["a hello command"], times["segdsl --help"]
    lines = [f"start-up, medians of {ROUNDS}, taking turns       wall ms   CPU ms"]
    lines += [f"  {name:<36}{time.wall * 1000:12.1f}{time.cpu * 1000:9.1f}" for name, time in times.items()]
    ratio = help.wall / hello.wall, help.cpu / hello.cpu
    lines += [f"  {f'ratio (below {TARGET} is wanted)':<36}{ratio[0]:12.2f}{ratio[1]:9.2f}"]
    return "\n".join(lines)
