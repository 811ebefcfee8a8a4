"""Where names are looked up, and what a path of names leads to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from segdsl.diagnostics.wording import listing, suggest
from segdsl.semantics import ir
from segdsl.semantics.catalog import Attribute, Catalog, Table
from segdsl.semantics.types import Kind
from segdsl.source import Span
from segdsl.syntax import ast


@dataclass(frozen=True)
class Frame:
    """A row whose names can be used: of `table`, reached from the row of `scope` through `links`.

    `outer` is set inside an aggregate: the frame of the row the aggregate is for. `in_aggregate` tells that an
    aggregate would be one inside another. `steps` are the named earlier steps of a sequence.
    """

    table: Table
    scope: ir.Scope | ir.Earlier = ir.Scope.ROW
    links: ir.Links = ()
    outer: Frame | None = None
    in_aggregate: bool = False
    steps: tuple[tuple[str, Frame], ...] = ()

    def through(self, link: ir.Link, table: Table) -> Frame:
        return replace(self, table=table, links=(*self.links, link), outer=None, steps=())


@dataclass(frozen=True)
class Missing:
    """A path that leads nowhere: which name, why, and how to mend it. `told` where its declaration is to blame,
    at which that has been said; `near` where the help is a name that is meant, or what to do with this one."""

    message: str
    span: Span
    help: str | None
    told: bool = False
    near: bool = False


def follow(catalog: Catalog, frame: Frame, links: Iterable[ast.Name]) -> Frame | Missing:
    """The frame reached through a path of links. In an event, the entity's own name leads out to it."""
    for position, name in enumerate(links):
        if position == 0 and frame.outer is not None and name.text == frame.outer.table.entity:
            frame = frame.outer
            continue
        if position == 0 and (step := dict(frame.steps).get(name.text)) is not None:
            frame = step
            continue
        link = frame.table.links.get(name.text)
        if link is None:
            return _no_link(frame, name)
        if link.target not in catalog.tables:
            return Missing(f"there is no table `{link.target}`", name.at, None, told=True)
        frame = frame.through(catalog.ir_link(frame.table, link), catalog.tables[link.target])
    return frame


def _no_link(frame: Frame, name: ast.Name) -> Missing:
    table = frame.table
    if name.text in table.names:
        help = _links(table) if table.links else None
        message = f"`{name.text}` is not a link, so nothing can follow it"
        return Missing(message, name.at, help or f"`{table.name}` has no links: write `{name.text}` alone")
    help = suggest(name.text, table.links)
    near = help is not None
    if help is None and table.links:
        help = _links(table)
    elif help is None:
        help = f"`{table.name}` has {listing(table.names)}, and no links"
    return Missing(f"`{table.name}` has no link `{name.text}`", name.at, help, near=near)


def _links(table: Table) -> str:
    return f"`{table.name}` has the link{'s' * (len(table.links) > 1)} {listing(table.links)}"


def look_up(catalog: Catalog, frame: Frame, path: ast.Path) -> ir.Column | tuple[Frame, Attribute] | Missing:
    """What a path names: a column, or an attribute and the frame of the row it is about."""
    *links, last = path.parts
    reached = follow(catalog, frame, links)
    if isinstance(reached, Missing):
        if len(path.parts) > 1 and reached.span == path.parts[0].at:
            return _with_table_hint(catalog, frame, path, reached)
        return reached
    table, name = reached.table, last.text
    if name in table.columns or name in table.unlisted:
        return column(reached, name, path.at)
    if name in table.attributes:
        return reached, table.attributes[name]
    if name in table.faulty:
        return Missing(f"`{name}` has no type", last.at, None, told=True)
    return _with_table_hint(catalog, frame, path, _no_name(reached, last))


def _no_name(frame: Frame, name: ast.Name) -> Missing:
    table = frame.table
    if name.text in table.links:
        target = table.links[name.text].target
        return Missing(
            f"`{name.text}` is a link to `{target}`, not a value",
            name.at,
            f"name a column of it: `{name.text}.…`",
            near=True,
        )
    near = suggest(name.text, [*table.names, *sorted(table.faulty)])
    message = f"`{table.name}` has no column or attribute `{name.text}`"
    help = near or f"`{table.name}` has {listing(table.names)}"
    return Missing(message, name.at, help, near=near is not None)


def _with_table_hint(catalog: Catalog, frame: Frame, path: ast.Path, missing: Missing) -> Missing:
    first = path.parts[0].text
    if first in catalog.tables and first not in frame.table.links and missing.span == path.parts[0].at:
        rest = ".".join(part.text for part in path.parts)
        example = f"count({first})" if len(path.parts) == 1 else f"last({rest})"
        message = f"`{first}` is a table: its rows need an aggregate"
        return Missing(message, path.at, f"for example `{example}`", near=True)
    outer = frame.outer
    if (
        missing.span == path.parts[0].at
        and outer is not None
        and first in outer.table.names
        and outer.table.entity
    ):
        help = f"a column of the entity is written `{outer.table.entity}.{path.text}` in here"
        return replace(missing, help=help, near=True)
    return missing


def column(frame: Frame, name: str, span: Span | None = None) -> ir.Column:
    """A stored column of the frame's row."""
    table = frame.table
    declared = table.columns.get(name)
    type = table.column_type(name)
    stored_null = declared.nullable and name != table.key if declared else name != table.key
    # A float may be NaN, which counts as unknown whatever is declared.
    nullable = stored_null or type.kind is Kind.FLOAT or any(not link.required for link in frame.links)
    return ir.Column(
        frame.scope, frame.links, table.name, name, table.column_source(name), type, nullable, span=span
    )
