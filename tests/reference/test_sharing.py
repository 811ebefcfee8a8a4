"""Asking about segments that refer to each other."""

from __future__ import annotations

from datetime import date

from segdsl.reference.interpreter import World, holds
from segdsl.semantics import ir
from segdsl.semantics.types import INTEGER

PEOPLE = ir.Table("people", "people", "id", "id", INTEGER)
POINTS = ir.Column(ir.Scope.ROW, (), "people", "points", "points", INTEGER, nullable=True)


def _chain(length: int) -> ir.Condition:
    condition: ir.Condition = ir.Compare(">", POINTS, ir.Constant(0, INTEGER), on_unknown=False)
    for number in range(length):
        one, other = (
            ir.Member(ir.Scope.ROW, (), PEOPLE, condition, negated, f"s{number}") for negated in (False, True)
        )
        condition = ir.Or((ir.And((other, one)), one))
    return condition


def test_a_segment_is_asked_about_a_row_once() -> None:
    # Asked again by each reference, they would be 2^60.
    world = World({}, date(2024, 1, 31))
    assert holds(_chain(60), {"id": 1, "points": 5}, world)
    assert not holds(_chain(60), {"id": 1, "points": -5}, world)


def test_answers_are_not_mixed_up_between_rows() -> None:
    world = World({}, date(2024, 1, 31))
    found = [holds(_chain(3), {"id": 1, "points": points}, world) for points in (5, -5, None, 7)]
    assert found == [True, False, False, True]
