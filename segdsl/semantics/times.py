"""Days, points and windows, bound."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from segdsl.semantics import advice, ir
from segdsl.semantics.calendar import AS_OF, is_reversed, shifted, snapped
from segdsl.semantics.logic import all_of
from segdsl.semantics.scope import Frame
from segdsl.semantics.types import DATE, TIMESTAMPTZ, Kind
from segdsl.source import Span
from segdsl.syntax import ast
from segdsl.units import Unit

if TYPE_CHECKING:
    from segdsl.semantics.binder import Binder

_SNAPS = (Unit.WEEK, Unit.MONTH, Unit.QUARTER, Unit.YEAR)


def day_of(value: ir.Value, zone: str) -> ir.Value:
    """The day of a date, timestamp or instant (in the project's zone)."""
    match value:
        case ir.Constant(datetime() as moment):
            local = moment.astimezone(ZoneInfo(zone)) if moment.tzinfo else moment
            return ir.Point(ir.Day(local.date()))
        case _ if value.type.kind is Kind.DATE:
            return value
        case _:
            return ir.DayOf(local_time(value, zone))


def local_time(value: ir.Value, zone: str) -> ir.Value:
    """The wall-clock time of an instant; dates and timestamps as they are."""
    return ir.LocalTime(value, zone) if value.type.kind is Kind.TIMESTAMPTZ else value


def on_project_clock(moment: datetime, zone: str) -> ir.Constant:
    """A timestamp literal beside an instant: that time on the project's clock."""
    return ir.Constant(moment.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC), TIMESTAMPTZ)


def count(binder: Binder, node: ast.Count) -> int | None:
    """An integer literal or parameter that counts units or conditions."""
    if isinstance(node, ast.Number):
        if isinstance(node.value, int) and not node.percent:
            return node.value
        return binder.error("wrong-type", "a whole number is needed here", node.at, "for example `30`")
    constant = binder.parameter(node)
    if constant is None:
        return None
    if (
        isinstance(constant, ir.Constant)
        and constant.type.kind is Kind.INTEGER
        and isinstance(constant.value, int)
    ):
        if constant.value < 0:
            message = f"`${node.name}` counts, so it can't be negative"
            return binder.error("wrong-type", message, node.at, "give it a value of 0 or more")
        return constant.value
    message = f"`${node.name}` must be an integer to count with"
    return binder.error("wrong-type", message, node.at, "declare it with `type: integer`")


def calendar_unit(binder: Binder, unit: Unit, at: Span, form: str) -> bool:
    """Whether the unit may be used here: hours and minutes never measure from the as-of day."""
    if unit.is_calendar:
        return True
    binder.error(
        "hours-from-day",
        f"{form} counts from the as-of day, which has no hours",
        at,
        "use days; hours and minutes only measure between two timestamps: `within 24 hours after signup_at`",
    )
    return False


def point(binder: Binder, node: ast.Expression) -> ir.Day | None:
    """A point: a date, `today`, `30 days ago`, `start of month`, or a date parameter."""
    match node:
        case ast.Date(value):
            return ir.Day(value)
        case ast.Today():
            return AS_OF
        case ast.Yesterday():
            return shifted(AS_OF, -1, Unit.DAY)
        case ast.Ago(number, unit):
            amount = count(binder, number)
            if not calendar_unit(binder, unit, node.at, f"`… {unit.plural} ago`") or amount is None:
                return None
            return shifted(AS_OF, -amount, unit)
        case ast.StartOf(unit):
            return snapped(AS_OF, unit) if _snappable(binder, unit, node.at, "today") else None
        case ast.Parameter():
            constant = binder.parameter(node)
            if constant is None:
                return None
            if isinstance(constant, ir.Constant) and type(constant.value) is date:
                return ir.Day(constant.value)
            message = f"`${node.name}` is not a date"
            return binder.error("wrong-type", message, node.at, "declare it with `type: date`")
    message = "a point in time is needed here: a date, `today`, `30 days ago` or `start of month`"
    return binder.error("not-a-point", message, node.at, advice.point(node))


