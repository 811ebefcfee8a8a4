"""Sequences of events as joins: each step's events first, then the steps one after the other."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, time

from sqlglot import exp

from segdsl.planner.names import Names, plain
from segdsl.planner.plan import SequenceTable
from segdsl.planner.walk import Leaf, leaves, plain_leaf
from segdsl.semantics import ir
from segdsl.semantics.calendar import first_instant
from segdsl.semantics.types import DATE, Kind
from segdsl.sql import expressions, times, tree
from segdsl.sql.context import Context
from segdsl.sql.ctes import Cte, Named
from segdsl.sql.dialects.base import Dialect
from segdsl.sql.relations import TableRow
from segdsl.sql.tree import Expression
from segdsl.units import Unit

MOMENT, DAY = "happened_at", "happened_on"


@dataclass
class StepTable:
    """What a step's query gives: a column for each of `MOMENT`, `DAY` and the leaves that are asked for."""

    step: ir.Step
    name: str
    alias: str
    names: Names
    columns: dict[Leaf | str, str] = field(default_factory=dict)

    @property
    def key(self) -> Expression:
        """The key of the row that the event belongs to."""
        return tree.column(self.step.rows.chain[-1].source, self.alias)

    def column(self, wanted: Leaf | str) -> Expression:
        if wanted not in self.columns:
            self.columns[wanted] = self.names.take(wanted if isinstance(wanted, str) else _leaf_name(wanted))
        return tree.column(self.columns[wanted], self.alias)

    @property
    def clock(self) -> ir.Value:
        """The time as it is stored: of an instant, not its wall-clock time."""
        assert self.step.rows.time is not None, "the steps of a sequence have a time"
        time = self.step.rows.time
        return time.operand if isinstance(time, ir.LocalTime) else time


class StepsRow:
    """The row at hand is the event of a step; what it reads of earlier ones stands beside it."""

    def __init__(self, dialect: Dialect, tables: list[StepTable]) -> None:
        self.dialect = dialect
        self.tables = tables

    def _fact(self, leaf: ir.Column | ir.Member | ir.Sample) -> Expression:
        table, own = self.tables[-1], leaf
        if isinstance(leaf.scope, ir.Earlier):
            table, own = self.tables[leaf.scope.step], replace(leaf, scope=ir.Scope.ROW)
        return table.column(plain_leaf(own))

    def column(self, column: ir.Column) -> Expression:
        return self._fact(column)

    def member(self, member: ir.Member) -> Expression:
        return self.dialect.holds(self._fact(member))

    def sample(self, sample: ir.Sample) -> Expression:
        return self.dialect.holds(self._fact(sample))

    def aggregate(self, aggregate: ir.Aggregate) -> Expression:
        raise AssertionError("no aggregate stands in a condition on events")

    def events(self, exists: ir.Exists) -> Expression:
        raise AssertionError("no aggregate stands in a condition on events")

    def standing(self, standing: ir.Standing) -> Expression:
        raise AssertionError("no rank stands in a condition on events")

    def sequence(self, sequence: ir.Sequence) -> Expression:
        raise AssertionError("no sequence stands in a condition on events")


def sequence_queries(context: Context, table: SequenceTable) -> Named:
    """A table for each step, and the keys for which all steps happened."""
    steps = [
        StepTable(step, name, f"step_{number}", Names([step.rows.chain[-1].source]))
        for number, (step, name) in enumerate(zip(table.steps, table.step_names, strict=True), 1)
    ]
    first = last = steps[0]
    select = exp.Select(expressions=[tree.named(first.key, table.key_column)])
    select.set("distinct", exp.Distinct())
    select.set("from_", exp.From(this=tree.table(first.name, first.alias)))
    tests: list[Expression] = []
    absent: list[exp.Join] = []
    for number, this in enumerate(steps[1:], 1):
        row = StepsRow(context.dialect, steps[: number + 1])
        follows = [tree.compare("=", this.key, first.key), *_follows(context.dialect, last, this)]
        follows += [expressions.of_condition(clause, row) for clause in _across(this.step)]
        if not this.step.negative:
            select.append("joins", exp.Join(this=tree.table(this.name, this.alias), on=tree.all_of(follows)))
            last = this
            continue
        tests.append(_span_is_over(context.dialect, last, this))
        if context.dialect.joins_what_is_absent:
            joined = tree.table(this.name, this.alias)
            absent.append(exp.Join(this=joined, side="LEFT", on=tree.all_of(follows)))
            tests.append(tree.is_null(this.key))
            continue
        none = exp.Select(expressions=[tree.number(1)])
        none.set("from_", exp.From(this=tree.table(this.name, this.alias)))
        none.set("where", exp.Where(this=tree.all_of(follows)))
        tests.append(exp.Not(this=exp.Exists(this=none)))
    for join in absent:
        select.append("joins", join)
    if tests:
        select.set("where", exp.Where(this=tree.all_of(tests)))
    # Last, when it is known which columns are asked for.
    queries = [Cte(step.name, _step_query(context, step)) for step in steps]
    return [*queries, Cte(table.name, select)]


