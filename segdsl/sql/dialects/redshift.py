"""Amazon Redshift: PostgreSQL's language of 2005, and what its makers added. No test can run it.

All here goes by its documentation. In comparisons it takes no notice of blanks at the end of a text, so lengths are
compared too. Texts that differ in nothing else are still one to its DISTINCT, and so are keys whose type is not declared.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from typing import ClassVar

from sqlglot import exp

from segdsl.semantics import ir
from segdsl.semantics.patterns import parse, to_posix
from segdsl.semantics.types import MAX_DIGITS, Kind, Type
from segdsl.sql import tree
from segdsl.sql.dialects.base import Unsupported
from segdsl.sql.dialects.hyper import with_room
from segdsl.sql.dialects.postgres import PostgresLike, far_back, text_without_nul
from segdsl.sql.tree import Expression
from segdsl.units import Unit

_KEPT = 4
"""So many digits behind the point a product always keeps."""


class Redshift(PostgresLike):
    name = grammar = "redshift"
    title = "Amazon Redshift"
    types: ClassVar[Mapping[str, str]] = {
        "HUGEINT": f"DECIMAL({MAX_DIGITS}, 0)",
        # Without a length it is cut to 256 bytes.
        "VARCHAR": "VARCHAR(65535)",
    }

    # --- numbers ------------------------------------------------------------------------------------------

    def arithmetic(self, value: ir.Arithmetic, left: Expression, right: Expression) -> Expression:
        if value.operator == "*" and value.type.kind is Kind.DECIMAL:
            left, right = with_room(self, value.left, left, value.right, right, _KEPT)
            return tree.arithmetic("*", left, right)
        return super().arithmetic(value, left, right)

    def whole_quotient(self, above: Expression, below: Expression) -> Expression:
        rest = self.modulo(above.copy(), below.copy())
        return self.divide(tree.arithmetic("-", above, rest), below)

    # --- text ---------------------------------------------------------------------------------------------

    def text(self, value: str) -> Expression:
        return text_without_nul(self, value)

    def compare(
        self,
        operator: ir.CompareOperator,
        left: ir.Value,
        above: Expression,
        right: ir.Value,
        below: Expression,
    ) -> Expression:
        made = super().compare(operator, left, above, right, below)
        if left.type.kind is not Kind.STRING:
            return made
        lengths = tree.compare(operator, self._size(left, above), self._size(right, below))
        return tree.all_of([made, lengths]) if operator == "=" else tree.any_of([made, lengths])

    def _size(self, value: ir.Value, made: Expression) -> Expression:
        if isinstance(value, ir.Constant) and isinstance(value.value, str):
            return tree.number(len(value.value))
        return self.length(made.copy())

    def is_in(self, operand: ir.Value, made: Expression, listed: list[Expression]) -> Expression:
        if operand.type.kind is not Kind.STRING:
            return super().is_in(operand, made, listed)
        by_length = sorted(listed, key=lambda each: len(each.name))
        tests = []
        for length, texts in groupby(by_length, key=lambda each: len(each.name)):
            among = super().is_in(operand, made.copy(), list(texts))
            same = tree.compare("=", self.length(made.copy()), tree.number(length))
            tests.append(tree.all_of([among, same]))
        return tree.any_of(tests)

    def same_key(self, type: Type, mine: Expression, other: Expression) -> Expression:
        same = super().same_key(type, mine, other)
        if type.kind is not Kind.STRING:
            return same
        return tree.all_of([same, tree.compare("=", self.length(mine.copy()), self.length(other.copy()))])

    def key_groups(self, type: Type, key: Expression) -> list[Expression]:
        return [key, self.length(key.copy())] if type.kind is Kind.STRING else [key]

    def partition(self, type: Type, value: Expression) -> Expression:
        if type.kind is not Kind.STRING:
            return value
        return exp.DPipe(this=tree.operand(value), expression=tree.text("."))

    def contains(self, value: Expression, part: str) -> Expression:
        return tree.compare(">", self._place(value, part), tree.number(0))

    def starts_with(self, value: Expression, part: str) -> Expression:
        return tree.compare("=", self._place(value, part), tree.number(1))

    def ends_with(self, value: Expression, part: str) -> Expression:
        end = exp.Right(this=value, expression=tree.number(len(part)))
        return tree.compare("=", self._place(end, part), tree.number(1))

    def _place(self, value: Expression, part: str) -> Expression:
        return exp.StrPosition(this=value, substr=self.text(part))

    def matches(self, value: Expression, pattern: str) -> Expression:
        written = to_posix(parse(pattern))
        if written is None:
            raise Unsupported(
                f"a pattern with an empty choice, or with a bracket or a backslash in a class, in {self.title}"
            )
        return exp.RegexpLike(this=tree.operand(value), expression=self.text(written))

    # --- time ---------------------------------------------------------------------------------------------

    def days_between(self, start: Expression, end: Expression) -> Expression:
        return exp.DateDiff(this=end, expression=start, unit=exp.Var(this="DAY"))

    def add(self, count: int, unit: Unit, value: Expression) -> Expression:
        count, value = far_back(count, unit, value)
        later = exp.DateAdd(this=value, expression=tree.number(count), unit=exp.Var(this=unit.value.upper()))
        return self.cast(later, "DATE") if unit.is_calendar else later

    def part(self, name: str, value: Expression) -> Expression:
        if name != "weekday":
            return super().part(name, value)
        # Sunday is 0 there.
        sunday_first = exp.Extract(this=exp.Var(this="DOW"), expression=value)
        monday_first = self.modulo(tree.arithmetic("+", sunday_first, tree.number(6)), tree.number(7))
        return tree.arithmetic("+", exp.Paren(this=monday_first), tree.number(1))

    def first_of_month(self, year: Expression, month: Expression) -> Expression:
        # So many months after one that was the first of a year.
        years = tree.arithmetic("-", year, tree.number(1900))
        months = tree.arithmetic("+", tree.arithmetic("*", tree.number(12), years), month)
        count = tree.arithmetic("-", months, tree.number(1))
        start = self.cast(tree.text("1900-01-01"), "DATE")
        return self.cast(exp.DateAdd(this=start, expression=count, unit=exp.Var(this="MONTH")), "DATE")
