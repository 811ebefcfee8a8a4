"""Values by their raw text, as files and command lines give them."""

from __future__ import annotations

import math
import re
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import cast
from zoneinfo import ZoneInfo

from segdsl.semantics import ir
from segdsl.semantics.catalog import Fact
from segdsl.semantics.types import INTEGER, MAX_DIGITS, STRING, Kind, Type, decimal, parse_type

_INTEGER = re.compile(r"[+-]?\d[\d_]*\Z", re.ASCII)
_DECIMAL = re.compile(r"[+-]?(\d[\d_]*)?(\.\d+)?\Z", re.ASCII)
_FLOAT = re.compile(r"[+-]?(\d[\d_]*)?(\.\d+)?([eE][+-]?\d+)?\Z", re.ASCII)
_MOMENT = re.compile(
    r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?)?([zZ]|[+-]\d\d(:?\d\d)?)?\Z", re.ASCII
)
_DAY = re.compile(r"\d{4}-\d\d-\d\d\Z", re.ASCII)
_LIST = re.compile(r"list\s*\(\s*(.+?)\s*\)\Z", re.DOTALL)


def read_value(text: str, type: Type, zone: str) -> Fact | None:
    """The value of that type, or None where the text is none. A key may be any text."""
    try:
        match type.kind:
            case Kind.BOOLEAN:
                return {"true": True, "false": False}.get(text)
            case Kind.INTEGER:
                return _integer(text)
            case Kind.DECIMAL:
                return _decimal(text, type)
            case Kind.FLOAT:
                number = float(text.replace("_", "")) if _FLOAT.match(text) else math.inf
                return number if math.isfinite(number) else None
            case Kind.DATE:
                return date.fromisoformat(text) if _DAY.match(text) else None
            case Kind.TIMESTAMP:
                moment = _moment(text)
                return moment if moment.tzinfo is None else None
            case Kind.TIMESTAMPTZ:
                moment = _moment(text)
                return (moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)
            case _:
                return text
    except (ValueError, OverflowError):
        return None


def _integer(text: str) -> int | None:
    number = int(text.replace("_", "")) if _INTEGER.match(text) else None
    return number if number is not None and abs(number) < 10**MAX_DIGITS else None


def _moment(text: str) -> datetime:
    if not _MOMENT.match(text):
        raise ValueError(text)
    return datetime.fromisoformat(text)


def _decimal(text: str, type: Type) -> Decimal | None:
    if not _DECIMAL.match(text) or not any(c.isdigit() for c in text):
        return None
    try:
        value = Decimal(text.replace("_", ""))
    except InvalidOperation:
        return None
    scale = max(0, -int(value.as_tuple().exponent))
    fits = not value or value.adjusted() < type.precision - type.scale
    return value if scale <= type.scale and fits else None


def read_parameter_type(text: str) -> tuple[Type, bool] | None:
    """The type of a parameter and whether it is a list of them (`list(string)`)."""
    match = _LIST.match(text.strip())
    type = parse_type(match[1] if match else text)
    return None if type is None else (type, match is not None)


def constant(value: Fact, type: Type) -> ir.Constant:
    return ir.Constant(value, STRING if type.kind is Kind.KEY else type)


def number_constant(value: int | Decimal) -> ir.Constant:
    """A number literal; a decimal has the digits it was written with."""
    if isinstance(value, int):
        return ir.Constant(value, INTEGER)
    scale = max(0, -cast(int, value.as_tuple().exponent))
    return ir.Constant(value, decimal(min(MAX_DIGITS, max(len(value.as_tuple().digits), scale + 1)), scale))
