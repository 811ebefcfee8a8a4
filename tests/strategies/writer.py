"""What generators of expressions share: they write syntax trees that bind, with constants near the data.

Each form of the language is a function in `FORMS`; adding an operator to the language means adding its form.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, TypeVar, cast

from segdsl.diagnostics import Findings
from segdsl.reference.interpreter import World, holds, value_of
from segdsl.reference.values import ReferenceOverflow
from segdsl.semantics import ir
from segdsl.semantics.binder import Binder
from segdsl.semantics.scope import Frame
from segdsl.semantics.types import Kind, Type
from segdsl.syntax import ast
from tests.strategies.catalogs import Layout
from tests.strategies.choices import Choices
from tests.strategies.literals import literal
from tests.strategies.scenes import Names, Reachable, Scene, Steps
from tests.strategies.syntax import AT

Kinds = frozenset[Kind]
NUMBERS = frozenset({Kind.INTEGER, Kind.DECIMAL, Kind.FLOAT})
TIMES = frozenset({Kind.DATE, Kind.TIMESTAMP, Kind.TIMESTAMPTZ})
CLOCKS = frozenset({Kind.TIMESTAMP, Kind.TIMESTAMPTZ})
ORDERED = NUMBERS | TIMES
MAX_FORMS = 120
"""How many forms are tried for one expression; after that, the simplest end it."""
ANY = ORDERED | {Kind.BOOLEAN, Kind.STRING}
"""All kinds but those of keys that are not listed."""


@dataclass(frozen=True)
class Made:
    """A value written: its tree, and what it binds to."""

    node: ast.Expression
    value: ir.Value

    @property
    def kind(self) -> Kind:
        return self.value.type.kind


ValueForm = Callable[["Writer", Scene, Kinds, int], ast.Expression | None]
ConditionForm = Callable[["Writer", Scene, int], ast.Expression | None]


@dataclass(frozen=True)
class Form:
    """One form of the language. `kinds` are those it may have as a value; none for a condition.

    `deep` tells that it holds other forms. `build` gives None where the scene has nothing to make it of.
    """

    name: str
    kinds: Kinds
    deep: bool
    weight: int
    build: Any


FORMS: dict[str, Form] = {}

F = TypeVar("F", bound=Callable[..., Any])


def form(name: str, kinds: Iterable[Kind] = (), *, deep: bool = True, weight: int = 1) -> Callable[[F], F]:
    """Adds a function to the forms: a ValueForm where kinds are given, else a ConditionForm."""

    def add(build: F) -> F:
        assert name not in FORMS, name
        FORMS[name] = Form(name, frozenset(kinds), deep, weight, build)
        return build

    return add


@dataclass
class Writer:
    """Writes the expressions of one program.

    `segments` are those that may be referred to, `costs` about how much work each is for the interpreter.
    `forms` are names of the forms in use.
    """

    choices: Choices
    layout: Layout
    world: World
    parameters: dict[str, ir.Constant | tuple[ir.Constant, ...]]
    segments: dict[str, ir.Segment] = field(default_factory=dict)
    costs: dict[str, int] = field(default_factory=dict)
    refusals: Counter[str] = field(default_factory=Counter)
    forms: Sequence[str] = field(default_factory=lambda: tuple(sorted(FORMS)))

    def __post_init__(self) -> None:
        self.catalog = self.layout.catalog
        self.names = Names(self.catalog)
        self.binder = Binder(
            self.catalog, Findings(), self.parameters, lambda name, at: self.segments.get(name)
        )
        self.cost = 1
        self.left = 0

    def start(self) -> None:
        """Before each new expression."""
        self.cost = 1
        self.left = MAX_FORMS

    @property
    def as_of(self) -> date:
        return self.world.as_of

    # --- binding and looking at the data ------------------------------------------------------------------

    def bound(self, node: ast.Expression, scene: Scene) -> ir.Value | ir.Condition | None:
        """What a tree means here; None, with the reason counted, where it means nothing."""
        made = self.binder.bind(node, scene.frame)
        return None if self._refused() else made

    def meant(self, node: ast.Expression, scene: Scene) -> ir.Condition | None:
        """The same of a tree as a condition, which a boolean value may be as well."""
        made = self.binder.condition(node, scene.frame)
        return None if self._refused() else made

    def _refused(self) -> bool:
        findings, self.binder.findings = self.binder.findings, Findings()
        if findings.has_errors:
            self.refusals[findings.sorted()[0].rule] += 1
        return findings.has_errors

    def made(self, node: ast.Expression | None, scene: Scene, kinds: Kinds) -> Made | None:
        """A tree as a value of one of the kinds; None where it is not one."""
        value = None if node is None else self.bound(node, scene)
        if node is None or not isinstance(value, ir.VALUES):
            return None
        found = Made(node, cast(ir.Value, value))
        return found if found.kind in kinds else None

    def seen(self, value: ir.Value, scene: Scene) -> list[Any]:
        """The known values of the scene's rows, each once."""
        try:
            found = [value_of(value, row, self.world, entity) for row, entity in scene.rows]
        except ReferenceOverflow:
            return []
        return list(dict.fromkeys(each for each in found if each is not None))

    def decides(self, condition: ir.Condition, scene: Scene) -> bool:
        """Whether it holds for some of the scene's rows and not for others."""
        try:
            found = {holds(condition, row, self.world, entity) for row, entity in scene.rows}
        except ReferenceOverflow:
            return False
        return len(found) == 2

    # --- constants ----------------------------------------------------------------------------------------

    def constant(self, made: Made, scene: Scene) -> ast.Expression | None:
        """A literal or parameter to hold against a value, near what the value is for some row."""
        choices = self.choices
        named = [name for name, each in self.parameters.items() if _fits(each, made.value.type)]
        if named and choices.chance(12):
            return ast.Parameter(choices.of(named), at=AT)
        seen = self.seen(made.value, scene)
        if made.kind is Kind.KEY or not seen:
            stored = self.stored_values(made.value)
            seen = seen or stored
        if not seen:
            return None if made.kind is Kind.KEY else self.any_literal(made.kind)
        return literal(choices, choices.of(seen), made.value.type, self.catalog.timezone)

    def stored_values(self, value: ir.Value) -> list[Any]:
        """What the column that a value comes from may hold."""
        while isinstance(value, ir.Aggregate) and value.value is not None:
            value = value.value
        if not isinstance(value, ir.Column):
            return []
        return list(self.layout.pools.get((value.table, value.name), ()))

    def stored_kind(self, made: Made) -> Kind | None:
        """The kind that a key which is not listed is stored as, which no two that are compared differ in."""
        if made.kind is not Kind.KEY or not isinstance(made.value, ir.Column):
            return None
        return self.layout.stored[made.value.table][made.value.name].kind

    def any_literal(self, kind: Kind) -> ast.Expression:
        """A literal of a kind, near something that is stored."""
        pools = [
            values
            for (table, column), values in self.layout.pools.items()
            if self.layout.stored[table][column].kind is kind
        ]
        some_day = self.as_of - timedelta(days=30)
        some: dict[Kind, tuple[Any, ...]] = {
            Kind.BOOLEAN: (True, False),
            Kind.INTEGER: (1, 0, 2),
            Kind.DECIMAL: (Decimal("1.5"), Decimal("0.00")),
            Kind.FLOAT: (1.0, 0.5),
            Kind.STRING: ("a", ""),
            Kind.DATE: (some_day,),
        }
        values = self.choices.of(pools) if pools else some.get(kind, (datetime.combine(some_day, time(12)),))
        return literal(self.choices, self.choices.of(values), Type(kind), self.catalog.timezone, exact=True)

    # --- forms --------------------------------------------------------------------------------------------

    def value(self, scene: Scene, kinds: Kinds, depth: int) -> Made | None:
        """A value of one of the kinds, in forms nested up to so many levels. None where there is nothing."""
        depth = depth if self.left > 0 else 0
        plain = self._usable(0, lambda form: bool(form.kinds & kinds))
        deep = self._usable(depth, lambda form: form.deep and bool(form.kinds & kinds))
        for _ in range(4):
            usable = deep if deep and self.choices.chance(70) else plain
            if not usable:
                continue
            self.left -= 1
            form = self.choices.of(usable)
            found = self.made(form.build(self, scene, kinds & form.kinds, depth - 1), scene, kinds)
            if found is not None:
                return found
        paths = self.paths(scene, kinds)
        return self.made(path(self.choices.of(paths).names), scene, kinds) if paths else None

    def only(self, name: str, scene: Scene, kinds: Kinds, depth: int) -> Made | None:
        """A value of one form, if that is in use."""
        form = FORMS[name]
        if name not in self.forms or not form.kinds & kinds:
            return None
        return self.made(form.build(self, scene, form.kinds & kinds, depth), scene, kinds)

    def condition(self, scene: Scene, depth: int) -> ast.Expression:
        """A condition, in forms nested up to so many levels; at a second look one that decides something."""
        depth = depth if self.left > 0 else 0
        plain = self._usable(depth, lambda form: not form.kinds)
        deep = [form for form in plain if form.deep]
        spare: ast.Expression = ast.Boolean(True, at=AT)
        for _ in range(5):
            usable = deep if deep and self.choices.chance(40) else plain
            if not usable:
                continue
            self.left -= 1
            node = self.choices.of(usable).build(self, scene, depth - 1)
            found = None if node is None else self.meant(node, scene)
            if node is None or found is None:
                continue
            if self.decides(found, scene) or self.choices.chance(10):
                return cast(ast.Expression, node)
            spare = node
        return spare

    def some_depth(self, depth: int) -> int:
        """How deep a value may be in a test that is so deep; more than a name as a rule."""
        return max(depth, self.choices.of([1, 2, 0, 1])) if self.left > 0 else 0

    def _usable(self, depth: int, wanted: Callable[[Form], bool]) -> list[Form]:
        forms = [FORMS[name] for name in self.forms if name in FORMS]
        fitting = [form for form in forms if wanted(form) and (depth > 0 or not form.deep)]
        return [form for form in fitting for _ in range(form.weight)]

    # --- names --------------------------------------------------------------------------------------------

    def paths(self, scene: Scene, kinds: Kinds) -> list[Reachable]:
        """The paths to values of the kinds. The scene's own and near ones are taken more often than far ones."""
        found = [
            each
            for each in self.names.reachable(scene.frame)
            if each.type is not None and each.type.kind in kinds
        ]
        longest = self.choices.of([1, 1, 1, 2, 2, 4])
        return [each for each in found if len(each.names) <= longest] or found

    def events(self, scene: Scene) -> tuple[Scene, Steps | None] | None:
        """A table of events of the scene's rows, as a scene of its own, and the `via` that leads to it."""
        chains = [] if scene.in_aggregate else self.names.chains(scene.frame)
        if not chains:
            return None
        # Far ones, by links that lead to each other, would be most of them.
        longest = self.choices.of([1, 1, 2, 3])
        near = [each for each in chains if len(each[1] or ()) <= longest and each[0] != scene.table.name]
        name, via = self.choices.of(near or chains)
        table = self.catalog.tables[name]
        steps = via or self.catalog.chains(name, scene.table.name)[0]
        links = self.catalog.links_along(name, steps)
        owned = [(row, self.world.follow(row, links)) for row in self.world.rows(name)]
        outer = Frame(scene.table, ir.Scope.ENTITY, in_aggregate=True)
        frame = Frame(table, outer=outer, in_aggregate=True)
        return Scene(frame, tuple((row, owner) for row, owner in owned if owner is not None)), via

    def entity(self, scene: Scene) -> Scene:
        """The scene of a window of an aggregate: the row that it is for, and no aggregates."""
        frame = Frame(scene.table, ir.Scope.ENTITY, in_aggregate=True)
        return Scene(frame, tuple((row, row) for row, _ in scene.rows))


def _fits(constant: ir.Constant | tuple[ir.Constant, ...], type: Type) -> bool:
    if isinstance(constant, tuple):
        return False
    kinds = {constant.type.kind, type.kind}
    return len(kinds) == 1 or kinds <= NUMBERS


def path(names: Steps) -> ast.Path:
    return ast.Path(tuple(ast.Name(name, at=AT) for name in names), at=AT)
