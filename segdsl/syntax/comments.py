"""Comments of an expression, and which of its clauses each is about."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from segdsl.diagnostics import Findings
from segdsl.source import Fragment
from segdsl.syntax import ast
from segdsl.syntax.parser import parse
from segdsl.syntax.printer import Remarks, listed, to_lines

_PIECES = re.compile(r"""'(?:[^'\r\n]|'')*'|"(?:[^"\r\n]|"")*"|`(?:[^`\r\n]|``)+`|(?P<comment>--[^\n]*)""")

_BLANK = re.compile(r"(?:\s|--[^\n]*)*")

_SETTLES = 8
"""After how many rounds at the latest a layout stays as it is."""

Item = ast.Expression | ast.Step


@dataclass(frozen=True)
class Comment:
    """`start` is a place in the file; `alone` tells that nothing stands before it on its line."""

    text: str
    start: int
    alone: bool


def layout(fragment: Fragment, tree: ast.Expression, width: int) -> list[str]:
    """The expression as lines of at most `width` characters where that can be helped, its comments kept.

    What is laid out is laid out as it stands: a comment that was moved may want its clause broken.
    """
    lines = to_lines(tree, width, remarks(fragment, tree))
    for _ in range(_SETTLES if comments(fragment) else 0):
        again = Fragment.of_text("\n".join(lines))
        read = parse(again, Findings())
        assert read == tree, "what is printed means the same"
        before, lines = lines, to_lines(read, width, remarks(again, read))
        if lines == before:
            break
    return lines


def comments(fragment: Fragment) -> list[Comment]:
    """The comments of a text, in order."""
    found = []
    for match in _PIECES.finditer(fragment.text):
        if match["comment"] is not None:
            before = fragment.text[: match.start()].rpartition("\n")[2]
            start = fragment.offset(match.start())
            found.append(Comment(match["comment"].rstrip(), start, not before.strip()))
    return found


def remarks(fragment: Fragment, tree: ast.Expression) -> Mapping[int, Remarks]:
    """The comments of an expression by the `id` of the node that each is about.

    A comment on a line of its own is about what comes next, one behind a clause about that clause.
    """
    homes = [(comment.text, *_home(comment, tree)) for comment in comments(fragment)]
    behind = Counter(id(item) for _, item, place in homes if place == "behind")
    found: dict[int, Remarks] = {}
    for text, item, place in homes:
        if place == "before" or (place == "behind" and behind[id(item)] > 1):
            # Only one fits behind a clause.
            found.setdefault(id(_outermost(item, tree)), Remarks()).before.append(text)
        else:
            about = found.setdefault(id(item), Remarks())
            (about.behind if place == "behind" else about.after).append(text)
    return found


def _home(comment: Comment, tree: ast.Expression) -> tuple[Item, str]:
    """What a comment is about, and where it stands to it: `before`, `behind` or `after`."""
    items = _innermost(comment, tree)
    if not items:
        whole = listed(tree)
        last_line = comment.start > tree.at.end and not comment.alone
        if last_line and whole and tree.at.line != tree.at.end_line:
            # Each clause has a line, so what is behind the last line is about the last clause.
            items = whole
    for item in items:
        if item.at.start <= comment.start < item.at.end:
            return item, "before" if comment.alone else "behind"
    before = [item for item in items if item.at.end <= comment.start]
    after = [item for item in items if item.at.start > comment.start]
    if not items:
        before, after = ([tree], []) if comment.start >= tree.at.start else ([], [tree])
        if comment.alone and comment.start < tree.at.end:
            before, after = [], [tree]
    behind = before and "\n" not in tree.at.file.text[before[-1].at.end : comment.start]
    if after and (comment.alone or not behind):
        return after[0], "before"
    return before[-1], "after" if comment.alone else "behind"


def _outermost(item: Item, tree: Any) -> Item:
    """The largest chain of clauses that starts with the item: what is before the one is before the other."""
    for node in _walk(tree):
        if isinstance(node, ast.And | ast.Or) and node.at.start == item.at.start:
            first: Item = node
            while isinstance(first, ast.And | ast.Or) and first is not item:
                first = first.operands[0]
            if first is item:
                return node
    return item


def _walk(node: Any) -> Iterator[Any]:
    """The node and all that is inside it, the outer ones first."""
    yield node
    for child in _children(node):
        yield from _walk(child)


def _innermost(comment: Comment, tree: Any) -> Sequence[Item]:
    """The items of the smallest list that the comment stands in; empty if it stands in none."""
    if not _holds(comment, tree):
        return ()
    for child in _children(tree):
        if found := _innermost(comment, child):
            return found
    items = listed(tree)
    inside = comment.start < tree.at.end or (items and _holds(comment, items[-1]))
    return items if inside else ()


def _holds(comment: Comment, node: Any) -> bool:
    """Whether the comment stands in the node or, where no parenthesis lies between, behind its last word."""
    if not node.at.start <= comment.start:
        return False
    if comment.start < node.at.end:
        return True
    text = node.at.file.text
    between = _BLANK.match(text, node.at.end, comment.start)
    if between is None or between.end() < comment.start:
        return False
    rest = _BLANK.match(text, comment.start)
    return not comment.alone or (rest is not None and text.startswith(")", rest.end()))


def _children(node: Any) -> Iterator[Any]:
    for each in fields(node):
        value = getattr(node, each.name)
        for part in value if isinstance(value, tuple) else (value,):
            if isinstance(part, ast.Node):
                yield part
