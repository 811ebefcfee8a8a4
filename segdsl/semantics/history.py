"""`as of`: a condition as it was on an earlier day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from segdsl.diagnostics import Diagnostic, Severity
from segdsl.diagnostics.wording import listing
from segdsl.semantics import ir
from segdsl.semantics.calendar import moved, resolve_day
from segdsl.semantics.parts import parts
from segdsl.semantics.scope import Frame
from segdsl.semantics.times import point
from segdsl.syntax import ast

if TYPE_CHECKING:
    from segdsl.semantics.binder import Binder


def bind_as_of(binder: Binder, node: ast.AsOf, frame: Frame) -> ir.Condition | None:
    """The condition with its as-of day moved, for events and for points; columns have no history."""
    condition = binder.condition(node.condition, frame)
    day = point(binder, node.day)
    if condition is None or day is None:
        return None
    binder.shifts.append((day, node.day.at))
    _warn_of_columns(binder, condition, frame, node)
    return moved(condition, day)


def _warn_of_columns(binder: Binder, condition: ir.Condition, frame: Frame, node: ast.AsOf) -> None:
    """Tells of columns of the row itself, or of rows linked to it: only events know how it was."""
    columns = [part for part in parts(condition, into_events=False) if isinstance(part, ir.Column)]
    names = {c.name: None for c in columns if c.name != binder.catalog.tables[c.table].key}
    if names and not frame.in_aggregate:
        message = f"{listing(names)} {'is' if len(names) == 1 else 'are'} read as of today: only events have a history"
        help = "leave out of the `as of` what it can't move"
        binder.findings.add(Diagnostic("no-history", message, node.at, help, Severity.WARNING))


def late_shifts(segment: ir.Segment, day: date) -> Iterator[Diagnostic]:
    """What to tell of each `as of` that is after the day of a run: nobody knows yet how it will be."""
    for shift, at in segment.shifts:
        asked = resolve_day(shift, day)
        if asked > day:
            message = f"this asks how it is on {asked}, after the day of the run, {day}"
            help = f"run it with `--as-of {asked}` or a later day"
            yield Diagnostic("future-day", message, at, help, segment=segment.name)
