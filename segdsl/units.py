"""The units in which time is counted."""

from __future__ import annotations

from enum import StrEnum


class Unit(StrEnum):
    """A unit of time. `plural` is how a count of it is written."""

    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"

    @property
    def plural(self) -> str:
        return f"{self.value}s"

    @property
    def is_calendar(self) -> bool:
        """Whether it is counted in days on the calendar rather than in elapsed time."""
        return self not in (Unit.MINUTE, Unit.HOUR)
