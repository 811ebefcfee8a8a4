"""Tableau Hyper, which speaks PostgreSQL's language with decimals of at most 38 digits.

A product of decimals that would need more loses digits behind the point in silence, down to six of them. So what
may lose some is first cut to as many digits as there ever are, which is an error where there are more.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import ClassVar

from sqlglot import exp

from segdsl.semantics import ir
from segdsl.semantics.types import MAX_DIGITS, Kind, Type
from segdsl.sql import numbers, tree
from segdsl.sql.dialects.base import Dialect
from segdsl.sql.dialects.postgres import PostgresLike, literal_of_64_bits, text_without_nul
from segdsl.sql.tree import Expression

_KEPT = 6
"""So many digits behind the point a product always keeps."""


class Hyper(PostgresLike):
    name = "hyper"
    title = "Tableau Hyper"
    types: ClassVar[Mapping[str, str]] = {"HUGEINT": f"DECIMAL({MAX_DIGITS}, 0)"}

    # --- numbers ------------------------------------------------------------------------------------------

    def literal(self, value: int | Decimal, scale: int) -> Expression:
        return literal_of_64_bits(self, value, scale)

    def exact_sum(self, value: Expression, type: Type) -> Expression:
        return exp.Sum(this=self.cast(value, "HUGEINT") if type.kind is Kind.INTEGER else value)

    def arithmetic(self, value: ir.Arithmetic, left: Expression, right: Expression) -> Expression:
        if value.operator == "*" and value.type.kind is Kind.DECIMAL:
            left, right = with_room(self, value.left, left, value.right, right, _KEPT)
            return tree.arithmetic("*", left, right)
        return super().arithmetic(value, left, right)

    def round(self, value: ir.Call, made: Expression, digits: Expression | None) -> Expression:
        if value.type.kind is not Kind.FLOAT:
            return self._whole(value, super().round(value, made, digits))
        # Of doubles `ROUND` goes to the even one of two.
        rest = tree.arithmetic("-", made, tree.function("TRUNC", made.copy()))
        twice = tree.arithmetic("*", tree.number(2), rest)
        return tree.arithmetic("+", tree.function("TRUNC", made.copy()), tree.function("TRUNC", twice))

    def floor(self, value: ir.Call, made: Expression) -> Expression:
        return self._whole(value, super().floor(value, made))

    def ceil(self, value: ir.Call, made: Expression) -> Expression:
        return self._whole(value, super().ceil(value, made))

    def _whole(self, value: ir.Call, made: Expression) -> Expression:
        """What is rounded to whole numbers, which would keep zeros behind the point."""
        return self.cast(made, "HUGEINT") if value.type.kind is Kind.INTEGER else made

    # --- text ---------------------------------------------------------------------------------------------

    def text(self, value: str) -> Expression:
        return text_without_nul(self, value)

    def translated(self, value: Expression, before: str, after: str) -> Expression:
        # There is no TRANSLATE, and LOWER and UPPER change other letters too.
        for old, new in zip(before, after, strict=True):
            value = tree.function("REPLACE", value, self.text(old), self.text(new))
        return value


def with_room(
    dialect: Dialect, a: ir.Value, left: Expression, b: ir.Value, right: Expression, kept: int
) -> tuple[Expression, Expression]:
    """The factors, of types whose product keeps all digits behind the point, where a long one keeps few."""
    scale = a.type.scale + b.type.scale
    # One less, as some count one digit in for the carry.
    room = MAX_DIGITS - 1 - scale
    if scale <= kept or numbers.most_whole_digits(a) + numbers.most_whole_digits(b) <= room:
        return left, right
    first, second = numbers.whole_digits(a), numbers.whole_digits(b)
    if first + second > room:
        less = min(first, second, room // 2)
        first, second = (less, room - less) if first < second else (room - less, less)
    return (
        dialect.cast(left, f"DECIMAL({first + a.type.scale}, {a.type.scale})"),
        dialect.cast(right, f"DECIMAL({second + b.type.scale}, {b.type.scale})"),
    )
