"""Ranks, samples, sequences, and conditions as of an earlier day."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from segdsl.semantics import ir
from segdsl.semantics.rows import event_time
from segdsl.semantics.scope import Frame
from segdsl.semantics.types import Kind
from segdsl.syntax import ast
from segdsl.units import Unit
from tests.strategies.literals import text
from tests.strategies.scenes import Scene
from tests.strategies.syntax import AT
from tests.strategies.time_forms import SNAPS, count
from tests.strategies.value_forms import rows
from tests.strategies.writer import ORDERED, Kinds, Writer, form, path

Tree = ast.Expression | None
_UNITS = (Unit.DAY, Unit.HOUR, Unit.WEEK, Unit.MINUTE, Unit.MONTH, Unit.QUARTER, Unit.YEAR)
_RANK_COST = 40
"""A rank looks at every row for every row."""


# --- ranks --------------------------------------------------------------------------------------------------


def _ranking(writer: Writer, scene: Scene, depth: int) -> ast.Ranking | None:
    """Ranks are about the rows of a whole table, and never inside an aggregate."""
    if scene.in_aggregate or scene.table.key is None or writer.cost + _RANK_COST > 200:
        return None
    choices = writer.choices
    by = writer.value(scene, ORDERED, min(depth, 1))
    if by is None or isinstance(by.value, ir.Constant | ir.Point):
        return None
    writer.cost += _RANK_COST
    groups = [each for each in writer.names.reachable(scene.frame) if each.type is not None]
    per = tuple(path(each.names) for each in choices.several(groups, 1, 2)) if choices.chance(30) else ()
    among = writer.condition(scene, min(depth, 1)) if choices.chance(25) else None
    return ast.Ranking(by.node, per, among, at=AT)


@form("ntile", {Kind.INTEGER})
def _ntile(writer: Writer, scene: Scene, kinds: Kinds, depth: int) -> Tree:
    ranking = _ranking(writer, scene, depth)
    tiles = count(writer, writer.choices.of([2, 3, 5, 1, 10]))
    return None if ranking is None else ast.Rank("ntile", tiles, ranking, at=AT)


@form("percentile", {Kind.FLOAT})
def _percentile(writer: Writer, scene: Scene, kinds: Kinds, depth: int) -> Tree:
    ranking = _ranking(writer, scene, depth)
    return None if ranking is None else ast.Rank("percentile", None, ranking, at=AT)


@form("top", weight=2)
def _top(writer: Writer, scene: Scene, depth: int) -> Tree:
    ranking = _ranking(writer, scene, depth)
    if ranking is None:
        return None
    choices = writer.choices
    sides: tuple[Any, ...] = ("top", "bottom")
    amount: ast.Count
    if choices.chance(50):
        share = Decimal(choices.of([20, 50, 10, 0, 100, 33])) / 100
        amount = ast.Number(share, True, at=AT)
    else:
        amount = count(writer, choices.of([2, 1, 0, 5, 100]))
    return ast.Top(choices.of(sides), amount, ranking, at=AT)


# --- samples ------------------------------------------------------------------------------------------------


@form("sample", deep=False)
def _sample(writer: Writer, scene: Scene, depth: int) -> Tree:
    if scene.table.key is None:
        return None
    choices = writer.choices
    low, high = sorted(choices.of([0, 25, 50, 75, 100, 40]) for _ in range(2))

    def share(percent: int) -> ast.Number:
        return ast.Number(Decimal(percent) / 100, True, at=AT)

    named = [
        name
        for name, each in writer.parameters.items()
        if isinstance(each, ir.Constant) and each.type.kind is Kind.STRING
    ]
    salt: ast.String | ast.Parameter = text(choices.of(["spring", "it's", "", "é:1"]))
    if named and choices.chance(20):
        salt = ast.Parameter(choices.of(named), at=AT)
    return ast.Sample(share(low) if choices.chance(50) else None, share(high), salt, at=AT)


# --- as of --------------------------------------------------------------------------------------------------


@form("as of", weight=2)
def _as_of(writer: Writer, scene: Scene, depth: int) -> Tree:
    choices = writer.choices
    day: ast.Expression
    match choices.number(0, 5):
        case 0 | 1:
            unit = choices.of((Unit.DAY, Unit.WEEK, Unit.MONTH, Unit.QUARTER, Unit.YEAR))
            day = ast.Ago(count(writer, choices.of([1, 30, 0, 7, 90])), unit, at=AT)
        case 2:
            day = ast.StartOf(choices.of(SNAPS), at=AT)
        case 3:
            day = ast.Yesterday(at=AT)
        case 4:
            day = ast.Date(writer.as_of.replace(day=1), at=AT)
        case _:
            day = ast.Today(at=AT)
    return ast.AsOf(writer.condition(scene, depth), day, at=AT)


# --- sequences ----------------------------------------------------------------------------------------------


@form("sequence", weight=3)
def _sequence(writer: Writer, scene: Scene, depth: int) -> Tree:
    if scene.in_aggregate or writer.cost > 60:
        return None
    writer.cost += 20
    steps: list[ast.Step] = []
    named: list[tuple[str, Frame]] = []
    for number_of_step in range(writer.choices.of([2, 2, 3, 4])):
        step = _step(writer, scene, number_of_step, named, depth)
        if step is None:
            return None
        steps.append(step)
    made = ast.Sequence(tuple(steps), at=AT)
    # Times of two sorts that can't be compared are known only now.
    return made if writer.bound(made, scene) is not None else None


def _step(
    writer: Writer, scene: Scene, position: int, named: list[tuple[str, Frame]], depth: int
) -> ast.Step | None:
    choices = writer.choices
    found = writer.events(scene)
    if found is None or event_time(writer.binder, found[0].table) is None:
        return None
    events, via = found
    inside = rows(writer, scene, events, via, min(depth, 1))
    across = _across(writer, events, named) if choices.chance(40) else None
    if across is not None:
        both = across if inside.where is None else ast.And((inside.where, across), at=AT)
        inside = replace(inside, where=both)
    negative = position > 0 and choices.chance(35)
    within = None
    if position and (negative or choices.chance(60)):
        unit = choices.of(_UNITS)
        within = ast.Duration(count(writer, choices.of([1, 7, 30, 0, 100])), unit, at=AT)
    name = None
    if not negative and choices.chance(50):
        name = ast.Name(f"step_{position}", at=AT)
        named.append((name.text, Frame(events.table, ir.Earlier(position), in_aggregate=True)))
    return ast.Step(inside, name, negative, within, at=AT)


def _across(writer: Writer, events: Scene, named: list[tuple[str, Frame]]) -> Tree:
    """A test of an event against one of an earlier step."""
    if not named:
        return None
    name, frame = writer.choices.of(named)
    pairs = [
        (mine.names, theirs.names)
        for mine in writer.names.reachable(events.frame)
        for theirs in writer.names.reachable(frame)
        if mine.type is not None and mine.type == theirs.type and len(mine.names) == len(theirs.names) == 1
    ]
    if not pairs:
        return None
    mine, theirs = writer.choices.of(pairs)
    operator: Any = writer.choices.of(["=", "!="])
    return ast.Comparison(operator, path(mine), path((name, *theirs)), at=AT)
