"""The IR: what a condition means, with names resolved, types known and negation at the atoms.

Nodes are frozen and compare by meaning: two equal nodes always have the same value. Places in files do not
count. There are two sorts:

* **values**, which have a type and may be unknown;
* **conditions**, which never are. A *test* on values says in `on_unknown` whether it holds when an operand is
  unknown. Above the atoms there is only `And` and `Or`.

`Scope.ROW` is the row that the expression is about; inside the `where` or the value of an aggregate that is
the event, and `Scope.ENTITY` is then the row that the aggregate is for. Inside a sequence, `Earlier` is the
event of a step before.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar, Literal, TypeVar, dataclass_transform, get_args

from segdsl.semantics.types import DATE, FLOAT, INTEGER, TIMESTAMP, Kind, Type
from segdsl.source import Span
from segdsl.units import Unit

_T = TypeVar("_T")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def node(cls: type[_T]) -> type[_T]:
    """A frozen dataclass whose hash is computed once, and remembers what it was found equal to: trees are deep,
    are compared often, and share parts, which would else be compared again for each way that leads to them."""
    made: Any = dataclass(frozen=True)(cls)
    generated: Callable[[Any], int] = made.__hash__
    compare: Callable[[Any, Any], Any] = made.__eq__

    def cached_hash(self: Any) -> int:
        known: int | None = self.__dict__.get("_hash")
        if known is None:
            known = generated(self)
            self.__dict__["_hash"] = known
        return known

    def equal(self: Any, other: object) -> Any:
        if self is other:
            return True
        if type(other) is not type(self):
            return NotImplemented
        first = self.__dict__.get("_first_equal", self)
        if first is other.__dict__.get("_first_equal", other):
            return True
        if hash(self) != hash(other) or not compare(self, other):
            return False
        other.__dict__["_first_equal"] = first
        return True

    made.__hash__ = cached_hash
    made.__eq__ = equal
    return made  # type: ignore[no-any-return]


# --- what the data is -------------------------------------------------------------------------------------


@node
class Table:
    """A table of the catalog. `source` and `key_source` are the physical names."""

    name: str
    source: str
    key: str | None
    key_source: str | None
    key_type: Type


@node
class Link:
    """A many-to-one link: `column` of the row at hand equals the key of `target`."""

    name: str
    column: str
    source: str
    column_type: Type
    target: Table
    required: bool


Links = tuple[Link, ...]


class Scope(StrEnum):
    ROW = "row"
    ENTITY = "entity"


@node
class Earlier:
    """The event of an earlier step, in the `where` of a later step of a sequence; `step` counts from 0."""

    step: int


# --- days -------------------------------------------------------------------------------------------------


@node
class Shift:
    """So many units later (earlier when negative); the end of a month is clamped."""

    count: int
    unit: Unit


@node
class Snap:
    """Back to the first day of the unit; weeks start on Monday."""

    unit: Unit


@node
class Day:
    """A day: steps taken from a fixed day, or from the as-of day where `fixed` is None."""

    fixed: date | None
    steps: tuple[Shift | Snap, ...] = ()


@node
class Days:
    """All days from `low` to `high`, both included; None is open. Empty when `high` is before `low`."""

    low: Day | None
    high: Day | None


# --- values -----------------------------------------------------------------------------------------------


@node
class Constant:
    """A literal or the value of a parameter. Decimals and dates are Python's own."""

    value: bool | int | Decimal | float | str | date | datetime
    type: Type


@node
class Point:
    """A day as a value."""

    day: Day
    type: ClassVar[Type] = DATE


@node
class Column:
    """A column of the row reached from the scope's row through `links`, of type `type`.

    `nullable` tells whether it may be unknown here, links that point nowhere counted in. `table` is the table
    that holds it. A column that the catalog does not list (a key) has the type KEY.
    """

    scope: Scope | Earlier
    links: Links
    table: str
    name: str
    source: str
    type: Type
    nullable: bool
    span: Span | None = field(default=None, compare=False, repr=False, kw_only=True)


class Function(StrEnum):
    COUNT = "count"
    SUM = "sum"
    MIN = "min"
    MAX = "max"
    COUNT_DISTINCT = "count distinct"
    FIRST = "first"
    LAST = "last"
    MOST_FREQUENT = "most frequent"


