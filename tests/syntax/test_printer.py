"""Printing, and reading again what was printed."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from lark import Tree

from segdsl.diagnostics import Findings
from segdsl.source import Fragment
from segdsl.syntax import ast, tables
from segdsl.syntax.parser import parse
from segdsl.syntax.printer import to_text
from tests.strategies.syntax import expressions


def read(text: str) -> ast.Expression:
    findings = Findings()
    tree = parse(Fragment.of_text(text), findings)
    assert tree is not None, [d.message for d in findings]
    return tree


CANONICAL = """
recency < 30 and region = 'ID'
age between 16 and 23
income > 50_000 and company.employees >= 100
count(orders in last 30 days where amount > 100) >= 3
sum(orders.amount in last 90 days) > 2 * sum(orders.amount between 180 days ago and 91 days ago)
exists(page_views in last 7 days where url contains '/pricing') and not exists(orders in last 7 days)
last(orders.channel) = 'app' and first(orders.placed_at) >= 2024-01-01
count distinct(orders.product.category) >= 4
sum(items.(price * quantity) in last 30 days) > 500
most frequent(orders.product.category) = 'toys'
segment(vip) and not segment(lapsed)
top 10% by total_spend or bottom 100 by -total_spend per region and not top $n by a + b among segment(active)
ntile(5, total_spend) = 5 and ntile($n, recency per region) <= 2 and percentile(a per (b, c.d)) >= 90
ntile(5, x among (a or b)) > ntile(4, y per z among segment(a) as of 2024-01-31) and top 1 by x among (a) as of today
segment(active) as of 90 days ago and not a.segment(b) as of start of month and (a and b) as of $day
((a or b) as of yesterday) as of $n weeks ago
sequence(cart_adds as a in last 30 days, then no orders within 24 hours where cart_id = a.cart_id)
sequence(a via b.c since 2024-01-01 where x = 1 or y, then c, then d as e via f between today and today within 1 day)
sequence(a within 3 days after b, then no within 3 days after c within 3 days, then no no within $n weeks)
sample 10% by 'spring-campaign' and not sample 0.5% to 12.25% by $salt
company.segment(enterprise) or segment(lifecycle.new)
at least 2 of (exists(orders), exists(reviews), newsletter_opt_in)
at most $n of (a, b) and exactly 1 of (a, b or c)
band(recency, 30, 90, 365) = 1
contract_end in next 30 days and days to anniversary of birth_date <= 7
total_spend >= $min_spend
sum(transfers.amount via sender in last 30 days) > 0
count(transfers via order.referrer since 2024-01-01 where amount > 1) = 0
years since birth_date >= 18
days since max(orders.placed_at) < 30
days from a to b > 3 and hours from (a + 1) to today > 1
signup_date in last 1 day or signup_date in this month or signup_date in previous quarter
signup_date on today or signup_date since start of year or signup_date after yesterday
signup_date not before 30 days ago and signup_date until 2024-01-31T09:30
signup_at within 24 hours after placed_at and x not within $n days before y
region in ('ID', 'MY') and code not in (1, -2) and kind in $kinds and kind not in $kinds
x is known and y is unknown
name contains 'a' and name not starts with 'b' and name ends with 'c' and name like 'd%' and name not matches '^e$'
share = 20% and share > 0.5% and rate < 12.50 and n = 1000 and m = 10_000 and k = 1_234_567.5
text = 'it''s' or text = '' or text = '"'
flag = true or flag = false
t = 2024-01-31T09:30 or t = 2024-01-31T09:30:15
a - (b - c) - d * (e + f) / -g
a - - b
- -a = -(a + b)
-(a * b) = -a * b
not not a and not (a and b)
not a = b and (not a) = b
(a and b) and c or (d or e)
(a = b) = true
(a or b) and (c or d)
(a < b) is known
if(a and b, 1, coalesce(c, 0)) > least(d, e)
year(d) = 2024 and day(d) = 1 and date(t) = today
count > 3 and orders.first = 1 and date = today and count(count) = 1 and last.next.this.previous
`and`.`x y`.`it``s` = `days`
kategori = 'x' and 客戶.größe > 1 and नाम = 'a' and ชื่อ = 'b'
start = 1 and start of month = today and known is known and unknown is unknown and contains contains 'c'
at = 1 and at least 1 of (least, most) and most = 1 and exactly = 1 and segment = 1 and of = 1 and to = from
starts starts with 's' and ends ends with 'e' and with = 1
days since days since a = 1
top = 1 and bottom = 1 and sample = 1 and ntile = percentile and sequence = 1 and per = by and no = then
among.bottom.no.ntile.per.percentile.sample.sequence.then.top.by > 1
now() = 1
""".strip().splitlines()


@pytest.mark.parametrize("text", [line for line in CANONICAL if line != "a - - b"])
def test_canonical_text_stays_as_it_is(text: str) -> None:
    assert to_text(read(text)) == text


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("NOT a AND b OR c", "not a and b or c"),
        ("a <> 1 and b == 2", "a != 1 and b = 2"),
        ("a is null or b is not null or c is not unknown or d is not known", None),
        ("((a)) = (1)", "a = 1"),
        ("(a and b) or (not (c))", "a and b or not c"),
        ("a + (b * c) - (d - e)", "a + b * c - (d - e)"),
        ("a - - b", "a - -b"),
        ('x = "it\'s" or x = "say ""hi"""', "x = 'it''s' or x = 'say \"hi\"'"),
        ("x > 1_000 and y > 50000 and z > 1_0.50", "x > 1000 and y > 50_000 and z > 10.50"),
        ("`region` = 1 and `count` = 2", "region = 1 and count = 2"),
        ("x IN LAST 1 DAYS or x in last 2 day", "x in last 1 day or x in last 2 days"),
        ("x in this months and 1 day ago = start of years", "x in this month and 1 day ago = start of year"),
        ("COUNT DISTINCT (a . b) > LOWER ( X )", "count distinct(a.b) > lower(X)"),
        ("a -- first\n  and b --last", "a and b"),
        ("x = 10.0% and y = 0% and z = 150%", "x = 10% and y = 0% and z = 150%"),
    ],
)
def test_other_spellings_are_made_canonical(written: str, printed: str | None) -> None:
    expected = printed or "a is unknown or b is known or c is known or d is unknown"
    assert to_text(read(written)) == expected
    assert read(expected) == read(written)


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(expressions())
def test_reading_what_was_printed_gives_the_same_tree(tree: Any) -> None:
    assert read(to_text(tree)) == tree


