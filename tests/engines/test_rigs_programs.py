"""Random programs on every engine that is at hand: the members that the interpreter names, or a refusal."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import assume, given

import segdsl
from segdsl import sql
from segdsl.planner import plan
from segdsl.reference.interpreter import members
from segdsl.reference.values import ReferenceOverflow
from segdsl.semantics import ir
from segdsl.sql.dialects import Unsupported, dialect
from tests.engines.rigs.base import Rig, Stored
from tests.properties.budget import budget
from tests.properties.projects import by_entity, write
from tests.strategies.programs import Program, programs


@budget(programs=5)
@given(programs())
def test_programs(rig: Rig, program: Program) -> None:
    with TemporaryDirectory(prefix="segdsl-test-") as folder:
        project = segdsl.load(write(program, Path(folder) / "project"))
    tables = _stored(program)
    assume(_longest_name(tables) <= getattr(rig, "longest_name", 1000))
    rig.load(tables)
    asked = refused = 0
    for segments in by_entity([project.segment(each.name) for each in program.segments]):
        for segment in segments:
            asked += 1
            refused += not _agrees(rig, program, segment)
        _agree_together(rig, program, segments)
    # What can't be carried is rare: with more of it, nothing would be tried.
    assert refused <= 3 + asked / 4


def _stored(program: Program) -> list[Stored]:
    made = []
    for name, rows in program.rows.items():
        table, types = program.layout.catalog.tables[name], program.layout.stored[name]
        columns = tuple((table.column_source(column), type) for column, type in types.items())
        made.append(
            Stored(table.source, columns, tuple(tuple(row[column] for column in types) for row in rows))
        )
    return made


def _longest_name(tables: list[Stored]) -> int:
    return max(len(name) for table in tables for name in (table.name, *dict(table.columns)))


def _agrees(rig: Rig, program: Program, segment: ir.Segment) -> bool:
    """Whether the engine can be asked who is in the segment; if so, it must say the right thing."""
    try:
        expected = members(segment, program.rows, program.as_of)
        planned = plan([segment], program.as_of, apart=dialect(rig.dialect).apart)
        text = sql.to_text(sql.members_query(planned, segment.name, None, rig.dialect), rig.dialect)
    except ReferenceOverflow:
        return True
    except Unsupported:
        return False
    found = _asked(rig, text, program)
    if found is None:
        return True
    keys = [row[0] for row in found]
    assert len(keys) == len(set(keys)), "a member is listed twice"
    assert set(keys) == set(expected), f"{segment.name} is {sorted(expected)}\n{text}\n{program}"
    return True


def _agree_together(rig: Rig, program: Program, segments: list[ir.Segment]) -> None:
    """All of an entity in one statement, as flags; not one that is named as the key: no two columns may be, not
    in every engine."""
    within: dict[str, set[Any]] = {}
    kept = []
    for segment in segments:
        if segment.name == segment.population.table.key:
            continue
        try:
            found = set(members(segment, program.rows, program.as_of))
            planned = plan([segment], program.as_of, apart=dialect(rig.dialect).apart)
            sql.members_query(planned, segment.name, None, rig.dialect)
        except (ReferenceOverflow, Unsupported):
            continue
        within[segment.name] = found
        kept.append(segment)
    if not kept:
        return
    planned = plan(kept, program.as_of, apart=dialect(rig.dialect).apart)
    text = sql.to_text(sql.flags_query(planned, None, rig.dialect), rig.dialect)
    rows = _asked(rig, text, program)
    for position, segment in enumerate(kept, 1) if rows is not None else ():
        keys = {row[0] for row in rows or () if row[position]}
        assert keys == within[segment.name], f"{segment.name} among others\n{text}\n{program}"


def _asked(rig: Rig, text: str, program: Program) -> list[tuple[Any, ...]] | None:
    """The rows, or None where a number on the way has more digits than the engine's widest type."""
    try:
        return rig.ask(text)
    except Exception as error:
        if any(phrase in str(error) for phrase in getattr(rig, "too_many_digits", ())):
            return None
        raise AssertionError(f"{error}\n{text}\n{program}") from error
