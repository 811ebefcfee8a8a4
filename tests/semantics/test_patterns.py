from __future__ import annotations

import re
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segdsl.semantics.patterns import (
    ANY,
    Characters,
    Choice,
    End,
    Pattern,
    PatternError,
    Repeat,
    Sequence,
    Start,
    parse,
    to_posix,
    to_postgres,
    to_python,
    to_re2,
    to_rust,
    to_whole_text,
)


def char(c: str) -> Characters:
    return Characters(((c, c),))


A, B, C = map(char, "abc")


def found(pattern: str, text: str) -> bool:
    return re.search(to_python(parse(pattern)), text) is not None


@pytest.mark.parametrize(
    ("pattern", "tree"),
    [
        ("", Sequence(())),
        ("a", A),
        ("abc", Sequence((A, B, C))),
        ("a(bc)", Sequence((A, B, C))),
        ("a|b|", Choice((A, B, Sequence(())))),
        ("ab|c", Choice((Sequence((A, B)), C))),
        ("ab*", Sequence((A, Repeat(B, 0, None)))),
        ("(ab)+", Repeat(Sequence((A, B)), 1, None)),
        ("a?b{3}c{2,}", Sequence((Repeat(A, 0, 1), Repeat(B, 3, 3), Repeat(C, 2, None)))),
        ("a{2,5}", Repeat(A, 2, 5)),
        ("(a*)*", Repeat(Repeat(A, 0, None), 0, None)),
        ("(^)*", Repeat(Start(), 0, None)),
        ("^.$", Sequence((Start(), ANY, End()))),
        (r"\d", Characters((("0", "9"),))),
        (r"\.\\\_", Sequence((char("."), char("\\"), char("_")))),
        (r"[^a-c\d_]", Characters((("a", "c"), ("0", "9"), ("_", "_")), negated=True)),
        ("[-a]", Characters((("-", "-"), ("a", "a")))),
        (r"[a-]", Characters((("a", "a"), ("-", "-")))),
        (r"[\w-]", Characters((("0", "9"), ("A", "Z"), ("_", "_"), ("a", "z"), ("-", "-")))),
        (r"[a^.*[(]", Characters(tuple((c, c) for c in "a^.*[("))),
        (r"[\]\-\^]", Characters((("]", "]"), ("-", "-"), ("^", "^")))),
        ("客戶", Sequence((char("客"), char("戶")))),
    ],
)
def test_parse(pattern: str, tree: Pattern) -> None:
    assert parse(pattern) == tree


@pytest.mark.parametrize(
    ("pattern", "start", "end", "part"),
    [
        ("a(?=b)", 1, 4, "ahead"),
        ("a(?!b)", 1, 4, "ahead"),
        ("(?<=a)b", 0, 3, "behind"),
        ("x(?:ab)", 1, 4, "`(?:` is not needed"),
        ("(?i)abc", 0, 3, "lower"),
        ("(?P<n>a)", 0, 3, "named"),
        ("(?", 0, 2, "not portable"),
        ("a*?", 2, 3, "lazy"),
        ("a+?", 2, 3, "lazy"),
        ("a{2}?", 4, 5, "lazy"),
        ("a*+", 2, 3, "possessive"),
        ("a**", 2, 3, "needs parentheses"),
        ("a{2}{3}", 4, 5, "needs parentheses"),
        (r"(a)\1", 3, 5, "references"),
        (r"\bword", 0, 2, "word"),
        (r"a\D", 1, 3, "`[^0-9]`"),
        (r"[\W]", 1, 3, "`[^0-9A-Za-z_]`"),
        (r"a\n", 1, 3, r"`\s`"),
        (r"\é", 0, 2, "punctuation"),
        (r"\ ", 0, 2, "punctuation"),
        ("a\\", 1, 2, "nothing follows"),
        ("*a", 0, 1, "nothing before `*`"),
        ("a|+", 2, 3, "nothing before `+`"),
        ("({2})", 1, 2, "nothing before `{`"),
        ("^*", 1, 2, "`^` is a place"),
        ("a$+", 2, 3, "`$` is a place"),
        ("a{1001}", 1, 7, "at most 1000"),
        ("a{2,99999999999999}", 1, 19, "at most 1000"),
        ("a{,3}", 1, 5, "is written"),
        ("a{}", 1, 3, "is written"),
        ("a{x}", 1, 4, "is written"),
        ("a{2", 1, 2, "is written"),
        ("a{1,2,3}", 1, 8, "is written"),
        ("a{5,2}", 1, 6, "less than"),
        ("(a{40}b){26}", 8, 12, "more than 1000"),
        ("(ab", 0, 1, "never closed"),
        ("ab)c", 2, 3, "closes nothing"),
        ("ab]", 2, 3, "closes nothing"),
        ("ab}", 2, 3, "closes nothing"),
        ("a[bc", 1, 2, "never closed"),
        ("[a-", 0, 1, "never closed"),
        ("[]a]", 0, 2, "empty class"),
        ("[^]", 0, 3, "empty class"),
        ("[z-a]", 1, 4, "wrong way"),
        (r"[\d-z]", 1, 5, "both ends"),
        (r"[a-\d]", 1, 5, "both ends"),
        ("[a-c-e]", 4, 5, "hyphen"),
        ("[[:alpha:]]", 1, 3, "named classes"),
        ("[a-z&&b]", 4, 6, "intersected"),
        ("(" * 101 + ")" * 101, 100, 101, "100 deep"),
        ("[^a]{1000}" * 11, 0, 110, "too large"),
    ],
)
def test_what_is_not_portable_is_refused(pattern: str, start: int, end: int, part: str) -> None:
    with pytest.raises(PatternError) as caught:
        parse(pattern)
    assert (caught.value.start, caught.value.end) == (start, end)
    assert part in caught.value.message


