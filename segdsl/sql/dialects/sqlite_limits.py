"""A statement within what SQLite takes: how many tables, how deep, and no word on NULLs where there are none."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from segdsl.sql.dialects.base import Unsupported

_MOST_TABLES = 64
_MOST_SELECTS = 500
_LONGEST_CHAIN = 400


def arranged(query: exp.Query) -> exp.Query:
    """The statement, changed in place. Raises Unsupported where it is more than SQLite takes at once."""
    for select in query.find_all(exp.Select):
        if len(select.args.get("joins") or ()) >= _MOST_TABLES:
            raise Unsupported(f"SQLite joins at most {_MOST_TABLES} tables, and this needs more at once")
    for union in query.find_all(exp.Union):
        if not isinstance(union.parent, exp.Union) and sum(1 for _ in _selects(union)) > _MOST_SELECTS:
            raise Unsupported(f"SQLite puts at most {_MOST_SELECTS} queries together, and this needs more")
    for ordered in query.find_all(exp.Ordered):
        # None of the keys is NULL.
        ordered.set("nulls_first", not ordered.args.get("desc"))
    for case in list(query.find_all(exp.Case)):
        _merge_alternatives(case)
    for connector in list(query.find_all(exp.And, exp.Or)):
        if not isinstance(connector.parent, exp.And | exp.Or):
            _keep_balanced(connector)
    return query


def _selects(query: exp.Expr) -> Iterator[exp.Expr]:
    # Unions lean to the left, as long as they are.
    while isinstance(query, exp.Union):
        yield query.expression
        query = query.this
    yield query


def _merge_alternatives(case: exp.Case) -> None:
    """A CASE in the ELSE of another as more branches of that one: the parser takes few inside each other."""
    while isinstance(other := case.args.get("default"), exp.Case):
        case.set("ifs", [*case.args["ifs"], *other.args["ifs"]])
        case.set("default", other.args.get("default"))


def _keep_balanced(connector: exp.Connector) -> None:
    """Puts the halves of a long chain of AND or OR in parentheses; else it is read as one as deep as long."""
    chain = list(_chain(connector))
    if len(chain) > _LONGEST_CHAIN:
        for link in chain:
            if isinstance(link.expression, exp.And | exp.Or):
                link.set("expression", exp.Paren(this=link.expression))


def _chain(connector: exp.Connector) -> Iterator[exp.Connector]:
    yield connector
    for side in (connector.this, connector.expression):
        if isinstance(side, exp.And | exp.Or):
            yield from _chain(side)
