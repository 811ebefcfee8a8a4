"""Calendars that end: engines which fail where a date would leave the years 1 to 9999."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from segdsl.semantics.calendar import add_units
from segdsl.sql import tree
from segdsl.sql.dialects.base import Dialect
from segdsl.sql.tree import Expression
from segdsl.units import Unit


class ClosedCalendar(Dialect):
    """What would be beyond an end of the calendar is that end."""

    def add(self, count: int, unit: Unit, value: Expression) -> Expression:
        if count == 0:
            return value
        end = date.max if count > 0 else date.min
        bound = datetime.max if count > 0 else datetime.min
        if unit.is_calendar:
            limit = add_units(end, -count, unit)
            last, edge = self.day(end), None if limit in (date.min, date.max) else self.day(limit)
        else:
            last, edge = self.moment(bound), _before(self, bound, count, unit)
        if edge is None:
            return tree.case((tree.is_not_null(value), last))
        past = tree.compare(">" if count > 0 else "<", value.copy(), edge)
        return tree.case((past, last), default=self.later(count, unit, value))

    def later(self, count: int, unit: Unit, value: Expression) -> Expression:
        """As `add`, of what stays within the calendar."""
        raise NotImplementedError


def _before(dialect: Dialect, bound: datetime, count: int, unit: Unit) -> Expression | None:
    try:
        return dialect.moment(bound - timedelta(**{unit.plural: count}))
    except OverflowError:
        return None
