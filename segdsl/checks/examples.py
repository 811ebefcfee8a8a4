"""Examples: made-up rows that must be members, or must not; run on the interpreter, or on an engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from segdsl.checks.given import Row, Rows, missing
from segdsl.checks.why import to_lines, why_of_row
from segdsl.diagnostics import Diagnostic, Findings
from segdsl.semantics import ir
from segdsl.semantics.parts import parts

if TYPE_CHECKING:
    from segdsl.files.models import ExampleRecord
    from segdsl.project import Project

Run = Callable[[ir.Segment, "Example"], bool]
"""Whether the example's row is a member."""

_ANY_DAY = date(2000, 1, 1)
"""The as-of day where none is given, and none is needed."""


@dataclass(frozen=True)
class Example:
    """An example that could be read: its row, all rows by logical table, and the day."""

    record: ExampleRecord
    segment: str
    row: Row
    tables: dict[str, list[Row]]
    as_of: date


def read_examples(project: Project, names: list[str], findings: Findings) -> Iterator[Example]:
    """The examples of segments without errors, in order; what is wrong with one is told, and it is left out."""
    for name in names:
        for record in project.definitions[name].examples:
            own = Findings()
            example = _read(project, name, record, own)
            findings.extend(own.about(name))
            if example is not None and not own.has_errors:
                yield example


def _read(project: Project, name: str, record: ExampleRecord, findings: Findings) -> Example | None:
    segment = project.segment(name)
    table = project.catalog.tables[segment.population.table.name]
    rows = Rows(project.catalog, findings)
    for node in record.population or ():
        rows.add(node, table)
    row = rows.add(record.given, table)
    findings.extend(missing(project, name, rows))
    inside = list(parts(segment.condition))
    if record.as_of is None and _reads_time(segment, inside):
        message = "the condition reads time, so the example needs a day"
        findings.add(Diagnostic("wrong-example", message, record.at("as_of"), "add `as_of: 2024-01-31`"))
    if record.population is None and any(isinstance(part, ir.Standing) for part in inside):
        message = "the condition ranks rows, so the example needs others to compare with"
        help = "add `population: [{…}, {…}]`, rows of the same shape as `given`"
        findings.add(Diagnostic("wrong-example", message, record.at("population"), help))
    for part in inside:
        if isinstance(part, ir.Sample) and not part.links and record.given.get(part.table.key or "") is None:
            message = "the condition takes a sample, so the example needs the key"
            findings.add(
                Diagnostic("wrong-example", message, record.at("given"), f"give `{part.table.key}: …`")
            )
    if findings.has_errors:
        return None
    return Example(record, name, row, rows.tables, record.as_of or _ANY_DAY)


def _reads_time(segment: ir.Segment, inside: list[ir.Value | ir.Condition]) -> bool:
    if segment.population.time is not None:
        return True
    for part in inside:
        match part:
            case ir.Point(day) if day.fixed is None:
                return True
            case ir.Aggregate(rows=rows) | ir.Exists(rows=rows) if rows.time is not None:
                return True
            case ir.Sequence():
                return True
    return False


def on_interpreter(segment: ir.Segment, example: Example) -> bool:
    from segdsl.reference.interpreter import members

    key = segment.population.table.key or ""
    return example.row[key] in members(segment, example.tables, example.as_of)


def judge(project: Project, example: Example, run: Run) -> Diagnostic | None:
    """What to tell where the row is a member and should not be, or the other way about."""
    from segdsl.reference.interpreter import World

    segment = project.segment(example.segment)
    is_member = run(segment, example)
    if is_member is example.record.member:
        return None
    verdict = why_of_row(project.clauses(example.segment), example.row, World(example.tables, example.as_of))
    said = "is a member, and should not be" if is_member else "is no member, and should be"
    return Diagnostic(
        "failed-example",
        f"this row {said}",
        example.record.at("member"),
        "\n".join(["clause by clause:", *to_lines(verdict)]),
        segment=example.segment,
    )


def check_examples(project: Project, names: list[str]) -> Findings:
    """All examples of segments without errors, run on the interpreter."""
    findings = Findings()
    for example in read_examples(project, names, findings):
        told = judge(project, example, on_interpreter)
        if told is not None:
            findings.add(told)
    return findings


def validate_examples(project: Project, names: list[str]) -> Findings:
    """All examples of segments without errors, run on DuckDB over their own rows."""
    from segdsl.sql import members_query, plan_for
    from segdsl.targets import open_rows

    def on_engine(segment: ir.Segment, example: Example) -> bool:
        with open_rows(project, example.tables) as engine:
            planned = plan_for(engine.dialect, [segment], example.as_of)
            found = engine.execute(members_query(planned, segment.name, engine.schema, engine.dialect))
        keys: list[Any] = found.column(0).to_pylist()
        return example.row[segment.population.table.key or ""] in keys

    findings = Findings()
    for example in read_examples(project, names, findings):
        told = judge(project, example, on_engine)
        if told is not None:
            findings.add(told)
    return findings
