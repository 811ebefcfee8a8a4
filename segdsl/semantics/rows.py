"""Aggregates over a table of events, bound."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from segdsl.diagnostics.wording import known, suggest
from segdsl.semantics import advice, ir
from segdsl.semantics.catalog import Table
from segdsl.semantics.functions import is_listed
from segdsl.semantics.logic import all_of
from segdsl.semantics.scope import Frame, Missing, column, follow
from segdsl.semantics.times import a, has_value_ends, in_values, local_time, window_days, within
from segdsl.semantics.types import FLOAT, INTEGER, MAX_DIGITS, Kind, Type, decimal
from segdsl.syntax import ast

if TYPE_CHECKING:
    from segdsl.semantics.binder import Binder

_ORDERED = ("first", "last", "most frequent")


def bind_aggregate(binder: Binder, node: ast.Aggregate, frame: Frame) -> ir.Value | ir.Condition | None:
    """An aggregate: a value, or for `exists` a condition."""
    if frame.in_aggregate:
        return binder.error(
            "nested-aggregate",
            "an aggregate can't stand inside another",
            node.at,
            "inside `where`, a window or the value, use columns, links and attributes without aggregates",
        )
    table = named_table(binder, node.rows.target)
    if table is None:
        return None
    events = Frame(
        table,
        outer=Frame(frame.table, ir.Scope.ENTITY, in_aggregate=True),
        in_aggregate=True,
    )
    rows = bind_rows(binder, node.rows, table, frame, events)
    value, fine = _value(binder, node, table, events)
    if rows is None or not fine:
        return None
    assert isinstance(frame.scope, ir.Scope), "aggregates are not inside others"
    if node.function == "exists":
        return ir.Exists(frame.scope, frame.links, rows, negated=False, span=node.at)
    if node.function in _ORDERED and not (
        _can_order(binder, node, table, rows) and is_listed(binder, node.function, value, node.rows.target.at)
    ):
        return None
    return _aggregate(binder, node, frame, rows, value)


def named_table(binder: Binder, target: ast.Path) -> Table | None:
    """The table that the path starts with."""
    name = target.parts[0]
    table = binder.catalog.tables.get(name.text)
    if table is None and not binder.catalog.may_have(name.text):
        help = suggest(name.text, binder.catalog.tables) or known("table", binder.catalog.tables)
        binder.error("unknown-name", f"there is no table `{name.text}`", name.at, help)
    return table


def bind_rows(binder: Binder, node: ast.Rows, table: Table, frame: Frame, events: Frame) -> ir.Rows | None:
    """The rows of `table` for the row of `frame`; `where` is read in the frame `events`."""
    chain = _chain(binder, node, table, frame)
    time = event_time(binder, table)
    conditions: list[ir.Condition | None] = []
    days: ir.Days | None = None
    if node.window is not None:
        if time is None:
            return binder.error(
                "table-without-time",
                f"`{table.name}` has no `time`, so it can't be limited to a window",
                node.window.at,
                f"add `time: …` to the table `{table.name}` in the catalog, or leave the window out",
            )
        entity = Frame(frame.table, ir.Scope.ENTITY, in_aggregate=True)
        if isinstance(node.window, ast.Within):
            instant = time.operand if isinstance(time, ir.LocalTime) else time
            conditions.append(within(binder, instant, node.window, entity))
        elif isinstance(node.window, ast.Relative | ast.BetweenPoints) and has_value_ends(node.window):
            conditions.append(in_values(binder, time, node.window, entity))
        else:
            days = window_days(binder, node.window)
            if days is None:
                chain = None
    if node.where is not None:
        conditions.append(binder.condition(node.where, events))
    known = [c for c in conditions if c is not None]
    if chain is None or len(known) < len(conditions):
        return None
    where = all_of(known)
    return ir.Rows(
        binder.catalog.ir_table(table.name), chain, time, days, None if where == ir.Always(True) else where
    )


def event_time(binder: Binder, table: Table) -> ir.Value | None:
    """The time of a row of the table as wall-clock time or date, or None."""
    if table.time is None:
        return None
    frame: Frame | Missing = Frame(table)
    for name in table.time[:-1]:
        assert isinstance(frame, Frame)
        link = frame.table.links.get(name)
        if link is None or link.target not in binder.catalog.tables:
            return None
        frame = frame.through(binder.catalog.ir_link(frame.table, link), binder.catalog.tables[link.target])
    assert isinstance(frame, Frame)
    if table.time[-1] not in frame.table.columns:
        return None
    return local_time(column(frame, table.time[-1]), binder.catalog.timezone)


def _chain(binder: Binder, node: ast.Rows, table: Table, frame: Frame) -> ir.Links | None:
    goal = frame.table.name
    if node.via is not None:
        reached = follow(binder.catalog, Frame(table), node.via.parts)
        if isinstance(reached, Missing):
            return binder.missing(reached)
        if reached.table.name != goal:
            return binder.error(
                "no-chain",
                f"`via {node.via.text}` leads from `{table.name}` to `{reached.table.name}`, not to `{goal}`",
                node.via.at,
                _chains_help(binder, table, goal),
            )
        return reached.links
    chains = binder.catalog.chains(table.name, goal)
    if len(chains) == 1:
        return binder.catalog.links_along(table.name, chains[0])
    own = [link.name for link in table.links.values() if link.target == goal == table.name]
    if own:
        return binder.error(
            "ambiguous-chain",
            f"`{goal}` links to itself, so it has to be said by which link",
            node.target.parts[0].at,
            f"name it: {' or '.join(f'`via {name}`' for name in own)}",
        )
    if not chains:
        return binder.error(
            "no-chain",
            f"no chain of links leads from `{table.name}` to `{goal}`",
            node.target.parts[0].at,
            f"add a link to `{table.name}` in the catalog, such as `{frame.table.entity or goal}: "
            f"{{table: {goal}, column: …}}`",
        )
    return binder.error(
        "ambiguous-chain",
        f"several chains of links lead from `{table.name}` to `{goal}`",
        node.target.parts[0].at,
        _chains_help(binder, table, goal),
    )


def _chains_help(binder: Binder, table: Table, goal: str) -> str | None:
    chains = [".".join(chain) for chain in binder.catalog.chains(table.name, goal)]
    return f"write {' or '.join(f'`via {chain}`' for chain in chains)}" if chains else None


def _value(binder: Binder, node: ast.Aggregate, table: Table, events: Frame) -> tuple[ir.Value | None, bool]:
    """The value of each event, and whether all is well."""
    rows = node.rows
    rest = rows.target.parts[1:]
    if node.function in ("count", "exists"):
        if not rest and rows.value is None:
            return None, True
        of = "rows, not values" if node.function == "count" else "rows"
        help = f"`{node.function}({table.name})`"
        if node.function == "count":
            help += f", or `count distinct({rows.target.text})` for its different values"
        binder.error("wrong-arguments", f"`{node.function}` is about {of}", rows.target.at, f"write {help}")
        return None, False
    if rows.value is not None:
        frame = events
        if rest:
            reached = follow(binder.catalog, events, rest)
            if isinstance(reached, Missing):
                binder.missing(reached)
                return None, False
            frame = replace(reached, outer=events.outer)
        value = binder.value(rows.value, frame)
        return value, value is not None
    if not rest:
        binder.error(
            "wrong-arguments",
            f"`{node.function}` needs a column of `{table.name}`",
            rows.target.at,
            f"for example `{node.function}({table.name}.{_likely_column(node.function, table)})`",
        )
        return None, False
    value = binder.value(ast.Path(rest, at=rest[0].at.to(rest[-1].at)), events)
    return value, value is not None


def _likely_column(function: str, table: Table) -> str:
    """A column that the aggregate could be of."""
    keys = {table.key, *(link.column for link in table.links.values())}
    numbers = function in ("sum", "avg")
    for name, declared in table.columns.items():
        ordered = function not in ("min", "max") or declared.type.is_ordered
        if name not in keys and (declared.type.is_number if numbers else ordered):
            return name
    return "column"


def _can_order(binder: Binder, node: ast.Aggregate, table: Table, rows: ir.Rows) -> bool:
    missing = [word for word, there in (("time", rows.time), ("key", table.key)) if there is None]
    if not missing:
        return True
    lacks = " and ".join(f"no `{word}`" for word in missing)
    what = " and ".join(f"`{word}: …`" for word in missing)
    binder.error(
        "table-without-time" if "time" in missing else "table-without-key",
        f"`{node.function}` needs to know the order of `{table.name}`, which has {lacks}",
        node.at,
        f"add {what} to the table `{table.name}` in the catalog",
    )
    return False


def _aggregate(
    binder: Binder, node: ast.Aggregate, frame: Frame, rows: ir.Rows, value: ir.Value | None
) -> ir.Value | None:
    scope = ir.Scope.ROW if frame.scope is ir.Scope.ROW else ir.Scope.ENTITY

    def make(function: ir.Function, of: ir.Value | None, type: Type, over: ir.Rows = rows) -> ir.Value:
        return ir.Aggregate(scope, frame.links, function, over, of, type, span=node.at)

    if value is None:
        return make(ir.Function.COUNT, None, INTEGER)
    kind = value.type.kind
    at = node.rows.target.at if node.rows.value is None else node.rows.value.at
    match node.function:
        case "sum" | "avg" if not value.type.is_number:
            message = f"`{node.function}` needs a number, not {a(kind)}"
            help = advice.aggregate(node.function, value.type, node)
            return binder.error("wrong-type", message, at, help)
        case "sum":
            return make(ir.Function.SUM, value, _sum_type(value.type))
        case "avg":
            counted = rows
            if ir.is_nullable(value):
                known = [c for c in (rows.where, ir.IsKnown(value, negated=False)) if c is not None]
                counted = replace(rows, where=all_of(known))
            total = make(ir.Function.SUM, value, _sum_type(value.type))
            number = make(ir.Function.COUNT, None, INTEGER, counted)
            return ir.Divide(total, ir.ToFloat(number) if total.type == FLOAT else number)
        case "min" | "max" if not value.type.is_ordered:
            return binder.error(
                "wrong-type",
                f"`{node.function}` needs a number or a time: {a(kind)} has no order",
                at,
                advice.aggregate(node.function, value.type, node),
            )
        case "min" | "max":
            return make(ir.Function(node.function), value, value.type)
        case "count distinct":
            return make(ir.Function.COUNT_DISTINCT, value, INTEGER)
        case _:
            return make(ir.Function(node.function), value, value.type)


def _sum_type(type: Type) -> Type:
    return decimal(MAX_DIGITS, type.scale) if type.kind is Kind.DECIMAL else type
