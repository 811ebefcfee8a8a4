"""Whatever can be written can be explained."""

from __future__ import annotations

import re

from hypothesis import given

from segdsl.report.english import words
from segdsl.report.english.narrator import holds_for_unknowns
from segdsl.report.explanation import explain_segment
from segdsl.syntax.printer import to_text
from tests.properties.budget import budget
from tests.properties.running import running
from tests.strategies.programs import Program, programs

NOTE = re.compile(r"\(or ([^()]* (is|are) not known|there is none)\)")


@budget(programs=12, share=0.25)
@given(programs())
def test_any_segment_is_put_into_words_that_tell_of_unknowns(program: Program) -> None:
    with running(program) as run:
        for written in program.segments:
            explanation = explain_segment(run.project, written.name, program.as_of)
            told = explanation.english.to_markdown()
            assert told and words.bare(told) == told
            if holds_for_unknowns(written.bound.condition):
                assert NOTE.search(told), f"{to_text(written.tree)}\n{told}"
            keys = {(column.table, column.column) for column in explanation.reads}
            entity = written.bound.population.table
            assert (entity.name, entity.key) in keys
