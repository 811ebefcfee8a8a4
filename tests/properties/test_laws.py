"""What holds of any condition, whatever it is: on the interpreter and on DuckDB alike."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from hypothesis import given

from segdsl.diagnostics import Findings
from segdsl.reference.interpreter import members
from segdsl.reference.values import ReferenceOverflow
from segdsl.semantics import ir
from segdsl.semantics.binder import Binder
from segdsl.semantics.logic import negate
from segdsl.semantics.rows import event_time
from segdsl.semantics.scope import Frame
from segdsl.semantics.uses import uses
from segdsl.source import Fragment
from segdsl.syntax import ast
from segdsl.syntax.parser import parse
from segdsl.syntax.printer import to_text
from segdsl.targets import open_target
from segdsl.units import Unit
from tests.properties.budget import budget
from tests.properties.projects import by_entity, write_data
from tests.properties.running import Keys, Run, TooManyDigits, running
from tests.strategies.programs import Program, Written, programs
from tests.strategies.rows import Rows
from tests.strategies.syntax import AT
from tests.strategies.writer import path

Pair = tuple[ast.Expression, ast.Expression]


class Told:
    """Expressions bound and answered for one program: who fulfils them, on both sides."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.binder = Binder(
            run.project.catalog,
            Findings(),
            run.program.parameters,
            lambda name, at: run.project.segment(name),
        )

    def bound(self, tree: ast.Expression, entity: str) -> ir.Condition:
        found = self.binder.condition(tree, Frame(self.run.project.catalog.tables[entity]))
        assert found is not None, f"{to_text(tree)}: {self.binder.findings.items}"
        return found

    def segments(self, trees: list[ast.Expression], like: Written) -> list[ir.Segment]:
        population = like.bound.population
        return [
            ir.Segment(f"law_{number}", population, self.bound(tree, like.entity))
            for number, tree in enumerate(trees)
        ]

    def answers(self, trees: list[ast.Expression], like: Written) -> list[Keys]:
        """The keys that fulfil each, once both sides have said the same. Raises TooManyDigits."""
        segments = self.segments(trees, like)
        expected = [self.run.expected(segment) for segment in segments]
        found = self.run.flags(segments)
        for tree, one, other in zip(trees, expected, found, strict=True):
            assert one == other, f"{to_text(tree)}\n{sorted(one)}\n{sorted(other)}\n{self.run.program}"
        return expected


def for_each_segment(program: Program, law: Callable[[Told, Written], None]) -> None:
    with running(program) as run:
        told = Told(run)
        for written in program.segments:
            try:
                law(told, written)
            except TooManyDigits:
                continue


def negation(tree: ast.Expression) -> ast.Expression:
    return ast.Not(tree, at=AT)


def reference(written: Written) -> ast.Expression:
    return ast.SegmentReference(None, path((written.name,)), at=AT)


@budget(programs=7, share=0.1)
@given(programs(8))
def test_a_segment_and_its_negation_split_the_population(program: Program) -> None:
    def law(told: Told, written: Written) -> None:
        trees = [reference(written), negation(reference(written)), negation(written.tree), written.tree]
        referenced, not_referenced, not_inlined, inlined = told.answers(trees, written)
        population = told.run.population(written.bound)
        assert referenced | not_referenced == population and not referenced & not_referenced
        assert inlined == referenced, "a reference is what it refers to"
        assert not_inlined == not_referenced

    for_each_segment(program, law)


@budget(programs=5, share=0.1)
@given(programs(6))
def test_de_morgan(program: Program) -> None:
    def law(told: Told, written: Written) -> None:
        for other in told.run.program.segments:
            if other.entity != written.entity or other is written:
                continue
            a, b = written.tree, other.tree
            neither = (negation(a), negation(b))
            trees: list[ast.Expression] = [
                negation(ast.And((a, b), at=AT)), ast.Or(neither, at=AT),
                negation(ast.Or((a, b), at=AT)), ast.And(neither, at=AT),
            ]  # fmt: skip
            meant = [told.bound(tree, written.entity) for tree in trees]
            assert meant[0] == meant[1] and meant[2] == meant[3]
            not_both, either_not, not_either, both_not = told.answers(trees, written)
            assert not_both == either_not and not_either == both_not
            return

    for_each_segment(program, law)


@budget(programs=5, share=0.1)
@given(programs(6))
def test_equal_ir_has_equal_members(program: Program) -> None:
    """Written the other way round, a condition is the same node, and so are its members."""

    def law(told: Told, written: Written) -> None:
        turned = turned_round(written.tree)
        assert told.bound(turned, written.entity) == written.bound.condition
        assert negate(negate(written.bound.condition)) == written.bound.condition
        # Together the two are one flag, so the engine is asked for each by itself.
        one, other = told.segments([written.tree, turned], written)
        assert told.run.expected(one) == told.run.expected(other)
        assert told.run.alone(one) == told.run.alone(other) == told.run.expected(one)

    for_each_segment(program, law)


