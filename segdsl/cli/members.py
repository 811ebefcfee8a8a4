"""`segdsl members`"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from segdsl.cli.asking import Run, asking
from segdsl.cli.options import as_of, exclude, memory_limit, params, select, target
from segdsl.cli.output import envelope, print_json, working
from segdsl.diagnostics.diagnostic import SegdslError

if TYPE_CHECKING:
    from segdsl.membership import Shape


@click.command()
@click.argument("name", required=False)
@asking(
    select,
    exclude,
    target,
    as_of,
    params,
    memory_limit,
    click.option(
        "--output-format",
        "output",
        type=click.Choice(["csv", "jsonl", "json"]),
        default="csv",
        show_default=True,
        help="What is printed where no file is written.",
    ),
)
@click.option(
    "--as",
    "shape",
    type=click.Choice(["flags", "long"]),
    help="Of many segments: flags, every key and a boolean for each segment, or long, key and segment.",
)
@click.option(
    "-o",
    "--output",
    "file",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Write a file; its name ends in .csv, .parquet or .jsonl.",
)
def members(run: Run, name: str | None, shape: Shape | None, file: Path | None) -> None:
    """List the keys of the members.

    They are sorted, numbers as such and text by code point.
    """
    from segdsl.membership import members as read
    from segdsl.report import rows

    if file is not None and file.suffix not in rows.WRITERS:
        raise SegdslError(
            f"`{file}`: the name of the file must end in .csv, .parquet or .jsonl", "it says what is written"
        )
    project = run.load_sound()
    if name is not None:
        project.segment(name)
    elif shape is None and not run.select:
        raise SegdslError("no segment is named", "name one, or give all with `--as flags` or `--as long`")
    chosen = run.chosen(project, [name] if name is not None else [])
    if shape is None and len(chosen) > 1:
        raise SegdslError(
            f"these are {len(chosen)} segments", "choose how to give them: `--as flags` or `--as long`"
        )
    with working(f"reading the members of {len(chosen)} segment{'s' * (len(chosen) > 1)}"):
        found = read(project, chosen, shape or "members", run.as_of, run.target, run.memory_limit)
    if file is not None:
        from segdsl.cli.files import writing

        with writing(file) as made:
            rows.WRITERS[file.suffix](found, made)
    elif run.output == "json":
        entity = project.segment(chosen[0]).population.table
        members = rows.plain_rows(found) if shape else rows.plain_keys(found)
        content = {"entity": entity.name, "key": entity.key, "members": members}
        print_json(envelope(project.name, project.check()) | content)
    elif run.output == "jsonl":
        rows.print_jsonl(found, sys.stdout)
    else:
        rows.print_csv(found, sys.stdout)
