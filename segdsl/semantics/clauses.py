"""A condition clause by clause, as it was written: what `why` and a failing example show."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from segdsl.semantics import ir
from segdsl.semantics.calendar import moved
from segdsl.semantics.parts import parts
from segdsl.semantics.scope import Frame, Missing, follow, look_up
from segdsl.semantics.times import point
from segdsl.semantics.types import INTEGER
from segdsl.syntax import ast
from segdsl.syntax.printer import step_to_text, to_text

if TYPE_CHECKING:
    from segdsl.semantics.binder import Binder


@dataclass(frozen=True)
class Shown:
    """A value that a clause tests, by its text."""

    text: str
    value: ir.Value


@dataclass(frozen=True)
class Clause:
    """A part of a condition: its text, what it means, the values it tests, and the clauses it is made of.

    `sort` says how the children make the clause: `all` of them, `any`, `not` the one, so `many`, the body of a
    `reference` or an `attribute`, as of another day (`history`); those of a `sequence` are its steps, each of which
    holds where the steps happened as far as that one; a `test` has none.
    """

    text: str
    sort: str
    condition: ir.Condition
    values: tuple[Shown, ...] = ()
    children: tuple[Clause, ...] = ()


Opener = Callable[[str, Callable[[ast.Expression], Clause]], Clause | None]
"""Calls back with the body of the segment of that name, its own parameters in force; None where it has none."""


def clauses(binder: Binder, node: ast.Expression, frame: Frame, open_segment: Opener) -> Clause:
    """The clauses of a condition that binds."""
    return _Reader(binder, open_segment).clause(node, frame)


@dataclass(frozen=True)
class _Reader:
    binder: Binder
    open_segment: Opener

    def clause(self, node: ast.Expression, frame: Frame) -> Clause:
        condition = self.binder.condition(node, frame)
        assert condition is not None, "only what has no mistakes is looked into"
        text = to_text(node)
        match node:
            case ast.And(operands):
                return Clause(text, "all", condition, (), self.each(operands, frame))
            case ast.Or(operands):
                return Clause(text, "any", condition, (), self.each(operands, frame))
            case ast.Not(operand):
                return Clause(text, "not", condition, (), self.each((operand,), frame))
            case ast.HowMany(_, _, conditions):
                return Clause(text, "many", condition, (), self.each(conditions, frame))
            case ast.SegmentReference():
                return Clause(text, "reference", condition, (), self.reference(node, frame))
            case ast.Sequence(steps):
                return Clause(text, "sequence", condition, (), self.steps(steps, condition))
            case ast.AsOf(inner):
                day = point(self.binder, node.day)
                child = self.clause(inner, frame)
                return Clause(text, "history", condition, (), () if day is None else (_moved(child, day),))
            case ast.Path():
                return self.path(node, frame, condition, text)
            case _:
                return Clause(text, "test", condition, self.values(node, frame))

    def each(self, nodes: tuple[ast.Expression, ...], frame: Frame) -> tuple[Clause, ...]:
        return tuple(self.clause(node, frame) for node in nodes)

    def reference(self, node: ast.SegmentReference, frame: Frame) -> tuple[Clause, ...]:
        reached = follow(self.binder.catalog, frame, node.links.parts if node.links else ())
        assert not isinstance(reached, Missing), "only what has no mistakes is looked into"
        found = self.open_segment(node.name.text, lambda body: self.clause(body, reached))
        return () if found is None else (found,)

    def steps(self, steps: tuple[ast.Step, ...], condition: ir.Condition) -> tuple[Clause, ...]:
        """The sequence as far as each of its steps, with how many events would do for that one."""
        if not isinstance(condition, ir.Sequence):
            return ()
        found = []
        for number, (node, step) in enumerate(zip(steps, condition.steps, strict=True), 1):
            text = ("then " if number > 1 else "") + step_to_text(node)
            so_far = replace(condition, steps=condition.steps[:number], negated=False)
            found.append(Clause(text, "test", so_far, _events(node, step, condition)))
        return tuple(found)

    def path(self, node: ast.Path, frame: Frame, condition: ir.Condition, text: str) -> Clause:
        """A boolean column shows its value; an attribute that is a condition is opened."""
        if isinstance(condition, ir.BooleanTest):
            return Clause(text, "test", condition, (Shown(text, condition.operand),))
        found = look_up(self.binder.catalog, frame, node)
        assert isinstance(found, tuple), "what is no value is an attribute"
        home, attribute = found
        tree = self.binder.parse(attribute.expression)
        assert tree is not None, "only what has no mistakes is looked into"
        with self.binder.shared_parameters():
            return Clause(text, "attribute", condition, (), (self.clause(tree, home),))

    def values(self, node: ast.Expression, frame: Frame) -> tuple[Shown, ...]:
        """The values that a test is about, each once; literals go without saying."""
        found: dict[str, Shown] = {}
        for operand in _tested(node):
            text = to_text(operand)
            if isinstance(operand, ast.Aggregate) and operand.function == "exists":
                count = ast.Aggregate("count", operand.rows, at=operand.at)
                text, operand = to_text(count), count
            value = self.binder.value(operand, frame)
            if value is not None:
                found[text] = Shown(text, value)
        if isinstance(node, ast.Top):
            found |= self.standing(node, frame)
        return tuple(found.values())

    def standing(self, node: ast.Top, frame: Frame) -> dict[str, Shown]:
        """How many are ahead, of how many."""
        condition = self.binder.condition(node, frame)
        side = "above" if node.side == "top" else "below"
        match condition:
            case ir.Compare(_, ir.Standing() as ahead):
                shown = [ahead, replace(ahead, which="known")]
            case ir.CompareQuotient(_, ir.Standing() as ahead, ir.Standing() as known):
                shown = [ahead, known]
            case _:
                return {}
        return {name: Shown(name, value) for name, value in zip((side, "ranked"), shown, strict=True)}


def _events(node: ast.Step, step: ir.Step, sequence: ir.Sequence) -> tuple[Shown, ...]:
    """How many events a step could mean, wherever they stand; none is given where that hangs on earlier steps."""
    if any(isinstance(getattr(part, "scope", None), ir.Earlier) for part in parts(step.rows.where)):
        return ()
    count = ir.Aggregate(sequence.scope, sequence.links, ir.Function.COUNT, step.rows, None, INTEGER)
    return (Shown(to_text(ast.Aggregate("count", node.rows, at=node.rows.at)), count),)


_LITERALS = (ast.Number, ast.String, ast.Boolean, ast.Date, ast.Timestamp)


def _tested(node: ast.Expression) -> list[ast.Expression]:
    """The operands of a test that are worth showing."""
    match node:
        case ast.Comparison(_, left, right):
            operands = [left, right]
        case ast.Between(operand, low, high):
            operands = [operand, low, high]
        case ast.In(operand) | ast.IsKnown(operand) | ast.TextTest(_, operand) | ast.InWindow(operand):
            operands = [operand]
        case ast.Top(_, _, ranking):
            operands = [ranking.by, *ranking.per]
        case ast.Aggregate() | ast.Call():
            operands = [node]
        case _:
            operands = []
    return [each for each in operands if not isinstance(each, _LITERALS)]


def _moved(clause: Clause, day: ir.Day) -> Clause:
    """The clause with its as-of day moved, and all that it is made of."""
    return replace(
        clause,
        condition=moved(clause.condition, day),
        values=tuple(Shown(each.text, moved(each.value, day)) for each in clause.values),
        children=tuple(_moved(child, day) for child in clause.children),
    )
