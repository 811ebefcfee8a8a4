"""Who is in segments: the keys, read from the data of a target."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Literal

from segdsl.diagnostics import SegdslError
from segdsl.diagnostics.wording import listing
from segdsl.statements import by_entity

if TYPE_CHECKING:
    import pyarrow  # type: ignore[import-untyped]

    from segdsl.project import Project

Shape = Literal["members", "flags", "long"]


def members(
    project: Project,
    names: Sequence[str],
    shape: Shape = "members",
    as_of: date | None = None,
    target: str | None = None,
    memory_limit: str | None = None,
) -> pyarrow.Table:
    """The members of segments of one entity, sorted by key: numbers as such, text by code point.

    `members`, of one segment: one column, named as the key. `flags`: the key and a boolean for each segment, a
    row for every entity of the population. `long`: key and segment, a row for each membership, those of one
    entity in the order of `names`. Raises FindingsError where the data is not what the catalog declares, and
    SegdslError where it can't be read or the segments are about several entities.
    """
    import pyarrow as pa

    from segdsl import sql
    from segdsl.checks.reading import reading

    project.raise_for_errors()
    day = as_of or project.today
    segments = project.segments_on(names, day)
    entities = by_entity(segments)
    if len(entities) > 1:
        raise SegdslError(
            f"the segments are about several entities: {listing(entities)}", "select segments of one of them"
        )
    key = segments[0].population.table.key
    if shape == "flags" and key in names:
        raise SegdslError(
            f"the segment `{key}` is named as the key is, so there would be two columns of that name",
            "leave it out, or rename it",
        )
    with reading(project, target, memory_limit) as engine:
        planned = sql.plan_for(engine.dialect, segments, day)
        where = engine.schema, engine.dialect
        if shape == "members":
            found = engine.execute(sql.members_query(planned, names[0], *where))
            return found.sort_by(found.column_names[0])
        if shape == "flags":
            found = engine.execute(sql.flags_query(planned, *where))
            found = found.sort_by(found.column_names[0])
            key, *flags = found.columns
            # Some engines give 1 and 0.
            booleans = [flag.cast(pa.bool_()) for flag in flags]
            return pa.Table.from_arrays([key, *booleans], names=[found.column_names[0], *names])
        return _by_key_and_position(engine.execute(sql.long_query(planned, *where)), names)


def _by_key_and_position(found: pyarrow.Table, names: Sequence[str]) -> pyarrow.Table:
    import pyarrow as pa
    from pyarrow import compute

    key, segment = found.columns
    position = compute.index_in(segment, value_set=pa.array(names))
    order = compute.sort_indices(
        pa.table({"key": key, "position": position}),
        sort_keys=[("key", "ascending"), ("position", "ascending")],
    )
    return found.take(order)
