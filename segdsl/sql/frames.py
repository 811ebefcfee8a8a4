"""Scans and frames of a plan as common table expressions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_never

from sqlglot import exp

from segdsl.planner.names import Names, plain, subject
from segdsl.planner.plan import Frame, Measure, Scan, in_same_frame
from segdsl.planner.walk import Leaf, leaves, plain_leaf
from segdsl.semantics import ir
from segdsl.semantics.types import Kind
from segdsl.sql import expressions, times, tree
from segdsl.sql.context import Context
from segdsl.sql.ctes import Cte, Named
from segdsl.sql.ranks import rank_query
from segdsl.sql.relations import FlagRow, TableRow
from segdsl.sql.sequences import sequence_queries
from segdsl.sql.tree import Expression


def shared_ctes(context: Context) -> Named:
    """All that is read by the main frame, each after what it reads itself."""
    plan = context.plan
    found: Named = []
    strata = {scan.key.stratum for scan in plan.scans} | {frame.stratum for frame in plan.frames}
    strata |= {ranks.stratum for ranks in plan.ranks.values()}
    strata |= {sequence.stratum for sequence in plan.sequences.values()}
    for stratum in sorted(strata):
        for scan in plan.scans:
            if scan.key.stratum == stratum:
                found.append(Cte(scan.name, scan_query(context, scan)))
        for sequence in plan.sequences.values():
            if sequence.stratum == stratum:
                found += sequence_queries(context, sequence)
        for ranks in plan.ranks.values():
            if ranks.stratum == stratum:
                found.append(Cte(ranks.name, rank_query(context, ranks)))
        for frame in plan.frames:
            if frame.stratum == stratum:
                flags = {flag.name: flag.condition for flag in frame.flags.values()}
                before, last = frame_query(context, frame, flags, None)
                found += [*before, Cte(frame.name, last)]
    return found


# --- scans ------------------------------------------------------------------------------------------------


def scan_query(context: Context, scan: Scan) -> exp.Query:
    """One row for each row that has events, with its measures."""
    row = TableRow(context, scan.key.table, scan.key.chain)
    if scan.key.single:
        return _single(scan, row)
    key = tree.named(row.entity_key(), scan.key_column)
    measures = [tree.named(_measure(scan, measure, row), name) for measure, name in scan.measures.items()]
    return row.select([key, *measures], _events(scan, row), row.key_groups())


def _events(scan: Scan, row: TableRow) -> list[Expression]:
    """Which events a scan reads."""
    key = scan.key
    tests = []
    if key.time is not None:
        tests += times.between_days(
            row.dialect, key.time, expressions.of_time(key.time, row), key.low, key.high
        )
    if not all(link.required for link in key.chain):
        tests.append(tree.is_not_null(row.entity_key()))
    if scan.where is not None:
        tests.append(expressions.of_condition(scan.where, row))
    return tests


def _measure(scan: Scan, measure: Measure, row: TableRow) -> Expression:
    """The aggregate function over the scan's events."""

    def where(then: Expression) -> Expression:
        if measure.where is None or measure.where == scan.where:
            return then
        return tree.case((expressions.of_condition(measure.where, row), then))

    value = measure.value
    if value is None:
        counts_all = measure.where is None or measure.where == scan.where
        return exp.Count(this=exp.Star() if counts_all else where(tree.number(1)))
    made = where(expressions.of_value(value, row))
    match measure.function:
        case ir.Function.SUM if value.type.kind is Kind.FLOAT:
            return row.dialect.float_sum(made)
        case ir.Function.SUM:
            return row.dialect.total(value, made)
        case ir.Function.MIN:
            return exp.Min(this=made)
        case ir.Function.MAX:
            return exp.Max(this=made)
        case ir.Function.COUNT_DISTINCT:
            return exp.Count(this=exp.Distinct(expressions=[made]))
        case ir.Function.FIRST:
            return row.dialect.first(made, _moment(scan, row))
        case ir.Function.LAST:
            return row.dialect.last(made, _moment(scan, row))
        case _:
            raise AssertionError(f"{measure.function} has a scan of its own")


def _moment(scan: Scan, row: TableRow) -> list[Expression]:
    """What orders events: time, then key."""
    table = scan.key.table
    assert scan.key.time is not None and table.key_source is not None
    key = row.dialect.ordered(table.key_type, tree.column(table.key_source, row.base))
    return [expressions.of_time(scan.key.time, row), key]


def _single(scan: Scan, row: TableRow) -> exp.Query:
    ((measure, _),) = scan.measures.items()
    if measure.function is not ir.Function.MOST_FREQUENT:
        return _first_or_last(scan, row)
    by_windows = ir.Function.LAST in row.dialect.apart
    return _most_frequent_by_windows(scan, row) if by_windows else _most_frequent(scan, row)


