"""Advice on types that users bring along."""

from __future__ import annotations

import pytest

from segdsl.semantics.advice import type_name
from segdsl.semantics.types import parse_type


@pytest.mark.parametrize(
    ("text", "help"),
    [
        ("int", "write `integer`"), ("BIGINT", "write `integer`"), ("varchar(20)", "write `string`"),
        ("TEXT", "write `string`"), ("Date", "write `date`"), ("timestamp with time zone", "write `timestamptz`"),
        ("double precision", "write `float`"), ("bool", "write `boolean`"), ("numeric(12, 2)", "write `decimal(12, 2)`"),
        ("decimal(12)", "write `decimal(12, 0)`"), ("decimal", "write `decimal(10, 2)`"),
        ("list(text)", "write `list(string)`"), ("list( numeric(9,3) )", "write `list(decimal(9, 3))`"),
        ("sting", "did you mean `string`?"),
    ],
)  # fmt: skip
def test_types_of_other_languages(text: str, help: str) -> None:
    problem = type_name(text)
    assert (problem.message, problem.help) == (f"there is no type `{text}`", help)
    assert not problem.too_many_digits


def test_what_is_advised_is_a_type() -> None:
    for text in ("int", "varchar(3)", "datetime", "money", "float8", "numeric(38,38)", "uuid"):
        advised = type_name(text).help.removeprefix("write `").removesuffix("`")
        assert parse_type(advised) is not None, text


def test_too_many_digits() -> None:
    problem = type_name("decimal(40, 2)")
    assert problem.too_many_digits and problem.help == "write `decimal(38, 2)` or less"
    assert not type_name("decimal(3, 5)").too_many_digits
