"""YAML 1.2 core scalars, and every fault of a file in plain words at its place."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
import yaml as pyyaml
from hypothesis import example, given
from hypothesis import strategies as st

from segdsl.diagnostics import Findings
from segdsl.files import yaml
from segdsl.files.nodes import Mapping, Node, Scalar, Sequence
from segdsl.source import SourceFile

LOADERS = [pyyaml.SafeLoader, *([pyyaml.CSafeLoader] if hasattr(pyyaml, "CSafeLoader") else [])]
BLOCK = "`where: |`"


@pytest.fixture(params=LOADERS, ids=lambda loader: loader.__name__)
def loader(request: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(yaml, "LOADER", request.param)
    return request.param


def read(text: str) -> tuple[Node | None, Findings]:
    findings = Findings()
    return yaml.load_text(SourceFile("f.yaml", text), findings), findings


def mapping(text: str) -> Mapping:
    node, findings = read(text)
    assert not findings.items
    assert isinstance(node, Mapping)
    return node


@pytest.mark.usefixtures("loader")
@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("NO", "NO"), ("no", "no"), ("on", "on"), ("yes", "yes"), ("y", "y"), ("Off", "Off"),
        ("010", 10), ("-7", -7), ("+7", 7), ("0o17", 15), ("0x1F", 31), ("0b1", "0b1"), ("1_000", "1_000"),
        ("1:30", "1:30"), ("2024-01-31", "2024-01-31"), ("1.5", 1.5), (".5", 0.5), ("1e3", 1000.0),
        ("-.inf", -math.inf), (".Inf", math.inf), ("true", True), ("False", False), ("TRUE", True),
        ("tRUE", "tRUE"), ("null", None), ("~", None), ("Null", None), ("", None), ("'null'", "null"),
        ('"1"', "1"), ("'true'", "true"), ("=", "="), ("9" * 5000, "9" * 5000), ("|-\n  1", "1"),
    ],
)  # fmt: skip
def test_core_scalars(written: str, value: object) -> None:
    scalar = mapping(f"a: {written}\n").get("a")
    assert isinstance(scalar, Scalar)
    assert scalar.value == value
    assert type(scalar.value) is type(value)


def test_not_a_number() -> None:
    scalar = mapping("a: .NaN").get("a")
    assert isinstance(scalar, Scalar) and isinstance(scalar.value, float) and math.isnan(scalar.value)


@pytest.mark.usefixtures("loader")
def test_raw_text_is_kept() -> None:
    node = mapping("a: [01, NO, '1', 1.50]").get("a")
    assert isinstance(node, Sequence)
    assert [item.text for item in node.items if isinstance(item, Scalar)] == ["01", "NO", "1", "1.50"]


@pytest.mark.usefixtures("loader")
def test_collections_end_at_their_last_value() -> None:
    node = mapping("a:\n  b: 1\n  c: [2,\n   3]\n\n# comment\n\nd: {e: f}   \n")
    a, d = node.get("a"), node.get("d")
    assert a is not None and a.span.text == "b: 1\n  c: [2,\n   3]"
    assert d is not None and d.span.text == "{e: f}"


@pytest.mark.usefixtures("loader")
def test_aliases_repeat_a_value() -> None:
    node = mapping("a: &x [1, 2]\nb: *x\n")
    assert node.get("b") is node.get("a")


@pytest.mark.usefixtures("loader")
@pytest.mark.parametrize(
    ("source", "message", "help", "line", "column", "marked"),
    [
        # where YAML gets in the way of an expression
        ("where: 'ID' = region\n", "starts with a quote", BLOCK, 1, 8, "'ID' = region"),
        ('where: "ID" = region\n', "starts with a quote", BLOCK, 1, 8, '"ID" = region'),
        ("s:\n  where: 'ID' = region\n  b: 1\n", "starts with a quote", BLOCK, 2, 10, "'ID' = region"),
        ("where:\n  'ID' = region\n", "starts with a quote", BLOCK, 2, 3, "'ID' = region"),
        ("where: region = 'a: b'\n", "`: ` inside", BLOCK, 1, 19, ":"),
        ("where:\n  a = 1\n  and b = 'x: y'\n", "`: ` inside", BLOCK, 3, 13, ":"),
        ("where: `x` = 1\n", "start with a backtick", BLOCK, 1, 8, "`x` = 1"),
        ("where: - x\n", "start with `-`", BLOCK, 1, 8, "- x"),
        ("where: [x] = 1\n", "starts with `[`", BLOCK, 1, 8, "[x] = 1"),
        ("where: *x = 1\n", "`*x` refers to an anchor", BLOCK, 1, 8, "*x"),
        ("where: > 5\n", "after `>` the line must end", "next line", 1, 8, "> 5"),
        ("where: 'x = 1\n", "never closed", BLOCK, 1, 8, "'"),
        ("where: a = 1 # c\n  and b\n", "` #` starts a comment", BLOCK, 1, 14, "# c"),
        ("s: {where: count(orders) in (1, 0)}", "a comma ends a value: `where`", BLOCK, 1, 33, "0)"),
        ("s: {where: a = 'x: y'}", "`: ` inside", BLOCK, 1, 18, ":"),
        ("segments:\n  vip: 'a' = b\n", "starts with a quote", "`vip: |`", 2, 8, "'a' = b"),
        ("attributes:\n  x: 'a' = b\n", "starts with a quote", "`x: |`", 2, 6, "'a' = b"),
        ("segments: {vip: a = 'x: y'}", "`: ` inside", "`vip: |`", 1, 23, ":"),
        ("columns: {x: decimal(10, 2)}", "a comma ends a value: `x`", "in quotes", 1, 26, "2)"),
        # other values
        ("title: a: b\n", "`: ` inside", "in quotes", 1, 9, ":"),
        ("title: 'a' b\n", "starts with a quote", "in quotes", 1, 8, "'a' b"),
        ("title: @x\n", "start with `@`", "in quotes", 1, 8, "@x"),
        # form
        ("a:\n\tb: 1\n", "indented with a tab", "use spaces", 2, 1, "\t"),
        ("a:\n  b: 1\n  \tc: 1\n", "indented with a tab", "use spaces", 3, 3, "\t"),
        ("a:\n  b: 1\n c: 2\n", "does not fit", "same column", 3, 2, "c: 2"),
        ("a: 1\n b: 2\n", "does not fit", "same column", 2, 2, "b: 2"),
        ("- a\nb: 1\n", "does not fit", "same column", 2, 1, "b: 1"),
        ("a: 1\nfoo\nb: 2\n", "a `:` is missing", "key: value", 2, 1, "foo"),
        ("a: {b: 1\nc: 2\n", "this `{` is never closed", "`}`", 1, 4, "{"),
        ("a: [1, 2\n", "this `[` is never closed", "`]`", 1, 4, "["),
        ("a: {'x' = y}", "a `,` or `}` should stand", "in quotes", 1, 9, "="),
        ("a: {b}", "`b` has no value", "inside the braces", 1, 5, "b"),
        ('a: "\\d+"\n', "`\\d` is no escape", "single quotes", 1, 5, "\\d"),
        ('a: "x\n', "is never closed", "", 1, 4, '"'),
        ("a: 1\n---\nb: 1\n", "second document", "one document", 2, 1, "---"),
        ("a: 1\n...\nb", "cannot follow", "key: value", 3, 1, "b"),
        ("? [a, b]\n: 1\n", "a key must be a word", "", 1, 3, "[a, b]"),
        ("a: \x01\n", "control character (U+0001)", "delete", 1, 4, "\x01"),
        # what YAML has and segdsl files have not
        ("a: !foo b\n", "no tags such as `!foo`", "delete", 1, 4, "!foo"),
        ("a: !!python/object:x {}\n", "no tags such as `!!python/object:x`", "", 1, 4, "!!python/object:x"),
        ("a: !e!x 1\n", "no tags such as `!e!x`", "", 1, 4, "!e!x"),
        ("<<: {a: 1}\n", "merge keys", "write the keys out", 1, 1, "<<"),
        ("a: &x [*x]\n", "alias of itself", "", 1, 8, "*x"),
        ("a: &x 1\nb: &x 2\n", "`&x` is already in line 1", "another name", 2, 4, "&x"),
        ("a: *x\n", "`*x` refers to an anchor", "", 1, 4, "*x"),
        # brackets and commas
        ("tables: [\n", "this `[` is never closed", "`]`", 1, 9, "["),
        ("a:\n  b: [1, {c: 2}\nd: 1\n", "this `[` is never closed", "`]`", 2, 6, "["),
        ("a: {\n  b: 1\n  c: 2\n}\n", "a comma is missing before this key", "`,`", 3, 3, "c"),
        ("a: {b: 1}}\n", "this `}` closes nothing", "delete it", 1, 10, "}"),
        ("a: [1,,2]\n", "a value is missing before this comma", "quotes", 1, 7, ","),
        ("{: b}\n", "a key is missing before this `:`", "quotes", 1, 2, ":"),
        (": b\n", "a key is missing before this `:`", "key: value", 1, 1, ":"),
        (
            "s: {where: a in ('b', 'c')}\n",
            "a comma ends a value, and this one ends that of `where`",
            BLOCK,
            1,
            21,
            ",",
        ),
        ("s: {where: f(a, b), x: 1}\n", "a comma ends a value: `where`", "`where: |`", 1, 17, "b)"),
        ("s: {where: a matches '[b]'}\n", "a `,` or `}` should stand", BLOCK, 1, 23, "["),
        ("where: {a} = b\n", "starts with `{`", BLOCK, 1, 8, "{a} = b"),
        ("a: {b: [1, 2}\n", "`}` cannot close the `[` of line 1", "write `]` first", 1, 13, "}"),
        ("a:\n  b\n    c: 1\n", "a `:` is missing after `b`", "write `b:`", 2, 3, "b"),
        # signs that YAML keeps for itself
        ("title: , b\n", "start with `,`", "in quotes", 1, 8, ", b"),
        ("title: * b\n", "start with `*`", "in quotes", 1, 8, "* b"),
        ("title: |10\n x\n", "`|10` starts no text", "a digit from 1 to 9", 1, 8, "|10"),
        (
            "where: !exists(orders)\n",
            "no tags such as `!exists(orders)`",
            "`not exists(orders)`",
            1,
            8,
            "!exists(orders)",
        ),
        ("s: {where: color = ' #fff'}\n", "` #` starts a comment", BLOCK, 1, 22, "#fff'}"),
        ("where: a = 1\n  # why\n  and b\n", "` #` starts a comment", BLOCK, 2, 3, "# why"),
        ("- \tb: 1\n", "a tab cannot stand here", "spaces", 1, 3, "\t"),
        ("a: |\n     \n  x\n", "this blank line is longer", "empty it", 2, 1, "     "),
        # documents, directives, escapes
        ("a: 'x\n---\n y'\n", "`---` at the start of a line", "indent it", 2, 1, "---"),
        ("...\na: 1\n", "nothing stands before this `...`", "delete it", 1, 1, "..."),
        ("--- a: 1\n", "after `---` the line must end", "lines below", 1, 6, ": 1"),
        ("%YAML 2.0\n---\na: 1\n", "`%YAML 2.0` is not understood", "no directives", 1, 1, "%YAML 2.0"),
        ("%YAML 1.2\na: 1\n", "after a line with `%` stands `---`", "delete", 2, 1, "a: 1"),
        ('a: "x\\u12"\n', "`\\u12` has too few digits", "`\\uNNNN`", 1, 6, "\\u12"),
        ('a: "x\\ud83d\\ude00"\n', "only half of one", "`\\UNNNNNNNN`", 1, 6, "\\ud83d"),
        ('a: "\\x41\\U00110000"\n', "`\\U00110000` is not a character", "", 1, 9, "\\U00110000"),
        ('a: "b\\0"\n', "a text cannot hold the character `\\0`", "delete", 1, 6, "\\0"),
        ("a: b\n\ufeffc: d\n", "a byte-order mark (U+FEFF) stands here", "delete", 2, 1, "\ufeff"),
        # depth
        ("a: " + "[" * 300 + "]" * 300, "nested more than 100", "", 1, 104, "["),
        ("a: " + "[" * 2_000, "nested more than 100", "", 1, 104, "["),
        ("a: " + "[" * 50_000, "nested more than 100", "", 1, 104, "["),
    ],
)
def test_faults(source: str, message: str, help: str, line: int, column: int, marked: str) -> None:
    node, findings = read(source)
    assert node is None
    (finding,) = findings
    assert finding.rule == "yaml-syntax"
    assert message in finding.message
    assert finding.help is not None and help in finding.help
    assert finding.span is not None
    assert (finding.span.line, finding.span.column, finding.span.text) == (line, column, marked)


def test_one_fault_is_told_of_deep_brackets_with_another_behind_them() -> None:
    # libyaml may give up at the depth where the scanner in Python meets the `@` first.
    node, findings = read("a: " + "[" * 1_005 + "@")
    assert node is None
    assert [finding.rule for finding in findings] == ["yaml-syntax"]


@pytest.mark.usefixtures("loader")
@pytest.mark.parametrize("escape", ["\\ud800", "\\UFFFFFFFF", "\\xZZ", "\\U00000000", "\\ufdd0"])
def test_escapes_that_are_no_character(escape: str) -> None:
    node, findings = read(f'a: "{escape}"\n')
    assert node is None
    (finding,) = findings
    assert finding.rule == "yaml-syntax" and finding.span is not None
    assert (finding.span.line, finding.span.column) == (1, 5)


@pytest.mark.usefixtures("loader")
def test_aliases_that_explode() -> None:
    lines = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    for before, name in zip("abcdefgh", "bcdefghi", strict=True):
        lines.append(f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]")
    node, findings = read("\n".join(lines))
    assert node is None
    assert "repeat more than 10,000 values" in next(iter(findings)).message


@pytest.mark.usefixtures("loader")
def test_a_large_file_is_no_explosion() -> None:
    node, findings = read("".join(f"k{i}: [1, 2, 3]\n" for i in range(4000)))
    assert isinstance(node, Mapping) and not findings.items


@pytest.mark.usefixtures("loader")
def test_duplicate_keys_are_all_told_and_the_first_holds() -> None:
    node, findings = read("a: 1\nb: {x: 1, x: 2}\n'a': 3\n")
    assert isinstance(node, Mapping)
    first = node.get("a")
    assert isinstance(first, Scalar) and first.text == "1"
    assert [(f.rule, f.span.line, f.span.column) for f in findings if f.span] == [
        ("duplicate-key", 2, 11),
        ("duplicate-key", 3, 1),
    ]
    assert "line 1" in findings.items[-1].message


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment\n", "---\n", "\ufeff"])
def test_empty_files(text: str, tmp_path: Path) -> None:
    (tmp_path / "f.yaml").write_text(text, encoding="utf-8")
    findings = Findings()
    assert yaml.load(tmp_path / "f.yaml", "f.yaml", findings) is None
    assert [f.rule for f in findings] == ["empty-file"]
    assert next(iter(findings)).shown_path == "f.yaml"


def test_a_byte_order_mark_is_no_character(tmp_path: Path) -> None:
    (tmp_path / "f.yaml").write_bytes("\ufeffa: x\n".encode())
    findings = Findings()
    node = yaml.load(tmp_path / "f.yaml", "f.yaml", findings)
    assert isinstance(node, Mapping) and not findings.items
    assert (node.entries[0][0].span.column, node.entries[0][1].span.text) == (1, "x")


@pytest.mark.parametrize(
    ("data", "line", "column", "words"),
    [
        (b"a: 1\nb: caf\xe9\n", 2, 7, "byte 11 is 0xe9, in line 2"),
        ("é: é\n".encode() + b"\xff", 2, 1, "in line 2"),
        ("a: 1".encode("utf-16"), 1, 1, "UTF-16"),
        ("a: 1".encode("utf-16-le"), 1, 1, "UTF-16"),
        ("a: 1".encode("utf-16-be"), 1, 1, "UTF-16"),
        ("a: 1".encode("utf-32"), 1, 1, "UTF-32"),
        (b"a: \xed\xa0\x80", 1, 4, "byte 3 is 0xed"),
    ],
)
def test_not_utf8(data: bytes, line: int, column: int, words: str, tmp_path: Path) -> None:
    (tmp_path / "f.yaml").write_bytes(data)
    findings = Findings()
    assert yaml.load(tmp_path / "f.yaml", "f.yaml", findings) is None
    (finding,) = findings
    assert finding.rule == "not-utf8" and words in finding.message
    assert finding.span is not None and (finding.span.line, finding.span.column) == (line, column)


PIECES = st.sampled_from([
    "where", "segments", ":", ": ", " ", "  ", "\n", "\r\n", "\t", "'", '"', "#", " # ", ",", "{", "}", "[", "]",
    "- ", "? ", "&a", "*a", "!t", "|", ">", "-", "%", "@", "`", "\\", "---", "...", "<<", "x", "é", "😀", "1", "\0",
])  # fmt: skip


@example('"\\', LOADERS[-1])  # a backslash with nothing after it
@given(st.lists(PIECES, max_size=25).map("".join), st.sampled_from(LOADERS))
def test_any_text_is_read_or_told(text: str, loader: Any) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(yaml, "LOADER", loader)
        node, findings = read(text)
    assert (node is None) <= findings.has_errors
    for finding in findings:
        assert finding.span is not None
        assert 0 <= finding.span.start <= finding.span.end <= len(text)
