"""The SQL of segments, as people ask for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

from segdsl.diagnostics import SegdslError
from segdsl.diagnostics.wording import listing, suggest
from segdsl.semantics import ir

if TYPE_CHECKING:
    from sqlglot import exp

    from segdsl.project import Project

Shape = Literal["members", "flags", "long", "sizes", "overlap"]
SHAPES: tuple[Shape, ...] = ("members", "flags", "long", "sizes", "overlap")

DIALECTS = ("duckdb",)
_DIALECT_OF = {"duckdb": "duckdb"}
"""The dialect that each engine speaks."""


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
    from segdsl.planner import plan

    dialect, schema = _dialect_and_schema(project, dialect, target)
    day = as_of or project.today
    segments = project.segments_on(names, day)
    if shape == "members":
        return [
            Statement(s.name, dialect, sql.members_query(plan([s], day), s.name, schema)) for s in segments
        ]
    query = {
        "flags": sql.flags_query,
        "long": sql.long_query,
        "sizes": sql.sizes_query,
        "overlap": sql.overlap_query,
    }[shape]
    return [
        Statement(entity, dialect, query(plan(group, day), schema))
        for entity, group in by_entity(segments).items()
    ]


def statement(
    project: Project,
    segment: ir.Segment,
    as_of: date | None = None,
    dialect: str | None = None,
    target: str | None = None,
) -> Statement:
    """The statement for a segment that need not be one of the project's. Raises SegdslError as `statements`."""
    from segdsl import sql
    from segdsl.planner import plan

    dialect, schema = _dialect_and_schema(project, dialect, target)
    query = sql.members_query(plan([segment], as_of or project.today), segment.name, schema)
    return Statement(segment.name, dialect, query)


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
    from segdsl.targets import default_target, target_of, targets_of

    if dialect is not None and dialect not in DIALECTS:
        help = suggest(dialect, DIALECTS) or f"the dialects are {listing(DIALECTS)}"
        raise SegdslError(f"there is no dialect `{dialect}`", help)
    wanted = target or default_target(project)
    if wanted is None and (dialect is not None or not targets_of(project)):
        return dialect or "duckdb", None
    found = target_of(project, wanted)
    spoken = dialect or _DIALECT_OF.get(found.engine)
    if spoken is None:
        help = f"the engines are {listing(_DIALECT_OF)}"
        raise SegdslError(f"the engine `{found.engine}` is not known", help)
    return spoken, Environment().expand(found.schema_name) if found.schema_name else None
