"""`segdsl fmt`: the expressions of a file in their one form, everything else byte for byte."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from segdsl.diagnostics import Findings
from segdsl.files import nodes, yaml
from segdsl.files.nodes import Scalar
from segdsl.source import SourceFile
from segdsl.syntax import ast
from segdsl.syntax.comments import comments, layout
from segdsl.syntax.parser import parse

WIDTH = 100
"""How many characters a line has at most, where that can be helped."""

_PATHS = {
    ("tables", "*", "attributes", "*"),
    ("tables", "*", "attributes", "*", "expr"),
    ("segments", "*"),
    ("segments", "*", "where"),
    *(
        ("partitions", "*", kind, "*", *where)
        for kind in ("first_match", "exclusive")
        for where in ((), ("where",))
    ),
    ("partitions", "*", "grid", "*"),
    ("partitions", "*", "grid", "*", "by"),
}
"""Where expressions stand in the files."""

_BELOW = re.compile(r"[ \t]*:([ \t]*\r?\n\s*)")
"""What is between a key and a value that stands on a line below."""

_ESCAPE = re.compile(r"\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|.)", re.S)
"""An escape in a double-quoted scalar, the code of its character in one of the groups where it has one."""

_BLOCK = re.compile(r"[|>][+-]?[ \t]*(#[^\r\n]*)?\r?\n")


@dataclass(frozen=True)
class Place:
    """A scalar that is the expression of a key; `flow` tells that it stands in `{…}`."""

    scalar: Scalar
    key: Scalar
    flow: bool


def formatted(path: Path, shown: str, findings: Findings) -> tuple[str, str] | None:
    """The text of a file and its formatted text; None where it is no YAML, which is told.

    Expressions that can't be read are told and left as they are. Raises SegdslError where the file can't be read.
    """
    node = yaml.load(path, shown, findings)
    if node is None:
        return None
    file = node.span.file
    changes: dict[int, Change] = {}
    for place in places(node):
        tree = parse(place.scalar.fragment, findings)
        change = None if tree is None else _change(place, tree)
        if change is not None:
            # By its start, since an alias leads to a scalar that stands elsewhere.
            changes[change.start] = change
    made = _applied(file.text, changes.values())
    if not _means_the_same(file, made):
        # YAML has more corners than this knows: what can't be changed safely by itself stays.
        safe = [c for c in changes.values() if _means_the_same(file, _applied(file.text, [c]))]
        made = _applied(file.text, safe)
    return file.text, made


class Change(NamedTuple):
    """What to put in place of a stretch of the file."""

    start: int
    end: int
    text: str


def _applied(text: str, changes: Iterable[Change]) -> str:
    for start, end, new in sorted(changes, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def _means_the_same(file: SourceFile, made: str) -> bool:
    """Whether the text is read as the file is: the same expressions, and the same of everything else."""
    return _read(file) == _read(SourceFile(file.path, made))


def _read(file: SourceFile) -> object:
    node = yaml.load_text(file, Findings())
    if node is None:
        return None
    expressions = {
        place.scalar.span.start: parse(place.scalar.fragment, Findings()) for place in places(node)
    }
    return [expressions.get(s.span.start) or (s.text, s.style == "plain") for s in nodes.scalars(node)]


def places(node: nodes.Node) -> Iterator[Place]:
    """The expressions of a file, in order."""
    yield from _places(node, (), False)


def _places(node: nodes.Node, path: tuple[str, ...], flow: bool) -> Iterator[Place]:
    if isinstance(node, nodes.Mapping):
        flow = flow or node.span.text[:1] == "{"
        for key, value in node.entries:
            here = (*path, key.text)
            if not isinstance(value, Scalar):
                yield from _places(value, here, flow)
            elif value.text.strip() and any(_fits(here, pattern) for pattern in _PATHS):
                yield Place(value, key, flow)


def _fits(path: tuple[str, ...], pattern: tuple[str, ...]) -> bool:
    return len(path) == len(pattern) and all(w in ("*", p) for p, w in zip(path, pattern, strict=True))


def _change(place: Place, tree: ast.Expression) -> Change | None:
    """What to put in place of a stretch of the file; None where it is as it must be, or can't be better."""
    scalar = place.scalar
    text = scalar.span.file.text
    about = comments(scalar.fragment)
    if scalar.style in ("literal", "folded"):
        return _in_block(place, tree, text)
    start, end = scalar.span.start, scalar.span.end
    if about and (place.flow or scalar.style != "plain"):
        return None
    room = WIDTH - (scalar.span.column - 1) - (2 if scalar.style in ("single", "double") else 0)
    escapes = _escapes(scalar)
    lines = layout(scalar.fragment, tree, 10**9 if place.flow or escapes else room)
    if len(lines) == 1 and not about:
        new = _quoted(lines[0], scalar.style, escapes)
        return None if new == text[start:end] else Change(start, end, new)
    # What needs several lines is a literal block; a YAML comment behind it moves to its header.
    line_end = text.find("\n", end)
    line_end = len(text) if line_end < 0 else line_end
    rest = text[end:line_end].rstrip("\r")
    pad = " " * (place.key.span.column + 1)
    lines = layout(scalar.fragment, tree, WIDTH - len(pad))
    ending = "\r\n" if "\r\n" in text else "\n"
    header = "|"
    if below := _BELOW.fullmatch(text, place.key.span.end, start):
        start, header = below.start(1), " |"
    return Change(start, line_end, f"{header}{rest}{ending}" + ending.join(pad + line for line in lines))


def _in_block(place: Place, tree: ast.Expression, text: str) -> Change | None:
    scalar = place.scalar
    header = _BLOCK.match(text, scalar.span.start)
    if header is None:
        # A header with an indentation of its own, such as `|2`: it would have to be kept in step.
        return None
    body = text[header.end() : scalar.span.end]
    written = body.rstrip()
    first = next(line for line in body.split("\n") if line.strip())
    pad = first[: len(first) - len(first.lstrip(" "))]
    ending = "\r\n" if "\r\n" in body else "\n"
    lines = layout(scalar.fragment, tree, WIDTH - len(pad))
    new = ending.join(pad + line if line else "" for line in lines)
    return None if new == written else Change(header.end(), header.end() + len(written), new)


def _quoted(text: str, style: str, written: Mapping[int, str]) -> str:
    match style:
        case "single":
            return "'" + text.replace("'", "''") + "'"
        case "double":
            return '"' + text.translate({ord("\\"): "\\\\", ord('"'): '\\"', **written}) + '"'
        case _:
            return text


def _escapes(scalar: Scalar) -> dict[int, str]:
    """The characters that a scalar writes by their code, as accents that stand alone are: they stay so."""
    if scalar.style != "double":
        return {}
    found = ((each[0], "".join(each.groups(""))) for each in _ESCAPE.finditer(scalar.span.text))
    return {int(code, 16): escape for escape, code in found if code and int(code, 16) > 0x7F}
