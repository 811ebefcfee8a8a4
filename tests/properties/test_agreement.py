"""Random programs: the interpreter and DuckDB agree on who is in each segment, alone and together."""

from __future__ import annotations

from hypothesis import given

from segdsl.checks.measure import measure
from segdsl.semantics import ir
from segdsl.semantics.logic import strict
from segdsl.syntax.printer import to_text
from tests.properties.budget import budget
from tests.properties.projects import by_entity
from tests.properties.running import Keys, Run, TooManyDigits, running
from tests.properties.tally import TALLY
from tests.strategies.programs import Program, programs


@budget(programs=25)
@given(programs())
def test_interpreter_and_duckdb_agree(program: Program) -> None:
    with running(program) as run:
        TALLY.add_program(program)
        _binds_to_the_same(run)
        for segments in by_entity([run.project.segment(each.name) for each in program.segments]):
            within = [segment for segment in segments if _agrees_alone(run, segment)]
            if within:
                _agree_together(run, within)


def _binds_to_the_same(run: Run) -> None:
    """What was printed, put into a file and parsed means what the trees do."""
    for written in run.program.segments:
        assert run.project.segment(written.name) == written.bound, to_text(written.tree)


def _agrees_alone(run: Run, segment: ir.Segment) -> bool:
    """False where a number has too many digits for one of the two, which both may say."""
    try:
        expected = run.expected(segment)
        found = run.alone(segment)
    except TooManyDigits:
        TALLY.overflows += 1
        return False
    TALLY.add_segment(segment, len(expected), len(run.population(segment)))
    assert found == expected, _told(run, segment, expected, found)
    return True


def _agree_together(run: Run, segments: list[ir.Segment]) -> None:
    expected = [run.expected(segment) for segment in segments]
    for shape in (run.flags, run.long):
        for segment, one, other in zip(segments, expected, shape(segments), strict=True):
            assert other == one, _told(run, segment, one, other)
    assert run.sizes(segments) == run.expected_sizes(segments)
    assert run.overlap(segments) == run.expected_overlap(segments)


def _told(run: Run, segment: ir.Segment, expected: Keys, found: Keys) -> str:
    trees = {each.name: each.tree for each in run.program.segments}
    return (
        f"{segment.name}: {to_text(trees[segment.name])}\n"
        f"the interpreter: {sorted(expected)}\nDuckDB: {sorted(found)}\n{run.program}"
    )


@budget(programs=8)
@given(programs())
def test_figures_are_those_of_the_interpreter(program: Program) -> None:
    with running(program) as run:
        for segments in by_entity([run.project.segment(each.name) for each in program.segments]):
            known = [ir.Segment(each.name, each.population, strict(each.condition)) for each in segments]
            try:
                sizes = [len(run.expected(each)) for each in segments]
                unknown = [n - len(run.expected(each)) for n, each in zip(sizes, known, strict=True)]
                found = measure(run.engine, segments, program.as_of)
            except TooManyDigits:
                continue
            assert found.population == len(run.population(segments[0]))
            assert [each.size for each in found.segments] == sizes
            assert [each.unknown for each in found.segments] == unknown
            assert found.overlaps is not None
            assert [(each.a, each.b, each.both) for each in found.overlaps] == run.expected_overlap(segments)
