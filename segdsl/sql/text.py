"""A sqlglot tree as the text of a dialect."""

from __future__ import annotations

from sqlglot import exp

from segdsl.sql import dialects


def to_text(expression: exp.Expr, dialect: str = "duckdb", comment: str | None = None) -> str:
    """The statement, laid out for people, without a semicolon; `comment` stands before it on lines of its own."""
    made = dialects.dialect(dialect)
    case = made.function_case or False
    text = expression.sql(dialect=made.grammar, pretty=True, normalize_functions=case)
    lines = [f"-- {line}".rstrip() for line in (comment or "").splitlines()]
    return "\n".join([*lines, text])
