"""What people get wrong, and what they meant: one small function for each kind of mistake.

A hint takes the place where the parser gave up and returns a `Mistake`, or None where it has nothing to say.
They are asked in the order of `HINTS`; the first answer is told.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from difflib import get_close_matches

from segdsl.syntax import habits, literal_hints, row_hints, step_hints
from segdsl.syntax.expected import unexpected
from segdsl.syntax.lexemes import COMPARISONS, NOTHING, PLURALS, UNITS, Failure, Lexeme, Mistake, at
from segdsl.words import RESERVED, keyword


def explain(failure: Failure) -> Mistake:
    """The mistake in the user's words."""
    for hint in HINTS:
        mistake = hint(failure)
        if mistake is not None:
            return mistake
    return unexpected(failure)


# --- quotes and parentheses -------------------------------------------------------------------------------


def quote_inside_text(f: Failure) -> Mistake | None:
    """`'it's here'`"""
    text, rest = f.before(), f.here
    if text.kind != "string" or rest.kind != "word" or rest.start != text.end:
        return None
    quote = text.text[0]
    if not any(lexeme.kind == "unclosed" for lexeme in f.lexemes[f.at :]):
        return None
    written = text.text[:-1] + quote * 2 + rest.text + "…"
    return at(
        text, f"the text ends at its second `{quote}`", f"write a quote inside text twice: `{written}{quote}`"
    )


def unclosed_quote(f: Failure) -> Mistake | None:
    if f.here.kind != "unclosed":
        return None
    quote = f.here.text[0]
    if quote == "`":
        return at(f.here, 'the backtick "`" is never closed', 'close the name with "`" on the same line')
    return at(
        f.here, f"the quote `{quote}` is never closed", f"close the text with `{quote}` on the same line"
    )


def unclosed_parenthesis(f: Failure) -> Mistake | None:
    opening = f.opening
    if f.here is not NOTHING or opening is None or "RPAR" not in f.accepts:
        return None
    return at(f.lexeme(opening), "this parenthesis is never closed", "close it with `)`")


def surplus_parenthesis(f: Failure) -> Mistake | None:
    if f.here.symbol != ")" or f.opening is not None:
        return None
    return at(f.here, "this parenthesis was never opened", "take it out, or open it with `(`")


# --- numbers ----------------------------------------------------------------------------------------------

_PLAIN_NUMBER = re.compile(r"\d+(_\d+)*(\.\d+)?%?", re.ASCII)


def odd_number(f: Failure) -> Mistake | None:
    """`10k`, `1e5`, `.5`, `5.`, `1__0`, `30days`"""
    number = f.here
    if number.kind != "number" or _PLAIN_NUMBER.fullmatch(number.text):
        return None
    text = number.text
    exponent = re.fullmatch(r"\d+(\.\d+)?[eE]\d+", text)
    if not exponent and (match := re.fullmatch(r"(\d+)([^\W\d_]\w*)", text)):
        digits, letters = match.groups()
        if keyword(letters) in UNITS | RESERVED:
            help = f"put a blank between them: `{digits} {letters}`"
        elif zeros := {"k": "_000", "m": "_000_000"}.get(letters.lower()):
            help = f"write it out: `{digits}{zeros}`"
        else:
            help = "if it is a name, write it in backticks"
    elif re.fullmatch(r"\.\d+%?", text):
        help = f"write `0{text}`"
    elif re.fullmatch(r"\d+\.", text):
        help = f"write `{text}0` or `{text[:-1]}`"
    elif exponent:
        help = f"write all its digits out: `{_digits(text)}`"
    elif re.fullmatch(r"\d\d?\.\d\d?\.\d{4}", text):
        help = "write a date as year, month, day: `2024-01-31`"
    else:
        help = "numbers look like `42`, `1_000`, `0.5` or `20%`"
    return at(number, f"`{text}` is not a number", help)


def _digits(text: str) -> str:
    """`1e6` without its exponent; an example where that would be too long."""
    mantissa, _, exponent = text.lower().partition("e")
    if int(exponent) > 15:
        return "100_000"
    value = Decimal(mantissa).scaleb(int(exponent))
    return f"{value:_f}" if value % 1 else f"{int(value):_}"


