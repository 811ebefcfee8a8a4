"""Binding hand-made syntax trees: what a condition becomes, and which mistakes are told."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from segdsl.diagnostics import Findings
from segdsl.semantics import ir
from segdsl.semantics.binder import Binder
from segdsl.semantics.calendar import AS_OF
from segdsl.semantics.catalog import Attribute, Catalog, Column, Link, Table
from segdsl.semantics.scope import Frame
from segdsl.semantics.types import DATE, INTEGER, STRING, TIMESTAMP, TIMESTAMPTZ, decimal
from segdsl.source import Fragment, SourceFile
from segdsl.syntax import ast
from segdsl.units import Unit

AT = SourceFile("segments/a.yaml", "recency < 30").span(0, 12)


def path(text: str) -> ast.Path:
    return ast.Path(tuple(ast.Name(part, at=AT) for part in text.split(".")), at=AT)


def num(value: int) -> ast.Number:
    return ast.Number(value, at=AT)


def text(value: str) -> ast.String:
    return ast.String(value, at=AT)


CATALOG = Catalog(
    {
        "customers": Table(
            "customers",
            "customers",
            AT,
            key="customer_id",
            entity="customer",
            columns={
                "customer_id": Column("customer_id", INTEGER, "customer_id", AT, nullable=False),
                "region": Column("region", STRING, "region", AT, values=("ID", "MY")),
                "birth_date": Column("birth_date", DATE, "birth_date", AT),
                "seen_at": Column("seen_at", TIMESTAMPTZ, "seen_at", AT),
                "tier": Column("tier", INTEGER, "tier", AT, values=(1, 2)),
                "day_of_birth": Column("day_of_birth", DATE, "d", AT, values=(date(2024, 1, 1),)),
            },
            attributes={
                "recency": Attribute("recency", Fragment.of_text("recency"), AT),
                "round_trip": Attribute("round_trip", Fragment.of_text("round_trip"), AT),
            },
        ),
        "orders": Table(
            "orders",
            "orders",
            AT,
            key="order_id",
            time=("placed_at",),
            columns={
                "order_id": Column("order_id", INTEGER, "order_id", AT, nullable=False),
                "placed_at": Column("placed_at", TIMESTAMP, "placed_at", AT),
                "amount": Column("amount", decimal(10, 2), "amount", AT),
                "tier": Column("tier", INTEGER, "tier", AT, values=(1, 2)),
            },
            links={"customer": Link("customer", "customer_id", "customers", True, AT)},
        ),
    }
)
LATEST = ast.Since(Unit.DAY, ast.Aggregate("max", ast.Rows(path("orders.placed_at"), at=AT), at=AT), at=AT)


def bind(node: ast.Expression) -> tuple[ir.Condition | None, list[str]]:
    findings = Findings()
    trees: dict[str, ast.Expression] = {"recency": LATEST, "round_trip": path("round_trip")}
    binder = Binder(
        CATALOG, findings, {}, lambda name, at: None, parse_text=lambda fragment, told: trees[fragment.text]
    )
    condition = binder.condition(node, Frame(CATALOG.tables["customers"]))
    return condition, [f"{d.rule}: {d.message} ({d.help})" for d in findings]


def test_an_attribute_is_opened_and_days_stay_symbolic() -> None:
    condition, errors = bind(ast.Comparison("<", path("recency"), num(30), at=AT))
    assert errors == []
    assert isinstance(condition, ir.Compare)
    assert isinstance(condition.left, ir.Distance)
    assert condition.left.end == ir.Point(AS_OF)
    latest = condition.left.start
    assert isinstance(latest, ir.DayOf) and isinstance(latest.operand, ir.Aggregate)
    assert latest.operand.function is ir.Function.MAX


def test_not_equal_is_the_opposite_of_equal() -> None:
    equal = ast.Comparison("=", path("region"), text("ID"), at=AT)
    different, _ = bind(ast.Comparison("!=", path("region"), text("ID"), at=AT))
    assert different == bind(ast.Not(equal, at=AT))[0]
    assert isinstance(different, ir.Compare) and different.on_unknown


def test_a_typo_in_a_value_is_an_error_with_the_nearest() -> None:
    condition, errors = bind(ast.Comparison("=", path("region"), text("IDD"), at=AT))
    assert condition is None
    assert errors == ["unknown-value: `IDD` is not among the values of `region` (did you mean `ID`?)"]


@pytest.mark.parametrize(
    ("left", "literal"),
    [
        ("tier", num(3)),
        ("tier", ast.Number(Decimal("1.5"), at=AT)),
        ("day_of_birth", ast.Date(date(2024, 1, 2), at=AT)),
    ],
)
def test_values_of_numbers_and_days_are_closed_too(left: str, literal: ast.Expression) -> None:
    for node in (
        ast.Comparison("!=", path(left), literal, at=AT),
        ast.In(path(left), (literal,), negated=False, at=AT),
    ):
        condition, errors = bind(node)
        assert condition is None
        assert [error.partition(":")[0] for error in errors] == ["unknown-value"]
    assert bind(ast.Comparison("<", path(left), literal, at=AT))[1] == []


def test_values_are_compared_by_meaning_and_a_sum_of_them_is_free() -> None:
    rows = ast.Rows(path("orders.tier"), via=None, at=AT)
    for node in (
        ast.Comparison("=", path("tier"), ast.Number(Decimal("2.00"), at=AT), at=AT),
        ast.Comparison("=", path("day_of_birth"), ast.Date(date(2024, 1, 1), at=AT), at=AT),
        ast.Comparison("=", ast.Aggregate("sum", rows, at=AT), num(88), at=AT),
    ):
        assert bind(node)[1] == []
    assert bind(ast.Comparison("=", ast.Aggregate("max", rows, at=AT), num(88), at=AT))[1] == [
        "unknown-value: `88` is not among the values of `tier` (its values are `1` and `2`)"
    ]


def test_a_quotient_is_refused_where_no_decimal_holds_what_it_is_compared_by() -> None:
    tiny = ast.Number(Decimal("1e-30"), at=AT)
    ratio = ast.Arithmetic("/", path("tier"), ast.Arithmetic("*", path("tier"), tiny, at=AT), at=AT)
    condition, errors = bind(ast.Comparison(">", ratio, tiny, at=AT))
    assert condition is None
    assert errors == [
        "too-many-digits: the divisor times the other side has more than 38 digits after the point "
        "(round one of them: `round(x, 4)`)"
    ]


def test_a_range_from_a_literal_to_an_instant_is_read_on_the_projects_clock() -> None:
    # A parameter may be an instant; a literal never is.
    instant = ir.Constant(datetime(2024, 1, 1, 12, tzinfo=UTC), TIMESTAMPTZ)
    noon = ast.Timestamp(datetime(2024, 1, 1, 12), at=AT)
    later = ast.Timestamp(datetime(2024, 1, 1, 12, 1), at=AT)
    for low, high, told in (
        (noon, ast.Parameter("at", at=AT), []),
        (later, ast.Parameter("at", at=AT), ["empty-range"]),
        (ast.Parameter("at", at=AT), later, []),
    ):
        findings = Findings()
        binder = Binder(CATALOG, findings, {"at": instant}, lambda name, at: None)
        node = ast.Between(path("seen_at"), low, high, negated=False, at=AT)
        assert binder.condition(node, Frame(CATALOG.tables["customers"])) is not None
        assert [each.rule for each in findings] == told


def test_all_mistakes_of_an_expression_are_told() -> None:
    wrong = ast.And(
        (
            ast.Comparison("=", path("regoin"), text("ID"), at=AT),
            ast.Comparison(">", path("region"), text("ID"), at=AT),
            ast.Comparison(">", path("orders"), num(1), at=AT),
        ),
        at=AT,
    )
    _, errors = bind(wrong)
    assert sorted(error.split(":")[0] for error in errors) == ["unknown-name", "unknown-name", "wrong-type"]
    assert any("did you mean `region`?" in error for error in errors)


def test_an_attribute_of_itself_is_a_cycle() -> None:
    _, errors = bind(ast.Comparison("<", path("round_trip"), num(1), at=AT))
    assert [error.split(":")[0] for error in errors] == ["cycle"]


def test_an_average_is_compared_without_dividing() -> None:
    average = ast.Aggregate("avg", ast.Rows(path("orders.amount"), at=AT), at=AT)
    condition, _ = bind(ast.Comparison("<", num(50), average, at=AT))
    assert isinstance(condition, ir.CompareQuotient)
    assert condition.operator == ">"
    assert isinstance(condition.denominator, ir.Aggregate)
    assert condition.denominator.rows.where is not None  # unknown amounts are not counted


def test_windows_have_both_ends_included() -> None:
    rows = ast.Rows(path("orders"), window=ast.InLast(num(30), Unit.DAY, at=AT), at=AT)
    condition, _ = bind(ast.Aggregate("exists", rows, at=AT))
    assert isinstance(condition, ir.Exists)
    assert condition.rows.window == ir.Days(ir.Day(None, (ir.Shift(-29, Unit.DAY),)), AS_OF)


def test_hours_never_count_from_the_day() -> None:
    rows = ast.Rows(path("orders"), window=ast.InLast(num(3), Unit.HOUR, at=AT), at=AT)
    _, errors = bind(ast.Aggregate("exists", rows, at=AT))
    assert [error.split(":")[0] for error in errors] == ["hours-from-day"]


def test_a_list_of_constants_is_one_test() -> None:
    condition, _ = bind(ast.In(path("region"), (text("ID"), text("MY")), negated=True, at=AT))
    assert isinstance(condition, ir.InList)
    assert condition.negated and condition.on_unknown


def test_a_day_literal_is_a_point() -> None:
    condition, _ = bind(ast.Comparison(">=", path("birth_date"), ast.Date(date(2000, 1, 1), at=AT), at=AT))
    assert isinstance(condition, ir.Compare)
    assert condition.right == ir.Point(ir.Day(date(2000, 1, 1)))
