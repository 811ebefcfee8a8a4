"""What segment files define: segments, the parts of partitions, and what `for_each` stamps, each with its name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import product
from typing import TYPE_CHECKING

from segdsl.diagnostics import Diagnostic, Findings
from segdsl.diagnostics.wording import suggest
from segdsl.files.models import PartitionRecord, PartRecord, SegmentRecord
from segdsl.semantics import ir
from segdsl.semantics.catalog import Catalog
from segdsl.semantics.literals import number_constant
from segdsl.semantics.partitions import part_names, slug, unlabelled
from segdsl.semantics.types import STRING
from segdsl.source import Span

if TYPE_CHECKING:
    from segdsl.files.models import ExampleRecord, ExpectRecord, SegmentFile
    from segdsl.files.values import Text

_BRACES = re.compile(r"\{([^\W\d]\w*)\}")


@dataclass(frozen=True)
class Definition:
    """A segment as written: its record and the file it stands in.

    A `part` of a partition has the partition's record. `values` are those that `for_each` gives, by name.
    """

    name: str
    file: SegmentFile
    record: SegmentRecord | PartitionRecord
    part: str | None = None
    values: Mapping[str, ir.Constant] = field(default_factory=dict)

    @property
    def partition(self) -> str | None:
        return str(self.record.name) if self.part is not None else None

    @property
    def unit(self) -> str:
        """What is bound as one: the segment, or the whole partition."""
        return self.partition or self.name

    def takes_turns_with(self, other: Definition) -> bool:
        """Whether both are parts of one waterfall, of which the first that fits is taken."""
        record = self.record
        return record is other.record and isinstance(record, PartitionRecord) and record.kind == "first_match"

    @property
    def span(self) -> Span:
        """The place of its name; of a part, that of the part's where it is written out."""
        return (self._own or self.record).name_span

    @property
    def path(self) -> str:
        """The file, relative to the project."""
        return self.record.file.path

    @property
    def title(self) -> str | None:
        return self._described("title")

    @property
    def description(self) -> str | None:
        return self._described("description")

    @property
    def owner(self) -> str | None:
        return self._filled(self.record.owner)

    @property
    def tags(self) -> tuple[str, ...]:
        return tuple(str(tag) for tag in self.record.tags)

    @property
    def expect(self) -> ExpectRecord | None:
        found = self._own
        return found.expect if isinstance(found, SegmentRecord | PartRecord) else None

    @property
    def examples(self) -> tuple[ExampleRecord, ...]:
        found = self._own
        return found.examples if isinstance(found, SegmentRecord | PartRecord) else ()

    @property
    def _own(self) -> SegmentRecord | PartRecord | None:
        """What is written of it alone: nothing, of a cell or of who is in no other part."""
        if isinstance(self.record, SegmentRecord):
            return self.record
        return {**self.record.first_match, **self.record.exclusive}.get(self.part or "")

    def _described(self, key: str) -> str | None:
        own = getattr(self._own, key, None)
        return self._filled(own if own is not None else getattr(self.record, key))

    def _filled(self, text: Text | None) -> str | None:
        """The text with `{country}` replaced by the value it stands for."""
        if text is None:
            return None
        shown = {name: str(value.value) for name, value in self.values.items()}
        return _BRACES.sub(lambda found: shown.get(found[1], found[0]), text)


def collect(files: tuple[SegmentFile, ...], catalog: Catalog, findings: Findings) -> dict[str, Definition]:
    """All definitions by name, in the order of files and places in them; names taken twice are told."""
    found: dict[str, Definition] = {}
    homes: dict[str, Span] = {}
    for file in files:
        records = [*file.segments.values(), *file.partitions.values()]
        for record in sorted(records, key=lambda each: each.name_span.start):
            named = str(record.name)
            if isinstance(record, PartitionRecord):
                if _is_new("partition", named, record.name_span, homes, findings):
                    _add_parts(found, file, record, catalog, findings)
                continue
            assert isinstance(record, SegmentRecord), "a file has segments and partitions"
            for definition in _stamped(file, record, findings):
                if _is_new("segment", definition.name, record.name_span, homes, findings):
                    found[definition.name] = definition
    return found


def _is_new(sort: str, name: str, at: Span, homes: dict[str, Span], findings: Findings) -> bool:
    if name not in homes:
        homes[name] = at
        return True
    first = homes[name]
    message = f"the {sort} `{name}` is already in {first.path}, line {first.line}"
    help = "rename one of the two: names are unique in a project"
    if first == at:
        message, help = (
            f"two of the values make the same name `{name}`",
            "names keep letters and digits only, in lower case",
        )
    findings.add(Diagnostic("duplicate-name", message, at, help))
    return False


def _add_parts(
    found: dict[str, Definition],
    file: SegmentFile,
    record: PartitionRecord,
    catalog: Catalog,
    findings: Findings,
) -> None:
    table = catalog.tables.get(file.entity)
    for axis in unlabelled(record, table):
        help = "write `labels: [low, mid, high]`, one for each number from 1"
        findings.add(
            Diagnostic("missing-key", f"`{axis.name}` lacks the key `labels`", axis.at("labels"), help)
        )
    for part in part_names(record, table):
        name = f"{record.name}.{part}"
        if name in found:
            message = f"the partition `{record.name}` has two parts named `{part}`"
            findings.add(
                Diagnostic("duplicate-name", message, record.name_span, "give each part its own name")
            )
            continue
        found[name] = Definition(name, file, record, part)


# --- for_each ---------------------------------------------------------------------------------------------


def _stamped(file: SegmentFile, record: SegmentRecord, findings: Findings) -> Iterator[Definition]:
    """One definition, or one for each combination of the values of `for_each`."""
    name = str(record.name)
    wanted = set(_BRACES.findall(name))
    if not wanted and not record.for_each:
        yield Definition(name, file, record)
        return
    for missing in sorted(wanted - set(record.for_each)):
        help = suggest(missing, record.for_each) or f"add `{missing}: […]` under `for_each:`"
        message = f"`{{{missing}}}` is not one of the names under `for_each`"
        findings.add(Diagnostic("unknown-name", message, record.name_span, help))
    for missing in sorted(set(record.for_each) - wanted):
        message = f"the name `{name}` does not hold `{{{missing}}}`, so all segments would be called the same"
        findings.add(Diagnostic("wrong-name", message, record.name_span, f"write `'{name}_{{{missing}}}'`"))
    if wanted != set(record.for_each):
        return
    columns = {each: _constants(texts) for each, texts in record.for_each.items()}
    for empty in [each for each, constants in columns.items() if not constants]:
        findings.add(
            Diagnostic("wrong-value", f"`{empty}` has no values", record.at("for_each"), "list at least one")
        )
    for combination in product(*columns.values()):
        values = dict(zip(columns, combination, strict=True))
        stamped = name
        for each, value in values.items():
            stamped = stamped.replace(f"{{{each}}}", slug(str(value.value)))
        yield Definition(stamped, file, record, None, values)


_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?\Z", re.ASCII)


def _constants(texts: tuple[Text, ...]) -> list[ir.Constant]:
    """The values of one name: numbers where all are written as such, without quotes and as numbers are printed
    (`01` is a postcode), else text."""
    numbers = [_NUMBER.match(text) if text.scalar.style == "plain" else None for text in texts]
    if not texts or not all(numbers):
        return [ir.Constant(str(text), STRING) for text in texts]
    if any(number and number[2] for number in numbers):
        return [number_constant(Decimal(text)) for text in texts]
    return [number_constant(int(text)) for text in texts]
