"""`segdsl explain`"""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

import click

from segdsl.cli.asking import Run, asking
from segdsl.cli.options import as_of, params, target
from segdsl.cli.output import console, envelope, print_findings, print_json
from segdsl.diagnostics.diagnostic import Findings, SegdslError

if TYPE_CHECKING:
    from segdsl.diagnostics.rule import Rule
    from segdsl.project import Project
    from segdsl.report.explanation import Explanation

_format = click.option(
    "--output-format",
    "output",
    type=click.Choice(["full", "json"]),
    default="full",
    show_default=True,
    help="How the explanation is printed.",
)


@click.command()
@click.argument("words", nargs=-1, required=True, metavar="RULE | segment NAME | EXPRESSION")
@click.option("--entity", metavar="TABLE", help="The table that an expression is about.")
@asking(as_of, params, target, _format)
def explain(run: Run, words: tuple[str, ...], entity: str | None) -> None:
    """Put a segment, an expression or a rule into plain English.

    For a segment or an expression: what it means, which tables and columns it reads, and its SQL.

    \b
    segdsl explain segment win_back
    segdsl explain "recency < 30 and region = 'ID'" --entity customers
    segdsl explain unknown-name
    """
    is_segment, text = _asked(words)
    rule = None if is_segment or entity is not None else _rule(text)
    if rule is not None:
        _print_rule(rule, run.output)
        return
    project = run.load_sound()
    if is_segment or (entity is None and text in project.definitions):
        from segdsl.report.explanation import explain_segment

        explanation = explain_segment(project, text, run.as_of, run.target)
    else:
        explanation = _expression(run, project, text, entity)
    if run.output == "json":
        print_json(envelope(project.name, project.check()) | explanation.to_dict())
        return
    from segdsl.report.explained import show_explanation

    show_explanation(explanation, console())


def _asked(words: tuple[str, ...]) -> tuple[bool, str]:
    """Whether a segment is asked for, and the name or text."""
    match words:
        case ["segment"]:
            raise SegdslError("which segment?", "write `segdsl explain segment NAME`")
        case [text]:
            return False, text
        case ["segment", name]:
            return True, name
        case _:
            raise SegdslError(
                f"`explain` takes one thing, not {len(words)}",
                "put an expression in quotes, or write `segment NAME`",
            )


def _rule(name: str) -> Rule | None:
    from segdsl.diagnostics.rules import RULES

    return next((rule for rule in RULES if rule.name == name), None)


def _print_rule(rule: Rule, output: str) -> None:
    if output == "json":
        told = {
            "name": rule.name, "severity": str(rule.severity), "summary": rule.summary, "why": rule.why,
            "place": rule.place, "example": rule.example, "mended": rule.mended,
        }  # fmt: skip
        print_json({"version": 1, "project": None, "findings": [], "rule": told})
        return
    from segdsl.report.explained import show_rule

    show_rule(rule, console())


def _expression(run: Run, project: Project, text: str, entity: str | None) -> Explanation:
    from segdsl.report.explanation import entities_of, explain_expression

    if entity is None:
        fitting = entities_of(project, text)
        if isinstance(fitting, Findings):
            _mistaken(project, fitting, run.output)
        if len(fitting) != 1:
            raise _what_is_it(project, text, fitting)
        entity = fitting[0]
    explained = explain_expression(project, text, entity, run.as_of, run.target)
    if isinstance(explained, Findings):
        _mistaken(project, explained, run.output)
    return explained


def _mistaken(project: Project, findings: Findings, output: str) -> NoReturn:
    """Shows what is wrong with the expression, and ends with 2."""
    if output == "json":
        print_json(envelope(project.name, findings))
    else:
        print_findings(findings, "full", err=True)
    raise click.exceptions.Exit(2)


def _what_is_it(project: Project, text: str, fitting: list[str]) -> SegdslError:
    from segdsl.diagnostics.rules import RULES
    from segdsl.diagnostics.wording import listing, suggest

    if fitting:
        return SegdslError(f"this may be about {listing(fitting)}", f"say which: `--entity {fitting[0]}`")
    if not text.replace("_", "").replace("-", "").isalnum():
        return SegdslError("this fits no table as it is", "name the table that it is about: `--entity …`")
    near = suggest(text, [*project.definitions, *(rule.name for rule in RULES)])
    return SegdslError(f"there is no rule or segment `{text}`", near or "`segdsl ls` lists the segments")