@node
class Rows:
    """The events of one row of `chain[-1].target`: the rows of `table` whose links in `chain` lead to it.

    Where `time` is given, rows of unknown time or later than `as_of` do not exist. `window` further limits the
    day of `time`, `where` (scopes: ROW is the event, ENTITY the row the aggregate is for) the rest.
    """

    table: Table
    chain: Links
    time: Value | None
    window: Days | None
    where: Condition | None
    as_of: Day = Day(None)


@node
class Aggregate:
    """One value for the row reached through `links` (usually none: the scope's own row).

    Over no rows COUNT, COUNT_DISTINCT and SUM are 0, the others unknown; where `links` lead nowhere, all are
    unknown. Unknown `value`s are passed over; COUNT has none. FIRST, LAST and MOST_FREQUENT order events by
    `rows.time`, then by the key of `rows.table`; of equally frequent values the one seen last is taken.
    """

    scope: Scope
    links: Links
    function: Function
    rows: Rows
    value: Value | None
    type: Type
    span: Span | None = field(default=None, compare=False, repr=False, kw_only=True)


@node
class Negate:
    operand: Value
    type: Type


@node
class Arithmetic:
    """Exact unless `type` is FLOAT: then operands are floats already (see ToFloat)."""

    operator: Literal["+", "-", "*"]
    left: Value
    right: Value
    type: Type


@node
class Divide:
    """The quotient as the nearest double; unknown when the divisor is 0. `avg` is a sum by a count."""

    numerator: Value
    denominator: Value
    type: ClassVar[Type] = FLOAT


@node
class ToFloat:
    """An exact number as the nearest double."""

    operand: Value
    type: ClassVar[Type] = FLOAT


CallName = Literal[
    "lower", "upper", "trim", "length", "abs", "round", "floor", "ceil", "coalesce", "least", "greatest"
]


@node
class Call:
    """`round` may have a second argument, a Constant integer. All arguments of `coalesce`, `least` and
    `greatest` have the type of the call."""

    function: CallName
    arguments: tuple[Value, ...]
    type: Type
    span: Span | None = field(default=None, compare=False, repr=False, kw_only=True)


@node
class If:
    condition: Condition
    then: Value
    otherwise: Value
    type: Type


@node
class Band:
    """1 + how many cut points are at most the operand; unknown when the operand is."""

    operand: Value
    cuts: tuple[Value, ...]
    type: ClassVar[Type] = INTEGER


@node
class LocalTime:
    """An instant as wall-clock time in an IANA time zone."""

    operand: Value
    zone: str
    type: ClassVar[Type] = TIMESTAMP


@node
class DayOf:
    """The day of a wall-clock timestamp."""

    operand: Value
    type: ClassVar[Type] = DATE


@node
class Part:
    """`weekday` is 1 (Monday) to 7; `hour` is of timestamps only. The operand is a date or timestamp."""

    part: Literal["year", "quarter", "month", "day", "weekday", "hour"]
    operand: Value
    type: ClassVar[Type] = INTEGER


@node
class Distance:
    """Whole units from one date to another; negative when `end` is before `start`.

    days: end - start. weeks: floor(days / 7). months: 12·Δyear + Δmonth, less 1 if the day of `start` is
    after that of `end`. quarters: floor(months / 3). years: Δyear, less 1 if (month, day) of `start` is after.
    """

    unit: Unit
    start: Value
    end: Value
    type: ClassVar[Type] = INTEGER


@node
class AddTime:
    """`operand` (a date, or for hours and minutes a timestamp) so many units later; months clamped."""

    operand: Value
    count: int
    unit: Unit
    type: Type


@node
class ToAnniversary:
    """Days from `today` until the month and day of `operand` come round, 0 on the day itself.

    29 February counts as 1 March in common years.
    """

    operand: Value
    today: Value
    type: ClassVar[Type] = INTEGER


@node
class Population:
    """The rows a segment of this table is drawn from: those whose `time`, if any, is known and not later than
    the as-of day."""

    table: Table
    time: Value | None


