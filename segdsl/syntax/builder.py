"""From Lark's tree to ours: one function for each rule of the grammar that leaves a node.

Nothing here calls itself: the nodes of Lark's tree are put in an order in which children come before their
parents, so that no depth of nesting can overflow the stack. What comes after this walks the tree by recursion,
and so a tree that is too deep is an error.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any, cast

from lark import Token, Tree

from segdsl.diagnostics import Diagnostic, Findings
from segdsl.source import Fragment, Span
from segdsl.syntax import ast
from segdsl.units import Unit
from segdsl.words import keyword, unquoted

MAX_DEPTH = 200
"""How many levels of nodes one expression may have."""

MAX_PARENTHESES = 1000
"""How many pairs of parentheses may stand inside each other, though they make no nodes."""

# The later stages take several calls for each level; Python's own limit leaves room for five.
sys.setrecursionlimit(max(sys.getrecursionlimit(), 50 * MAX_DEPTH))

MAX_DIGITS = 38
"""How many digits a number may have: what every engine's decimals hold."""

Parts = list[Any]
"""The parts of a rule, in order: built nodes, tokens of keywords and punctuation, None for what was left out."""


def build(root: Tree[Token] | Token, fragment: Fragment, findings: Findings) -> ast.Expression | None:
    """The syntax tree of a parsed fragment; None after telling of literals that mean nothing or of its depth."""
    builder = Builder(fragment)
    node = builder.build(root)
    findings.extend(builder.errors)
    return None if builder.errors else node


class Builder:
    """Builds the nodes of one fragment, gathering `errors` as it goes."""

    def __init__(self, fragment: Fragment) -> None:
        self.fragment = fragment
        self.errors: list[Diagnostic] = []
        # Where the parts of the rule at hand start and end, parentheses included.
        self.places: list[tuple[int, int]] = []

    def build(self, root: Tree[Token] | Token) -> ast.Expression | None:
        if isinstance(root, Token):
            return cast(ast.Expression, self.leaf(root))
        order: list[Tree[Token]] = [root]
        levels = [0]
        for at, tree in enumerate(order):
            inside = levels[at] + (tree.data == "parenthesised")
            if inside > MAX_PARENTHESES:
                self.too_deep(
                    self.fragment.span(*_extent(tree)), f"in more than {MAX_PARENTHESES} parentheses"
                )
                return None
            for child in tree.children:
                if isinstance(child, Tree):
                    order.append(child)
                    levels.append(inside)
        return cast(ast.Expression, self.bottom_up(order))

    def bottom_up(self, order: list[Tree[Token]]) -> Any:
        built: dict[int, _Built] = {}
        node: Any = None
        for tree in reversed(order):
            parts: Parts = []
            self.places = []
            depth = 0
            for child in tree.children:
                if isinstance(child, Tree):
                    node, place, child_depth = built.pop(id(child))
                    depth = max(depth, child_depth)
                    self.places.append(place)
                    parts.append(node)
                elif child is not None:
                    self.places.append(_place(child))
                    parts.append(self.leaf(child))
                else:
                    parts.append(None)
            start, end = self.places[0][0], self.places[-1][1]
            at = self.fragment.span(start, end)
            node = _RULES[tree.data](self, parts, at)
            depth += len(parts) // 2 if tree.data == "arithmetic" else tree.data not in _NO_DEPTH
            if depth > MAX_DEPTH:
                self.too_deep(at, f"more than {MAX_DEPTH} levels deep")
                return None
            built[id(tree)] = (node, (start, end), depth)
        return node

    def span(self, token: Token) -> Span:
        return self.fragment.span(*_place(token))

    def leaf(self, token: Token) -> Any:
        """The node of a literal; any other token as it is."""
        make = _LITERALS.get(token.type)
        return make(self, token, self.span(token)) if make else token

    def wrong(self, at: Span, message: str, help: str) -> None:
        self.errors.append(Diagnostic("syntax", message, at, help))

    def too_deep(self, at: Span, how: str) -> None:
        message = f"this expression is nested {how}"
        help = "give parts of it names of their own, as segments or as attributes in the catalog"
        self.errors.append(Diagnostic("too-deep", message, at, help))


_NO_DEPTH = frozenset({"parenthesised", "path", "text_operator", "target_value"})

_Built = tuple[Any, tuple[int, int], int]
"""What is built of a tree: the node, where its text starts and ends, how many levels are below it."""


def _place(token: Token) -> tuple[int, int]:
    start = cast(int, token.start_pos)
    return start, start + len(token)