def odd_date(f: Failure) -> Mistake | None:
    if f.here.kind == "date":
        help = "dates look like `2024-01-31` or `2024-01-31T09:30`"
        match = re.fullmatch(r"(\d{4}-\d\d-\d\d)([^\W\d_]+)", f.here.text)
        if match and keyword(match[2]) in RESERVED:
            help = f"put a blank between them: `{match[1]} {match[2]}`"
        return at(f.here, f"`{f.here.text}` is not a date", help)
    date, hour, colon = f.before(), f.here, f.after()
    if date.kind == "date" and hour.kind == "number" and colon.symbol == ":":
        minute = f.after(2)
        written = f"{date.text}T{hour.text:0>2}:{minute.text}"
        return at(date, "a day and an hour are joined by `T`", f"write `{written}`", minute)
    return None


def thousands_comma(f: Failure) -> Mistake | None:
    """`1,000`"""
    left, comma, right = f.before(), f.here, f.after()
    grouped = left.kind == right.kind == "number" and re.fullmatch(r"\d{3}(\.\d+)?", right.text)
    if comma.symbol != "," or not grouped or left.end != comma.start or comma.end != right.start:
        return None
    return at(left, "a number is written without commas", f"write `{left.text}_{right.text}`", right)


# --- conditions -------------------------------------------------------------------------------------------


def chained_comparison(f: Failure) -> Mistake | None:
    """`a < b < c`"""
    if f.here.symbol not in COMPARISONS or f.wants_operator or f.wants_value:
        return None
    start, end = f.clause_start(), f.clause_end()
    first = next((i for i in range(f.at - 1, start, -1) if f.lexeme(i).symbol in COMPARISONS), None)
    if first is None or not {"AND", "OR"} & f.accepts:
        return None
    middle = f.quote(first + 1, f.at)
    help = (
        f"write `{f.quote(start, first)} {f.lexeme(first).text} {middle} and {middle} {f.quote(f.at, end)}`"
    )
    return at(f.here, "comparisons cannot be chained", help)


def left_side_missing(f: Failure) -> Mistake | None:
    """`x > 5 or < 3`"""
    if f.here.symbol not in COMPARISONS or not f.wants_value or f.before().word not in ("and", "or"):
        return None
    earlier = replace(f, at=f.at - 1)
    start = earlier.clause_start()
    first = next((i for i in range(start, f.at) if f.lexeme(i).symbol in COMPARISONS), None)
    help = "say again what is compared"
    if first is not None and first > start:
        help += f": `{f.quote(start, first)} {f.quote(f.at, f.clause_end())}`"
    return at(f.here, f"expected a value between `{f.before().text}` and `{f.here.text}`", help)


def empty_list(f: Failure) -> Mistake | None:
    if f.here.symbol != ")" or f.before().symbol != "(" or f.before(2).word != "in":
        return None
    return at(
        f.before(), "this list is empty, so nothing is ever in it", "put at least one value in it", f.here
    )


def list_compared(f: Failure) -> Mistake | None:
    """`region = ('ID', 'MY')`"""
    opening = f.opening
    if f.here.symbol != "," or opening is None:
        return None
    operator = f.lexeme(opening - 1)
    closing = f.closing(opening)
    if operator.symbol not in ("=", "==", "!=", "<>"):
        return None
    word = "in" if operator.symbol in ("=", "==") else "not in"
    values = f.quote(opening, closing + 1) if closing is not None else "(…)"
    return at(operator, f"`{operator.text}` compares with one value", f"write `{word} {values}`")


def not_a_literal(f: Failure) -> Mistake | None:
    """`region in 'ID'`, `region in (ID, MY)`, `url contains pricing`"""
    here = f.here
    if f.before().word == "in" and here.is_literal:
        return at(here, "a list stands in parentheses", f"write `in ({here.text})`")
    if f.wants_value or "STRING" not in f.accepts or here.kind not in ("word", "quoted"):
        return None
    help = f"if it is text, quote it: `'{here.text.strip('`')}'`"
    if f.after().symbol == "(":
        help = "a function or a column cannot stand here"
    if f.before().symbol in ("(", ","):
        return at(here, "a list holds only literals and parameters", help)
    return at(here, f"after `{f.before().text}` stands a literal or a parameter", help)


