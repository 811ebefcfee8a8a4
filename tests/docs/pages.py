"""The manual as blocks: what is fenced on a page, and what the comments above each fence say about it.

A block that can be run is of one of the kinds that `tests.docs.session` knows. Comments such as
`<!-- in: examples/shop -->`, which a reader does not see, stand right above the fence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MADE = frozenset({"docs/language.md", "docs/rules.md"})
"""Pages that a generator makes; each has a test of its own that the page is what the generator makes."""

_FENCE = re.compile(
    r"(?P<above>(?:^<!-- [a-z ]+:[^\n]*-->\n)*)^```(?P<language>[a-z]*)\n(?P<text>.*?)^```$", re.M | re.S
)
_DIRECTIVE = re.compile(r"<!-- (?P<key>[a-z ]+):(?P<value>.*)-->")
_CUT = ("…", "[…]", "[...]")


@dataclass(frozen=True)
class Block:
    """A fenced block: `text` is what stands between the fences, at `page[start:end]`; `line` is the first one's."""

    language: str
    text: str
    directives: tuple[tuple[str, str], ...]
    line: int
    start: int
    end: int

    def get(self, key: str) -> str | None:
        return dict(self.directives).get(key)


def pages() -> list[Path]:
    """Every page that is written by hand, in order of its path."""
    found = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("examples/*/README.md")]
    return sorted(page for page in found if page.relative_to(ROOT).as_posix() not in MADE)


def blocks(page: str) -> Iterator[Block]:
    """The fenced blocks of a page. Raises ValueError where a fence is left open, indented or odd."""
    inside = 0
    for found in _FENCE.finditer(page):
        inside += 2
        directives = tuple(
            (each["key"].strip(), each["value"].strip()) for each in _DIRECTIVE.finditer(found["above"])
        )
        line = page.count("\n", 0, found.start("text")) + 1
        yield Block(
            found["language"], found["text"], directives, line, found.start("text"), found.end("text")
        )
    fences = len(re.findall(r"^\s*(?:```|~~~)", page, re.M))
    if fences != inside:
        raise ValueError(f"{fences} fences, {inside} of them as they should be: ```word at the line's start")


def is_cut(line: str) -> bool:
    """Whether a line stands for any number of lines that were left out."""
    return line.strip() in _CUT


def agrees(shown: str, found: str) -> bool:
    """Whether the lines found are those shown, blanks at their ends aside. A line `…` is any lines, or none."""
    return _agree(
        [line.rstrip() for line in shown.splitlines()], [line.rstrip() for line in found.splitlines()]
    )


def _agree(shown: Sequence[str], found: Sequence[str]) -> bool:
    if not any(is_cut(line) for line in shown):
        return list(shown) == list(found)
    first, *middle, last = _runs(shown)
    if len(first) + len(last) > len(found):
        return False
    rest = list(found[len(first) : len(found) - len(last)])
    if list(found[: len(first)]) != first or list(found[len(found) - len(last) :]) != last:
        return False
    for run in middle:
        starts = (at for at in range(len(rest) - len(run) + 1) if rest[at : at + len(run)] == run)
        at = next(starts, None)
        if at is None:
            return False
        rest = rest[at + len(run) :]
    return True


def _runs(lines: Sequence[str]) -> list[list[str]]:
    """The lines between the cuts."""
    runs: list[list[str]] = [[]]
    for line in lines:
        if is_cut(line):
            runs.append([])
        else:
            runs[-1].append(line)
    return runs
