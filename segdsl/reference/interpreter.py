"""The reference interpreter: who is in a segment, by the IR and rows of Python values.

It is slow, short and obviously right; every engine must agree with it. Rows are mappings by logical column
name, and a column that is missing or None is unknown. Values are int, Decimal, float, str, bool, date and
datetime (naive for timestamps, aware for instants).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, assert_never

from segdsl.reference import values
from segdsl.semantics import ir
from segdsl.semantics.calendar import AS_OF, resolve_day

Row = Mapping[str, Any]
Tables = Mapping[str, Sequence[Row]]


@dataclass
class World:
    """The data, by logical table name, and the as-of day."""

    tables: Mapping[str, Sequence[Mapping[str, object]]]
    as_of: date
    _by_key: dict[str, dict[Any, Row]] = field(default_factory=dict, repr=False)
    _by_chain: dict[tuple[str, ir.Links], dict[Any, list[Row]]] = field(default_factory=dict, repr=False)
    _rankings: dict[ir.Ranking, dict[Any, tuple[tuple[Any, ...], Any]]] = field(
        default_factory=dict, repr=False
    )

    _memberships: dict[tuple[int, ir.Condition], tuple[Row, bool]] = field(default_factory=dict, repr=False)

    def rows(self, table: str) -> Sequence[Row]:
        return self.tables.get(table, ())

    def find(self, table: ir.Table, key: Any) -> Row | None:
        """The row of that key."""
        if table.name not in self._by_key:
            assert table.key is not None, "only a table with a key is linked to"
            self._by_key[table.name] = {row.get(table.key): row for row in self.rows(table.name)}
        return None if key is None else self._by_key[table.name].get(key)

    def follow(self, row: Row | None, links: ir.Links) -> Row | None:
        """The row reached through the links, taken as it is; None where they lead nowhere."""
        for link in links:
            if row is None:
                return None
            row = self.find(link.target, row.get(link.column))
        return row

    def leading_to(self, table: str, chain: ir.Links, key: Any) -> Sequence[Row]:
        """The rows of `table`, in their order, whose `chain` leads to the row of that key."""
        if (table, chain) not in self._by_chain:
            groups: dict[Any, list[Row]] = {}
            for row in self.rows(table):
                last = self.follow(row, chain[:-1])
                if last is not None:
                    groups.setdefault(last.get(chain[-1].column), []).append(row)
            self._by_chain[table, chain] = groups
        return () if key is None else self._by_chain[table, chain].get(key, ())

    def is_member(self, row: Row, body: ir.Condition) -> bool:
        """Whether the condition of a segment holds of a row: asked once, or chains of segments that refer to
        each other twice would double with every link."""
        key = (id(row), body)
        if key not in self._memberships:
            # With the row, so that no other gets its id.
            self._memberships[key] = (row, _holds(body, Frame(self, row)))
        return self._memberships[key][1]

    def ranked(self, ranking: ir.Ranking) -> Mapping[Any, tuple[tuple[Any, ...], Any]]:
        """The group and the value of each row that is ranked, by its key."""
        if ranking not in self._rankings:
            table, time = ranking.population.table, ranking.population.time
            assert table.key is not None, "only a table with a key is ranked"
            found: dict[Any, tuple[tuple[Any, ...], Any]] = {}
            for row in self.rows(table.name):
                frame = Frame(self, row)
                if not frame.has_happened(time):
                    continue
                value = _value(ranking.by, frame)
                if value is not None and (ranking.among is None or _holds(ranking.among, frame)):
                    found[row.get(table.key)] = (tuple(_value(each, frame) for each in ranking.per), value)
            self._rankings[ranking] = found
        return self._rankings[ranking]


@dataclass(frozen=True)
class Frame:
    """Where an expression is read: the row at hand and, for events, the row that the aggregate is for; in a
    sequence also the events of the steps before, None for a negative one."""

    world: World
    row: Row
    entity: Row | None = None
    steps: tuple[Row | None, ...] = ()

    def reach(self, scope: ir.Scope | ir.Earlier, links: ir.Links) -> Row | None:
        match scope:
            case ir.Scope.ROW:
                start: Row | None = self.row
            case ir.Scope.ENTITY:
                start = self.entity
            case ir.Earlier(step):
                start = self.steps[step]
        assert start is not None, (
            "only inside an aggregate is there an entity, and only steps that are events have one"
        )
        return self.world.follow(start, links)

    def has_happened(self, time: ir.Value | None, as_of: ir.Day = AS_OF) -> bool:
        """Whether a row of that `time` exists: its time is known and not later than the as-of day."""
        if time is None:
            return True
        value = _value(time, self)
        return value is not None and values.day_of(value) <= resolve_day(as_of, self.world.as_of)


# --- the entry points ---------------------------------------------------------------------------------------


def members(segment: ir.Segment, tables: Tables, as_of: date) -> set[Any]:
    """The keys of the rows of the segment's population whose condition holds."""
    table, time = segment.population.table, segment.population.time
    assert table.key is not None, "only a table with a key has segments"
    world = World(tables, as_of)
    frames = [Frame(world, row) for row in world.rows(table.name)]
    return {
        frame.row[table.key]
        for frame in frames
        if frame.has_happened(time) and _holds(segment.condition, frame)
    }


