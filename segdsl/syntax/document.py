"""Text that knows where it may be broken into lines.

The algorithm is that of Wadler, "A prettier printer" (2003): a group stands on one line where it fits, else all
of its own line breaks are taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Line:
    """A line break, or `flat` where its group stands on one line; a `hard` one is always a break."""

    flat: str = " "
    hard: bool = False


@dataclass(frozen=True)
class Nest:
    """What is broken inside is indented by two more blanks."""

    inside: Document


@dataclass(frozen=True)
class Group:
    """What stands on one line if it fits and holds no hard line break."""

    inside: Document

    @cached_property
    def must_break(self) -> bool:
        return _has_hard(self.inside)


@dataclass(frozen=True)
class Broken:
    """Nothing, but the groups around it are broken."""


Document = str | Line | Broken | Nest | Group | tuple["Document", ...]

LINE = Line()
SOFT = Line("")
HARD = Line(hard=True)
BROKEN = Broken()
_INDENT = 2


def joined(parts: Iterable[Document], between: Document) -> Document:
    """The parts with something between each two."""
    result: list[Document] = []
    for part in parts:
        result += [between, part] if result else [part]
    return tuple(result)


def flat(document: Document) -> str:
    """The text on one line; it must not hold a hard line break."""
    match document:
        case str():
            return document
        case Line(text, hard):
            assert not hard, "a comment needs lines of its own"
            return text
        case Nest(inside) | Group(inside):
            return flat(inside)
        case Broken():
            return ""
        case _:
            return "".join(map(flat, document))


def start(document: Document) -> str:
    """The first piece of text."""
    match document:
        case str():
            return document
        case Nest(inside) | Group(inside):
            return start(inside)
        case tuple():
            return next((text for each in document if (text := start(each))), "")
        case _:
            return ""


def render(document: Document, width: int) -> list[str]:
    """The lines, none longer than `width` where it can be helped."""
    lines: list[str] = []
    current = ""
    todo: list[tuple[int, bool, Document]] = [(0, True, Group(document))]
    while todo:
        indent, broken, part = todo.pop()
        match part:
            case str():
                current += part
            case Line(text, hard):
                if broken or hard:
                    lines.append(current.rstrip())
                    current = " " * indent
                else:
                    current += text
            case Broken():
                pass
            case Nest(inside):
                todo.append((indent + _INDENT, broken, inside))
            case Group(inside):
                fits = not part.must_break and _fits(inside, width - len(current), todo)
                todo.append((indent, not fits, inside))
            case _:
                todo += [(indent, broken, each) for each in reversed(part)]
    return [*lines, current.rstrip()]


def _fits(document: Document, room: int, after: Sequence[tuple[int, bool, Document]]) -> bool:
    """Whether it fits on one line, with what follows up to the next line break."""
    todo: list[tuple[bool, Document]] = [(False, document)]
    left = len(after)
    while room >= 0:
        if not todo:
            if not left:
                return True
            left -= 1
            todo.append(after[left][1:])
        broken, part = todo.pop()
        match part:
            case str():
                room -= len(part)
            case Line(text, hard):
                if broken or hard:
                    return True
                room -= len(text)
            case Broken():
                pass
            case Nest(inside):
                todo.append((broken, inside))
            case Group(inside):
                todo.append((False if not part.must_break else broken, inside))
            case _:
                todo += [(broken, each) for each in reversed(part)]
    return False


def _has_hard(document: Document) -> bool:
    match document:
        case str():
            return False
        case Line(_, hard):
            return hard
        case Broken():
            return True
        case Nest(inside):
            return _has_hard(inside)
        case Group():
            return document.must_break
        case _:
            return any(map(_has_hard, document))
