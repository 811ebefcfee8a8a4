"""Ranks and samples, and conditions as of an earlier day."""

from __future__ import annotations

from dataclasses import replace

from segdsl.report.english import words
from segdsl.report.english.comparisons import unknown_note
from segdsl.report.english.constants import amount, point
from segdsl.report.english.narrator import Narrator
from segdsl.report.english.phrases import Clause, Group, Noun, Said, relative
from segdsl.semantics.scope import Frame
from segdsl.semantics.times import count
from segdsl.semantics.types import Kind
from segdsl.syntax import ast


def rank_noun(n: Narrator, node: ast.Rank, frame: Frame) -> Noun:
    """ "tile of 5 by total spend", "percentile by total spend within each region"."""
    what = "percentile"
    if node.tiles is not None:
        tiles = count(n.binder, node.tiles)
        assert tiles is not None
        what = f"tile of {words.number(tiles)}{_parameter(node.tiles)}"
    ranked = _ranked(n, node.ranking, frame)
    among = node.ranking.among is not None
    return Noun(f"{what} by {ranked}", owned=True, aside=among, nested=among, long=True)


def top(n: Narrator, node: ast.Top, frame: Frame, negated: bool) -> Clause:
    """they are among the top 10% by total spend"""
    number = node.amount
    is_share = isinstance(number, ast.Number) and number.percent
    if isinstance(number, ast.Parameter):
        is_share = n.constants(number.name)[0].type.kind is Kind.DECIMAL
    said = amount(n, number)
    if is_share:
        which = f"the {node.side} {said}"
    else:
        which = f"the {said} with the {'highest' if node.side == 'top' else 'lowest'}"
    by = "by " if is_share else ""
    note = unknown_note(n, node, (node.ranking.by,), frame, negated)
    ranked = _ranked(n, node.ranking, frame)
    return Clause("be", f"among {which} {by}{ranked}", None, negated, note, node.ranking.among is not None)


def _ranked(n: Narrator, ranking: ast.Ranking, frame: Frame) -> str:
    """What is ranked, in which groups, and who is ranked at all."""
    own = Frame(frame.table)
    said = n.noun(ranking.by, own).plain
    if ranking.per:
        said += f" within each {words.listed([n.noun(path, own).plain for path in ranking.per])}"
    if ranking.among is not None:
        said += f", ranked among {n.plural(frame.table)} {relative(n.said(ranking.among, own))}"
    return said


def _parameter(node: ast.Count) -> str:
    return f" ({words.coded(f'${node.name}')})" if isinstance(node, ast.Parameter) else ""


def sample(n: Narrator, node: ast.Sample, frame: Frame, negated: bool) -> Clause:
    """they are in a fixed random sample of 10%"""
    high = amount(n, node.high)
    which = f"a fixed random sample of {high}"
    if node.low is not None:
        which = f"the slice from {amount(n, node.low)} to {high} of a fixed random order"
    return Clause("be", f"in {which} (drawn with {amount(n, node.salt)})", None, negated)


def as_of(n: Narrator, node: ast.AsOf, frame: Frame, negated: bool) -> Said:
    """What was so on an earlier day: its days are those of then."""
    when = f"as of {point(n, node.day)}"
    earlier = replace(n, as_of=n.day(node.day))
    return _on_that_day(earlier.said(node.condition, frame, negated), when)


def _on_that_day(said: Said, when: str) -> Said:
    if isinstance(said, Group):
        return Group(said.how, tuple(_on_that_day(item, when) for item in said.items))
    also = tuple(replace(each, rest=f"{each.rest} {when}") for each in said.also)
    return replace(said, rest=f"{said.rest} {when}", reference=None, also=also)
