"""What the parser reads, where it says things are, and how much it can take."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from segdsl import words
from segdsl.diagnostics import Diagnostic, Findings
from segdsl.source import Fragment, SourceFile
from segdsl.syntax import ast, tables
from segdsl.syntax.builder import MAX_DEPTH, MAX_PARENTHESES
from segdsl.syntax.parser import parse
from segdsl.units import Unit

AT = SourceFile("made up", "").span(0, 0)


def read(text: str) -> Any:
    findings = Findings()
    tree = parse(Fragment.of_text(text), findings)
    assert tree is not None, [d.message for d in findings]
    assert not findings.items
    return tree


def errors(text: str) -> list[Diagnostic]:
    findings = Findings()
    assert parse(Fragment.of_text(text), findings) is None
    return findings.sorted()


def path(text: str) -> ast.Path:
    return ast.Path(tuple(ast.Name(part, at=AT) for part in text.split(".")), at=AT)


def num(value: int) -> ast.Number:
    return ast.Number(value, at=AT)


A, B, C = path("a"), path("b"), path("c")
AGO = ast.Ago(num(30), Unit.DAY, at=AT)


def aggregate(name: Any, *rows: Any, **more: Any) -> ast.Aggregate:
    return ast.Aggregate(name, ast.Rows(*rows, **more, at=AT), at=AT)


def equals(left: Any, right: Any) -> ast.Comparison:
    return ast.Comparison("=", left, right, at=AT)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a", A),
        ("a.b.c", path("a.b.c")),
        ("`a b`.`c``d`", ast.Path((ast.Name("a b", at=AT), ast.Name("c`d", at=AT)), at=AT)),
        ("客戶.größe", path("客戶.größe")),
        ("42", num(42)),
        ("1_000", num(1000)),
        ("0.50", ast.Number(Decimal("0.50"), at=AT)),
        ("20%", ast.Number(Decimal("0.2"), True, at=AT)),
        ("12.5%", ast.Number(Decimal("0.125"), True, at=AT)),
        ("'it''s'", ast.String("it's", at=AT)),
        ('"say ""x"""', ast.String('say "x"', at=AT)),
        ("'a\\'", ast.String("a\\", at=AT)),
        ("'-- not a comment'", ast.String("-- not a comment", at=AT)),
        ("TRUE", ast.Boolean(True, at=AT)),
        ("2024-01-31", ast.Date(date(2024, 1, 31), at=AT)),
        ("2024-01-31T09:30", ast.Timestamp(datetime(2024, 1, 31, 9, 30), at=AT)),
        ("2024-01-31T09:30:15", ast.Timestamp(datetime(2024, 1, 31, 9, 30, 15), at=AT)),
        ("a -- ends at any line break\rand b", ast.And((A, B), at=AT)),
        ("a\u00a0and\u2028b", ast.And((A, B), at=AT)),
        ("$größe", ast.Parameter("größe", at=AT)),
        ("$नाम", ast.Parameter("नाम", at=AT)),
        ("2024-01-31-a", ast.Arithmetic("-", ast.Date(date(2024, 1, 31), at=AT), A, at=AT)),
        ("a-1-b", ast.Arithmetic("-", ast.Arithmetic("-", A, num(1), at=AT), B, at=AT)),
        ("2024 - 1 - 31", ast.Arithmetic("-", ast.Arithmetic("-", num(2024), num(1), at=AT), num(31), at=AT)),
        ("$min_spend", ast.Parameter("min_spend", at=AT)),
        ("today", ast.Today(at=AT)),
        ("yesterday", ast.Yesterday(at=AT)),
        ("30 days ago", AGO),
        ("30 day ago", AGO),
        ("$n weeks ago", ast.Ago(ast.Parameter("n", at=AT), Unit.WEEK, at=AT)),
        ("start of month", ast.StartOf(Unit.MONTH, at=AT)),
        ("-a", ast.Negate(A, at=AT)),
        ("a + b * c", ast.Arithmetic("+", A, ast.Arithmetic("*", B, C, at=AT), at=AT)),
        ("(a + b) / c", ast.Arithmetic("/", ast.Arithmetic("+", A, B, at=AT), C, at=AT)),
        ("-a * b", ast.Arithmetic("*", ast.Negate(A, at=AT), B, at=AT)),
        ("Lower(a)", ast.Call("lower", AT, (A,), at=AT)),
        ("now()", ast.Call("now", AT, (), at=AT)),
        ("day(a)", ast.Call("day", AT, (A,), at=AT)),
        ("least(a, b)", ast.Call("least", AT, (A, B), at=AT)),
        ("if(a = b, a, b)", ast.Call("if", AT, (equals(A, B), A, B), at=AT)),
        ("years since a", ast.Since(Unit.YEAR, A, at=AT)),
        ("days since a - b", ast.Arithmetic("-", ast.Since(Unit.DAY, A, at=AT), B, at=AT)),
        ("days from a to b", ast.FromTo(Unit.DAY, A, B, at=AT)),
        ("days to anniversary of a", ast.ToAnniversary(Unit.DAY, A, at=AT)),
        ("count(a)", aggregate("count", A)),
        ("COUNT DISTINCT(a.b)", aggregate("count distinct", path("a.b"))),
        ("most frequent(a.b)", aggregate("most frequent", path("a.b"))),
        ("sum(a.(b * c))", aggregate("sum", A, ast.Arithmetic("*", B, C, at=AT))),
        (
            "count(a via b.c in last 30 days where c)",
            aggregate("count", A, None, path("b.c"), ast.InLast(num(30), Unit.DAY, at=AT), C),
        ),
        ("count(a between b and c)", aggregate("count", A, window=ast.BetweenPoints(B, C, at=AT))),
        (
            "exists(a since today)",
            aggregate("exists", A, window=ast.Relative("since", ast.Today(at=AT), at=AT)),
        ),
        ("segment(a)", ast.SegmentReference(None, A, at=AT)),
        ("a.b.segment(b.c)", ast.SegmentReference(path("a.b"), path("b.c"), at=AT)),
        ("a.segment", path("a.segment")),
        ("a <> b", ast.Comparison("!=", A, B, at=AT)),
        ("a == b", equals(A, B)),
        ("a in (1, -2)", ast.In(A, (num(1), ast.Negate(num(2), at=AT)), False, at=AT)),
        ("a not in ($p)", ast.In(A, (ast.Parameter("p", at=AT),), True, at=AT)),
        ("a in $p", ast.In(A, (ast.Parameter("p", at=AT),), False, True, at=AT)),
        ("a not between b and c", ast.Between(A, B, C, True, at=AT)),
        ("a is known", ast.IsKnown(A, False, at=AT)),
        ("a is not known", ast.IsKnown(A, True, at=AT)),
        ("a is unknown", ast.IsKnown(A, True, at=AT)),
        ("a is not unknown", ast.IsKnown(A, False, at=AT)),
        ("a is null", ast.IsKnown(A, True, at=AT)),
        ("a is not null", ast.IsKnown(A, False, at=AT)),
        ("a STARTS\nWITH 'b'", ast.TextTest("starts with", A, ast.String("b", at=AT), False, at=AT)),
        ("a not matches $b", ast.TextTest("matches", A, ast.Parameter("b", at=AT), True, at=AT)),
        ("a in next 1 day", ast.InWindow(A, ast.InNext(num(1), Unit.DAY, at=AT), False, at=AT)),
        ("a not in this year", ast.InWindow(A, ast.InThis(Unit.YEAR, at=AT), True, at=AT)),
        ("a in previous week", ast.InWindow(A, ast.InPrevious(Unit.WEEK, at=AT), False, at=AT)),
        ("a until b", ast.InWindow(A, ast.Relative("until", B, at=AT), False, at=AT)),
        (
            "a within 7 days before b",
            ast.InWindow(A, ast.Within(num(7), Unit.DAY, "before", B, at=AT), False, at=AT),
        ),
        ("at least 2 of (a, b)", ast.HowMany("at least", num(2), (A, B), at=AT)),
        ("exactly $n of (a)", ast.HowMany("exactly", ast.Parameter("n", at=AT), (A,), at=AT)),
        ("not a = b", ast.Not(equals(A, B), at=AT)),
        ("a and b and c", ast.And((A, B, C), at=AT)),
        ("(a and b) and c", ast.And((ast.And((A, B), at=AT), C), at=AT)),
        ("a or b and not c", ast.Or((A, ast.And((B, ast.Not(C, at=AT)), at=AT)), at=AT)),
        ("a -- and b\nor c", ast.Or((A, C), at=AT)),
    ],
)
def test_each_construct(text: str, tree: Any) -> None:
    assert read(text) == tree


