"""Trino, and Athena, which is made of it: by functions and types that both document.

Decimals have up to 38 digits there, keep every digit of sums and products, and fail beyond; whole numbers have 64
bits. Times have three digits behind the second unless their type says more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import ClassVar

from sqlglot import exp

from segdsl.semantics.patterns import parse, to_java
from segdsl.semantics.types import Kind, Type
from segdsl.sql import tree
from segdsl.sql.dialects.base import Dialect
from segdsl.sql.dialects.shared import known_of, with_nulls_last, with_quotes
from segdsl.sql.tree import Expression
from segdsl.units import Unit

_RESERVED = frozenset(
    (
        *(
            "alter",
            "cube",
            "current_date",
            "current_role",
            "current_time",
            "current_timestamp",
            "current_user",
        ),
        *("deallocate", "delete", "drop", "escape", "execute", "extract", "grouping", "insert", "listagg"),
        *(
            "localtime",
            "localtimestamp",
            "normalize",
            "prepare",
            "rollup",
            "skip",
            "trim",
            "uescape",
            "unnest",
        ),
    )
)
_WIDE = "DECIMAL(38, 0)"


class Trino(Dialect):
    name = grammar = "trino"
    title = "Trino"
    types: ClassVar[Mapping[str, str]] = {
        "HUGEINT": _WIDE,
        "TIMESTAMP": "TIMESTAMP(6)",
        "TIMESTAMPTZ": "TIMESTAMP(6) WITH TIME ZONE",
    }

    # --- types and literals -------------------------------------------------------------------------------

    def moment(self, value: datetime) -> Expression:
        if value.tzinfo is None:
            return super().moment(value)
        shown = value.astimezone(UTC).replace(tzinfo=None).isoformat(" ")
        return self.cast(tree.text(f"{shown} UTC"), "TIMESTAMPTZ")

    def literal(self, value: int | Decimal, scale: int) -> Expression:
        if isinstance(value, int) and not -(2**63) < value < 2**63:
            return self.cast(tree.text(str(value)), "HUGEINT")
        return super().literal(value, scale)

    # --- numbers ------------------------------------------------------------------------------------------

    def finite(self, value: Expression) -> Expression:
        return tree.case((tree.function("IS_FINITE", value), value.copy()))

    def exact_sum(self, value: Expression, type: Type) -> Expression:
        # The sum of whole numbers would have 64 bits as they have.
        return exp.Sum(this=self.cast(value, "HUGEINT") if type.kind is Kind.INTEGER else value)

    def divide(self, above: Expression, below: Expression) -> Expression:
        return _division(above, below)

    def divisible(self, above: Expression, below: Expression) -> Expression:
        return _division(above, below)

    def floored(self, value: Expression, divisor: int) -> Expression:
        # `/` of whole numbers goes towards zero.
        quotient = _division(self.cast(value, "DOUBLE"), tree.number(divisor))
        return self.cast(exp.Floor(this=quotient), "BIGINT")

    def whole_quotient(self, above: Expression, below: Expression) -> Expression:
        # Decimals without a scale are divided to one without a scale, but rounded: what is left is taken off first.
        rest = self.modulo(above.copy(), below.copy())
        return _division(tree.arithmetic("-", above, rest), below)

    def truncated(self, value: Expression) -> Expression:
        return tree.function("TRUNCATE", value)

    def least(self, values: Sequence[Expression]) -> Expression:
        return known_of("LEAST", values)

    def greatest(self, values: Sequence[Expression]) -> Expression:
        return known_of("GREATEST", values)

    # --- text ---------------------------------------------------------------------------------------------

    def contains(self, value: Expression, part: str) -> Expression:
        return tree.compare(">", tree.function("STRPOS", value, self.text(part)), tree.number(0))

    def starts_with(self, value: Expression, part: str) -> Expression:
        return tree.function("STARTS_WITH", value, self.text(part))

    def ends_with(self, value: Expression, part: str) -> Expression:
        if not part:
            return tree.known(value, True)
        # Of a shorter text it is empty.
        return tree.compare("=", tree.function("SUBSTR", value, tree.number(-len(part))), self.text(part))

    def matches(self, value: Expression, pattern: str) -> Expression:
        return exp.RegexpLike(this=value, expression=self.text(to_java(parse(pattern))))

    def trim(self, value: Expression) -> Expression:
        return exp.Trim(this=value, expression=self.text(" "), position="BOTH")

    def hash_digits(self, salt: str, key: Expression) -> Expression:
        salted = tree.function("CONCAT", self.text(f"{salt}:"), self.cast(key, "VARCHAR"))
        digest = tree.function("TO_HEX", tree.function("MD5", tree.function("TO_UTF8", salted)))
        return tree.function("SUBSTR", tree.function("LOWER", digest), tree.number(1), tree.number(8))

    # --- time ---------------------------------------------------------------------------------------------

    def days_between(self, start: Expression, end: Expression) -> Expression:
        return tree.function("DATE_DIFF", tree.text("DAY"), start, end)

    def add(self, count: int, unit: Unit, value: Expression) -> Expression:
        # Interval literals have but nine digits, which is as much as is ever asked for.
        return tree.function("DATE_ADD", tree.text(unit.value.upper()), tree.number(count), value)

    def local_time(self, value: Expression, zone: str) -> Expression:
        # The instant as that zone shows it, and of it what is shown.
        return self.cast(tree.function("AT_TIMEZONE", value, tree.text(zone)), "TIMESTAMP")

    def part(self, name: str, value: Expression) -> Expression:
        if name == "weekday":
            return exp.Extract(this=exp.Var(this="DAY_OF_WEEK"), expression=value)
        return super().part(name, value)

    def first_of_month(self, year: Expression, month: Expression) -> Expression:
        months = tree.arithmetic("+", tree.arithmetic("*", tree.number(12), year), month)
        since = tree.arithmetic("-", months, tree.number(13))
        start = self.cast(tree.text("0001-01-01"), "DATE")
        return tree.function("DATE_ADD", tree.text("MONTH"), since, start)

    # --- statements ---------------------------------------------------------------------------------------

    def statement(self, query: exp.Query) -> exp.Query:
        return with_quotes(with_nulls_last(query), _RESERVED)


class Athena(Trino):
    """From engine version 3 on."""

    name = grammar = "athena"
    title = "Amazon Athena"


def _division(above: Expression, below: Expression) -> Expression:
    return exp.Div(this=tree.operand(above), expression=tree.operand(below), typed=True)
