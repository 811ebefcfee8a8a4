"""Every character of an expression stands where its fragment says, in every style of scalar."""

from __future__ import annotations

from typing import Any

import pytest
import yaml as pyyaml
from hypothesis import given
from hypothesis import strategies as st

from segdsl.diagnostics import Findings
from segdsl.files import yaml
from segdsl.files.nodes import Mapping, Scalar, cut_by_comment
from segdsl.source import SourceFile

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
        assert place.text == character or (escapes and place.text in ("'", "\\"))


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


def test_escapes_stand_at_their_first_character() -> None:
    fragment = value('a: "b\\u0041\\nc"\n').fragment
    assert fragment.text == "bA\nc"
    assert [fragment.offset(i) for i in range(5)] == [4, 5, 11, 13, 14]


@pytest.mark.usefixtures("loader")
def test_separators_of_yaml_1_1_are_ordinary_characters() -> None:
    text = "x\u2028y\x85z \u2029"
    for source in (f"a: {text.strip()}.\n", f"a: '{text}.'\n", f"a: |\n  {text}.\n"):
        scalar = value(source)
        assert scalar.text.strip() == scalar.fragment.text.strip()
        assert "x\u2028y\x85z" in scalar.text
        assert_places(scalar)


@pytest.mark.parametrize(
    ("source", "cut"),
    [("a: x #1\n", True), ("a: x\n  y\t# 1\n", True), ("a: x#1\n", False), ("a: 'x' #1\n", False),
     ("a: x\n#1\n", False), ("a: x\n", False)],
)  # fmt: skip
def test_cut_by_comment(source: str, cut: bool) -> None:
    assert cut_by_comment(value(source)) is cut


CHARACTERS = st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn", "Co"])
LINES = st.lists(st.text(CHARACTERS, max_size=12), min_size=1, max_size=4)
BREAKS = st.sampled_from(["\n", "\r\n"])


@given(
    LINES, BREAKS, st.integers(1, 6), st.sampled_from(["", "-", "+"]), st.sampled_from("|>"), st.booleans()
)
def test_block_scalars(
    lines: list[str], line_break: str, indent: int, chomp: str, sign: str, told: bool
) -> None:
    lines = [line if told else "x" + line for line in lines]
    blanks = " " * indent
    header = f"a: {sign}{indent if told else ''}{chomp}"
    source = line_break.join([header, *(blanks + line for line in lines), "b: 1", ""])
    scalar = value(source)
    assert_places(scalar)
    expected = [blanks + line for line in lines]
    assert scalar.fragment.text == line_break.join(expected).rstrip(" \t\r\n")


@given(LINES, BREAKS, st.integers(1, 6))
def test_single_quoted_scalars(lines: list[str], line_break: str, indent: int) -> None:
    lines = [line.strip(" \t") for line in lines]
    body = (line_break + " " * indent).join(line.replace("'", "''") for line in lines)
    scalar = value(f"b: 1{line_break}a: '{body}'{line_break}")
    assert scalar.fragment.text == "\n".join(lines)
    assert_places(scalar, escapes=True)


@given(st.lists(st.tuples(st.characters(codec="utf-8", exclude_characters="\n"), st.booleans()), max_size=12))
def test_double_quoted_scalars(characters: list[tuple[str, bool]]) -> None:
    def written(character: str, escaped: bool) -> str:
        plain = character.isalnum() and ord(character) < 0x10FFF0
        return character if plain and not escaped else f"\\U{ord(character):08x}"

    body = "".join(written(c, escaped) for c, escaped in characters)
    scalar = value(f'a: "{body}"\n')
    assert scalar.fragment.text == "".join(c for c, _ in characters) == scalar.text
    assert_places(scalar, escapes=True)


@given(st.text(CHARACTERS, max_size=12), BREAKS, st.text(CHARACTERS, max_size=12))
def test_plain_scalars(first: str, line_break: str, second: str) -> None:
    first, second = (f"x{part}.".replace(":", ".").replace("#", ".") for part in (first, second))
    scalar = value(f"a: {first}{line_break}   {second}{line_break}b: 1")
    assert scalar.fragment.text == f"{first}{line_break}   {second}"
    assert_places(scalar)
