"""A run on data: the catalog's contract first, then sizes and overlaps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from segdsl.checks import expectations, partitions
from segdsl.checks.examples import validate_examples
from segdsl.checks.measure import Measures, measure, measured, read_flags, strictly
from segdsl.diagnostics import Diagnostic, Findings, SegdslError, Severity
from segdsl.diagnostics.report import finding_to_dict
from segdsl.semantics import ir

if TYPE_CHECKING:
    from segdsl.engines import Engine
    from segdsl.project import Project


@dataclass(frozen=True)
class Report:
    """What `validate`, `size` and `overlap` found. `measures` is empty where the data could not be measured."""

    project: str
    as_of: date
    target: str
    findings: Findings
    measures: tuple[Measures, ...]
    one_entity: bool

    def to_dict(self) -> dict[str, Any]:
        blocks = [measures.to_dict() for measures in self.measures]
        result: dict[str, Any] = {
            "version": 1,
            "project": self.project,
            "findings": [finding_to_dict(finding) for finding in self.findings],
            "as_of": self.as_of.isoformat(),
            "target": self.target,
        }
        return result | (blocks[0] if self.one_entity and blocks else {"entities": blocks})


def validate(
    project: Project,
    names: Sequence[str] | None = None,
    as_of: date | None = None,
    target: str | None = None,
    contract: bool = True,
    overlaps: bool = True,
    memory_limit: str | None = None,
) -> Report:
    """Measures the named segments (all without names), and holds the catalog against the data if `contract`.

    Raises FindingsError where the project has errors, or without `contract` where the data is not what the
    catalog declares, and SegdslError where nothing can be asked.
    """
    from segdsl.checks.contract import check_contract
    from segdsl.checks.reading import reading
    from segdsl.statements import by_entity
    from segdsl.targets import open_target, target_of

    project.raise_for_errors()
    chosen = list(project.definitions) if names is None else list(names)
    if not chosen:
        raise SegdslError("there is no segment to measure", "add one under `segments:`")
    day = as_of or project.today
    entities = by_entity(project.segments_on(chosen, day))
    findings = Findings(list(project.check().items))
    if contract:
        findings.extend(validate_examples(project, chosen))
    measures: list[Measures] = []
    opened = (
        open_target(project, target, lenient=True, memory_limit=memory_limit)
        if contract
        else reading(project, target, memory_limit)
    )
    with opened as engine:
        measurable = True
        if contract:
            broken, measurable = check_contract(engine, project.catalog)
            findings.extend(broken.items)
        for segments in entities.values() if measurable else ():
            if contract:
                measures.append(_judged(project, engine, segments, day, findings))
            else:
                measures.append(measure(engine, segments, day, overlaps))
    every = {definition.file.entity for definition in project.definitions.values()}
    name = target_of(project, target).name
    return Report(project.name, day, str(name), findings, tuple(measures), one_entity=len(every) == 1)


def _judged(
    project: Project, engine: Engine, segments: Sequence[ir.Segment], day: date, findings: Findings
) -> Measures:
    """The figures of segments of one entity, with what is expected of them and of their partitions."""
    names = [segment.name for segment in segments]
    definitions = [project.definitions[name] for name in names]
    compared = (str(other) for d in definitions if d.expect for _, other, _ in expectations.others(d.expect))
    beside = project.segments_on([n for n in dict.fromkeys(compared) if n not in names], day)
    partitioned = partitions.partitions_of(project, names)
    asked = [*segments, *beside, *strictly(segments), *partitions.asked(project, partitioned)]
    flags = read_flags(engine, asked, day)
    figures = measured(flags, segments)
    judged = tuple(
        each for d in definitions for each in expectations.judge(d, flags.size, flags.both, flags.population)
    )
    covered = tuple(partitions.measure_partition(project, name, flags) for name in partitioned)
    findings.extend(_empty(project, figures))
    findings.extend(expectations.failed(each) for each in judged if not each.ok)
    findings.extend(finding for each in covered for finding in partitions.broken(project, each))
    return replace(figures, expectations=judged, partitions=covered)


def _empty(project: Project, measures: Measures) -> Iterator[Diagnostic]:
    """Segments without a member; where there is nobody at all, that instead."""
    if measures.population == 0:
        table = project.catalog.tables[measures.entity]
        message = (
            f"there are no {measures.entity} on that day" if table.time else f"there are no {measures.entity}"
        )
        help = "every segment of them is empty: look at the data, or at the day"
        yield Diagnostic("empty-population", message, table.span, help, Severity.WARNING)
        return
    for size in measures.segments:
        expect = project.definitions[size.name].expect
        expected = expect is not None and expect.size is not None and expect.size.holds(0)
        if size.size == 0 and not expected:
            yield Diagnostic(
                "empty-segment",
                f"nobody is in `{size.name}`",
                project.definitions[size.name].span,
                "look for a condition that can't hold, or for data that is missing",
                Severity.WARNING,
                size.name,
            )