def half_between(f: Failure) -> Mistake | None:
    """`age between 16`, `age between 16, 23`, `age between 16 to 23`"""
    if "AND" not in f.accepts or "OR" in f.accepts or "$END" in f.accepts:
        return None
    between = next((i for i in f.backwards() if f.lexeme(i).word == "between"), None)
    if between is None:
        return None
    low = f.quote(between + 1, f.at)
    follows = f.here.symbol == "," or f.here.word == "to"
    high = f.quote(f.at + 1, replace(f, at=f.at + 1).clause_end()) if follows else "…"
    span = f.before() if f.here is NOTHING else f.here
    return at(
        span,
        "`between` needs both its ends, with `and` between them",
        f"write `between {low} and {high or '…'}`",
    )


def misplaced_not(f: Failure) -> Mistake | None:
    """`x not = 5`, `x = not 5`, `x not is known`"""
    here, before = f.here, f.before()
    if before.word == "not" and here.symbol in COMPARISONS:
        start = f.clause_start()
        earlier = replace(f, at=f.at - 1)
        whole = f"{f.quote(earlier.clause_start(), f.at - 1)} {f.quote(f.at, f.clause_end())}"
        first = "`!=`, or " if here.symbol in ("=", "==") and start else ""
        return at(before, f"`not` cannot stand before `{here.text}`", f"write {first}`not {whole}`")
    if before.word == "not" and here.word == "is":
        return at(before, "`not` stands after `is`", "write `is not known` or `is unknown`", here)
    if here.word == "not" and f.wants_value and "NOT" not in f.accepts:
        return at(
            here, "`not` stands before a whole condition, not before a value", "write `not x = 5` or `x != 5`"
        )
    return None


_AFTER_A_VALUE = frozenset(
    [
        "in",
        "between",
        "like",
        "matches",
        "contains",
        "starts",
        "ends",
        "on",
        "since",
        "after",
        "before",
        "until",
        "within",
    ]
)


def misused_is(f: Failure) -> Mistake | None:
    """`x is 5`, `x is not in (1, 2)`, `x is like 'a'`"""
    if not {"KNOWN", "UNKNOWN"} <= f.accepts or "COMPARISON" in f.accepts:
        return None
    negated = f.before().word == "not"
    found = f.before(2 if negated else 1)
    if found.word != "is":
        return None
    words = "is not" if negated else "is"
    if f.here.word in _AFTER_A_VALUE:
        # The ends of a `between` are further on than the next `and`.
        rest = "between …" if f.here.word == "between" else f.quote(f.at, f.clause_end())
        help = f"write `{'not ' if negated else ''}{rest}`"
        return at(found, f"`{words}` cannot stand before `{f.here.word}`", help, f.before())
    if f.here.symbol in COMPARISONS:
        first = f.at - (2 if negated else 1)
        rest = f"{f.quote(replace(f, at=first).clause_start(), first)} {f.quote(f.at, f.clause_end())}"
        help = f"write `not {rest}`" if negated else f"write `{rest}`"
        return at(found, f"`{words}` cannot stand before `{f.here.text}`", help, f.before())
    if f.here.is_literal:
        help = f"write `{'!=' if negated else '='} {f.here.text}`"
        return at(found, "`is` asks only whether something is known", help, f.before())
    return None


def null_value(f: Failure) -> Mistake | None:
    """`x = null`, `x not null`"""
    if f.here.word != "null":
        return None
    operator = f.before()
    if operator.word == "not":
        return at(operator, "`null` is not a value", "write `is known`", f.here)
    if operator.symbol in COMPARISONS:
        word = "is known" if operator.symbol in ("!=", "<>") else "is unknown"
        return at(
            f.here,
            "`null` is not a value: nothing equals it",
            f"write `{word}` instead of `{operator.text} null`",
        )
    return at(
        f.here, "`null` is not a value", "whether a value is there is asked by `is known` and `is unknown`"
    )


