"""Tests on values as clauses: comparisons, lists, ranges, text, windows."""

from __future__ import annotations

from dataclasses import replace

from segdsl.report.english import words
from segdsl.report.english.aggregates import counted_rows, counts, how_many, how_many_named
from segdsl.report.english.constants import amount, is_constant
from segdsl.report.english.narrator import Narrator
from segdsl.report.english.parts import calendar_part, clock_part, holds, whole_number
from segdsl.report.english.paths import counts_something, marked_name, row
from segdsl.report.english.phrases import NONE, NOT_KNOWN, Clause, Noun, being
from segdsl.report.english.windows import between, opposite, window
from segdsl.semantics import ir
from segdsl.semantics.logic import MIRRORED, OPPOSITE
from segdsl.semantics.scope import Frame
from segdsl.semantics.types import DATE
from segdsl.syntax import ast

_ORDER = {"<": "less than", "<=": "at most", ">": "more than", ">=": "at least"}
_DAYS = {"<": "before", "<=": "on or before", ">": "after", ">=": "on or after"}
_TIMES = {"<": "before", "<=": "at or before", ">": "after", ">=": "at or after"}


def unknown_note(
    n: Narrator, node: ast.Expression, operands: tuple[ast.Expression, ...], frame: Frame, negated: bool
) -> str:
    """What is said of a test that holds also where a value is unknown; nothing of any other."""
    if not n.holds_for_unknowns(node, frame, negated):
        return ""
    if not operands:
        return NOT_KNOWN
    values = [n.value(operand, frame) for operand in operands]
    open_ones = [index for index, value in enumerate(values) if ir.is_nullable(value)]
    if open_ones == [0]:
        first = operands[0]
        counted = isinstance(first, ast.Path) and counts_something(n, first, frame)
        return NONE if _is_none(values[0]) and not counted else NOT_KNOWN
    if len(open_ones) == 1:
        other = n.noun(operands[open_ones[0]], frame)
        if other.long or other.loose or other.aside:
            return "or the other is not known"
        return f"or {other.tight} {'are' if other.plural else 'is'} not known"
    return "or one of them is not known"


def _is_none(value: ir.Value) -> bool:
    """Whether a value is unknown only where there is no row to take it from."""
    match value:
        case ir.Distance(_, start, ir.Point()):
            return _is_none(start)
        case ir.DayOf(operand):
            return _is_none(operand)
        case ir.Aggregate():
            inside = value.value is not None and ir.is_nullable(value.value)
            return (
                not value.links and not inside and value.function not in (ir.Function.COUNT, ir.Function.SUM)
            )
        case ir.Divide(ir.Aggregate(function=ir.Function.SUM) as total, ir.Aggregate(value=None)):
            # An average.
            inside = total.value is not None and ir.is_nullable(total.value)
            return not total.links and not inside
        case _:
            return False


# --- comparisons ------------------------------------------------------------------------------------------


def comparison(n: Narrator, node: ast.Comparison, frame: Frame, negated: bool) -> Clause:
    """their age is at least 18"""
    left, right, operator = node.left, node.right, node.operator
    if is_constant(left) and not is_constant(right):
        left, right, operator = right, left, MIRRORED[operator]
    note = unknown_note(n, node, (left, right), frame, negated)
    operator = OPPOSITE[operator] if negated else operator
    return replace(_compared(n, left, right, operator, frame), note=note)


def _compared(
    n: Narrator, left: ast.Expression, right: ast.Expression, operator: ir.CompareOperator, frame: Frame
) -> Clause:
    if isinstance(left, ast.Aggregate) and counts(left):
        counted = how_many(n, left, frame, operator, right)
        if counted is not None:
            return counted
    if isinstance(left, ast.Path) and counts_something(n, left, frame):
        counted = how_many_named(n, left, frame, operator, right)
        if counted is not None:
            return counted
    if isinstance(left, ast.Call) and is_constant(right):
        fitting = calendar_part(
            n, left, frame, lambda value: holds(operator, value, whole_number(right)), right
        )
        fitting = fitting or clock_part(n, left, frame, operator, right)
        if fitting is not None:
            return fitting
    if isinstance(left, ast.Call) and left.function == "date":
        left = left.arguments[0]  # against a day, a time counts as its day
    value, other = n.value(left, frame), n.value(right, frame)
    negated = operator == "!="
    if value.type.is_time:
        in_days = not (value.type.is_clock and other.type.is_clock)
        subject = n.noun(left, frame)
        said = amount(n, right) if is_constant(right) else n.noun(right, frame).tight
        if operator in ("=", "!="):
            return being(
                subject, _same_time(right, said, in_days, value.type == DATE and not subject.past), negated
            )
        return being(subject, f"{(_DAYS if in_days else _TIMES)[operator]} {said}", negated)
    if (
        isinstance(left, ast.Since | ast.ToAnniversary)
        and is_constant(right)
        and not isinstance(right, ast.Negate)
    ):
        return _distance(n, left, frame, quantity(n, right, operator, n.noun(left, frame), frame), negated)
    subject = n.noun(left, frame)
    return being(subject, quantity(n, right, operator, subject, frame), negated)


