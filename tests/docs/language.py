"""Makes `docs/language.md`, the language reference, from the spec cases that are marked as shown.

Cases of a topic that share their data are told together: the data once, as small tables, then a row for each
condition with the keys of those who are in. So every example on the page is one that the suite runs.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from tests.docs.markdown import anchor, code, table
from tests.docs.pages import ROOT
from tests.docs.told import Told, shown
from tests.spec.cases import FOLDER, Case, SpecFile, load_all, parse_yaml

PAGE = ROOT / "docs" / "language.md"
_DAY = date(2024, 1, 31)

_PREFACE = """\
<!-- Made by `make docs` from tests/spec; a change here would be lost. -->
# The language

A segment is one condition, written in a [segment file](project.md#segment-files); a derived attribute is a condition
or a value, written in the [catalog](catalog.md#attributes). This page says what can stand there and what it means.

Every example is a test: it runs on the reference interpreter and on every engine whenever segdsl is changed. First
come some rows of a table, where an empty cell is an unknown value; then conditions, each with the keys of the rows
for which it holds. Examples are computed as of 2024-01-31, called D, unless another day is told.

## All forms

Here `x` and `y` are values, `a` and `b` days or conditions. Keywords may be written in any letter case. Every test
that is a word (`in`, `between`, `contains`, …) has its opposite with `not` before the word.

"""


@dataclass(frozen=True)
class Form:
    """A row of the table of forms; `case` shows it."""

    write: str
    means: str
    case: Case


def make() -> str:
    """The page."""
    files = load_all()
    return "".join([_PREFACE, _form_table(files), *(f"\n{_topic(file)}" for file in files)])


def forms(files: Iterable[SpecFile]) -> list[Form]:
    """The rows of `tests/spec/forms.yaml`. Raises KeyError for a case that is not there."""
    cases = {(file.file, case.name): case for file in files for case in file.cases}
    content = parse_yaml((FOLDER / "forms.yaml").read_text(encoding="utf-8"))
    return [
        Form(row["write"], row["means"], cases[topic, row["case"]])
        for topic, rows in content.items()
        for row in rows
    ]


def _form_table(files: tuple[SpecFile, ...]) -> str:
    titles = {file.file: file.title for file in files}
    rows = []
    for topic, found in groupby(forms(files), key=lambda form: form.case.file):
        for number, form in enumerate(found):
            link = f"[{titles[topic]}](#{anchor(titles[topic])})" if number == 0 else ""
            example = " ".join(line.partition("--")[0] for line in form.case.where.splitlines())
            example = form.case.where if "\n" not in form.case.where.strip() else example
            rows.append((form.write, form.means, code(" ".join(example.split())), link))
    return table(("write", "it means", "for example", "more"), rows)


def _topic(file: SpecFile) -> str:
    """A section: what the file says, then its shown cases, those that share their data together."""
    groups: dict[str, list[Case]] = {}
    for case in file.cases:
        if case.shown:
            groups.setdefault(repr((case.catalog, case.tables, case.entity)), []).append(case)
    return "\n".join([f"## {file.title}\n\n{file.intro.strip()}\n", *map(_examples, groups.values())])


def _examples(cases: list[Case]) -> str:
    told = Told(cases)
    parts = [told.definitions(), *told.tables()]
    inline = [case for case in cases if "\n" not in case.where.strip()]
    if inline:
        parts.append(_example_table(inline))
    for case in cases:
        if case not in inline:
            parts.append(
                f"{case.about} It holds for {_members(case)}:\n\n```segdsl\n{case.where.rstrip()}\n```\n"
            )
    return "\n".join(part for part in parts if part)


def _example_table(cases: list[Case]) -> str:
    """A row for each case, with the as-of day and the timezone where one of them has another than usual."""
    days = any(case.as_of != _DAY for case in cases)
    zones = any(case.timezone != "UTC" for case in cases)
    entity = cases[0].tables[cases[0].entity]
    head = ["condition", "as of", "timezone", f"holds for {code(entity.key)}", ""]
    rows = [[_condition(case), str(case.as_of), case.timezone, _members(case), case.about] for case in cases]
    kept = [True, days, zones, True, True]
    return table(_only(head, kept), (_only(row, kept) for row in rows))


def _only(cells: list[str], kept: list[bool]) -> list[str]:
    return [cell for cell, keep in zip(cells, kept, strict=True) if keep]


def _condition(case: Case) -> str:
    """The condition, and below it the segments and parameters that it refers to."""
    lines = [code(case.where)]
    lines += [f"{code(each.name)} is {code(each.where)}" for each in case.segments]
    parameters = {**case.project_params, **case.params}
    lines += [
        f"{code(f'${name}')} is {code(_default(given['default']))}" for name, given in parameters.items()
    ]
    return "<br>".join(lines)


def _default(given: Any) -> str:
    return f"[{', '.join(given)}]" if isinstance(given, list) else str(given)


def _members(case: Case) -> str:
    entity = case.tables[case.entity]
    keys = (row[entity.key] for row in entity.rows)
    return ", ".join(shown(key) for key in keys if key in case.members) or "none"