SOFT = [
    "count",
    "first",
    "last",
    "top",
    "bottom",
    "by",
    "per",
    "no",
    "then",
    "sample",
    "date",
    "month",
    "week",
    "day",
    "value",
    "known",
    "segment",
    "start",
    "sum",
    "avg",
    "min",
    "max",
    "exists",
    "ago",
    "anniversary",
    "at",
    "contains",
    "distinct",
    "ends",
    "exactly",
    "frequent",
    "from",
    "least",
    "most",
    "next",
    "of",
    "previous",
    "starts",
    "this",
    "to",
    "unknown",
    "with",
    "among",
    "ntile",
    "percentile",
    "sequence",
    "hour",
    "minute",
    "quarter",
    "year",
    "if",
    "case",
    "select",
    "interval",
]


@pytest.mark.parametrize("word", SOFT)
def test_a_word_that_is_not_reserved_is_a_name(word: str) -> None:
    for written in (word, word.upper()):
        name = path(written)
        assert read(written) == name
        assert read(f"{written} > 3") == ast.Comparison(">", name, num(3), at=AT)
        assert read(f"orders.{written} = {written}.x") == equals(
            path(f"orders.{written}"), path(f"{written}.x")
        )
        assert read(f"count({written} via {written} where {written})") == aggregate(
            "count", name, None, name, None, name
        )
        assert read(f"segment({written})") == ast.SegmentReference(None, name, at=AT)
        assert read(f"not {written} in last 3 days") is not None


