"""`segdsl why`"""

from __future__ import annotations

import click

from segdsl.cli.asking import Run, asking
from segdsl.cli.options import as_of, params, target
from segdsl.cli.output import console, envelope, print_json, working

_format = click.option(
    "--output-format",
    "output",
    type=click.Choice(["full", "json"]),
    default="full",
    show_default=True,
    help="How the answer is printed.",
)


@click.command()
@click.argument("name")
@click.argument("key")
@asking(as_of, target, params, _format)
def why(run: Run, name: str, key: str) -> None:
    """Tell why an entity is in a segment or not, clause by clause.

    Segments that the condition refers to are opened, and so are attributes that are conditions.
    """
    project = run.load_sound()
    table = project.segment(name).population.table
    with working(f"asking about `{key}`"):
        verdict = project.why(name, key, run.as_of, run.target)
    if run.output == "json":
        from segdsl.targets import target_of

        asked = {
            "segment": name,
            "entity": table.name,
            "key": key,
            "as_of": (run.as_of or project.today).isoformat(),
            "target": str(target_of(project, run.target).name),
            "member": verdict.holds,
            "clauses": verdict.to_dict(),
        }
        print_json(envelope(project.name, project.check()) | asked)
        return
    from segdsl.report.verdicts import show_verdict

    show_verdict(verdict, name, table.key or "", key, console())
