"""The three kinds of file as Pydantic models: `reading.py` makes them from nodes."""

from __future__ import annotations

import re
from collections.abc import Mapping as MappingOf
from datetime import date
from typing import Annotated, Any, Self, TypeVar
from zoneinfo import ZoneInfo, available_timezones

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    PlainValidator,
    PrivateAttr,
    model_validator,
)

from segdsl.diagnostics.wording import listing, suggest
from segdsl.files import values
from segdsl.files.nodes import Mapping, Node, Scalar
from segdsl.files.ranges import Range, read_range, read_share
from segdsl.files.values import ExpressionText, Named, Refused, Text
from segdsl.source import SourceFile, Span

_METADATA = ("title", "description", "owner", "goal", "tags", "review_by", "stability")
_LEVELS = {
    "error": "error", "warning": "warning", "warn": "warning", "info": "info", "ignore": "ignore",
}  # fmt: skip
# Zones of the machine at hand, of no place, or of clocks that count leap seconds.
_NO_CALENDAR = re.compile(r"(localtime|posixrules|Factory|posix/.*|right/.*)\Z")


def _one_of(allowed: tuple[str, ...]) -> PlainValidator:
    def read(node: Any) -> Text:
        text = values.text(node)
        if text not in allowed:
            help = suggest(text, allowed) or "allowed: " + ", ".join(f"`{a}`" for a in allowed)
            raise Refused(f"cannot be {values.described(node)}", help)
        return text

    return PlainValidator(read)


def _language(node: Any) -> int:
    if not isinstance(node, Scalar) or type(node.value) is not int or node.value != 1:
        message = f"must be 1, the one this segdsl knows, not {values.described(node)}"
        help = "write `language: 1`, or install a segdsl that knows the other"
        raise Refused(message, help)
    return 1


def _timezone(node: Any) -> Text:
    name = values.text(node)
    try:
        known = not _NO_CALENDAR.match(name) and ZoneInfo(name)
    except (ValueError, OSError, LookupError):
        known = False
    if not known:
        zones = sorted(zone for zone in available_timezones() if not _NO_CALENDAR.match(zone))
        help = suggest(name, zones) or "use a name such as `Europe/Paris` or `UTC`"
        raise Refused(f"must be the name of a time zone, not {values.described(node)}", help)
    return name


def _level(node: Any) -> str:
    text = values.text(node)
    if text not in _LEVELS:
        help = "allowed: " + ", ".join(f"`{level}`" for level in ("error", "warning", "info", "ignore"))
        raise Refused(f"cannot be {values.described(node)}", help)
    return _LEVELS[text]


T = TypeVar("T")
_TextField = Annotated[Text, PlainValidator(values.text)]
_FilledField = Annotated[Text, PlainValidator(values.filled)]
_Flag = Annotated[bool, PlainValidator(values.boolean)]
_Count = Annotated[int, PlainValidator(values.count)]
_Day = Annotated[date, PlainValidator(values.day)]
_Expression = Annotated[ExpressionText, PlainValidator(values.expression)]
_Fact = Annotated[Text, PlainValidator(values.fact)]
_Facts = Annotated[Text | tuple[Text, ...], PlainValidator(values.facts)]
_Texts = Annotated[tuple[_FilledField, ...], BeforeValidator(values.items)]
_FactList = Annotated[tuple[_Fact, ...], BeforeValidator(values.items)]
_PartName = Annotated[Text, PlainValidator(values.part_name)]
_WordList = Annotated[tuple[_PartName, ...], BeforeValidator(values.items)]
_Range = Annotated[Range, PlainValidator(read_range)]
_Share = Annotated[Range, PlainValidator(read_share)]
_Row = Annotated[Mapping, PlainValidator(values.mapping)]
_Identifier = Annotated[str, AfterValidator(values.identifier)]
_Word = Annotated[str, AfterValidator(values.word)]
_FreeWord = Annotated[str, AfterValidator(values.free_word)]
_TextMap = Annotated[dict[str, _FilledField], BeforeValidator(values.plain)]
_IdentifiersTo = Annotated[dict[_Identifier, T], BeforeValidator(values.named)]
_WordsTo = Annotated[dict[_Word, T], BeforeValidator(values.named)]
_FreeWordsTo = Annotated[dict[_FreeWord, T], BeforeValidator(values.named)]
_TemplatesTo = Annotated[
    dict[Annotated[str, AfterValidator(values.template)], T], BeforeValidator(values.named)
]
_NamesTo = Annotated[dict[str, T], BeforeValidator(values.named)]


