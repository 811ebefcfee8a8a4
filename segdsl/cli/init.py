"""`segdsl init`"""

from __future__ import annotations

import contextlib
import shlex
from datetime import UTC, date, datetime
from pathlib import Path

import click

from segdsl.cli.options import day
from segdsl.cli.output import tell_warning


@click.command()
@click.argument("folder", metavar="[DIR]", type=click.Path(path_type=Path), default=Path("."))
@click.option(
    "--as-of", type=day, metavar="DAY", help="The last day of the sample data; today when left out."
)
@click.pass_obj
def init(started_in: Path, folder: Path, as_of: date | None) -> None:
    """Start a small project that works at once.

    Makes a catalog, segments and made-up data in DIR, or in the current folder. Nothing is overwritten.
    """
    from segdsl.diagnostics.diagnostic import SegdslError
    from segdsl.files.discover import find_project
    from segdsl.starter import start_project

    place = started_in / folder
    # The calendar of the sample is UTC's, so that its last day is today for whoever asks without a day.
    made = start_project(place, as_of or datetime.now(UTC).date())
    with contextlib.suppress(SegdslError):
        around = find_project(place.resolve().parent)
        tell_warning(f"this project is inside another, that of `{around}`")
    # As the shell sees it, which `-C` has not moved.
    shown = Path(click.get_current_context().find_root().params.get("folder") or "") / place
    is_here = shown == Path()
    click.echo(f"made a project of {len(made)} files in {'this folder' if is_here else shown}:", err=True)
    for path in made:
        click.echo(f"  {path}", err=True)
    click.echo("\nnext:", err=True)
    for step in ([] if is_here else [f"cd {shlex.quote(str(shown))}"]) + _STEPS:
        click.echo(f"  {step}", err=True)


_STEPS = ["segdsl check", "segdsl validate", "segdsl explain segment win_back"]
