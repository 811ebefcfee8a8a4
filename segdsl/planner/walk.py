"""Walking IR trees down to what a plan provides: columns, aggregates and memberships."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import assert_never

from segdsl.semantics import ir

Leaf = ir.Column | ir.Aggregate | ir.Standing | ir.Exists | ir.Sequence | ir.Sample | ir.Member
"""What needs a column, a join or a side query."""

Node = ir.Value | ir.Condition


def children(node: Node) -> tuple[Node, ...]:
    """The parts of a node that are about the same row as it is."""
    match node:
        case ir.And(operands) | ir.Or(operands):
            return operands
        case ir.HowMany(_, _, conditions):
            return conditions
        case ir.Compare(_, left, right):
            return left, right
        case ir.CompareQuotient(_, numerator, denominator, other):
            return numerator, denominator, other
        case ir.InList(operand) | ir.BooleanTest(operand) | ir.IsKnown(operand) | ir.TextTest(_, operand):
            return (operand,)
        case ir.Negate(operand) | ir.ToFloat(operand) | ir.LocalTime(operand) | ir.DayOf(operand):
            return (operand,)
        case ir.Part(_, operand) | ir.AddTime(operand):
            return (operand,)
        case ir.Arithmetic(_, left, right):
            return left, right
        case ir.Divide(numerator, denominator):
            return numerator, denominator
        case ir.Call(_, arguments):
            return arguments
        case ir.If(condition, then, otherwise):
            return condition, then, otherwise
        case ir.Band(operand, cuts):
            return operand, *cuts
        case ir.Distance(_, start, end):
            return start, end
        case ir.ToAnniversary(operand, today):
            return operand, today
        case ir.Ntile(_, below, known):
            return below, known
        case ir.Constant() | ir.Point() | ir.Column() | ir.Aggregate() | ir.Standing():
            return ()
        case ir.Always() | ir.Exists() | ir.Sequence() | ir.Sample() | ir.Member():
            return ()
        case _:
            assert_never(node)


def leaves(*nodes: Node | None) -> Iterator[Leaf]:
    """Every leaf in the trees, in order, each as often as it stands.

    What is inside an aggregate, a ranking, a sequence or the body of a membership is about other rows, and not
    walked into.
    """
    stack: list[Node] = [node for node in reversed(nodes) if node is not None]
    while stack:
        node = stack.pop()
        if isinstance(node, Leaf):
            yield node
        else:
            stack.extend(reversed(children(node)))


def plain_leaf(leaf: Leaf) -> Leaf:
    """The leaf without its negation."""
    return leaf if isinstance(leaf, ir.Column | ir.Aggregate | ir.Standing) else replace(leaf, negated=False)