def _snappable(binder: Binder, unit: Unit, at: Span, of_days: str) -> bool:
    """Whether the calendar has a start of the unit. `of_days` is what is meant where the unit is the day."""
    if unit in _SNAPS:
        return True
    help = f"write `{of_days}`" if unit is Unit.DAY else "days have no hours here: use `today`"
    binder.error("wrong-unit", "only a week, month, quarter or year can stand here", at, help)
    return False


def window_days(binder: Binder, window: ast.Window) -> ir.Days | None:
    """The days of any window but `within`, as bounds that are both included."""
    days = _window_days(binder, window)
    if days is None or days.low is None or days.high is None:
        return days
    match window:
        case ast.BetweenPoints(low, high):
            check_range(binder, ir.Point(days.low), ir.Point(days.high), low, high)
        case ast.InLast(number, unit) | ast.InNext(number, unit) if is_reversed(days.low, days.high):
            message = f"a window of {advice.written(number)} {unit.plural} is empty, so nothing is in it"
            binder.warning("empty-range", message, window.at, "count 1 or more of them")
    return days


def check_range(
    binder: Binder, low: ir.Value, high: ir.Value, low_node: ast.Expression, high_node: ast.Expression
) -> None:
    """Warns of a range that is empty whatever is held against it, because its ends are the wrong way round."""
    match low, high:
        case ir.Point(first), ir.Point(last):
            empty = is_reversed(first, last)
        case ir.Constant(int() | Decimal() as first), ir.Constant(int() | Decimal() as last):
            empty = first > last
        case ir.Constant(datetime() as first), ir.Constant(datetime() as last):
            zone = ZoneInfo(binder.catalog.timezone)
            start, end = (t if t.tzinfo else t.replace(tzinfo=zone) for t in (first, last))
            empty = start > end
        case _:
            return
    if empty:
        message = "this range ends before it starts, so nothing is in it"
        help = f"write `between {advice.written(high_node)} and {advice.written(low_node)}`"
        binder.warning("empty-range", message, low_node.at.to(high_node.at), help)


def _window_days(binder: Binder, window: ast.Window) -> ir.Days | None:
    match window:
        case ast.InLast(number, unit) | ast.InNext(number, unit):
            amount = count(binder, number)
            if not calendar_unit(binder, unit, window.at, "this window") or amount is None:
                return None
            if isinstance(window, ast.InLast):
                return ir.Days(shifted(shifted(AS_OF, -amount, unit), 1, Unit.DAY), AS_OF)
            return ir.Days(shifted(AS_OF, 1, Unit.DAY), shifted(AS_OF, amount, unit))
        case ast.InThis(unit) | ast.InPrevious(unit):
            of_days = "on today" if isinstance(window, ast.InThis) else "on yesterday"
            if not _snappable(binder, unit, window.at, of_days):
                return None
            this = snapped(AS_OF, unit)
            start = this if isinstance(window, ast.InThis) else shifted(this, -1, unit)
            return ir.Days(start, shifted(shifted(start, 1, unit), -1, Unit.DAY))
        case ast.Relative(relation, node):
            day = point(binder, node)
            return None if day is None else _relative(relation, day)
        case ast.BetweenPoints(low_node, high_node):
            low, high = point(binder, low_node), point(binder, high_node)
            return None if low is None or high is None else ir.Days(low, high)
    return None


def _relative(relation: ast.Relation, day: ir.Day) -> ir.Days:
    match relation:
        case "on":
            return ir.Days(day, day)
        case "since":
            return ir.Days(day, None)
        case "after":
            return ir.Days(shifted(day, 1, Unit.DAY), None)
        case "before":
            return ir.Days(None, shifted(day, -1, Unit.DAY))
        case "until":
            return ir.Days(None, day)


def in_days(value: ir.Value, days: ir.Days, zone: str) -> ir.Condition:
    """Whether the day of a value lies in the window."""
    day = day_of(value, zone)
    tests: list[ir.Condition] = []
    if days.low is not None:
        tests.append(ir.Compare(">=", day, ir.Point(days.low), on_unknown=False))
    if days.high is not None:
        tests.append(ir.Compare("<=", day, ir.Point(days.high), on_unknown=False))
    return all_of(tests)


