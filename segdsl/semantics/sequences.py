"""Sequences of events, bound."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segdsl.semantics import ir
from segdsl.semantics.catalog import Table
from segdsl.semantics.rows import bind_rows, named_table
from segdsl.semantics.scope import Frame
from segdsl.semantics.times import count
from segdsl.semantics.types import Kind
from segdsl.source import Span
from segdsl.syntax import ast
from segdsl.units import Unit

if TYPE_CHECKING:
    from segdsl.semantics.binder import Binder


def bind_sequence(binder: Binder, node: ast.Sequence, frame: Frame) -> ir.Condition | None:
    """The whole sequence, each step's mistakes told."""
    if frame.in_aggregate:
        return binder.error(
            "nested-aggregate",
            "a sequence can't stand inside an aggregate or another sequence",
            node.at,
            "give it a segment of its own, and combine the two with `and`",
        )
    assert isinstance(frame.scope, ir.Scope), "a sequence is not inside another"
    named: dict[str, Frame] = {}
    steps: list[ir.Step] = []
    last: tuple[ir.Value, Table] | None = None
    fine = True
    for number, written in enumerate(node.steps):
        found = _step(binder, written, frame, number, named, last)
        fine = fine and found is not None
        if found is None:
            # What comes after is still looked at, but its distances can't be.
            last = None
            continue
        step, table = found
        steps.append(step)
        if not written.negative:
            assert step.rows.time is not None
            last = (step.rows.time, table)
    if not fine:
        return None
    return ir.Sequence(frame.scope, frame.links, tuple(steps), negated=False, span=node.at)


def _step(
    binder: Binder,
    node: ast.Step,
    frame: Frame,
    number: int,
    named: dict[str, Frame],
    last: tuple[ir.Value, Table] | None,
) -> tuple[ir.Step, Table] | None:
    rows = node.rows
    target = rows.target
    table = named_table(binder, target)
    if table is None:
        return None
    if len(target.parts) > 1:
        help = f"write `{table.name}`, and put what it must fulfil behind `where`"
        return binder.error("wrong-arguments", "a step of a sequence is a table", target.at, help)
    events = Frame(
        table,
        outer=Frame(frame.table, ir.Scope.ENTITY, in_aggregate=True),
        in_aggregate=True,
        steps=tuple(named.items()),
    )
    if node.name is not None and not node.negative:
        _name_step(binder, node.name, frame, table, number, named)
    bound = bind_rows(binder, rows, table, frame, events)
    span_fine, within = _span(binder, node)
    if bound is None or not span_fine:
        return None
    if bound.time is None:
        return binder.error(
            "table-without-time",
            f"`{table.name}` has no `time`, so it can't be a step of a sequence",
            target.at,
            f"add `time: …` to the table `{table.name}` in the catalog",
        )
    if last is not None and not _comparable(binder, last, (bound.time, table), within, node.at):
        return None
    return ir.Step(bound, node.negative, within), table


def _name_step(
    binder: Binder, name: ast.Name, frame: Frame, table: Table, number: int, named: dict[str, Frame]
) -> None:
    if name.text in named or name.text == frame.table.entity:
        binder.error(
            "duplicate-name",
            f"`{name.text}` already names something here",
            name.at,
            "give the step another name",
        )
    named[name.text] = Frame(table, ir.Earlier(number), in_aggregate=True)


def _span(binder: Binder, node: ast.Step) -> tuple[bool, tuple[int, Unit] | None]:
    """Whether `within` is as it must be, and what it says."""
    if node.within is None:
        if node.negative:
            table = node.rows.target.text
            binder.error(
                "missing-span",
                f"`no {table}` needs an end: without `within`, the wait for it is never over",
                node.at,
                f"write `no {table} within 7 days`",
            )
        return not node.negative, None
    amount = count(binder, node.within.count)
    return amount is not None, None if amount is None else (amount, node.within.unit)


def _comparable(
    binder: Binder,
    last: tuple[ir.Value, Table],
    this: tuple[ir.Value, Table],
    within: tuple[int, Unit] | None,
    at: Span,
) -> bool:
    """Whether the distance from the step before can be told."""
    clocks = [_clock(value) for value, _ in (last, this)]
    both = f"`{last[1].name}` and `{this[1].name}`"
    if Kind.DATE in clocks:
        if within is None or within[1].is_calendar:
            return True
        binder.error(
            "wrong-unit",
            f"{within[1].plural} can't be told between {both}: one knows days only",
            at,
            "use days",
        )
        return False
    if clocks[0] is not clocks[1]:
        message = (
            f"the times of {both} can't be compared: one is a timestamp, the other an instant (timestamptz)"
        )
        binder.error("wrong-type", message, at, "declare both as the same type in the catalog")
        return False
    return True


def _clock(time: ir.Value) -> Kind:
    return (time.operand if isinstance(time, ir.LocalTime) else time).type.kind
