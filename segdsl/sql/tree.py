"""Small pieces of sqlglot trees. None is ever put in two places: a tree's nodes know their parent."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from sqlglot import exp

from segdsl.semantics import ir

Expression = exp.Expression

_PLAIN = re.compile(r"[a-z_][a-z0-9_]*\Z")
RESERVED = frozenset(
    [
        "add",
        "all",
        "alter",
        "analyse",
        "analyze",
        "and",
        "anti",
        "any",
        "array",
        "as",
        "asc",
        "asof",
        "asymmetric",
        "at",
        "authorization",
        "autoincrement",
        "between",
        "binary",
        "both",
        "by",
        "case",
        "cast",
        "check",
        "collate",
        "collation",
        "column",
        "commit",
        "concurrently",
        "constraint",
        "create",
        "cross",
        "current",
        "current_catalog",
        "current_date",
        "current_role",
        "current_schema",
        "current_time",
        "current_timestamp",
        "current_user",
        "default",
        "deferrable",
        "delete",
        "desc",
        "describe",
        "distinct",
        "do",
        "drop",
        "else",
        "end",
        "escape",
        "except",
        "exists",
        "false",
        "fetch",
        "for",
        "foreign",
        "freeze",
        "from",
        "full",
        "glob",
        "grant",
        "group",
        "having",
        "ilike",
        "in",
        "index",
        "initially",
        "inner",
        "insert",
        "intersect",
        "interval",
        "into",
        "is",
        "isnull",
        "join",
        "lambda",
        "lateral",
        "leading",
        "left",
        "like",
        "limit",
        "localtime",
        "localtimestamp",
        "natural",
        "not",
        "nothing",
        "notnull",
        "null",
        "offset",
        "on",
        "only",
        "or",
        "order",
        "outer",
        "over",
        "overlaps",
        "partition",
        "pivot",
        "pivot_longer",
        "pivot_wider",
        "placing",
        "positional",
        "primary",
        "qualify",
        "raise",
        "recursive",
        "references",
        "returning",
        "right",
        "row",
        "rows",
        "select",
        "semi",
        "session_user",
        "set",
        "show",
        "similar",
        "some",
        "struct",
        "summarize",
        "symmetric",
        "system_user",
        "table",
        "tablesample",
        "then",
        "to",
        "trailing",
        "transaction",
        "true",
        "union",
        "unique",
        "unpack",
        "unpivot",
        "update",
        "user",
        "using",
        "values",
        "variadic",
        "verbose",
        "when",
        "where",
        "window",
        "with",
    ]
)
"""Words that some engine or other does not take as a plain name, or takes as something else."""


def is_plain(name: str) -> bool:
    """Whether a name that is no word of an engine needs no quotes."""
    return _PLAIN.match(name) is not None


def identifier(name: str) -> exp.Identifier:
    return exp.Identifier(this=name, quoted=not is_plain(name) or name in RESERVED)


def column(name: str, table: str | None = None) -> exp.Column:
    return exp.Column(this=identifier(name), table=identifier(table) if table else None)


def table(name: str, alias: str | None = None, schema: str | None = None) -> exp.Table:
    made = exp.Table(this=identifier(name), db=identifier(schema) if schema else None)
    if alias is not None and alias != name:
        made.set("alias", exp.TableAlias(this=identifier(alias)))
    return made


def named(expression: Expression, name: str) -> Expression:
    """`expression AS name`, or the column itself where that is its name already."""
    if isinstance(expression, exp.Column) and expression.name == name:
        return expression
    return exp.Alias(this=expression, alias=identifier(name))


def text(value: str) -> exp.Literal:
    return exp.Literal.string(value)


def number(value: int) -> Expression:
    literal = exp.Literal.number(str(abs(value)))
    return exp.Neg(this=literal) if value < 0 else literal


def cast(expression: Expression, type: str) -> exp.Cast:
    return exp.Cast(this=expression, to=exp.DataType.build(type, dialect="duckdb"))


def function(name: str, *arguments: Expression) -> exp.Anonymous:
    return exp.Anonymous(this=name, expressions=list(arguments))


def coalesce(first: Expression, *rest: Expression) -> exp.Coalesce:
    return exp.Coalesce(this=first, expressions=list(rest))


def case(*branches: tuple[Expression, Expression], default: Expression | None = None) -> exp.Case:
    return exp.Case(ifs=[exp.If(this=test, true=then) for test, then in branches], default=default)


def is_null(expression: Expression) -> Expression:
    return exp.Is(this=operand(expression), expression=exp.Null())


def is_not_null(expression: Expression) -> Expression:
    return exp.Is(this=operand(expression), expression=exp.Not(this=exp.Null()))


def known(expression: Expression, answer: bool) -> Expression:
    """The answer, or NULL where the expression is."""
    return case((is_not_null(expression), exp.Boolean(this=answer)))


def operand(expression: Expression) -> Expression:
    """The expression as an operand of an operator: in parentheses where it has an operator itself."""
    compound = (exp.Binary, exp.Not, exp.Neg, exp.In, exp.Between, exp.AtTimeZone)
    return (
        exp.Paren(this=expression)
        if isinstance(expression, compound) and not _is_name(expression)
        else expression
    )


def _is_name(expression: Expression) -> bool:
    return isinstance(expression, exp.Dot | exp.Column)


def negation(expression: Expression) -> Expression:
    return exp.Not(this=operand(expression))


_COMPARISONS: dict[ir.CompareOperator, type[Expression]] = {
    "=": exp.EQ,
    "!=": exp.NEQ,
    "<": exp.LT,
    "<=": exp.LTE,
    ">": exp.GT,
    ">=": exp.GTE,
}
FLIPPED: dict[ir.CompareOperator, ir.CompareOperator] = {
    "=": "=",
    "!=": "!=",
    "<": ">",
    "<=": ">=",
    ">": "<",
    ">=": "<=",
}


def compare(operator: ir.CompareOperator, left: Expression, right: Expression) -> Expression:
    def side(expression: Expression) -> Expression:
        # Arithmetic binds tighter than any comparison.
        return expression if isinstance(expression, exp.Add | exp.Sub | exp.Mul) else operand(expression)

    return _COMPARISONS[operator](this=side(left), expression=side(right))


def arithmetic(operator: str, left: Expression, right: Expression) -> Expression:
    if operator == "*":
        keep = isinstance(left, exp.Mul)
        return exp.Mul(this=left if keep else operand(left), expression=operand(right))
    keep = isinstance(left, exp.Add | exp.Sub | exp.Mul)
    left = left if keep else operand(left)
    right = right if isinstance(right, exp.Mul) else operand(right)
    return (exp.Add if operator == "+" else exp.Sub)(this=left, expression=right)


def all_of(parts: Sequence[Expression]) -> Expression:
    """The parts joined by AND; TRUE of none."""
    if len(parts) == 1:
        return parts[0]
    inner = [exp.Paren(this=part) if isinstance(part, exp.Or) else part for part in parts]
    return _balanced(inner, lambda a, b: exp.And(this=a, expression=b)) if inner else exp.true()


def any_of(parts: Sequence[Expression]) -> Expression:
    """The parts joined by OR; FALSE of none."""
    if len(parts) == 1:
        return parts[0]
    inner = [exp.Paren(this=part) if isinstance(part, exp.And) else part for part in parts]
    return _balanced(inner, lambda a, b: exp.Or(this=a, expression=b)) if inner else exp.false()


def sum_of(parts: Sequence[Expression]) -> Expression:
    """The parts added up, in parentheses that keep the depth small: engines have a limit on it."""
    if len(parts) <= 50:
        return _left_deep(parts)
    size = max(50, -(-len(parts) // 50))
    groups = [parts[i : i + size] for i in range(0, len(parts), size)]
    return _left_deep([exp.Paren(this=sum_of(group)) for group in groups])


def _left_deep(parts: Sequence[Expression]) -> Expression:
    result = parts[0]
    for part in parts[1:]:
        result = exp.Add(this=result, expression=part)
    return result


def union_all(selects: Sequence[exp.Query]) -> exp.Query:
    """The rows of all; at least one."""
    # Not by halves: a union on the right-hand side would need parentheses that not every engine takes.
    result = selects[0]
    for select in selects[1:]:
        result = exp.Union(this=result, expression=select, distinct=False)
    return result


def _balanced(
    parts: Sequence[Expression], join: Callable[[Expression, Expression], Expression]
) -> Expression:
    # By halves, since the walks of sqlglot are recursive.
    if len(parts) == 1:
        return parts[0]
    middle = len(parts) // 2
    return join(_balanced(parts[:middle], join), _balanced(parts[middle:], join))


def with_nulls_least(query: exp.Query) -> exp.Query:
    """The query for an engine to which NULL is less than all: what is put in order is known, so nothing is said of it."""
    for ordered in query.find_all(exp.Ordered):
        ordered.set("nulls_first", not ordered.args.get("desc"))
    return query
