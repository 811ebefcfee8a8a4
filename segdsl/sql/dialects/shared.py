"""What several dialects have in common that are not of one family."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from segdsl.sql import tree
from segdsl.sql.tree import Expression


def known_of(name: str, values: Sequence[Expression]) -> Expression:
    """LEAST or GREATEST of an engine to which it is NULL where one value is: then others stand in for it."""
    if len(values) == 1:
        return values[0]
    stand_ins = [
        tree.coalesce(*(each.copy() for each in (*values[place:], *values[:place])))
        for place in range(len(values))
    ]
    return tree.function(name, *stand_ins)


def with_nulls_greatest(query: exp.Query) -> exp.Query:
    """The query for an engine to which NULL is more than all: what is put in order is known, so nothing is said
    of it."""
    for ordered in query.find_all(exp.Ordered):
        ordered.set("nulls_first", bool(ordered.args.get("desc")))
    return query


def with_nulls_last(query: exp.Query) -> exp.Query:
    """The same for one that puts NULL last, whichever way the order goes."""
    for ordered in query.find_all(exp.Ordered):
        ordered.set("nulls_first", False)
    return query


def with_quotes(query: exp.Query, reserved: frozenset[str], *, folds_up: bool = False) -> exp.Query:
    """The query with quotes around names that are words of the engine; in upper case where that is what an engine
    reads a plain name as, so that the quotes change nothing."""
    for name in query.find_all(exp.Identifier):
        if not name.quoted and name.name in reserved:
            name.set("quoted", True)
        if name.quoted and folds_up and tree.is_plain(name.name):
            name.set("this", name.name.upper())
    return query
