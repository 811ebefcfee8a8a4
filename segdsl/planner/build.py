"""Making a plan: collect what the segments need, each thing once, then name it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from segdsl.planner.names import Names, measure_name, plain, rank_name, scan_name, sequence_name
from segdsl.planner.plan import (
    Flag,
    Frame,
    Plan,
    RankTable,
    Scan,
    ScanKey,
    SequenceTable,
    Strata,
    count_of,
    in_same_frame,
    measure,
    scan_key,
)
from segdsl.planner.walk import Leaf, leaves
from segdsl.semantics import ir
from segdsl.semantics.calendar import resolve
from segdsl.semantics.parts import tables

APART = frozenset((ir.Function.MOST_FREQUENT,))


def plan(
    segments: Sequence[ir.Segment],
    as_of: date,
    values: Mapping[str, ir.Value] | None = None,
    apart: frozenset[ir.Function] = APART,
) -> Plan:
    """A plan for segments of one entity (at least one), and for values about its rows, as of a day.

    The measures of the functions `apart` have scans of their own: what these are is a matter of the dialect.
    """
    resolved = resolve(tuple(segments), as_of)
    assert len({segment.population for segment in resolved}) == 1, "a plan is for segments of one entity"
    named = {name: resolve(value, as_of) for name, value in (values or {}).items()}
    return _Builder(as_of, resolved, apart, named).build()


class _Builder:
    def __init__(
        self,
        as_of: date,
        segments: tuple[ir.Segment, ...],
        apart: frozenset[ir.Function],
        values: Mapping[str, ir.Value] | None = None,
    ) -> None:
        self.as_of = as_of
        self.apart = apart
        self.segments = segments
        self.values = values or {}
        self.strata = Strata()
        population = segments[0].population
        self.main = Frame(population.table, population.time, 0, "population")
        self.scans: dict[ScanKey, Scan] = {}
        self.frames: dict[tuple[ir.Table, int], Frame] = {}
        self.ranks: dict[ir.Ranking, RankTable] = {}
        self.sequences: dict[tuple[ir.Step, ...], SequenceTable] = {}
        self.names = Names()
        self.levels: dict[tuple[ir.Condition, ir.Table], int] = {}
        self.columns: dict[ScanKey, Names] = {}
        self.flags: dict[int, Names] = {}

    def build(self) -> Plan:
        self.names = Names(self.physical_names())
        self.flags[id(self.main)] = Names([self.main.table.key or ""])
        for segment in self.segments:
            self.add_flag(self.main, segment.name, segment.condition)
        self.add_leaves(self.main, *self.values.values())
        for scan in self.scans.values():
            shared = {m.where for m in scan.measures}
            scan.where = shared.pop() if len(shared) == 1 else None
        for frame in (self.main, *self.frames.values()):
            self.name_levels(frame)
        return Plan(
            as_of=self.as_of,
            segments=self.segments,
            values=self.values,
            main=self.main,
            scans=tuple(sorted(self.scans.values(), key=lambda scan: scan.key.stratum)),
            frames=tuple(sorted(self.frames.values(), key=lambda frame: frame.stratum)),
            ranks=self.ranks,
            sequences=self.sequences,
            scan_by_key=self.scans,
            frame_by_key=self.frames,
            strata=self.strata,
            apart=self.apart,
            taken=self.names.taken,
        )

    def name_levels(self, frame: Frame) -> None:
        depth = max(flag.level for flag in frame.flags.values())
        wanted = [frame.name if level == 0 else f"{frame.name}_level_{level}" for level in range(depth)]
        if frame is not self.main and depth:
            wanted[0] = f"{frame.name}_level_0"
        frame.level_names = tuple(self.names.take(name) for name in wanted)

    def physical_names(self) -> set[str]:
        """The tables that are read: nothing in the plan may take their names."""
        return {table.source for table in tables(self.segments)}

    def add_flag(self, frame: Frame, name: str, condition: ir.Condition) -> None:
        """Sees to it that the frame has a flag for the condition."""
        if condition in frame.flags:
            return
        # Reserved before what it refers to is added, so that a segment keeps its own name.
        name = self.flags[id(frame)].take(name)
        frame.flags[condition] = Flag(name, condition, self.level(condition, frame.table))
        self.add_leaves(frame, condition)

    def add_leaves(self, frame: Frame, *nodes: ir.Value | ir.Condition) -> None:
        for leaf in leaves(*nodes):
            if isinstance(leaf, ir.Member) and in_same_frame(leaf, frame.table):
                self.add_flag(frame, leaf.name, leaf.body)
            else:
                self.add_leaf(leaf)

    def add_leaf(self, leaf: Leaf) -> None:
        """Sees to it that there is a column for what is not read from the row's own frame."""
        match leaf:
            case ir.Member():
                self.add_member(leaf)
            case ir.Aggregate():
                self.add_aggregate(leaf)
            case ir.Exists():
                self.add_aggregate(count_of(leaf))
            case ir.Standing():
                self.add_standing(leaf)
            case ir.Sequence(steps=steps):
                self.add_sequence(steps)
            case ir.Column() | ir.Sample():
                pass

    def add_standing(self, standing: ir.Standing) -> None:
        ranking = standing.ranking
        if ranking not in self.ranks:
            name = self.names.take(rank_name(ranking))
            self.ranks[ranking] = RankTable(ranking, self.strata.of_ranking(ranking), name)
            for leaf in leaves(ranking.by, *ranking.per, ranking.among):
                self.add_leaf(leaf)
        table = self.ranks[ranking]
        if standing.which not in table.columns:
            taken = Names([table.key_column, *table.columns.values()])
            table.columns[standing.which] = taken.take(standing.which)

    def add_sequence(self, steps: tuple[ir.Step, ...]) -> None:
        if steps in self.sequences:
            return
        name = self.names.take(sequence_name(steps))
        step_names = tuple(self.names.take(f"{name}_step_{number}") for number in range(1, len(steps) + 1))
        self.sequences[steps] = SequenceTable(steps, self.strata.of_sequence(steps), name, step_names)
        for leaf in leaves(*(step.rows.where for step in steps)):
            self.add_leaf(leaf)

    def add_member(self, member: ir.Member) -> None:
        """A membership that is answered from a frame of all rows of its entity."""
        stratum = self.strata.of_condition(member.body)
        key = (member.entity, stratum)
        if key not in self.frames:
            name = self.names.take(f"{plain(member.entity.name)}_flags")
            self.frames[key] = Frame(member.entity, None, stratum, name)
            self.flags[id(self.frames[key])] = Names([member.entity.key or ""])
        self.add_flag(self.frames[key], member.name, member.body)

    def add_aggregate(self, aggregate: ir.Aggregate) -> None:
        key = scan_key(aggregate, self.as_of, self.strata, self.apart)
        if key not in self.scans:
            name = scan_name(key.table, key.chain, key.low, key.high)
            if key.single:
                name = f"{measure_name(aggregate.function, key.table, aggregate.value)}_{name}"
            self.scans[key] = Scan(key, self.names.take(name))
            self.columns[key] = Names([key.chain[-1].source])
        scan, wanted = self.scans[key], measure(aggregate)
        if wanted in scan.measures:
            return
        name = measure_name(aggregate.function, key.table, aggregate.value)
        scan.measures[wanted] = self.columns[key].take(name)
        for leaf in leaves(wanted.where, wanted.value):
            self.add_leaf(leaf)

    def level(self, condition: ir.Condition, table: ir.Table) -> int:
        """How many flags of the same frame have to be there, one after the other, before this one."""
        key = (condition, table)
        if key not in self.levels:
            below = [
                self.level(leaf.body, table)
                for leaf in leaves(condition)
                if isinstance(leaf, ir.Member) and in_same_frame(leaf, table)
            ]
            self.levels[key] = 1 + max(below) if below else 0
        return self.levels[key]


def only(whole: Plan, name: str) -> Plan:
    """The plan of one segment of a plan, named as it is. Raises KeyError where there is none."""
    for segment in whole.segments:
        if segment.name == name:
            return _Builder(whole.as_of, (segment,), whole.apart).build()
    raise KeyError(name)
