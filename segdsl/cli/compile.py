"""`segdsl compile`"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from segdsl.cli.asking import Run, asking
from segdsl.cli.options import as_of, exclude, output_format, params, select, target
from segdsl.cli.output import envelope, print_json, working

if TYPE_CHECKING:
    from segdsl.statements import Shape


@click.command("compile")
@click.argument("names", nargs=-1, metavar="[NAME]...")
@asking(select, exclude, as_of, target, params, output_format)
@click.option("--dialect", metavar="NAME", help="The dialect of SQL; the target's when left out.")
@click.option(
    "--as",
    "shape",
    type=click.Choice(["members", "flags", "long", "sizes", "overlap"]),
    default="members",
    show_default=True,
    help=(
        "What a statement gives. members: the keys, a statement for each segment; flags: every key and a "
        "boolean for each segment; long: key and segment; sizes: segment and size; overlap: a, b and both."
    ),
)
@click.option(
    "-o",
    "--output",
    "out",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Write files into DIR: one for each segment, or one named by the shape.",
)
def compile_(run: Run, names: tuple[str, ...], dialect: str | None, shape: Shape, out: Path | None) -> None:
    """Print the SQL of segments.

    One statement stands alone; of several, each ends with a semicolon and has a comment that names its segment
    (or, for the other shapes, the table that it is about).
    """
    from segdsl.statements import script, statements

    project = run.load_sound()
    chosen = run.chosen(project, names)
    with working(f"compiling {len(chosen)} segments"):
        made = statements(project, chosen, shape, run.as_of, dialect, run.target)
    if out is not None:
        from segdsl.cli.files import file_names, write_texts

        files: dict[str, str] = {shape: script(made)}
        if shape == "members":
            safe = file_names(project.definitions)
            files = {safe[each.about]: each.text() for each in made}
        write_texts(out, {f"{name}.sql": f"{text}\n" for name, text in files.items()})
    if run.output == "json":
        listed = [{"name": each.about, "sql": each.text()} for each in made]
        content = {"dialect": made[0].dialect, "statements": listed}
        print_json(envelope(project.name, project.check()) | content)
    elif out is None:
        click.echo(script(made))