def _same_time(right: ast.Expression, said: str, in_days: bool, is_day: bool) -> str:
    if not is_constant(right):
        return f"the same {'day' if in_days else 'moment'} as {said}"
    return said if is_day else f"{'on' if in_days else 'at'} {said}"


def quantity(
    n: Narrator, node: ast.Expression, operator: ir.CompareOperator, like: Noun, frame: Frame
) -> str:
    """What something is compared with: "at least 90 days"."""
    if is_constant(node):
        said = amount(n, node, like.unit, like.code)
        return said if operator in ("=", "!=") else f"{_ORDER[operator]} {said}"
    other = n.noun(node, frame)
    said = f"({other.said})" if other.bracket else other.said
    return f"{_ORDER.get(operator, 'the same as')} {said}"


def _distance(
    n: Narrator, node: ast.Since | ast.ToAnniversary, frame: Frame, how: str, negated: bool
) -> Clause:
    """A distance in time: "their latest order was less than 30 days ago"."""
    if isinstance(node, ast.Since):
        return being(n.noun(node.start, frame), f"{how} ago", negated)
    day = n.noun(node.day, frame)
    if day.owned and not (day.aside or day.long):
        said = Noun(f"{words.genitive(day.text)} next anniversary", owned=True)
    else:
        said = Noun(f"the next anniversary of {day.tight}", nested=day.nested)
    return being(said, f"{how} away", negated)


# --- ranges and lists -------------------------------------------------------------------------------------


def between_values(n: Narrator, node: ast.Between, frame: Frame, negated: bool) -> Clause:
    """their age is between 20 and 29, both included"""
    note = unknown_note(n, node, (node.operand, node.low, node.high), frame, negated)
    return replace(_in_range(n, node, frame, negated is not node.negated), note=note)


def _in_range(n: Narrator, node: ast.Between, frame: Frame, negated: bool) -> Clause:
    operand, low, high = node.operand, node.low, node.high
    plain = is_constant(low) and is_constant(high)
    if isinstance(operand, ast.Call) and plain:
        one, other = whole_number(low), whole_number(high)
        fitting = calendar_part(
            n, operand, frame,
            lambda v: (holds(">=", v, one) and holds("<=", v, other)) is not negated, low, high,
        )  # fmt: skip
        if fitting is not None:
            return fitting
    if n.value(operand, frame).type.is_time:
        if all(n.value(end, frame).type.is_clock for end in (operand, low, high)):
            ends = [amount(n, e) if is_constant(e) else n.noun(e, frame).tight for e in (low, high)]
            return being(n.noun(operand, frame), f"from {ends[0]} to {ends[1]}", negated)
        return being(n.noun(operand, frame), between(n, low, high, frame), negated)
    subject = n.noun(operand, frame)
    ends = [_end(n, end, subject, frame, last=end is high) for end in (low, high)]
    how = f"between {ends[0]} and {ends[1]}"
    if isinstance(operand, ast.Aggregate) and counts(operand) and plain:
        return counted_rows(n, operand, frame, how, negated=negated)
    if isinstance(operand, ast.Path) and plain and counts_something(n, operand, frame):
        what = marked_name(n, operand, frame, words.spoken(operand.parts[-1].text))
        return Clause("have", f"{how} {what}", row(n, operand.parts[:-1], frame), negated)
    if isinstance(operand, ast.Since | ast.ToAnniversary):
        return _distance(n, operand, frame, how, negated)
    return being(subject, how, negated)


def _end(n: Narrator, node: ast.Expression, like: Noun, frame: Frame, last: bool) -> str:
    if is_constant(node):
        return amount(n, node, like.unit if last else None, like.code)
    return n.noun(node, frame).tight


