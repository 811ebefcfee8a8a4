"""The statements that people ask for, from a plan.

All take the plan, which is one for the dialect, `schema`, under which the tables stand, or None, and the name of
a dialect. They raise Unsupported where it can't carry what a segment asks for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from sqlglot import exp

from segdsl.planner.build import only, plan
from segdsl.planner.names import Names
from segdsl.planner.plan import Plan
from segdsl.semantics import ir
from segdsl.sql import dialects, tree
from segdsl.sql.context import Context
from segdsl.sql.ctes import Cte, Named
from segdsl.sql.frames import frame_query, shared_ctes
from segdsl.sql.tree import Expression


def plan_for(
    dialect: str, segments: Sequence[ir.Segment], as_of: date, values: Mapping[str, ir.Value] | None = None
) -> Plan:
    """The plan of segments of one entity, and of values about its rows, for a dialect."""
    return plan(segments, as_of, values, dialects.dialect(dialect).apart)


def members_query(plan: Plan, name: str, schema: str | None = None, dialect: str = "duckdb") -> exp.Query:
    """The keys of the members of a segment of the plan: one column, named as the key."""
    context = _context(only(plan, name), schema, dialect)
    alone = context.plan
    ctes = shared_ctes(context)
    before, last = frame_query(context, alone.main, {}, alone.segments[0].condition)
    return _with(context, [*ctes, *before], last)


def row_query(plan: Plan, row: ir.Condition, schema: str | None = None, dialect: str = "duckdb") -> exp.Query:
    """The key, a boolean for each segment and the plan's values, of the rows of the population where `row`, one
    of the plan's segments, holds."""
    context = _context(plan, schema, dialect)
    wanted = {segment.name: segment.condition for segment in plan.segments}
    before, last = frame_query(context, plan.main, wanted, row, plan.values, shown=True)
    return _with(context, [*shared_ctes(context), *before], last)


def ranges_query(
    plan: Plan, group: str, value: str, schema: str | None = None, dialect: str = "duckdb"
) -> exp.Query:
    """For each value named `group` of the plan its `least` and `greatest` value named `value`."""
    context = _context(plan, schema, dialect)
    before, last = frame_query(context, plan.main, {}, plan.segments[0].condition, plan.values)
    name, ranged = Names(plan.taken).take("rows"), plan.values[value]
    columns = [
        tree.column(group),
        tree.named(context.dialect.shown(ranged, exp.Min(this=tree.column(value))), "least"),
        tree.named(context.dialect.shown(ranged, exp.Max(this=tree.column(value))), "greatest"),
    ]
    made = exp.Select(expressions=columns)
    made.set("from_", exp.From(this=tree.table(name)))
    made.set("group", exp.Group(expressions=[tree.column(group)]))
    return _with(context, [*shared_ctes(context), *before, Cte(name, last)], made)


def flags_query(plan: Plan, schema: str | None = None, dialect: str = "duckdb") -> exp.Query:
    """The key and a boolean for each segment, named as it is, of every row of the population."""
    context = _context(plan, schema, dialect)
    return _with(context, *_flags(context, {s.name: s.name for s in plan.segments}))


def long_query(plan: Plan, schema: str | None = None, dialect: str = "duckdb") -> exp.Query:
    """The rows `key, segment`: who is in which segment."""
    context = _context(plan, schema, dialect)
    ctes, selects = _long(context)
    return _with(context, ctes, tree.union_all(selects))


def sizes_query(plan: Plan, schema: str | None = None, dialect: str = "duckdb") -> exp.Query:
    """The rows `segment, size`, one for each segment, in their order."""
    names = Names(plan.taken)
    columns = _column_names(plan)
    context = _context(plan, schema, dialect)
    ctes, flags = _flags(context, columns)
    name, totals = names.take("flags"), names.take("totals")
    counts: list[Expression] = [
        tree.named(
            exp.Count(this=tree.case((context.dialect.holds(tree.column(column)), tree.number(1)))), column
        )
        for column in columns.values()
    ]
    for count in counts:
        # The name of the count is that of the flag.
        next(count.find_all(exp.Column)).set("table", tree.identifier(name))
    total = exp.Select(expressions=counts)
    total.set("from_", exp.From(this=tree.table(name)))
    selects = []
    for segment, column in columns.items():
        select = exp.Select(
            expressions=[tree.named(tree.text(segment), "segment"), tree.named(tree.column(column), "size")]
        )
        select.set("from_", exp.From(this=tree.table(totals)))
        selects.append(select)
    return _with(context, [*ctes, Cte(name, flags), Cte(totals, total)], tree.union_all(selects))