@node
class Ranking:
    """An order of the rows of a population for which `among` holds and `by` is known; equal values are equal.

    Rows are ranked apart for each combination of the values `per`, the unknown being one. All expressions are
    about a row of the population (scope ROW).
    """

    population: Population
    by: Value
    per: tuple[Value, ...] = ()
    among: Condition | None = None


@node
class Standing:
    """How many rows of a ranking, in the group of the row reached through `links`, are `below` it, `above` it,
    or have a `known` value at all, itself included. Unknown for a row that is not in the ranking."""

    links: Links
    which: Literal["below", "above", "known"]
    ranking: Ranking
    type: ClassVar[Type] = INTEGER
    span: Span | None = field(default=None, compare=False, repr=False, kw_only=True)


@node
class Ntile:
    """`1 + floor(tiles * below / known)`, in integers; `known` is never 0."""

    tiles: int
    below: Value
    known: Value
    type: ClassVar[Type] = INTEGER


Value = (
    Constant
    | Point
    | Column
    | Aggregate
    | Negate
    | Arithmetic
    | Divide
    | ToFloat
    | Call
    | If
    | Band
    | LocalTime
    | DayOf
    | Part
    | Distance
    | AddTime
    | ToAnniversary
    | Standing
    | Ntile
)


# --- conditions -------------------------------------------------------------------------------------------


@node
class Always:
    """True for everyone, or for no one."""

    value: bool


@node
class And:
    """At least two operands, none an `And`, none twice. Their order has no meaning and does not count."""

    operands: tuple[Condition, ...] = field(compare=False)
    members: frozenset[Condition] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "members", frozenset(self.operands))


@node
class Or:
    """As `And`."""

    operands: tuple[Condition, ...] = field(compare=False)
    members: frozenset[Condition] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "members", frozenset(self.operands))


CompareOperator = Literal["=", "!=", "<", "<=", ">", ">="]


@node
class Compare:
    """Both sides are numbers (both exact, or both floats), or both of one other type. Strings, booleans and
    keys know `=` and `!=` only; a KEY meets an integer, a string or a KEY."""

    operator: CompareOperator
    left: Value
    right: Value
    on_unknown: bool
    span: Span | None = field(default=None, compare=False, repr=False, kw_only=True)


@node
class CompareQuotient:
    """`numerator / denominator <operator> other` without dividing; a denominator of 0 makes it unknown.

    For a positive denominator that is `numerator <operator> other * denominator`; for a negative one the
    sides change place. All three are exact, or all three floats.
    """

    operator: CompareOperator
    numerator: Value
    denominator: Value
    other: Value
    on_unknown: bool
    span: Span | None = field(default=None, compare=False, repr=False, kw_only=True)


@node
class InList:
    """Whether the operand is one of the constants, which have its type; flipped when `negated`."""

    operand: Value
    values: tuple[Constant, ...]
    negated: bool
    on_unknown: bool
    span: Span | None = field(default=None, compare=False, repr=False, kw_only=True)


@node
class TextTest:
    """`pattern` is as the user wrote it; `matches` takes a pattern of `segdsl.semantics.patterns`."""

    operator: Literal["contains", "starts with", "ends with", "like", "matches"]
    operand: Value
    pattern: str
    negated: bool
    on_unknown: bool
    span: Span | None = field(default=None, compare=False, repr=False, kw_only=True)


@node
class BooleanTest:
    """Whether a boolean value is `expected`."""

    operand: Value
    expected: bool
    on_unknown: bool
    span: Span | None = field(default=None, compare=False, repr=False, kw_only=True)


@node
class IsKnown:
    operand: Value
    negated: bool


@node
class Exists:
    """Whether there is a row, for the row reached through `links`; false where they lead nowhere."""

    scope: Scope
    links: Links
    rows: Rows
    negated: bool
    span: Span | None = field(default=None, compare=False, repr=False, kw_only=True)


@node
class Step:
    """A step of a sequence: an event of `rows`, or when `negative`, none of them.

    `within` is the longest distance from the event of the last positive step before, as a count of a unit;
    only the first step and later positive ones may lack it.
    """

    rows: Rows
    negative: bool = False
    within: tuple[int, Unit] | None = None


