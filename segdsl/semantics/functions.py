"""Functions of values, bound."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, cast

from segdsl.diagnostics.wording import listing, suggest
from segdsl.semantics import advice, ir
from segdsl.semantics.scope import Frame
from segdsl.semantics.times import a, day_of, local_time, on_project_clock
from segdsl.semantics.types import FLOAT, INTEGER, STRING, TIMESTAMP, TIMESTAMPTZ, Kind, Type, decimal, unify
from segdsl.source import Span
from segdsl.syntax import ast

if TYPE_CHECKING:
    from segdsl.semantics.binder import Binder

TEXT = ("lower", "upper", "trim", "length")
ROUNDING = ("abs", "round", "floor", "ceil")
CHOICE = ("coalesce", "least", "greatest")
PARTS = ("year", "quarter", "month", "day", "weekday", "hour")
_AGGREGATES = ("count", "exists", "sum", "avg", "min", "max", "first", "last")
FUNCTIONS = (*TEXT, *ROUNDING, *CHOICE, "if", "date", *PARTS, "band")


def coerce(value: ir.Value, type: Type) -> ir.Value:
    """A number as one of `type`: exact numbers become floats where it is FLOAT."""
    if type.kind is Kind.FLOAT and value.type.is_exact:
        return ir.ToFloat(value)
    return value


def on_one_clock(binder: Binder, values: list[ir.Value]) -> list[ir.Value]:
    """Values of which any may be taken: timestamp literals beside an instant are on the project's clock."""
    if all(value.type != TIMESTAMPTZ for value in values):
        return values
    return [
        on_project_clock(value.value, binder.catalog.timezone)
        if isinstance(value, ir.Constant) and value.type == TIMESTAMP and isinstance(value.value, datetime)
        else value
        for value in values
    ]


def is_listed(binder: Binder, function: str, value: ir.Value | None, at: Span) -> bool:
    """Whether a value is more than a key that the catalog does not list, of which no type is known."""
    if value is None or value.type.kind is not Kind.KEY:
        return True
    binder.error(
        "wrong-type",
        f"`{function}` needs a value with a type, and this column is not listed under `columns`",
        at,
        "add it to the columns of its table in the catalog",
    )
    return False


def bind_call(binder: Binder, node: ast.Call, frame: Frame) -> ir.Value | None:
    if node.function not in FUNCTIONS:
        return binder.error(
            "unknown-name",
            f"there is no function `{node.function}`",
            node.function_at,
            suggest(node.function, (*FUNCTIONS, *_AGGREGATES))
            or f"the functions are {listing(FUNCTIONS, len(FUNCTIONS))}",
        )
    if node.function == "if":
        return _if(binder, node, frame)
    least, most = _arity(node.function)
    if not least <= len(node.arguments) <= most:
        wanted = str(least) if least == most else f"{least} or more" if most > 9 else f"{least} or {most}"
        found = len(node.arguments)
        return binder.error(
            "wrong-arguments",
            f"`{node.function}` takes {wanted} value{'s' * (wanted != '1')}, not {found}",
            node.at,
            _form(node),
        )
    bound = [binder.value(argument, frame) for argument in node.arguments]
    values = [value for value in bound if value is not None]
    if len(values) < len(bound):
        return None
    if node.function in TEXT:
        return _text(binder, node, values[0])
    if node.function in ROUNDING:
        return _rounding(binder, node, values)
    if node.function in CHOICE:
        return _choice(binder, node, values)
    if node.function == "band":
        return _band(binder, node, values)
    return _time(binder, node, values[0])


def _arity(function: str) -> tuple[int, int]:
    if function == "round":
        return 1, 2
    if function in CHOICE:
        return 1, 1000
    return (2, 1000) if function == "band" else (1, 1)


def _if(binder: Binder, node: ast.Call, frame: Frame) -> ir.Value | None:
    if len(node.arguments) != 3:
        return binder.error(
            "wrong-arguments",
            "`if` takes a condition and two values",
            node.at,
            f"write `{advice.FORMS['if']}`",
        )
    condition = binder.condition(node.arguments[0], frame)
    then, otherwise = (binder.value(argument, frame) for argument in node.arguments[1:])
    if condition is None or then is None or otherwise is None:
        return None
    then, otherwise = on_one_clock(binder, [then, otherwise])
    if not all(is_listed(binder, "if", value, node.at) for value in (then, otherwise)):
        return None
    type = unify(then.type, otherwise.type)
    if type is None:
        return binder.error(
            "wrong-type",
            f"the two values of `if` must be of one type, not {a(then.type.kind)} and {a(otherwise.type.kind)}",
            node.arguments[1].at.to(node.arguments[2].at),
            "make both of them numbers, texts or times",
        )
    return ir.If(condition, coerce(then, type), coerce(otherwise, type), type)


