"""Snowflake, by functions and types that it documents.

All its exact numbers are NUMBERs of up to 38 digits. A sum keeps every digit and fails beyond; a product keeps 12
behind the point, or as many as an operand has.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from sqlglot import exp

from segdsl.semantics import ir
from segdsl.semantics.patterns import parse, to_whole_text
from segdsl.semantics.types import Kind
from segdsl.sql import tree
from segdsl.sql.dialects.base import Dialect, Unsupported
from segdsl.sql.dialects.shared import with_nulls_greatest, with_quotes
from segdsl.sql.tree import Expression
from segdsl.units import Unit

_RESERVED = frozenset(
    (
        *(
            "account",
            "alter",
            "connect",
            "connection",
            "database",
            "delete",
            "drop",
            "following",
            "gscluster",
        ),
        *(
            "increment",
            "insert",
            "issue",
            "minus",
            "of",
            "organization",
            "regexp",
            "revoke",
            "rlike",
            "sample",
        ),
        *("schema", "start", "trigger", "try_cast", "update", "view", "whenever"),
    )
)
_KEPT_DIGITS = 12
"""A product has no more digits behind the point, unless an operand has."""


class Snowflake(Dialect):
    name = grammar = "snowflake"
    title = "Snowflake"
    types: ClassVar[Mapping[str, str]] = {"HUGEINT": "DECIMAL(38, 0)"}

    # --- numbers ------------------------------------------------------------------------------------------

    def finite(self, value: Expression) -> Expression:
        # NaN is greater than infinity.
        return tree.case((tree.compare("<", exp.Abs(this=value), self.float("inf")), value.copy()))

    def arithmetic(self, value: ir.Arithmetic, left: Expression, right: Expression) -> Expression:
        if value.operator == "*" and value.type.kind is Kind.DECIMAL:
            kept = max(_KEPT_DIGITS, value.left.type.scale, value.right.type.scale)
            if value.type.scale > kept:
                raise Unsupported(
                    f"a product with {value.type.scale} digits after the point, of which Snowflake keeps {kept}"
                )
        return super().arithmetic(value, left, right)

    def whole_quotient(self, above: Expression, below: Expression) -> Expression:
        # `/` rounds, so what is left is taken off first.
        rest = self.modulo(above.copy(), below.copy())
        whole = exp.Div(this=tree.operand(tree.arithmetic("-", above, rest)), expression=tree.operand(below))
        return self.cast(whole, "HUGEINT")

    # --- text ---------------------------------------------------------------------------------------------

    def matches(self, value: Expression, pattern: str) -> Expression:
        # It asks about the whole text; with 's', `.` is any character.
        whole = to_whole_text(parse(pattern))
        if whole is None:
            raise Unsupported(
                "`^` or `$` inside of a pattern, which Snowflake takes for the ends of lines too"
            )
        return exp.RegexpLike(this=value, expression=self.text(whole), flag=tree.text("s"))

    # --- time ---------------------------------------------------------------------------------------------

    def add(self, count: int, unit: Unit, value: Expression) -> Expression:
        return exp.DateAdd(this=value, expression=tree.number(count), unit=exp.Var(this=unit.value.upper()))

    def local_time(self, value: Expression, zone: str) -> Expression:
        # The instant as that zone shows it, and of it what is shown.
        return self.cast(tree.function("CONVERT_TIMEZONE", tree.text(zone), value), "TIMESTAMP")

    def part(self, name: str, value: Expression) -> Expression:
        if name == "weekday":
            return tree.function("DAYOFWEEKISO", value)
        return super().part(name, value)

    # --- statements ---------------------------------------------------------------------------------------

    def statement(self, query: exp.Query) -> exp.Query:
        return with_quotes(with_nulls_greatest(query), _RESERVED, folds_up=True)