def _first_or_last(scan: Scan, row: TableRow) -> exp.Query:
    """Events numbered by time; of each row's the first."""
    ((measure, name),) = scan.measures.items()
    assert measure.value is not None
    value = expressions.of_value(measure.value, row)
    desc = measure.function is ir.Function.LAST
    place = Names([scan.key_column, name]).take("place")
    number = _numbered(row.key_groups(), _moment(scan, row), desc)
    columns = [
        tree.named(row.entity_key(), scan.key_column),
        tree.named(value, name),
        tree.named(number, place),
    ]
    tests = [*_events(scan, row), expressions.is_known(measure.value, row)]
    return _at_first_place(row.select(columns, tests, []), scan.key_column, name, place)


def _numbered(groups: list[Expression], order: list[Expression], desc: bool) -> Expression:
    ordered = [exp.Ordered(this=each, desc=desc) for each in order]
    return exp.Window(this=exp.RowNumber(), partition_by=groups, order=exp.Order(expressions=ordered))


def _at_first_place(ranked: exp.Query, key: str, name: str, place: str) -> exp.Query:
    made = exp.Select(expressions=[tree.column(key), tree.column(name)])
    alias = exp.TableAlias(this=tree.identifier("ranked"))
    made.set("from_", exp.From(this=exp.Subquery(this=ranked, alias=alias)))
    made.set("where", exp.Where(this=tree.compare("=", tree.column(place), tree.number(1))))
    return made


def _most_frequent(scan: Scan, row: TableRow) -> exp.Query:
    """How often each value was seen, and when last; of those the most frequent."""
    ((measure, name),) = scan.measures.items()
    assert measure.value is not None
    value = expressions.of_value(measure.value, row)
    taken = Names([scan.key_column])
    of, times_seen, last = (
        taken.take(plain(subject(measure.value))),
        taken.take("times"),
        taken.take("last_seen"),
    )
    columns = [
        tree.named(row.entity_key(), scan.key_column),
        tree.named(value, of),
        tree.named(exp.Count(this=exp.Star()), times_seen),
        tree.named(row.dialect.latest(_moment(scan, row)), last),
    ]
    tests = [*_events(scan, row), expressions.is_known(measure.value, row)]
    groups = row.key_groups()
    if not isinstance(measure.value, ir.Constant):
        # A number in GROUP BY is the position of a column.
        groups.append(value.copy())
    counts = row.select(columns, tests, groups)
    most = row.dialect.last(tree.column(of), [tree.column(times_seen), tree.column(last)])
    made = exp.Select(expressions=[tree.column(scan.key_column), tree.named(most, name)])
    alias = exp.TableAlias(this=tree.identifier("counts"))
    made.set("from_", exp.From(this=exp.Subquery(this=counts, alias=alias)))
    made.set("group", exp.Group(expressions=[tree.column(scan.key_column)]))
    return made


def _most_frequent_by_windows(scan: Scan, row: TableRow) -> exp.Query:
    """How often each value was seen, and when last: events are numbered by time, so that a number says when."""
    ((measure, name),) = scan.measures.items()
    assert measure.value is not None

    def key_groups() -> list[Expression]:
        key_type = scan.key.chain[-1].target.key_type
        return row.dialect.key_groups(key_type, tree.column(scan.key_column))

    value = expressions.of_value(measure.value, row)
    names = Names([scan.key_column, name])
    seen, times_seen, last, place = map(names.take, ("seen", "times", "last_seen", "place"))
    columns = [
        tree.named(row.entity_key(), scan.key_column),
        tree.named(value, name),
        tree.named(_numbered(row.key_groups(), _moment(scan, row), False), seen),
    ]
    tests = [*_events(scan, row), expressions.is_known(measure.value, row)]
    events = row.select(columns, tests, [])
    counts = exp.Select(
        expressions=[
            tree.column(scan.key_column),
            tree.column(name),
            tree.named(exp.Count(this=exp.Star()), times_seen),
            tree.named(exp.Max(this=tree.column(seen)), last),
        ]
    )
    alias = exp.TableAlias(this=tree.identifier("events"))
    counts.set("from_", exp.From(this=exp.Subquery(this=events, alias=alias)))
    counts.set("group", exp.Group(expressions=[*key_groups(), tree.column(name)]))
    number = _numbered(key_groups(), [tree.column(times_seen), tree.column(last)], desc=True)
    ranked = exp.Select(
        expressions=[tree.column(scan.key_column), tree.column(name), tree.named(number, place)]
    )
    alias = exp.TableAlias(this=tree.identifier("counts"))
    ranked.set("from_", exp.From(this=exp.Subquery(this=counts, alias=alias)))
    return _at_first_place(ranked, scan.key_column, name, place)


# --- frames -----------------------------------------------------------------------------------------------


