"""ClickHouse: integers that wrap, decimals that fail where a rescaled one gets too wide, text that is read on the
clock of the column beside it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal

from sqlglot import exp

from segdsl.planner.names import Names
from segdsl.semantics import ir
from segdsl.semantics.types import Kind, Type
from segdsl.sql import exact, numbers, tree, widths
from segdsl.sql.dialects.base import Dialect
from segdsl.sql.tree import Expression
from segdsl.sql.widths import MIDDLE, NARROW, WIDE
from segdsl.units import Unit

_INTEGERS = {NARROW: "toInt64", MIDDLE: "toInt128", WIDE: "toInt256"}
_DECIMALS = {NARROW: "toDecimal64", MIDDLE: "toDecimal128", WIDE: "toDecimal256"}
_CASTS = {
    "BIGINT": "toInt64",
    "HUGEINT": "toInt256",
    "DOUBLE": "toFloat64",
    "VARCHAR": "toString",
    "DATE": "toDate32",
}
_PARTS = {
    "year": "toYear",
    "quarter": "toQuarter",
    "month": "toMonth",
    "day": "toDayOfMonth",
    "weekday": "toDayOfWeek",
    "hour": "toHour",
    "minute": "toMinute",
}
_ADD = {Unit.DAY: "addDays", Unit.MONTH: "addMonths", Unit.HOUR: "addHours", Unit.MINUTE: "addMinutes"}
_LONGEST_LITERAL = 2**63
"""A longer literal may be read as a float."""


class ClickHouse(Dialect):
    """Casts are its functions such as `toInt64(…)`, which keep NULLs; `CAST(… AS Int64)` fails at one."""

    name = grammar = "clickhouse"
    title = "ClickHouse"
    apart = frozenset((ir.Function.MOST_FREQUENT,))
    function_case = None

    # --- types and literals -------------------------------------------------------------------------------

    def cast(self, expression: Expression, type: str) -> Expression:
        if type.startswith("DECIMAL"):
            precision, scale = (int(part) for part in type[len("DECIMAL(") : -1].split(","))
            return _to_decimal(expression, precision, scale)
        return tree.function(_CASTS[type], expression)

    def moment(self, value: datetime) -> Expression:
        if value.tzinfo is not None:
            shown = tree.text(value.astimezone(UTC).replace(tzinfo=None).isoformat(" "))
            return tree.function("toDateTime64", shown, tree.number(6), tree.text("UTC"))
        # Text beside a column is read on the clock of the column, whatever its time zone or the server's; but
        # only as finely as the column is.
        shown = tree.text(value.isoformat(" "))
        return _to_moment(shown) if value.microsecond else shown

    def decimal(self, digits: str, size: str | None) -> Expression:
        # As a plain number it would be a float.
        whole, _, fraction = digits.removeprefix("-").partition(".")
        return _to_decimal(tree.text(digits), len(whole.lstrip("0")) + len(fraction), len(fraction))

    def float(self, shown: str) -> Expression:
        digits = shown.removeprefix("-")
        literal = exp.Literal.number(digits if set(digits) & set(".e") else f"{digits}.0")
        return exp.Neg(this=literal) if shown.startswith("-") else literal

    def literal(self, value: int | Decimal, scale: int) -> Expression:
        if isinstance(value, int) and abs(value) >= _LONGEST_LITERAL:
            return _to_integer(tree.text(str(value)), len(str(abs(value))))
        return super().literal(value, scale)

    # --- numbers ------------------------------------------------------------------------------------------

    def finite(self, value: Expression) -> Expression:
        return tree.case((tree.function("isFinite", value), value.copy()))

    def float_sum(self, value: Expression) -> Expression:
        # The compensated sum: the order of rows, which no engine promises, matters less.
        return tree.function("sumKahan", value)

    def total(self, value: ir.Value, made: Expression) -> Expression:
        # The sum of Int64 wraps, and that of decimals has 38 digits.
        needed = widths.of_sum(value)
        if value.type.kind is Kind.INTEGER:
            return exp.Sum(this=_to_integer(made, needed) if needed > widths.width(value) else made)
        return exp.Sum(this=_to_decimal(made, needed, value.type.scale) if needed > MIDDLE else made)

    def arithmetic(self, value: ir.Arithmetic, left: Expression, right: Expression) -> Expression:
        """Operators keep to the wider width of their operands, and wrap; so one is made as wide as the result.
        What could pass even 76 digits is made of operands that are first checked to have no more than 38."""
        if not value.type.is_exact:
            return tree.arithmetic(value.operator, left, right)
        checked = widths.is_checked(value)
        if checked:
            left, right = _checked(value.left, left), _checked(value.right, right)
        needed = widths.width(value)
        if value.type.kind is Kind.INTEGER:
            if needed > max(widths.width(value.left), widths.width(value.right)) or checked:
                left = _to_integer(left, needed)
        elif needed > max(widths.decimal_width(value.left), widths.decimal_width(value.right)) or checked:
            left = _to_decimal(left, needed, value.left.type.scale)
        return tree.arithmetic(value.operator, left, right)

    def negative(self, operand: ir.Value, made: Expression) -> Expression:
        return exp.Neg(this=tree.operand(_widened(operand, made)))

    def absolute(self, operand: ir.Value, made: Expression) -> Expression:
        return exp.Abs(this=_widened(operand, made))

    def compare(
        self,
        operator: ir.CompareOperator,
        left: ir.Value,
        above: Expression,
        right: ir.Value,
        below: Expression,
    ) -> Expression:
        # Two scales are brought to the finer one, in the wider width of the two, and fail where that is too narrow.
        if left.type.is_exact and right.type.is_exact and left.type.scale != right.type.scale:
            scale = max(left.type.scale, right.type.scale)
            needed = widths.of_digits(max(widths.held(left), widths.held(right)) + scale)
            if needed > max(widths.decimal_width(left), widths.decimal_width(right)):
                if isinstance(right, ir.Constant):
                    below = _to_decimal(below, needed, scale)
                else:
                    above = _to_decimal(above, needed, scale)
        return tree.compare(operator, above, below)

    def comparable(self, operand: ir.Value, constants: Sequence[ir.Constant]) -> list[ir.Constant]:
        # IN takes no decimals beside an integer, and beside a decimal none that is too long for its type.
        if not operand.type.is_exact:
            return list(constants)
        listed = exact.of_its_scale(operand, constants)
        if operand.type.kind is Kind.INTEGER:
            return listed
        bound = 10**operand.type.digits
        return [each for each in listed if isinstance(each.value, int | Decimal) and abs(each.value) < bound]

    def is_in(self, operand: ir.Value, made: Expression, listed: list[Expression]) -> Expression:
        if operand.type.kind is not Kind.FLOAT:
            return super().is_in(operand, made, listed)
        # IN tells the two zeros of floats apart.
        return tree.any_of([exp.EQ(this=made.copy(), expression=each) for each in listed])

    def alike(self, values: Sequence[ir.Value], type: Type, made: Sequence[Expression]) -> list[Expression]:
        match type.kind:
            case Kind.INTEGER if not _are_of_one_sign(values):
                needed = max(widths.width(value) for value in values)
                return [_to_integer(each, needed) for each in made]
            case Kind.DECIMAL if any(value.type.scale != type.scale for value in values):
                needed = widths.of_digits(max(widths.held(value) for value in values) + type.scale)
                return [_to_decimal(each, needed, type.scale) for each in made]
            case Kind.TIMESTAMP:
                return [_typed(each) for each in made]
            case _:
                return list(made)

    def nearest_double(self, value: ir.Value, made: Expression) -> Expression:
        if widths.held(value) + value.type.scale > (NARROW if value.type.kind is Kind.INTEGER else 15):
            # Longer ones are rounded twice; text is rounded once.
            made = tree.function("toString", made)
        return tree.function("toFloat64", made)

    def as_whole(self, value: ir.Value, made: Expression, scale: int) -> Expression:
        if scale == 0 or isinstance(value, ir.Constant):
            return super().as_whole(value, made, scale)
        ten = ir.Constant(10**scale, Type(Kind.INTEGER))
        times, product = numbers.product(self, value, made, ten, self.literal(10**scale, 0))
        return _to_integer(product, widths.held(times))

    def whole_quotient(self, above: Expression, below: Expression) -> Expression:
        return tree.function("intDiv", above, below)

    def divisible(self, above: Expression, below: Expression) -> Expression:
        return tree.function("intDiv", above, below)

    def round(self, value: ir.Call, made: Expression, digits: Expression | None) -> Expression:
        operand = value.arguments[0]
        if operand.type.kind is Kind.FLOAT:
            # Its own goes half to even. Twice what is behind the point is 1 or more from a half on, and exact.
            whole = tree.function("trunc", made)
            rest = exp.Paren(this=tree.arithmetic("-", made.copy(), whole.copy()))
            return tree.arithmetic(
                "+", whole, tree.function("trunc", exp.Mul(this=tree.number(2), expression=rest))
            )
        rounded = exp.Round(this=made, decimals=digits)
        if digits is None:
            return _to_integer(rounded, widths.held(value))
        # The result has the scale of what was rounded.
        return _to_decimal(rounded, widths.width(value), value.type.scale)

    def floor(self, value: ir.Call, made: Expression) -> Expression:
        floor = exp.Floor(this=made)
        return floor if value.type.kind is Kind.FLOAT else _to_integer(floor, widths.held(value))

    def ceil(self, value: ir.Call, made: Expression) -> Expression:
        ceil = exp.Ceil(this=made)
        return ceil if value.type.kind is Kind.FLOAT else _to_integer(ceil, widths.held(value))

    # --- text ---------------------------------------------------------------------------------------------

    def like(self, value: Expression, pattern: str) -> Expression:
        # A backslash escapes.
        return super().like(value, pattern.replace("\\", "\\\\"))

    def lower(self, value: Expression) -> Expression:
        # A to Z only, other than lowerUTF8.
        return tree.function("lower", value)

    def upper(self, value: Expression) -> Expression:
        return tree.function("upper", value)

    def length(self, value: Expression) -> Expression:
        return tree.function("lengthUTF8", value)

    # --- time ---------------------------------------------------------------------------------------------

    def days_between(self, start: Expression, end: Expression) -> Expression:
        return tree.function("dateDiff", tree.text("day"), start, end)

    def add(self, count: int, unit: Unit, value: Expression) -> Expression:
        # A Date ends in 2149 and a DateTime in 2106, and both wrap.
        wide = tree.function("toDate32", value) if unit.is_calendar else _to_moment(value)
        return tree.function(_ADD[unit], wide, tree.number(count))

    def day_of(self, value: Expression) -> Expression:
        return tree.function("toDate32", _typed(value))

    def local_time(self, value: Expression, zone: str) -> Expression:
        return tree.function("toTimeZone", value, tree.text(zone))

    def part(self, name: str, value: Expression) -> Expression:
        return tree.function(_PARTS[name], _typed(value))

    def first_of_month(self, year: Expression, month: Expression) -> Expression:
        return tree.function("makeDate32", year, month, tree.number(1))

    # --- aggregates ---------------------------------------------------------------------------------------

    def first(self, value: Expression, order: Sequence[Expression]) -> Expression:
        return tree.function("argMin", value, tree.function("tuple", *order))

    def last(self, value: Expression, order: Sequence[Expression]) -> Expression:
        return tree.function("argMax", value, tree.function("tuple", *order))

    def latest(self, order: Sequence[Expression]) -> Expression:
        return exp.Max(this=tree.function("tuple", *order))

    # --- statements ---------------------------------------------------------------------------------------

    def statement(self, query: exp.Query) -> exp.Query:
        """Settings that make a LEFT JOIN give NULL, and a name mean the column rather than an alias of the SELECT:
        in the text itself, so that it means the same wherever it is run."""
        for select in query.find_all(exp.Select):
            if select.args.get("joins"):
                _name_columns(select)
                _tell_tables_apart(select)
        names = []
        if any(join.side == "LEFT" for join in query.find_all(exp.Join)):
            names.append("join_use_nulls")
        if _hides_a_column(query):
            names.append("prefer_column_name_to_alias")
        if names:
            settings = [exp.EQ(this=tree.column(name), expression=tree.number(1)) for name in names]
            query.set("settings", settings)
        return query


def _name_columns(select: exp.Select) -> None:
    """Gives the columns of a SELECT from several tables their names, which would be `table.column` else."""
    taken = {each.alias for each in select.expressions if isinstance(each, exp.Alias)}
    named = [
        exp.Alias(this=each, alias=each.this.copy())
        if isinstance(each, exp.Column) and each.name not in taken
        else each
        for each in select.expressions
    ]
    select.set("expressions", named)


def _tell_tables_apart(select: exp.Select) -> None:
    """Other aliases for those that are the name of another table of the SELECT: a table is looked up among the
    aliases too."""
    tables = [select.args["from_"].this, *(join.this for join in select.args["joins"])]
    tables = [each for each in tables if isinstance(each, exp.Table)]
    names = Names([each.alias_or_name for each in tables] + [each.name for each in tables])
    for table in tables:
        old = table.alias
        if not any(each.name == old and each is not table and not each.db for each in tables):
            continue
        new = tree.identifier(names.take(old))
        table.set("alias", exp.TableAlias(this=new))
        for column in select.find_all(exp.Column):
            if column.table == old and column.parent_select is select:
                column.set("table", new.copy())


def _hides_a_column(query: exp.Query) -> bool:
    """Whether an alias of some SELECT is also a name in it that stands without its table."""
    for select in query.find_all(exp.Select):
        aliases = {each.alias for each in select.expressions if isinstance(each, exp.Alias)}
        for column in select.find_all(exp.Column) if aliases else ():
            if column.name in aliases and not column.table and column.parent_select is select:
                return True
    return False


def _to_integer(made: Expression, digits: int) -> Expression:
    return tree.function(_INTEGERS[widths.of_digits(digits)], made)


def _to_decimal(made: Expression, digits: int, scale: int) -> Expression:
    return tree.function(_DECIMALS[widths.of_digits(max(digits, scale))], made, tree.number(scale))


def _checked(value: ir.Value, made: Expression) -> Expression:
    """The value; an error where it has more than 38 digits."""
    if widths.width(value) < WIDE:
        return made
    checked = _to_decimal(made, MIDDLE, value.type.scale)
    return _to_integer(checked, MIDDLE) if value.type.kind is Kind.INTEGER else checked


def _widened(value: ir.Value, made: Expression) -> Expression:
    """Made wide enough for its negative."""
    if value.type.kind is Kind.INTEGER and widths.of_digits(widths.held(value)) > widths.width(value):
        return _to_integer(made, widths.held(value))
    return made


def _are_of_one_sign(values: Sequence[ir.Value]) -> bool:
    """Whether there is a common type: not so of Int64, such as a column's, and UInt64, such as a count's. Of
    constants only small ones fit beside either."""
    constants = [value.value for value in values if isinstance(value, ir.Constant)]
    small = all(isinstance(value, int) and 0 <= value < 2**31 for value in constants)
    return small and len(values) - len(constants) <= 1


def _to_moment(value: Expression) -> Expression:
    return tree.function("toDateTime64", value, tree.number(6))


def _typed(value: Expression) -> Expression:
    """A timestamp that is a constant, and so was text."""
    return _to_moment(value) if isinstance(value, exp.Literal) else value
