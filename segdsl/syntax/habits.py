"""Hints for what people bring along from SQL, spreadsheets and programming languages, and from word processors."""

from __future__ import annotations

from collections.abc import Callable

from segdsl.syntax.lexemes import AGGREGATES, Failure, Mistake, at

_INSTEAD_OF_SYMBOL = {
    "&&": "and",
    "!": "not",
    "=>": ">=",
    "=<": "<=",
    "===": "=",
    "!==": "!=",
    ":=": "=",
    "=~": "matches",
    "~": "matches",
    "!~": "not matches",
    "≥": ">=",
    "≤": "<=",
    "≠": "!=",
    "＝": "=",
    "＞": ">",
    "＜": "<",
    "（": "(",
    "）": ")",
    "，": ",",
    "、": ",",
    "．": ".",
    "％": "%",
    "−": "-",
    "–": "-",
    "—": "-",
    "×": "*",
    "÷": "/",
    "&": "and",
    "|": "or",
}

_HELP_WITH_SYMBOL = {
    ";": "take it out: an expression is a single one and ends by itself",
    "；": "take it out: an expression is a single one and ends by itself",
    "%": "there is no remainder; a percentage is written without a blank: `20%`",
    "^": "there are no powers: multiply instead",
    "**": "there are no powers: multiply instead",
    "::": "values are not cast; `date(x)` gives the day of a timestamp",
    "#": "a comment starts with `--`",
    "//": "division is `/`; a comment starts with `--`",
    "/*": "a comment starts with `--` and ends with its line",
    "[": "lists and groups stand in parentheses: `in ('a', 'b')`",
    "]": "lists and groups stand in parentheses: `in ('a', 'b')`",
    "{": "a parameter is written `$name`; groups stand in parentheses",
    "{{": "a parameter is written `$name`",
    "}": "a parameter is written `$name`; groups stand in parentheses",
    "?": "a parameter is written `$name`",
    "@": "a parameter is written `$name`",
    ":": "a parameter is written `$name`",
    "$": "a parameter is written `$name`, and an amount of money as a plain number",
    "\\": "a quote inside text is written twice: `'it''s'`",
}

_INVISIBLE = {"\u200b": "a zero-width space", "\ufeff": "a byte-order mark", "\u00ad": "a soft hyphen"}


def joined_text(f: Failure) -> Mistake | None:
    """`'a' || 'b'`"""
    if f.here.symbol != "||":
        return None
    if "string" in (f.before().kind, f.after().kind):
        return at(
            f.here, "texts cannot be joined", "compare each part by itself; for either of two, write `or`"
        )
    return at(f.here, "`||` is not part of the language", "write `or`")


def odd_symbol(f: Failure) -> Mistake | None:
    symbol = f.here.symbol
    help = _HELP_WITH_SYMBOL.get(symbol)
    if symbol in _INSTEAD_OF_SYMBOL:
        help = f"write `{_INSTEAD_OF_SYMBOL[symbol]}`"
    return at(f.here, f"`{symbol}` is not part of the language", help) if help else None


def curly_quotes(f: Failure) -> Mistake | None:
    if f.here.kind == "curly":
        text = f.here.text[1:-1]
        written = f'"{text}"' if "'" in text else f"'{text}'"
        return at(f.here, "text stands in straight quotes, not curly ones", f"write `{written}`")
    if f.here.symbol and f.here.symbol in "‘’‚‛“”„‟":
        return at(f.here, "text stands in straight quotes, not curly ones", "write `'`")
    return None


def unknown_character(f: Failure) -> Mistake | None:
    symbol = f.here.symbol
    if not symbol or symbol in "=<>!+-*/.,()" or len(symbol) > 1:
        return None
    named = _INVISIBLE.get(symbol)
    shown = named or (
        f"the character `{symbol}`" if symbol.isprintable() else f"the character U+{ord(symbol):04X}"
    )
    return at(
        f.here, f"an expression cannot hold {shown}", "take it out; a name that holds it stands in backticks"
    )


def select(f: Failure) -> Mistake | None:
    """`select * from customers`, `exists(select 1 from orders)`"""
    found = next((lexeme for lexeme in (f.here, f.before(), f.lexeme(0)) if lexeme.word == "select"), None)
    if found is None or all(lexeme.word != "from" for lexeme in f.lexemes):
        return None
    help = "write only the condition, such as `exists(orders where amount > 100)`"
    return at(found, "an expression is a condition, not a `select`", help)


