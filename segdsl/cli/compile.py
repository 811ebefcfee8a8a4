"""`segdsl compile`"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from segdsl.cli.asking import chosen, sound_project
from segdsl.cli.options import as_of, options, params, select


@click.command("compile")
@click.argument("name", required=False)
@options(select, as_of, params)
@click.option(
    "--as", "shape", type=click.Choice(["members", "flags", "long", "sizes", "overlap"]), default="members"
)
@click.pass_obj
def compile_(
    folder: Path,
    name: str | None,
    select: tuple[str, ...],
    as_of: date | None,
    params: tuple[str, ...],
    shape: str,
) -> None:
    """Print the SQL of segments."""
    project = sound_project(folder, params)
    if name is not None:
        project.segment(name)
    names = [name] if name is not None else chosen(project, select)
    click.echo(project.sql(names, shape, as_of))
