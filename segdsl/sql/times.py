"""Days and times in SQL: bounds that an index can use, and plain calendar arithmetic."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, assert_never

from segdsl.semantics import ir
from segdsl.semantics.calendar import first_instant, interruption
from segdsl.semantics.types import Kind
from segdsl.sql import tree
from segdsl.sql.tree import Expression
from segdsl.units import Unit

if TYPE_CHECKING:
    from segdsl.sql.dialects.base import Dialect

_YEARS = 10_000
_LONGEST = {
    Unit.MONTH: _YEARS * 12,
    Unit.DAY: _YEARS * 366,
    Unit.HOUR: _YEARS * 366 * 24,
    Unit.MINUTE: _YEARS * 366 * 24 * 60,
}
"""More of each unit than the calendar from year 1 to 9999 has."""
_DAYS_OF_400_YEARS = 146_097
MONTHS = {Unit.MONTH: 1, Unit.QUARTER: 3, Unit.YEAR: 12}


def fixed_day(value: ir.Value) -> date | None:
    """The day that a value always is, if it is one."""
    match value:
        case ir.Point(day):
            assert day.fixed is not None and not day.steps, "plans have resolved days"
            return day.fixed
        case ir.Constant(datetime()):
            return None
        case ir.Constant(date() as day):
            return day
        case _:
            return None


def next_day(day: date) -> date:
    """The day after; there is none after the last of the calendar."""
    return day + timedelta(days=1)


def day_bound(
    dialect: Dialect, operator: ir.CompareOperator, value: ir.Value, expression: Expression, day: date
) -> Expression:
    """`value < day` or `value >= day`, by the start of the day. `expression` is the value as SQL, or for a
    LocalTime its operand's."""
    match value:
        case ir.LocalTime(_, zone):
            return _instant_bound(dialect, operator, expression, day, zone)
        case _ if value.type.kind is Kind.DATE:
            return tree.compare(operator, expression, dialect.day(day))
        case _:
            return dialect.bounded(operator, expression, datetime.combine(day, time()))


def _instant_bound(
    dialect: Dialect, operator: ir.CompareOperator, expression: Expression, day: date, zone: str
) -> Expression:
    """By instants, which an index finds. Clocks set back across midnight show the day before once more."""

    def test(operator: ir.CompareOperator, instant: datetime) -> Expression:
        return dialect.bounded(operator, expression.copy(), instant)

    start = first_instant(day, zone)
    again = interruption(day, zone)
    if again is None:
        return test(operator, start)
    back, onward = again
    if operator == "<":
        return tree.any_of([test("<", start), tree.all_of([test(">=", back), test("<", onward)])])
    return tree.any_of([tree.all_of([test(">=", start), test("<", back)]), test(">=", onward)])


def between_days(
    dialect: Dialect, value: ir.Value, expression: Expression, low: date | None, high: date | None
) -> list[Expression]:
    """Tests that the day of a value is known, not before `low` and not after `high`."""
    tests = []
    if low is not None and low != date.min:
        tests.append(day_bound(dialect, ">=", value, expression.copy(), low))
    if high is not None and high != date.max:
        if value.type.kind is Kind.DATE:
            tests.append(tree.compare("<=", expression.copy(), dialect.day(high)))
        else:
            tests.append(day_bound(dialect, "<", value, expression.copy(), next_day(high)))
    return tests or [tree.is_not_null(expression)]


def compare_day(
    dialect: Dialect, operator: ir.CompareOperator, value: ir.Value, expression: Expression, day: date
) -> Expression:
    """The day of a timestamp against a fixed day, by bounds. Nothing is beyond the ends of the calendar: a clock
    elsewhere may show a day that is, and it counts as the last or first."""
    match operator:
        case "<" if day == date.min:
            return tree.known(expression, False)
        case ">=" if day == date.min:
            return tree.known(expression, True)
        case ">" | "<=" if day == date.max:
            return tree.known(expression, operator == "<=")
        case "<" | ">=":
            return day_bound(dialect, operator, value, expression, day)
        case "<=":
            return day_bound(dialect, "<", value, expression, next_day(day))
        case ">":
            return day_bound(dialect, ">=", value, expression, next_day(day))
        case "=" if day == date.min:
            return compare_day(dialect, "<=", value, expression, day)
        case "=" if day == date.max:
            return compare_day(dialect, ">=", value, expression, day)
        case "!=" if day == date.min:
            return compare_day(dialect, ">", value, expression, day)
        case "!=" if day == date.max:
            return compare_day(dialect, "<", value, expression, day)
        case "=":
            first = day_bound(dialect, ">=", value, expression, day)
            return tree.all_of([first, day_bound(dialect, "<", value, expression.copy(), next_day(day))])
        case "!=":
            first = day_bound(dialect, "<", value, expression, day)
            return tree.any_of([first, day_bound(dialect, ">=", value, expression.copy(), next_day(day))])


