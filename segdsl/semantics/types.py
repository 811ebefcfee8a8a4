"""The types of values."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

MAX_DIGITS = 38
INTEGER_DIGITS = 19


class Kind(StrEnum):
    BOOLEAN = "boolean"
    INTEGER = "integer"
    DECIMAL = "decimal"
    FLOAT = "float"
    STRING = "string"
    DATE = "date"
    TIMESTAMP = "timestamp"
    TIMESTAMPTZ = "timestamptz"
    KEY = "key"
    """A key or link column that the catalog does not list: equality, `is known` and counting only."""


@dataclass(frozen=True, slots=True)
class Type:
    """A type. Decimals have `precision` digits in all (at most 38), `scale` of them after the point."""

    kind: Kind
    precision: int = 0
    scale: int = 0

    def __str__(self) -> str:
        return f"decimal({self.precision}, {self.scale})" if self.kind is Kind.DECIMAL else str(self.kind)

    @property
    def is_exact(self) -> bool:
        return self.kind in (Kind.INTEGER, Kind.DECIMAL)

    @property
    def is_number(self) -> bool:
        return self.is_exact or self.kind is Kind.FLOAT

    @property
    def is_time(self) -> bool:
        """Whether values stand on the time line: dates, timestamps, instants."""
        return self.kind in (Kind.DATE, Kind.TIMESTAMP, Kind.TIMESTAMPTZ)

    @property
    def is_clock(self) -> bool:
        return self.kind in (Kind.TIMESTAMP, Kind.TIMESTAMPTZ)

    @property
    def is_ordered(self) -> bool:
        return self.is_number or self.is_time

    @property
    def digits(self) -> int:
        """How many digits before the point an exact number of this type may have."""
        return INTEGER_DIGITS if self.kind is Kind.INTEGER else self.precision - self.scale


BOOLEAN = Type(Kind.BOOLEAN)
INTEGER = Type(Kind.INTEGER)
FLOAT = Type(Kind.FLOAT)
STRING = Type(Kind.STRING)
DATE = Type(Kind.DATE)
TIMESTAMP = Type(Kind.TIMESTAMP)
TIMESTAMPTZ = Type(Kind.TIMESTAMPTZ)
KEY = Type(Kind.KEY)

_SIMPLE = {str(t): t for t in (BOOLEAN, INTEGER, FLOAT, STRING, DATE, TIMESTAMP, TIMESTAMPTZ)}
_DECIMAL = re.compile(r"decimal\s*\(\s*(\d+)\s*,\s*(\d+)\s*\)\Z")
TYPE_NAMES = (*_SIMPLE, "decimal(p, s)")


def decimal(precision: int, scale: int) -> Type:
    return Type(Kind.DECIMAL, precision, scale)


def parse_type(text: str) -> Type | None:
    """The type of that name (`integer`, `decimal(10, 2)`), or None."""
    text = text.strip()
    if text in _SIMPLE:
        return _SIMPLE[text]
    match = _DECIMAL.match(text)
    if match:
        precision, scale = int(match[1]), int(match[2])
        if 1 <= precision <= MAX_DIGITS and scale <= precision:
            return decimal(precision, scale)
    return None


def common_number(a: Type, b: Type) -> Type:
    """The number type that holds the values of both; float as soon as one is."""
    if Kind.FLOAT in (a.kind, b.kind):
        return FLOAT
    if a.kind is Kind.INTEGER and b.kind is Kind.INTEGER:
        return INTEGER
    scale = max(a.scale, b.scale)
    return decimal(min(MAX_DIGITS, max(a.digits, b.digits) + scale), scale)


def unify(a: Type, b: Type) -> Type | None:
    """The type of a value that is sometimes of `a`, sometimes of `b`; None where there is none."""
    if a.is_number and b.is_number:
        return common_number(a, b)
    return a if a == b else None


def arithmetic(operator: str, a: Type, b: Type) -> Type | None:
    """The type of `a + b`, `a - b` or `a * b`; None where its scale would pass 38 digits."""
    if Kind.FLOAT in (a.kind, b.kind):
        return FLOAT
    if a.kind is Kind.INTEGER and b.kind is Kind.INTEGER:
        return INTEGER
    if operator == "*":
        scale = a.scale + b.scale
        digits = a.digits + b.digits
    else:
        scale = max(a.scale, b.scale)
        digits = max(a.digits, b.digits) + 1
    return decimal(min(MAX_DIGITS, digits + scale), scale) if scale <= MAX_DIGITS else None
