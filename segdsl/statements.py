"""The SQL of segments, as people ask for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

from segdsl.diagnostics import Diagnostic, Findings, FindingsError, SegdslError
from segdsl.diagnostics.wording import listing, suggest
from segdsl.semantics import ir
from segdsl.source import Span

if TYPE_CHECKING:
    from sqlglot import exp

    from segdsl.project import Project

Shape = Literal["members", "flags", "long", "sizes", "overlap"]
SHAPES: tuple[Shape, ...] = ("members", "flags", "long", "sizes", "overlap")


@dataclass(frozen=True)
class Statement:
    """A statement about a segment (shape `members`) or about all chosen segments of an entity."""

    about: str
    dialect: str
    query: exp.Query

    def text(self, comment: bool = False) -> str:
        """The SQL without a semicolon; with a `comment` before it that names what it is about."""
        from segdsl.sql import to_text

        return to_text(self.query, self.dialect, self.about if comment else None)


def statements(
    project: Project,
    names: Sequence[str],
    shape: Shape = "members",
    as_of: date | None = None,
    dialect: str | None = None,
    target: str | None = None,
) -> list[Statement]:
    """The statements for segments: one for each (`members`), or one for each entity that they are about.

    Tables stand under the target's `schema`; the dialect is the target's where none is given. Raises
    SegdslError where a segment, target or dialect is not known.
    """
    from segdsl import sql

    spoken, schema = _dialect_and_schema(project, dialect, target)
    day = as_of or project.today
    segments = project.segments_on(names, day)
    told = Findings()
    made = []
    if shape == "members":
        for segment in segments:
            with telling(told, spoken, _place(project, segment)):
                made.append(_members(segment, day, spoken, schema))
    else:
        query = {
            "flags": sql.flags_query,
            "long": sql.long_query,
            "sizes": sql.sizes_query,
            "overlap": sql.overlap_query,
        }[shape]
        for entity, group in by_entity(segments).items():
            with telling(told, spoken, _place(project, group[0])):
                planned = sql.plan_for(spoken, group, day)
                made.append(Statement(entity, spoken, query(planned, schema, spoken)))
    if told.has_errors:
        title = sql.dialect(spoken).title
        raise FindingsError(
            f"not all of this can be asked of {title}", told, "choose another dialect, or another condition"
        )
    return made


@contextmanager
def telling(findings: Findings, dialect: str, place: Span | None) -> Iterator[None]:
    """Adds to the findings what the dialect can't carry, where it is written, or else at that place."""
    from segdsl import sql

    try:
        yield
    except sql.Unsupported as error:
        message = f"{sql.dialect(dialect).title} has no way to ask for {error.what}"
        span = error.span or place
        if span is None:
            raise SegdslError(message) from None
        help = "for other dialects it can be: `segdsl compile --dialect …`"
        findings.add(Diagnostic("unsupported-by-dialect", message, span, help))


def _place(project: Project, segment: ir.Segment) -> Span:
    return project.definitions[segment.name].record.name_span


def _members(segment: ir.Segment, day: date, dialect: str, schema: str | None) -> Statement:
    from segdsl import sql

    planned = sql.plan_for(dialect, [segment], day)
    return Statement(segment.name, dialect, sql.members_query(planned, segment.name, schema, dialect))


def statement(
    project: Project,
    segment: ir.Segment,
    as_of: date | None = None,
    dialect: str | None = None,
    target: str | None = None,
) -> Statement:
    """The statement for a segment that need not be one of the project's. Raises SegdslError as `statements`."""
    spoken, schema = _dialect_and_schema(project, dialect, target)
    told = Findings()
    with telling(told, spoken, getattr(segment.condition, "span", None)):
        return _members(segment, as_of or project.today, spoken, schema)
    raise FindingsError("this can't be asked there", told)


def script(made: Sequence[Statement]) -> str:
    """One statement as it is; several each ended by `;`, with a comment that names what it is about."""
    if len(made) == 1:
        return made[0].text()
    return "\n\n".join(f"{statement.text(comment=True)};" for statement in made)


def by_entity(segments: Iterable[ir.Segment]) -> dict[str, list[ir.Segment]]:
    """Segments by the table that they are about."""
    groups: dict[str, list[ir.Segment]] = {}
    for segment in segments:
        groups.setdefault(segment.population.table.name, []).append(segment)
    return groups


def _dialect_and_schema(project: Project, dialect: str | None, target: str | None) -> tuple[str, str | None]:
    """What a statement is written in, and the schema of its tables."""
    from segdsl.files.environment import Environment
    from segdsl.sql import DIALECTS
    from segdsl.targets import default_target, dialect_of, target_of, targets_of

    if dialect is not None and dialect not in DIALECTS:
        help = suggest(dialect, DIALECTS) or f"the dialects are {listing(sorted(DIALECTS))}"
        raise SegdslError(f"there is no dialect `{dialect}`", help)
    wanted = target or default_target(project)
    if wanted is None and (dialect is not None or not targets_of(project)):
        return dialect or "duckdb", None
    found = target_of(project, wanted)
    spoken = dialect or dialect_of(found)
    return spoken, Environment().expand(found.schema_name) if found.schema_name else None
