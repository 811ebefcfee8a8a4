"""Conditions: comparisons, lists, text tests, counting, references and logic."""

from __future__ import annotations

from typing import Any

from segdsl.semantics import ir
from segdsl.semantics.scope import Frame, follow
from segdsl.semantics.types import Kind
from segdsl.syntax import ast
from tests.strategies.literals import text
from tests.strategies.patterns import pattern
from tests.strategies.scenes import Scene
from tests.strategies.syntax import AT
from tests.strategies.time_forms import count, days_of, point, some_day
from tests.strategies.value_forms import KEYS, rows
from tests.strategies.writer import ANY, NUMBERS, ORDERED, TIMES, Kinds, Made, Writer, form, path

Tree = ast.Expression | None
_EQUAL: tuple[Any, ...] = ("=", "!=")
_ORDER: tuple[Any, ...] = (">=", "<", ">", "<=", "=", "!=")
MAX_COST = 300
"""How much work for the interpreter one segment may be, in about so many looks at a row."""


# --- comparisons --------------------------------------------------------------------------------------------


def _operator(writer: Writer, made: Made) -> Any:
    return writer.choices.of(_ORDER if made.kind in ORDERED else _EQUAL)


@form("compare with a constant", deep=False, weight=6)
def _compare_constant(writer: Writer, scene: Scene, depth: int) -> Tree:
    made = writer.value(scene, ANY | KEYS, writer.some_depth(depth))
    if made is None or (isinstance(made.value, ir.Constant | ir.Point) and not writer.choices.chance(5)):
        return None
    constant = _against(writer, made, scene)
    if constant is None:
        return None
    sides = (constant, made.node) if writer.choices.chance(10) else (made.node, constant)
    return ast.Comparison(_operator(writer, made), *sides, at=AT)


def _against(writer: Writer, made: Made, scene: Scene) -> Tree:
    """A constant, or for times a point as often."""
    if made.kind in TIMES and writer.choices.chance(50):
        return point(writer, some_day(writer, days_of(writer, made.value, scene)))
    return writer.constant(made, scene)


@form("compare an aggregate", weight=6)
def _compare_aggregate(writer: Writer, scene: Scene, depth: int) -> Tree:
    function = writer.choices.of(_AGGREGATES)
    node = writer.only(function, scene, ANY, depth)
    constant = None if node is None else writer.constant(node, scene)
    if node is None or constant is None:
        return None
    return ast.Comparison(_operator(writer, node), node.node, constant, at=AT)


_AGGREGATES = ("count", "sum", "avg", "min", "max", "count distinct", "first", "last", "most frequent")


@form("compare two values", weight=3)
def _compare_values(writer: Writer, scene: Scene, depth: int) -> Tree:
    left = writer.value(scene, ANY | KEYS, depth)
    if left is None:
        return None
    right = writer.value(scene, _comparable(left.kind), depth)
    if right is None or writer.stored_kind(left) is not writer.stored_kind(right):
        return None
    return ast.Comparison(_operator(writer, left), left.node, right.node, at=AT)


def _comparable(kind: Kind) -> Kinds:
    match kind:
        case Kind.DATE:
            return TIMES
        case Kind.TIMESTAMP | Kind.TIMESTAMPTZ:
            return frozenset({kind, Kind.DATE})
        case _:
            return NUMBERS if kind in NUMBERS else frozenset({kind})


@form("compare a condition")
def _compare_condition(writer: Writer, scene: Scene, depth: int) -> Tree:
    truth = ast.Boolean(writer.choices.chance(50), at=AT)
    sides = [writer.condition(scene, depth), truth]
    left, right = sides[::-1] if writer.choices.chance(20) else sides
    return ast.Comparison(writer.choices.of(_EQUAL), left, right, at=AT)


@form("between", deep=False, weight=2)
def _between(writer: Writer, scene: Scene, depth: int) -> Tree:
    made = writer.value(scene, ORDERED, writer.some_depth(depth))
    if made is None:
        return None
    low, high = _against(writer, made, scene), _against(writer, made, scene)
    if low is None or high is None:
        return None
    return ast.Between(made.node, low, high, writer.choices.chance(35), at=AT)


@form("between values")
def _between_values(writer: Writer, scene: Scene, depth: int) -> Tree:
    made = writer.value(scene, ORDERED, depth)
    if made is None:
        return None
    low, high = (writer.value(scene, _comparable(made.kind), depth) for _ in range(2))
    if low is None or high is None:
        return None
    return ast.Between(made.node, low.node, high.node, writer.choices.chance(35), at=AT)


@form("in", deep=False, weight=2)
def _in(writer: Writer, scene: Scene, depth: int) -> Tree:
    made = writer.value(scene, ANY | KEYS, writer.some_depth(depth))
    if made is None:
        return None
    items = [writer.constant(made, scene) for _ in range(writer.choices.number(1, 3))]
    known = tuple(item for item in items if item is not None)
    return ast.In(made.node, known, writer.choices.chance(40), at=AT) if known else None