def test_written_for_each_engine() -> None:
    tree = parse(r"^(a|\.b)+[^\s-]{2,}_#$")
    assert to_python(tree) == r"\A(?:a|\.b)+[^\u0009-\u000d \-]{2,}_\#\Z"
    assert to_re2(tree) == r"\A(?:a|\.b)+[^\x{9}-\x{D} \-]{2,}_\#\z"


def test_dot_ends_and_negated_classes_with_line_breaks() -> None:
    assert not found("a.b", "a\nb")
    assert found("a.b", "a\rb")
    assert found("a[^x]b", "a\nb")
    assert not found("a$", "a\n")
    assert not found("^b", "a\nb")
    assert found("^.$", "😀")


def test_classes_are_ascii_only() -> None:
    assert not found(r"\d", "٣")
    assert not found(r"\w", "é")
    assert not found(r"\s", "\u00a0\x1c\x85")
    assert all(found(r"^\s$", c) for c in " \t\n\r\f\v")
    assert [c for c in map(chr, range(128)) if found(r"^\w$", c)] == sorted(
        string.ascii_letters + string.digits + "_"
    )


# --- against an oracle -----------------------------------------------------------------------------------

CHARS = "ab0_ -]^\n\\é"


def text_of(tree: Pattern) -> str:
    """One way for a user to write the tree, with parentheses wherever they may be needed."""
    match tree:
        case Characters(ranges, negated):
            if tree == ANY:
                return "."
            items = "".join(escaped(a) if a == b else f"{escaped(a)}-{escaped(b)}" for a, b in ranges)
            return (
                items
                if len(ranges) == 1 and ranges[0][0] == ranges[0][1] and not negated
                else (f"[{'^' if negated else ''}{items}]")
            )
        case Start():
            return "^"
        case End():
            return "$"
        case Repeat(item, low, high):
            return f"({text_of(item)}){{{low},{'' if high is None else high}}}"
        case Sequence(items):
            return "".join(f"({text_of(item)})" for item in items)
        case Choice(options):
            return "|".join(f"({text_of(option)})" for option in options)


def escaped(c: str) -> str:
    return "\\" + c if c in string.punctuation else c


def ends(tree: Pattern, text: str, start: int) -> set[int]:
    """Where a match of the tree that starts at `start` may end."""
    match tree:
        case Characters(ranges, negated):
            inside = start < len(text) and any(a <= text[start] <= b for a, b in ranges)
            return {start + 1} if start < len(text) and inside != negated else set()
        case Start():
            return {start} if start == 0 else set()
        case End():
            return {start} if start == len(text) else set()
        case Sequence(items):
            reached = {start}
            for item in items:
                reached = {end for place in reached for end in ends(item, text, place)}
            return reached
        case Choice(options):
            return {end for option in options for end in ends(option, text, start)}
        case Repeat(item, low, high):
            reached = {start}
            for _ in range(low):
                reached = {end for place in reached for end in ends(item, text, place)}
            every = set(reached)
            # Past len(text) + 1 rounds nothing new can be reached.
            for _ in range(len(text) + 1 if high is None else high - low):
                reached = {end for place in reached for end in ends(item, text, place)}
                every |= reached
            return every


