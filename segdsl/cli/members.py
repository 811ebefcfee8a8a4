"""`segdsl members`"""

from __future__ import annotations

import csv
import sys
from datetime import date
from pathlib import Path

import click

from segdsl.cli.asking import sound_project
from segdsl.cli.options import as_of, options, params, target
from segdsl.cli.output import envelope, print_json


@click.command()
@click.argument("name")
@options(target, as_of, params)
@click.option(
    "--output-format", "output", type=click.Choice(["csv", "json"]), default="csv", show_default=True
)
@click.pass_obj
def members(
    folder: Path,
    name: str,
    target: str | None,
    as_of: date | None,
    params: tuple[str, ...],
    output: str,
) -> None:
    """List the keys of the members."""
    project = sound_project(folder, params)
    entity = project.segment(name).population.table
    found = project.members(name, as_of, target)
    if output == "json":
        keys = found.column(0).to_pylist()
        print_json(envelope(project) | {"entity": entity.name, "key": entity.key, "members": keys})
        return
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(found.column_names)
    writer.writerows([key] for key in found.column(0).to_pylist())
