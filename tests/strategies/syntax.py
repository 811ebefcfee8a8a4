"""Syntax trees of every kind of node, as the parser could have made them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from segdsl.source import SourceFile
from segdsl.syntax import ast
from segdsl.units import Unit

AT = SourceFile("made up", "").span(0, 0)

# Text of one line: a break ends no string, and no name; and no text holds U+0000.
_CHARACTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\r\n\0")
_WORDS = st.sampled_from(
    [
        "region",
        "age",
        "count",
        "first",
        "last",
        "segment",
        "day",
        "month",
        "start",
        "of",
        "to",
        "from",
        "at",
        "least",
        "most",
        "exactly",
        "contains",
        "starts",
        "with",
        "Umsatz",
        "kategori",
        "客戶",
        "นามสกุล",
        "_x",
        "x1",
        "and",
        "Not",
        "days",
        "today",
        "where",
        "as",
        "ıs",
    ]
)


def names() -> st.SearchStrategy[ast.Name]:
    texts = _WORDS | st.text(_CHARACTERS, min_size=1, max_size=6)
    return st.builds(ast.Name, texts, at=st.just(AT))


def paths() -> st.SearchStrategy[ast.Path]:
    return st.builds(ast.Path, st.lists(names(), min_size=1, max_size=3).map(tuple), at=st.just(AT))


def parameters() -> st.SearchStrategy[ast.Parameter]:
    return st.builds(ast.Parameter, st.sampled_from(["n", "min_spend", "and", "größe"]), at=st.just(AT))


def numbers() -> st.SearchStrategy[ast.Number]:
    """Whole numbers, decimals with a fraction, and percentages."""
    at = st.just(AT)
    whole = st.builds(ast.Number, st.integers(0, 10**38 - 1), at=at)
    decimals = st.decimals(0, 10**12, places=3).map(abs)
    percents = decimals.map(lambda value: value.scaleb(-2))
    return (
        whole
        | st.builds(ast.Number, decimals, at=at)
        | st.builds(ast.Number, percents, st.just(True), at=at)
        | st.builds(
            ast.Number, st.sampled_from([Decimal("0.2"), Decimal(1), Decimal(5)]), st.booleans(), at=at
        )
    )


_STRINGS = st.builds(
    ast.String, st.text(_CHARACTERS, max_size=8) | st.sampled_from(["'", "it's", "--", '"']), at=st.just(AT)
)


def literals() -> st.SearchStrategy[Any]:
    """What may stand in a list or as the pattern of a text test."""
    at = st.just(AT)
    moments = st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31)).map(lambda m: m.replace(microsecond=0))
    return st.one_of(
        numbers(),
        st.builds(ast.Negate, numbers(), at=at),
        _STRINGS,
        st.builds(ast.Boolean, st.booleans(), at=at),
        st.builds(ast.Date, st.dates(date.min, date.max), at=at),
        st.builds(ast.Timestamp, moments, at=at),
        parameters(),
    )


def counts() -> st.SearchStrategy[Any]:
    return st.builds(ast.Number, st.integers(0, 20_000), at=st.just(AT)) | parameters()


_UNITS = st.sampled_from(list(Unit))
_AT = st.just(AT)


def windows(inside: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """The windows that may follow a value."""
    relations = st.sampled_from(["on", "since", "after", "before", "until"])
    sides = st.sampled_from(["after", "before"])
    return st.one_of(
        st.builds(ast.InLast, counts(), _UNITS, at=_AT),
        st.builds(ast.InNext, counts(), _UNITS, at=_AT),
        st.builds(ast.InThis, _UNITS, at=_AT),
        st.builds(ast.InPrevious, _UNITS, at=_AT),
        st.builds(ast.Relative, relations, inside, at=_AT),
        st.builds(ast.Within, counts(), _UNITS, sides, inside, at=_AT),
    )


def _rows(inside: st.SearchStrategy[Any]) -> st.SearchStrategy[ast.Rows]:
    between = st.builds(ast.BetweenPoints, inside, inside, at=_AT)
    return st.builds(
        ast.Rows,
        paths(),
        st.none() | inside,
        st.none() | paths(),
        st.none() | windows(inside) | between,
        st.none() | inside,
        at=_AT,
    )


_AGGREGATES = st.sampled_from(
    ["count", "exists", "sum", "avg", "min", "max", "count distinct", "first", "last", "most frequent"]
)


_DAYS = st.one_of(
    st.builds(ast.Today, at=_AT),
    st.builds(ast.Yesterday, at=_AT),
    st.builds(ast.Ago, counts(), _UNITS, at=_AT),
    st.builds(ast.StartOf, _UNITS, at=_AT),
    st.builds(ast.Date, st.dates(date.min, date.max), at=_AT),
    parameters(),
)
_PERCENTS = st.decimals(0, 1, places=3).map(lambda value: ast.Number(abs(value), True, at=AT))


def rankings(inside: st.SearchStrategy[Any]) -> st.SearchStrategy[ast.Ranking]:
    """What `ntile` and `top` rank."""
    groups = st.lists(paths(), max_size=2).map(tuple)
    return st.builds(ast.Ranking, inside, groups, st.none() | inside, at=_AT)


def sequences(inside: st.SearchStrategy[Any]) -> st.SearchStrategy[ast.Sequence]:
    """A first step and up to two more."""
    rows = st.builds(lambda each: replace(each, value=None), _rows(inside))
    spans = st.builds(ast.Duration, counts(), _UNITS, at=_AT)
    first = st.builds(ast.Step, rows, st.none() | names(), at=_AT)
    later = st.builds(ast.Step, rows, st.none() | names(), st.booleans(), st.none() | spans, at=_AT)
    steps = st.builds(lambda one, more: (one, *more), first, st.lists(later, min_size=1, max_size=2))
    return st.builds(ast.Sequence, steps, at=_AT)


def _larger(inside: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    flags = st.booleans()
    several = st.lists(inside, min_size=2, max_size=4).map(tuple)
    functions = st.sampled_from(["lower", "if", "band", "date", "day", "least", "unheard_of"])
    arguments = st.lists(inside, max_size=3).map(tuple)
    bounds = st.sampled_from(["at least", "at most", "exactly"])
    text_operators = st.sampled_from(["contains", "starts with", "ends with", "like", "matches"])
    listed = st.lists(literals(), min_size=1, max_size=3).map(tuple)
    bare = st.builds(lambda parameter: (parameter,), parameters())
    return st.one_of(
        st.builds(ast.Negate, inside, at=_AT),
        st.builds(ast.Arithmetic, st.sampled_from(["+", "-", "*", "/"]), inside, inside, at=_AT),
        st.builds(ast.Call, functions, st.just(AT), arguments, at=_AT),
        st.builds(ast.Since, _UNITS, inside, at=_AT),
        st.builds(ast.FromTo, _UNITS, inside, inside, at=_AT),
        st.builds(ast.ToAnniversary, _UNITS, inside, at=_AT),
        st.builds(ast.Aggregate, _AGGREGATES, _rows(inside), at=_AT),
        st.builds(ast.Comparison, st.sampled_from(["=", "!=", "<", "<=", ">", ">="]), inside, inside, at=_AT),
        st.builds(ast.In, inside, listed, flags, at=_AT),
        st.builds(ast.In, inside, bare, flags, st.just(True), at=_AT),
        st.builds(ast.Between, inside, inside, inside, flags, at=_AT),
        st.builds(ast.IsKnown, inside, flags, at=_AT),
        st.builds(ast.TextTest, text_operators, inside, literals(), flags, at=_AT),
        st.builds(ast.InWindow, inside, windows(inside), flags, at=_AT),
        st.builds(ast.HowMany, bounds, counts(), several, at=_AT),
        st.builds(ast.Rank, st.just("ntile"), counts(), rankings(inside), at=_AT),
        st.builds(ast.Rank, st.just("percentile"), st.none(), rankings(inside), at=_AT),
        st.builds(
            ast.Top, st.sampled_from(["top", "bottom"]), counts() | _PERCENTS, rankings(inside), at=_AT
        ),
        st.builds(ast.AsOf, inside, _DAYS, at=_AT),
        sequences(inside),
        st.builds(ast.Not, inside, at=_AT),
        st.builds(ast.And, several, at=_AT),
        st.builds(ast.Or, several, at=_AT),
    )


def expressions() -> st.SearchStrategy[Any]:
    """Trees of every kind of node, well formed but of no type in particular."""
    smallest = st.one_of(
        literals(),
        paths(),
        st.builds(ast.Today, at=_AT),
        st.builds(ast.Yesterday, at=_AT),
        st.builds(ast.Ago, counts(), _UNITS, at=_AT),
        st.builds(ast.StartOf, _UNITS, at=_AT),
        st.builds(ast.SegmentReference, st.none() | paths(), paths(), at=_AT),
        st.builds(ast.Sample, st.none() | _PERCENTS, _PERCENTS, _STRINGS | parameters(), at=_AT),
    )
    return st.recursive(smallest, _larger, max_leaves=12)
