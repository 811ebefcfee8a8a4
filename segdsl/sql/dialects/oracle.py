"""Oracle Database from 12.2 on, by what Oracle documents.

There text without characters is NULL. Nobody can store it, so what is stored is never mistaken; where the language makes
it (`''`, or `trim` of blanks) a comparison with other text still comes out right, and all else is refused. A DATE has a
time of day, which is cut off.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import ClassVar

from sqlglot import exp

from segdsl.semantics import ir
from segdsl.semantics.patterns import parse, to_posix
from segdsl.semantics.types import MAX_DIGITS, Kind, Type
from segdsl.sql import numbers, tree
from segdsl.sql.dialects.base import Unsupported
from segdsl.sql.dialects.closed import ClosedCalendar
from segdsl.sql.dialects.flags import NoBooleans
from segdsl.sql.dialects.shared import known_of, with_nulls_greatest, with_quotes
from segdsl.sql.tree import Expression
from segdsl.units import Unit

_RESERVED = frozenset(
    (
        *(
            "access",
            "add",
            "alter",
            "audit",
            "char",
            "cluster",
            "column_value",
            "comment",
            "compress",
            "connect",
        ),
        *("date", "decimal", "delete", "drop", "exclusive", "file", "float", "identified", "immediate"),
        *("increment", "index", "initial", "insert", "integer", "intersect", "level", "lock", "long"),
        *("maxextents", "minus", "mlslabel", "mode", "modify", "nested_table_id", "noaudit", "nocompress"),
        *(
            "nowait",
            "number",
            "of",
            "offline",
            "online",
            "option",
            "pctfree",
            "prior",
            "public",
            "raw",
            "rename",
        ),
        *(
            "resource",
            "revoke",
            "rowid",
            "rownum",
            "session",
            "share",
            "size",
            "smallint",
            "start",
            "successful",
        ),
        *("synonym", "sysdate", "trigger", "uid", "update", "validate", "varchar", "varchar2", "view"),
        *("whenever",),
    )
)
_LEAST, _MOST = 1e-100, 1e100
"""Doubles whose digits a NUMBER has."""
_WHOLE = 2**52
"""From here on doubles have nothing behind the point."""
_MAYBE_EMPTY = "maybe_empty"
"""Beside a text: that in the language it may have no characters and be known."""
_EMPTY = "text without characters, which Oracle takes for NULL"


class Oracle(NoBooleans, ClosedCalendar):
    name = grammar = "oracle"
    title = "Oracle Database"
    types: ClassVar[Mapping[str, str]] = {
        "BIGINT": "NUMBER(19, 0)",
        "INT": "NUMBER(10, 0)",
        "HUGEINT": "NUMBER(38, 0)",
    }

    # --- types and literals -------------------------------------------------------------------------------

    def cast(self, expression: Expression, type: str) -> Expression:
        match type:
            case "DOUBLE":
                # sqlglot's DOUBLE PRECISION is a NUMBER.
                return tree.function("TO_BINARY_DOUBLE", expression)
            case "VARCHAR":
                return tree.function("TO_CHAR", expression)
            case _:
                return super().cast(expression, type)

    def text(self, value: str) -> Expression:
        made = tree.text(value)
        made.meta[_MAYBE_EMPTY] = not value
        return made

    def day(self, value: date) -> Expression:
        return tree.function("TO_DATE", tree.text(value.isoformat()), tree.text("YYYY-MM-DD"))

    def moment(self, value: datetime) -> Expression:
        form = "YYYY-MM-DD HH24:MI:SS.FF6"
        if value.tzinfo is None:
            shown = value.isoformat(" ", "microseconds")
            return tree.function("TO_TIMESTAMP", tree.text(shown), tree.text(form))
        shown = value.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
        return tree.function("TO_TIMESTAMP_TZ", tree.text(f"{shown} +00:00"), tree.text(f"{form} TZH:TZM"))

    def decimal(self, digits: str, size: str | None) -> Expression:
        return super().decimal(digits, None)

    def float(self, shown: str) -> Expression:
        value = abs(float(shown))
        if value and not _LEAST < value < _MOST:
            raise Unsupported(f"the number {shown}, which no literal of Oracle's NUMBER stands for")
        return self.cast(super().decimal(shown, None), "DOUBLE")

    def read(self, type: Type, stored: Expression) -> Expression:
        return tree.function("TRUNC", stored) if type.kind is Kind.DATE else stored

    # --- numbers ------------------------------------------------------------------------------------------
    # A NUMBER has 38 digits or more, wherever the point is, so most is left as it is.

    def finite(self, value: Expression) -> Expression:
        # NaN is greater than infinity.
        infinity = tree.column("BINARY_DOUBLE_INFINITY")
        infinity.this.set("quoted", False)
        return tree.case((tree.compare("<", exp.Abs(this=value), infinity), value.copy()))

    def arithmetic(self, value: ir.Arithmetic, left: Expression, right: Expression) -> Expression:
        made = tree.arithmetic(value.operator, left, right)
        if not value.type.is_exact or numbers.whole_digits(value) + value.type.scale < MAX_DIGITS:
            return made
        # An error rather than digits lost.
        return self.cast(made, f"DECIMAL({MAX_DIGITS}, {value.type.scale})")

    def negative(self, operand: ir.Value, made: Expression) -> Expression:
        return exp.Neg(this=tree.operand(made))

    def absolute(self, operand: ir.Value, made: Expression) -> Expression:
        return exp.Abs(this=made)

    def comparable(self, operand: ir.Value, constants: Sequence[ir.Constant]) -> list[ir.Constant]:
        return list(constants)

    def alike(self, values: Sequence[ir.Value], type: Type, made: Sequence[Expression]) -> list[Expression]:
        return list(made)

    def nearest_double(self, value: ir.Value, made: Expression) -> Expression:
        return self.cast(made, "DOUBLE")

    def quotient(
        self, numerator: ir.Value, above: Expression, denominator: ir.Value, below: Expression
    ) -> Expression:
        if not (isinstance(denominator, ir.Constant) and denominator.value):
            below = exp.Nullif(this=below, expression=tree.number(0))
        return self.cast(_division(above, below), "DOUBLE")

    def divide(self, above: Expression, below: Expression) -> Expression:
        return _division(above, below)

    def divisible(self, above: Expression, below: Expression) -> Expression:
        return _division(above, below)

    def floored(self, value: Expression, divisor: int) -> Expression:
        return exp.Floor(this=_division(value, tree.number(divisor)))

    def round(self, value: ir.Call, made: Expression, digits: Expression | None) -> Expression:
        if value.type.kind is not Kind.FLOAT:
            return super().round(value, made, digits)
        # ROUND of a double may go to the even one of two.
        small = tree.compare("<", exp.Abs(this=made.copy()), tree.number(_WHOLE))
        exactly = exp.Cast(this=made.copy(), to=exp.DataType.build("NUMBER", dialect=self.grammar))
        return tree.case((small, self.cast(exp.Round(this=exactly), "DOUBLE")), default=made)

    def least(self, values: Sequence[Expression]) -> Expression:
        return known_of("LEAST", values)

    def greatest(self, values: Sequence[Expression]) -> Expression:
        return known_of("GREATEST", values)

    # --- text ---------------------------------------------------------------------------------------------

    def compare(
        self,
        operator: ir.CompareOperator,
        left: ir.Value,
        above: Expression,
        right: ir.Value,
        below: Expression,
    ) -> Expression:
        if isinstance(left, ir.Constant) and left.type.kind is Kind.STRING:
            left, above, right, below = right, below, left, above
            operator = tree.FLIPPED[operator]
        if isinstance(right, ir.Constant) and right.value == "":
            # What is known has characters.
            return tree.known(_with_characters(above), operator in ("!=", ">", ">="))
        if isinstance(right, ir.Constant) and operator in ("=",):
            above.meta.pop(_MAYBE_EMPTY, None)
        return tree.compare(operator, above, below)

    def is_in(self, operand: ir.Value, made: Expression, listed: list[Expression]) -> Expression:
        full = [each for each in listed if not each.meta.get(_MAYBE_EMPTY)]
        if len(full) < len(listed):
            made = _with_characters(made)
        if not full:
            return tree.known(made, False)
        return super().is_in(operand, made, full)

    def contains(self, value: Expression, part: str) -> Expression:
        if not part:
            return tree.known(_with_characters(value), True)
        return tree.compare(">", tree.function("INSTR", value, self.text(part)), tree.number(0))

    def starts_with(self, value: Expression, part: str) -> Expression:
        return _like(value, f"{_literally(part)}%")

    def ends_with(self, value: Expression, part: str) -> Expression:
        return _like(value, f"%{_literally(part)}")

    def like(self, value: Expression, pattern: str) -> Expression:
        if not pattern:
            return tree.known(_with_characters(value), False)
        return exp.Like(this=tree.operand(_with_characters(value)), expression=self.text(pattern))

    def matches(self, value: Expression, pattern: str) -> Expression:
        wanted = to_posix(parse(pattern))
        if wanted is None:
            raise Unsupported(
                f"the pattern `{pattern}`, for which Oracle's regular expressions have no words"
            )
        return exp.RegexpLike(this=_with_characters(value), expression=self.text(wanted), flag=tree.text("c"))

    def trim(self, value: Expression) -> Expression:
        made = exp.Trim(this=value, expression=self.text(" "), position="BOTH")
        made.meta[_MAYBE_EMPTY] = True
        return made

    def length(self, value: Expression) -> Expression:
        return exp.Length(this=_with_characters(value))

    def ordered(self, type: Type, value: Expression) -> Expression:
        if type.kind is not Kind.STRING:
            return value
        return tree.function("NLSSORT", value, tree.text("NLS_SORT=BINARY"))

    def hash_digits(self, salt: str, key: Expression) -> Expression:
        salted = exp.DPipe(this=self.text(f"{salt}:"), expression=key)
        digest = tree.function("RAWTOHEX", tree.function("STANDARD_HASH", salted, tree.text("MD5")))
        digits = tree.function("LOWER", tree.function("SUBSTR", digest, tree.number(1), tree.number(8)))
        # To put text before NULL gives that text.
        return tree.case((tree.is_not_null(key.copy()), digits))

    # --- time ---------------------------------------------------------------------------------------------

    def days_between(self, start: Expression, end: Expression) -> Expression:
        return tree.arithmetic("-", end, start)

    def later(self, count: int, unit: Unit, value: Expression) -> Expression:
        if unit is Unit.DAY:
            return tree.arithmetic("+" if count > 0 else "-", value, tree.number(abs(count)))
        if unit is not Unit.MONTH:
            step = tree.function("NUMTODSINTERVAL", tree.number(count), tree.text(unit.value.upper()))
            return tree.arithmetic("+", value, step)
        # ADD_MONTHS makes the last day of a month of the last day of another: so from the first.
        first = tree.function("TRUNC", _uncut(value).copy(), tree.text("MM"))
        there = tree.function("ADD_MONTHS", first, tree.number(count))
        day = tree.arithmetic("-", self.part("day", value), tree.number(1))
        last = tree.function("LAST_DAY", there.copy())
        return tree.function("LEAST", tree.arithmetic("+", there, day), last)

    def day_of(self, value: Expression) -> Expression:
        return tree.function("TRUNC", value, tree.text("DD"))

    def local_time(self, value: Expression, zone: str) -> Expression:
        return self.cast(super().local_time(value, zone), "TIMESTAMP")

    def part(self, name: str, value: Expression) -> Expression:
        match name:
            case "quarter":
                return exp.Ceil(this=_division(self.part("month", value), tree.number(3)))
            case "weekday":
                monday = tree.function("TRUNC", _uncut(value).copy(), tree.text("IW"))
                since = tree.arithmetic("-", value, monday)
                return tree.arithmetic("+", since, tree.number(1))
            case "hour" | "minute":
                # A stored timestamp may be a DATE.
                value = self.cast(value, "TIMESTAMP")
        return exp.Extract(this=exp.Var(this=name.upper()), expression=_uncut(value))

    def first_of_month(self, year: Expression, month: Expression) -> Expression:
        months = tree.arithmetic("+", tree.arithmetic("*", tree.number(12), year), month)
        since = tree.arithmetic("-", months, tree.number(13))
        return tree.function("ADD_MONTHS", self.day(date.min), since)

    # --- statements ---------------------------------------------------------------------------------------

    def statement(self, query: exp.Query) -> exp.Query:
        query = super().statement(query)
        for node in query.walk():
            if node.meta.get(_MAYBE_EMPTY) and not _is_harmless(node):
                raise Unsupported(_EMPTY)
        for select in query.find_all(exp.Select):
            _complete(select)
        for test in list(query.find_all(exp.GTE, exp.GT, exp.LTE, exp.LT)):
            _spare_the_index(test)
        # A plain name begins with a letter.
        hidden = {name.name for name in query.find_all(exp.Identifier) if name.name.startswith("_")}
        return with_quotes(with_nulls_greatest(query), _RESERVED | hidden, folds_up=True)


def _with_characters(value: Expression) -> Expression:
    """A text of which NULL only means that it is unknown."""
    if any(node.meta.get(_MAYBE_EMPTY) for node in value.walk()):
        raise Unsupported(_EMPTY)
    return value


def _is_harmless(node: exp.Expr) -> bool:
    """Whether a text that may be empty is only asked whether it is some text that is not."""
    above = node.parent
    while isinstance(above, exp.Translate | exp.Paren):
        above = above.parent
    match above:
        case exp.EQ():
            return True
        case exp.In():
            return not isinstance(above.parent, exp.Not | exp.Paren)
        case _:
            return False


def _uncut(value: Expression) -> Expression:
    """A date without what cuts its time of day off."""
    is_cut = isinstance(value, exp.Anonymous) and value.this == "TRUNC" and len(value.expressions) == 1
    made: Expression = value.expressions[0] if is_cut else value
    return made


def _spare_the_index(test: exp.Binary) -> None:
    """A date against a fixed day, so that an index on the date can be used: nothing needs to be cut off."""
    stored, right = _uncut(test.this), test.expression
    is_fixed = isinstance(right, exp.Anonymous) and right.this == "TO_DATE"
    if stored is test.this or not is_fixed:
        return
    day = date.fromisoformat(right.expressions[0].name)
    if isinstance(test, exp.GTE | exp.LT):
        test.set("this", stored)
    elif day < date.max:
        right.expressions[0].replace(tree.text((day + timedelta(days=1)).isoformat()))
        test.replace((exp.LT if isinstance(test, exp.LTE) else exp.GTE)(this=stored, expression=right))


def _complete(select: exp.Select) -> None:
    """`*` beside other columns needs the name of its table, and a SELECT of constants a table."""
    source = select.args.get("from_")
    if source is None:
        select.set("from_", exp.From(this=tree.table("dual")))
        return
    stars = [each for each in select.expressions if isinstance(each, exp.Star)]
    for star in stars if len(select.expressions) > 1 else ():
        star.replace(exp.Column(this=exp.Star(), table=tree.identifier(source.this.alias_or_name)))


def _like(value: Expression, pattern: str) -> Expression:
    made: Expression = exp.Like(this=tree.operand(_with_characters(value)), expression=tree.text(pattern))
    return exp.Escape(this=made, expression=tree.text("!")) if "!" in pattern else made


def _literally(text: str) -> str:
    return "".join(f"!{char}" if char in "!%_" else char for char in text)


def _division(above: Expression, below: Expression) -> Expression:
    return exp.Div(this=tree.operand(above), expression=tree.operand(below), typed=True)
