"""The syntax tree: an expression as it was written, before any name is resolved.

Every node knows its place (`at`), which does not count when trees are compared.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from segdsl.source import Fragment, Span
from segdsl.units import Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """What all nodes share: their place in the file."""

    at: Span = field(compare=False, repr=False)


# --- names and literals -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Name(Node):
    """One identifier, without its backticks."""

    text: str


@dataclass(frozen=True, slots=True)
class Path(Node):
    """Names joined by dots: `region`, `company.employees`."""

    parts: tuple[Name, ...]

    @property
    def text(self) -> str:
        return ".".join(part.text for part in self.parts)


@dataclass(frozen=True, slots=True)
class Number(Node):
    """`42`, `1_000`, `0.5`, and `20%` with the value 0.2. Never negative: a sign is a `Negate`."""

    value: int | Decimal
    percent: bool = False


@dataclass(frozen=True, slots=True)
class String(Node):
    """Text. `literal` is its place in the fragment that holds it, quotes included."""

    value: str
    literal: tuple[Fragment, int] | None = field(default=None, compare=False, repr=False)

    def inside(self, start: int, end: int) -> Span:
        """The place in the file of `value[start:end]`; of the whole literal for a tree made by hand."""
        if self.literal is None:
            return self.at
        fragment, at = self.literal
        # A quote inside is written twice, so it counts for two.
        quote = fragment.text[at]
        places = [at + 1]
        for character in self.value:
            places.append(places[-1] + (2 if character == quote else 1))
        return fragment.span(places[start], max(places[end], places[start] + 1))


@dataclass(frozen=True, slots=True)
class Boolean(Node):
    value: bool


@dataclass(frozen=True, slots=True)
class Date(Node):
    value: date


@dataclass(frozen=True, slots=True)
class Timestamp(Node):
    value: datetime


@dataclass(frozen=True, slots=True)
class Parameter(Node):
    """`$name`, without the dollar sign."""

    name: str


# --- points and windows -----------------------------------------------------------------------------------

Count = Number | Parameter
"""A number of units or conditions: an integer literal or an integer parameter."""


@dataclass(frozen=True, slots=True)
class Today(Node):
    pass


@dataclass(frozen=True, slots=True)
class Yesterday(Node):
    pass


@dataclass(frozen=True, slots=True)
class Ago(Node):
    """`30 days ago`"""

    count: Count
    unit: Unit


@dataclass(frozen=True, slots=True)
class StartOf(Node):
    """`start of month`"""

    unit: Unit


@dataclass(frozen=True, slots=True)
class InLast(Node):
    """`in last 30 days`"""

    count: Count
    unit: Unit


@dataclass(frozen=True, slots=True)
class InNext(Node):
    """`in next 30 days`"""

    count: Count
    unit: Unit


@dataclass(frozen=True, slots=True)
class InThis(Node):
    """`in this month`"""

    unit: Unit


@dataclass(frozen=True, slots=True)
class InPrevious(Node):
    """`in previous month`"""

    unit: Unit


Relation = Literal["on", "since", "after", "before", "until"]


@dataclass(frozen=True, slots=True)
class Relative(Node):
    """`since 2024-01-01`, `on today`, …"""

    relation: Relation
    point: Expression


@dataclass(frozen=True, slots=True)
class BetweenPoints(Node):
    """`between P and P` as the window of an aggregate (elsewhere it is a `Between`)."""

    low: Expression
    high: Expression


@dataclass(frozen=True, slots=True)
class Within(Node):
    """`within 7 days after signup_date`"""

    count: Count
    unit: Unit
    side: Literal["after", "before"]
    anchor: Expression


Window = InLast | InNext | InThis | InPrevious | Relative | BetweenPoints | Within


# --- values -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Negate(Node):
    """`-x`"""

    operand: Expression


@dataclass(frozen=True, slots=True)
class Arithmetic(Node):
    operator: Literal["+", "-", "*", "/"]
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Call(Node):
    """A function of values: `lower(x)`, `if(condition, a, b)`, `band(x, 1, 2)`. The name is in lower case."""

    function: str
    function_at: Span = field(compare=False, repr=False)
    arguments: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Since(Node):
    """`years since birth_date`"""

    unit: Unit
    start: Expression


@dataclass(frozen=True, slots=True)
class FromTo(Node):
    """`days from a to b`"""

    unit: Unit
    start: Expression
    end: Expression


@dataclass(frozen=True, slots=True)
class ToAnniversary(Node):
    """`days to anniversary of birth_date`"""

    unit: Unit
    day: Expression


AggregateName = Literal[
    "count", "exists", "sum", "avg", "min", "max", "count distinct", "first", "last", "most frequent"
]


@dataclass(frozen=True, slots=True)
class Rows(Node):
    """The inside of an aggregate.

    `target` is the path as written: a table, or a table followed by the path of a value. `value` is the
    parenthesised expression of `items.(price * quantity)`.
    """

    target: Path
    value: Expression | None = None
    via: Path | None = None
    window: Window | None = None
    where: Expression | None = None


@dataclass(frozen=True, slots=True)
class Aggregate(Node):
    function: AggregateName
    rows: Rows


# --- ranks ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Ranking(Node):
    """What is ranked: `total_spend per region among segment(active)`."""

    by: Expression
    per: tuple[Path, ...] = ()
    among: Expression | None = None


@dataclass(frozen=True, slots=True)
class Rank(Node):
    """`ntile(5, total_spend)`, and `percentile(total_spend)`, which has no `tiles`."""

    function: Literal["ntile", "percentile"]
    tiles: Count | None
    ranking: Ranking


# --- conditions -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Top(Node):
    """`top 10% by total_spend`, `bottom 100 by total_spend per region`"""

    side: Literal["top", "bottom"]
    amount: Count
    ranking: Ranking


@dataclass(frozen=True, slots=True)
class Sample(Node):
    """`sample 10% by 'salt'`, `sample 10% to 20% by 'salt'`: from `low` (0 where it is None) to `high`."""

    low: Number | None
    high: Number
    salt: String | Parameter


@dataclass(frozen=True, slots=True)
class Duration(Node):
    """`24 hours`"""

    count: Count
    unit: Unit


@dataclass(frozen=True, slots=True)
class Step(Node):
    """A step of a sequence: `no orders within 24 hours where cart_id = a.cart_id`; `rows` has no value."""

    rows: Rows
    name: Name | None = None
    negative: bool = False
    within: Duration | None = None


@dataclass(frozen=True, slots=True)
class Sequence(Node):
    """`sequence(cart_adds as a, then no orders within 24 hours)`"""

    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class AsOf(Node):
    """`segment(active) as of 90 days ago`, `(a and b) as of 2024-01-31`"""

    condition: Expression
    day: Expression


@dataclass(frozen=True, slots=True)
class SegmentReference(Node):
    """`segment(vip)`, `segment(lifecycle.new)`, `company.segment(enterprise)`"""

    links: Path | None
    name: Path


@dataclass(frozen=True, slots=True)
class Comparison(Node):
    """`operator` is canonical: `<>` is read as `!=`, `==` as `=`."""

    operator: Literal["=", "!=", "<", "<=", ">", ">="]
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class In(Node):
    """`x in (1, 2)`, `x not in $list`: `items` holds literals (a sign as `Negate`) and parameters.

    `x in $list` has one parameter as its items and `bare` set.
    """

    operand: Expression
    items: tuple[Expression, ...]
    negated: bool
    bare: bool = False


@dataclass(frozen=True, slots=True)
class Between(Node):
    operand: Expression
    low: Expression
    high: Expression
    negated: bool


@dataclass(frozen=True, slots=True)
class IsKnown(Node):
    """`x is known`, and `x is unknown` with `negated`; `is not null` and `is null` are the same two."""

    operand: Expression
    negated: bool


@dataclass(frozen=True, slots=True)
class TextTest(Node):
    operator: Literal["contains", "starts with", "ends with", "like", "matches"]
    operand: Expression
    pattern: Expression
    negated: bool


@dataclass(frozen=True, slots=True)
class InWindow(Node):
    """`signup_date in last 30 days`, `x not in this month`, `x within 7 days after y`"""

    operand: Expression
    window: Window
    negated: bool


@dataclass(frozen=True, slots=True)
class HowMany(Node):
    """`at least 2 of (a, b, c)`"""

    bound: Literal["at least", "at most", "exactly"]
    count: Count
    conditions: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Not(Node):
    operand: Expression


@dataclass(frozen=True, slots=True)
class And(Node):
    """Flat: no operand is itself an `And` unless it was put in parentheses."""

    operands: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Or(Node):
    operands: tuple[Expression, ...]


Expression = (
    Path
    | Number
    | String
    | Boolean
    | Date
    | Timestamp
    | Parameter
    | Today
    | Yesterday
    | Ago
    | StartOf
    | Negate
    | Arithmetic
    | Call
    | Since
    | FromTo
    | ToAnniversary
    | Aggregate
    | Rank
    | Top
    | Sample
    | Sequence
    | AsOf
    | SegmentReference
    | Comparison
    | In
    | Between
    | IsKnown
    | TextTest
    | InWindow
    | HowMany
    | Not
    | And
    | Or
)
