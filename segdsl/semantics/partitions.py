"""Partitions: each part as a condition of its own, made of what is written.

What is made here is syntax, so that a part is bound, explained and asked why as any segment is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from itertools import product
from typing import TYPE_CHECKING

from segdsl.semantics.catalog import Fact, Table
from segdsl.semantics.scope import Frame
from segdsl.semantics.times import a
from segdsl.semantics.types import INTEGER
from segdsl.source import Span
from segdsl.syntax import ast

if TYPE_CHECKING:
    from segdsl.files.models import AxisRecord, PartitionRecord
    from segdsl.semantics.binder import Binder


@dataclass(frozen=True)
class Partition:
    """The condition of each part by its name, in order, that of `otherwise` last.

    `gap` holds for who is in no part, and is None where `otherwise` takes them; `overlap` for who is in several
    parts, and is None where that can't be. `told` are conditions as people say them, of parts that leave out
    who is in others: the others are named, where `parts` hold their conditions.
    """

    parts: Mapping[str, ast.Expression]
    gap: ast.Expression | None
    overlap: ast.Expression | None
    told: Mapping[str, ast.Expression] = field(default_factory=dict)


def read_partition(binder: Binder, record: PartitionRecord, table: Table) -> Partition | None:
    """The partition; None after telling what is wrong with its form. Parts are bound when they are asked for."""
    if record.kind == "grid":
        return _grid(binder, record, table)
    listed = record.first_match or record.exclusive
    trees = {name: binder.parse(part.where.fragment) for name, part in listed.items()}
    known = {name: tree for name, tree in trees.items() if tree is not None}
    if len(known) < len(trees):
        return None
    conditions = list(known.values())
    if record.exclusive:
        at = record.name_span
        several = ast.HowMany("at least", ast.Number(2, at=at), tuple(conditions), at=at)
        whole = _whole(known, _none_of(conditions, at), record, several if len(conditions) > 1 else None)
        return _told(whole, record, {})
    parts: dict[str, ast.Expression] = {}
    for number, (name, condition) in enumerate(known.items()):
        parts[name] = _all_of([condition, *(_not(before) for before in conditions[:number])])
    return _told(_whole(parts, _none_of(conditions, record.name_span), record, None), record, known)


def _told(partition: Partition, record: PartitionRecord, in_turn: Mapping[str, ast.Expression]) -> Partition:
    """The partition with what is told of it; `in_turn` are conditions that hold for who is in no part before."""
    at, listed = record.name_span, list(record.first_match or record.exclusive)
    named = [_part(str(record.name), part, at) for part in listed]
    told = {
        part: _all_of([condition, *map(_not, named[:number])])
        for number, (part, condition) in enumerate(in_turn.items())
    }
    if record.otherwise is not None:
        told[str(record.otherwise)] = _none_of(named, at)
    return replace(partition, told=told)


def _part(partition: str, part: str, at: Span) -> ast.SegmentReference:
    name = ast.Path((ast.Name(partition, at=at), ast.Name(part, at=at)), at=at)
    return ast.SegmentReference(None, name, at=at)


def part_names(record: PartitionRecord, table: Table | None) -> list[str]:
    """The names of the parts, that of `otherwise` last. The catalog knows the labels of an axis without any."""
    if record.kind == "grid":
        labels = [_labels(axis, table) for axis in record.grid.values()]
        names = ["_".join(cell) for cell in product(*labels)]
    else:
        names = list(record.first_match or record.exclusive)
    return [*names, str(record.otherwise)] if record.otherwise else names


def _whole(
    parts: Mapping[str, ast.Expression],
    rest: ast.Expression,
    record: PartitionRecord,
    overlap: ast.Expression | None,
) -> Partition:
    if record.otherwise is None:
        return Partition(parts, rest, overlap)
    return Partition({**parts, str(record.otherwise): rest}, None, overlap)


def _all_of(conditions: Sequence[ast.Expression]) -> ast.Expression:
    return conditions[0] if len(conditions) == 1 else ast.And(tuple(conditions), at=conditions[0].at)


def _not(condition: ast.Expression) -> ast.Not:
    return ast.Not(condition, at=condition.at)


def _none_of(conditions: Sequence[ast.Expression], at: Span) -> ast.Expression:
    return _not(conditions[0] if len(conditions) == 1 else ast.Or(tuple(conditions), at=at))


# --- grids ------------------------------------------------------------------------------------------------


def _grid(binder: Binder, record: PartitionRecord, table: Table) -> Partition | None:
    axes = [_axis(binder, axis, table) for axis in record.grid.values()]
    known = [axis for axis in axes if axis is not None]
    if len(known) < len(axes):
        return None
    cells = {
        "_".join(label for label, _ in cell): _all_of([test for _, test in cell])
        for cell in product(*(axis.items() for axis in known))
    }
    in_none = [_none_of(list(axis.values()), record.name_span) for axis in known]
    rest = in_none[0] if len(in_none) == 1 else ast.Or(tuple(in_none), at=record.name_span)
    return _whole(cells, rest, record, None)


def _axis(binder: Binder, axis: AxisRecord, table: Table) -> dict[str, ast.Expression] | None:
    """The test of each label: of a column with `values` that it is the one listed there, else 1, 2, …"""
    tree = binder.parse(axis.by.fragment)
    value = None if tree is None else binder.value(tree, Frame(table))
    if tree is None or value is None:
        return None
    labels = _labels(axis, table)
    values: Sequence[Fact] | None = _column_values(axis, table)
    if values is None and value.type != INTEGER:
        return binder.error(
            "wrong-type",
            f"a grid is made by whole numbers from 1, or by a column with `values`, not by {a(value.type.kind)}",
            axis.at("by"),
            "use `ntile(3, …)` or `band(…)`",
        )
    if values is not None and len(labels) != len(values):
        return binder.error(
            "wrong-value",
            f"`{axis.name}` has {len(labels)} labels for the {len(values)} values of its column",
            axis.at("labels"),
            "give each value a label, in the order of the catalog",
        )
    if len(set(labels)) < len(labels):
        message = f"a label of `{axis.name}` stands twice"
        return binder.error(
            "duplicate-name", message, axis.at("labels"), "give each value a label of its own"
        )
    wanted = values if values is not None else range(1, len(labels) + 1)
    return {
        label: ast.Comparison("=", tree, _literal(each, tree.at), at=tree.at)
        for label, each in zip(labels, wanted, strict=True)
    }


def _literal(value: Fact, at: Span) -> ast.Expression:
    match value:
        case bool():
            return ast.Boolean(value, at=at)
        case int() | Decimal() if value < 0:
            return ast.Negate(ast.Number(-value, at=at), at=at)
        case int() | Decimal():
            return ast.Number(value, at=at)
        case float():
            return _literal(Decimal(repr(value)), at)
        case datetime():
            return ast.Timestamp(value, at=at)
        case date():
            return ast.Date(value, at=at)
        case str():
            return ast.String(value, at=at)


def _column_values(axis: AxisRecord, table: Table | None) -> tuple[Fact, ...] | None:
    name = axis.by.text.strip().strip("`")
    declared = table.columns.get(name) if table else None
    return declared.values if declared else None


def _labels(axis: AxisRecord, table: Table | None) -> list[str]:
    if axis.labels is not None:
        return [str(label) for label in axis.labels]
    return [slug(str(value)) for value in _column_values(axis, table) or ()]


def unlabelled(record: PartitionRecord, table: Table | None) -> list[AxisRecord]:
    """The axes that have no labels, though neither has the catalog values for them."""
    return [axis for axis in record.grid.values() if table is not None and not _labels(axis, table)]


def slug(text: str) -> str:
    """A text as part of a name: in lower case, everything but letters and digits as `_`."""
    return re.sub(r"\W+", "_", text).strip("_").lower()
