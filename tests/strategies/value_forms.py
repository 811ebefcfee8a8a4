"""Values: names, literals, arithmetic, functions and aggregates."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from segdsl.semantics import ir
from segdsl.semantics.rows import event_time
from segdsl.semantics.scope import Frame, follow
from segdsl.semantics.types import Kind
from segdsl.syntax import ast
from tests.strategies.literals import number
from tests.strategies.scenes import Scene, Steps
from tests.strategies.syntax import AT
from tests.strategies.time_forms import window
from tests.strategies.writer import (
    ANY,
    CLOCKS,
    NUMBERS,
    ORDERED,
    TIMES,
    Kinds,
    Made,
    Writer,
    form,
    path,
)

Tree = ast.Expression | None
KEYS = frozenset({Kind.KEY})


def call(function: str, *arguments: ast.Expression) -> ast.Call:
    return ast.Call(function, AT, arguments, at=AT)


def one_sort(writer: Writer, kinds: Kinds) -> Kinds:
    """Kinds whose values may stand in for each other: all numbers, or one other."""
    kind = writer.choices.of(sorted(kinds))
    return NUMBERS if kind in NUMBERS else frozenset({kind})


# --- names and literals -------------------------------------------------------------------------------------


@form("path", ANY | KEYS, deep=False, weight=10)
def _path(writer: Writer, scene: Scene, kinds: Kinds, depth: int) -> Tree:
    found = writer.paths(scene, kinds)
    return path(writer.choices.of(found).names) if found else None


@form("literal", ANY - {Kind.TIMESTAMPTZ}, deep=False)
def _literal(writer: Writer, scene: Scene, kinds: Kinds, depth: int) -> Tree:
    return writer.any_literal(writer.choices.of(sorted(kinds)))


@form("percent", [Kind.DECIMAL], deep=False)
def _percent(writer: Writer, scene: Scene, kinds: Kinds, depth: int) -> Tree:
    hundredths = writer.choices.of([20, 50, 100, 5, 0, 250])
    return ast.Number(Decimal(hundredths).scaleb(-2), True, at=AT)


@form("parameter", ANY, deep=False)
def _parameter(writer: Writer, scene: Scene, kinds: Kinds, depth: int) -> Tree:
    named = [
        name
        for name, each in writer.parameters.items()
        if isinstance(each, ir.Constant) and each.type.kind in kinds
    ]
    return ast.Parameter(writer.choices.of(named), at=AT) if named else None


# --- numbers ------------------------------------------------------------------------------------------------


@form("negate", NUMBERS)
def _negate(writer: Writer, scene: Scene, kinds: Kinds, depth: int) -> Tree:
    operand = writer.value(scene, kinds, depth)
    return None if operand is None else ast.Negate(operand.node, at=AT)


@form("arithmetic", NUMBERS, weight=2)
def _arithmetic(writer: Writer, scene: Scene, kinds: Kinds, depth: int) -> Tree:
    left, right = writer.value(scene, NUMBERS, depth), writer.value(scene, NUMBERS, depth)
    if left is None or right is None:
        return None
    return ast.Arithmetic(writer.choices.of(["+", "-", "*"]), left.node, right.node, at=AT)


@form("divide", [Kind.FLOAT], weight=2)
def _divide(writer: Writer, scene: Scene, kinds: Kinds, depth: int) -> Tree:
    above, below = writer.value(scene, NUMBERS, depth), writer.value(scene, NUMBERS, depth)
    return None if above is None or below is None else ast.Arithmetic("/", above.node, below.node, at=AT)


@form("rounding", NUMBERS)
def _rounding(writer: Writer, scene: Scene, kinds: Kinds, depth: int) -> Tree:
    operand = writer.value(scene, NUMBERS, depth)
    if operand is None:
        return None
    return call(writer.choices.of(["abs", "round", "floor", "ceil"]), operand.node)


@form("round to digits", [Kind.DECIMAL, Kind.INTEGER])
def _round_to(writer: Writer, scene: Scene, kinds: Kinds, depth: int) -> Tree:
    operand = writer.value(scene, NUMBERS - {Kind.FLOAT}, depth)
    return None if operand is None else call("round", operand.node, number(writer.choices.number(0, 3)))


@form("band", [Kind.INTEGER])
def _band(writer: Writer, scene: Scene, kinds: Kinds, depth: int) -> Tree:
    operand = writer.value(scene, NUMBERS, depth)
    if operand is None:
        return None
    cuts: list[ast.Expression] = []
    for _ in range(writer.choices.number(1, 3)):
        cut = writer.constant(operand, scene)
        if cut is not None and not isinstance(cut, ast.Parameter):
            cuts.append(cut)
    return call("band", operand.node, *sorted(cuts, key=_size)) if cuts else None


def _size(node: ast.Expression) -> Any:
    match node:
        case ast.Number(value):
            return value
        case ast.Negate(ast.Number(value)):
            return -value
        case _:
            raise AssertionError(f"{node} is no number")


# --- text ---------------------------------------------------------------------------------------------------


@form("text function", [Kind.STRING])
def _text(writer: Writer, scene: Scene, kinds: Kinds, depth: int) -> Tree:
    operand = writer.value(scene, frozenset({Kind.STRING}), depth)
    return None if operand is None else call(writer.choices.of(["lower", "upper", "trim"]), operand.node)


@form("length", [Kind.INTEGER])
def _length(writer: Writer, scene: Scene, kinds: Kinds, depth: int) -> Tree:
    operand = writer.value(scene, frozenset({Kind.STRING}), depth)
    return None if operand is None else call("length", operand.node)


# --- choice -------------------------------------------------------------------------------------------------


def _alternatives(writer: Writer, scene: Scene, kinds: Kinds, depth: int) -> list[ast.Expression] | None:
    sort = one_sort(writer, kinds)
    found = [writer.value(scene, sort, depth) for _ in range(writer.choices.number(2, 3))]
    nodes = [each.node for each in found if each is not None]
    return nodes if len(nodes) > 1 else None


@form("coalesce", ANY)
def _coalesce(writer: Writer, scene: Scene, kinds: Kinds, depth: int) -> Tree:
    found = _alternatives(writer, scene, kinds, depth)
    return call("coalesce", *found) if found else None


@form("least and greatest", ORDERED)
def _extreme(writer: Writer, scene: Scene, kinds: Kinds, depth: int) -> Tree:
    found = _alternatives(writer, scene, kinds, depth)
    return call(writer.choices.of(["least", "greatest"]), *found) if found else None


@form("if", ANY)
def _if(writer: Writer, scene: Scene, kinds: Kinds, depth: int) -> Tree:
    found = _alternatives(writer, scene, kinds, depth)
    return call("if", writer.condition(scene, depth), *found[:2]) if found else None


# --- time ---------------------------------------------------------------------------------------------------


@form("date", [Kind.DATE])
def _date(writer: Writer, scene: Scene, kinds: Kinds, depth: int) -> Tree:
    operand = writer.value(scene, TIMES, depth)
    return None if operand is None else call("date", operand.node)


@form("part", [Kind.INTEGER], weight=2)
def _part(writer: Writer, scene: Scene, kinds: Kinds, depth: int) -> Tree:
    name = writer.choices.of(["month", "year", "day", "weekday", "quarter", "hour"])
    operand = writer.value(scene, CLOCKS if name == "hour" else TIMES, depth)
    return None if operand is None else call(name, operand.node)


# --- aggregates ---------------------------------------------------------------------------------------------


def rows(
    writer: Writer,
    scene: Scene,
    events: Scene,
    via: Steps | None,
    depth: int,
    *,
    target: Steps = (),
    value: ast.Expression | None = None,
) -> ast.Rows:
    """The inside of an aggregate over a table of events, with a window and a `where` or without."""
    choices = writer.choices
    time = event_time(writer.binder, events.table)
    limits = None
    if time is not None and choices.chance(45):
        tested = time.operand if isinstance(time, ir.LocalTime) else time
        limits = window(writer, tested, events, writer.entity(scene), min(depth, 1), of_events=True)
    return ast.Rows(
        path((events.table.name, *target)),
        value,
        None if via is None else path(via),
        limits,
        writer.condition(events, min(depth, 2)) if choices.chance(45) else None,
        at=AT,
    )


def _aggregate(writer: Writer, scene: Scene, function: ast.AggregateName, kinds: Kinds, depth: int) -> Tree:
    """An aggregate of a column, or of an expression in parentheses, of the kinds."""
    found = writer.events(scene)
    if found is None:
        return None
    events, via = found
    if depth > 0 and writer.choices.chance(35):
        links = writer.choices.of([(), (), *(steps for steps, _ in writer.names.links(events.frame))])
        value = _computed(writer, events, links, kinds, function, depth)
        if value is not None:
            inside = rows(writer, scene, events, via, depth, target=links, value=value.node)
            return ast.Aggregate(function, inside, at=AT)
    paths = [
        each for each in writer.paths(events, kinds) if _may_aggregate(writer, events, each.names, function)
    ]
    if not paths:
        return None
    target = writer.choices.of(paths).names
    return ast.Aggregate(function, rows(writer, scene, events, via, depth, target=target), at=AT)


def _may_aggregate(writer: Writer, events: Scene, names: Steps, function: ast.AggregateName) -> bool:
    """Sums of floats are exact for those that are stored, not for any that an attribute makes."""
    if function not in ("sum", "avg"):
        return True
    made = writer.made(path(names), events, NUMBERS)
    return made is not None and (made.kind is not Kind.FLOAT or isinstance(made.value, ir.Column))


def _computed(
    writer: Writer, events: Scene, links: Steps, kinds: Kinds, function: ast.AggregateName, depth: int
) -> Made | None:
    """What stands in the parentheses of `items.order.(…)`: about the row that the links lead to."""
    reached = follow(writer.catalog, events.frame, path(links).parts)
    assert isinstance(reached, Frame)
    scene = Scene(replace(reached, outer=events.frame.outer), events.rows)
    return writer.value(scene, kinds - {Kind.FLOAT} if function in ("sum", "avg") else kinds, depth - 1)


def _of(function: ast.AggregateName, kinds: Kinds, over: Kinds | None = None) -> None:
    """Adds the form of an aggregate, of one of the kinds; of values of `over`, or of the kind it has itself."""

    @form(function, kinds)
    def build(writer: Writer, scene: Scene, wanted: Kinds, depth: int) -> Tree:
        return _aggregate(writer, scene, function, over or wanted, depth)


@form("count", [Kind.INTEGER], weight=3)
def _count(writer: Writer, scene: Scene, kinds: Kinds, depth: int) -> Tree:
    found = writer.events(scene)
    return None if found is None else ast.Aggregate("count", rows(writer, scene, *found, depth), at=AT)


_of("sum", NUMBERS)
_of("avg", frozenset({Kind.FLOAT}), NUMBERS)
_of("min", ORDERED)
_of("max", ORDERED)
_of("count distinct", frozenset({Kind.INTEGER}), ANY | KEYS)
_of("first", ANY)
_of("last", ANY)
_of("most frequent", ANY)
