"""The phrases that messages share."""

from __future__ import annotations

import pytest

from segdsl.diagnostics.wording import circle, known, listing, suggest


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("regoin", "region"),
        ("REGION", "region"),
        ("dve", "dev"),
        ("soundex", None),
        ("x", None),
        ("ag", "age"),
    ],
)
def test_the_nearest_name_is_near_indeed(name: str, near: str | None) -> None:
    said = suggest(name, ["region", "dev", "round", "age"])
    assert said == (near and f"did you mean `{near}`?")


def test_the_letter_case_is_the_last_thing_that_matters() -> None:
    assert suggest("vip", ["vipp", "VIP"]) == "did you mean `VIP`?"


def test_a_part_is_found_without_its_partition() -> None:
    names = ["tens", "size.tiny", "size.ten"]
    assert suggest("ten", names) == "did you mean `size.ten`?"
    assert suggest("Ten", names) == "did you mean `size.ten`?"
    assert suggest("size", ["tiers.small"]) is None


@pytest.mark.parametrize("name", ["cafe\u0301", "caf\u200bé", "\ufeffcafé", "ca\u00adfé"])
def test_a_name_that_only_looks_the_same(name: str) -> None:
    said = suggest(name, ["cafe", "café"])
    assert said == "did you mean `café`? It looks the same, but is written with other characters"
    assert suggest("cafe", [name]) != said


def test_lists_of_names() -> None:
    assert listing([]) == ""
    assert listing(["a"]) == "`a`"
    assert listing(["a", "b", "c"]) == "`a`, `b` and `c`"
    assert listing("abcd", 2) == "`a`, `b` and 2 more"


def test_what_there_is_of_a_kind() -> None:
    assert known("table", []) == "there is no table"
    assert known("table", ["orders"]) == "the only table is `orders`"
    assert known("table", iter(["orders", "items"])) == "the tables are `orders` and `items`"


def test_circles() -> None:
    assert circle("segment", ["a"]) == ("the segment `a` is defined by itself", "define it without itself")
    message, _ = circle("segment", ["a", "b"])
    assert message == "segments are defined by each other in a circle: a → b → a"