_POINTS = (ast.Date, ast.Today, ast.Yesterday, ast.Ago, ast.StartOf, ast.Parameter)
_TESTS: dict[str, ir.CompareOperator] = {"on": "=", "since": ">=", "after": ">", "before": "<", "until": "<="}


def has_value_ends(window: ast.Window) -> bool:
    """Whether an end of the window is a value (`since signup_date`) and not a point."""
    match window:
        case ast.Relative(_, end):
            return not isinstance(end, _POINTS)
        case ast.BetweenPoints(low, high):
            return not (isinstance(low, _POINTS) and isinstance(high, _POINTS))
        case _:
            return False


def in_values(
    binder: Binder, value: ir.Value, window: ast.Relative | ast.BetweenPoints, frame: Frame
) -> ir.Condition | None:
    """Whether the day of a value lies in a window whose ends are values of `frame`; unknown ends: it does not."""
    if isinstance(window, ast.Relative):
        ends: list[tuple[ir.CompareOperator, ast.Expression]] = [(_TESTS[window.relation], window.point)]
    else:
        ends = [(">=", window.low), ("<=", window.high)]
    day = day_of(value, binder.catalog.timezone)
    tests: list[ir.Condition] = []
    for operator, node in ends:
        end = binder.value(node, frame)
        if end is not None and not end.type.is_time:
            message = f"a window starts and ends at dates, and this is {a(end.type.kind)}"
            binder.error("not-a-point", message, node.at, advice.point(node))
        elif end is not None:
            limit = day_of(end, binder.catalog.timezone)
            tests.append(ir.Compare(operator, day, limit, on_unknown=False, span=window.at))
    return all_of(tests) if len(tests) == len(ends) else None


def within(binder: Binder, value: ir.Value, window: ast.Within, frame: Frame) -> ir.Condition | None:
    """Whether a value lies within so many units after or before the anchor, a value of `frame`."""
    amount = count(binder, window.count)
    anchor = binder.value(window.anchor, frame)
    if amount is None or anchor is None:
        return None
    if not anchor.type.is_time:
        message = f"`within` needs a date or timestamp here, not {a(anchor.type.kind)}"
        help = "name one, such as `within 7 days after signup_date`"
        return binder.error("wrong-type", message, window.anchor.at, help)
    signed = amount if window.side == "after" else -amount
    if window.unit.is_calendar:
        zone = binder.catalog.timezone
        value, anchor = day_of(value, zone), day_of(anchor, zone)
        limit = add_to_day(anchor, signed, window.unit)
    else:
        if isinstance(anchor, ir.Constant) and value.type.kind is Kind.TIMESTAMPTZ:
            assert isinstance(anchor.value, datetime)
            anchor = on_project_clock(anchor.value, binder.catalog.timezone)
        if not anchor.type.is_clock or anchor.type != value.type:
            return binder.error(
                "wrong-type",
                f"{window.unit.plural} measure between two timestamps of one type, not from {a(anchor.type.kind)} "
                f"to {a(value.type.kind)}",
                window.at,
                "use days",
            )
        limit = ir.AddTime(anchor, signed, window.unit, anchor.type)
    low, high = (anchor, limit) if window.side == "after" else (limit, anchor)
    return all_of(
        [
            ir.Compare(">=", value, low, on_unknown=False, span=window.at),
            ir.Compare("<=", value, high, on_unknown=False, span=window.at),
        ]
    )


def add_to_day(day: ir.Value, amount: int, unit: Unit) -> ir.Value:
    if isinstance(day, ir.Point):
        return ir.Point(shifted(day.day, amount, unit))
    return ir.AddTime(day, amount, unit, DATE)


def a(kind: Kind | str) -> str:
    """The kind of a value with its article: "an integer", "a date"."""
    word = {"string": "text", "boolean": "yes/no value", "float": "number", "decimal": "number"}.get(
        str(kind), str(kind)
    )
    if word == "text":
        return word
    return f"{'an' if word[0] in 'aeiou' else 'a'} {word}"