def quoted_segment(f: Failure) -> Mistake | None:
    """`segment('vip')`"""
    if f.here.kind != "string" or f.before().symbol != "(" or f.before(2).word != "segment":
        return None
    name = f.here.text[1:-1]
    return at(f.here, "a segment is named without quotes", f"write `segment({name})`")


# --- words ------------------------------------------------------------------------------------------------


def reserved_name(f: Failure) -> Mistake | None:
    """`orders.before`, `days > 3`"""
    here, before = f.here, f.before()
    if here.word in RESERVED and before.symbol == ".":
        return _reserved(here)
    if before.word in PLURALS and f.accepts <= {"SINCE", "FROM", "TO"} and here.word not in ("sinse", "form"):
        near = get_close_matches(here.word, ["since", "from", "to"], 1, 0.7) if here.word else []
        return None if near else _reserved(before)
    if here.word in RESERVED and f.wants_value and _is_operator(f.after()):
        return _reserved(here)
    return None


def _is_operator(lexeme: Lexeme) -> bool:
    return (
        lexeme.symbol in COMPARISONS
        or (lexeme.symbol in _ARITHMETIC and bool(lexeme.symbol))
        or lexeme.word == "is"
    )


def _reserved(lexeme: Lexeme) -> Mistake:
    message = f"`{lexeme.text}` is a reserved word"
    return at(lexeme, message, f"if it is a name, write it in backticks: `` `{lexeme.text}` ``")


_ARITHMETIC = frozenset("+-*/")
_NOT_KEYWORDS = frozenset(
    [
        "WORD",
        "MARKED_WORD",
        "QUOTED_NAME",
        "PARAMETER",
        "STRING",
        "TIMESTAMP",
        "DATE",
        "PERCENT",
        "DECIMAL",
        "INTEGER",
        "COMPARISON",
        "PLUS",
        "MINUS",
        "STAR",
        "SLASH",
        "DOT",
        "COMMA",
        "LPAR",
        "RPAR",
        "UNIT",
        "PLURAL_UNIT",
        "AGGREGATE",
        "$END",
    ]
)


def misspelt_keyword(f: Failure) -> Mistake | None:
    """`age bewteen 16 and 23`"""
    if not f.here.word or f.wants_value:
        return None
    words = {name.lower() for name in f.accepts - _NOT_KEYWORDS}
    if "PLURAL_UNIT" in f.accepts:
        words |= PLURALS
    if "UNIT" in f.accepts:
        words |= UNITS
    near = get_close_matches(f.here.word, sorted(words - {f.here.word}), 1, 0.72)
    if not near:
        return None
    return at(f.here, f"unknown word `{f.here.text}`", f"did you mean `{near[0]}`?")


HINTS: tuple[Callable[[Failure], Mistake | None], ...] = (
    quote_inside_text,
    literal_hints.empty_name,
    unclosed_quote,
    literal_hints.sign_twice,
    literal_hints.foreign_digits,
    literal_hints.name_of_digits,
    odd_number,
    odd_date,
    step_hints.single_step,
    step_hints.first_step_is_no,
    step_hints.step_without_then,
    step_hints.as_of_what,
    thousands_comma,
    empty_list,
    null_value,
    row_hints.window_after_where,
    row_hints.via_too_late,
    misused_is,
    misplaced_not,
    row_hints.bare_duration,
    *habits.HABITS,
    row_hints.window_outside_aggregate,
    row_hints.where_outside_aggregate,
    row_hints.unknown_window,
    row_hints.window_without_in,
    row_hints.arithmetic_in_aggregate,
    row_hints.condition_in_aggregate,
    row_hints.missing_parentheses,
    chained_comparison,
    left_side_missing,
    list_compared,
    not_a_literal,
    half_between,
    quoted_segment,
    unclosed_parenthesis,
    surplus_parenthesis,
    reserved_name,
    misspelt_keyword,
)
