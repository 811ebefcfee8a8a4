"""How to mend what is wrong with types, in words that use what the user wrote."""

from __future__ import annotations

import re
from dataclasses import dataclass

from segdsl.diagnostics.wording import listing, suggest
from segdsl.semantics import ir
from segdsl.semantics.types import MAX_DIGITS, STRING, TYPE_NAMES, Kind, Type
from segdsl.syntax import ast

_LONGEST = 40
_YES = frozenset(("yes", "y", "true", "t", "1", "on"))
_NO = frozenset(("no", "n", "false", "f", "0", "off"))
_NUMBER = re.compile(r"[+-]?\d[\d_]*(\.\d+)?%?", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)

FORMS = {
    "lower": "lower(name)",
    "upper": "upper(name)",
    "trim": "trim(name)",
    "length": "length(name)",
    "abs": "abs(amount)",
    "round": "round(amount)` or `round(amount, 2)",
    "floor": "floor(amount)",
    "ceil": "ceil(amount)",
    "coalesce": "coalesce(amount, 0)",
    "least": "least(price, 100)",
    "greatest": "greatest(price, 100)",
    "if": "if(condition, value, other value)",
    "date": "date(placed_at)",
    "year": "year(placed_at)",
    "quarter": "quarter(placed_at)",
    "month": "month(placed_at)",
    "day": "day(placed_at)",
    "weekday": "weekday(placed_at)",
    "hour": "hour(placed_at)",
    "band": "band(recency, 30, 90)",
}
"""A use of each function, between backticks."""


def written(node: ast.Expression, otherwise: str = "…") -> str:
    """What the user wrote, on one line, to be used in a help; something else where it is long."""
    text = " ".join(node.at.text.split())
    return text if len(text) <= _LONGEST and "--" not in text else otherwise


def as_condition(value: ir.Value, node: ast.Expression) -> str:
    """What makes a condition of a value."""
    text = written(node)
    match value.type.kind:
        case Kind.STRING:
            return f"compare it, such as `{text} = 'a'`, or ask whether `{text} is known`"
        case Kind.DATE | Kind.TIMESTAMP | Kind.TIMESTAMPTZ:
            return f"compare it, such as `{text} >= 30 days ago`, or ask whether `{text} is known`"
        case Kind.KEY:
            return f"ask whether `{text} is known`"
        case _:
            return f"compare it, such as `{text} > 0`"


def comparison(left: ir.Value, right: ir.Value, left_node: ast.Expression, right_node: ast.Expression) -> str:
    """What makes two sides of different types comparable."""
    literal = right_node.value if isinstance(right_node, ast.String | ast.Number) else None
    text = str(literal)
    match left.type.kind:
        case Kind.STRING if isinstance(literal, int):
            return f"write text in quotes: `'{text}'`"
        case Kind.BOOLEAN if text.lower() in _YES | _NO:
            return f"write `{'true' if text.lower() in _YES else 'false'}`"
        case Kind.BOOLEAN:
            return "compare it with `true` or `false`"
        case Kind.DATE | Kind.TIMESTAMP | Kind.TIMESTAMPTZ if _DAY.fullmatch(text):
            return f"write a date without quotes: `{text}`"
        case Kind.DATE | Kind.TIMESTAMP | Kind.TIMESTAMPTZ if (
            isinstance(literal, int) and 1000 <= literal <= 9999
        ):
            return f"to compare its year, write `year({written(left_node)})`; a date is written `{literal}-01-31`"
        case Kind.DATE | Kind.TIMESTAMP | Kind.TIMESTAMPTZ:
            return (
                "compare it with a date such as `2024-01-31`, a point such as `30 days ago`, or another date"
            )
        case _ if left.type.is_number and isinstance(literal, str) and _NUMBER.fullmatch(text):
            return f"write a number without quotes: `{text}`"
        case _ if left.type.is_number:
            return "a number is compared with numbers, such as `30`"
        case _:
            return "both sides must be of one type"


def order(type: Type) -> str:
    """What to do in place of ordering values that have no order."""
    match type.kind:
        case Kind.BOOLEAN:
            return "compare it with `= true` or `= false`"
        case Kind.KEY:
            return "list the column under `columns` in the catalog, so that its type is known"
        case _:
            return "compare text with `=`, `!=`, `in`, `contains`, `starts with`, `ends with`, `like` or `matches`"


def text_test(type: Type) -> str:
    """What to do in place of `contains` and the like."""
    if type.is_number:
        return "compare a number with `=`, `<`, `>` or `between`"
    if type.is_time:
        return "compare it with a date, or with a window such as `in last 30 days`"
    return order(type)


def arithmetic(value: ir.Value, node: ast.Expression) -> str:
    """What to calculate with in place of a value that is no number."""
    text = written(node)
    if value.type.is_time:
        return "for the days between two, write `days from a to b`; days move by points such as `30 days ago`"
    if value.type == STRING:
        return f"use a number; how long a text is tells `length({text})`"
    return f"use a number; to count it, write `if({text}, 1, 0)`"