class Record(BaseModel):
    """A mapping of a file. It is made from its node, or from a `Named` node."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    _node: Node = PrivateAttr()
    _key: Scalar | None = PrivateAttr(default=None)

    @classmethod
    def short_form(cls) -> str | None:
        """The key that a bare scalar in place of the mapping stands for."""
        return None

    @model_validator(mode="wrap")
    @classmethod
    def _from_node(cls, value: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        key, node = (value.name, value.node) if isinstance(value, Named) else (None, value)
        short = cls.short_form()
        if isinstance(node, Mapping):
            record = handler({name.text: child for name, child in node.entries})
        elif short and isinstance(node, Scalar):
            record = handler({short: node})
        else:
            also = f", or just its `{short}`" if short else ""
            keys = [field.alias or name for name, field in cls.model_fields.items()]
            help = f"the keys are {listing(keys, len(keys))}, each with a value: `{keys[0]}: …`"
            raise Refused(f"must be a mapping of keys{also}, not {values.described(node)}", help)
        record._node, record._key = node, key
        return record

    @property
    def span(self) -> Span:
        """The place of the whole record, its name included."""
        return self._key.span.to(self._node.span) if self._key else self._node.span

    @property
    def file(self) -> SourceFile:
        return self._node.span.file

    def at(self, key: str) -> Span:
        """The place of the value of a key; where it is not written, that of the record's name."""
        if isinstance(self._node, Mapping):
            value = self._node.get(key)
            return value.span if value else self._home
        return self._node.span if key == self.short_form() else self._home

    def key_at(self, key: str) -> Span:
        """The place of a key itself."""
        entry = self._node.index.get(key) if isinstance(self._node, Mapping) else None
        return entry[0].span if entry else self._home

    def has(self, key: str) -> bool:
        """Whether a key is written."""
        return key == self.short_form() if isinstance(self._node, Scalar) else key in self._keys

    @property
    def _keys(self) -> MappingOf[str, object]:
        return self._node.index if isinstance(self._node, Mapping) else {}

    @property
    def _home(self) -> Span:
        span = self._node.span
        return self._key.span if self._key else span.file.span(span.start, span.start)


class NamedRecord(Record):
    """A record under a name of the user's own."""

    @property
    def name(self) -> Text:
        assert self._key is not None
        return Text.of(self._key)

    @property
    def name_span(self) -> Span:
        return self._home


class ParamRecord(NamedRecord):
    """A parameter; `default` by its raw text, a tuple for a list."""

    type: _FilledField
    default: _Facts | None = None
    description: _TextField | None = None


class TargetRecord(NamedRecord):
    """Where data is. Texts are as written: `${NAME}` is for `files.environment`."""

    engine: _FilledField
    tables: _TextMap = Field(default_factory=dict)
    database: _FilledField | None = None
    url: _FilledField | None = None
    schema_name: _FilledField | None = Field(default=None, alias="schema")
    timeout: _Count | None = None
    """Seconds that a statement may take."""


class SensitiveRecord(Record):
    """Tags (a word) and columns (`table.column`) whose use is forbidden or reviewed."""

    forbid: _Texts = ()
    review: _Texts = ()


class ConsentRecord(Record):
    """The attribute that segments with certain tags must require."""

    attribute: _FilledField
    for_tags: _Texts = ()


class PolicyRecord(Record):
    """What every segment must carry or keep to."""

    require: Annotated[tuple[Annotated[Text, _one_of(_METADATA)], ...], BeforeValidator(values.items)] = ()
    min_size: _Count | None = None
    max_segments: _Count | None = None
    sensitive: SensitiveRecord | None = None
    consent: ConsentRecord | None = None


class ProjectFile(Record):
    """`segdsl.yaml`."""

    language: Annotated[int, PlainValidator(_language)]
    name: _FilledField
    timezone: Annotated[str, PlainValidator(_timezone)] = "UTC"
    catalog: _Texts | None = None
    segments: _Texts | None = None
    default_target: _FilledField | None = None
    targets: _NamesTo[TargetRecord] = Field(default_factory=dict)
    policy: PolicyRecord | None = None
    params: _WordsTo[ParamRecord] = Field(default_factory=dict)
    rules: Annotated[dict[str, Annotated[str, PlainValidator(_level)]], BeforeValidator(values.plain)] = (
        Field(default_factory=dict)
    )


class ColumnRecord(NamedRecord):
    """A column and its facts; `values`, `min`, `max` by their raw text."""

    type: _FilledField
    source: _FilledField | None = None
    description: _TextField | None = None
    nullable: _Flag = True
    unique: _Flag = False
    values: _FactList | None = None
    min: _Fact | None = None
    max: _Fact | None = None
    tags: _Texts = ()

    @classmethod
    def short_form(cls) -> str:
        return "type"


