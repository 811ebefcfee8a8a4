"""What segments are expected to measure, checked for sense and held against the figures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from segdsl.diagnostics import Diagnostic
from segdsl.diagnostics.wording import listing, suggest
from segdsl.source import Span

if TYPE_CHECKING:
    from segdsl.files.models import ExpectRecord
    from segdsl.files.ranges import Range
    from segdsl.files.values import Text
    from segdsl.project import Project
    from segdsl.semantics.definitions import Definition

Size = Callable[[str], int]
Both = Callable[[str, str], int]


@dataclass(frozen=True)
class Expectation:
    """One expectation, judged. `other` is the segment it compares with; `actual` a count or a share (0..1), None
    of nothing."""

    segment: str
    kind: str
    other: str | None
    expected: str
    actual: int | float | None
    ok: bool
    span: Span

    def to_dict(self) -> dict[str, Any]:
        return {
            "segment": self.segment,
            "kind": self.kind,
            "other": self.other,
            "expected": self.expected,
            "actual": self.actual,
            "ok": self.ok,
        }


def others(expect: ExpectRecord) -> Iterator[tuple[str, Text | str, Span]]:
    """The other segments that are named, with the kind of expectation and the place of the name."""
    for name in expect.overlap:
        yield "overlap", name, expect.overlap_key(name)
    for kind, names in (("subset_of", expect.subset_of), ("disjoint_from", expect.disjoint_from)):
        for text in names:
            yield kind, text, text.span


def check_names(project: Project) -> Iterator[Diagnostic]:
    """Names in expectations that are no segment, or one about another entity."""
    for definition in project.definitions.values():
        for _, name, at in others(definition.expect) if definition.expect else ():
            other = project.definitions.get(str(name))
            if other is None:
                if project.may_have(str(name)):
                    continue
                help = (
                    suggest(str(name), project.definitions)
                    or f"the segments are {listing(project.definitions)}"
                )
                yield Diagnostic(
                    "unknown-name", f"there is no segment `{name}`", at, help, segment=definition.name
                )
            elif other.file.entity != definition.file.entity:
                message = (
                    f"`{name}` is about `{other.file.entity}`, and this is about `{definition.file.entity}`"
                )
                help = "only segments of one entity can be compared"
                yield Diagnostic("wrong-entity", message, at, help, segment=definition.name)


def judge(definition: Definition, size: Size, both: Both, population: int) -> Iterator[Expectation]:
    """The expectations of one segment, given sizes, overlaps and the population. `change` needs a baseline."""
    expect = definition.expect
    if expect is None:
        return
    name = definition.name
    if expect.size is not None:
        yield _in_range(name, "size", None, expect.size, size(name), population, expect.at("size"))
    for kind, other, at in others(expect):
        shared = both(name, str(other))
        match kind:
            case "overlap":
                yield _in_range(name, kind, str(other), expect.overlap[str(other)], shared, size(name), at)
            case "subset_of":
                outside = size(name) - shared
                yield Expectation(name, kind, str(other), str(other), outside, outside == 0, at)
            case _:
                yield Expectation(name, kind, str(other), str(other), shared, shared == 0, at)


def _in_range(
    name: str, kind: str, other: str | None, wanted: Range, count: int, whole: int, at: Span
) -> Expectation:
    if not wanted.is_share:
        return Expectation(name, kind, other, str(wanted.text), count, wanted.holds(count), at)
    # A share of nobody is none at all: whatever was expected of it holds only if nobody is fine.
    share = Fraction(count, whole) if whole else Fraction(0)
    return Expectation(
        name, kind, other, str(wanted.text), float(share) if whole else None, wanted.holds(share), at
    )


def failed(expectation: Expectation) -> Diagnostic:
    """What to tell of an expectation that does not hold."""
    e = expectation
    shown = (
        "nothing" if e.actual is None else f"{e.actual:,}" if isinstance(e.actual, int) else f"{e.actual:.2%}"
    )
    match e.kind:
        case "size":
            message = f"`{e.segment}` has a size of {shown}, expected {e.expected}"
        case "overlap":
            message = f"`{e.segment}` shares {shown} with `{e.other}`, expected {e.expected}"
        case "subset_of":
            message = (
                f"{shown} of `{e.segment}` are not in `{e.other}`, which is expected to hold all of them"
            )
        case _:
            message = f"{shown} of `{e.segment}` are in `{e.other}`, where none is expected"
    help = "change the condition, or what is expected of it"
    return Diagnostic("failed-expectation", message, e.span, help, segment=e.segment)
