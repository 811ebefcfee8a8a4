"""`segdsl check`"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

import click

from segdsl.cli.asking import Run, asking
from segdsl.cli.options import error_on_warning, exclude, output_format, params, select
from segdsl.cli.output import envelope, print_findings, print_json
from segdsl.diagnostics.diagnostic import Diagnostic, Findings, SegdslError

if TYPE_CHECKING:
    from segdsl.project import Project


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@asking(select, exclude, params, error_on_warning, output_format)
def check(run: Run, paths: tuple[str, ...]) -> None:
    """Check all that needs no data: syntax, names, types, examples.

    With paths, only findings in those files and folders are told; with -s, only those about the selected
    segments and about what all segments rest on. Everything is checked all the same.
    """
    project = run.load()
    every = project.check()
    if not every.has_errors:
        every = Findings([*every.items, *project.check_examples()])
    findings, segments = every, list(project.definitions)
    if paths:
        files = _files(project, paths)
        findings = Findings([f for f in findings.items if f.shown_path is None or f.shown_path in files])
        segments = [n for n in segments if project.definitions[n].path in files]
    if run.select or run.exclude:
        chosen = run.chosen(project)
        findings = Findings([f for f in findings.items if _is_about(f, chosen, project)])
        segments = [n for n in segments if n in chosen]
    if not (segments or findings.has_errors or paths):
        raise SegdslError("the project has no segments, so nothing was checked", "add one under `segments/`")
    if run.output == "json":
        print_json(envelope(project.name, findings))
    else:
        from segdsl.diagnostics.render import summary

        print_findings(findings, run.output)
        click.echo(summary(findings, len(segments), len(every) - len(findings)), err=True)
    run.end(findings)


def _files(project: Project, paths: Collection[str]) -> set[str]:
    """The project's files in the given ones and folders, by the paths that findings show."""
    files = set(project.paths)
    files |= {finding.shown_path for finding in project.check() if finding.shown_path is not None}
    at = {file: (project.root / file).resolve() for file in files}
    found: set[str] = set()
    for path in paths:
        try:
            here = Path(path).resolve(strict=True)
        except (OSError, RuntimeError) as error:
            raise SegdslError(f"`{path}` is not there") from error
        inside = {file for file, place in at.items() if place.is_relative_to(here)}
        if not inside:
            raise SegdslError(
                f"nothing was checked: `{path}` holds no file of this project",
                "the files are segdsl.yaml and those it lists under `catalog` and `segments`",
            )
        found |= inside
    return found


def _is_about(finding: Diagnostic, chosen: Collection[str], project: Project) -> bool:
    """Whether a finding is about one of the chosen segments, or about something that they may rest on."""
    if finding.segment is not None:
        return finding.segment in chosen
    others = {definition.path for name, definition in project.definitions.items() if name not in chosen}
    mine = {project.definitions[name].path for name in chosen}
    return finding.shown_path not in others - mine
