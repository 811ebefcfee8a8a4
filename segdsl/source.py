"""Source text and the places in it: what every message points at."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property

_LINE_BREAK = re.compile(r"\r\n?|\n")


@dataclass(frozen=True)
class SourceFile:
    """One text a user wrote.

    `path` is what messages show: relative to the project, with forward slashes, or a name in angle brackets
    for text that is in no file (`<expression>`). `text` is the decoded text without a byte-order mark.
    """

    path: str
    text: str = field(repr=False)

    @cached_property
    def _line_starts(self) -> list[int]:
        # YAML 1.2 and editors agree on these; other separators are ordinary characters to both.
        return [0, *(found.end() for found in _LINE_BREAK.finditer(self.text))]

    def position(self, offset: int) -> tuple[int, int]:
        """(line, column) of an offset, both 1-based, in code points."""
        line = bisect_right(self._line_starts, offset)
        return line, offset - self._line_starts[line - 1] + 1

    def line(self, number: int) -> str:
        """The text of a 1-based line, without its line break."""
        start = self._line_starts[number - 1]
        end = self._line_starts[number] if number < len(self._line_starts) else len(self.text)
        return self.text[start:end].rstrip("\r\n")

    def line_start(self, offset: int) -> int:
        """The offset at which the line of an offset starts."""
        return self._line_starts[bisect_right(self._line_starts, offset) - 1]

    def line_end(self, offset: int) -> int:
        """The offset at which the line of an offset ends, before its line break."""
        found = _LINE_BREAK.search(self.text, self.line_start(offset))
        return found.start() if found else len(self.text)

    def span(self, start: int, end: int) -> Span:
        """The span between two offsets, the end exclusive."""
        return Span(self, start, end)


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a file: offsets in code points, the end exclusive."""

    file: SourceFile = field(repr=False)
    start: int
    end: int

    @property
    def path(self) -> str:
        return self.file.path

    @property
    def line(self) -> int:
        return self.file.position(self.start)[0]

    @property
    def column(self) -> int:
        return self.file.position(self.start)[1]

    @property
    def end_line(self) -> int:
        return self.file.position(self.end)[0]

    @property
    def end_column(self) -> int:
        return self.file.position(self.end)[1]

    @property
    def text(self) -> str:
        return self.file.text[self.start : self.end]

    def to(self, other: Span) -> Span:
        """The span from the start of this one to the end of `other`, in the same file."""
        return Span(self.file, self.start, max(self.end, other.end))


@dataclass(frozen=True)
class Comment:
    """A YAML comment right behind a plain scalar: it may have cut an expression short. `key` is the scalar's."""

    at: Span
    key: str


@dataclass(frozen=True)
class Fragment:
    """Expression text inside a file, able to say where each of its characters stands in that file.

    For plain, literal and folded scalars `text` is the file's own text, line breaks included, and `places` is
    None: character i stands at `start + i`. For a quoted scalar `text` is decoded, and `places[i]` is where
    character i stands, from its offset to the end of what it is written as, with one more entry for the end.
    """

    file: SourceFile
    text: str
    start: int
    places: tuple[tuple[int, int], ...] | None = field(default=None, repr=False)
    comment: Comment | None = field(default=None, repr=False)

    @classmethod
    def of_text(cls, text: str, name: str = "<expression>") -> Fragment:
        """A fragment that is a whole text of its own, such as an argument of a command."""
        return cls(SourceFile(name, text), text, 0)

    def offset(self, index: int) -> int:
        """The file offset of character `index` of the text (which may be its end)."""
        return self.start + index if self.places is None else self.places[index][0]

    def span(self, start: int, end: int) -> Span:
        """The place in the file of `text[start:end]`."""
        if self.places is None:
            return Span(self.file, self.start + start, self.start + end)
        # The end is that of the last character, not the start of the next: a line break may lie between.
        first = self.places[start][0]
        return Span(self.file, first, self.places[end - 1][1] if end > start else first)

    @property
    def whole(self) -> Span:
        """The place of the text without the blanks around it."""
        stripped = self.text.strip()
        lead = len(self.text) - len(self.text.lstrip())
        return self.span(lead, lead + len(stripped))
