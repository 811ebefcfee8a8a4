"""`segdsl ls`"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from segdsl.cli.asking import Run, asking
from segdsl.cli.options import exclude, output_format, params, select
from segdsl.cli.output import console, envelope, print_json

if TYPE_CHECKING:
    from segdsl.project import Project


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@asking(select, exclude, params, output_format)
def ls(run: Run, names: tuple[str, ...]) -> None:
    """List the segments.

    On a terminal as a table, else (or as `concise`) just the names.
    """
    project = run.load()
    everything = not (names or run.select or run.exclude)
    chosen = list(project.definitions) if everything else run.chosen(project, names)
    if run.output == "json":
        listed = [_described(project, name) for name in chosen]
        print_json(envelope(project.name, project.check()) | {"segments": listed})
    elif run.output == "full" and sys.stdout.isatty():
        from segdsl.report.tables import show_segments

        show_segments([project.definitions[name] for name in chosen], console())
    else:
        for name in chosen:
            click.echo(name)
    if run.output != "json" and project.check().has_errors:
        click.echo("the project has errors: run `segdsl check`", err=True)
    run.end(project.check())


def _described(project: Project, name: str) -> dict[str, Any]:
    definition = project.definitions[name]
    record, used = definition.record, project.uses(name)
    return {
        "name": name,
        "entity": definition.file.entity,
        "title": definition.title,
        "description": definition.description,
        "owner": definition.owner,
        "goal": record.goal,
        "tags": list(definition.tags),
        "review_by": record.review_by.isoformat() if record.review_by else None,
        "stability": record.stability,
        "path": definition.path,
        "line": definition.span.line,
        "depends_on": project.references(name),
        "uses": sorted(f"{table}.{column}" for table, column in used.columns) if used else None,
    }
