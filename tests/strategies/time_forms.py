"""Points and windows, with counts and ends near the days of the data."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal, cast
from zoneinfo import ZoneInfo

from segdsl.semantics import ir
from segdsl.semantics.times import day_of
from segdsl.semantics.types import Kind
from segdsl.syntax import ast
from segdsl.units import Unit
from tests.strategies.literals import number
from tests.strategies.scenes import Scene
from tests.strategies.syntax import AT
from tests.strategies.writer import TIMES, Writer, form

CALENDAR = (Unit.DAY, Unit.MONTH, Unit.WEEK, Unit.YEAR, Unit.QUARTER)
SNAPS = (Unit.MONTH, Unit.WEEK, Unit.QUARTER, Unit.YEAR)
_SHORT = (Unit.HOUR, Unit.MINUTE)
_RELATIONS: tuple[ast.Relation, ...] = ("since", "on", "after", "before", "until")
_DAYS = {Unit.DAY: 1, Unit.WEEK: 7, Unit.MONTH: 30, Unit.QUARTER: 91, Unit.YEAR: 365}


def days_of(writer: Writer, value: ir.Value, scene: Scene) -> list[date]:
    """The days that a value has for the scene's rows."""
    return writer.seen(day_of(value, writer.catalog.timezone), scene)


def count(writer: Writer, amount: int) -> ast.Count:
    """About so many, as a literal or parameter."""
    choices = writer.choices
    named = [
        name
        for name, each in writer.parameters.items()
        if isinstance(each, ir.Constant) and type(each.value) is int and each.value >= 0
    ]
    if named and choices.chance(10):
        return ast.Parameter(choices.of(named), at=AT)
    return cast(ast.Number, number(max(0, amount)))


def units_between(writer: Writer, day: date | None, unit: Unit) -> int:
    """About how many units a day is from the as-of day, an edge of a window as a rule."""
    choices = writer.choices
    if day is None:
        return choices.of([30, 1, 7, 90, 0, 365])
    return abs((writer.as_of - day).days) // _DAYS[unit] + choices.of([0, 0, 1, -1])


def some_day(writer: Writer, days: list[date]) -> date | None:
    return writer.choices.of(days) if days else None


def point(writer: Writer, day: date | None) -> ast.Expression:
    """A point on a day, or near it."""
    choices = writer.choices
    named = [
        name
        for name, each in writer.parameters.items()
        if isinstance(each, ir.Constant) and type(each.value) is date
    ]
    match choices.number(0, 7):
        case 0 | 1 if day is not None:
            return ast.Date(day, at=AT)
        case 2 | 3 | 4 if day is None or day <= writer.as_of:
            unit = choices.of(CALENDAR)
            return ast.Ago(count(writer, units_between(writer, day, unit)), unit, at=AT)
        case 5:
            return ast.StartOf(choices.of(SNAPS), at=AT)
        case 6:
            return ast.Yesterday(at=AT)
        case 7 if named:
            return ast.Parameter(choices.of(named), at=AT)
    return ast.Today(at=AT)


def window(
    writer: Writer, tested: ir.Value, scene: Scene, anchors: Scene, depth: int, *, of_events: bool
) -> ast.Window | None:
    """A window for a value of `scene`; its ends may be values of `anchors`."""
    choices = writer.choices
    days = days_of(writer, tested, scene)
    day = some_day(writer, days)
    match choices.number(0, 8 if of_events else 7):
        case 0 | 1:
            unit = choices.of(CALENDAR)
            return ast.InLast(count(writer, units_between(writer, day, unit)), unit, at=AT)
        case 2:
            unit = choices.of(CALENDAR)
            return ast.InNext(count(writer, units_between(writer, day, unit)), unit, at=AT)
        case 3:
            unit = choices.of(SNAPS)
            return ast.InThis(unit, at=AT) if choices.chance(50) else ast.InPrevious(unit, at=AT)
        case 4 | 5:
            end = _end(writer, day, anchors, depth)
            return None if end is None else ast.Relative(choices.of(_RELATIONS), end, at=AT)
        case 6 | 7:
            return _within(writer, tested, anchors, depth)
        case _:
            low, high = (_end(writer, some_day(writer, days), anchors, depth) for _ in range(2))
            return None if low is None or high is None else ast.BetweenPoints(low, high, at=AT)


def _end(writer: Writer, day: date | None, anchors: Scene, depth: int) -> ast.Expression | None:
    if not writer.choices.chance(25):
        return point(writer, day)
    found = writer.value(anchors, TIMES, depth)
    return None if found is None else found.node


def _within(writer: Writer, tested: ir.Value, anchors: Scene, depth: int) -> ast.Window | None:
    choices = writer.choices
    kind = tested.type.kind
    short = kind is not Kind.DATE and choices.chance(40)
    anchor = writer.value(anchors, frozenset({kind}) if short else TIMES, depth)
    if anchor is None:
        return None
    side: Literal["after", "before"] = choices.of(["after", "before"])
    if short:
        unit = choices.of(_SHORT)
        amount = choices.of([24, 1, 0, 48, 720, 12, 90, 1440])
    else:
        unit = choices.of(CALENDAR)
        amount = choices.of([7, 0, 1, 30, 12, 2])
    return ast.Within(count(writer, amount), unit, side, anchor.node, at=AT)


# --- as values ----------------------------------------------------------------------------------------------


@form("point", [Kind.DATE], deep=False)
def _point(writer: Writer, scene: Scene, kinds: Any, depth: int) -> ast.Expression:
    return point(writer, some_day(writer, _stored_days(writer)))


def _stored_days(writer: Writer) -> list[date]:
    found: list[date] = []
    zone = ZoneInfo(writer.catalog.timezone)
    for values in writer.layout.pools.values():
        for each in values:
            if isinstance(each, datetime):
                found.append((each.astimezone(zone) if each.tzinfo else each).date())
            elif isinstance(each, date):
                found.append(each)
    return found


@form("since", [Kind.INTEGER], weight=3)
def _since(writer: Writer, scene: Scene, kinds: Any, depth: int) -> ast.Expression | None:
    start = writer.value(scene, TIMES, depth)
    return None if start is None else ast.Since(writer.choices.of(CALENDAR), start.node, at=AT)


@form("from to", [Kind.INTEGER], weight=2)
def _from_to(writer: Writer, scene: Scene, kinds: Any, depth: int) -> ast.Expression | None:
    start, end = writer.value(scene, TIMES, depth), writer.value(scene, TIMES, depth)
    if start is None or end is None:
        return None
    return ast.FromTo(writer.choices.of(CALENDAR), start.node, end.node, at=AT)


@form("to anniversary", [Kind.INTEGER])
def _to_anniversary(writer: Writer, scene: Scene, kinds: Any, depth: int) -> ast.Expression | None:
    day = writer.value(scene, TIMES, depth)
    return None if day is None else ast.ToAnniversary(Unit.DAY, day.node, at=AT)


# --- as conditions ------------------------------------------------------------------------------------------


@form("in window", weight=4)
def _in_window(writer: Writer, scene: Scene, depth: int) -> ast.Expression | None:
    tested = writer.value(scene, TIMES, depth)
    made = None if tested is None else window(writer, tested.value, scene, scene, depth, of_events=False)
    if tested is None or made is None:
        return None
    return ast.InWindow(tested.node, made, writer.choices.chance(30), at=AT)
