"""DuckDB: what the trees are thought in."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from segdsl.semantics import ir
from segdsl.sql import tree
from segdsl.sql.dialects.base import Dialect
from segdsl.sql.tree import Expression


class DuckDB(Dialect):
    name = grammar = "duckdb"
    title = "DuckDB"
    apart = frozenset((ir.Function.MOST_FREQUENT,))
    materializes = True

    def float_sum(self, value: Expression) -> Expression:
        # The compensated sum: the order of rows, which no engine promises, matters less.
        return tree.function("FSUM", value)

    def first(self, value: Expression, order: Sequence[Expression]) -> Expression:
        return exp.ArgMin(this=value, expression=tree.function("ROW", *order))

    def last(self, value: Expression, order: Sequence[Expression]) -> Expression:
        return exp.ArgMax(this=value, expression=tree.function("ROW", *order))

    def latest(self, order: Sequence[Expression]) -> Expression:
        return exp.Max(this=tree.function("ROW", *order))
