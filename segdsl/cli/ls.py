"""`segdsl ls`"""

from __future__ import annotations

from pathlib import Path

import click

from segdsl.cli.asking import chosen, load_project
from segdsl.cli.options import options, output_format, params, select
from segdsl.cli.output import envelope, print_json


@click.command()
@options(select, params, output_format)
@click.pass_obj
def ls(folder: Path, select: tuple[str, ...], params: tuple[str, ...], output: str) -> None:
    """List the segments."""
    project = load_project(folder, params)
    names = chosen(project, select)
    if output == "json":
        listed = [{"name": n, "entity": str(project.definitions[n].file.entity)} for n in names]
        print_json(envelope(project) | {"segments": listed})
        return
    for name in names:
        click.echo(name)
