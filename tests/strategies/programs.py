"""Random programs: a catalog, its data, and segments in the order in which they refer to each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from segdsl.reference.interpreter import World
from segdsl.semantics import ir
from segdsl.semantics.catalog import Attribute
from segdsl.semantics.rows import event_time
from segdsl.semantics.scope import Frame
from segdsl.semantics.types import Kind, Type
from segdsl.source import Fragment
from segdsl.syntax import ast
from segdsl.syntax.printer import to_text
from tests.strategies import condition_forms, rank_forms, time_forms, value_forms  # noqa: F401  (they fill FORMS)
from tests.strategies.catalogs import Layout, layout
from tests.strategies.choices import Choices
from tests.strategies.pools import DAYS, ZONES
from tests.strategies.rows import Rows, rows
from tests.strategies.scenes import Attributed, Scene
from tests.strategies.syntax import AT
from tests.strategies.writer import ANY, Writer

_NAMES = (
    "s",
    "Active",
    "active",
    "count",
    "customer_id",
    "position",
    "flags",
    "größe",
    "x",
    "last",
    "a",
    "b",
)


@dataclass(frozen=True)
class Written:
    """A segment: whose it is, its tree, and what that binds to."""

    name: str
    entity: str
    tree: ast.Expression
    bound: ir.Segment


@dataclass(repr=False)
class Program:
    """A project with its data. `parameters` are the project's; `attributes` by table and name."""

    layout: Layout
    rows: Rows
    as_of: date
    parameters: dict[str, ir.Constant | tuple[ir.Constant, ...]]
    attributes: dict[str, dict[str, ast.Expression]] = field(default_factory=dict)
    segments: list[Written] = field(default_factory=list)
    refusals: Counter[str] = field(default_factory=Counter)

    @property
    def timezone(self) -> str:
        return self.layout.catalog.timezone

    def world(self) -> World:
        return World(self.rows, self.as_of)

    def __repr__(self) -> str:
        """All of it, for whoever has to find out what went wrong."""
        lines = ["", f"as of {self.as_of}, {self.timezone}"]
        for name, given in self.parameters.items():
            lines.append(f"${name} = {given}")
        for table in self.layout.catalog.tables.values():
            lines.append(f"{table.name}: key {table.key}, entity {table.entity}, time {table.time}")
            for column, type in self.layout.stored[table.name].items():
                declared = table.columns.get(column)
                known = "not listed" if declared is None else "" if declared.nullable else "not null"
                lines.append(f"  {column}: {type} {known}")
            for link in table.links.values():
                lines.append(f"  {link.name} -> {link.target} by {link.column}{' required' * link.required}")
            for attribute, tree in self.attributes.get(table.name, {}).items():
                lines.append(f"  {attribute} := {to_text(tree)}")
            lines += [f"    {list(row.values())}" for row in self.rows[table.name]]
        lines += [f"{each.name} ({each.entity}): {to_text(each.tree)}" for each in self.segments]
        return "\n".join(lines)


def programs(segments: int = 12, forms: Sequence[str] | None = None) -> st.SearchStrategy[Program]:
    """Programs of up to so many segments, of the given forms only, for Hypothesis to draw."""

    @st.composite
    def made(draw: st.DrawFn) -> Program:
        return program(Choices.drawn(draw), segments, forms)

    return made()


def program(choices: Choices, segments: int = 12, forms: Sequence[str] | None = None) -> Program:
    """One program. The same choices make the same."""
    zone, as_of = choices.of(ZONES), choices.of(DAYS)
    shape = layout(choices, as_of, zone)
    data = rows(choices, shape)
    found = Program(shape, data, as_of, _parameters(choices, shape, as_of))
    writer = Writer(choices, shape, found.world(), found.parameters, refusals=found.refusals)
    if forms is not None:
        writer.forms = forms
    _write_attributes(writer, found)
    count = 0
    while count < segments and (count < 1 or choices.pick(0, 99) > 3):
        _write_segment(writer, found, count)
        count += 1
    return found


def _parameters(
    choices: Choices, shape: Layout, as_of: date
) -> dict[str, ir.Constant | tuple[ir.Constant, ...]]:
    """A few, with values that are stored somewhere."""
    found: dict[str, ir.Constant | tuple[ir.Constant, ...]] = {}
    columns = [key for key in shape.pools if _may_be_parameter(shape.stored[key[0]][key[1]])]
    for name in choices.several(("n", "min_spend", "and", "größe", "quiet_days", "x1"), 0, 4):
        if name == "n":
            found[name] = ir.Constant(choices.of([2, 1, 30, 0, 7]), Type(Kind.INTEGER))
            continue
        if not columns:
            continue
        table, column = choices.of(columns)
        type = shape.stored[table][column]
        usable = [each for each in shape.pools[table, column] if _is_plain(each)]
        if not usable:
            continue
        if choices.chance(40):
            items = choices.several(usable, 1, 3)
            found[name] = tuple(ir.Constant(each, type) for each in items)
        else:
            found[name] = ir.Constant(choices.of(usable), type)
    return found


