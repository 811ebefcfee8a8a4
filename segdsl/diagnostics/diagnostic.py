"""The record of one finding, and a run's collection of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum

from segdsl.source import Span


class Severity(StrEnum):
    """How bad a finding is: an error fails the run, a warning does not."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True)
class Fix:
    """Text to put in place of the finding's span. A safe fix never changes what the file means."""

    replacement: str
    safe: bool = False


@dataclass(frozen=True)
class Diagnostic:
    """One finding. `rule` is a name in `segdsl.diagnostics.rules`; `help` says how to mend it.

    `span` is None only where no text of the user's is to blame (a missing file, say); then `path` may name
    the file. `segment` is the segment, part or partition it is about.
    """

    rule: str
    message: str
    span: Span | None = None
    help: str | None = None
    severity: Severity = Severity.ERROR
    segment: str | None = None
    fix: Fix | None = None
    path: str | None = None

    @property
    def shown_path(self) -> str | None:
        return self.span.path if self.span else self.path


class SegdslError(Exception):
    """The run could not do what was asked (exit code 2). The message is complete and for the user."""

    def __init__(self, message: str, help: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.help = help


class DataError(SegdslError):
    """The data could be read, but not as the catalog declares it: something is missing, or of another type."""


@dataclass
class Findings:
    """All findings of a run, gathered first and shown together."""

    items: list[Diagnostic] = field(default_factory=list)
    _told: set[Diagnostic] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        self._told = set(self.items)

    def add(self, diagnostic: Diagnostic) -> None:
        """Adds a finding, unless it is there already."""
        if diagnostic not in self._told:
            self._told.add(diagnostic)
            self.items.append(diagnostic)

    def extend(self, diagnostics: Iterable[Diagnostic]) -> None:
        for diagnostic in diagnostics:
            self.add(diagnostic)

    def about(self, segment: str | None) -> Findings:
        """The same findings, those without a segment now told to be about `segment`."""
        return Findings([d if d.segment else replace(d, segment=segment) for d in self.items])

    def __iter__(self) -> Iterator[Diagnostic]:
        return iter(self.sorted())

    def __len__(self) -> int:
        return len(self.items)

    @property
    def has_errors(self) -> bool:
        return any(d.severity is Severity.ERROR for d in self.items)

    def count(self, severity: Severity) -> int:
        return sum(d.severity is severity for d in self.items)

    def sorted(self) -> list[Diagnostic]:
        """By path, then place, then rule; those about no place first."""

        def order(d: Diagnostic) -> tuple[str, int, int, str, str]:
            if d.span is None:
                return (d.path or "", 0, 0, d.rule, d.message)
            return (d.span.path, d.span.start, d.span.end, d.rule, d.message)

        return sorted(self.items, key=order)


class FindingsError(SegdslError):
    """What was asked rests on something that is wrong (exit code 1): `findings` tell what, errors among them."""

    def __init__(self, message: str, findings: Findings, help: str | None = None) -> None:
        super().__init__(message, help)
        self.findings = findings
