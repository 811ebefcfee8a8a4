"""From a file's node to its record, with each fault told at the value at fault."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, TypeVar, get_args, get_origin

from pydantic import ValidationError

from segdsl.diagnostics import Diagnostic, Findings
from segdsl.diagnostics.wording import suggest
from segdsl.files.models import Record
from segdsl.files.nodes import Mapping, Node, Scalar, Sequence
from segdsl.files.values import Refused

R = TypeVar("R", bound=Record)

_NAMED_PARTS = {"tables", "segments", "partitions", "targets", "params"}
_EXAMPLES = {
    "language": "add `language: 1`",
    "name": "add `name: …`, the project's name",
    "columns": "add `columns:` with each column's type, such as `region: string`",
    "tables": "add `tables:` with a table under it",
    "entity": "add `entity: …`, the table whose rows the segments choose from",
    "where": "add `where: …`, the condition",
    "given": "add `given: {…}`, a row of the entity",
    "member": "add `member: true`, or `member: false`",
    "by": "add `by: …`, such as `by: ntile(3, total_spend)`",
    "expr": "add `expr: …`, the expression",
    "type": "add `type: …`, such as `type: string`",
    "table": "add `table: …`, the table that the link leads to",
    "column": "add `column: …`, the column that holds the other table's key",
    "engine": "add `engine: duckdb`, or another engine",
    "attribute": "add `attribute: …`, the column that tells who has agreed",
}


@dataclass(frozen=True)
class Read(Generic[R]):
    """What could be read of a file: `record` lacks the parts in `broken`, such as (tables, orders)."""

    record: R | None
    broken: frozenset[tuple[str, ...]] = frozenset()


def read_record(model: type[R], node: Node, findings: Findings) -> Read[R]:
    """A record of a whole file, without the entries that have faults; None if what is left is none."""
    try:
        return Read(model.model_validate(node))
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False)
    told = [_diagnostic(model, node, fault) for fault in faults]
    # A misspelt key that is required would be told twice: as not known and as missing.
    mended = {
        (fault["loc"][:-1], d.help) for fault, d in zip(faults, told, strict=True) if d.rule == "unknown-key"
    }
    for fault, diagnostic in zip(faults, told, strict=True):
        misspelt = (fault["loc"][:-1], _did_you_mean(str(fault["loc"][-1]))) if fault["loc"] else None
        if diagnostic.rule != "missing-key" or misspelt not in mended:
            findings.add(diagnostic)
    broken = {_part(tuple(str(step) for step in fault["loc"])) for fault in faults}
    try:
        return Read(model.model_validate(_pruned(node, broken)), frozenset(broken))
    except ValidationError:
        return Read(None, frozenset(broken))


def _part(loc: tuple[str, ...]) -> tuple[str, ...]:
    return loc[:2] if loc[:1] and loc[0] in _NAMED_PARTS else loc[:1]


def _pruned(node: Node, broken: set[tuple[str, ...]]) -> Node:
    if not isinstance(node, Mapping):
        return node
    pruned = node.without({part[0] for part in broken if len(part) == 1})
    for part in {part[0] for part in broken if len(part) == 2}:
        inner = pruned.get(part)
        if isinstance(inner, Mapping):
            names = {names[1] for names in broken if names[0] == part and len(names) == 2}
            pruned = pruned.replacing(part, inner.without(names))
    return pruned


@dataclass(frozen=True)
class _Place:
    """Where a fault's path of steps leads: the node there, the key above it, and the model it is read by."""

    node: Node
    key: Scalar | None
    parent: Scalar | None
    model: type[Record] | None
    in_list: bool


def _place(model: type[Record], root: Node, loc: tuple[int | str, ...]) -> _Place:
    node, key, parent, in_list = root, None, None, False
    current: type[Record] | None = model
    names_follow = False
    for step in loc:
        match node:
            case Mapping() if (entry := node.index.get(str(step))) is not None:
                parent, (key, node), in_list = key, entry, False
                if names_follow:
                    names_follow = False
                elif current is not None:
                    current, names_follow = _inner(current, str(step))
            case Sequence() if isinstance(step, int):
                node, in_list = node.items[step], True
            case _:
                break
    return _Place(node, key, parent, current, in_list)


def _inner(model: type[Record], key: str) -> tuple[type[Record] | None, bool]:
    """The model of what stands under a key, and whether a mapping of names stands between."""
    for name, field in model.model_fields.items():
        if key == (field.alias or name):
            return _record_in(field.annotation), get_origin(field.annotation) is dict
    return None, False


def _record_in(annotation: Any) -> type[Record] | None:
    if isinstance(annotation, type) and issubclass(annotation, Record):
        return annotation
    return next((found for arg in get_args(annotation) if (found := _record_in(arg))), None)


def _diagnostic(model: type[Record], root: Node, fault: Any) -> Diagnostic:
    loc = fault["loc"]
    kind = fault["type"]
    if kind == "extra_forbidden":
        return _unknown_key(_place(model, root, loc[:-1]), root, str(loc[-1]), model)
    if kind == "missing":
        return _missing_key(_place(model, root, loc[:-1]), root, str(loc[-1]))
    refused: Refused = fault["ctx"]["error"]
    if loc and loc[-1] == "[key]":
        place = _place(model, root, loc[:-1])
        assert place.key is not None
        message = f"`{place.key.text}` {refused.message}" if place.key.text else "this name is empty"
        return Diagnostic(refused.rule, message, place.key.span, refused.help)
    place = _place(model, root, loc)
    if place.key is None:
        return Diagnostic(refused.rule, f"this file {refused.message}", place.node.span, refused.help)
    subject = f"an entry of `{place.key.text}`" if place.in_list else f"`{place.key.text}`"
    return Diagnostic(refused.rule, f"{subject} {refused.message}", place.node.span, refused.help)


def _unknown_key(place: _Place, root: Node, name: str, model: type[Record]) -> Diagnostic:
    entry = place.node.index[name] if isinstance(place.node, Mapping) else None
    known = [field.alias or key for key, field in (place.model or model).model_fields.items()]
    help = suggest(name, known) or "known here: " + ", ".join(f"`{k}`" for k in known)
    inside = f" in `{place.key.text}`" if place.key else " in this file"
    span = entry[0].span if entry else root.span
    return Diagnostic("unknown-key", f"`{name}` is not known{inside}", span, help)


def _did_you_mean(name: str) -> str:
    return f"did you mean `{name}`?"


def _missing_key(place: _Place, root: Node, name: str) -> Diagnostic:
    help = _EXAMPLES.get(name, f"add `{name}: …`")
    if place.key is None:
        start = root.span.start
        span = root.span.file.span(start, start)
        return Diagnostic("missing-key", f"the key `{name}` is missing from this file", span, help)
    return Diagnostic("missing-key", f"`{place.key.text}` lacks the key `{name}`", place.key.span, help)