def _extent(tree: Tree[Token]) -> tuple[int, int]:
    first: Any = tree
    last: Any = tree
    while isinstance(first, Tree):
        first = next(child for child in first.children if child is not None)
    while isinstance(last, Tree):
        last = next(child for child in reversed(last.children) if child is not None)
    return _place(first)[0], _place(last)[1]


# --- literals ---------------------------------------------------------------------------------------------


def _number(builder: Builder, token: Token, at: Span) -> ast.Number:
    digits = token.rstrip("%").replace("_", "")
    whole, _, fraction = digits.partition(".")
    scale = len(fraction) + 2 * (token.type == "PERCENT")
    if max(len((whole + fraction).lstrip("0")), scale) > MAX_DIGITS:
        message = f"a number has at most {MAX_DIGITS} digits"
        builder.errors.append(Diagnostic("too-many-digits", message, at, "write a shorter number"))
        return ast.Number(0, at=at)
    if token.type == "PERCENT":
        sign, figures, exponent = Decimal(digits).as_tuple()
        return ast.Number(Decimal((sign, figures, cast(int, exponent) - 2)), percent=True, at=at)
    return ast.Number(Decimal(digits) if "." in digits else int(digits), at=at)


# No text of a database holds these, and no file can be written with them.
_NO_CHARACTER = re.compile("[\0\ud800-\udfff]")


def _check_characters(builder: Builder, token: Token) -> None:
    if found := _NO_CHARACTER.search(token):
        start = _place(token)[0] + found.start()
        message = f"a text cannot hold the character U+{ord(found[0]):04X}"
        builder.wrong(builder.fragment.span(start, start + 1), message, "take it out")


def _string(builder: Builder, token: Token, at: Span) -> ast.String:
    _check_characters(builder, token)
    quote = token[0]
    literal = builder.fragment, _place(token)[0]
    return ast.String(token[1:-1].replace(quote * 2, quote), literal, at=at)


_DAY_FORM = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_TIME_FORM = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?", re.ASCII)


def _date(builder: Builder, token: Token, at: Span) -> ast.Date:
    year, month, day = str(token).split("-")
    if not _DAY_FORM.fullmatch(token):
        help = f"write `{year}-{month:0>2}-{day:0>2}`"
        if len(year) != 4 or len(month) > 2 or len(day) > 2:
            help = "write year, month, day: `2024-01-31`; to subtract, put blanks around `-`"
        builder.wrong(at, f"`{token}` is not a date", help)
        return ast.Date(date.min, at=at)
    try:
        return ast.Date(date.fromisoformat(token), at=at)
    except ValueError:
        builder.wrong(at, f"there is no day `{token}`", _calendar_help(int(year), int(month)))
        return ast.Date(date.min, at=at)


