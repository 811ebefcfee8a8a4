"""The key under which a text of a file stands: what advice about that text depends on."""

from __future__ import annotations

import re
from dataclasses import dataclass

from segdsl.source import SourceFile

# Keys whose value is an expression, and keys whose own keys each hold one.
_EXPRESSION_KEYS = {"where", "expr"}
_EXPRESSION_PARENTS = {"segments", "attributes"}

KEY = re.compile(r"([ ]*(?:-[ ]+)*)(?:([^\W\d][\w.\-]*)|'([^']*)'|\"([^\"]*)\")[ \t]*:(?=\s|$)")
_FLOW_KEY = re.compile(r"([^\W\d][\w.\-]*)\s*:\s+(?=\S)")
_KEY_BEFORE = re.compile(r"([\w.\-]+)\s*:\s*\Z")
_BLANKS = re.compile(r"\s*")


@dataclass(frozen=True)
class Owner:
    """The key under which the faulty text stands, and where its value starts (offset in code points).

    `indent` is how far in the key stands; inside braces it does not count and is -1.
    """

    key: str
    parent: str | None
    value: int
    indent: int

    @property
    def flow(self) -> bool:
        return self.indent < 0

    @property
    def is_expression(self) -> bool:
        return self.key in _EXPRESSION_KEYS or self.parent in _EXPRESSION_PARENTS

    @property
    def help(self) -> str:
        if not self.is_expression:
            return "put the whole value in quotes"
        place = "out of the braces, " if self.flow else ""
        return f"write {place}`{self.key}: |`, with the expression on the next line, further in"


def owner_of(file: SourceFile, context: int, at: int) -> Owner | None:
    """The key that the text at an offset belongs to; `context` is where its `{` stands, if it is in one."""
    text = file.text
    if text[context : context + 1] == "{" and context < at:
        keys = list(_FLOW_KEY.finditer(text, context, at))
        if not keys:
            return None
        before = _KEY_BEFORE.search(text[file.line_start(context) : context])
        return Owner(keys[-1][1], before[1] if before else None, keys[-1].end(), -1)
    start = file.line_start(at)
    while True:
        if found := KEY.match(text, start):
            value = _BLANKS.match(text, found.end())
            key = next(part for part in found.groups()[1:] if part is not None)
            indent = len(found[1])
            parent = _parent(file, start, indent)
            return Owner(key, parent, value.end() if value else found.end(), indent)
        if start == 0:
            return None
        start = file.line_start(start - 1)


def _parent(file: SourceFile, start: int, indent: int) -> str | None:
    """The key of the nearest line above that is less indented."""
    text = file.text
    while start > 0:
        start = file.line_start(start - 1)
        if (found := KEY.match(text, start)) and len(found[1]) < indent:
            return next(part for part in found.groups()[1:] if part is not None)
    return None
