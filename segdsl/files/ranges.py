"""Ranges that expectations name: `500..50_000`, `1%..5%`, `at least 500`, `at most 20%`, `exactly 0`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from segdsl.files.nodes import Node
from segdsl.files.values import Refused, Text, described, filled

_NUMBER = r"(\d+(?:_\d+)*(?:\.\d+)?)\s*(%?)"
_BETWEEN = re.compile(rf"{_NUMBER}\s*\.\.\s*{_NUMBER}\Z", re.ASCII)
_BOUND = re.compile(rf"(?:(at\s+least|at\s+most|exactly)\s+)?{_NUMBER}\Z", re.ASCII | re.IGNORECASE)
_HELP = "write `500..50_000`, `1%..5%`, `at least 500`, `at most 20%` or `exactly 0`"


@dataclass(frozen=True)
class Range:
    """Counts, or shares of a whole from 0 up (`is_share`): both ends included, None an open one."""

    text: Text
    low: Fraction | None
    high: Fraction | None
    is_share: bool

    def holds(self, value: int | Fraction) -> bool:
        return (self.low is None or self.low <= value) and (self.high is None or value <= self.high)


def read_range(node: Node) -> Range:
    text = filled(node)
    written = text.strip()
    if between := _BETWEEN.match(written):
        low, high = _number(between[1], between[2]), _number(between[3], between[4])
        if bool(between[2]) != bool(between[4]):
            raise Refused(f"can't be {described(node)}: one end is a share, the other a count", _HELP)
        if low > high:
            raise Refused(
                f"can't be {described(node)}: it ends before it starts", "write the lower end first"
            )
        return Range(text, low, high, bool(between[2]))
    bound = _BOUND.match(written)
    if bound is None:
        raise Refused(f"must be a range, not {described(node)}", _HELP)
    value, word = _number(bound[2], bound[3]), " ".join((bound[1] or "exactly").lower().split())
    return Range(
        text, None if word == "at most" else value, None if word == "at least" else value, bool(bound[3])
    )


def read_share(node: Node) -> Range:
    """A range of shares."""
    found = read_range(node)
    if not found.is_share:
        raise Refused(f"must be a share, not {described(node)}", "write `at most 20%`")
    return found


def _number(digits: str, percent: str) -> Fraction:
    value = Fraction(digits.replace("_", ""))
    if not percent and value.denominator != 1:
        raise Refused(f"can't be `{digits}`: nobody counts parts of an entity", _HELP)
    return value / 100 if percent else value