@node
class Sequence:
    """Whether the row reached through `links` has one event for each positive step, each strictly later than
    the one before and at most `within` after it, and none for each negative step.

    The events of a negative step are those strictly later than the event of the last positive step before, and
    at most `within` after it; that span must be over, by the `as_of` of its rows. Hours and minutes are elapsed
    time, days and longer are calendar days. Where one of two times is a date, later means a later day.
    False where `links` lead nowhere; flipped when `negated`. The first step is positive.
    """

    scope: Scope
    links: Links
    steps: tuple[Step, ...]
    negated: bool
    span: Span | None = field(default=None, compare=False, repr=False, kw_only=True)


@node
class Sample:
    """Whether the first 32 bits of `md5(salt || ':' || key)`, as a number, are at least `low` and below `high`
    (0 to 2^32), for the key of the row of `table` reached through `links`; false where they lead nowhere or the
    key is unknown; flipped when `negated`."""

    scope: Scope | Earlier
    links: Links
    table: Table
    salt: str
    low: int
    high: int
    negated: bool
    span: Span | None = field(default=None, compare=False, repr=False, kw_only=True)


@node
class HowMany:
    """Whether at least, at most or exactly `count` of the conditions hold; flipped when `negated`."""

    bound: Literal["at least", "at most", "exactly"]
    count: int
    conditions: tuple[Condition, ...]
    negated: bool


@node
class Member:
    """Whether the row reached through `links` is in the segment whose condition is `body` (about a row of
    `entity`); false where they lead nowhere; flipped when `negated`. `name` is for people."""

    scope: Scope | Earlier
    links: Links
    entity: Table
    body: Condition
    negated: bool
    name: str = field(compare=False)
    span: Span | None = field(default=None, compare=False, repr=False, kw_only=True)


Condition = (
    Always
    | And
    | Or
    | Compare
    | CompareQuotient
    | InList
    | TextTest
    | BooleanTest
    | IsKnown
    | Exists
    | Sequence
    | Sample
    | HowMany
    | Member
)


@node
class Segment:
    """A bound segment: who is in it, of whom. `shifts` are the days named by `as of`, none of which may be
    after the day of a run."""

    name: str
    population: Population
    condition: Condition
    shifts: tuple[tuple[Day, Span], ...] = field(default=(), compare=False, repr=False)


VALUES = get_args(Value)
CONDITIONS = get_args(Condition)


def is_nullable(value: Value) -> bool:
    """Whether a value may be unknown, given the catalog's declarations."""
    match value:
        case Constant() | Point():
            return False
        case Column():
            return value.nullable
        case Aggregate():
            # A sum of floats may overflow, and infinity is unknown.
            if value.type.kind is Kind.FLOAT or any(not link.required for link in value.links):
                return True
            return value.function not in (Function.COUNT, Function.COUNT_DISTINCT, Function.SUM)
        case Divide(numerator, denominator):
            zero_free = isinstance(denominator, Constant) and denominator.value != 0
            # A quotient by a float may be infinite, which is unknown.
            return denominator.type.kind is Kind.FLOAT or not zero_free or is_nullable(numerator)
        case Call("coalesce" | "least" | "greatest", arguments):
            return all(is_nullable(a) for a in arguments)
        case Call(_, arguments):
            return any(is_nullable(a) for a in arguments)
        case If(_, then, otherwise):
            return is_nullable(then) or is_nullable(otherwise)
        case Arithmetic(_, left, right, type):
            return type.kind is Kind.FLOAT or is_nullable(left) or is_nullable(right)
        case Distance(_, start, end):
            return is_nullable(start) or is_nullable(end)
        case Negate(operand) | ToFloat(operand) | Band(operand) | LocalTime(operand) | DayOf(operand):
            return is_nullable(operand)
        case Part(_, operand):
            return is_nullable(operand)
        case AddTime(operand) | ToAnniversary(operand):
            return is_nullable(operand)
        case Standing(links, _, ranking):
            partial = ranking.population.time is not None or ranking.among is not None
            return bool(links) or partial or is_nullable(ranking.by)
        case Ntile(_, below):
            return is_nullable(below)
