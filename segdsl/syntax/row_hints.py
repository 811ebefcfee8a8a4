"""Hints about windows, points and aggregates."""

from __future__ import annotations

from dataclasses import replace
from difflib import get_close_matches

from segdsl.syntax.expected import describe
from segdsl.syntax.lexemes import AGGREGATES, COMPARISONS, NOTHING, UNITS, Failure, Mistake, at
from segdsl.words import RESERVED

WINDOW_WORDS = frozenset(["in", "on", "since", "after", "before", "until", "within", "between"])
ARITHMETIC = frozenset("+-*/")


def bare_duration(f: Failure) -> Mistake | None:
    """`recency < 30 days`"""
    number, unit = f.before(2), f.before()
    if "AGO" not in f.accepts or unit.word not in UNITS or number.kind not in ("number", "parameter"):
        return None
    if get_close_matches(f.here.word, ["ago"], 1, 0.6):
        return at(f.here, f"unknown word `{f.here.text}`", "did you mean `ago`?")
    earlier = f.before(3)
    ago = f"{number.text} {unit.text} ago"
    if earlier.word in WINDOW_WORDS and earlier.word != "between":
        return at(number, f"`{number.text} {unit.text}` is not a day", f"write `{ago}`", unit)
    message = f"`{number.text} {unit.text}` is not a value: a count of {unit.word} is a number"
    return at(number, message, f"write `{number.text}`, or `{ago}` for that day", unit)


def window_after_where(f: Failure) -> Mistake | None:
    """`count(orders where amount > 1 in last 30 days)`"""
    opening = f.aggregate
    if opening is None or f.here.word not in WINDOW_WORDS:
        return None
    where = next((i for i in f.backwards() if f.lexeme(i).word == "where"), None)
    if where is None or (f.here.word == "in" and f.after().symbol == "("):
        return None
    help = "the parts stand in this order: table, `via`, window, `where`"
    closing = f.closing(opening)
    if closing is not None:
        table, window = f.quote(opening + 1, where), f.quote(f.at, closing)
        name = f.quote(
            opening - (2 if f.lexeme(opening - 1).word in ("distinct", "frequent") else 1), opening
        )
        help = f"write `{name}({table} {window} {f.quote(where, f.at)})`"
    return at(f.here, "the window stands before `where`", help)


def via_too_late(f: Failure) -> Mistake | None:
    if f.here.word != "via" or f.aggregate is None or "WORD" in f.accepts:
        return None
    return at(f.here, "`via` stands right after the table", "the order is: table, `via`, window, `where`")


def arithmetic_in_aggregate(f: Failure) -> Mistake | None:
    """`sum(items.price * items.quantity)`"""
    opening = f.aggregate
    if opening is None or f.here.symbol not in ARITHMETIC or "PLUS" in f.accepts or f.at == opening + 1:
        return None
    help = "put it in parentheses after the table: `sum(items.(price * quantity))`"
    closing = f.closing(opening)
    if closing is not None:
        inside = f.lexemes[opening + 1 : closing]
        table = inside[0].text
        owners = {
            inside[i].text
            for i in range(len(inside) - 1)
            if inside[i + 1].symbol == "." and (i == 0 or inside[i - 1].symbol != ".")
        }
        if owners == {table} and all(part.kind != "word" or part.word not in RESERVED for part in inside):
            value = f.quote(opening + 1, closing).replace(f"{table}.", "")
            help = f"write `{f.lexeme(opening - 1).text}({table}.({value}))`"
    return at(f.here, "an aggregate reads one value of each row of its table", help)


def condition_in_aggregate(f: Failure) -> Mistake | None:
    """`count(orders.amount > 100)`, `count(orders and paid)`, `min(a, b)`"""
    opening = f.aggregate
    if opening is None or "WHERE" not in f.accepts or "AND" in f.accepts:
        return None
    name = f.lexeme(opening - 1).word
    if f.here.symbol == "," and name in ("min", "max"):
        other = {"min": "least", "max": "greatest"}[name]
        values = f.quote(opening + 1, f.closing(opening) or len(f.lexemes))
        help = f"of several values, write `{other}({values})`"
        return at(f.lexeme(opening - 1), f"`{name}` is over the rows of one table", help)
    if f.closing(opening) is None:
        return at(f.lexeme(opening), "this parenthesis is never closed", "close it with `)`")
    if f.here.symbol in COMPARISONS or f.here.symbol == "," or f.here.word in ("and", "is", "like"):
        table = f.lexeme(opening + 1).text
        help = f"write the condition after `where`: `{f.lexeme(opening - 1).text}({table} where …)`"
        return at(f.here, f"expected `where` or `)`, found {describe(f.here)}", help)
    return None