class LinkRecord(NamedRecord):
    """A many-to-one link."""

    table: _FilledField
    column: _FilledField
    required: _Flag = False
    description: _TextField | None = None


class AttributeRecord(NamedRecord):
    """A derived attribute; `min` and `max` by their raw text."""

    expr: _Expression
    description: _TextField | None = None
    min: _Fact | None = None
    max: _Fact | None = None
    tags: _Texts = ()

    @classmethod
    def short_form(cls) -> str:
        return "expr"


class TableRecord(NamedRecord):
    """A table of the catalog. `time` may be a path with dots."""

    columns: _IdentifiersTo[ColumnRecord]
    source: _FilledField | None = None
    entity: _FilledField | None = None
    key: _FilledField | None = None
    time: _FilledField | None = None
    description: _TextField | None = None
    tags: _Texts = ()
    links: _IdentifiersTo[LinkRecord] = Field(default_factory=dict)
    attributes: _IdentifiersTo[AttributeRecord] = Field(default_factory=dict)


class CatalogFile(Record):
    """A file under `catalog/`."""

    tables: _IdentifiersTo[TableRecord]


class DescribedRecord(NamedRecord):
    """What segments and partitions tell about themselves."""

    title: _TextField | None = None
    description: _TextField | None = None
    owner: _TextField | None = None
    goal: _TextField | None = None
    tags: _Texts = ()
    review_by: _Day | None = None
    stability: Annotated[Text, _one_of(("stable",))] | None = None


class ExpectRecord(Record):
    """What is expected of a segment when it is measured. `overlap` and the lists name other segments."""

    size: _Range | None = None
    change: _Share | None = None
    overlap: Annotated[dict[str, _Range], BeforeValidator(values.plain)] = Field(default_factory=dict)
    subset_of: _Texts = ()
    disjoint_from: _Texts = ()

    def overlap_key(self, name: str) -> Span:
        """The place of the name of a segment under `overlap`."""
        node = self._node.get("overlap") if isinstance(self._node, Mapping) else None
        entry = node.index.get(name) if isinstance(node, Mapping) else None
        return entry[0].span if entry else self.at("overlap")


class ExampleRecord(Record):
    """A made-up row of the entity, and whether it is a member. Rows are read by the catalog, later."""

    given: _Row
    member: _Flag
    as_of: _Day | None = None
    population: Annotated[tuple[_Row, ...], BeforeValidator(values.items)] | None = None
    description: _TextField | None = None


class SegmentRecord(DescribedRecord):
    """A segment; with `for_each`, one for each combination of values, by their raw text."""

    where: _Expression
    expect: ExpectRecord | None = None
    examples: Annotated[tuple[ExampleRecord, ...], BeforeValidator(values.items)] = ()
    for_each: Annotated[dict[_Word, _FactList], BeforeValidator(values.plain)] = Field(default_factory=dict)

    @classmethod
    def short_form(cls) -> str:
        return "where"


class PartRecord(NamedRecord):
    """A part of a partition."""

    where: _Expression
    title: _TextField | None = None
    description: _TextField | None = None
    expect: ExpectRecord | None = None
    examples: Annotated[tuple[ExampleRecord, ...], BeforeValidator(values.items)] = ()

    @classmethod
    def short_form(cls) -> str:
        return "where"


class AxisRecord(NamedRecord):
    """One side of a grid: `labels` are the names of its values, in order."""

    by: _Expression
    labels: _WordList | None = None

    @classmethod
    def short_form(cls) -> str:
        return "by"


_KINDS = ("first_match", "exclusive", "grid")


class PartitionRecord(DescribedRecord):
    """A partition, of one of three kinds. `otherwise` names the part of all who are in no other."""

    first_match: _FreeWordsTo[PartRecord] = Field(default_factory=dict)
    exclusive: _FreeWordsTo[PartRecord] = Field(default_factory=dict)
    grid: _WordsTo[AxisRecord] = Field(default_factory=dict)
    otherwise: _PartName | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        kinds = [kind for kind in _KINDS if getattr(self, kind)]
        if len(kinds) != 1:
            found = " and ".join(f"`{kind}`" for kind in kinds)
            message = f"must be of one kind, not both {found}" if kinds else "has no parts"
            raise Refused(message, "list its parts under `first_match:`, `exclusive:` or `grid:`")
        return self

    @property
    def kind(self) -> str:
        return next(kind for kind in _KINDS if getattr(self, kind))


class SegmentFile(Record):
    """A file under `segments/`."""

    entity: _FilledField
    params: _WordsTo[ParamRecord] = Field(default_factory=dict)
    segments: _TemplatesTo[SegmentRecord] = Field(default_factory=dict)
    partitions: _FreeWordsTo[PartitionRecord] = Field(default_factory=dict)