def overlap_query(plan: Plan, schema: str | None = None, dialect: str = "duckdb") -> exp.Query:
    """The rows `a, b, both`: how many are in both, for each pair of segments with `a` before `b`."""
    names = Names(plan.taken | {"flags"})
    # The key may be named so itself.
    place = Names([plan.key_name]).take("position")
    context = _context(plan, schema, dialect)
    ctes, selects = _long(context, place)
    long, segments, pairs = names.take("memberships"), names.take("segments"), names.take("pairs")
    listed = []
    for position, segment in enumerate(plan.segments, 1):
        expressions = [
            tree.named(tree.number(position), place),
            tree.named(tree.text(segment.name), "segment"),
        ]
        listed.append(exp.Select(expressions=expressions))
    pair_counts = exp.Select(
        expressions=[
            tree.named(tree.column(place, "one"), "a"),
            tree.named(tree.column(place, "other"), "b"),
            tree.named(exp.Count(this=exp.Star()), "both"),
        ]
    )
    pair_counts.set("from_", exp.From(this=tree.table(long, "one")))
    keys = tree.column(plan.key_name, "one"), tree.column(plan.key_name, "other")
    same = context.dialect.same_key(context.plan.main.table.key_type, *keys)
    pair_counts.append(
        "joins", exp.Join(this=tree.table(long, "other"), on=tree.all_of([same, _a_before_b(place)]))
    )
    groups = [tree.column(place, "one"), tree.column(place, "other")]
    pair_counts.set("group", exp.Group(expressions=groups))
    last = exp.Select(
        expressions=[
            tree.named(tree.column("segment", "one"), "a"),
            tree.named(tree.column("segment", "other"), "b"),
            tree.named(tree.coalesce(tree.column("both", pairs), tree.number(0)), "both"),
        ]
    )
    last.set("from_", exp.From(this=tree.table(segments, "one")))
    last.append("joins", exp.Join(this=tree.table(segments, "other"), on=_a_before_b(place)))
    found = tree.all_of(
        [
            tree.compare("=", tree.column("a", pairs), tree.column(place, "one")),
            tree.compare("=", tree.column("b", pairs), tree.column(place, "other")),
        ]
    )
    last.append("joins", exp.Join(this=tree.table(pairs), side="LEFT", on=found))
    ordered = [exp.Ordered(this=tree.column(place, side)) for side in ("one", "other")]
    last.set("order", exp.Order(expressions=ordered))
    made = [
        *ctes,
        Cte(long, tree.union_all(selects)),
        Cte(segments, tree.union_all(listed)),
        Cte(pairs, pair_counts),
    ]
    return _with(context, made, last)


def _a_before_b(place: str) -> Expression:
    return tree.compare("<", tree.column(place, "one"), tree.column(place, "other"))


def _column_names(plan: Plan) -> dict[str, str]:
    """A column for each segment; as SQL knows no letter case, not always its name."""
    names = Names([plan.key_name])
    return {segment.name: names.take(segment.name) for segment in plan.segments}


def _flags(context: Context, columns: dict[str, str]) -> tuple[Named, exp.Select]:
    plan = context.plan
    wanted = {columns[segment.name]: segment.condition for segment in plan.segments}
    before, last = frame_query(context, plan.main, wanted, None)
    return [*shared_ctes(context), *before], last


def _long(context: Context, place: str | None = None) -> tuple[Named, list[exp.Query]]:
    """One SELECT for each segment, of the keys and the segment's name, or its number in the column `place`."""
    plan = context.plan
    columns = _column_names(plan)
    ctes, flags = _flags(context, columns)
    name = Names(plan.taken).take("flags")
    selects: list[exp.Query] = []
    for number, (segment, column) in enumerate(columns.items(), 1):
        shown = tree.named(tree.number(number), place) if place else tree.named(tree.text(segment), "segment")
        select = exp.Select(expressions=[tree.column(plan.key_name), shown])
        select.set("from_", exp.From(this=tree.table(name)))
        select.set("where", exp.Where(this=context.dialect.holds(tree.column(column))))
        selects.append(select)
    return [*ctes, Cte(name, flags)], selects


def _context(plan: Plan, schema: str | None, name: str) -> Context:
    made = dialects.dialect(name)
    assert made.apart == plan.apart, "the plan is one for another dialect"
    return Context(plan, made, schema)


def _with(context: Context, ctes: Named, query: exp.Query) -> exp.Query:
    dialect = context.dialect
    if ctes:
        query.set("with_", exp.With(expressions=[_cte(dialect, *cte) for cte in ctes]))
    return dialect.statement(query)


def _cte(dialect: dialects.Dialect, name: str, select: exp.Query, materialized: bool) -> exp.CTE:
    alias = exp.TableAlias(this=tree.identifier(name))
    return exp.CTE(this=select, alias=alias, materialized=(materialized and dialect.materializes) or None)
