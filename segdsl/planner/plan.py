"""The plan: which scans, which frames and which flags answer many segments of one entity together.

A **scan** groups the events of one table and window by the row they belong to, and computes measures. A
**frame** is a table of rows with a flag for each condition that others refer to. The main frame is the
population; the others hold all rows of a table, for memberships asked through links or of events.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from segdsl.planner.walk import leaves
from segdsl.semantics import ir
from segdsl.semantics.types import INTEGER


@dataclass(frozen=True)
class ScanKey:
    """What measures must have in common to be computed in one scan.

    Only events on the days from `low` to `high`, both included, are read. `stratum` orders scans and frames
    that are built on each other. A `single` measure has a scan of its own.
    """

    table: ir.Table
    chain: ir.Links
    time: ir.Value | None
    low: date | None
    high: date | None
    stratum: int
    single: Measure | None = None


@dataclass(frozen=True)
class Measure:
    """One aggregate over the events of a scan that fulfil `where`."""

    function: ir.Function
    value: ir.Value | None
    where: ir.Condition | None


@dataclass
class Scan:
    """A grouped scan, one row for each row that has events; `measures` gives each its column.

    `where` is the condition that all measures share, or None.
    """

    key: ScanKey
    name: str
    measures: dict[Measure, str] = field(default_factory=dict)
    where: ir.Condition | None = None

    @property
    def key_column(self) -> str:
        return self.key.chain[-1].source


@dataclass
class RankTable:
    """Where each row of a ranking stands: a column for each `which` of ir.Standing that is asked for."""

    ranking: ir.Ranking
    stratum: int
    name: str
    columns: dict[str, str] = field(default_factory=dict)

    @property
    def key_column(self) -> str:
        return self.ranking.population.table.key_source or ""


@dataclass
class SequenceTable:
    """The keys of the rows for which the steps happened, in `key_column`. Each step has a table of its own."""

    steps: tuple[ir.Step, ...]
    stratum: int
    name: str
    step_names: tuple[str, ...]

    @property
    def key_column(self) -> str:
        return self.steps[0].rows.chain[-1].source


@dataclass(frozen=True)
class Flag:
    """A condition with a column of its own. Those of a level refer to lower levels of the frame only."""

    name: str
    condition: ir.Condition
    level: int


@dataclass
class Frame:
    """Rows of `table` with flags. Rows of unknown `time`, or later than the as-of day, are left out."""

    table: ir.Table
    time: ir.Value | None
    stratum: int
    name: str
    flags: dict[ir.Condition, Flag] = field(default_factory=dict)
    level_names: tuple[str, ...] = ()
    """Names for what comes before the frame's last level: its rows, then each level of flags."""


@dataclass(frozen=True)
class Plan:
    """A plan for segments of one entity.

    `segments` and `values` are resolved (each day is fixed) and in the order asked for. Within a stratum come scans and
    sequences, then ranks, then frames: each reads what stands before it, and anything of a lower stratum.
    """

    as_of: date
    segments: tuple[ir.Segment, ...]
    values: Mapping[str, ir.Value]
    main: Frame
    scans: tuple[Scan, ...]
    frames: tuple[Frame, ...]
    ranks: Mapping[ir.Ranking, RankTable]
    sequences: Mapping[tuple[ir.Step, ...], SequenceTable]
    scan_by_key: Mapping[ScanKey, Scan]
    frame_by_key: Mapping[tuple[ir.Table, int], Frame]
    strata: Strata
    apart: frozenset[ir.Function]
    """The functions whose measures have scans of their own."""
    taken: frozenset[str]
    """The names of tables read and of what the plan makes."""

    @property
    def entity(self) -> ir.Table:
        return self.main.table

    @property
    def key_name(self) -> str:
        """The name of the column of keys in every result."""
        return self.entity.key or ""

    def flag_of(self, segment: ir.Segment) -> Flag:
        return self.main.flags[segment.condition]

    def measure_of(self, aggregate: ir.Aggregate) -> tuple[Scan, str]:
        """The scan and column of an aggregate."""
        scan = self.scan_by_key[scan_key(aggregate, self.as_of, self.strata, self.apart)]
        return scan, scan.measures[measure(aggregate)]

    def frame_of(self, member: ir.Member) -> tuple[Frame, Flag]:
        """The frame of all rows and the flag for a membership that is not answered in its own frame."""
        frame = self.frame_by_key[member.entity, self.strata.of_condition(member.body)]
        return frame, frame.flags[member.body]