def missing_parentheses(f: Failure) -> Mistake | None:
    """`exists orders`, `segment vip`"""
    name = f.before()
    if (
        name.word not in (AGGREGATES | {"segment"}) - {"last"}
        or f.here.kind != "word"
        or f.here.word in RESERVED
    ):
        return None
    if name.word == "count" and f.here.word == "distinct":
        return None
    return at(name, f"`{name.word}` needs parentheses", f"write `{name.word}({f.here.text})`", f.here)


def where_outside_aggregate(f: Failure) -> Mistake | None:
    """`exits(orders where paid)`: the name of the aggregate was misspelt."""
    opening = f.opening
    if f.here.word not in ("where", "via") or f.aggregate is not None or f.wants_value:
        return None
    name = f.lexeme(opening - 1) if opening is not None else NOTHING
    near = get_close_matches(name.word, sorted(AGGREGATES), 1, 0.7) if name.word else []
    if near:
        return at(name, f"`{name.text}` is not an aggregate", f"did you mean `{near[0]}`?")
    help = "inside an aggregate: `count(orders where amount > 100)`; elsewhere write `and`"
    return at(f.here, f"`{f.here.word}` stands only inside an aggregate", help)


_PERIODS = {
    "last": "last",
    "next": "next",
    "this": "this",
    "previous": "previous",
    "past": "last",
    "prior": "last",
}


def window_outside_aggregate(f: Failure) -> Mistake | None:
    """`count(orders) in last 30 days > 3`, `count(orders) where paid`"""
    start = f.clause_start()
    closing = f.closing(start + 1) if f.lexeme(start + 1).symbol == "(" else None
    if f.lexeme(start).word not in AGGREGATES or closing is None or closing + 1 > f.at or f.wants_value:
        return None
    misplaced = f.lexeme(closing + 1)
    is_window = misplaced.word in WINDOW_WORDS and f.here.symbol in COMPARISONS
    if not is_window and (misplaced is not f.here or misplaced.word not in ("where", "via")):
        return None
    end = f.at if is_window else replace(f, at=f.at + 1).clause_end()
    part = f.quote(closing + 1, end)
    what = "window of an aggregate" if is_window else f"`{misplaced.word}` of an aggregate"
    help = f"write `{f.quote(start, closing)} {part})`"
    return at(misplaced, f"the {what} stands inside its parentheses", help)


def unknown_window(f: Failure) -> Mistake | None:
    """`signup_date in past 30 days`, `in the last 30 days`, `in 30 days`, `in last month`"""
    here, before = f.here, f.before()
    if before.word == "in" and here.kind == "number" and f.after().word in UNITS:
        count = f"{here.text} {f.after().text}"
        help = f"write `in last {count}` or `in next {count}`"
        return at(before, "this window does not say which way it runs", help, f.after())
    if before.word == "in" and here.word in ("the", "past", "prior", "current"):
        follower = f.after().word
        rest = f.quote(f.at + 1, f.clause_end())
        if here.word == "the" and follower in _PERIODS:
            written = f"in {rest}"
        elif here.word == "current":
            written = f"in this {rest}"
        else:
            written = f"in {'previous' if follower in UNITS else 'last'} {rest}"
        return at(here, f"unknown window: `in {here.text}`", f"write `{written}`")
    if before.word in ("last", "next") and f.before(2).word == "in" and here.word in UNITS:
        other = f"`in previous {here.text}` or " if before.word == "last" else ""
        help = f"write {other}`in {before.word} 1 {here.text.removesuffix('s')}`"
        return at(here, f"expected a number of units after `{before.word}`", help)
    return None


def window_without_in(f: Failure) -> Mistake | None:
    """`exists(orders last 30 days)`; `in last 30 days` with nothing before it"""
    if f.here.word in WINDOW_WORDS and f.wants_value and f.after().word in _PERIODS:
        written = f"signup_date {f.quote(f.at, f.clause_end())}"
        return at(f.here, "nothing stands before this window", f"say what is in it: `{written}`")
    start = f.at if f.here.word in _PERIODS else f.at - 1
    word, follower = f.lexeme(start), f.lexeme(start + 1)
    if word.word not in _PERIODS or f.lexeme(start - 1).word == "in":
        return None
    if follower.kind not in ("number", "parameter") and follower.word not in UNITS:
        return None
    end = start + (3 if f.lexeme(start + 2).word in UNITS else 2)
    help = f"write `in {_PERIODS[word.word]} {f.quote(start + 1, end)}`"
    return at(word, "a window starts with `in`", help, f.lexeme(end - 1))
