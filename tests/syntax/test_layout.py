"""Expressions broken into lines, with their comments."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segdsl.diagnostics import Findings
from segdsl.source import Fragment
from segdsl.syntax import ast
from segdsl.syntax.comments import comments, layout, remarks
from segdsl.syntax.parser import parse
from segdsl.syntax.printer import to_lines
from tests.strategies.syntax import expressions


def read(text: str) -> tuple[Fragment, ast.Expression]:
    fragment, findings = Fragment.of_text(text), Findings()
    tree = parse(fragment, findings)
    assert tree is not None, [each.message for each in findings]
    return fragment, tree


def laid_out(text: str, width: int = 62) -> str:
    fragment, tree = read(text)
    return "\n".join(layout(fragment, tree, width))


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("a<1   AND b==2", "a < 1 and b = 2"),
        (
            "recency < 30 and region in ('ID', 'MY') and total_spend >= 1000 and opt_in",
            "recency < 30\nand region in ('ID', 'MY')\nand total_spend >= 1000\nand opt_in",
        ),
        (
            "recency < 30 and (region = 'ID' or total_spend >= 1000 and frequency > 2) and opt_in",
            "recency < 30\nand (region = 'ID' or total_spend >= 1000 and frequency > 2)\nand opt_in",
        ),
        (
            "x = 1 and (region = 'ID' or total_spend >= 1000 and frequency > 20 or marketing_opt_in)",
            "x = 1\nand (\n  region = 'ID'\n  or total_spend >= 1000 and frequency > 20\n  or marketing_opt_in\n)",
        ),
        (
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa = 1 or bbbbbbbbbbbbbbbbbbbbbbbbbb = 2 and cccccccccccccccccccccccc = 3",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa = 1\n"
            "or bbbbbbbbbbbbbbbbbbbbbbbbbb = 2\n  and cccccccccccccccccccccccc = 3",
        ),
        (
            "at least 2 of (exists(orders in last 30 days), exists(reviews), newsletter_opt_in)",
            "at least 2 of (\n  exists(orders in last 30 days),\n  exists(reviews),\n  newsletter_opt_in\n)",
        ),
        (
            "sequence(cart_adds as a in last 30 days, then no orders within 24 hours where cart_id = a.cart_id)",
            "sequence(\n  cart_adds as a in last 30 days,\n"
            "  then no orders within 24 hours where cart_id = a.cart_id\n)",
        ),
        (
            "count(orders in last 30 days where amount > 100 and channel in ('app', 'web')) >= 3",
            "count(\n  orders in last 30 days\n  where amount > 100 and channel in ('app', 'web')\n) >= 3",
        ),
        (
            "2 * sum(orders.amount in last 90 days) < sum(orders.amount between 179 days ago and 90 days ago)",
            "2 * sum(orders.amount in last 90 days)\n"
            "  < sum(orders.amount between 179 days ago and 90 days ago)",
        ),
        ("not (a = 1 or b = 2)", "not (a = 1 or b = 2)"),
    ],
)
def test_long_conditions_are_broken_by_clause(written: str, expected: str) -> None:
    assert laid_out(written) == expected
    assert laid_out(expected) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("a = 1 -- one", "a = 1  -- one"),
        ("-- all\na = 1", "-- all\na = 1"),
        ("a = 1 -- one\nand b = 2", "a = 1  -- one\nand b = 2"),
        ("a = 1 and -- two\nb = 2", "a = 1  -- two\nand b = 2"),
        ("a = 1\n-- now b\nand b = 2", "a = 1\n-- now b\nand b = 2"),
        ("a = 1\nand b = 2 -- two", "a = 1\nand b = 2  -- two"),
        ("a = 1\nand b = 2\n-- the end", "a = 1 and b = 2\n-- the end"),
        ("a = -- what\n1 and b = 2", "a = 1  -- what\nand b = 2"),
        ("a = 1 and (b = 2 -- two\nor c = 3)", "a = 1\nand (\n  b = 2  -- two\n  or c = 3\n)"),
        ("exactly 1 of (a, -- first\nb)", "exactly 1 of (\n  a,  -- first\n  b\n)"),
        ("x in (1, -- one\n2)", "x in (\n  1,  -- one\n  2\n)"),
        ("-if(a, -- one\n1, 2) = -1", "-if(\n  a,  -- one\n  1,\n  2\n) = -1"),
        ("a = '--no' and b = 2", "a = '--no' and b = 2"),
        (
            "count(orders where amount > 1 -- paid\nand gift) > 0",
            "count(\n  orders\n  where amount > 1  -- paid\n    and gift\n) > 0",
        ),
    ],
)
def test_comments_stay_with_their_clauses(written: str, expected: str) -> None:
    assert laid_out(written) == expected
    assert laid_out(expected) == expected


@given(expressions(), st.integers(1, 120))
def test_broken_text_means_the_same_and_stays(tree: ast.Expression, width: int) -> None:
    text = "\n".join(to_lines(tree, width, {}))
    fragment, again = read(text)
    assert again == tree
    assert "\n".join(to_lines(again, width, remarks(fragment, again))) == text


@given(expressions(), st.integers(20, 120), st.data())
def test_no_comment_is_lost_and_meaning_stays(tree: ast.Expression, width: int, data: st.DataObject) -> None:
    text = "\n".join(to_lines(tree, width, {}))
    gaps = [m.start() for m in re.finditer(r"(?<=[\w)'`]) (?=[\w('`=<>])|\n", text)]
    chosen = data.draw(st.lists(st.sampled_from(gaps), max_size=3, unique=True)) if gaps else []
    for number, gap in enumerate(sorted(chosen, reverse=True)):
        lead = data.draw(st.sampled_from([" ", "\n"]))
        text = f"{text[:gap]}{lead}-- c{number}\n{text[gap:]}"
    findings = Findings()
    fragment = Fragment.of_text(text)
    read_again = parse(fragment, findings)
    if read_again != tree:
        # The gap was inside a text or a name.
        return
    once = "\n".join(layout(fragment, read_again, width))
    other, after = read(once)
    assert after == tree
    assert Counter(c.text for c in comments(other)) == Counter(c.text for c in comments(fragment))
    assert "\n".join(layout(other, after, width)) == once
