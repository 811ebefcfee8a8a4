"""How commands print: data to standard output, findings where data is not."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from segdsl.diagnostics.diagnostic import Findings
    from segdsl.project import Project


def print_json(content: dict[str, Any]) -> None:
    click.echo(json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False))


def print_findings(findings: Findings, output: str, err: bool = False) -> None:
    """The findings in the style `full` or `concise`, if there are any."""
    from segdsl.diagnostics.render import render

    text = render(findings, output)
    if text:
        click.echo(text, err=err)


def envelope(project: Project) -> dict[str, Any]:
    """What the JSON of every command has."""
    from segdsl.diagnostics.report import finding_to_dict

    return {"version": 1, "project": project.name, "findings": [finding_to_dict(f) for f in project.check()]}