def _may_be_parameter(type: Type) -> bool:
    return type.kind is not Kind.KEY


def _is_plain(value: Any) -> bool:
    return not isinstance(value, float) or abs(value) < 1e9


def _write_attributes(writer: Writer, program: Program) -> None:
    """Up to two for each table, of those above it first; the catalog learns of each as it is made."""
    choices = writer.choices
    for name in program.layout.order:
        table = writer.catalog.tables[name]
        made: dict[str, Attribute] = table.attributes  # type: ignore[assignment]
        taken = {*table.names, *(each.entity for each in writer.catalog.tables.values())}
        for attribute in choices.several(("recency", "gefällt", "or", "total spend"), 0, 2):
            if attribute in taken:
                continue
            writer.start()
            scene = _scene(writer, name)
            plain = choices.chance(35)
            if plain:
                tree: ast.Expression | None = writer.condition(scene, 2)
            else:
                value = writer.value(scene, ANY, 3)
                tree = None if value is None else value.node
            bound = None if tree is None else writer.bound(tree, scene)
            if tree is None or bound is None:
                continue
            inside = not any(isinstance(part, _OF_THE_ENTITY) for part in nodes(tree)) and all(
                _is_inside(writer, scene, part) for part in nodes(tree) if isinstance(part, ast.Path)
            )
            text = to_text(tree)
            made[attribute] = Attribute(attribute, Fragment.of_text(text), AT)
            program.attributes.setdefault(name, {})[attribute] = tree
            type = bound.type if isinstance(bound, ir.VALUES) else None  # type: ignore[union-attr]
            writer.names.attributes[name, attribute] = Attributed(type, inside)


_OF_THE_ENTITY = (ast.Aggregate, ast.Rank, ast.Top, ast.Sequence)
"""What may not stand inside an aggregate."""


def _is_inside(writer: Writer, scene: Scene, path: ast.Path) -> bool:
    names = tuple(part.text for part in path.parts)
    for each in writer.names.reachable(scene.frame):
        if each.names == names and (each.table, names[-1]) in writer.names.attributes:
            return writer.names.attributes[each.table, names[-1]].inside
    return True


def nodes(tree: Any) -> list[Any]:
    """Every node of a syntax tree."""
    found = [tree]
    for part in found:
        for name in getattr(part, "__dataclass_fields__", ()):
            inner = getattr(part, name)
            parts = inner if isinstance(inner, tuple) else (inner,)
            found += [each for each in parts if isinstance(each, ast.Node)]
    return found


def _scene(writer: Writer, table: str) -> Scene:
    """The rows of a table, those that are in its population."""
    return Scene(Frame(writer.catalog.tables[table]), tuple((row, None) for row in writer.world.rows(table)))


def _write_segment(writer: Writer, program: Program, number: int) -> None:
    choices = writer.choices
    entities = [table.name for table in writer.catalog.tables.values() if table.key]
    people = [name for name in entities if writer.catalog.tables[name].entity == "customer"]
    entity = choices.of([*people * 3, *entities])
    scene = _scene(writer, entity)
    writer.start()
    tree = writer.condition(scene, choices.of([1, 2, 2, 3, 3, 4]))
    condition = writer.meant(tree, scene)
    assert condition is not None, f"{to_text(tree)} has been bound before"
    name = choices.of(_NAMES) if choices.chance(25) else f"s{number}"
    if name in writer.segments:
        name = f"s{number}"
    table = writer.catalog.ir_table(entity)
    population = ir.Population(table, event_time(writer.binder, writer.catalog.tables[entity]))
    bound = ir.Segment(name, population, condition)
    program.segments.append(Written(name, entity, tree, bound))
    writer.segments[name] = bound
    writer.costs[name] = writer.cost


def default_text(constant: ir.Constant) -> str:
    """The raw text of the default of a parameter."""
    match constant.value:
        case bool(value):
            return str(value).lower()
        case Decimal() as value:
            return format(value, "f")
        case str(value):
            return value
        case int() | float():
            return repr(constant.value)
        case value:
            return value.isoformat()