def _without_each_pair(text: str) -> list[str]:
    """The text without one pair of grouping parentheses at a time."""
    trees = tables.load().parse(text)
    groups = list(trees.find_data("parenthesised")) if isinstance(trees, Tree) else []
    places = [(group.children[0].start_pos, group.children[-1].start_pos) for group in groups]
    # A blank in their place, or two words and two signs would grow together.
    return [f"{text[:start]} {text[start + 1 : end]} {text[end + 1 :]}" for start, end in places]


HOLES = (
    """
({}) or x | x or ({}) | ({}) and x | x and ({}) | not ({}) | ({}) = x | x = ({}) | ({}) in (1) | ({}) not in $p
({}) between 1 and 2 | x between ({}) and 2 | x between 1 and ({}) | ({}) is known | ({}) contains 'a'
({}) in last 3 days | ({}) not in this month | x since ({}) | x within 3 days after ({}) | ({}) + x | x + ({})
({}) - x | x - ({}) | ({}) * x | x * ({}) | ({}) / x | x / ({}) | -({}) | days since ({}) | days from ({}) to x
days from x to ({}) | days to anniversary of ({}) | f(({}), x) | if(({}), 1, 2) | count(o where ({}))
sum(o.(({}))) | count(o since ({})) | count(o between ({}) and x) | at least 1 of (({}), x) | (({}))
""".strip()
    .replace("\n", " | ")
    .split(" | ")
)

FILLINGS = (
    """
a or b | a and b | not a | a = b | a in (1) | a between 1 and 2 | a is known | a contains 'b' | a in last 3 days
a since b | a + b | a - b | a * b | a / b | -a | 1 | 20% | 'x' | a.b | days since a | days to anniversary of a
f(a) | count(o) | segment(s) | at least 1 of (a) | 30 days ago | today | start of month | $p | 2024-01-31
""".strip()
    .replace("\n", " | ")
    .split(" | ")
)


@pytest.mark.parametrize("hole", HOLES)
def test_parentheses_are_printed_only_where_they_are_needed(hole: str) -> None:
    for filling in FILLINGS:
        tree = read(hole.format(filling))
        printed = to_text(tree)
        assert read(printed) == tree
        for shorter in _without_each_pair(printed):
            assert parse(Fragment.of_text(shorter), Findings()) != tree, shorter


def _kinds(value: Any) -> set[type]:
    if isinstance(value, tuple):
        return {kind for each in value for kind in _kinds(each)}
    if not is_dataclass(value) or not isinstance(value, ast.Node):
        return set()
    return {type(value)} | {kind for field in fields(value) for kind in _kinds(getattr(value, field.name))}


def test_the_strategy_makes_every_node() -> None:
    seen: set[type] = set()

    @settings(max_examples=1500, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(expressions())
    def collect(tree: Any) -> None:
        seen.update(_kinds(tree))

    collect()
    assert seen >= {*get_args(ast.Expression), *get_args(ast.Window)}