@pytest.mark.parametrize("word", sorted(words.RESERVED))
def test_a_reserved_word_is_a_name_only_in_backticks(word: str) -> None:
    literals = {"true", "false", "today", "yesterday"}
    for written in (word, word.title()):
        if word not in literals:
            assert errors(f"{written} > 3")
        assert errors(f"orders.{written} > 3")
        assert read(f"orders.`{written}` = `{written}`") == equals(path(f"orders.{written}"), path(written))


def test_the_grammar_and_the_printer_agree_on_reserved_words() -> None:
    (word,) = (terminal for terminal in tables.load().terminals if terminal.name == "WORD")
    listed = (
        word.pattern.value.removeprefix("(?!(")
        .partition(r")\b)")[0]
        .replace("(minute|hour|day|week|month|quarter|year)s", "|".join(unit.plural for unit in Unit))
    )
    assert set(listed.split("|")) == words.RESERVED


LETTERS = st.sampled_from("aintodysmINOsſıİé_1²ß客ाี\u0300\u0323\u200d\u00ad-. ")
KEYWORDS = st.sampled_from(["and", "in", "to", "days", "day", "min", "last", "of", "NOT", "Segment", "null"])


@settings(max_examples=500)
@example("to\u0302t")  # a keyword with an accent on its last letter is another word
@example("day\u093es")
@example("i\u0300n")
@given(st.lists(LETTERS | KEYWORDS, min_size=1, max_size=4).map("".join))
def test_the_grammar_and_the_printer_agree_on_words(name: str) -> None:
    tree = parse(Fragment.of_text(f"x.{name}"), Findings())
    assert words.is_plain_word(name) == (tree == path(f"x.{name}") if "." not in name else False)
    quoted = path("x.?")
    assert read(f"x.{words.quoted(name)}") == replace(quoted, parts=(quoted.parts[0], ast.Name(name, at=AT)))


def test_keywords_that_only_regular_expressions_take_for_keywords() -> None:
    # `re.IGNORECASE` reads a dotless ı as i.
    assert read("mın(a)") == aggregate("min", A)
    assert read("a ın last 3 mınutes") == ast.InWindow(
        A, ast.InLast(num(3), Unit.MINUTE, at=AT), False, at=AT
    )


# --- places -----------------------------------------------------------------------------------------------


def test_every_node_knows_its_place() -> None:
    tree = read("  (a + b) * c > 1 and sum(orders.amount in last 3 days where x = 'y') = days since d  ")
    assert isinstance(tree, ast.And)
    first, second = tree.operands
    assert (
        tree.at.text == "(a + b) * c > 1 and sum(orders.amount in last 3 days where x = 'y') = days since d"
    )
    assert first.at.text == "(a + b) * c > 1"
    assert first.left.at.text == "(a + b) * c"
    assert first.left.left.at.text == "a + b"
    assert second.left.at.text == "sum(orders.amount in last 3 days where x = 'y')"
    rows = second.left.rows
    assert rows.at.text == "orders.amount in last 3 days where x = 'y'"
    assert rows.target.at.text == "orders.amount"
    assert rows.target.parts[1].at.text == "amount"
    assert rows.window.at.text == "in last 3 days"
    assert rows.where.at.text == "x = 'y'"
    assert second.right.at.text == "days since d"


def test_places_in_a_chain_of_sums() -> None:
    tree = read("(a) + (b) - c")
    assert tree.at.text == "(a) + (b) - c"
    assert tree.left.at.text == "(a) + (b)"


def test_places_of_functions_and_linked_segments() -> None:
    call = read("Round(x, 1)")
    assert call.function_at.text == "Round"
    reference = read("a.b.segment(c.d)")
    assert reference.links.at.text == "a.b"
    assert reference.name.at.text == "c.d"


def test_places_in_a_folded_scalar() -> None:
    text = "segments:\n  a:\n    where: >-\n      recency < 30 -- days\n      and region = bad bad\n"
    file = SourceFile("segments/a.yaml", text)
    start = text.index("recency")
    findings = Findings()
    assert parse(Fragment(file, text[start:-1], start), findings) is None
    (error,) = findings
    assert error.span is not None
    assert (error.span.line, error.span.column, error.span.text) == (5, 24, "bad")


