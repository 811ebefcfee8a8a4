"""Negation and strictness on the IR."""

from __future__ import annotations

from segdsl.semantics import ir
from segdsl.semantics.logic import FALSE, TRUE, all_of, any_of, negate, strict
from segdsl.semantics.types import INTEGER

X = ir.Column(ir.Scope.ROW, (), "customers", "x", "x", INTEGER, nullable=True)


def below(limit: int) -> ir.Compare:
    return ir.Compare("<", X, ir.Constant(limit, INTEGER), on_unknown=False)


def test_negation_flips_the_answer_on_unknowns_too() -> None:
    assert negate(below(5)) == ir.Compare(">=", X, ir.Constant(5, INTEGER), on_unknown=True)
    assert negate(negate(below(5))) == below(5)


def test_de_morgan() -> None:
    both = all_of([below(5), below(9)])
    assert negate(both) == any_of([negate(below(5)), negate(below(9))])
    assert negate(negate(both)) == both


def test_order_and_repetition_have_no_meaning() -> None:
    assert all_of([below(5), below(9), below(5)]) == all_of([below(9), below(5)])
    assert hash(any_of([below(5), below(9)])) == hash(any_of([below(9), below(5)]))


def test_constants_are_absorbed() -> None:
    assert all_of([TRUE, below(5)]) == below(5)
    assert all_of([FALSE, below(5)]) == FALSE
    assert any_of([TRUE, below(5)]) == TRUE
    assert any_of([]) == FALSE


def test_strict_fails_negated_tests_and_opens_negated_references() -> None:
    customers = ir.Table("customers", "customers", "id", "id", INTEGER)
    reference = ir.Member(ir.Scope.ROW, (), customers, below(5), negated=True, name="low")
    failed = ir.Compare(">=", X, ir.Constant(5, INTEGER), on_unknown=False)
    assert strict(negate(below(5))) == failed
    assert strict(reference) == ir.Member(ir.Scope.ROW, (), customers, failed, negated=False, name="low")


def test_strict_reaches_the_tests_inside_aggregates() -> None:
    table = ir.Table("orders", "orders", "id", "id", INTEGER)

    def at_least_two(where: ir.Condition) -> ir.Compare:
        rows = ir.Rows(table, (), None, None, where)
        number = ir.Aggregate(ir.Scope.ROW, (), ir.Function.COUNT, rows, None, INTEGER)
        return ir.Compare(">=", number, ir.Constant(2, INTEGER), on_unknown=False)

    assert strict(at_least_two(negate(below(5)))) == at_least_two(strict(negate(below(5))))
    assert strict(at_least_two(negate(below(5)))) != at_least_two(negate(below(5)))


def _chain(length: int) -> ir.Condition:
    """Segments that each refer to the one before twice, once negated."""
    people = ir.Table("customers", "customers", "id", "id", INTEGER)
    condition: ir.Condition = below(5)
    for number in range(length):
        one, other = (
            ir.Member(ir.Scope.ROW, (), people, condition, negated, f"s{number}") for negated in (False, True)
        )
        condition = any_of([all_of([one, below(number)]), all_of([other, negate(below(number))])])
    return condition


def test_segments_that_share_references_are_opened_once_each() -> None:
    # Opened for each way that leads to them, they would be 2^60.
    assert strict(_chain(60)) == strict(_chain(60))
    assert strict(_chain(60)) != strict(_chain(59))


def test_copies_that_share_parts_compare_part_by_part() -> None:
    first, second = _chain(60), _chain(60)
    assert first == second and hash(first) == hash(second)
    assert first != negate(second)
    assert len({first, second, negate(second)}) == 2
