"""What engines spell or compute in ways of their own: one small class per dialect, of what is different there.

`Dialect` is what most engines take. Values given to its methods are SQL trees of a known type of the language,
and each is used in one place only. A method that an engine has no answer to raises `Unsupported`.
"""

from __future__ import annotations

import string
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import ClassVar

from sqlglot import exp

from segdsl.semantics import ir
from segdsl.semantics.patterns import parse, to_re2
from segdsl.semantics.types import Type
from segdsl.sql import exact, numbers, tree
from segdsl.sql.dialects.unsupported import Unsupported as Unsupported
from segdsl.sql.tree import Expression
from segdsl.units import Unit


class Dialect:
    """See the module. `name` is what people write after `--dialect`, `grammar` what sqlglot calls it."""

    name: ClassVar[str] = ""
    grammar: ClassVar[str] = ""
    title: ClassVar[str] = ""
    """What its makers call it."""
    types: ClassVar[Mapping[str, str]] = {}
    """What DuckDB's names of types are here, where sqlglot does not know."""
    apart: ClassVar[frozenset[ir.Function]] = frozenset(
        (ir.Function.FIRST, ir.Function.LAST, ir.Function.MOST_FREQUENT)
    )
    """The functions that are computed in scans of their own, with windows; see `first` and `last`."""
    function_case: ClassVar[str | None] = "upper"
    """How names of functions are written; None where letter case matters."""
    materializes: ClassVar[bool] = False
    """Whether a common table expression can be kept from being folded into what reads it."""

    ranks_columns: ClassVar[bool] = False
    """Whether the window functions of a rank are given plain columns only."""

    joins_what_is_absent: ClassVar[bool] = False
    """Whether events that did not happen are found sooner by a LEFT JOIN than by NOT EXISTS."""

    # --- types and literals -------------------------------------------------------------------------------

    def cast(self, expression: Expression, type: str) -> Expression:
        """The expression as a type, named as in DuckDB: BIGINT, HUGEINT, DECIMAL(p, s), DOUBLE, VARCHAR, DATE …"""
        name = self.types.get(type)
        to = (
            exp.DataType.build(name, dialect=self.grammar)
            if name
            else exp.DataType.build(type, dialect="duckdb")
        )
        return exp.Cast(this=expression, to=to)

    def text(self, value: str) -> Expression:
        return tree.text(value)

    def boolean(self, value: bool) -> Expression:
        return exp.Boolean(this=value)

    def always(self, value: bool) -> Expression:
        """A condition that holds for every row, or for none."""
        return exp.Boolean(this=value)

    def day(self, value: date) -> Expression:
        return self.cast(tree.text(value.isoformat()), "DATE")

    def moment(self, value: datetime) -> Expression:
        """A timestamp, or when aware, an instant."""
        if value.tzinfo is None:
            return self.cast(tree.text(value.isoformat(" ")), "TIMESTAMP")
        return self.cast(tree.text(value.astimezone(UTC).isoformat(" ")), "TIMESTAMPTZ")

    def decimal(self, digits: str, size: str | None) -> Expression:
        """A decimal literal from its digits, with a point and perhaps a sign; of a given type where `size` is."""
        if size is not None:
            return self.cast(tree.text(digits), size)
        literal = exp.Literal.number(digits.removeprefix("-"))
        return exp.Neg(this=literal) if digits.startswith("-") else literal

    def float(self, shown: str) -> Expression:
        """A double from its shortest digits."""
        return self.cast(tree.text(shown), "DOUBLE")

    def read(self, type: Type, stored: Expression) -> Expression:
        """A stored value of a declared type as the methods here take values of that type."""
        return stored

    def shown(self, value: ir.Value, made: Expression) -> Expression:
        """A value, given as SQL too, as a SELECT gives it to people."""
        return made

    def same_key(self, type: Type, mine: Expression, other: Expression) -> Expression:
        """Whether what leads to a row is its key: text by code points."""
        return tree.compare("=", mine, other)

    def key_groups(self, type: Type, key: Expression) -> list[Expression]:
        """What to group by, that rows of one key, and no others, are together."""
        return [key]

    def told_apart(self, type: Type, key: Expression) -> Expression:
        """A key as a DISTINCT tells it from others."""
        return key

    # --- conditions ---------------------------------------------------------------------------------------

    def holds(self, value: Expression) -> Expression:
        """A boolean value as a condition."""
        return value

    def otherwise(self, condition: Expression, answer: bool) -> Expression:
        """A condition that has the answer where it is NULL."""
        return tree.coalesce(condition, exp.Boolean(this=answer))

    def as_value(self, condition: Expression) -> Expression:
        """A condition, never NULL, as a boolean value that a SELECT can give."""
        return condition

    # --- numbers ------------------------------------------------------------------------------------------

    def literal(self, value: int | Decimal, scale: int) -> Expression:
        """An exact constant."""
        return numbers.exact_literal(self, value, scale)

    def finite(self, value: Expression) -> Expression:
        """The float, or NULL where it is not finite."""
        return tree.case((tree.function("ISFINITE", value), value.copy()))

    def float_sum(self, value: Expression) -> Expression:
        return exp.Sum(this=value)

    def exact_sum(self, value: Expression, type: Type) -> Expression:
        """The sum of exact values of a type, exact up to 38 digits and else an error."""
        return exp.Sum(this=value)

    def total(self, value: ir.Value, made: Expression) -> Expression:
        """The sum of exact values, given as SQL too."""
        return self.exact_sum(made, value.type)

    def zero(self, value: ir.Value) -> Expression:
        """0, to stand where the value is NULL or beside it in a comparison."""
        return tree.number(0)

    def arithmetic(self, value: ir.Arithmetic, left: Expression, right: Expression) -> Expression:
        """`+`, `-` or `*` of two values, of exact ones exact or an error at run time."""
        return numbers.arithmetic(self, value, left, right)

    def product(self, value: ir.Arithmetic, left: Expression, right: Expression) -> Expression:
        """`*` for a comparison: of finite floats it is infinite where it overflows."""
        return self.arithmetic(value, left, right)

    def negative(self, operand: ir.Value, made: Expression) -> Expression:
        return exp.Neg(this=tree.operand(numbers.widened(self, operand, made)))

    def absolute(self, operand: ir.Value, made: Expression) -> Expression:
        return exp.Abs(this=numbers.widened(self, operand, made))

    def compare(
        self,
        operator: ir.CompareOperator,
        left: ir.Value,
        above: Expression,
        right: ir.Value,
        below: Expression,
    ) -> Expression:
        """A comparison of two values, given as SQL too; NULL where either is."""
        return exact.compare(self, operator, left, above, right, below)

    def comparable(self, operand: ir.Value, constants: Sequence[ir.Constant]) -> list[ir.Constant]:
        """Those of the constants that the operand could be equal to, such as `is_in` takes them."""
        return exact.comparable(operand, constants)

    def is_in(self, operand: ir.Value, made: Expression, listed: list[Expression]) -> Expression:
        """Whether a value is among constants of its type, of which there are some."""
        return exp.In(this=tree.operand(made), expressions=listed)

    def alike(self, values: Sequence[ir.Value], type: Type, made: Sequence[Expression]) -> list[Expression]:
        """Values that stand in for each other, as SQL of one type."""
        return numbers.alike(self, values, type, made)

    def nearest_double(self, value: ir.Value, made: Expression) -> Expression:
        """An exact value as the nearest double."""
        return exact.nearest_double(self, value, made)

    def quotient(
        self, numerator: ir.Value, above: Expression, denominator: ir.Value, below: Expression
    ) -> Expression:
        """The nearest double to the quotient of exact values; NULL where the divisor is 0."""
        return exact.quotient(self, numerator, above, denominator, below)

    def as_whole(self, value: ir.Value, made: Expression, scale: int) -> Expression:
        """An exact value times 10^scale, which makes a whole number of it that has 38 digits at most."""
        return exact.as_whole(self, value, made, scale)

    def divide(self, above: Expression, below: Expression) -> Expression:
        """The quotient of doubles, of which the divisor is not 0."""
        return exp.Div(this=tree.operand(above), expression=tree.operand(below))

    def whole_quotient(self, above: Expression, below: Expression) -> Expression:
        """The quotient of HUGEINTs without what is behind the point."""
        return exp.IntDiv(this=tree.operand(above), expression=tree.operand(below))

    def modulo(self, above: Expression, below: Expression) -> Expression:
        """What is left of a division of integers, with the sign of what is divided."""
        return exp.Mod(this=tree.operand(above), expression=tree.operand(below))

    def divisible(self, above: Expression, below: Expression) -> Expression:
        """The quotient of integers that divide without a rest, as BIGINT."""
        return self.cast(exp.Div(this=tree.operand(above), expression=tree.operand(below)), "BIGINT")

    def floored(self, value: Expression, divisor: int) -> Expression:
        """A whole number divided, rounded down, as BIGINT."""
        quotient = exp.Div(this=tree.operand(value), expression=tree.number(divisor))
        return self.cast(exp.Floor(this=quotient), "BIGINT")

    def truncated(self, value: Expression) -> Expression:
        """A decimal without what is behind the point."""
        return tree.function("TRUNC", value)

    def fraction(self, value: Expression) -> Expression:
        """What is behind the point of a decimal, with its sign."""
        # Not `% 1`, which engines may answer with a double.
        return tree.arithmetic("-", value, self.truncated(value.copy()))

    def round(self, value: ir.Call, made: Expression, digits: Expression | None) -> Expression:
        """Half away from zero."""
        return exp.Round(this=made, decimals=digits)

    def floor(self, value: ir.Call, made: Expression) -> Expression:
        return exp.Floor(this=made)

    def ceil(self, value: ir.Call, made: Expression) -> Expression:
        return exp.Ceil(this=made)

    def least(self, values: Sequence[Expression]) -> Expression:
        """The least of those that are known."""
        return exp.Least(this=values[0], expressions=list(values[1:]), ignore_nulls=True)

    def greatest(self, values: Sequence[Expression]) -> Expression:
        """The greatest of those that are known."""
        return exp.Greatest(this=values[0], expressions=list(values[1:]), ignore_nulls=True)

    # --- text ---------------------------------------------------------------------------------------------

    def contains(self, value: Expression, part: str) -> Expression:
        return exp.Contains(this=value, expression=self.text(part))

    def starts_with(self, value: Expression, part: str) -> Expression:
        return exp.StartsWith(this=value, expression=self.text(part))

    def ends_with(self, value: Expression, part: str) -> Expression:
        return exp.EndsWith(this=value, expression=self.text(part))

    def like(self, value: Expression, pattern: str) -> Expression:
        """`%` any text, `_` a code point; nothing escapes them."""
        return exp.Like(this=tree.operand(value), expression=self.text(pattern))

    def matches(self, value: Expression, pattern: str) -> Expression:
        """Whether a pattern of the language is found anywhere."""
        return exp.RegexpLike(this=value, expression=self.text(to_re2(parse(pattern))))

    def lower(self, value: Expression) -> Expression:
        """A to Z in lower case, and nothing else."""
        return self.translated(value, string.ascii_uppercase, string.ascii_lowercase)

    def upper(self, value: Expression) -> Expression:
        return self.translated(value, string.ascii_lowercase, string.ascii_uppercase)

    def translated(self, value: Expression, before: str, after: str) -> Expression:
        return exp.Translate(this=value, from_=self.text(before), to=self.text(after))

    def trim(self, value: Expression) -> Expression:
        """Without blanks (U+0020) at either end."""
        return exp.Trim(this=value, expression=self.text(" "))

    def length(self, value: Expression) -> Expression:
        """How many code points."""
        return exp.Length(this=value)

    def ordered(self, type: Type, value: Expression) -> Expression:
        """A key as it stands in an ORDER BY: text goes by code points."""
        return value

    def partition(self, type: Type, value: Expression) -> Expression:
        """A value as it stands in a PARTITION BY."""
        return value

    def hash_digits(self, salt: str, key: Expression) -> Expression:
        """The first 8 hex digits, in lower case, of the md5 of `salt || ':' || key`."""
        salted = exp.DPipe(this=self.text(f"{salt}:"), expression=self.cast(key, "VARCHAR"))
        return exp.Substring(this=exp.MD5(this=salted), start=tree.number(1), length=tree.number(8))

    # --- time ---------------------------------------------------------------------------------------------

    def days_between(self, start: Expression, end: Expression) -> Expression:
        """How many days from one date to another."""
        return exp.DateDiff(this=end, expression=start, unit=exp.Var(this="DAY"))

    def add(self, count: int, unit: Unit, value: Expression) -> Expression:
        """A date so many days or months (clamped at the month's end) later; a time so many hours or minutes."""
        interval = exp.Interval(this=tree.text(str(abs(count))), unit=exp.Var(this=unit.value.upper()))
        kind = exp.Sub if count < 0 else exp.Add
        later = kind(this=tree.operand(value), expression=interval)
        return self.cast(later, "DATE") if unit.is_calendar else later

    def bounded(self, operator: ir.CompareOperator, value: Expression, moment: datetime) -> Expression:
        """Whether a timestamp or instant is `<` or `>=` a moment, so that an index on it can be used."""
        return tree.compare(operator, value, self.moment(moment))

    def day_of(self, value: Expression) -> Expression:
        """The date of a timestamp."""
        return self.cast(value, "DATE")

    def local_time(self, value: Expression, zone: str) -> Expression:
        """The timestamp that clocks of an IANA time zone show at an instant."""
        return exp.AtTimeZone(this=tree.operand(value), zone=tree.text(zone))

    def part(self, name: str, value: Expression) -> Expression:
        """`year`, `quarter`, `month`, `day`, `weekday` (Monday is 1) of a date; `hour`, `minute` of a timestamp."""
        field = "ISODOW" if name == "weekday" else name.upper()
        return exp.Extract(this=exp.Var(this=field), expression=value)

    def first_of_month(self, year: Expression, month: Expression) -> Expression:
        return exp.DateFromParts(year=year, month=month, day=tree.number(1))

    # --- aggregates ---------------------------------------------------------------------------------------

    def first(self, value: Expression, order: Sequence[Expression]) -> Expression:
        """The first known value, as an aggregate. Asked for only of a dialect whose `apart` does not have it."""
        raise NotImplementedError

    def last(self, value: Expression, order: Sequence[Expression]) -> Expression:
        raise NotImplementedError

    def latest(self, order: Sequence[Expression]) -> Expression:
        """The greatest combination, as an aggregate whose values can be put in order."""
        raise NotImplementedError

    # --- statements ---------------------------------------------------------------------------------------

    def statement(self, query: exp.Query) -> exp.Query:
        """A whole statement, with what the engine must be told besides."""
        return query
