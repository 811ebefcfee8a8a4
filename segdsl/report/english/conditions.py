"""Conditions as clauses and groups of clauses, negation pushed down to where people say it."""

from __future__ import annotations

from segdsl.report.english import words
from segdsl.report.english.aggregates import existence
from segdsl.report.english.comparisons import (
    between_values,
    comparison,
    in_list,
    in_window,
    is_known,
    text_test,
    unknown_note,
)
from segdsl.report.english.narrator import Narrator
from segdsl.report.english.paths import marked_name, row
from segdsl.report.english.phrases import Clause, Group, Noun, Said, grouped
from segdsl.report.english.ranks import as_of, sample, top
from segdsl.report.english.sequences import sequence
from segdsl.semantics import ir
from segdsl.semantics.scope import Frame
from segdsl.semantics.times import count
from segdsl.syntax import ast


def said(n: Narrator, node: ast.Expression, frame: Frame, negated: bool = False) -> Said:
    """The words for a condition about the frame's row, or for its opposite."""
    match node:
        case ast.And(operands) | ast.Or(operands):
            items = [said(n, operand, frame, negated) for operand in operands]
            return grouped("all" if isinstance(node, ast.And) is not negated else "any", items)
        case ast.Not(operand):
            return said(n, operand, frame, not negated)
        case ast.HowMany():
            return _how_many(n, node, frame, negated)
        case ast.Comparison():
            return _comparison(n, node, frame, negated)
        case ast.Between():
            return between_values(n, node, frame, negated)
        case ast.In():
            return in_list(n, node, frame, negated)
        case ast.IsKnown():
            return is_known(n, node, frame, negated)
        case ast.TextTest():
            return text_test(n, node, frame, negated)
        case ast.InWindow():
            return in_window(n, node, frame, negated)
        case ast.SegmentReference():
            return _member(n, node, frame, negated)
        case ast.Aggregate(function="exists"):
            return existence(n, node, frame, negated)
        case ast.Top():
            return top(n, node, frame, negated)
        case ast.Sample():
            return sample(n, node, frame, negated)
        case ast.Sequence():
            return sequence(n, node, frame, negated)
        case ast.AsOf():
            return as_of(n, node, frame, negated)
        case ast.Boolean(truth):
            return Clause("hold", f"for {'all' if truth is not negated else 'none'}", Noun("this"))
        case ast.Path():
            return _truth(n, node, frame, negated)
        case _:
            note = unknown_note(n, node, (node,), frame, negated)
            return Clause("be", "true", n.noun(node, frame), negated, note)


def _comparison(n: Narrator, node: ast.Comparison, frame: Frame, negated: bool) -> Said:
    for side, other in ((node.left, node.right), (node.right, node.left)):
        if n.is_condition(side, frame):  # it is compared with true or false
            truth = n.value(other, frame)
            holds = isinstance(truth, ir.Constant) and truth.value is (node.operator == "=")
            return said(n, side, frame, negated is holds)
    return comparison(n, node, frame, negated)


def _how_many(n: Narrator, node: ast.HowMany, frame: Frame, negated: bool) -> Group:
    number = count(n.binder, node.count)
    assert number is not None
    bound = node.bound
    if negated:
        bound_words = {"at least": "fewer than", "at most": "more than", "exactly": "any number but"}[bound]
    else:
        bound_words = bound
    amount = "one" if number == 1 else words.number(number)
    if isinstance(node.count, ast.Parameter):
        amount = f"{words.number(number)} ({words.coded(f'${node.count.name}')})"
    items = tuple(said(n, condition, frame) for condition in node.conditions)
    return Group(f"{bound_words} {amount}", items)


def _member(n: Narrator, node: ast.SegmentReference, frame: Frame, negated: bool) -> Clause:
    segment = n.segment(node.name.text)
    subject = row(n, node.links.parts if node.links else (), frame)
    note = ""
    if subject is not None and n.holds_for_unknowns(node, frame, negated):
        note = f"or {'their' if subject.owned else 'the'} {subject.text.removeprefix('the ')} is not known"
    return Clause("be", f"in {segment}", subject, negated, note, reference=segment)


def _truth(n: Narrator, path: ast.Path, frame: Frame, negated: bool) -> Clause:
    """A boolean value, or a condition with a name: "they have *kids*", "they are marked *newsletter*"."""
    is_value = not n.is_condition(path, frame)
    note = unknown_note(n, path, (path,) if is_value else (), frame, negated)
    subject = row(n, path.parts[:-1], frame)
    name = words.spoken(path.parts[-1].text)
    if name.startswith("has "):
        return Clause("have", marked_name(n, path, frame, name.removeprefix("has ")), subject, negated, note)
    marked = marked_name(n, path, frame, name.removeprefix("is "))
    return Clause("be", f"marked {marked}", subject, negated, note)
