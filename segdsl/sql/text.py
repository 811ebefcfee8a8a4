"""A sqlglot tree as the text of a dialect."""

from __future__ import annotations

from sqlglot import exp

from segdsl.sql import dialects


def to_text(expression: exp.Expr, dialect: str = "duckdb", comment: str | None = None) -> str:
    """The statement, laid out for people, without a semicolon; `comment` stands before it on lines of its own."""
    text = expression.sql(dialect=dialects.dialect(dialect).grammar, pretty=True, normalize_functions="upper")
    lines = [f"-- {line}".rstrip() for line in (comment or "").splitlines()]
    return "\n".join([*lines, text])
