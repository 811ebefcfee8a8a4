"""From syntax tree to IR: names resolved, types checked, logic in normal form.

A node that is wrong adds its findings and binds to None; what holds it binds to None silently, so that every
mistake of an expression is told once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import assert_never, cast

from segdsl.diagnostics import Diagnostic, Findings, Severity
from segdsl.diagnostics.wording import circle, listing, suggest
from segdsl.semantics import advice, ir
from segdsl.semantics.calendar import AS_OF
from segdsl.semantics.catalog import Attribute, Catalog, Column
from segdsl.semantics.functions import bind_call, coerce
from segdsl.semantics.history import bind_as_of
from segdsl.semantics.literals import number_constant
from segdsl.semantics.logic import MIRRORED, all_of, any_of, negate
from segdsl.semantics.parts import has_rank
from segdsl.semantics.ranks import bind_rank, bind_sample, bind_top
from segdsl.semantics.rows import bind_aggregate
from segdsl.semantics.scope import Frame, Missing, follow, look_up
from segdsl.semantics.sequences import bind_sequence
from segdsl.semantics.times import (
    a,
    calendar_unit,
    check_range,
    count,
    day_of,
    has_value_ends,
    in_days,
    in_values,
    on_project_clock,
    point,
    window_days,
    within,
)
from segdsl.semantics.types import (
    BOOLEAN,
    DATE,
    FLOAT,
    MAX_DIGITS,
    STRING,
    TIMESTAMP,
    Kind,
    Type,
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
                return self._comparison(node, frame)
            case ast.Between():
                return _negated(self._between(node, frame), node.negated)
            case ast.In():
                return _negated(self._in(node, frame), node.negated)
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
                return ir.Constant(-cast(int, values[0].value), values[0].type)
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

    def _comparison(self, node: ast.Comparison, frame: Frame) -> ir.Condition | None:
        left = self.bind(node.left, frame)
        right = self._right_side(node.right, left, frame)
        if left is None or right is None:
            return None
        for side, other in ((left, right), (right, left)):
            if isinstance(side, ir.CONDITIONS):
                truth = other.value if isinstance(other, ir.Constant) and other.type == BOOLEAN else None
                if truth is None or node.operator not in ("=", "!="):
                    message = "a condition compares with `true` and `false` only"
                    condition = node.left if isinstance(left, ir.CONDITIONS) else node.right
                    help = f"leave the comparison out: `{advice.written(condition)}`"
                    return self.error("wrong-type", message, node.at, help)
                return _negated(cast(ir.Condition, side), truth is (node.operator == "!="))
        return self._compare(node.operator, node.left, node.right, frame, node.at)

    def _right_side(self, node: ast.Expression, left: Bound | None, frame: Frame) -> Bound | None:
        """The right side of a comparison. Beside text, a lone word that names nothing may be text as well."""
        of_text = isinstance(left, ir.VALUES) and cast(ir.Value, left).type == STRING
        if of_text and isinstance(node, ast.Path) and len(node.parts) == 1 and node.text == node.at.text:
            found = look_up(self.catalog, frame, node)
            if isinstance(found, Missing) and not found.near:
                help = f"if it is text, put it in quotes: `'{node.text}'`"
                return self.missing(replace(found, help=help))
        return self.bind(node, frame)

    def _compare(
        self,
        operator: ir.CompareOperator,
        left: ast.Expression,
        right: ast.Expression,
        frame: Frame,
        at: Span,
    ) -> ir.Condition | None:
        one, other = self.value(left, frame), self.value(right, frame)
        if one is None or other is None:
            return None
        if isinstance(one, ir.Constant | ir.Point) and not isinstance(other, ir.Constant | ir.Point):
            one, other, left, right, operator = other, one, right, left, MIRRORED[operator]
        if operator == "!=":
            return _negated(self.compared("=", one, other, left, right, at), True)
        return self.compared(operator, one, other, left, right, at)

    def _between(self, node: ast.Between, frame: Frame) -> ir.Condition | None:
        operand, low, high = (self.value(each, frame) for each in (node.operand, node.low, node.high))
        if operand is None or low is None or high is None:
            return None
        if not operand.type.is_ordered:
            return self._no_order(operand, "between", node.at)
        lower = self._compare(">=", node.operand, node.low, frame, node.at)
        upper = self._compare("<=", node.operand, node.high, frame, node.at)
        if lower is None or upper is None:
            return None
        check_range(self, low, high, node.low, node.high)
        return all_of([lower, upper])

    def _is_known(self, node: ast.IsKnown, frame: Frame) -> ir.Condition | None:
        bound = self.bind(node.operand, frame)
        if isinstance(bound, ir.CONDITIONS):
            help = "ask it of a value: `x is known`"
            return self.error("wrong-type", "a condition is never unknown", node.operand.at, help)
        return None if bound is None else ir.IsKnown(cast(ir.Value, bound), node.negated)

    def _no_order(self, value: ir.Value, operator: str, at: Span) -> None:
        message = f"{a(value.type.kind)} has no order, so `{operator}` has no meaning here"
        return self.error("wrong-type", message, at, advice.order(value.type))

    def compared(
        self,
        operator: ir.CompareOperator,
        left: ir.Value,
        right: ir.Value,
        left_node: ast.Expression,
        right_node: ast.Expression,
        at: Span,
    ) -> ir.Condition | None:
        """Two values compared, once their types are seen to fit."""
        zone = self.catalog.timezone
        kinds = {left.type.kind, right.type.kind}
        if operator == "=" and not self._among_values(left, right, right_node):
            return None
        if left.type.is_number and right.type.is_number:
            return self._numbers(operator, left, right, at)
        if left.type.is_time and right.type.is_time:
            if Kind.DATE in kinds:
                left, right = day_of(left, zone), day_of(right, zone)
            elif len(kinds) == 2:
                if isinstance(right, ir.Constant):
                    right = on_project_clock(cast(datetime, right.value), zone)
                else:
                    return self.error(
                        "wrong-type",
                        "a timestamp can't be compared with an instant (timestamptz)",
                        at,
                        "compare their days: `date(…)`",
                    )
            return ir.Compare(operator, left, right, on_unknown=False, span=at)
        fits = left.type == right.type or (
            Kind.KEY in kinds and kinds <= {Kind.KEY, Kind.INTEGER, Kind.STRING}
        )
        if not fits:
            return self.error(
                "wrong-type",
                f"{a(left.type.kind)} can't be compared with {a(right.type.kind)}",
                right_node.at,
                advice.comparison(left, right, left_node, right_node),
            )
        if operator not in ("=", "!="):
            return self._no_order(left, operator, at)
        if isinstance(right, ir.Constant) and right.type == BOOLEAN:
            return ir.BooleanTest(left, bool(right.value), on_unknown=False, span=at)
        return ir.Compare(operator, left, right, on_unknown=False, span=at)

    def _numbers(
        self, operator: ir.CompareOperator, left: ir.Value, right: ir.Value, at: Span
    ) -> ir.Condition | None:
        if isinstance(right, ir.Divide) and not _has_quotient(left):
            left, right, operator = right, left, MIRRORED[operator]
        if isinstance(left, ir.Divide) and not _has_quotient(right):
            parts = (left.numerator, left.denominator, right)
            if any(part.type == FLOAT for part in parts):
                parts = (coerce(parts[0], FLOAT), coerce(parts[1], FLOAT), coerce(parts[2], FLOAT))
            if arithmetic("*", parts[1].type, parts[2].type) is None:
                message = (
                    f"the divisor times the other side has more than {MAX_DIGITS} digits after the point"
                )
                return self.error("too-many-digits", message, at, "round one of them: `round(x, 4)`")
            return ir.CompareQuotient(operator, *parts, on_unknown=False, span=at)
        if FLOAT in (left.type, right.type):
            left, right = coerce(left, FLOAT), coerce(right, FLOAT)
        return ir.Compare(operator, left, right, on_unknown=False, span=at)

    def _among_values(self, value: ir.Value, constant: ir.Value, node: ast.Expression) -> bool:
        """Whether a literal is among the values that the column declares, if it declares any."""
        while isinstance(value, ir.Aggregate) and value.function in _OF_STORED and value.value is not None:
            value = value.value
        literal: object = constant.value if isinstance(constant, ir.Constant) else None
        if isinstance(constant, ir.Point):
            literal = constant.day.fixed
        if not isinstance(value, ir.Column) or literal is None or not _fits(value.type, constant.type):
            return True
        declared: Column | None = self.catalog.tables[value.table].columns.get(value.name)
        if value.type == FLOAT:
            literal = float(cast(Decimal, literal))
        if declared is None or declared.values is None or literal in declared.values:
            return True
        names = [str(each) for each in declared.values]
        help = suggest(str(literal), names) or f"its values are {listing(names)}"
        origin = f", the value of `${node.name}`," if isinstance(node, ast.Parameter) else ""
        message = f"`{literal}`{origin} is not among the values of `{value.name}`"
        self.error("unknown-value", message, node.at, help)
        return False

    def _in(self, node: ast.In, frame: Frame) -> ir.Condition | None:
        operand = self.value(node.operand, frame)
        items: list[ir.Value] = []
        fine = operand is not None
        for item in node.items:
            listed = self.parameter(item) if node.bare and isinstance(item, ast.Parameter) else None
            if node.bare:
                if listed is not None and not isinstance(listed, tuple):
                    name = f"${cast(ast.Parameter, item).name}"
                    help = f"write `= {name}`, or declare it with a type such as `list(string)`"
                    self.error("wrong-type", f"`{name}` is one value, and `in` needs a list", item.at, help)
                fine = fine and isinstance(listed, tuple)
                items.extend(listed if isinstance(listed, tuple) else ())
            else:
                value = self.value(item, frame)
                fine = fine and value is not None
                items.extend([] if value is None else [value])
        if operand is None or not fine:
            return None
        nodes = list(node.items) if not node.bare else [node.items[0]] * len(items)
        tests = [
            self.compared("=", operand, item, node.operand, written, node.at)
            for item, written in zip(items, nodes, strict=True)
        ]
        known = [test for test in tests if test is not None]
        if len(known) < len(tests):
            return None
        return _as_list(known, node.at)

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


_OF_STORED = (
    ir.Function.MIN,
    ir.Function.MAX,
    ir.Function.FIRST,
    ir.Function.LAST,
    ir.Function.MOST_FREQUENT,
)
"""The aggregates that are always one of the values of the events."""


def _fits(stored: Type, literal: Type) -> bool:
    """Whether a literal of a type is one that the facts about a column are written in."""
    return stored.kind is literal.kind or (stored.is_number and literal.is_number)


def _has_quotient(value: ir.Value) -> bool:
    match value:
        case ir.Divide():
            return True
        case ir.Arithmetic(_, left, right):
            return _has_quotient(left) or _has_quotient(right)
        case ir.Negate(operand) | ir.ToFloat(operand):
            return _has_quotient(operand)
        case ir.Call(_, arguments):
            return any(map(_has_quotient, arguments))
        case ir.If(_, then, otherwise):
            return _has_quotient(then) or _has_quotient(otherwise)
        case _:
            return False


def _as_list(tests: list[ir.Condition], at: Span) -> ir.Condition:
    """Equalities of one operand with constants as one list test, where they are that."""
    constants: list[ir.Constant] = []
    operand: ir.Value | None = None
    for test in tests:
        if not isinstance(test, ir.Compare) or (operand is not None and test.left != operand):
            return any_of(tests)
        operand, other = test.left, test.right
        if isinstance(other, ir.Point) and other.day.fixed is not None:
            other = ir.Constant(other.day.fixed, DATE)
        if not isinstance(other, ir.Constant):
            return any_of(tests)
        constants.append(other)
    assert operand is not None
    return ir.InList(operand, tuple(dict.fromkeys(constants)), negated=False, on_unknown=False, span=at)