def in_list(n: Narrator, node: ast.In, frame: Frame, negated: bool) -> Clause:
    """their region is 'ID' or 'MY'"""
    note = unknown_note(n, node, (node.operand,), frame, negated)
    negated = negated is not node.negated
    if isinstance(node.operand, ast.Call) and not node.bare:
        chosen = {whole_number(item) for item in node.items}
        fitting = calendar_part(n, node.operand, frame, lambda v: (v in chosen) is not negated, *node.items)
        if fitting is not None:
            return replace(fitting, note=note)
    subject = n.noun(node.operand, frame)
    parameter = ""
    if node.bare and isinstance(node.items[0], ast.Parameter):
        items = [words.constant(each, subject.code) for each in n.constants(node.items[0].name)]
        parameter = f" ({words.coded(f'${node.items[0].name}')})"
    else:
        items = [amount(n, item, None, subject.code) for item in node.items]
    items = list(dict.fromkeys(items))
    if isinstance(node.operand, ast.Since | ast.ToAnniversary):
        how = words.counted(words.shortened(items, "or"), node.operand.unit)
        return replace(_distance(n, node.operand, frame, how, negated), note=note)
    type = n.value(node.operand, frame).type
    is_day = type.is_time and type != DATE
    if len(items) == 1:
        return replace(being(subject, f"{'on ' * is_day}{items[0]}{parameter}", negated), note=note)
    if negated:
        none = (
            f"neither {items[0]} nor {items[1]}"
            if len(items) == 2
            else f"none of {words.shortened(items, 'and')}"
        )
        return replace(being(subject, none + parameter), note=note)
    return replace(being(subject, f"{'on ' * is_day}{words.shortened(items, 'or')}{parameter}"), note=note)


# --- others -----------------------------------------------------------------------------------------------


def is_known(n: Narrator, node: ast.IsKnown, frame: Frame, negated: bool) -> Clause:
    return being(n.noun(node.operand, frame), "known", negated is not node.negated)


_VERBS = {"contains": "contain", "starts with": "start with", "ends with": "end with"}


def text_test(n: Narrator, node: ast.TextTest, frame: Frame, negated: bool) -> Clause:
    """their url starts with '/pricing'"""
    note = unknown_note(n, node, (node.operand,), frame, negated)
    subject, pattern = n.noun(node.operand, frame), amount(n, node.pattern)
    verb, rest = _text_verb(node, pattern)
    return Clause(verb, rest, subject, negated is not node.negated, note, nested=subject.nested)


def _text_verb(node: ast.TextTest, pattern: str) -> tuple[str, str]:
    if node.operator == "matches":
        return "match", f"the pattern {pattern}"
    if node.operator != "like":
        verb, _, word = _VERBS[node.operator].partition(" ")
        return verb, f"{word} {pattern}".strip()
    text = node.pattern.value if isinstance(node.pattern, ast.String) else "%_"
    if not text:
        return "be", pattern
    inside = text.strip("%")
    if "%" in inside or "_" in inside or "%%" in text or not inside:
        signs = [
            say
            for sign, say in (("%", "% stands for any text"), ("_", "_ for one character"))
            if sign in text
        ]
        where = " and ".join(signs).replace("_ for", "_ stands for" if len(signs) == 1 else "_ for")
        return "look", f"like {pattern}, where {where}"
    start, end = not text.startswith("%"), not text.endswith("%")
    quoted = words.quoted(inside)
    if start and end:
        return "be", quoted
    return ("start", f"with {quoted}") if start else ("end", f"with {quoted}") if end else ("contain", quoted)


def in_window(n: Narrator, node: ast.InWindow, frame: Frame, negated: bool) -> Clause:
    """their signup date is in the last 30 days (2 to 31 January 2024)"""
    note = unknown_note(n, node, (node.operand, *_ends(node.window)), frame, negated)
    subject = n.noun(node.operand, frame)
    when = window(n, node.window, frame)
    negated = negated is not node.negated
    if negated and isinstance(node.window, ast.Relative) and node.window.relation != "on":
        when, negated = window(n, opposite(node.window), frame), False
    return replace(being(subject, when, negated), note=note)


def _ends(node: ast.Window) -> tuple[ast.Expression, ...]:
    match node:
        case ast.Relative(_, end):
            return (end,)
        case ast.BetweenPoints(low, high):
            return low, high
        case ast.Within(_, _, _, anchor):
            return (anchor,)
        case _:
            return ()
