"""The columns that a segment reads, each with what the catalog and the policy say of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Literal, cast

from segdsl.diagnostics import Findings
from segdsl.semantics import ir
from segdsl.semantics.scope import Frame
from segdsl.semantics.types import BOOLEAN
from segdsl.semantics.uses import Uses

if TYPE_CHECKING:
    from segdsl.project import Project

Use = Literal["value", "attribute", "time", "key"]
"""What a column is read for: what it says, when its row happened, or only to find its row. A derived attribute
is no column, and listed only where its tags say more than those of the columns it is made of."""

ALWAYS_SENSITIVE = frozenset({"sensitive", "personal"})
"""Tags that ask for care whatever the policy says."""


@dataclass(frozen=True)
class ColumnRead:
    """A column that is read. It is sensitive where its tags, its table's or the policy ask for care."""

    table: str
    column: str
    type: str
    tags: tuple[str, ...]
    sensitive: bool
    use: Use
    description: str | None

    def to_dict(self) -> dict[str, Any]:
        return {each.name: getattr(self, each.name) for each in fields(self)} | {"tags": list(self.tags)}


def columns_read(project: Project, used: Uses) -> list[ColumnRead]:
    """The columns used, in the order of the catalog."""
    return [
        _described(project, table.name, column, used)
        for table in project.catalog.tables.values()
        for column in (*table.columns, *sorted(table.unlisted))
        if (table.name, column) in used.columns
    ]


def attributes_tagged(project: Project, names: Iterable[tuple[str, str]]) -> list[ColumnRead]:
    """Those of some attributes, each a table and a name, that have tags or that the policy lists."""
    binder = project.binder(Findings())
    found = []
    for table, name in names:
        of_table = project.catalog.tables[table]
        attribute = of_table.attributes[name]
        sensitive = _needs_care(project, table, name, attribute.tags)
        if sensitive or attribute.tags:
            bound = binder.attribute(attribute, Frame(of_table), attribute.span)
            type = BOOLEAN if isinstance(bound, ir.CONDITIONS) else cast(ir.Value, bound).type
            told = project.files.tables[table].attributes[name].description
            tags = attribute.tags
            found.append(ColumnRead(table, name, str(type), tags, sensitive, "attribute", told))
    return found


def _described(project: Project, table: str, name: str, used: Uses) -> ColumnRead:
    declared = project.catalog.tables[table].columns.get(name)
    of_table = project.files.tables[table]
    record = of_table.columns.get(name)
    tags = tuple(dict.fromkeys((*(declared.tags if declared else ()), *map(str, of_table.tags))))
    use: Use = "value" if (table, name) in used.values else "time" if (table, name) in used.times else "key"
    type = str(project.catalog.tables[table].column_type(name))
    sensitive = _needs_care(project, table, name, tags)
    return ColumnRead(table, name, type, tags, sensitive, use, record.description if record else None)


def _needs_care(project: Project, table: str, name: str, tags: tuple[str, ...]) -> bool:
    policy = project.files.project.policy if project.files.project else None
    listed = (*policy.sensitive.forbid, *policy.sensitive.review) if policy and policy.sensitive else ()
    return bool({*tags, f"{table}.{name}"} & {*listed, *ALWAYS_SENSITIVE})