def _text(binder: Binder, node: ast.Call, value: ir.Value) -> ir.Value | None:
    if value.type != STRING:
        return _wrong(binder, node, 0, "text", value)
    return ir.Call(_name(node), (value,), INTEGER if node.function == "length" else STRING, span=node.at)


def _rounding(binder: Binder, node: ast.Call, values: list[ir.Value]) -> ir.Value | None:
    value = values[0]
    if not value.type.is_number:
        return _wrong(binder, node, 0, "a number", value)
    if node.function == "abs":
        return ir.Call("abs", (value,), value.type, span=node.at)
    if len(values) == 1:
        return ir.Call(_name(node), (value,), FLOAT if value.type == FLOAT else INTEGER, span=node.at)
    digits = values[1]
    if (
        not isinstance(digits, ir.Constant)
        or digits.type != INTEGER
        or not 0 <= cast(int, digits.value) <= 38
    ):
        message = "`round` takes a whole number of digits from 0 to 38"
        help = f"write it out, such as `round({advice.written(node.arguments[0])}, 2)`"
        return binder.error("wrong-arguments", message, node.arguments[1].at, help)
    if value.type == FLOAT:
        return binder.error(
            "wrong-type",
            "`round` to digits is for decimals, and this is a float",
            node.arguments[0].at,
            "a float has no exact digits: declare the column as decimal, or use `round(x)`",
        )
    scale, places = value.type.scale, cast(int, digits.value)
    if value.type == INTEGER or places >= scale:
        return value
    type = decimal(min(38, value.type.digits + 1 + places), places)
    return ir.Call("round", (value, digits), type, span=node.at)


def _choice(binder: Binder, node: ast.Call, values: list[ir.Value]) -> ir.Value | None:
    values = on_one_clock(binder, values)
    if not all(is_listed(binder, node.function, value, node.at) for value in values):
        return None
    kinds: Type | None = values[0].type
    for value in values[1:]:
        kinds = None if kinds is None else unify(kinds, value.type)
    if kinds is None:
        message = f"the values of `{node.function}` must be of one type"
        help = "make all of them numbers, texts or times"
        return binder.error("wrong-type", message, node.at, help)
    if node.function != "coalesce" and not kinds.is_ordered:
        return _wrong(binder, node, 0, "numbers or times", values[0])
    return ir.Call(_name(node), tuple(coerce(value, kinds) for value in values), kinds, span=node.at)


def _band(binder: Binder, node: ast.Call, values: list[ir.Value]) -> ir.Value | None:
    operand, *cuts = values
    if not operand.type.is_number:
        return _wrong(binder, node, 0, "a number", operand)
    last: ir.Constant | None = None
    for cut, written in zip(cuts, node.arguments[1:], strict=True):
        if not isinstance(cut, ir.Constant) or not cut.type.is_number:
            message = "a cut point of `band` is a number written out, or a parameter"
            return binder.error("wrong-arguments", message, written.at, _form(node))
        if last is not None and cast(int, cut.value) < cast(int, last.value):
            return binder.error(
                "wrong-arguments",
                "the cut points of `band` must not fall",
                written.at,
                "write them in rising order",
            )
        last = cut
    type = FLOAT if any(v.type == FLOAT for v in values) else operand.type
    return ir.Band(coerce(operand, type), tuple(coerce(cut, type) for cut in cuts))


def _time(binder: Binder, node: ast.Call, value: ir.Value) -> ir.Value | None:
    zone = binder.catalog.timezone
    if not value.type.is_time:
        return _wrong(binder, node, 0, "a date or timestamp", value)
    if node.function == "date":
        return day_of(value, zone)
    if node.function == "hour":
        if not value.type.is_clock:
            return _wrong(binder, node, 0, "a timestamp", value)
        return ir.Part("hour", local_time(value, zone))
    match node.function:
        case "year" | "quarter" | "month" | "day" | "weekday":
            return ir.Part(node.function, local_time(value, zone))
    raise AssertionError(node.function)


def _wrong(binder: Binder, node: ast.Call, argument: int, wanted: str, value: ir.Value) -> None:
    return binder.error(
        "wrong-type",
        f"`{node.function}` needs {wanted}, not {a(value.type.kind)}",
        node.arguments[argument].at,
        _form(node),
    )


def _form(node: ast.Call) -> str:
    return f"for example `{advice.FORMS[node.function]}`"


def _name(node: ast.Call) -> ir.CallName:
    return cast(ir.CallName, node.function)
