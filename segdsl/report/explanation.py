"""All there is to say of a segment or an expression: in English, what it reads, its SQL."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, cast

from segdsl.diagnostics import Findings, SegdslError
from segdsl.diagnostics.wording import listing, suggest
from segdsl.report.english.text import English, Teller
from segdsl.report.reads import ColumnRead, attributes_tagged, columns_read
from segdsl.semantics import ir
from segdsl.semantics.parts import has_rank
from segdsl.semantics.rows import event_time
from segdsl.semantics.scope import Frame
from segdsl.semantics.types import BOOLEAN
from segdsl.semantics.uses import uses
from segdsl.source import Fragment
from segdsl.statements import statement

if TYPE_CHECKING:
    from segdsl.checks.cuts import Cut
    from segdsl.project import Project
    from segdsl.semantics.definitions import Definition
    from segdsl.syntax import ast


@dataclass(frozen=True)
class Explanation:
    """A segment or an expression explained, as of one day.

    `name`, `title`, `description`, `owner` and `tags` are those of a segment. `cuts` are the cut points of ranks,
    where data was looked at. `sql` selects the keys of the
    members; it is None for a value, which has none. `segments` are those it refers to itself, `used_by` those
    that refer to it.
    """

    entity: str
    english: English
    reads: tuple[ColumnRead, ...]
    segments: tuple[str, ...]
    used_by: tuple[str, ...]
    sql: str | None
    as_of: date
    name: str | None = None
    title: str | None = None
    description: str | None = None
    owner: str | None = None
    tags: tuple[str, ...] = ()
    cuts: tuple[Cut, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """With the keys of the published JSON."""
        return {
            "name": self.name,
            "entity": self.entity,
            "title": self.title,
            "description": self.description,
            "english": self.english.to_markdown(),
            "reads": [column.to_dict() for column in self.reads],
            "segments": list(self.segments),
            "used_by": list(self.used_by),
            "sql": self.sql,
            "cuts": [cut.to_dict() for cut in self.cuts],
            "as_of": self.as_of.isoformat(),
        }


def explain_segment(
    project: Project, name: str, as_of: date | None = None, target: str | None = None
) -> Explanation:
    """A segment of a project without errors. Raises SegdslError if there is none of that name."""
    segment = project.segment(name)
    definition = project.definitions[name]
    day = as_of or project.today
    english = Teller(project, day).segment(name)
    return Explanation(
        segment.population.table.name,
        english,
        _reads(project, segment, english),
        tuple(project.references(name)),
        tuple(other for other in project.definitions if name in project.references(other)),
        statement(project, segment, day, target=target).text(),
        day,
        name,
        definition.title,
        definition.description,
        definition.owner,
        definition.tags,
        _cuts(project, project.body(name), segment, day, target, definition),
    )


def explain_expression(
    project: Project, text: str, entity: str, as_of: date | None = None, target: str | None = None
) -> Explanation | Findings:
    """A condition or a value about rows of a table, or what is wrong with it. Raises SegdslError if the table
    can't be an entity."""
    table = project.catalog.tables.get(entity)
    if table is None:
        help = suggest(entity, project.catalog.tables) or f"the tables are {listing(project.catalog.tables)}"
        raise SegdslError(f"there is no table `{entity}`", help)
    if table.key is None:
        raise SegdslError(f"`{entity}` has no key, so it can't be what an expression is about")
    findings = Findings()
    binder = project.binder(findings)
    frame = Frame(table)
    tree = binder.parse(Fragment.of_text(text))
    bound = None if tree is None else binder.bind(tree, frame)
    if tree is None or bound is None:
        return findings
    day = as_of or project.today
    is_value = not isinstance(bound, ir.CONDITIONS) and cast(ir.Value, bound).type != BOOLEAN
    # A value is read by whoever asks whether it is known.
    condition = ir.IsKnown(cast(ir.Value, bound), False) if is_value else binder.condition(tree, frame)
    assert condition is not None
    population = ir.Population(project.catalog.ir_table(entity), event_time(binder, table))
    segment = ir.Segment("expression", population, condition)
    english = Teller(project, day).expression(tree, frame)
    return Explanation(
        entity,
        english,
        _reads(project, segment, english),
        uses(segment).segments,
        (),
        None if is_value else statement(project, segment, day, target=target).text(),
        day,
        cuts=_cuts(project, tree, segment, day, target),
    )


def entities_of(project: Project, text: str) -> list[str] | Findings:
    """The tables with a key that an expression makes sense for, or what is wrong with its syntax."""
    findings = Findings()
    tree = project.binder(findings).parse(Fragment.of_text(text))
    if tree is None:
        return findings
    return [
        name
        for name, table in project.catalog.tables.items()
        if table.key is not None and project.binder(Findings()).bind(tree, Frame(table)) is not None
    ]


def _cuts(
    project: Project,
    tree: ast.Expression | None,
    segment: ir.Segment,
    day: date,
    target: str | None,
    definition: Definition | None = None,
) -> tuple[Cut, ...]:
    """The cut points of ranks on the data of a target, if one is named."""
    if target is None or tree is None or not has_rank(segment.condition):
        return ()
    from segdsl.checks.cuts import cut_points
    from segdsl.checks.reading import reading

    binder = project.binder(Findings(), definition)
    frame = Frame(project.catalog.tables[segment.population.table.name])
    with reading(project, target) as engine:
        return tuple(cut_points(binder, tree, frame, engine, day))


def _reads(project: Project, segment: ir.Segment, english: English) -> tuple[ColumnRead, ...]:
    attributes = [(mention.table, mention.name) for mention in english.attributes]
    return (*columns_read(project, uses(segment)), *attributes_tagged(project, attributes))
