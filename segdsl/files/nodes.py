"""YAML nodes that know their place, and the expression text inside a scalar."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from segdsl.source import Comment, Fragment, SourceFile, Span

Style = Literal["plain", "single", "double", "literal", "folded"]

# The scalars of the YAML 1.2 core schema: nothing else is a number, a truth value or null.
_NULL = {"", "~", "null", "Null", "NULL"}
_BOOLEAN = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(
    r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"
)
# Python refuses to read longer integers; no such number is meant as one.
_LONGEST_INTEGER = 1000

_BREAK = r"(?:\r\n?|\n)"
_FOLD = re.compile(rf"[ \t]*({_BREAK})[ \t]*")
_ESCAPED_BREAK = re.compile(rf"\\{_BREAK}[ \t]*")
_COMMENT = re.compile(r"[ \t]+(#[^\r\n]*)")
_KEY_BEFORE = re.compile(r"([^\s:,'\"{\[]+)['\"]?[ \t]*:\s+\Z")
_HEADER = re.compile(rf"[^\r\n]*(?:{_BREAK}|\Z)")
_ESCAPES = {
    "0": "\0", "a": "\a", "b": "\b", "t": "\t", "\t": "\t", "n": "\n", "v": "\v", "f": "\f", "r": "\r",
    "e": "\x1b", " ": " ", '"': '"', "/": "/", "\\": "\\", "N": "\x85", "_": "\xa0", "L": "\u2028",
    "P": "\u2029",
}  # fmt: skip
_HEX_DIGITS = {"x": 2, "u": 4, "U": 8}


@dataclass(frozen=True, slots=True)
class Scalar:
    """One scalar. `text` is what YAML makes of it, before any type is guessed: `01` stays `01`."""

    text: str
    span: Span
    style: Style

    @property
    def is_absent(self) -> bool:
        """Whether nothing is written at all: `key:`."""
        return self.style == "plain" and not self.text

    @property
    def value(self) -> bool | int | float | str | None:
        """The value under YAML 1.2 core: only a plain scalar is anything but a string."""
        text = self.text
        if self.style != "plain":
            return text
        if text in _NULL:
            return None
        if text in _BOOLEAN:
            return _BOOLEAN[text]
        if _INTEGER.fullmatch(text):
            bases = {"0o": 8, "0x": 16}
            return int(text, bases.get(text[:2], 10)) if len(text) < _LONGEST_INTEGER else text
        if _FLOAT.fullmatch(text):
            return float(re.sub(r"\.(?=inf|nan)", "", text.lower()))
        return text

    @property
    def fragment(self) -> Fragment:
        """The text for the expression parser, with line breaks kept, whatever the style folds."""
        file, start, end = self.span.file, self.span.start, self.span.end
        match self.style:
            case "plain":
                return Fragment(file, file.text[start:end], start, comment=_comment_behind(self.span))
            case "literal" | "folded":
                header = _HEADER.match(file.text, start)
                first = min(header.end(), end) if header else end
                return Fragment(file, file.text[first:end], first)
            case _:
                text, places = _decode(file.text, start, self.style == "double")
                return Fragment(file, text, start, places)


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys and values in file order; no key stands twice."""

    entries: tuple[tuple[Scalar, Node], ...]
    span: Span
    index: dict[str, tuple[Scalar, Node]] = field(repr=False, compare=False)

    @classmethod
    def of(cls, entries: tuple[tuple[Scalar, Node], ...], span: Span) -> Mapping:
        return cls(entries, span, {entry[0].text: entry for entry in entries})

    def get(self, key: str) -> Node | None:
        entry = self.index.get(key)
        return entry[1] if entry else None

    def without(self, keys: set[str]) -> Mapping:
        """The same mapping with some keys left out."""
        return Mapping.of(tuple(e for e in self.entries if e[0].text not in keys), self.span)

    def replacing(self, key: str, value: Node) -> Mapping:
        return Mapping.of(tuple((k, value if k.text == key else v) for k, v in self.entries), self.span)


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list in file order."""

    items: tuple[Node, ...]
    span: Span


Node = Scalar | Mapping | Sequence


def scalars(node: Node) -> Iterator[Scalar]:
    """Every scalar under a node that stands as a value."""
    match node:
        case Scalar():
            yield node
        case Mapping():
            for _, value in node.entries:
                yield from scalars(value)
        case Sequence():
            for item in node.items:
                yield from scalars(item)


def _comment_behind(plain: Span) -> Comment | None:
    text = plain.file.text
    found = _COMMENT.match(text, plain.end)
    if found is None:
        return None
    line = plain.file.line_start(plain.start)
    # The value may start on the line below its key.
    key = _KEY_BEFORE.search(text, plain.file.line_start(max(line - 1, 0)), plain.start)
    return Comment(plain.file.span(found.start(1), found.end()), key[1] if key else "where")


def _decode(text: str, start: int, double: bool) -> tuple[str, tuple[tuple[int, int], ...]]:
    """The characters of the quoted scalar at `start` and the place of each, with one more for the end.

    Unlike YAML this keeps a folded line break as a line break, because it ends a `--` comment.
    """
    characters: list[str] = []
    places: list[tuple[int, int]] = []
    at = start + 1
    while at < len(text):
        character, place, end = _decoded(text, at, double)
        if character is None:
            break
        if character:
            characters.append(character)
            places.append(place)
        at = end
    return "".join(characters), (*places, (at, at))


def _decoded(text: str, at: int, double: bool) -> tuple[str | None, tuple[int, int], int]:
    """The next character of a quoted scalar, its place, and where reading goes on.

    The character is empty for an escaped line break, and None at the closing quote.
    """
    character = text[at]
    if character == ('"' if double else "'"):
        doubled = not double and text[at + 1 : at + 2] == "'"
        return (character, (at, at + 2), at + 2) if doubled else (None, (at, at), at)
    if character in " \t\r\n" and (fold := _FOLD.match(text, at)):
        return "\n", fold.span(1), fold.end()
    if not double or character != "\\":
        return character, (at, at + 1), at + 1
    if escaped := _ESCAPED_BREAK.match(text, at):
        return "", (at, at), escaped.end()
    digits = _HEX_DIGITS.get(text[at + 1], 0)
    end = at + 2 + digits
    return chr(int(text[at + 2 : end], 16)) if digits else _ESCAPES[text[at + 1]], (at, end), end


def span_of(file: SourceFile, start: int, end: int) -> Span:
    """A span that is at least one character long where the file has one there."""
    return file.span(start, min(max(end, start + 1), len(file.text)) if end <= start else end)