def oracle(tree: Pattern, text: str) -> bool:
    return any(ends(tree, text, start) for start in range(len(text) + 1))


ranges = st.tuples(st.sampled_from(CHARS), st.sampled_from(CHARS)).map(lambda pair: (min(pair), max(pair)))
leaves = st.one_of(
    st.sampled_from(CHARS).map(char),
    st.just(ANY),
    st.just(Start()),
    st.just(End()),
    st.builds(Characters, st.lists(ranges, min_size=1, max_size=3, unique=True).map(tuple), st.booleans()),
)


def is_not_sequence(tree: Pattern) -> bool:
    return not isinstance(tree, Sequence)


def grown(inner: st.SearchStrategy[Pattern]) -> st.SearchStrategy[Pattern]:
    return st.one_of(
        st.lists(inner.filter(is_not_sequence), max_size=3)
        .filter(lambda items: len(items) != 1)
        .map(lambda items: Sequence(tuple(items))),
        st.lists(inner, min_size=2, max_size=3).map(lambda options: Choice(tuple(options))),
        st.builds(
            lambda item, low, more: Repeat(item, low, None if more is None else low + more),
            inner,
            st.integers(0, 2),
            st.none() | st.integers(0, 2),
        ),
    )


trees = st.recursive(leaves, grown, max_leaves=6)
texts = st.text(st.sampled_from(CHARS), max_size=5)


@given(trees)
def test_parse_reads_back_what_was_written(tree: Pattern) -> None:
    assert parse(text_of(tree)) == tree


@settings(max_examples=500, deadline=None)
@given(trees, texts)
def test_python_agrees_with_the_oracle(tree: Pattern, text: str) -> None:
    assert (re.search(to_python(tree), text) is not None) == oracle(tree, text)


@settings(max_examples=500, deadline=None)
@given(trees, texts)
def test_whole_texts_in_which_it_is_found(tree: Pattern, text: str) -> None:
    whole = to_whole_text(tree)
    if whole is not None:
        assert (re.fullmatch(whole, text, re.DOTALL) is not None) == oracle(tree, text)


def test_whole_texts_and_their_ends() -> None:
    assert to_whole_text(parse("a")) == ".*a.*"
    assert to_whole_text(parse("^a|b$|^c$")) == "(a.*|.*b|c)"
    assert to_whole_text(parse("(^a|b)c")) is None


@settings(max_examples=300, deadline=None)
@given(trees, texts)
def test_duckdb_agrees_with_the_oracle(tree: Pattern, text: str) -> None:
    duckdb = pytest.importorskip("duckdb")
    with duckdb.connect() as connection:
        row = connection.execute("select regexp_matches(?, ?)", [text, to_re2(tree)]).fetchone()
    assert row == (oracle(tree, text),)


@given(st.text(st.sampled_from("ab1,^$.|()[]{}*+?-\\dws&: "), max_size=10))
def test_any_text_is_parsed_or_refused_inside_itself(pattern: str) -> None:
    try:
        tree = parse(pattern)
    except PatternError as error:
        inside = 0 <= error.start < error.end <= len(pattern)
    else:
        inside = re.compile(to_python(tree)) is not None
    assert inside


@pytest.mark.parametrize(
    ("pattern", "written"),
    [
        (r"^a.b$", r"\Aa[^\U0000000A]b\Z"),
        (r"(ab){300}", r"(?:ab){255}(?:ab){45}"),
        (r"x{0,256}", r"x{0,255}x?"),
        (r"x{300,}", r"x{255}x{45,}"),
    ],
)
def test_patterns_for_postgresql(pattern: str, written: str) -> None:
    assert to_postgres(parse(pattern)) == written


def test_patterns_for_rust_have_no_edges_of_words() -> None:
    assert to_rust(parse(r"\<a\>\.b")) == r"<a>\.b"


@pytest.mark.parametrize(
    ("pattern", "written"),
    [
        (r"^(a|b)+\.$", r"^(a|b)+\.$"),
        (r"[\]a^-]", "[]a^-]"),
        (r"[^\^b]", "[^b^]"),
        ("a{2}(bc){3}", "a{2}(bc){3}"),
        ("a|", None),
        (r"[\\a]", None),
        (r"[\^\-]", None),
        (r"[\^]", r"\^"),
    ],
)
def test_patterns_for_posix(pattern: str, written: str | None) -> None:
    assert to_posix(parse(pattern)) == written
