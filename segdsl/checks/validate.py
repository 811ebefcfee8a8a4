"""A run on data: the catalog's contract first, then sizes and overlaps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from segdsl.checks.measure import Measures, measure
from segdsl.diagnostics import Findings, SegdslError
from segdsl.diagnostics.report import finding_to_dict

if TYPE_CHECKING:
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
) -> Report:
    """Measures the named segments (all without names). Raises SegdslError where nothing can be asked."""
    from segdsl.checks.contract import check_contract
    from segdsl.targets import open_target, target_of

    findings = Findings(list(project.check().items))
    if findings.has_errors:
        raise SegdslError("the project has errors", "run `segdsl check`")
    chosen = list(project.definitions) if names is None else list(names)
    if not chosen:
        raise SegdslError("there is no segment to measure", "add one under `segments:`")
    segments = [project.segment(name) for name in chosen]
    entities = list(dict.fromkeys(segment.population.table.name for segment in segments))
    day = as_of or project.today
    measures: list[Measures] = []
    with open_target(project, target, lenient=contract) as engine:
        measurable = True
        if contract:
            broken, measurable = check_contract(engine, project.catalog)
            findings.extend(broken.items)
        for entity in entities if measurable else ():
            of_entity = [s for s in segments if s.population.table.name == entity]
            measures.append(measure(engine, of_entity, day, overlaps, unknown=contract))
    every = {definition.file.entity for definition in project.definitions.values()}
    name = target_of(project, target).name
    return Report(project.name, day, str(name), findings, tuple(measures), one_entity=len(every) == 1)