# --- one step ---------------------------------------------------------------------------------------------


def _clauses(step: ir.Step) -> tuple[ir.Condition, ...]:
    where = step.rows.where
    if where is None:
        return ()
    return where.operands if isinstance(where, ir.And) else (where,)


def _across(step: ir.Step) -> list[ir.Condition]:
    """The clauses that ask about earlier steps."""
    return [clause for clause in _clauses(step) if any(_is_earlier(leaf) for leaf in leaves(clause))]


def _is_earlier(leaf: Leaf) -> bool:
    return isinstance(leaf, ir.Column | ir.Member | ir.Sample) and isinstance(leaf.scope, ir.Earlier)


def _step_query(context: Context, table: StepTable) -> exp.Select:
    rows = table.step.rows
    assert rows.time is not None, "the steps of a sequence have a time"
    row = TableRow(context, rows.table, rows.chain)
    link = rows.chain[-1]
    columns = [tree.named(row.dialect.told_apart(link.target.key_type, row.entity_key()), link.source)]
    for wanted, name in table.columns.items():
        match wanted:
            case "happened_at":
                made = expressions.of_time(rows.time, row)
            case "happened_on":
                made = _day(rows.time, row)
            case _:
                made = _fact(wanted, row)
        columns.append(tree.named(made, name))
    across = _across(table.step)
    window = rows.window or ir.Days(None, None)
    limit = rows.as_of.fixed or context.plan.as_of
    high = min(limit, (window.high.fixed if window.high else None) or limit)
    low = window.low.fixed if window.low else None
    tests = times.between_days(row.dialect, rows.time, expressions.of_time(rows.time, row), low, high)
    tests += [expressions.of_condition(c, row) for c in _clauses(table.step) if c not in across]
    if not all(link.required for link in rows.chain):
        tests.append(tree.is_not_null(row.entity_key()))
    return row.select(columns, tests, [])


def _day(value: ir.Value, row: TableRow) -> Expression:
    made = expressions.of_value(value, row)
    return made if value.type.kind is Kind.DATE else row.dialect.day_of(made)


def _fact(leaf: Leaf | str, row: TableRow) -> Expression:
    match leaf:
        case ir.Column():
            return row.column(leaf)
        case ir.Member():
            return row.dialect.as_value(row.member(leaf))
        case ir.Sample():
            return row.dialect.as_value(row.sample(leaf))
    raise AssertionError(f"{leaf!r} is not read of events")


def _leaf_name(leaf: Leaf) -> str:
    match leaf:
        case ir.Column() | ir.Member():
            return "_".join([*(plain(link.name) for link in leaf.links), leaf.name])
        case _:
            return "sampled"


# --- from step to step ------------------------------------------------------------------------------------


def _follows(dialect: Dialect, last: StepTable, this: StepTable) -> list[Expression]:
    """That an event is strictly later than the last one, and at most so long after it."""
    order = DAY if DATE in (last.clock.type, this.clock.type) else MOMENT
    tests = [tree.compare(">", this.column(order), last.column(order))]
    within = this.step.within
    if within is not None:
        name = DAY if within[1].is_calendar else MOMENT
        tests.append(tree.compare("<=", this.column(name), _end(dialect, last, within)))
    return tests


def _end(dialect: Dialect, last: StepTable, within: tuple[int, Unit]) -> Expression:
    """The last day, or the last moment, of the span after an event."""
    count, unit = within
    type, start = (DATE, DAY) if unit.is_calendar else (last.clock.type, MOMENT)
    return times.add(dialect, ir.AddTime(last.clock, count, unit, type), last.column(start))


def _span_is_over(dialect: Dialect, last: StepTable, this: StepTable) -> Expression:
    within, as_of = this.step.within, this.step.rows.as_of.fixed
    assert within is not None and as_of is not None, "a negative step has a span, and plans have fixed days"
    end = _end(dialect, last, within)
    if within[1].is_calendar:
        return tree.compare("<=", end, dialect.day(as_of))
    next_day = times.next_day(as_of)
    if next_day is None:
        return dialect.always(True)
    time_of = this.step.rows.time
    if isinstance(time_of, ir.LocalTime):
        return tree.compare("<=", end, dialect.moment(first_instant(next_day, time_of.zone)))
    return tree.compare("<=", end, dialect.moment(datetime.combine(next_day, time())))