def frame_query(
    context: Context,
    frame: Frame,
    wanted: dict[str, ir.Condition],
    where: ir.Condition | None,
    values: Mapping[str, ir.Value] | None = None,
    shown: bool = False,
) -> tuple[Named, exp.Select]:
    """The key of each row of a frame, a boolean for each wanted condition and each of the plan's values that is
    asked for, of the rows where `where` holds; `shown` are values as people read them.

    Gives the common table expressions that come before, and the last SELECT. The conditions have flags in the
    frame.
    """
    asked = [*wanted.values(), *([where] if where is not None else [])]
    values = values or {}

    def value_of(value: ir.Value, row: expressions.Row) -> Expression:
        found = expressions.of_value(value, row)
        return row.dialect.shown(value, found) if shown else found

    depth = max(frame.flags[condition].level for condition in asked)
    for leaf in leaves(*values.values()):
        if isinstance(leaf, ir.Member) and in_same_frame(leaf, frame.table):
            depth = max(depth, frame.flags[leaf.body].level + 1)
    row = TableRow(context, frame.table)
    key_name = frame.table.key or ""
    key = tree.named(tree.column(frame.table.key_source or "", row.base), key_name)
    population: list[Expression] = []
    if frame.time is not None:
        moment = expressions.of_time(frame.time, row)
        population = times.between_days(row.dialect, frame.time, moment, None, context.plan.as_of)
    if depth == 0:
        columns = [key, *(tree.named(expressions.flag(c, row), name) for name, c in wanted.items())]
        columns += [tree.named(value_of(v, row), name) for name, v in values.items()]
        return [], row.select(columns, population + _holds(where, row), [])
    facts = _facts(frame, row, values)
    columns = [key, *(tree.named(made, name) for name, made in facts.values())]
    columns += _flags(frame, 0, row)
    # Folded into each other, levels that use flags more than once would grow with every level.
    fixed = depth > 1
    ctes: Named = [Cte(frame.level_names[0], row.select(columns, population, []), fixed)]
    fact_names: dict[object, str] = {leaf: name for leaf, (name, _) in facts.items()}
    for level in range(1, depth):
        above = FlagRow(row.dialect, frame.level_names[level - 1], frame.table, fact_names, frame)
        select = above.select([exp.Star(), *_flags(frame, level, above)], [])
        ctes.append(Cte(frame.level_names[level], select, fixed))
    last = FlagRow(row.dialect, frame.level_names[depth - 1], frame.table, fact_names, frame)
    columns = [tree.column(key_name, last.source)]

    def made(condition: ir.Condition) -> Expression | None:
        """The flag that a lower level has made."""
        flag = frame.flags[condition]
        return tree.column(flag.name, last.source) if flag.level < depth else None

    for name, condition in wanted.items():
        columns.append(tree.named(made(condition) or expressions.flag(condition, last), name))
    columns += [tree.named(value_of(v, last), name) for name, v in values.items()]
    ready = made(where) if where is not None else None
    return ctes, last.select(
        columns, [row.dialect.holds(ready)] if ready is not None else _holds(where, last)
    )


def _holds(where: ir.Condition | None, row: expressions.Row) -> list[Expression]:
    if where is None or where == ir.Always(True):
        return []
    return [expressions.of_condition(where, row)]


def _flags(frame: Frame, level: int, row: expressions.Row) -> list[Expression]:
    return [
        tree.named(expressions.flag(flag.condition, row), flag.name)
        for flag in frame.flags.values()
        if flag.level == level
    ]


def _facts(
    frame: Frame, row: TableRow, values: Mapping[str, ir.Value]
) -> dict[object, tuple[str, Expression]]:
    """What the flags above the lowest level read, apart from flags: the name and SQL of each."""
    names = Names([frame.table.key or "", *(flag.name for flag in frame.flags.values())])
    facts: dict[object, tuple[str, Expression]] = {}
    later = [flag.condition for flag in frame.flags.values() if flag.level > 0]
    for leaf in map(plain_leaf, leaves(*later, *values.values())):
        if leaf in facts or (isinstance(leaf, ir.Member) and in_same_frame(leaf, frame.table)):
            continue
        name, made = _fact(leaf, row)
        facts[leaf] = (names.take(name), made)
    return facts


def _fact(leaf: Leaf, row: TableRow) -> tuple[str, Expression]:
    plan, as_value = row.plan, row.dialect.as_value
    match leaf:
        case ir.Column():
            return "_".join([*(link.name for link in leaf.links), leaf.name]), row.column(leaf)
        case ir.Aggregate():
            return plan.measure_of(leaf)[1], row.aggregate(leaf)
        case ir.Exists():
            return f"count_{plain(leaf.rows.table.name)}", row.events(leaf)
        case ir.Standing():
            return f"{leaf.which}_{plan.ranks[leaf.ranking].name}", row.standing(leaf)
        case ir.Sequence():
            return plan.sequences[leaf.steps].name, as_value(row.sequence(leaf))
        case ir.Sample():
            return "sampled", as_value(row.sample(leaf))
        case ir.Member():
            return "_".join([*(link.name for link in leaf.links), leaf.name]), as_value(row.member(leaf))
        case _:
            assert_never(leaf)