@form("in parameter", deep=False)
def _in_parameter(writer: Writer, scene: Scene, depth: int) -> Tree:
    lists = {name: each for name, each in writer.parameters.items() if isinstance(each, tuple)}
    if not lists:
        return None
    name = writer.choices.of(list(lists))
    kind = lists[name][0].type.kind
    made = writer.value(scene, NUMBERS if kind in NUMBERS else frozenset({kind}), writer.some_depth(depth))
    if made is None:
        return None
    return ast.In(made.node, (ast.Parameter(name, at=AT),), writer.choices.chance(40), bare=True, at=AT)


@form("is known", deep=False, weight=2)
def _is_known(writer: Writer, scene: Scene, depth: int) -> Tree:
    made = writer.value(scene, ANY | KEYS, writer.some_depth(depth))
    return None if made is None else ast.IsKnown(made.node, writer.choices.chance(50), at=AT)


@form("boolean value", deep=False, weight=2)
def _boolean(writer: Writer, scene: Scene, depth: int) -> Tree:
    made = writer.value(scene, frozenset({Kind.BOOLEAN}), writer.some_depth(depth))
    if made is None or isinstance(made.value, ir.Constant):
        return None
    return ast.Not(made.node, at=AT) if writer.choices.chance(40) else made.node


@form("truth", deep=False)
def _truth(writer: Writer, scene: Scene, depth: int) -> Tree:
    return ast.Boolean(writer.choices.chance(50), at=AT)


@form("attribute", deep=False, weight=2)
def _attribute(writer: Writer, scene: Scene, depth: int) -> Tree:
    found = [each for each in writer.names.reachable(scene.frame) if each.type is None]
    return path(writer.choices.of(found).names) if found else None


# --- text ---------------------------------------------------------------------------------------------------


@form("text test", deep=False, weight=4)
def _text(writer: Writer, scene: Scene, depth: int) -> Tree:
    made = writer.value(scene, frozenset({Kind.STRING}), writer.some_depth(depth))
    if made is None:
        return None
    choices = writer.choices
    operators: tuple[Any, ...] = ("contains", "starts with", "ends with", "like", "matches")
    operator = choices.of(operators)
    negated = choices.chance(35)
    named = [
        name
        for name, each in writer.parameters.items()
        if isinstance(each, ir.Constant) and each.type.kind is Kind.STRING
    ]
    if named and operator != "matches" and choices.chance(10):
        return ast.TextTest(operator, made.node, ast.Parameter(choices.of(named), at=AT), negated, at=AT)
    seen = [each for each in writer.seen(made.value, scene) if "\n" not in each]
    wanted = pattern(choices, operator, choices.of(seen) if seen else "ab")
    return ast.TextTest(operator, made.node, text(wanted), negated, at=AT)


# --- counting, references, events ---------------------------------------------------------------------------


@form("how many", weight=2)
def _how_many(writer: Writer, scene: Scene, depth: int) -> Tree:
    choices = writer.choices
    conditions = tuple(writer.condition(scene, depth) for _ in range(choices.number(1, 4)))
    bounds: tuple[Any, ...] = ("at least", "at most", "exactly")
    amount = count(writer, choices.of([1, 2, 0, len(conditions), len(conditions) + 1]))
    return ast.HowMany(choices.of(bounds), amount, conditions, at=AT)


@form("segment", deep=False, weight=3)
def _segment(writer: Writer, scene: Scene, depth: int) -> Tree:
    choices = writer.choices
    reached = [
        (links, name)
        for links, table in writer.names.links(scene.frame)
        for name, segment in writer.segments.items()
        if segment.population.table.name == table
    ]
    if not reached:
        return None
    links, name = choices.of(reached)
    work = writer.costs[name] * (12 if scene.in_aggregate else 1)
    if writer.cost + work > MAX_COST:
        return None
    writer.cost += work
    frame = follow(writer.catalog, scene.frame, path(links).parts)
    assert isinstance(frame, Frame)
    return ast.SegmentReference(path(links) if links else None, path((name,)), at=AT)


@form("exists", weight=4)
def _exists(writer: Writer, scene: Scene, depth: int) -> Tree:
    found = writer.events(scene)
    return None if found is None else ast.Aggregate("exists", rows(writer, scene, *found, depth), at=AT)


# --- logic --------------------------------------------------------------------------------------------------


@form("not", weight=2)
def _not(writer: Writer, scene: Scene, depth: int) -> Tree:
    return ast.Not(writer.condition(scene, depth), at=AT)


@form("and", weight=2)
def _and(writer: Writer, scene: Scene, depth: int) -> Tree:
    return ast.And(_operands(writer, scene, depth), at=AT)


@form("or", weight=2)
def _or(writer: Writer, scene: Scene, depth: int) -> Tree:
    return ast.Or(_operands(writer, scene, depth), at=AT)


def _operands(writer: Writer, scene: Scene, depth: int) -> tuple[ast.Expression, ...]:
    return tuple(writer.condition(scene, depth) for _ in range(writer.choices.number(2, 3)))