def turned_round(tree: ast.Expression) -> ast.Expression:
    """The same condition with operands in the other order and negations doubled."""
    match tree:
        case ast.And(operands) | ast.Or(operands):
            return type(tree)(tuple(map(turned_round, reversed(operands))), at=AT)
        case ast.Not(operand):
            return ast.Not(ast.Not(ast.Not(turned_round(operand), at=AT), at=AT), at=AT)
        case ast.Comparison("=" | "!=" as operator, left, right):
            opposite: Any = {"=": "!=", "!=": "="}[operator]
            return ast.Not(ast.Comparison(opposite, left, right, at=AT), at=AT)
        case ast.Between(operand, low, high, negated):
            low_test = ast.Comparison(">=", operand, low, at=AT)
            both = ast.And((ast.Comparison("<=", operand, high, at=AT), low_test), at=AT)
            return ast.Not(both, at=AT) if negated else both
        case ast.In() | ast.TextTest() | ast.InWindow():
            flipped: Any = cast(Any, type(tree))
            parts = {name: getattr(tree, name) for name in tree.__dataclass_fields__}
            return ast.Not(flipped(**parts | {"negated": not tree.negated}), at=AT)
        case _:
            return tree


@budget(programs=12, share=0.2)
@given(programs())
def test_what_is_printed_means_the_same(program: Program) -> None:
    catalog = program.layout.catalog
    known = {each.name: each.bound for each in program.segments}
    for written in program.segments:
        findings = Findings()
        tree = parse(Fragment.of_text(to_text(written.tree)), findings)
        assert tree == written.tree, f"{to_text(written.tree)}: {findings.items}"
        binder = Binder(catalog, findings, program.parameters, lambda name, at: known[name])
        assert binder.condition(tree, Frame(catalog.tables[written.entity])) == written.bound.condition


@budget(programs=12, share=0.2)
@given(programs())
def test_what_a_segment_reads_is_all_that_it_needs(program: Program) -> None:
    """With every other column unknown, and every other table empty, its members are the same."""
    for written in program.segments:
        read = uses(written.bound)
        rows: Rows = {table: [] for table in program.rows}
        for table in read.tables:
            for row in program.rows[table]:
                rows[table].append({c: v if (table, c) in read.columns else None for c, v in row.items()})
        try:
            expected = members(written.bound, program.rows, program.as_of)
        except ReferenceOverflow:
            continue
        assert members(written.bound, rows, program.as_of) == expected, (to_text(written.tree), program)


@budget(programs=5, share=0.1)
@given(programs())
def test_the_order_of_rows_does_not_matter(program: Program) -> None:
    with running(program) as run:
        groups = by_entity([run.project.segment(each.name) for each in program.segments])
        try:
            before = [run.flags(segments) for segments in groups]
        except TooManyDigits:
            return
        write_data(program, run.folder, backwards=True)
        with open_target(run.project, None) as engine:
            run.engine = engine
            assert [run.flags(segments) for segments in groups] == before


@budget(programs=10, share=0.2)
@given(programs(1))
def test_recency_is_a_window(program: Program) -> None:
    """`days since max(t) < n` is `exists(… in last n days)`, and likewise for each unit of a value not in the future."""
    with running(program) as run:
        told = Told(run)
        for entity, events, time in _streams(program):
            for unit, count in ((Unit.DAY, 30), (Unit.DAY, 1), (Unit.DAY, 366)):
                latest = ast.Aggregate("max", ast.Rows(path((events, *time)), at=AT), at=AT)
                window = ast.InLast(ast.Number(count, at=AT), unit, at=AT)
                recent = ast.Rows(path((events,)), window=window, at=AT)
                one, other = _answers(told, program, entity, [
                    ast.Comparison("<", ast.Since(unit, latest, at=AT), ast.Number(count, at=AT), at=AT),
                    ast.Aggregate("exists", recent, at=AT),
                ])  # fmt: skip
                assert one == other, (entity, events, unit, count)
        for entity, column in _times(program):
            for unit, count in (
                (Unit.MONTH, 1),
                (Unit.YEAR, 1),
                (Unit.DAY, 31),
                (Unit.QUARTER, 2),
                (Unit.MONTH, 12),
            ):
                number = ast.Number(count, at=AT)
                past = ast.Comparison("<=", path((column,)), ast.Today(at=AT), at=AT)
                since = ast.Comparison("<", ast.Since(unit, path((column,)), at=AT), number, at=AT)
                window = ast.InLast(number, unit, at=AT)
                one, other = _answers(told, program, entity, [
                    ast.And((past, since), at=AT), ast.InWindow(path((column,)), window, False, at=AT),
                ])  # fmt: skip
                assert one == other, (entity, column, unit, count)


def _answers(told: Told, program: Program, entity: str, trees: list[ast.Expression]) -> list[Keys]:
    catalog = program.layout.catalog
    population = ir.Population(catalog.ir_table(entity), event_time(told.binder, catalog.tables[entity]))
    whole = ir.Segment("law", population, ir.Always(True))
    return told.answers(trees, Written("law", entity, trees[0], whole))


def _streams(program: Program) -> list[tuple[str, str, tuple[str, ...]]]:
    """Entities with the streams that lead to each in one way, and the path of their time."""
    catalog = program.layout.catalog
    return [
        (entity.name, events.name, events.time)
        for entity in catalog.tables.values()
        for events in catalog.tables.values()
        if entity.key and events.time and len(catalog.chains(events.name, entity.name)) == 1
    ]


def _times(program: Program) -> list[tuple[str, str]]:
    return [
        (table.name, column.name)
        for table in program.layout.catalog.tables.values()
        for column in table.columns.values()
        if table.key and column.type.is_time
    ]