def test_places_in_a_quoted_scalar() -> None:
    text = r'where: "region = \"ID\" and x < 2024-02-30"'
    file = SourceFile("segments/a.yaml", text)
    decoded, places, index = "", [], text.index('"') + 1
    while index < len(text) - 1:
        length = 1 + (text[index] == "\\")
        places.append((index, index + length))
        decoded += text[index + length - 1]
        index += length
    fragment = Fragment(file, decoded, 8, (*places, (index, index)))
    findings = Findings()
    assert parse(fragment, findings) is None
    (error,) = findings
    assert error.span is not None
    assert error.span.text == "2024-02-30"
    tree = parse(replace(fragment, text=decoded.replace("02-30", "02-28")), Findings())
    assert isinstance(tree, ast.And)
    assert tree.operands[0].at.text == r"region = \"ID\""
    assert tree.operands[1].at.column == text.index("x <") + 1


# --- how much it can take ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after"),
    [("not ", ""), ("- ", ""), ("f(", ")"), ("1 + ", ""), ("(a or ", ")"), ("days since ", "")],
)
def test_nesting_has_a_limit(before: str, after: str) -> None:
    assert read(before * MAX_DEPTH + "x" + after * MAX_DEPTH)
    assert read(before * MAX_DEPTH + "1" + after * MAX_DEPTH)
    for depth in (MAX_DEPTH + 1, 5000):
        (error,) = errors(before * depth + "x" + after * depth)
        assert error.rule == "too-deep"
        assert error.message.startswith("this expression is nested")


def test_parentheses_have_a_limit_of_their_own() -> None:
    assert read("(" * MAX_PARENTHESES + "x" + ")" * MAX_PARENTHESES) == path("x")
    for depth in (MAX_PARENTHESES + 1, 50_000):
        (error,) = errors("(" * depth + "x" + ")" * depth)
        assert (error.rule, error.span and error.span.start) == ("too-deep", MAX_PARENTHESES)
        assert error.message == "this expression is nested in more than 1000 parentheses"


def test_mixed_nesting_has_the_same_limit() -> None:
    (error,) = errors("f(a > " * 150 + "x" + ")" * 150)
    assert error.rule == "too-deep"


def test_mistakes_below_any_nesting_are_told() -> None:
    (error,) = errors("(" * 5000 + "x y")
    assert error.rule == "syntax"


@pytest.mark.parametrize("word", ["and", "or"])
def test_many_clauses_are_flat(word: str) -> None:
    tree = read(f" {word} ".join(f"a{i} = {i}" for i in range(2000)))
    assert isinstance(tree, ast.And | ast.Or)
    assert len(tree.operands) == 2000


def test_a_long_text_is_one_piece() -> None:
    # A pattern that tries each character for itself would take a minute.
    assert read("a = '" + "x''" * 1_000_000 + "'").right == ast.String("x'" * 1_000_000, at=AT)


PIECES = st.sampled_from(
    [
        "a",
        "b",
        "orders",
        ".",
        ".",
        "(",
        ")",
        "(",
        ")",
        ",",
        "=",
        "<",
        "!=",
        "+",
        "-",
        "*",
        "/",
        "1",
        "30",
        "0.5",
        "20%",
        "10k",
        "2024-01-31",
        "2024-1-1",
        "'x'",
        "'x",
        "`a`",
        "$p",
        "$",
        ";",
        "&&",
        "||",
        "!",
        "‘x’",
        "(",
        "and",
        "or",
        "not",
        "in",
        "is",
        "between",
        "like",
        "matches",
        "as",
        "on",
        "since",
        "after",
        "before",
        "until",
        "within",
        "via",
        "where",
        "true",
        "null",
        "today",
        "days",
        "day",
        "ago",
        "last",
        "next",
        "this",
        "start",
        "of",
        "count",
        "sum",
        "exists",
        "segment",
        "at",
        "least",
        "most",
        "frequent",
        "distinct",
        "known",
        "contains",
        "starts",
        "with",
        "from",
        "to",
        "anniversary",
        "lower",
        "select",
        "case",
        "when",
        "interval",
        "é",
        "€",
        "[",
        "#",
        "--",
        "'it's'",
        "null",
        "of",
        "the",
    ]
)


@settings(max_examples=1500, deadline=None)
@given(st.lists(PIECES, max_size=12).map(" ".join) | st.text(max_size=30))
def test_nothing_but_a_tree_or_a_diagnostic(text: str) -> None:
    findings = Findings()
    tree = parse(Fragment.of_text(text), findings)
    assert (tree is None) == bool(findings.items)
    for finding in findings:
        assert finding.rule == "syntax"
        assert finding.span is not None
        assert 0 <= finding.span.start <= finding.span.end <= len(text)
