"""SQL Server from 2022 on, and Azure SQL, by what Microsoft documents.

Text is compared in a collation by code points, which still takes no notice of blanks at the end: LIKE does. Decimals
have up to 38 digits; an operator whose result might have more drops digits after the point, all but six, so operands are
given the digits that they need.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import ClassVar
from zoneinfo import ZoneInfo

from sqlglot import exp

from segdsl.semantics import ir
from segdsl.semantics.types import MAX_DIGITS, Kind, Type
from segdsl.sql import exact, numbers, tree
from segdsl.sql.dialects.base import Unsupported
from segdsl.sql.dialects.closed import ClosedCalendar
from segdsl.sql.dialects.flags import NoBooleans
from segdsl.sql.dialects.shared import with_quotes
from segdsl.sql.tree import Expression
from segdsl.units import Unit

_COLLATION = "Latin1_General_100_BIN2_UTF8"
_KEPT_DIGITS = 6
"""So many digits after the point are kept, however many there are before it."""
_RESERVED = frozenset(
    (
        *(
            "add",
            "alter",
            "authorization",
            "backup",
            "begin",
            "break",
            "browse",
            "bulk",
            "cascade",
            "checkpoint",
        ),
        *(
            "close",
            "clustered",
            "coalesce",
            "commit",
            "compute",
            "contains",
            "containstable",
            "continue",
            "convert",
        ),
        *("current_date", "current_time", "current_timestamp", "current_user", "cursor", "database", "dbcc"),
        *(
            "deallocate",
            "declare",
            "delete",
            "deny",
            "disk",
            "distributed",
            "double",
            "drop",
            "dump",
            "errlvl",
        ),
        *("escape", "exec", "execute", "exit", "external", "file", "fillfactor", "foreign", "freetext"),
        *(
            "freetexttable",
            "function",
            "goto",
            "holdlock",
            "identity",
            "identity_insert",
            "identitycol",
            "if",
        ),
        *("index", "insert", "key", "kill", "lineno", "load", "merge", "national", "nocheck", "nonclustered"),
        *("nullif", "of", "off", "offsets", "open", "opendatasource", "openquery", "openrowset", "openxml"),
        *(
            "option",
            "percent",
            "plan",
            "precision",
            "print",
            "proc",
            "procedure",
            "public",
            "raiserror",
            "read",
        ),
        *("readtext", "reconfigure", "replication", "restore", "restrict", "return", "revert", "revoke"),
        *("rollback", "rowcount", "rowguidcol", "rule", "save", "schema", "securityaudit", "session_user"),
        *("setuser", "shutdown", "statistics", "system_user", "textsize", "top", "tran", "transaction"),
        *("trigger", "truncate", "try_convert", "tsequal", "update", "updatetext", "use", "view", "waitfor"),
        *("while", "within", "writetext"),
    )
)


class TSQL(NoBooleans, ClosedCalendar):
    name = grammar = "tsql"
    title = "SQL Server"
    types: ClassVar[Mapping[str, str]] = {
        "HUGEINT": "DECIMAL(38, 0)",
        "DOUBLE": "FLOAT",
        "TIMESTAMP": "DATETIME2(6)",
        "TIMESTAMPTZ": "DATETIMEOFFSET(6)",
        "VARCHAR": "NVARCHAR(4000)",
    }

    # --- types and literals -------------------------------------------------------------------------------

    def text(self, value: str) -> Expression:
        return tree.text(value) if value.isascii() else exp.National(this=value)

    def read(self, type: Type, stored: Expression) -> Expression:
        return _by_code_point(stored) if type.kind is Kind.STRING else stored

    # --- keys ---------------------------------------------------------------------------------------------

    def same_key(self, type: Type, mine: Expression, other: Expression) -> Expression:
        if type.kind is not Kind.STRING:
            return super().same_key(type, mine, other)
        return tree.compare("=", _ended(_by_code_point(mine)), _ended(_by_code_point(other)))

    def key_groups(self, type: Type, key: Expression) -> list[Expression]:
        return [key, _ended(_by_code_point(key.copy()))] if type.kind is Kind.STRING else [key]

    # --- numbers ------------------------------------------------------------------------------------------

    def finite(self, value: Expression) -> Expression:
        # There are no other floats: an operator fails whose result would be infinite.
        return value

    def exact_sum(self, value: Expression, type: Type) -> Expression:
        # The sum of whole numbers would have as many bits as they have.
        return exp.Sum(this=self.cast(value, "HUGEINT") if type.kind is Kind.INTEGER else value)

    def arithmetic(self, value: ir.Arithmetic, left: Expression, right: Expression) -> Expression:
        if value.type.kind is not Kind.DECIMAL:
            return super().arithmetic(value, left, right)
        if value.operator == "*":
            left, right = self._factors(value, left, right)
        elif value.left.type.scale != value.right.type.scale:
            # Else the coarser might keep its digits before the point at the cost of the others.
            left = self._with_scale(value.left, left, value.type.scale)
            right = self._with_scale(value.right, right, value.type.scale)
        return tree.arithmetic(value.operator, left, right)

    def _factors(
        self, value: ir.Arithmetic, left: Expression, right: Expression
    ) -> tuple[Expression, Expression]:
        """Of a product, with so few digits that none is dropped."""
        if value.type.scale <= _KEPT_DIGITS:
            return left, right
        sizes = [numbers.whole_digits(each) + each.type.scale for each in (value.left, value.right)]
        if sum(sizes) >= MAX_DIGITS:
            raise Unsupported(
                f"a product with {value.type.scale} digits after the point, of which SQL Server may keep"
                f" {_KEPT_DIGITS}"
            )
        sides = zip((value.left, value.right), (left, right), sizes, strict=True)
        first, second = (
            made if isinstance(each, ir.Constant) else self.cast(made, f"DECIMAL({size}, {each.type.scale})")
            for each, made, size in sides
        )
        return first, second

    def _with_scale(self, value: ir.Value, made: Expression, scale: int) -> Expression:
        if isinstance(value, ir.Constant):
            return made
        return self.cast(made, f"DECIMAL({MAX_DIGITS}, {scale})")

    def compare(
        self,
        operator: ir.CompareOperator,
        left: ir.Value,
        above: Expression,
        right: ir.Value,
        below: Expression,
    ) -> Expression:
        if left.type.kind is Kind.STRING:
            return self._compare_text(operator, left, above, right, below)
        if not (left.type.is_exact and right.type.is_exact):
            return tree.compare(operator, above, below)
        if isinstance(left, ir.Constant):
            left, above, right, below = right, below, left, above
            operator = tree.FLIPPED[operator]
        if isinstance(right, ir.Constant):
            return exact.compare_constant(self, operator, left, above, right)
        scales = left.type.scale, right.type.scale
        if scales[0] == scales[1]:
            return tree.compare(operator, above, below)
        if max(map(numbers.whole_digits, (left, right))) + max(scales) > MAX_DIGITS:
            return super().compare(operator, left, above, right, below)
        sides = [
            self._with_scale(value, made, max(scales)) for value, made in ((left, above), (right, below))
        ]
        return tree.compare(operator, *sides)

    def comparable(self, operand: ir.Value, constants: Sequence[ir.Constant]) -> list[ir.Constant]:
        return exact.of_its_scale(operand, constants) if operand.type.is_exact else list(constants)

    def alike(self, values: Sequence[ir.Value], type: Type, made: Sequence[Expression]) -> list[Expression]:
        if type.kind is not Kind.DECIMAL:
            return list(made)
        return [
            each if value.type.scale == type.scale else self._with_scale(value, each, type.scale)
            for value, each in zip(values, made, strict=True)
        ]

    def divide(self, above: Expression, below: Expression) -> Expression:
        return _division(above, below)

    def divisible(self, above: Expression, below: Expression) -> Expression:
        return _division(above, below)

    def floored(self, value: Expression, divisor: int) -> Expression:
        # `/` of whole numbers goes towards zero.
        quotient = _division(value, exp.Literal.number(f"{divisor}.0"))
        return self.cast(exp.Floor(this=quotient), "BIGINT")

    def whole_quotient(self, above: Expression, below: Expression) -> Expression:
        # Decimals are divided to six digits after the point: what is left is taken off first.
        rest = self.modulo(above.copy(), below.copy())
        return self.cast(_division(tree.arithmetic("-", above, rest), below), "HUGEINT")

    def truncated(self, value: Expression) -> Expression:
        return tree.function("ROUND", value, tree.number(0), tree.number(1))

    def round(self, value: ir.Call, made: Expression, digits: Expression | None) -> Expression:
        return exp.Round(this=made, decimals=digits or tree.number(0))

    # --- text ---------------------------------------------------------------------------------------------

    def _compare_text(
        self,
        operator: ir.CompareOperator,
        left: ir.Value,
        above: Expression,
        right: ir.Value,
        below: Expression,
    ) -> Expression:
        if isinstance(left, ir.Constant):
            left, above, right, below = right, below, left, above
            operator = tree.FLIPPED[operator]
        if isinstance(right, ir.Constant) and operator in ("=", "!="):
            same = _like(above, _literally(str(right.value)))
            return same if operator == "=" else tree.negation(same)
        return tree.compare(operator, _ended(above), _ended(below))

    def is_in(self, operand: ir.Value, made: Expression, listed: list[Expression]) -> Expression:
        if operand.type.kind is not Kind.STRING:
            return super().is_in(operand, made, listed)
        # With its end marked, a text is equal to none that has blanks more or less.
        return exp.In(this=tree.operand(_ended(made)), expressions=[_ended(each) for each in listed])

    def contains(self, value: Expression, part: str) -> Expression:
        return _like(value, f"%{_literally(part)}%")

    def starts_with(self, value: Expression, part: str) -> Expression:
        return _like(value, f"{_literally(part)}%")

    def ends_with(self, value: Expression, part: str) -> Expression:
        return _like(value, f"%{_literally(part)}")

    def like(self, value: Expression, pattern: str) -> Expression:
        return _like(value, _literally(pattern, "["))

    def matches(self, value: Expression, pattern: str) -> Expression:
        raise Unsupported("`matches`, since SQL Server has no regular expressions before 2025")

    def trim(self, value: Expression) -> Expression:
        return exp.Trim(this=value, expression=self.text(" "))

    def length(self, value: Expression) -> Expression:
        # LEN takes no notice of blanks at the end.
        ended = tree.function("LEN", exp.Add(this=tree.operand(value), expression=tree.text(".")))
        return tree.arithmetic("-", ended, tree.number(1))

    def ordered(self, type: Type, value: Expression) -> Expression:
        return _ended(_by_code_point(value)) if type.kind is Kind.STRING else value

    def partition(self, type: Type, value: Expression) -> Expression:
        return _ended(value) if type.kind is Kind.STRING else value

    def hash_digits(self, salt: str, key: Expression) -> Expression:
        salted = exp.Add(this=exp.National(this=f"{salt}:"), expression=self.cast(key, "VARCHAR"))
        as_utf8 = exp.Cast(
            this=_by_code_point(salted), to=exp.DataType.build("VARCHAR(8000)", dialect=self.grammar)
        )
        digest = exp.Convert(
            this=exp.DataType.build("CHAR(32)", dialect=self.grammar),
            expression=tree.function("HASHBYTES", tree.text("MD5"), as_utf8),
            style=tree.number(2),
        )
        lower = tree.function("LOWER", digest)
        return _by_code_point(tree.function("SUBSTRING", lower, tree.number(1), tree.number(8)))

    # --- time ---------------------------------------------------------------------------------------------

    def days_between(self, start: Expression, end: Expression) -> Expression:
        return tree.function("DATEDIFF", exp.Var(this="DAY"), start, end)

    def later(self, count: int, unit: Unit, value: Expression) -> Expression:
        return tree.function("DATEADD", exp.Var(this=unit.value.upper()), tree.number(count), value)

    def local_time(self, value: Expression, zone: str) -> Expression:
        if ZoneInfo(zone).key not in ("UTC", "Etc/UTC"):
            raise Unsupported(
                f"times on the clock of {zone}: SQL Server knows time zones by the names that Windows gives them"
            )
        return self.cast(tree.function("SWITCHOFFSET", value, tree.text("+00:00")), "TIMESTAMP")

    def part(self, name: str, value: Expression) -> Expression:
        if name != "weekday":
            return exp.Extract(this=exp.Var(this=name.upper()), expression=value)
        # Of its own weekdays each session may say what the first is. The first of all days was a Monday.
        since = self.days_between(self.day(date.min), value)
        return tree.arithmetic("+", self.modulo(since, tree.number(7)), tree.number(1))

    # --- statements ---------------------------------------------------------------------------------------

    def statement(self, query: exp.Query) -> exp.Query:
        for count in query.find_all(exp.Count):
            # Of 64 bits; those of COUNT have 32.
            count.set("big_int", True)
            if isinstance(count.this, exp.Distinct):
                for each in filter(_is_text, list(count.this.expressions)):
                    each.replace(_ended(each.copy()))
        for select in query.find_all(exp.Select):
            _group_by_all_of_a_text(select)
        return with_quotes(tree.with_nulls_least(super().statement(query)), _RESERVED)


def _by_code_point(value: Expression) -> Expression:
    if isinstance(value, exp.Collate):
        return value
    return exp.Collate(this=tree.operand(value), expression=exp.Var(this=_COLLATION))


def _like(value: Expression, pattern: str) -> Expression:
    # As national text, with which blanks at the end count.
    return exp.Like(this=tree.operand(value), expression=exp.National(this=pattern))


def _ended(value: Expression) -> Expression:
    """A text with a mark at its end that comes before every other character."""
    return exp.Add(this=tree.operand(value), expression=tree.function("NCHAR", tree.number(0)))


def _group_by_all_of_a_text(select: exp.Select) -> None:
    """GROUP BY, of texts that a query inside has computed, would take no notice of blanks at the end."""
    group, source = select.args.get("group"), select.args.get("from_")
    if group is None or source is None or not isinstance(source.this, exp.Subquery):
        return
    texts = {each.alias for each in source.this.this.expressions if _is_text(each.unalias())}
    for column in [each for each in group.expressions if each.name in texts]:
        column.replace(_ended(column.copy()))
    for shown in [each for each in select.expressions if isinstance(each, exp.Column) and each.name in texts]:
        shown.replace(tree.named(exp.Max(this=shown.copy()), shown.name))


def _is_text(value: exp.Expr) -> bool:
    match value:
        case exp.Collate() | exp.Translate() | exp.Trim():
            return True
        case exp.Literal():
            return value.is_string
        case exp.Coalesce() | exp.Least() | exp.Greatest():
            return any(map(_is_text, (value.this, *value.expressions)))
        case exp.Case():
            branches = [branch.args["true"] for branch in value.args["ifs"]]
            return any(_is_text(each) for each in (*branches, value.args.get("default")) if each is not None)
        case _:
            return False


def _literally(text: str, special: str = "[%_") -> str:
    """Text in a pattern of LIKE, where characters that mean something else are put in brackets."""
    return "".join(f"[{char}]" if char in special else char for char in text)


def _division(above: Expression, below: Expression) -> Expression:
    return exp.Div(this=tree.operand(above), expression=tree.operand(below), typed=True)