def holds(condition: ir.Condition, row: Row, world: World, entity: Row | None = None) -> bool:
    """Whether the condition holds of a row (its population is not asked about), an event of `entity` if given."""
    return _holds(condition, Frame(world, row, entity))


def value_of(value: ir.Value, row: Row, world: World, entity: Row | None = None) -> Any:
    """The value for a row, an event of `entity` if given; None is unknown. Raises ReferenceOverflow."""
    return _value(value, Frame(world, row, entity))


# --- conditions ---------------------------------------------------------------------------------------------


def _holds(condition: ir.Condition, frame: Frame) -> bool:
    match condition:
        case ir.Always(value):
            return value
        case ir.And(operands):
            return all(_holds(operand, frame) for operand in operands)
        case ir.Or(operands):
            return any(_holds(operand, frame) for operand in operands)
        case ir.Compare(operator, left, right, on_unknown):
            a, b = _value(left, frame), _value(right, frame)
            return on_unknown if a is None or b is None else values.compare(operator, a, b)
        case ir.CompareQuotient(operator, numerator, denominator, other, on_unknown):
            parts = [_value(part, frame) for part in (numerator, denominator, other)]
            answer = None if None in parts else values.compare_quotient(operator, *parts)
            return on_unknown if answer is None else answer
        case ir.InList(operand, constants, negated, on_unknown):
            value = _value(operand, frame)
            if value is None:
                return on_unknown
            return any(value == _value(each, frame) for each in constants) != negated
        case ir.TextTest(operator, operand, pattern, negated, on_unknown):
            text = _value(operand, frame)
            return on_unknown if text is None else values.text_test(operator, text, pattern) != negated
        case ir.BooleanTest(operand, expected, on_unknown):
            answer = _value(operand, frame)
            return on_unknown if answer is None else answer is expected
        case ir.IsKnown(operand, negated):
            return (_value(operand, frame) is not None) != negated
        case ir.Exists(scope, links, rows, negated):
            reached = frame.reach(scope, links)
            return (reached is not None and any(True for _ in _events(rows, reached, frame.world))) != negated
        case ir.Sequence(scope, links, steps, negated):
            reached = frame.reach(scope, links)
            return (reached is not None and _happens(steps, reached, frame.world)) != negated
        case ir.Sample(scope, links, table, salt, low, high, negated):
            reached = frame.reach(scope, links)
            key = None if reached is None or table.key is None else reached.get(table.key)
            return (key is not None and low <= values.hashed(salt, key) < high) != negated
        case ir.HowMany(bound, count, conditions, negated):
            holding = sum(_holds(each, frame) for each in conditions)
            enough = {"at least": holding >= count, "at most": holding <= count, "exactly": holding == count}
            return enough[bound] != negated
        case ir.Member(scope, links, _, body, negated):
            reached = frame.reach(scope, links)
            return (reached is not None and frame.world.is_member(reached, body)) != negated
        case _:
            assert_never(condition)


# --- values -------------------------------------------------------------------------------------------------