def _calendar_help(year: int, month: int) -> str:
    if not year:
        return "years run from 0001 to 9999"
    if not 1 <= month <= 12:
        return "months run from 01 to 12: a date is year, month, day"
    next_month = date(year + month // 12, month % 12 + 1, 1) if (year, month) != (9999, 12) else None
    days = (next_month - date(year, month, 1)).days if next_month else 31
    return f"that month has {days} days"


def _timestamp(builder: Builder, token: Token, at: Span) -> ast.Timestamp:
    if not _TIME_FORM.fullmatch(token):
        help = "write `2024-01-31T09:30` or `2024-01-31T09:30:00`: no zone, no fractions of a second"
        builder.wrong(at, f"`{token}` is not a point in time", help)
        return ast.Timestamp(datetime.min, at=at)
    try:
        return ast.Timestamp(datetime.fromisoformat(token), at=at)
    except ValueError:
        help = "a day runs from 00:00 to 23:59:59, and its date must be on the calendar"
        builder.wrong(at, f"there is no point in time `{token}`", help)
        return ast.Timestamp(datetime.min, at=at)


_LITERALS: dict[str, Callable[[Builder, Token, Span], ast.Node]] = {
    "INTEGER": _number,
    "DECIMAL": _number,
    "PERCENT": _number,
    "STRING": _string,
    "TRUE": lambda _, token, at: ast.Boolean(True, at=at),
    "FALSE": lambda _, token, at: ast.Boolean(False, at=at),
    "DATE": _date,
    "TIMESTAMP": _timestamp,
    "PARAMETER": lambda _, token, at: ast.Parameter(str(token[1:]), at=at),
    "TODAY": lambda _, token, at: ast.Today(at=at),
    "YESTERDAY": lambda _, token, at: ast.Yesterday(at=at),
}


# --- names, points and windows ----------------------------------------------------------------------------


def _path(builder: Builder, parts: Parts, at: Span) -> ast.Path:
    return ast.Path(tuple(_names(builder, parts)), at=at)


def _names(builder: Builder, parts: Parts) -> list[ast.Name]:
    """The names among `name . name . name`."""
    names: list[ast.Name] = []
    for token in parts[::2]:
        at = builder.span(token)
        if token.type == "QUOTED_NAME":
            _check_characters(builder, token)
        names.append(ast.Name(unquoted(str(token)), at=at))
    return names


def _unit(token: Token) -> Unit:
    return Unit(keyword(token).removesuffix("s"))


def _in_last(builder: Builder, parts: Parts, at: Span) -> ast.InLast:
    return ast.InLast(parts[2], _unit(parts[3]), at=at)


def _in_next(builder: Builder, parts: Parts, at: Span) -> ast.InNext:
    return ast.InNext(parts[2], _unit(parts[3]), at=at)


def _relative(builder: Builder, parts: Parts, at: Span) -> ast.Relative:
    relation, point = parts
    return ast.Relative(cast(ast.Relation, keyword(relation)), point, at=at)


def _within(builder: Builder, parts: Parts, at: Span) -> ast.Within:
    _, count, unit, side, anchor = parts
    return ast.Within(count, _unit(unit), "after" if side.type == "AFTER" else "before", anchor, at=at)


# --- values -----------------------------------------------------------------------------------------------


def _arithmetic(builder: Builder, parts: Parts, at: Span) -> ast.Expression:
    # `a - b - c` is `(a - b) - c`.
    left: ast.Expression = parts[0]
    start = builder.places[0][0]
    for i in range(1, len(parts), 2):
        span = builder.fragment.span(start, builder.places[i + 1][1])
        left = ast.Arithmetic(cast(Any, str(parts[i])), left, parts[i + 1], at=span)
    return left


def _call(builder: Builder, parts: Parts, at: Span) -> ast.Call:
    name, *inside = parts
    arguments = tuple(part for part in inside if part is not None and not isinstance(part, Token))
    return ast.Call(str(name).lower(), builder.span(name), arguments, at=at)


def _aggregate(builder: Builder, parts: Parts, at: Span) -> ast.Aggregate:
    *words, _, rows, _ = parts
    return ast.Aggregate(cast(ast.AggregateName, " ".join(map(keyword, words))), rows, at=at)


def _rows(builder: Builder, parts: Parts, at: Span) -> ast.Rows:
    target, _, via, window, _, where = parts
    table, value = (target, None) if isinstance(target, ast.Path) else target
    return ast.Rows(table, value, via, window, where, at=at)


def _target_value(builder: Builder, parts: Parts, at: Span) -> tuple[ast.Path, ast.Expression]:
    *names, _, _, value, _ = parts
    return _dotted(builder, names), value


def _dotted(builder: Builder, names: Parts) -> ast.Path:
    return _path(builder, names, builder.span(names[0]).to(builder.span(names[-1])))


# --- ranks and sequences ----------------------------------------------------------------------------------


def _ranking(builder: Builder, parts: Parts, at: Span) -> ast.Ranking:
    by, among = parts[0], parts[-1]
    per = tuple(part for part in parts[1:-2] if isinstance(part, ast.Path))
    return ast.Ranking(by, per, among, at=at)


def _rank(builder: Builder, parts: Parts, at: Span) -> ast.Rank:
    tiles = parts[2] if len(parts) > 4 else None
    return ast.Rank(cast(Any, keyword(parts[0])), tiles, parts[-2], at=at)


def _sample(builder: Builder, parts: Parts, at: Span) -> ast.Sample:
    _, first, _, second, _, salt = parts
    return ast.Sample(first if second else None, second or first, salt, at=at)


def _as_of(builder: Builder, parts: Parts, at: Span) -> ast.AsOf:
    return ast.AsOf(parts[0], parts[-1], at=at)


def _grouped_as_of(builder: Builder, parts: Parts, at: Span) -> ast.AsOf:
    return ast.AsOf(parts[1], parts[-1], at=at)


def _first_step(builder: Builder, parts: Parts, at: Span) -> ast.Step:
    target, name, _, via, window, _, where = parts
    return ast.Step(ast.Rows(target, None, via, window, where, at=at), name, at=at)


def _next_step(builder: Builder, parts: Parts, at: Span) -> ast.Step:
    negation, target, name, _, via, window, span, _, where = parts
    rows = ast.Rows(target, None, via, window, where, at=at)
    return ast.Step(rows, name, negation is not None, span, at=at)


def _step_name(builder: Builder, parts: Parts, at: Span) -> ast.Name:
    return ast.Name(unquoted(str(parts[1])), at=builder.span(parts[1]))


# --- conditions -------------------------------------------------------------------------------------------


def _linked_segment(builder: Builder, parts: Parts, at: Span) -> ast.SegmentReference:
    *names, _, _, _, name, _ = parts
    return ast.SegmentReference(_dotted(builder, names), name, at=at)


_SPELLINGS = {"<>": "!=", "==": "="}


def _comparison(builder: Builder, parts: Parts, at: Span) -> ast.Comparison:
    left, operator, right = parts
    canonical = cast(Any, _SPELLINGS.get(operator, str(operator)))
    return ast.Comparison(canonical, left, right, at=at)


def _in_list(builder: Builder, parts: Parts, at: Span) -> ast.In:
    operand, negation, _, _, *inside = parts
    return ast.In(operand, tuple(inside[:-1:2]), negation is not None, at=at)


def _between(builder: Builder, parts: Parts, at: Span) -> ast.Between:
    operand, negation, _, low, _, high = parts
    return ast.Between(operand, low, high, negation is not None, at=at)


def _is_known(builder: Builder, parts: Parts, at: Span) -> ast.IsKnown:
    operand, _, negation, state = parts
    # `is not unknown` is `is known`.
    return ast.IsKnown(operand, (state.type == "KNOWN") == (negation is not None), at=at)


def _text_test(builder: Builder, parts: Parts, at: Span) -> ast.TextTest:
    operand, negation, operator, pattern = parts
    return ast.TextTest(operator, operand, pattern, negation is not None, at=at)


def _how_many(builder: Builder, parts: Parts, at: Span) -> ast.HowMany:
    opening = next(i for i, part in enumerate(parts) if getattr(part, "type", "") == "LPAR")
    *words, count, _ = parts[:opening]
    bound = cast(Any, " ".join(map(keyword, words)))
    return ast.HowMany(bound, count, tuple(parts[opening + 1 : -1 : 2]), at=at)


_RULES: dict[str, Callable[[Builder, Parts, Span], Any]] = {
    "path": _path,
    "ago": lambda _, parts, at: ast.Ago(parts[0], _unit(parts[1]), at=at),
    "start_of": lambda _, parts, at: ast.StartOf(_unit(parts[2]), at=at),
    "in_last": _in_last,
    "in_next": _in_next,
    "in_this": lambda _, parts, at: ast.InThis(_unit(parts[2]), at=at),
    "in_previous": lambda _, parts, at: ast.InPrevious(_unit(parts[2]), at=at),
    "relative": _relative,
    "within": _within,
    "between_points": lambda _, parts, at: ast.BetweenPoints(parts[1], parts[3], at=at),
    "negate": lambda _, parts, at: ast.Negate(parts[1], at=at),
    "arithmetic": _arithmetic,
    "call": _call,
    "since": lambda _, parts, at: ast.Since(_unit(parts[0]), parts[2], at=at),
    "from_to": lambda _, parts, at: ast.FromTo(_unit(parts[0]), parts[2], parts[4], at=at),
    "to_anniversary": lambda _, parts, at: ast.ToAnniversary(_unit(parts[0]), parts[4], at=at),
    "aggregate": _aggregate,
    "rows": _rows,
    "target_value": _target_value,
    "ranking": _ranking,
    "rank": _rank,
    "top": lambda _, parts, at: ast.Top(cast(Any, keyword(parts[0])), parts[1], parts[3], at=at),
    "sample": _sample,
    "as_of": _as_of,
    "grouped_as_of": _grouped_as_of,
    "first_step": _first_step,
    "next_step": _next_step,
    "step_name": _step_name,
    "step_span": lambda _, parts, at: ast.Duration(parts[1], _unit(parts[2]), at=at),
    "sequence": lambda _, parts, at: ast.Sequence(
        tuple(part for part in parts if isinstance(part, ast.Step)), at=at
    ),
    "segment_reference": lambda _, parts, at: ast.SegmentReference(None, parts[2], at=at),
    "linked_segment_reference": _linked_segment,
    "comparison": _comparison,
    "in_list": _in_list,
    "in_parameter": lambda _, parts, at: ast.In(parts[0], (parts[3],), parts[1] is not None, True, at=at),
    "between": _between,
    "is_known": _is_known,
    "text_operator": lambda _, parts, at: " ".join(map(keyword, parts)),
    "text_test": _text_test,
    "in_window": lambda _, parts, at: ast.InWindow(parts[0], parts[-1], parts[1] is not None, at=at),
    "how_many": _how_many,
    "negation": lambda _, parts, at: ast.Not(parts[1], at=at),
    "conjunction": lambda _, parts, at: ast.And(tuple(parts[::2]), at=at),
    "disjunction": lambda _, parts, at: ast.Or(tuple(parts[::2]), at=at),
    "parenthesised": lambda _, parts, at: parts[1],
}