def count_of(exists: ir.Exists) -> ir.Aggregate:
    """The count that is over 0 where there is a row."""
    return ir.Aggregate(exists.scope, exists.links, ir.Function.COUNT, exists.rows, None, INTEGER)


def measure(aggregate: ir.Aggregate) -> Measure:
    return Measure(aggregate.function, aggregate.value, aggregate.rows.where)


def scan_key(aggregate: ir.Aggregate, as_of: date, strata: Strata, apart: frozenset[ir.Function]) -> ScanKey:
    """The scan that an aggregate (with fixed days) belongs to."""
    rows = aggregate.rows
    low = high = None
    if rows.time is not None:
        window = rows.window or ir.Days(None, None)
        low = window.low.fixed if window.low else None
        as_of = rows.as_of.fixed or as_of
        high = min(as_of, (window.high.fixed if window.high else None) or as_of)
        low = None if low == date.min else low
    single = measure(aggregate) if aggregate.function in apart else None
    return ScanKey(rows.table, rows.chain, rows.time, low, high, strata.of_aggregate(aggregate), single)


def in_same_frame(member: ir.Member, table: ir.Table) -> bool:
    """Whether a membership in a frame of `table` asks about the frame's own row."""
    return not member.links and member.scope is ir.Scope.ROW and member.entity == table


class Strata:
    """How many layers of frames of all rows an expression stands on, remembered for each."""

    def __init__(self) -> None:
        self._known: dict[tuple[ir.Value | ir.Condition, ir.Table | None], int] = {}

    def of_condition(self, condition: ir.Condition) -> int:
        """The stratum of a condition about a row of an entity."""
        key = (condition, None)
        if key not in self._known:
            result = 0
            for leaf in leaves(condition):
                match leaf:
                    case ir.Aggregate():
                        result = max(result, self.of_aggregate(leaf))
                    case ir.Exists():
                        result = max(result, self.of_aggregate(count_of(leaf)))
                    case ir.Standing(_, _, ranking):
                        result = max(result, self.of_ranking(ranking))
                    case ir.Sequence(steps=steps):
                        result = max(result, self.of_sequence(steps))
                    case ir.Member(scope, links, _, body):
                        linked = bool(links) or scope is not ir.Scope.ROW
                        result = max(result, self.of_condition(body) + linked)
            self._known[key] = result
        return self._known[key]

    def of_aggregate(self, aggregate: ir.Aggregate) -> int:
        """The stratum of the scan of an aggregate."""
        return self._of_events(aggregate.rows.where, aggregate.value)

    def of_sequence(self, steps: tuple[ir.Step, ...]) -> int:
        """The stratum of a sequence."""
        return self._of_events(*(step.rows.where for step in steps))

    def _of_events(self, *nodes: ir.Value | ir.Condition | None) -> int:
        found = leaves(*nodes)
        return max((1 + self.of_condition(m.body) for m in found if isinstance(m, ir.Member)), default=0)

    def of_ranking(self, ranking: ir.Ranking) -> int:
        """The stratum of a ranking: those that it is based on are of lower ones."""
        result = 0
        for leaf in leaves(ranking.by, *ranking.per, ranking.among):
            match leaf:
                case ir.Aggregate():
                    result = max(result, self.of_aggregate(leaf))
                case ir.Exists():
                    result = max(result, self.of_aggregate(count_of(leaf)))
                case ir.Sequence(steps=steps):
                    result = max(result, self.of_sequence(steps))
                case ir.Standing(_, _, inner):
                    result = max(result, 1 + self.of_ranking(inner))
                case ir.Member(body=body):
                    result = max(result, 1 + self.of_condition(body))
        return result