def _value(value: ir.Value, frame: Frame) -> Any:
    """The value, or None where it is unknown."""
    match value:
        case ir.Constant(constant, type):
            return values.clean(constant, type)
        case ir.Point(day):
            return resolve_day(day, frame.world.as_of)
        case ir.Column(scope, links, _, name, _, type):
            row = frame.reach(scope, links)
            return None if row is None else values.clean(row.get(name), type)
        case ir.Aggregate(scope, links):
            reached = frame.reach(scope, links)
            return None if reached is None else _aggregate(value, reached, frame.world)
        case ir.Standing(links, which, ranking):
            reached = frame.reach(ir.Scope.ROW, links)
            return None if reached is None else _standing(ranking, which, reached, frame.world)
        case ir.Call("coalesce" | "least" | "greatest", arguments):
            known = [each for each in (_value(argument, frame) for argument in arguments) if each is not None]
            if value.function == "coalesce":
                return known[0] if known else None
            return (min if value.function == "least" else max)(known, default=None)
        case ir.If(condition, then, otherwise):
            return _value(then if _holds(condition, frame) else otherwise, frame)
        case _:
            # All others are unknown as soon as an operand is.
            operands = [_value(operand, frame) for operand in _operands(value)]
            return None if None in operands else _apply(value, operands)


Strict = (
    ir.Negate
    | ir.Arithmetic
    | ir.Divide
    | ir.ToFloat
    | ir.Call
    | ir.Band
    | ir.LocalTime
    | ir.DayOf
    | ir.Part
    | ir.Distance
    | ir.AddTime
    | ir.ToAnniversary
    | ir.Ntile
)
"""What is unknown as soon as an operand is."""


def _operands(value: Strict) -> tuple[ir.Value, ...]:
    match value:
        case ir.Arithmetic(_, left, right):
            return left, right
        case ir.Divide(numerator, denominator):
            return numerator, denominator
        case ir.Call(_, arguments):
            return arguments
        case ir.Band(operand, cuts):
            return operand, *cuts
        case ir.Distance(_, start, end):
            return start, end
        case ir.ToAnniversary(operand, today):
            return operand, today
        case ir.Negate(operand) | ir.ToFloat(operand) | ir.LocalTime(operand) | ir.DayOf(operand):
            return (operand,)
        case ir.Part(_, operand) | ir.AddTime(operand):
            return (operand,)
        case ir.Ntile(_, below, known):
            return below, known
        case _:
            assert_never(value)


def _apply(value: Strict, known: Sequence[Any]) -> Any:
    """The value, given those of its operands, none of which is unknown."""
    first, rest = known[0], known[1:]
    match value:
        case ir.Negate():
            return values.negate(first)
        case ir.Arithmetic(operator, _, _, type):
            return values.arithmetic(operator, first, rest[0], type)
        case ir.Divide():
            return values.divide(first, rest[0])
        case ir.ToFloat():
            return values.to_float(first)
        case ir.Call():
            return _call(value, first, rest)
        case ir.Band():
            return 1 + sum(cut <= first for cut in rest)
        case ir.LocalTime(_, zone):
            return values.local_time(first, zone)
        case ir.DayOf():
            return values.day_of(first)
        case ir.Part(part):
            return values.part(part, first)
        case ir.Distance(unit):
            return values.distance(unit, first, rest[0])
        case ir.AddTime(_, count, unit):
            return values.add_time(first, count, unit)
        case ir.ToAnniversary():
            return values.to_anniversary(first, rest[0])
        case ir.Ntile(tiles):
            return 1 + tiles * first // rest[0]
        case _:
            assert_never(value)


def _call(call: ir.Call, first: Any, rest: Sequence[Any]) -> Any:
    match call.function:
        case "lower":
            return values.lower(first)
        case "upper":
            return values.upper(first)
        case "trim":
            return values.trim(first)
        case "length":
            return len(first)
        case "abs":
            return values.absolute(first)
        case "round":
            return values.rounded(first, rest[0] if rest else 0, call.type)
        case "floor":
            return values.floor(first, call.type)
        case "ceil":
            return values.ceil(first, call.type)
        case "coalesce" | "least" | "greatest":
            raise AssertionError("these take unknown arguments")
        case _:
            assert_never(call.function)


# --- ranks --------------------------------------------------------------------------------------------------


