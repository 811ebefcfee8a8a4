"""Random programs: the interpreter and DuckDB agree on who is in each segment, alone and together."""

from __future__ import annotations

import pytest
from hypothesis import given

from segdsl.checks.measure import measure
from segdsl.semantics import ir
from segdsl.semantics.logic import strict
from segdsl.syntax.printer import to_text
from tests.properties.budget import PARTS, budget
from tests.properties.projects import by_entity
from tests.properties.running import Keys, Run, TooManyDigits, running
from tests.properties.tally import TALLY
from tests.strategies.programs import Program, programs


@pytest.mark.parametrize("part", range(PARTS))
@budget(programs=25, share=1 / PARTS)
@given(programs())
def test_interpreter_and_duckdb_agree(part: int, program: Program) -> None:
    with running(program) as run:
        TALLY.add_program(program)
        _binds_to_the_same(run)
        for segments in by_entity([run.project.segment(each.name) for each in program.segments]):
            within = [segment for segment in segments if _is_within_digits(run, segment)]
            if within:
                _agree(run, within)
    # Errors at run time are for numbers that are very long, and few are.
    assert TALLY.overflows <= 10 + TALLY.segments / 50


def _binds_to_the_same(run: Run) -> None:
    """What was printed, put into a file and parsed means what the trees do."""
    for written in run.program.segments:
        assert run.project.segment(written.name) == written.bound, to_text(written.tree)


def _is_within_digits(run: Run, segment: ir.Segment) -> bool:
    try:
        TALLY.add_segment(len(run.expected(segment)), len(run.population(segment)))
    except TooManyDigits:
        TALLY.overflows += 1
        return False
    return True


def _agree(run: Run, segments: list[ir.Segment]) -> None:
    """Every third segment by itself, all of them as flags, and the other shapes in turn."""
    number = len(run.program.segments)
    try:
        for segment in segments[number % 3 :: 3]:
            assert run.alone(segment) == run.expected(segment), _told(run, segment, run.alone(segment))
        _same(run, segments, run.flags(segments))
        if number % 3 == 0:
            _same(run, segments, run.long(segments))
        elif number % 3 == 1:
            assert run.sizes(segments) == run.expected_sizes(segments)
        else:
            assert run.overlap(segments) == run.expected_overlap(segments)
    except TooManyDigits:
        # An engine may need more digits on the way than the answer has; then each is tried by itself.
        TALLY.overflows += 1
        for segment in segments if len(segments) > 1 else ():
            _agree(run, [segment])


def _same(run: Run, segments: list[ir.Segment], found: list[Keys]) -> None:
    for segment, keys in zip(segments, found, strict=True):
        assert keys == run.expected(segment), _told(run, segment, keys)


def _told(run: Run, segment: ir.Segment, found: Keys) -> str:
    trees = {each.name: each.tree for each in run.program.segments}
    return (
        f"{segment.name}: {to_text(trees[segment.name])}\n"
        f"the interpreter: {sorted(run.expected(segment))}\nDuckDB: {sorted(found)}\n{run.program}"
    )


@budget(programs=8)
@given(programs())
def test_figures_are_those_of_the_interpreter(program: Program) -> None:
    with running(program) as run:
        for segments in by_entity([run.project.segment(each.name) for each in program.segments]):
            known = [ir.Segment(each.name, each.population, strict(each.condition)) for each in segments]
            try:
                members = [run.expected(each) for each in segments]
                sizes = [len(each) for each in members]
                unknown = [len(keys - run.expected(each)) for keys, each in zip(members, known, strict=True)]
                found = measure(run.engine, segments, program.as_of)
            except TooManyDigits:
                continue
            assert found.population == len(run.population(segments[0]))
            assert [each.size for each in found.segments] == sizes
            assert [each.unknown for each in found.segments] == unknown
            assert found.overlaps is not None
            assert [(each.a, each.b, each.both) for each in found.overlaps] == run.expected_overlap(segments)
