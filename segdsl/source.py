"""Source text and the places in it: what every message points at."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property


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
        # Only "\n" ends a line: "\r\n" is one break and other separators are ordinary characters to editors.
        starts = [0]
        at = self.text.find("\n")
        while at >= 0:
            starts.append(at + 1)
            at = self.text.find("\n", at + 1)
        return starts

    def position(self, offset: int) -> tuple[int, int]:
        """(line, column) of an offset, both 1-based, in code points."""
        line = bisect_right(self._line_starts, offset)
        return line, offset - self._line_starts[line - 1] + 1

    def line(self, number: int) -> str:
        """The text of a 1-based line, without its line break."""
        start = self._line_starts[number - 1]
        end = self._line_starts[number] - 1 if number < len(self._line_starts) else len(self.text)
        return self.text[start:end].rstrip("\r")

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
class Fragment:
    """Expression text inside a file, able to say where each of its characters stands in that file.

    For plain, literal and folded scalars `text` is the file's own text, line breaks included, and `offsets` is
    None: character i stands at `start + i`. For a quoted scalar `text` is decoded, and `offsets[i]` is the
    file offset of character i, with one more entry for the end.
    """

    file: SourceFile
    text: str
    start: int
    offsets: tuple[int, ...] | None = field(default=None, repr=False)

    @classmethod
    def of_text(cls, text: str, name: str = "<expression>") -> Fragment:
        """A fragment that is a whole text of its own, such as an argument of a command."""
        return cls(SourceFile(name, text), text, 0)

    def offset(self, index: int) -> int:
        """The file offset of character `index` of the text (which may be its end)."""
        return self.start + index if self.offsets is None else self.offsets[index]

    def span(self, start: int, end: int) -> Span:
        """The place in the file of `text[start:end]`."""
        if self.offsets is None:
            return Span(self.file, self.start + start, self.start + end)
        # The end is that of the last character, not the start of the next: an escape may lie between.
        last = self.offsets[end - 1] + 1 if end > start else self.offsets[start]
        return Span(self.file, self.offsets[start], max(last, self.offsets[start]))

    @property
    def whole(self) -> Span:
        """The place of the text without the blanks around it."""
        stripped = self.text.strip()
        lead = len(self.text) - len(self.text.lstrip())
        return self.span(lead, lead + len(stripped))
