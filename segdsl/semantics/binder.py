"""From syntax tree to IR: names resolved, types checked, logic in normal form.

A node that is wrong adds its findings and binds to None; what holds it binds to None silently, so that every
mistake of an expression is told once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import assert_never, cast

from segdsl.diagnostics import Diagnostic, Findings, Severity
from segdsl.diagnostics.wording import circle, suggest
from segdsl.semantics import advice, ir
from segdsl.semantics.calendar import AS_OF
from segdsl.semantics.catalog import Attribute, Catalog
from segdsl.semantics.comparisons import bind_between, bind_comparison, bind_in
from segdsl.semantics.functions import bind_call, coerce
from segdsl.semantics.history import bind_as_of
from segdsl.semantics.literals import number_constant
from segdsl.semantics.logic import all_of, any_of, negate
from segdsl.semantics.parts import has_rank
from segdsl.semantics.ranks import bind_rank, bind_sample, bind_top
from segdsl.semantics.rows import bind_aggregate
from segdsl.semantics.scope import Frame, Missing, follow, look_up
from segdsl.semantics.sequences import bind_sequence
from segdsl.semantics.times import (
    a,
    calendar_unit,
    count,
    day_of,
    has_value_ends,
    in_days,
    in_values,
    point,
    window_days,
    within,
)
from segdsl.semantics.types import (
    BOOLEAN,
    FLOAT,
    MAX_DIGITS,
    STRING,
    TIMESTAMP,
    arithmetic,
)
from segdsl.source import Fragment, Span
from segdsl.syntax import ast
from segdsl.units import Unit

Bound = ir.Value | ir.Condition


@dataclass
class Opened:
    """What an attribute means in a frame, or the first mistake in it, and the days of `as of` in it."""

    bound: Bound | None
    mistake: Diagnostic | None
    shifts: tuple[tuple[ir.Day, Span], ...]


@dataclass
class Binder:
    """Binds the expressions of a project.

    `findings` and `parameters` are those of the file at hand. Parameters are constants, lists of them tuples;
    None where what is wrong with one has been told. They are not `whole` where their file could not be read; `elsewhere`
    tells the files of parameters that other files declare.
    `segment` gives the bound segment of a name, telling what is wrong at the given place or returning None.
    """

    catalog: Catalog
    findings: Findings
    parameters: Mapping[str, ir.Constant | tuple[ir.Constant, ...] | None]
    segment: Callable[[str, Span], ir.Segment | None]
    whole_parameters: bool = True
    elsewhere: Mapping[str, str] = field(default_factory=dict)
    parse_text: Callable[[Fragment, Findings], ast.Expression | None] | None = None
    mentions: dict[tuple[str, str] | None, set[tuple[str, str]]] = field(default_factory=dict)
    """The attributes (table and name) that texts mention: for each attribute, and (None) for what is bound."""
    shifts: list[tuple[ir.Day, Span]] = field(default_factory=list)
    """The days named by `as of` in what is being bound."""
    _attributes: dict[tuple[str, str, Frame], Opened] = field(default_factory=dict)
    _open: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        # What attributes see, whichever file uses them.
        self._shared = self.parameters

    def parse(self, fragment: Fragment) -> ast.Expression | None:
        """The tree of a text, telling what is wrong with it. The parser is loaded when it is first needed."""
        if self.parse_text is None:
            from segdsl.syntax.parser import parse

            self.parse_text = parse
        return self.parse_text(fragment, self.findings)

    @contextmanager
    def shared_parameters(self) -> Iterator[None]:
        """For the text of an attribute, which sees the parameters of the project alone."""
        before, self.parameters = self.parameters, self._shared
        try:
            yield
        finally:
            self.parameters = before

    # --- findings -----------------------------------------------------------------------------------------

    def error(self, rule: str, message: str, span: Span, help: str | None = None) -> None:
        self.findings.add(Diagnostic(rule, message, span, help))

    def warning(self, rule: str, message: str, span: Span, help: str | None = None) -> None:
        self.findings.add(Diagnostic(rule, message, span, help, Severity.WARNING))

    def missing(self, missing: Missing) -> None:
        if not missing.told:
            self.error("unknown-name", missing.message, missing.span, missing.help)

    # --- the two sorts ------------------------------------------------------------------------------------

    def condition(self, node: ast.Expression, frame: Frame) -> ir.Condition | None:
        """The node as a condition; a boolean value holds when it is true."""
        bound = self.bind(node, frame)
        if bound is None or isinstance(bound, ir.CONDITIONS):
            return cast("ir.Condition | None", bound)
        value = cast(ir.Value, bound)
        if value.type != BOOLEAN:
            return self.error(
                "wrong-type",
                f"this is {a(value.type.kind)}, not a condition",
                node.at,
                advice.as_condition(value, node),
            )
        if isinstance(value, ir.Constant):
            return ir.Always(bool(value.value))
        return ir.BooleanTest(value, expected=True, on_unknown=False, span=node.at)

    def value(self, node: ast.Expression, frame: Frame) -> ir.Value | None:
        """The node as a value."""
        bound = self.bind(node, frame)
        if bound is None or isinstance(bound, ir.VALUES):
            return cast("ir.Value | None", bound)
        return self.error(
            "wrong-type",
            "this is a condition, where a value is needed",
            node.at,
            f"write `if({advice.written(node)}, 1, 0)` to count it",
        )

    def bind(self, node: ast.Expression, frame: Frame) -> Bound | None:
        match node:
            case ast.And(operands) | ast.Or(operands):
                bound = [self.condition(operand, frame) for operand in operands]
                known = [each for each in bound if each is not None]
                if len(known) < len(bound):
                    return None
                return all_of(known) if isinstance(node, ast.And) else any_of(known)
            case ast.Not(operand):
                return _negated(self.condition(operand, frame), True)
            case ast.Comparison():
                return bind_comparison(self, node, frame)
            case ast.Between():
                return bind_between(self, node, frame)
            case ast.In():
                return bind_in(self, node, frame)
            case ast.IsKnown():
                return self._is_known(node, frame)
            case ast.TextTest():
                return _negated(self._text(node, frame), node.negated)
            case ast.InWindow():
                return _negated(self._in_window(node, frame), node.negated)
            case ast.HowMany(bound_word, number, conditions):
                amount = count(self, number)
                items = [self.condition(each, frame) for each in conditions]
                known = [each for each in items if each is not None]
                if amount is None or len(known) < len(items):
                    return None
                return ir.HowMany(bound_word, amount, tuple(known), negated=False)
            case ast.SegmentReference():
                return self._member(node, frame)
            case ast.Aggregate():
                return bind_aggregate(self, node, frame)
            case ast.Rank():
                return bind_rank(self, node, frame)
            case ast.Top():
                return bind_top(self, node, frame)
            case ast.Sample():
                return bind_sample(self, node, frame)
            case ast.Sequence():
                return bind_sequence(self, node, frame)
            case ast.AsOf():
                return bind_as_of(self, node, frame)
            case ast.Path():
                return self.path(node, frame)
            case ast.Call():
                return bind_call(self, node, frame)
            case ast.Negate() | ast.Arithmetic():
                return self._arithmetic(node, frame)
            case ast.Since() | ast.FromTo() | ast.ToAnniversary():
                return self._distance(node, frame)
            case ast.Today() | ast.Yesterday() | ast.Ago() | ast.StartOf() | ast.Date():
                day = point(self, node)
                return None if day is None else ir.Point(day)
            case ast.Number() | ast.String() | ast.Boolean() | ast.Timestamp() | ast.Parameter():
                return self._literal(node)
            case _:
                assert_never(node)

    # --- values -------------------------------------------------------------------------------------------

    def parameter(self, node: ast.Parameter) -> ir.Constant | tuple[ir.Constant, ...] | None:
        if node.name in self.parameters or not self.whole_parameters:
            return self.parameters.get(node.name)
        help = suggest(f"${node.name}", [f"${name}" for name in self.parameters])
        if help is None and node.name in self.elsewhere:
            help = f"it is a parameter of {self.elsewhere[node.name]}: to share it, move it to segdsl.yaml"
        help = help or "declare it under `params:` of the file or the project"
        return self.error("unknown-name", f"there is no parameter `${node.name}`", node.at, help)

    def _literal(
        self, node: ast.Number | ast.String | ast.Boolean | ast.Timestamp | ast.Parameter
    ) -> ir.Value | None:
        match node:
            case ast.Number(value):
                return number_constant(value)
            case ast.String(text):
                return ir.Constant(text, STRING)
            case ast.Boolean(truth):
                return ir.Constant(truth, BOOLEAN)
            case ast.Timestamp(moment):
                return ir.Constant(moment, TIMESTAMP)
            case ast.Parameter(name):
                constant = self.parameter(node)
                if isinstance(constant, tuple):
                    return self.error("wrong-type", f"`${name}` is a list", node.at, f"write `in ${name}`")
                if constant is not None and type(constant.value) is date:
                    return ir.Point(ir.Day(constant.value))
                return constant
            case _:
                assert_never(node)

    def path(self, path: ast.Path, frame: Frame) -> Bound | None:
        """What a path stands for: a column, or an attribute opened."""
        found = look_up(self.catalog, frame, path)
        if isinstance(found, Missing):
            return self.missing(found)
        if isinstance(found, ir.Column):
            return found
        return self.attribute(found[1], found[0], path.at)

    def attribute(self, attribute: Attribute, frame: Frame, at: Span) -> Bound | None:
        """An attribute opened for a row of its table, used at `at`.

        What is wrong with it in itself is told once, at its text; what is wrong with it here, at the use.
        """
        name = (frame.table.name, attribute.name)
        self.mentions.setdefault(self._open[-1] if self._open else None, set()).add(name)
        if name in self._open:
            names = [f"{table}.{own}" for table, own in self._open[self._open.index(name) :]]
            message, help = circle("attribute", names)
            return self.error("cycle", message, attribute.span, help)
        home = self._opened(attribute, Frame(frame.table), name, self.findings)
        if home.bound is None:
            return None
        opened = self._opened(attribute, frame, name, None)
        if opened.mistake is not None:
            message = f"{opened.mistake.message} (by way of the attribute `{attribute.name}`)"
            self.error(opened.mistake.rule, message, at, opened.mistake.help)
        self.shifts.extend(opened.shifts)
        return opened.bound

    def _opened(
        self, attribute: Attribute, frame: Frame, name: tuple[str, str], tell: Findings | None
    ) -> Opened:
        key = (*name, frame)
        if key not in self._attributes:
            before = self.findings, self.parameters, self.shifts
            self.findings, self.parameters, self.shifts = Findings(), self._shared, []
            self._open.append(name)
            tree = self.parse(attribute.expression)
            bound = None if tree is None else self.bind(tree, frame)
            self._open.pop()
            scratch, shifts = self.findings, tuple(self.shifts)
            self.findings, self.parameters, self.shifts = before
            if tell is not None:
                tell.extend(scratch)
            first = next(iter(scratch), None)
            self._attributes[key] = Opened(bound, first if bound is None else None, shifts)
        return self._attributes[key]

    def _arithmetic(self, node: ast.Negate | ast.Arithmetic, frame: Frame) -> ir.Value | None:
        operands = (node.operand,) if isinstance(node, ast.Negate) else (node.left, node.right)
        bound = [self.value(operand, frame) for operand in operands]
        values = [value for value in bound if value is not None]
        if len(values) < len(bound):
            return None
        for value, written in zip(values, operands, strict=True):
            if not value.type.is_number:
                message = f"arithmetic needs numbers, and this is {a(value.type.kind)}"
                return self.error("wrong-type", message, written.at, advice.arithmetic(value, written))
        if isinstance(node, ast.Negate):
            if isinstance(values[0], ir.Constant):
                return ir.Constant(_negative(values[0].value), values[0].type)
            return ir.Negate(values[0], values[0].type)
        left, right = values
        if node.operator == "/":
            float_needed = FLOAT in (left.type, right.type)
            return ir.Divide(*(coerce(v, FLOAT) if float_needed else v for v in (left, right)))
        type = arithmetic(node.operator, left.type, right.type)
        if type is None:
            message = f"the result has more than {MAX_DIGITS} digits after the point"
            help = "round one side to fewer digits: `round(x, 2)`"
            return self.error("too-many-digits", message, node.at, help)
        return ir.Arithmetic(node.operator, coerce(left, type), coerce(right, type), type)

    def _distance(self, node: ast.Since | ast.FromTo | ast.ToAnniversary, frame: Frame) -> ir.Value | None:
        ends: tuple[ast.Expression, ...] = (node.day if isinstance(node, ast.ToAnniversary) else node.start,)
        if isinstance(node, ast.FromTo):
            ends = (node.start, node.end)
        bound = [self.value(each, frame) for each in ends]
        values = [value for value in bound if value is not None]
        if len(values) < len(bound) or not calendar_unit(self, node.unit, node.at, "this distance"):
            return None
        for value, written in zip(values, ends, strict=True):
            if not value.type.is_time:
                message = f"a distance in time needs a date or timestamp, not {a(value.type.kind)}"
                help = f"name one, such as `{node.unit.plural} since max(orders.placed_at)`"
                return self.error("wrong-type", message, written.at, help)
        days = [day_of(value, self.catalog.timezone) for value in values]
        if isinstance(node, ast.ToAnniversary):
            if node.unit is not Unit.DAY:
                help = f"write `days to anniversary of {advice.written(node.day)}`"
                return self.error("wrong-unit", "an anniversary is counted in days", node.at, help)
            return ir.ToAnniversary(days[0], ir.Point(AS_OF))
        return ir.Distance(node.unit, days[0], days[1] if len(days) > 1 else ir.Point(AS_OF))

    # --- tests --------------------------------------------------------------------------------------------

    def _is_known(self, node: ast.IsKnown, frame: Frame) -> ir.Condition | None:
        bound = self.bind(node.operand, frame)
        if isinstance(bound, ir.CONDITIONS):
            help = "ask it of a value: `x is known`"
            return self.error("wrong-type", "a condition is never unknown", node.operand.at, help)
        return None if bound is None else ir.IsKnown(cast(ir.Value, bound), node.negated)

    def _text(self, node: ast.TextTest, frame: Frame) -> ir.Condition | None:
        value, pattern = self.value(node.operand, frame), self.value(node.pattern, frame)
        if value is None or pattern is None:
            return None
        if value.type != STRING:
            message = f"`{node.operator}` is for text, and this is {a(value.type.kind)}"
            return self.error("wrong-type", message, node.operand.at, advice.text_test(value.type))
        if not isinstance(pattern, ir.Constant) or not isinstance(pattern.value, str):
            message = f"`{node.operator}` takes text in quotes, or a text parameter"
            help = f"write `'{advice.written(node.pattern)}'`"
            if isinstance(node.pattern, ast.Parameter):
                help = "declare it with `type: string`"
            return self.error("wrong-type", message, node.pattern.at, help)
        if node.operator == "matches":
            from segdsl.semantics import patterns

            try:
                patterns.parse(pattern.value)
            except patterns.PatternError as problem:
                if isinstance(node.pattern, ast.String):
                    place = node.pattern.inside(problem.start, problem.end)
                    return self.error("wrong-pattern", problem.what, place, problem.help)
                message = f"in the pattern `{pattern.value}`: {problem.what}"
                return self.error("wrong-pattern", message, node.pattern.at, problem.help)
        return ir.TextTest(node.operator, value, pattern.value, negated=False, on_unknown=False, span=node.at)

    def _in_window(self, node: ast.InWindow, frame: Frame) -> ir.Condition | None:
        value = self.value(node.operand, frame)
        if value is None:
            return None
        if not value.type.is_time:
            message = f"a window is for dates and timestamps, and this is {a(value.type.kind)}"
            return self.error("wrong-type", message, node.operand.at, advice.window(value.type))
        if isinstance(node.window, ast.Within):
            return within(self, value, node.window, frame)
        if isinstance(node.window, ast.Relative | ast.BetweenPoints) and has_value_ends(node.window):
            return in_values(self, value, node.window, frame)
        days = window_days(self, node.window)
        return None if days is None else in_days(value, days, self.catalog.timezone)

    def _member(self, node: ast.SegmentReference, frame: Frame) -> ir.Condition | None:
        reached = follow(self.catalog, frame, node.links.parts if node.links else ())
        if isinstance(reached, Missing):
            return self.missing(reached)
        segment = self.segment(node.name.text, node.name.at)
        if segment is None:
            return None
        entity = segment.population.table
        if entity.name != reached.table.name:
            message = f"`{segment.name}` is about `{entity.name}`, and this is about `{reached.table.name}`"
            return self.error("wrong-entity", message, node.at, self._reach(segment, frame, reached, node))
        if frame.in_aggregate and has_rank(segment.condition):
            return self.error(
                "rank-in-event",
                f"`{segment.name}` holds a rank, so it can't be asked for in a condition on events",
                node.at,
                "ask for it beside the aggregate: `segment(…) and exists(…)`",
            )
        self.shifts.extend(segment.shifts)
        return ir.Member(
            reached.scope,
            reached.links,
            entity,
            segment.condition,
            negated=False,
            name=segment.name,
            span=node.at,
        )

    def _reach(self, segment: ir.Segment, frame: Frame, reached: Frame, node: ast.SegmentReference) -> str:
        """How to name a segment whose entity is not that of the row at hand."""
        goal = segment.population.table.name
        name = segment.name
        if frame.table.name == goal:
            return f"write `segment({name})`"
        entity = frame.outer.table if frame.outer is not None else None
        if entity is not None and entity.name == goal and entity.entity:
            return f"write `{entity.entity}.segment({name})`"
        path = f"{'.'.join(part.text for part in node.links.parts)}." if node.links else ""
        near = [link.name for link in reached.table.links.values() if link.target == goal]
        if near:
            return f"write `{path}{near[0]}.segment({name})`"
        return f"use a segment about `{reached.table.name}`"


def _negated(condition: ir.Condition | None, negated: bool) -> ir.Condition | None:
    return negate(condition) if condition is not None and negated else condition


def _negative(value: object) -> int | Decimal | float:
    # `-Decimal` would round to the digits of the thread's context.
    return value.copy_negate() if isinstance(value, Decimal) else -cast(int, value)
