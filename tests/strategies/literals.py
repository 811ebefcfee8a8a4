"""Values as the literals that the parser would make of them, moved a little so that they are edges."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Context, Decimal
from typing import Any
from zoneinfo import ZoneInfo

from segdsl.semantics.types import Kind, Type
from segdsl.syntax import ast
from tests.strategies.choices import Choices
from tests.strategies.syntax import AT

_CONTEXT = Context(prec=80)


def literal(choices: Choices, value: Any, type: Type, zone: str, *, exact: bool = False) -> ast.Expression:
    """A literal near a known value of a type; unless `exact`, sometimes the next one below or above."""
    shift = 0 if exact else choices.of([0, 0, 0, 1, -1])
    match value:
        case bool():
            return ast.Boolean(value, at=AT)
        case int() if type.kind is not Kind.FLOAT:
            return number(value + shift)
        case Decimal():
            step = Decimal(1).scaleb(choices.of([-type.scale, 0]))
            return _decimal(_CONTEXT.add(value, _CONTEXT.multiply(shift, step)))
        case int() | float():
            plain = Decimal(repr(float(value)))
            if plain.is_finite() and len(plain.as_tuple().digits) > 8 and choices.chance(70):
                # A quotient with all its digits is rarely met by what it is multiplied with.
                plain = round(plain, 4)
            return _decimal(plain + shift * Decimal("0.5"))
        case str():
            return text(value)
        case datetime():
            local = value.astimezone(ZoneInfo(zone)).replace(tzinfo=None) if value.tzinfo else value
            if choices.chance(30):
                return ast.Date(_moved(local.date(), shift), at=AT)
            return ast.Timestamp(local.replace(microsecond=0, fold=0), at=AT)
        case date():
            return ast.Date(_moved(value, shift), at=AT)
    raise AssertionError(f"{value!r} is of no type of the language")


def number(value: int | Decimal, percent: bool = False) -> ast.Expression:
    """A number with its sign as the parser reads it."""
    plain = ast.Number(value.copy_abs() if isinstance(value, Decimal) else abs(value), percent, at=AT)
    return ast.Negate(plain, at=AT) if value < 0 else plain


def text(value: str) -> ast.String:
    """A text of one line, as literals are."""
    return ast.String(value.replace("\n", "").replace("\r", ""), at=AT)


def _decimal(value: Decimal) -> ast.Expression:
    """With its digits spelled out, one after the point at least."""
    if not value.is_finite():
        value = Decimal(0)
    digits = format(value, "f")
    if "." not in digits:
        return number(int(value))
    return number(Decimal(digits))


def _moved(day: date, days: int) -> date:
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return day
