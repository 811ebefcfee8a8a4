"""Every operator has its case in every stage: parser, printer, binder, logic, interpreter, planner, SQL, English
and the generator of random programs.

Each is run: `SAMPLES` hold all of them, and go the whole way. And each is looked for in the source, so that none
falls to a default unseen. The last tests take cases away and see that this is noticed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, get_args

import pytest

from segdsl.diagnostics import Findings
from segdsl.engines import Engine
from segdsl.planner import plan
from segdsl.planner.walk import children
from segdsl.project import Project
from segdsl.reference.interpreter import members
from segdsl.report.explanation import explain_segment
from segdsl.semantics import ir
from segdsl.semantics.binder import Binder
from segdsl.semantics.logic import negate, strict
from segdsl.semantics.scope import Frame
from segdsl.source import Fragment
from segdsl.sql import flags_query
from segdsl.syntax import ast, builder
from segdsl.syntax.parser import parse
from segdsl.syntax.printer import to_text
from tests import operators
from tests.spec.backends import load_project, write_project
from tests.spec.cases import Case, Segment, load_file
from tests.stages import Makers, Stage, unmade, without
from tests.strategies.choices import Choices
from tests.strategies.programs import program

PROJECT = Path(__file__).with_name("operators.yaml")

SAMPLES = [
    # logic
    "true", "false", "false or opt_in", "not opt_in", "region = 'ID' and not (visits < 5 and income > 0)",
    "opt_in = false", "(visits < 5) = false",
    # comparisons
    "customer_id > 2", "visits = 3", "visits != 3", "visits < 3", "visits <= 3", "visits > 3", "visits >= 3", "not score > 1.5",
    "income * 20% != visits", "region != 'ID'", "not -visits < -3", "birth_date = 2024-03-31",
    "income / visits < 3", "income / visits <= 3.5", "income / visits = 3.5", "income / visits != 3.5",
    "visits / income > 0.2", "visits / income >= 0.2", "income between 0 and 10.5", "income not between 0 and 10.5",
    "region in ('ID', 'MY')", "region not in ('ID', 'MY')", "region in $regions", "visits not in (1, -2, $n)",
    "region is known", "income is unknown",
    # text
    "region contains 'a'", "region not contains 'a'", "region starts with 'I'", "region ends with 'D'",
    "region like '%a_b'", "region matches '^[A-Z]+$'", "lower(trim(region)) = 'my'", "upper(region) not like 'A%'",
    "length(region) = 2",
    # numbers
    "visits + income > 5", "visits - income > 5", "income + 0.5 = 11", "visits + score > 4", "score - 1 < 0",
    "abs(income) > 3", "round(income) = 11", "round(income, 1) = -3.3", "floor(score) = -3", "ceil(score) = 2",
    "coalesce(visits, 9) > 6", "least(visits, income) < 1", "greatest(visits, income, score) > 7",
    "if(opt_in, visits, 100) = 100", "if(opt_in, opt_in, true) = true", "band(income, 0, 10) = 2",
    "(income / 2) + 1 > 5", "-score > 1", "band(income, 0, 10) + 1 <= $n",
    # points, parts and distances
    "birth_date = today", "birth_date < yesterday", "signup_at >= 2024-02-29T12:00", "signup_at <= 30 days ago",
    "date(seen_at) = 2024-03-31", "seen_at >= 2024-03-31T01:00",
    *(f"signup_at >= 1 {unit} ago" for unit in ("week", "month", "quarter", "year")),
    *(f"signup_at < start of {unit}" for unit in ("week", "month", "quarter", "year")),
    *(f"{unit} since signup_at >= 1" for unit in ("days", "weeks", "months", "quarters", "years")),
    *(f"{unit} from birth_date to signup_at < 100" for unit in ("days", "weeks", "months", "quarters", "years")),
    *(f"{part}(seen_at) >= 3" for part in ("year", "quarter", "month", "day", "weekday", "hour")),
    "hour(signup_at) > 9", "days to anniversary of birth_date < 300",
    # windows
    *(f"signup_at in last 1 {unit}" for unit in ("day", "week", "month", "quarter", "year")),
    *(f"signup_at in next 1 {unit}" for unit in ("day", "week", "month", "quarter", "year")),
    *(f"signup_at in this {unit}" for unit in ("week", "month", "quarter", "year")),
    *(f"signup_at not in previous {unit}" for unit in ("week", "month", "quarter", "year")),
    "signup_at on yesterday", "signup_at since 2024-02-29", "signup_at after 2024-02-29", "signup_at before today",
    "signup_at until 2024-02-29", "signup_at on signup_at",
    *(f"signup_at within 400 {unit} after birth_date" for unit in ("days", "weeks", "months", "quarters", "years")),
    "birth_date within 90 years before signup_at", "exists(orders within 48 hours after signup_at)",
    "exists(orders within 90 minutes before signup_at)", "not signup_at within 48 hours before 2024-03-31T12:00",
    # events
    "count(orders) = 3", "sum(orders.amount) >= 5", "avg(orders.amount) > 6", "min(orders.weight) < 0",
    "max(orders.amount in last 1 month) = 10", "count distinct(orders.channel) = 2", "first(orders.channel) = 'app'",
    "last(orders.channel) = 'app'", "most frequent(orders.channel) = 'app'", "avg(orders.weight) > 0",
    "sum(orders.(amount * 2) via customer where gift and amount < customer.income) > 1",
    "exists(orders between 2024-03-01 and 2024-03-30)", "not exists(orders since start of year)",
    "exists(orders where segment(gift_order) and customer.segment(large))", "exists(orders where not channel = 'app')",
    # references and counting
    "segment(large)", "not segment(large)", "company.segment(big_company)",
    "at least 2 of (opt_in, visits > 2, income > 0)", "at most 1 of (opt_in, visits > 2, income > 0)",
    "exactly $n of (opt_in, visits > 2, income > 0)", "not exactly 0 of (opt_in, segment(large))",
    # ranks, samples, history
    "ntile(2, visits) = 1", "ntile(2, income per region) >= 2", "not ntile(3, visits) < 2", "ntile(2, visits) + 1 = 2",
    "percentile(visits) < 50", "percentile(income among segment(large)) >= 1", "top 50% by visits", "bottom 1 by income",
    "not top $n by visits per (region, company.company_id)", "sample 50% by 'salt'", "not sample 10% to 60% by 'salt'",
    "company.segment(big_company) as of yesterday", "(count(orders in last 1 week) > 0) as of 2024-03-01",
    # sequences
    *(f"sequence(orders, then orders within 400 {unit})" for unit in ("minutes", "hours", "days", "weeks", "months",
                                                                   "quarters", "years")),
    "sequence(orders as o, then no orders within 1 day where channel = o.channel)",
    "not sequence(orders where gift, then orders as p within 1 year, then orders)",
]  # fmt: skip
"""Expressions about a customer that hold every operator between them."""


@dataclass
class World:
    """The project of `operators.yaml` with all samples as segments of it, open."""

    case: Case
    project: Project
    engine: Engine

    def segment(self, sample: str) -> ir.Segment:
        return self.project.segment(_name(sample))


def _name(sample: str) -> str:
    return f"sample_{SAMPLES.index(sample)}"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    (case,) = load_file(PROJECT).cases
    samples = tuple(Segment(_name(sample), case.entity, sample) for sample in SAMPLES)
    case = replace(case, segments=(*case.segments, *samples))
    project = load_project(write_project(case, tmp_path_factory.mktemp("operators") / "project"))
    with project.open() as engine:
        yield World(case, project, engine)


def tree_of(sample: str) -> ast.Expression:
    findings = Findings()
    tree = parse(Fragment.of_text(sample), findings)
    assert tree is not None, [each.message for each in findings]
    return tree


# --- run --------------------------------------------------------------------------------------------------


def test_samples_hold_every_operator(world: World) -> None:
    held: set[str] = set()
    for sample in SAMPLES:
        held |= operators.in_syntax(tree_of(sample)) | operators.in_ir(world.segment(sample).condition)
    assert operators.ALL - held == set(), "no sample has these: add one, and a form to tests/strategies"
    assert held - operators.ALL == set(), "these are thought to be impossible"


def test_samples_are_printed_as_they_are_read() -> None:
    for sample in SAMPLES:
        tree = tree_of(sample)
        assert tree_of(to_text(tree)) == tree, sample


def test_samples_go_the_whole_way(world: World) -> None:
    """Each sample, its negation and its strict form: the same members by the interpreter and by DuckDB."""
    asked: list[ir.Segment] = []
    for sample in SAMPLES:
        bound = world.segment(sample)
        forms = (bound.condition, negate(bound.condition), strict(bound.condition))
        asked += [replace(bound, name=f"{bound.name}_{n}", condition=form) for n, form in enumerate(forms)]
    rows = {table.name: [dict(row) for row in table.rows] for table in world.case.tables.values()}
    keys, *flags = world.engine.execute(flags_query(plan(asked, world.case.as_of))).columns
    for segment, flag in zip(asked, flags, strict=True):
        sample = SAMPLES[int(segment.name.split("_")[1])]
        found = {key for key, holds in zip(keys.to_pylist(), flag.to_pylist(), strict=True) if holds}
        assert found == members(segment, rows, world.case.as_of), (sample, segment.name)


def test_samples_are_said_in_english(world: World) -> None:
    said = [explain_segment(world.project, _name(sample), world.case.as_of).english for sample in SAMPLES]
    texts = [english.to_markdown() for english in said]
    assert all(texts)
    # What is not the same condition is not the same sentence.
    meant = {world.segment(sample).condition for sample in SAMPLES}
    assert len(set(texts)) >= len(meant)


def test_most_samples_tell_some_from_others(world: World) -> None:
    rows = {table.name: [dict(row) for row in table.rows] for table in world.case.tables.values()}
    sizes = [len(members(world.segment(sample), rows, world.case.as_of)) for sample in SAMPLES]
    assert sum(0 < size < len(rows[world.case.entity]) for size in sizes) / len(sizes) > 0.8


def test_values_know_whether_they_may_be_unknown(world: World) -> None:
    for sample in SAMPLES:
        todo: list[ir.Value | ir.Condition] = [world.segment(sample).condition]
        while todo:
            part = todo.pop()
            if isinstance(part, ir.VALUES):
                assert ir.is_nullable(part) in (True, False), part  # type: ignore[arg-type]
            todo.extend(children(part))


@pytest.mark.parametrize(("operator", "rule"), [each for each in operators.IMPOSSIBLE.items() if each[1]])
def test_the_impossible_is_an_error(world: World, operator: str, rule: str) -> None:
    name, unit = re.fullmatch(r"ast\.(\w+)\.unit=(\w+)", operator).groups()  # type: ignore[union-attr]
    forms = {
        "InLast": f"signup_at in last 2 {unit}s",
        "InNext": f"signup_at in next 2 {unit}s",
        "InThis": f"signup_at in this {unit}",
        "InPrevious": f"signup_at in previous {unit}",
        "Ago": f"signup_at < 2 {unit}s ago",
        "StartOf": f"signup_at < start of {unit}",
        "Since": f"{unit}s since signup_at > 1",
        "FromTo": f"{unit}s from birth_date to signup_at > 1",
        "ToAnniversary": f"{unit}s to anniversary of birth_date > 1",
    }
    tree, findings = tree_of(forms[name]), Findings()
    assert operator in operators.in_syntax(tree)
    binder = Binder(world.project.catalog, findings, {}, lambda name, at: None)
    assert binder.condition(tree, Frame(world.project.catalog.tables["customers"])) is None
    assert [each.rule for each in findings] == [rule]


@pytest.fixture(scope="module")
def drawn() -> frozenset[str]:
    """The operators of a few hundred random programs."""
    found: set[str] = set()
    for seed in range(400):
        made = program(Choices.seeded(seed))
        for written in made.segments:
            found |= operators.in_syntax(written.tree) | operators.in_ir(written.bound.condition)
        if found >= operators.ALL:
            break
    return frozenset(found)


def test_the_generator_draws_every_operator(drawn: frozenset[str]) -> None:
    assert operators.ALL - drawn == set(), "the forms in tests/strategies never make these"
    assert drawn - operators.ALL == set(), "these are thought to be impossible"


# --- looked for in the source -----------------------------------------------------------------------------


def _names(union: Any) -> frozenset[str]:
    return frozenset(cls.__name__ for cls in get_args(union))


EXPRESSIONS, WINDOWS = _names(ast.Expression), _names(ast.Window)
VALUES, CONDITIONS = _names(ir.Value), _names(ir.Condition)
# A window of `within` is bound to a comparison, where the others are days.
BOUND_WINDOWS = WINDOWS - {"Within"}

STAGES = [
    Stage("printer", "segdsl/syntax/printer.py", ("bare", "atom"), EXPRESSIONS),
    Stage("printer, precedence", "segdsl/syntax/printer.py", ("_level",), EXPRESSIONS),
    Stage("printer, windows", "segdsl/syntax/printer.py", ("window",), WINDOWS),
    Stage("binder", "segdsl/semantics/binder.py", ("bind",), EXPRESSIONS),
    Stage("binder, windows", "segdsl/semantics/times.py", ("_window_days",), BOUND_WINDOWS),
    Stage("negation", "segdsl/semantics/logic.py", ("negate",), CONDITIONS),
    Stage("strict", "segdsl/semantics/logic.py", ("strict",), CONDITIONS),
    Stage("is_nullable", "segdsl/semantics/ir.py", ("is_nullable",), VALUES),
    Stage("interpreter, conditions", "segdsl/reference/interpreter.py", ("_holds",), CONDITIONS),
    Stage("interpreter, values", "segdsl/reference/interpreter.py", ("_value", "_apply"), VALUES),
    Stage("planner", "segdsl/planner/walk.py", ("children",), VALUES | CONDITIONS),
    Stage("SQL, conditions", "segdsl/sql/expressions.py", ("of_condition",), CONDITIONS),
    Stage("SQL, NULLs", "segdsl/sql/expressions.py", ("may_be_null",), CONDITIONS),
    Stage("SQL, values", "segdsl/sql/expressions.py", ("raw",), VALUES),
    Stage("English, values", "segdsl/report/english/values.py", ("noun",), EXPRESSIONS),
    Stage("English, windows", "segdsl/report/english/windows.py", ("window",), WINDOWS),
]
SYNTAX = EXPRESSIONS | WINDOWS | {"Name", "Rows", "Ranking", "Step", "Duration"}
_STRATEGIES = tuple(
    f"tests/strategies/{name}.py"
    for name in ("condition_forms", "literals", "rank_forms", "time_forms", "value_forms", "writer")
)
MAKERS = [
    Makers("parser", ("segdsl/syntax/builder.py",), SYNTAX),
    Makers("generator", _STRATEGIES, SYNTAX),
]


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.name)
def test_every_class_has_its_case_and_is_missed_without_it(stage: Stage) -> None:
    source = stage.source()
    assert stage.missing(source) == set()
    for name in sorted(stage.classes):
        assert stage.missing(without(source, name)) == {name}


@pytest.mark.parametrize("makers", MAKERS, ids=lambda makers: makers.name)
def test_every_class_is_made_and_missed_when_it_is_not(makers: Makers) -> None:
    source = makers.source()
    assert makers.missing(source) == set()
    for name in sorted(makers.classes):
        with unmade(source, name):
            assert makers.missing(source) == {name}


def test_no_class_of_the_syntax_tree_is_left_out() -> None:
    assert {cls.__name__ for cls in operators.SYNTAX} == SYNTAX


# --- and missed when it is gone ---------------------------------------------------------------------------


@pytest.mark.parametrize("rule", sorted(builder._RULES))
def test_a_rule_of_the_parser_that_is_gone_is_missed(rule: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(builder._RULES, rule)
    with pytest.raises(KeyError, match=rule):
        for sample in SAMPLES:
            tree_of(sample)


@pytest.mark.parametrize("gone", ["TextTest.operator=like", "Between", "InLast.unit=quarter"])
def test_an_operator_that_no_sample_has_is_missed(
    world: World, gone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_it = [sample for sample in SAMPLES if f"ast.{gone}" not in operators.in_syntax(tree_of(sample))]
    monkeypatch.setattr("tests.test_operators.SAMPLES", without_it)
    with pytest.raises(AssertionError, match=re.escape(gone)):
        held: set[str] = set()
        for sample in without_it:
            held |= operators.in_syntax(tree_of(sample))
        assert {name for name in operators.ALL if name.startswith("ast.")} - held == set()