def distance(dialect: Dialect, value: ir.Distance, start: Expression, end: Expression) -> Expression:
    """Whole units from start to end, both dates as SQL."""
    match value.unit:
        case Unit.DAY:
            return dialect.days_between(start, end)
        case Unit.WEEK:
            return dialect.floored(dialect.days_between(start, end), 7)
        case Unit.YEAR:
            return _years(dialect, value, start, end)
        case Unit.QUARTER:
            return dialect.floored(_months(dialect, value, start, end), 3)
        case Unit.MONTH:
            return _months(dialect, value, start, end)
        case Unit.HOUR | Unit.MINUTE:
            raise AssertionError("the binder has refused a distance in hours")
        case _:
            assert_never(value.unit)


def _field(dialect: Dialect, name: str, value: ir.Value, expression: Expression) -> Expression:
    day = fixed_day(value)
    if day is not None:
        return tree.number(getattr(day, name))
    return dialect.part(name, expression.copy())


def _month_number(dialect: Dialect, value: ir.Value, expression: Expression) -> Expression:
    """12 · year + month."""
    day = fixed_day(value)
    if day is not None:
        return tree.number(12 * day.year + day.month)
    years = tree.arithmetic("*", tree.number(12), dialect.part("year", expression.copy()))
    return tree.arithmetic("+", years, dialect.part("month", expression.copy()))


def _months(dialect: Dialect, value: ir.Distance, start: Expression, end: Expression) -> Expression:
    months = tree.arithmetic(
        "-", _month_number(dialect, value.end, end), _month_number(dialect, value.start, start)
    )
    last = fixed_day(value.end)
    if last is not None and last.day == 31:
        return months
    early = tree.compare(
        ">", _field(dialect, "day", value.start, start), _field(dialect, "day", value.end, end)
    )
    return tree.arithmetic("-", months, tree.case((early, tree.number(1)), default=tree.number(0)))


def _years(dialect: Dialect, value: ir.Distance, start: Expression, end: Expression) -> Expression:
    years = tree.arithmetic(
        "-", _field(dialect, "year", value.end, end), _field(dialect, "year", value.start, start)
    )

    def of_year(side: ir.Value, expression: Expression) -> Expression:
        day = fixed_day(side)
        if day is not None:
            return tree.number(100 * day.month + day.day)
        hundreds = tree.arithmetic("*", tree.number(100), dialect.part("month", expression.copy()))
        return tree.arithmetic("+", hundreds, dialect.part("day", expression.copy()))

    early = tree.compare(">", of_year(value.start, start), of_year(value.end, end))
    return tree.arithmetic("-", years, tree.case((early, tree.number(1)), default=tree.number(0)))


def add(dialect: Dialect, value: ir.AddTime, expression: Expression) -> Expression:
    """A date so many days or months later, or a time so many hours or minutes."""
    count, unit = value.count, value.unit
    if unit in MONTHS:
        count, unit = count * MONTHS[unit], Unit.MONTH
    elif unit is Unit.WEEK:
        count, unit = count * 7, Unit.DAY
    # Beyond that there is no day, and engines fail where an interval leaves their own calendar.
    longest = _LONGEST[unit]
    return dialect.add(max(-longest, min(count, longest)), unit, expression)


def to_anniversary(
    dialect: Dialect, value: ir.ToAnniversary, operand: Expression, today: Expression
) -> Expression:
    """Days until the month and day come round: the first of that month and as many days, so that 29 February
    is 1 March in common years."""

    def until(years: int) -> Expression:
        day = fixed_day(value.today)
        # The calendar repeats itself after 400 years, and has none after the last.
        early = day is not None and day.year + years > date.max.year
        year = tree.number(day.year + years - 400 * early) if day else dialect.part("year", today.copy())
        if day is None and years:
            year = tree.arithmetic("+", year, tree.number(years))
        month = dialect.part("month", operand.copy())
        start = dialect.days_between(today.copy(), dialect.first_of_month(year, month))
        with_day = tree.arithmetic("+", start, dialect.part("day", operand.copy()))
        return tree.arithmetic("-", with_day, tree.number(1 - _DAYS_OF_400_YEARS * early))

    return tree.case((tree.compare(">=", until(0), tree.number(0)), until(0)), default=until(1))
