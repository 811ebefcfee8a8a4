"""Makes `docs/rules.md`, the table of rules, from `segdsl.diagnostics.rules`."""

from __future__ import annotations

from segdsl.diagnostics.rule import Rule
from segdsl.diagnostics.rules import RULES
from segdsl.diagnostics.rules_data import DATA_RULES
from segdsl.diagnostics.rules_expressions import EXPRESSION_RULES
from segdsl.diagnostics.rules_files import FILE_RULES
from segdsl.diagnostics.rules_sql import SQL_RULES
from tests.docs.markdown import anchor, table
from tests.docs.pages import ROOT

PAGE = ROOT / "docs" / "rules.md"
_LONGEST = 200

_PREFACE = """\
<!-- Made by `make docs` from segdsl/diagnostics; a change here would be lost. -->
# Rules

Everything that segdsl tells about a project or its data bears the name of a rule, in brackets after `error`, `warning` or
`info`. Names are stable, so that other programs may rely on them. Errors make a command exit with 1; warnings and
information do not.

Each rule comes with an example that breaks it and one that does not; the tests try both.

"""
_GROUPS = (
    ("About files", FILE_RULES),
    ("About expressions", EXPRESSION_RULES),
    ("About SQL", SQL_RULES),
    ("About data", DATA_RULES),
)
_HIGHLIGHTED = {"expression": "segdsl", "tsql": "segdsl", "csv": "csv", "parquet": "yaml"}
_CALLED = {
    "segdsl.yaml": "In `segdsl.yaml`",
    "catalog": "In the catalog",
    "segments": "In a segment file",
    "expression": "As a condition",
    "csv": "In the data of customers",
    "parquet": "As columns of the data of customers",
    "tsql": "As a condition, compiled for SQL Server",
}


def make() -> str:
    """The page."""
    rows = [(f"[`{rule.name}`](#{anchor(rule.name)})", str(rule.severity), rule.summary) for rule in RULES]
    parts = [_PREFACE, table(("rule", "level", "it is told that"), rows)]
    for heading, rules in _GROUPS:
        parts.append(f"\n## {heading}\n")
        parts += [f"\n{_section(rule)}" for rule in rules]
    return "".join(parts)


def _section(rule: Rule) -> str:
    return (
        f"### {rule.name}\n\n{rule.summary} {rule.why}\n\n{_CALLED[rule.place]}, this breaks it:\n\n"
        f"{_fenced(rule, rule.example)}\nand this does not:\n\n{_fenced(rule, rule.mended)}"
    )


def _fenced(rule: Rule, example: str) -> str:
    """An example; of one that is long for its own sake, the beginning and the end."""
    text = example.rstrip("\n")
    if len(text) > _LONGEST and "\n" not in text:
        text = f"{text[: _LONGEST // 4]} … {text[-_LONGEST // 4 :]}"
    return f"```{_HIGHLIGHTED.get(rule.place, 'yaml')}\n{text}\n```\n"