def _standing(ranking: ir.Ranking, which: str, row: Row, world: World) -> int | None:
    """How many rows of the row's own group are below it, above it, or ranked at all."""
    table = ranking.population.table
    assert table.key is not None, "only a table with a key is ranked"
    own = world.ranked(ranking).get(row.get(table.key))
    if own is None:
        return None
    group, value = own
    others = [other for theirs, other in world.ranked(ranking).values() if theirs == group]
    match which:
        case "below":
            return sum(1 for other in others if other < value)
        case "above":
            return sum(1 for other in others if other > value)
        case _:
            return len(others)


# --- sequences ----------------------------------------------------------------------------------------------


def _happens(
    steps: Sequence[ir.Step],
    entity: Row,
    world: World,
    passed: tuple[Row | None, ...] = (),
    last: values.Moment | None = None,
) -> bool:
    """Whether the steps from `len(passed)` on can be taken; `last` is when the last positive event was."""
    if len(passed) == len(steps):
        return True
    step = steps[len(passed)]
    found = [
        (event, moment)
        for event in _events(step.rows, entity, world, passed)
        if (moment := _moment(step.rows, event)) and (last is None or last.then(moment, step.within))
    ]
    if not step.negative:
        return any(_happens(steps, entity, world, (*passed, event.row), at) for event, at in found)
    assert last is not None and step.within is not None, "a negative step has a span, from an event"
    over = last.is_over(step.within, resolve_day(step.rows.as_of, world.as_of))
    return over and not found and _happens(steps, entity, world, (*passed, None), last)


# --- events -------------------------------------------------------------------------------------------------


def _events(rows: ir.Rows, entity: Row, world: World, steps: tuple[Row | None, ...] = ()) -> Iterator[Frame]:
    """The events of a row, in the order of their table, as the frames in which they are read."""
    target = rows.chain[-1].target
    assert target.key is not None, "only a table with a key is linked to"
    for row in world.leading_to(rows.table.name, rows.chain, entity.get(target.key)):
        frame = Frame(world, row, entity, steps)
        if not frame.has_happened(rows.time, rows.as_of) or not _in_window(rows, frame):
            continue
        if rows.where is None or _holds(rows.where, frame):
            yield frame


def _in_window(rows: ir.Rows, frame: Frame) -> bool:
    if rows.window is None:
        return True
    assert rows.time is not None, "a window is of a table with a time"
    low, high = rows.window.low, rows.window.high
    day = values.day_of(_value(rows.time, frame))
    as_of = frame.world.as_of
    return (low is None or resolve_day(low, as_of) <= day) and (
        high is None or day <= resolve_day(high, as_of)
    )


def _aggregate(aggregate: ir.Aggregate, entity: Row, world: World) -> Any:
    events = list(_events(aggregate.rows, entity, world))
    if aggregate.function is ir.Function.COUNT:
        return len(events)
    assert aggregate.value is not None, "only a count has no value"
    pairs = [(_value(aggregate.value, event), event) for event in events]
    known = [(value, event) for value, event in pairs if value is not None]
    found = [value for value, _ in known]
    match aggregate.function:
        case ir.Function.SUM:
            return values.total(found, aggregate.type)
        case ir.Function.COUNT_DISTINCT:
            return len(set(found))
        case ir.Function.MIN:
            return min(found, default=None)
        case ir.Function.MAX:
            return max(found, default=None)
    in_order = [value for value, event in sorted(known, key=lambda pair: _order(aggregate.rows, pair[1]))]
    if not in_order:
        return None
    match aggregate.function:
        case ir.Function.FIRST:
            return in_order[0]
        case ir.Function.LAST:
            return in_order[-1]
        case ir.Function.MOST_FREQUENT:
            counts = Counter(in_order)
            most = max(counts.values())
            return next(value for value in reversed(in_order) if counts[value] == most)
        case _:
            assert_never(aggregate.function)


def _moment(rows: ir.Rows, event: Frame) -> values.Moment:
    assert rows.time is not None, "order needs a time"
    if isinstance(rows.time, ir.LocalTime):
        return values.Moment(_value(rows.time.operand, event), rows.time.zone)
    return values.Moment(_value(rows.time, event))


def _order(rows: ir.Rows, event: Frame) -> tuple[Any, Any]:
    """What orders events: their time, then their key."""
    assert rows.table.key is not None, "order needs a key"
    return _moment(rows, event).time, event.row[rows.table.key]
