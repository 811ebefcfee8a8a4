"""Every character of an expression stands where its fragment says, in every style of scalar."""

from __future__ import annotations

from typing import Any

import pytest
import yaml as pyyaml
from hypothesis import assume, given
from hypothesis import strategies as st

from segdsl.diagnostics import Findings
from segdsl.files import yaml
from segdsl.files.nodes import Mapping, Scalar
from segdsl.source import Fragment, SourceFile
from segdsl.syntax.parser import parse

LOADERS = [pyyaml.SafeLoader, *([pyyaml.CSafeLoader] if hasattr(pyyaml, "CSafeLoader") else [])]


@pytest.fixture(params=LOADERS, ids=lambda loader: loader.__name__)
def loader(request: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(yaml, "LOADER", request.param)
    return request.param


def value(text: str, key: str = "a") -> Scalar:
    findings = Findings()
    node = yaml.load_text(SourceFile("f.yaml", text), findings)
    assert not findings.items, findings.items
    assert isinstance(node, Mapping)
    found = node.get(key)
    assert isinstance(found, Scalar)
    return found


def assert_places(scalar: Scalar, escapes: bool = False) -> None:
    fragment = scalar.fragment
    for i, character in enumerate(fragment.text):
        place = fragment.span(i, i + 1)
        assert scalar.span.start <= place.start < place.end <= scalar.span.end
        assert place.text.replace("\r\n", "\n") == character or (escapes and place.text[0] in "'\\")


@pytest.mark.usefixtures("loader")
@pytest.mark.parametrize(
    ("source", "fragment", "position"),
    [
        ("a: x < 1\n", "x < 1", (1, 4)),
        ("b: 😀\na: '😀' < 1\n".replace("'😀'", "😀"), "😀 < 1", (2, 4)),
        ("a:\n  x < 1\n  and y -- no\n\nb: 1\n", "x < 1\n  and y -- no", (2, 3)),
        ("a: x\r\n  and y\r\nb: 1\r\n", "x\r\n  and y", (1, 4)),
        ("a: |\n  x\n  and y\nb: 1\n", "  x\n  and y", (2, 3)),
        ("a: >-\n    x\n\n    and y\n\n\nb: 1\n", "    x\n\n    and y", (2, 5)),
        ("a: |+\n  x\n\n", "  x", (2, 3)),
        ("a: >2\n    x\n  y\n", "    x\n  y", (2, 5)),
        ("a: |-2\n    x\n  y", "    x\n  y", (2, 5)),
        ("a: | # a comment: here\n  x # y\n", "  x # y", (2, 3)),
        ("a: |\r\n  x\r\n  y\r\nb: 1", "  x\r\n  y", (2, 3)),
        ("a: &anchor |\n  x\n", "  x", (2, 3)),
        ("a: &anchor x < 1\n", "x < 1", (1, 12)),
        ("a: &anchor 'x'\n", "x", (1, 13)),
        ("a: 'x = ''y'''\n", "x = 'y'", (1, 5)),
        ("a: 'x -- c\n  and y'\n", "x -- c\nand y", (1, 5)),
        ("a: 'x  \n\n\t and y'\n", "x\n\nand y", (1, 5)),
        ("a: 'x\r\n  y'\r\n", "x\ny", (1, 5)),
        ('a: "x\\\n   y"\n', "xy", (1, 5)),
        ('a: "x \\\n   \\ y"\n', "x  y", (1, 5)),
        ('a: "\\x41\\u00e9\\U0001F600\\n\\t\\"\\\\\\/"\n', 'Aé😀\n\t"\\/', (1, 5)),
        ('{a: "x", b: y}', "x", (1, 6)),
        ("{a: x < 1, b: y}", "x < 1", (1, 5)),
    ],
)
def test_fragment(source: str, fragment: str, position: tuple[int, int]) -> None:
    scalar = value(source)
    assert scalar.fragment.text == fragment
    assert (scalar.fragment.whole.line, scalar.fragment.whole.column) == position
    assert_places(scalar, escapes=scalar.style == "double" or "''" in source)


@pytest.mark.usefixtures("loader")
def test_an_empty_block_is_empty() -> None:
    for source in ("a: |\n", "a: >-", "a: |\n\n\nb: 1\n", "a: | # x"):
        assert value(source).fragment.text.strip() == ""
        assert value(source).text.strip() == ""


def test_escapes_stand_where_they_are_written() -> None:
    fragment = value('a: "b\\u0041\\nc"\n').fragment
    assert fragment.text == "bA\nc"
    assert [fragment.offset(i) for i in range(5)] == [4, 5, 11, 13, 14]
    assert [fragment.span(i, i + 1).text for i in range(4)] == ["b", "\\u0041", "\\n", "c"]
    assert fragment.span(1, 3).text == "\\u0041\\n"
    assert fragment.span(2, 2).text == ""


@pytest.mark.usefixtures("loader")
def test_separators_of_yaml_1_1_are_ordinary_characters() -> None:
    text = "x\u2028y\x85z \u2029"
    for source in (f"a: {text.strip()}.\n", f"a: '{text}.'\n", f"a: |\n  {text}.\n"):
        scalar = value(source)
        assert scalar.text.strip() == scalar.fragment.text.strip()
        assert "x\u2028y\x85z" in scalar.text
        assert_places(scalar)


@pytest.mark.parametrize(
    ("source", "comment"),
    [("a: x #1\nb: 1", "#1"), ("a: x\n  y\t# 1\r\n", "# 1"), ("a: x#1\n", None), ("a: 'x' #1\n", None),
     ("a: x\n#1\n", None), ("a: x\n", None)],
)  # fmt: skip
def test_the_comment_behind_a_plain_scalar(source: str, comment: str | None) -> None:
    found = value(source).fragment.comment
    assert (found.at.text if found else None) == comment
    assert found is None or found.key == "a"


# --- every character, by construction ---------------------------------------------------------------------

CHARACTERS = st.characters(
    codec="utf-8", exclude_categories=["Cc", "Cs", "Cn", "Co"], exclude_characters="\ufeff"
)
WORDS = st.text(CHARACTERS, max_size=8)
BREAKS = st.sampled_from(["\n", "\r\n", "\r"])
BLANKS = st.text(st.sampled_from(" \t"), max_size=3)
BEFORE = st.sampled_from(["", "k: 😀\r\n", "# é\n\n", "k: |\n  x\n"])

Piece = tuple[str, str]
"""What is written, and the characters that it stands for: each of them for all of what is written."""


def plainly(text: str) -> list[Piece]:
    return [(character, character) for character in text]


def folds(line_break: str) -> st.SearchStrategy[list[Piece]]:
    """A line break in a quoted scalar, with the blanks around it."""
    return st.tuples(BLANKS, BLANKS).map(
        lambda around: [(around[0], ""), (line_break, "\n"), (" " + around[1], "")]
    )


def assert_made_of(fragment: Fragment, start: int, pieces: list[Piece]) -> None:
    """The fragment has the characters of the pieces, each where it was written from `start` on."""
    at, expected = start, []
    for written, characters in pieces:
        expected += [(character, at, at + len(written)) for character in characters]
        at += len(written)
    spans = [fragment.span(i, i + 1) for i in range(len(fragment.text))]
    found = [(c, span.start, span.end) for c, span in zip(fragment.text, spans, strict=True)]
    assert found == expected
    assert fragment.offset(len(fragment.text)) == at


def beside_folds(pieces: list[Piece]) -> list[Piece]:
    """The same pieces, where YAML drops the blanks on both sides of a line break."""
    dropped = list(pieces)
    for order in (range(len(pieces)), reversed(range(len(pieces)))):
        beside = False
        for i in order:
            written, characters = pieces[i]
            if characters == "\n" and written in ("\n", "\r\n", "\r"):
                beside = True
            elif written.strip(" \t"):
                beside = False
            elif beside:
                dropped[i] = (written, "")
    return dropped


@given(st.data(), BEFORE, BREAKS)
def test_single_quoted_scalars(data: st.DataObject, before: str, line_break: str) -> None:
    texts = WORDS.map(lambda text: [("''", "'") if c == "'" else (c, c) for c in text])
    pieces = [piece for each in data.draw(st.lists(texts | folds(line_break), max_size=8)) for piece in each]
    source = before + "a: '" + "".join(written for written, _ in pieces) + "'" + line_break
    scalar = value(source)
    assert_made_of(scalar.fragment, len(before) + 4, beside_folds(pieces))
    assert "".join(scalar.fragment.text.split()) == "".join(scalar.text.split())


ESCAPED = st.sampled_from(
    [("\\n", "\n"), ("\\t", "\t"), ('\\"', '"'), ("\\\\", "\\"), ("\\/", "/"), ("\\ ", " "), ("\\_", "\xa0"),
     ("\\N", "\x85"), ("\\L", "\u2028"), ("\\x41", "A"), ("\\u00e9", "é"), ("\\U0001F600", "😀"), ("\\e", "\x1b")]
)  # fmt: skip


@given(st.data(), BEFORE, BREAKS)
def test_double_quoted_scalars(data: st.DataObject, before: str, line_break: str) -> None:
    texts = WORDS.map(lambda text: plainly(text.replace("\\", ".").replace('"', ".")))
    continued = BLANKS.map(lambda blanks: [("\\" + line_break + " " + blanks, "")])
    parts = st.lists(texts | folds(line_break) | ESCAPED.map(lambda piece: [piece]) | continued, max_size=8)
    pieces = [piece for each in data.draw(parts) for piece in each]
    source = before + 'a: "' + "".join(written for written, _ in pieces) + '"' + line_break
    scalar = value(source)
    assert_made_of(scalar.fragment, len(before) + 4, after_continuations(beside_folds(pieces)))
    assert "".join(scalar.fragment.text.split()) == "".join(scalar.text.split())


def after_continuations(pieces: list[Piece]) -> list[Piece]:
    """The same pieces, where YAML drops the blanks after a line that is continued by a backslash."""
    dropped: list[Piece] = []
    continued = False
    for written, characters in pieces:
        if written[:1] == "\\" and written[1:2] in ("\r", "\n"):
            continued = True
        elif continued and written.strip(" \t"):
            continued = False
        dropped.append((written, "" if continued else characters))
    return dropped


@given(BEFORE, st.text(CHARACTERS, max_size=12), BREAKS, BLANKS, st.text(CHARACTERS, max_size=12), BLANKS)
def test_plain_scalars(
    before: str, first: str, line_break: str, blanks: str, second: str, trailing: str
) -> None:
    first, second = (f"x{part}.".replace(":", ".").replace("#", ".") for part in (first, second))
    text = f"{first}{line_break}  {blanks}{second}"
    scalar = value(f"{before}a: {text}{trailing.replace(chr(9), '')}{line_break}b: 1")
    assert_made_of(scalar.fragment, len(before) + 3, plainly(text))


LINES = st.lists(st.text(CHARACTERS, max_size=12) | st.just(""), min_size=1, max_size=5)
COMMENTS = st.sampled_from(["", " # x: y", "  "])


@given(
    BEFORE, LINES, BREAKS, st.integers(1, 6), st.sampled_from(["", "-", "+"]), st.sampled_from("|>"), COMMENTS
)
def test_block_scalars(
    before: str, lines: list[str], line_break: str, indent: int, chomp: str, sign: str, comment: str
) -> None:
    # The first line sets the indentation; others may be indented further, or empty.
    first, *others = lines
    text = line_break.join(
        [" " * indent + "x" + first, *(" " * indent + line if line else "" for line in others)]
    )
    header = f"a: {sign}{chomp}{comment}{line_break}"
    scalar = value(f"{before}{header}{text}{line_break}b: 1{line_break}")
    assert_made_of(scalar.fragment, len(before + header), plainly(text.rstrip(" \t\r\n")))


@given(BEFORE, LINES, BREAKS, st.integers(1, 6), st.sampled_from(["", "-", "+"]), st.sampled_from("|>"))
def test_block_scalars_that_tell_their_indentation(
    before: str, lines: list[str], line_break: str, indent: int, chomp: str, sign: str
) -> None:
    text = line_break.join(" " * indent + line for line in lines)
    assume(text.strip(" \t\r\n"))
    for indicators in (f"{indent}{chomp}", f"{chomp}{indent}"):
        header = f"a: {sign}{indicators}{line_break}"
        scalar = value(f"{before}{header}{text}{line_break}b: 1{line_break}")
        assert_made_of(scalar.fragment, len(before + header), plainly(text.rstrip(" \t\r\n")))


# --- what the parser makes of them ------------------------------------------------------------------------


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("header", ["", ">-\n", "|\n", ">+\n", "|2-\n", "> # why\n", "'", '"'])
def test_a_caret_in_the_third_line(header: str, line_break: str) -> None:
    text = f"a: {header}  x = '😀' -- it''s one\n  and y = 2\n  and 😀é = = 3\n"
    text = text.replace("'😀'", "''😀''") if header == "'" else text.replace("''", "'")
    text += header if header in ("'", '"') else ""
    findings = Findings()
    assert parse(value(text.replace("\n", line_break)).fragment, findings) is None
    (finding,) = findings
    assert finding.span is not None and finding.span.text == "😀"
    lines = text[: text.index("😀é")].split("\n")
    assert (finding.span.line, finding.span.column) == (len(lines), len(lines[-1]) + 1)


@pytest.mark.parametrize(
    ("source", "key", "comment"),
    [
        ("where: a = 1 and # b\n", "where", "# b"),
        ("where: color = ' #fff'\n", "where", "#fff'"),
        ("vip:\n  f(a # why\n", "vip", "# why"),
        ("'x': a = ' # '\n", "x", "# '"),
    ],
)
def test_an_expression_that_a_yaml_comment_cuts(source: str, key: str, comment: str) -> None:
    findings = Findings()
    assert parse(value(source, key).fragment, findings) is None
    (finding,) = findings
    assert "` #` starts a comment" in finding.message
    assert finding.help is not None and f"`{key}: |`" in finding.help
    assert finding.span is not None and finding.span.text == comment


@pytest.mark.parametrize("source", ["a: x = 1 # b = 2\n", "a: x = = 1 # why\n"])
def test_a_yaml_comment_that_cuts_nothing(source: str) -> None:
    findings = Findings()
    parse(value(source).fragment, findings)
    assert not any("comment" in finding.message for finding in findings)


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("style", ["{}", ">-\n  {}", "|\n  {}", "'{}'", '"{}"'])
def test_a_comment_ends_with_its_line(style: str, line_break: str) -> None:
    text = "a: " + style.format("x -- and not\n  and y --\n  and z") + "\n"
    findings = Findings()
    tree = parse(value(text.replace("\n", line_break)).fragment, findings)
    assert not findings.items and len(tree.operands) == 3  # type: ignore[union-attr]