_CLAUSES = frozenset(["from", "group", "order", "having", "limit", "join", "union", "qualify"])


def clause(f: Failure) -> Mistake | None:
    """`… group by x`"""
    if f.here.word not in _CLAUSES or "AND" not in f.accepts:
        return None
    help = "write only the condition; totals are aggregates such as `sum(orders.amount)`"
    return at(f.here, f"an expression has no `{f.here.word}`", help)


_INSTEAD = {
    "ilike": "`lower(x) like 'a%'`: `like` minds the letter case",
    "rlike": "`matches`",
    "regexp": "`matches`",
    "regexp_like": "`matches`",
    "similar": "`matches`",
    "startswith": "`starts with`",
    "begins": "`starts with`",
    "endswith": "`ends with`",
    "includes": "`contains`",
    "contain": "`contains`",
    "equals": "`=`",
    "equal": "`=`",
    "eq": "`=`",
    "ne": "`!=`",
    "gt": "`>`",
    "ge": "`>=`",
    "lt": "`<`",
    "le": "`<=`",
    "over": "`>`",
    "above": "`>`",
    "under": "`<`",
    "below": "`<`",
    "isnull": "`is unknown`",
    "notnull": "`is known`",
    "xor": "`!=` between two conditions in parentheses",
}


def foreign_operator(f: Failure) -> Mistake | None:
    """`name ilike 'a%'`"""
    instead = _INSTEAD.get(f.here.word)
    if instead is None or f.wants_value or not {"CONTAINS", "AND"} & f.accepts:
        return None
    return at(f.here, f"`{f.here.text}` is not an operator", f"write {instead}")


def interval(f: Failure) -> Mistake | None:
    """`interval '30 days'`"""
    if f.before().word != "interval" or f.here.kind not in ("string", "number"):
        return None
    help = "write a day such as `30 days ago`, or a window such as `in last 30 days`"
    return at(f.before(), "there are no intervals", help, f.here)


def count_star(f: Failure) -> Mistake | None:
    name = f.before(2)
    if f.here.symbol != "*" or f.before().symbol != "(" or name.word not in AGGREGATES:
        return None
    return at(
        f.here,
        f"`{name.word}` needs the name of a table",
        f"write `{name.word}(orders)`, with your table's name",
    )


def case_when(f: Failure) -> Mistake | None:
    if f.before().word != "case":
        return None
    return at(f.before(), "there is no `case`", "write `if(condition, value, other value)`")


def quoted_date(f: Failure) -> Mistake | None:
    """`date '2024-01-31'`"""
    if f.before().word not in ("date", "timestamp", "datetime") or f.here.kind != "string":
        return None
    written = f.here.text[1:-1].strip().replace(" ", "T")
    return at(f.before(), "dates stand by themselves, without quotes", f"write `{written}`", f.here)


def cast(f: Failure) -> Mistake | None:
    if f.here.word != "as":
        return None
    opening = f.opening
    if opening is not None and f.lexeme(opening - 1).word in ("cast", "try_cast"):
        help = "leave it out; `date(x)` gives the day of a timestamp"
        return at(f.lexeme(opening - 1), "values are not cast", help)
    return None


def distinct_inside(f: Failure) -> Mistake | None:
    """`count(distinct orders.product_id)`"""
    if f.before().word != "distinct" or f.before(2).symbol != "(" or f.before(3).word != "count":
        return None
    closing = f.closing(f.at - 2)
    inside = f.quote(f.at, closing) if closing is not None else "…"
    return at(f.before(), "`distinct` stands before the parenthesis", f"write `count distinct({inside})`")


def escape(f: Failure) -> Mistake | None:
    if f.here.word != "escape" or f.after().kind != "string":
        return None
    return at(
        f.here, "`like` has no escape", "use `contains`, `starts with` or `matches` for a `%` or `_` itself"
    )


HABITS: tuple[Callable[[Failure], Mistake | None], ...] = (
    curly_quotes,
    joined_text,
    count_star,
    odd_symbol,
    select,
    clause,
    foreign_operator,
    interval,
    case_when,
    quoted_date,
    cast,
    distinct_inside,
    escape,
    unknown_character,
)
