"""`segdsl check`"""

from __future__ import annotations

from pathlib import Path

import click

from segdsl.cli.asking import load_project
from segdsl.cli.options import options, output_format, params
from segdsl.cli.output import envelope, print_findings, print_json
from segdsl.diagnostics.diagnostic import SegdslError


@click.command()
@options(params, output_format)
@click.pass_context
def check(ctx: click.Context, params: tuple[str, ...], output: str) -> None:
    """Check all that needs no data: syntax, names, types."""
    folder: Path = ctx.obj
    project = load_project(folder, params)
    findings = project.check()
    if not project.definitions and not findings.has_errors:
        raise SegdslError(
            "the project has no segments, so there was nothing to check", "add one under `segments/`"
        )
    if output == "json":
        print_json(envelope(project))
    else:
        from segdsl.diagnostics.render import summary

        print_findings(findings, output)
        click.echo(summary(findings, len(project.definitions)), err=True)
    ctx.exit(1 if findings.has_errors else 0)