def window(type: Type) -> str:
    """What to do in place of a window on something that is no time."""
    if type.is_number:
        return "compare a number with `<`, `>` or `between`"
    return "name a date or timestamp, such as `signup_date in last 30 days`"


def point(node: ast.Expression) -> str:
    """What to write in place of an end of a window that is no point in time."""
    match node:
        case ast.Number(int() as number):
            return f"write `{number} days ago`"
        case ast.String(text) if _DAY.fullmatch(text):
            return f"write a date without quotes: `{text}`"
        case _:
            return "use a date, `30 days ago`, `start of month` or a column that holds a date"


def aggregate(function: str, type: Type, node: ast.Aggregate) -> str:
    """What to ask in place of `sum`, `avg`, `min` or `max` of values that don't have it."""
    path = written(node.rows.target)
    if node.rows.value is not None:
        path = f"{path}.({written(node.rows.value)})"
    table = node.rows.target.parts[0].text
    match type.kind:
        case Kind.BOOLEAN:
            return f"to count where it is true, write `count({table} where …)`"
        case Kind.DATE | Kind.TIMESTAMP | Kind.TIMESTAMPTZ:
            return f"for the earliest or latest, write `min({path})` or `max({path})`"
        case Kind.STRING if function in ("min", "max"):
            return f"for the latest by time, write `last({path})`; for the one seen most, `most frequent({path})`"
        case _:
            return f"to count its different values, write `count distinct({path})`"


# --- types as users write them ----------------------------------------------------------------------------

_ALIASES = {
    "integer": ("int", "bigint", "smallint", "tinyint", "int2", "int4", "int8", "int64", "long", "serial"),
    "string": ("text", "str", "varchar", "char", "character varying", "nvarchar", "uuid", "enum", "json"),
    "boolean": ("bool", "bit", "logical"),
    "timestamp": ("datetime", "time", "timestamp_ntz", "timestamp without time zone"),
    "timestamptz": ("timestamp with time zone", "timestamp_tz", "instant", "datetimeoffset"),
    "float": ("double", "double precision", "real", "float4", "float8", "float64"),
    "date": ("day",),
    "decimal(10, 2)": ("decimal", "numeric", "money", "number"),
}
_OTHER_NAMES = {alias: name for name, aliases in _ALIASES.items() for alias in aliases}
_PRECISE = re.compile(r"(?:decimal|numeric|number)\s*\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\)", re.IGNORECASE)
_IN_LIST = re.compile(r"list\s*\(\s*(.*?)\s*\)", re.DOTALL)


@dataclass(frozen=True)
class WrongTypeName:
    """What is wrong with the name of a type."""

    message: str
    help: str
    too_many_digits: bool = False


def type_name(text: str) -> WrongTypeName:
    """What is wrong with a text that should name a type, or a list of one."""
    listed = _IN_LIST.fullmatch(text.strip())
    name = listed[1] if listed else text.strip()
    unknown = f"there is no type `{text}`"
    if precise := _PRECISE.fullmatch(name):
        digits, scale = int(precise[1]), int(precise[2] or 0)
        if digits > MAX_DIGITS:
            message = f"a decimal has at most {MAX_DIGITS} digits, not {digits}"
            help = f"write `decimal({MAX_DIGITS}, {min(scale, MAX_DIGITS)})` or less"
            return WrongTypeName(message, help, too_many_digits=True)
        if digits == 0 or scale > digits:
            return WrongTypeName(
                unknown, "of `decimal(p, s)`, p counts all digits, and s those after the point"
            )
        near = f"decimal({digits}, {scale})"
    else:
        plain = re.sub(r"\s*\(.*\)\s*\Z", "", name, flags=re.DOTALL).lower()
        near = plain if plain in TYPE_NAMES else _OTHER_NAMES.get(plain, "")
    if near:
        return WrongTypeName(unknown, f"write `{f'list({near})' if listed else near}`")
    return WrongTypeName(unknown, suggest(name, TYPE_NAMES) or f"the types are {listing(TYPE_NAMES, 10)}")


def of_type(type: Type) -> str:
    """How values of a type are written, for a text that is none."""
    match type.kind:
        case Kind.BOOLEAN:
            return "write `true` or `false`"
        case Kind.INTEGER:
            return "write a whole number, such as `30`"
        case Kind.DECIMAL:
            before, after = type.precision - type.scale, type.scale
            return f"write a number with at most {before} digits before the point and {after} after it"
        case Kind.FLOAT:
            return "write a number, such as `0.5`"
        case Kind.DATE:
            return "write a day of the calendar, such as `2024-01-31`"
        case _:
            return "write a point in time, such as `2024-01-31T09:30:00`"
