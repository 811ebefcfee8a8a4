"""What SQLite is told in words of its own, and that it means what the interpreter says."""

from __future__ import annotations

import math
import random
import struct
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from segdsl import sql
from segdsl.planner import plan
from segdsl.reference.interpreter import members
from segdsl.semantics import ir
from segdsl.semantics.types import (
    DATE,
    FLOAT,
    INTEGER,
    STRING,
    TIMESTAMP,
    TIMESTAMPTZ,
    Type,
    decimal,
)
from segdsl.sql.dialects import Unsupported, dialect
from segdsl.units import Unit
from tests.engines.rigs.base import Stored
from tests.engines.rigs.sqlite import SQLiteRig
from tests.sql.shop import AS_OF, CUSTOMERS, ROW, aggregate, column, compare, constant, event, orders, where
from tests.sql.shop import sql as statement

REGION, INCOME, POINTS, SCORE = (column(name) for name in ("region", "income", "points", "score"))
BIRTH, JOINED = column("birth_date"), column("joined")
PAID = ir.Column(ROW, (), "customers", "paid", "paid", TIMESTAMPTZ, True)
WEALTH = ir.Column(ROW, (), "customers", "wealth", "wealth", decimal(38, 2), True)
PRICE = ir.Column(ROW, (), "customers", "price", "price", decimal(18, 2), True)
TODAY = ir.Point(ir.Day(AS_OF))
SUMS = {
    value.name: aggregate(ir.Function.SUM, value)
    for value in (
        event("amount"),
        ir.Column(ROW, (), "orders", "pieces", "pieces", INTEGER, True),
        event("weight"),
    )
}


def text(operator: Any, pattern: str) -> ir.Condition:
    return ir.TextTest(operator, REGION, pattern, False, False)


def shifted(value: ir.Value, count: int, unit: Unit, type: Type = DATE) -> ir.Condition:
    return ir.Compare("<", value, ir.AddTime(value, count, unit, type), False)


def arithmetic(operator: Any, left: ir.Value, right: ir.Value, type: Type = INTEGER) -> ir.Arithmetic:
    return ir.Arithmetic(operator, left, right, type)


CASES: dict[str, tuple[ir.Condition, str]] = {
    "contains": (text("contains", "it's 5%"), "INSTR(region, 'it''s 5%') > 0"),
    "starts with": (text("starts with", "a*[?"), "region GLOB 'a[*][[][?]*'"),
    "ends with": (text("ends with", "a😀"), "SUBSTR(CAST(' ' || region AS BLOB), -5) = CAST('a😀' AS BLOB)"),
    "like a part": (text("like", "%50\\%"), "INSTR(region, '50\\') > 0"),
    "like a beginning": (text("like", "a%"), "region GLOB 'a*'"),
    "like an end": (text("like", "%.a"), "SUBSTR(CAST(' ' || region AS BLOB), -2) = CAST('.a' AS BLOB)"),
    "like itself": (text("like", "abc"), "region = 'abc'"),
    "like more": (text("like", "a_b%c.d"), r"region REGEXP '(?s)\Aa.b.*c\.d\Z'"),
    "matches": (text("matches", r"^\d.$"), r"region REGEXP '\A[0-9][^\u000a]\Z'"),
    "decimals are in hundredths": (compare(INCOME, ">", Decimal("5.25")), "CAST(ROUND(income * 100) AS INTEGER) > 525"),
    "a constant between two hundredths": (
        compare(INCOME, "<", Decimal("5.257")),
        "CAST(ROUND(income * 100) AS INTEGER) <= 525",
    ),
    "of a list what can be found": (
        ir.InList(INCOME, (constant(Decimal("5.25")), constant(7), constant(Decimal("0.001"))), False, False),
        "CAST(ROUND(income * 100) AS INTEGER) IN (525, 700)",
    ),
    "more digits than a double has": (compare(PRICE, ">", 5), "EXACT_INTEGER(price, 2) > 500"),
    "more digits than 64 bits hold": (compare(WEALTH, ">", Decimal("5.2")), "EXACT(wealth, 2) > EXACT('5.20', 2)"),
    "a sum of integers that may not fit": (compare(arithmetic("+", POINTS, POINTS), ">", 5), "points + points > 5"),
    "beside a number as large": (
        compare(arithmetic("+", POINTS, POINTS), ">", POINTS),
        "EXACT_ADD(points, points) > EXACT(points)",
    ),
    "a product that fits": (
        compare(arithmetic("*", INCOME, constant(3), decimal(38, 2)), ">", 5),
        "CAST(ROUND(income * 100) AS INTEGER) * 3 > 500",
    ),
    "a product of a product": (
        compare(arithmetic("*", arithmetic("*", POINTS, POINTS), constant(2)), ">", 5),
        "EXACT_MULTIPLY(points, points, 2) > EXACT(5)",
    ),
    "the least integer has no absolute value": (
        compare(ir.Call("abs", (POINTS,), INTEGER), ">", 5),
        "CASE WHEN points < 0 THEN -points ELSE points END > 5",
    ),
    "rounded down": (
        compare(ir.Call("floor", (INCOME,), INTEGER), ">", 5),
        "CAST(ROUND(income * 100) AS INTEGER) / 100 - ( ( CAST(ROUND(income * 100) AS INTEGER) % 100 ) < 0 ) > 5",
    ),
    "a quotient": (
        compare(ir.Divide(INCOME, constant(3)), ">", 1.5),
        "( CAST(CAST(ROUND(income * 100) AS INTEGER) AS REAL) / 300 ) > 1.5",
    ),
    "a quotient of long numbers": (compare(ir.Divide(POINTS, POINTS), ">", 1.5), "EXACT_QUOTIENT(points, points) > 1.5"),
    "what is not finite is unknown": (
        compare(SCORE, ">", 1.5),
        "CASE WHEN ABS(CAST(score AS REAL)) < 9e999 THEN CAST(score AS REAL) END > 1.5",
    ),
    "the least of two": (
        compare(ir.Call("least", (POINTS, constant(3)), INTEGER), "=", 3),
        "MIN(COALESCE(points, 3), COALESCE(3, points)) = 3",
    ),
    "a time is compared as it is stored": (compare(ir.DayOf(JOINED), ">=", TODAY), "joined >= '2024-01-31 00:00:00'"),
    "equal times may be written in two ways": (
        compare(JOINED, "=", datetime(2024, 1, 1, 9, 30)),
        "joined >= '2024-01-01 09:30:00' AND joined < '2024-01-01 09:30:00.000001'",
    ),
    "of two columns in one way": (
        compare(JOINED, "<", JOINED),
        "( joined || SUBSTR('.000000', LENGTH(joined) - 18) ) < ( joined || SUBSTR('.000000', LENGTH(joined) - 18) )",
    ),
    "instants are in UTC": (
        compare(ir.Part("hour", ir.LocalTime(PAID, "Asia/Jakarta")), "=", 3),
        "CAST(SUBSTR(LOCAL_TIME(paid, 'Asia/Jakarta'), 12, 2) AS INTEGER) = 3",
    ),
    "days": (
        compare(ir.Distance(Unit.DAY, BIRTH, TODAY), "<", 30),
        "CAST(JULIANDAY('2024-01-31') - JULIANDAY(birth_date) AS INTEGER) < 30",
    ),
    "days later": (shifted(BIRTH, 3, Unit.DAY), "birth_date < DATE(MIN(birth_date, '9999-12-28'), '+3 days')"),
    "months earlier": (
        shifted(BIRTH, -1, Unit.QUARTER),
        "birth_date < CASE WHEN birth_date < '0001-04-01' THEN '0001-01-01' ELSE MIN("
        " DATE( birth_date, 'start of month', '-3 months', '-1 days', '+' || SUBSTR(birth_date, 9, 2) || ' days' ),"
        " DATE(birth_date, 'start of month', '-2 months', '-1 days') ) END",
    ),
    "weekdays": (
        compare(ir.Part("weekday", BIRTH), "=", 7),
        "( ( CAST(STRFTIME('%w', SUBSTR(birth_date, 1, 10)) AS INTEGER) + 6 ) % 7 ) + 1 = 7",
    ),
    "a sample": (
        ir.Sample(ROW, (), CUSTOMERS, "a", 0, 2**31, False),
        "SUBSTR(MD5('a:' || customer_id), 1, 8) < '80000000'",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_conditions(name: str) -> None:
    condition, expected = CASES[name]
    assert where(condition, "sqlite") == expected


def test_sums_are_plain_where_they_surely_fit() -> None:
    assert "SUM(CAST(ROUND(amount * 100) AS INTEGER)) AS sum_amount" in statement(
        compare(SUMS["amount"], ">", 5), "sqlite"
    )
    shown = statement(compare(SUMS["pieces"], ">", 5), "sqlite")
    assert "EXACT_SUM(pieces) AS sum_pieces" in shown
    assert "COALESCE(orders_to_2024_01_31.sum_pieces, EXACT(0)) > EXACT(5)" in shown
    assert "FSUM(CASE WHEN" in statement(compare(SUMS["weight"], ">", 0.5), "sqlite")


def test_keys_of_an_order_are_known() -> None:
    shown = statement(compare(aggregate(ir.Function.LAST, event("channel")), "=", "web"), "sqlite")
    assert "NULLS" not in shown and "channel IS NOT NULL" in shown


def test_what_did_not_happen_is_joined() -> None:
    """NOT EXISTS would go through all events for each one: SQLite makes no index for it."""
    rows = replace(orders(), as_of=ir.Day(AS_OF))
    steps = ir.Step(rows), ir.Step(rows, True, (24, Unit.HOUR))
    shown = statement(ir.Sequence(ROW, (), steps, False), "sqlite")
    assert (
        "LEFT JOIN orders_then_no_orders_step_2 AS step_2 ON step_2.customer_id = step_1.customer_id AND"
        in shown
    )
    assert "AND step_2.customer_id IS NULL" in shown and "EXISTS" not in shown


def test_more_tables_than_sqlite_joins() -> None:
    counts = [
        aggregate(ir.Function.COUNT, None, orders(low=str(AS_OF - timedelta(days=days))))
        for days in range(64)
    ]
    assert "LEFT JOIN" in statement(ir.And(tuple(compare(each, ">", 0) for each in counts[:63])), "sqlite")
    with pytest.raises(Unsupported, match="at most 64 tables"):
        statement(ir.And(tuple(compare(each, ">", 0) for each in counts)), "sqlite")


def test_more_queries_than_sqlite_puts_together() -> None:
    everyone = ir.Population(CUSTOMERS, None)
    segments = [ir.Segment(f"s{number}", everyone, compare(POINTS, ">", number)) for number in range(501)]
    apart = dialect("sqlite").apart
    sql.sizes_query(plan(segments[:500], AS_OF, apart=apart), None, "sqlite")
    with pytest.raises(Unsupported, match="at most 500 queries"):
        sql.sizes_query(plan(segments, AS_OF, apart=apart), None, "sqlite")


def test_values_are_shown_as_people_write_them() -> None:
    values: dict[str, ir.Value] = {"income": INCOME, "wealth": WEALTH, "points": POINTS, "joined": JOINED}
    segment = ir.Segment("it", ir.Population(CUSTOMERS, None), compare(POINTS, ">", 5))
    planned = plan([segment], AS_OF, values, apart=dialect("sqlite").apart)
    shown = sql.to_text(sql.row_query(planned, segment.condition, None, "sqlite"), "sqlite")
    assert "CAST(ROUND(customers.income * 100) AS INTEGER) / 100.0 AS income" in shown
    assert "EXACT_TEXT(EXACT(customers.wealth, 2), 2) AS wealth" in shown
    assert "  customers.points,\n  customers.joined\n" in shown
    shown = sql.to_text(sql.ranges_query(planned, "points", "income", None, "sqlite"), "sqlite")
    assert "MIN(income) / 100.0 AS least" in shown and "AS INTEGER) AS income" in shown


# --- asked of SQLite --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def rig() -> Iterator[SQLiteRig]:
    made = SQLiteRig()
    yield made
    made.close()


def test_every_double_is_read_as_it_was_written(rig: SQLiteRig) -> None:
    numbers = random.Random(1)
    doubles = [struct.unpack("d", numbers.randbytes(8))[0] for _ in range(300)]
    doubles += [round(numbers.uniform(-1e6, 1e6), numbers.randint(0, 8)) for _ in range(20_000)]
    # SQLite 3.40 reads the next one down of the first.
    doubles += [0.0, 0.1, 5e-324, 1.7976931348623157e308, 2.0**53, 123456.7]
    finite = [each for each in doubles if math.isfinite(each)]
    for start in range(0, len(finite), 1000):
        part = finite[start : start + 1000]
        shown = [dialect("sqlite").float(repr(each)).sql(dialect="sqlite") for each in part]
        assert list(rig.ask(f"SELECT {', '.join(shown)}")[0]) == part


@pytest.mark.parametrize("value", [0.0, 0.5, 123.25, -7.5, 1e15])
def test_plain_doubles_are_plain(value: float) -> None:
    assert "DOUBLE" not in dialect("sqlite").float(repr(value)).sql(dialect="sqlite")


def asked(rig: SQLiteRig, type: Type, values: list[Any], conditions: list[ir.Condition]) -> None:
    """That SQLite and the interpreter agree on which rows of a table with one column `x` meet each condition."""
    rows = [{"id": number, "x": value} for number, value in enumerate([*values, None])]
    table = ir.Table("things", "things", "id", "id", INTEGER)
    rig.load([Stored("things", (("id", INTEGER), ("x", type)), tuple((row["id"], row["x"]) for row in rows))])
    for start in range(0, len(conditions), 50):
        segments = [
            ir.Segment(f"s{number}", ir.Population(table, None), condition)
            for number, condition in enumerate(conditions[start : start + 50])
        ]
        query = sql.flags_query(plan(segments, AS_OF, apart=dialect("sqlite").apart), None, "sqlite")
        text = sql.to_text(query, "sqlite")
        found = rig.ask(text)
        for position, segment in enumerate(segments, 1):
            keys = {row[0] for row in found if row[position]}
            assert keys == members(segment, {"things": rows}, AS_OF), f"{segment.condition}\n{text}"


def thing(type: Type) -> ir.Column:
    return ir.Column(ROW, (), "things", "x", "x", type, True)


def test_text_with_the_character_zero(rig: SQLiteRig) -> None:
    texts = ["", "\0", "a", "a\0", "\0a", "a\0b", "b\0a", "ab", "A\0B", "a\0\0b", "a\0 "]
    x = thing(STRING)
    conditions: list[ir.Condition] = []
    for part in texts:
        for operator in ("contains", "starts with", "ends with", "like"):
            conditions.append(ir.TextTest(operator, x, part, False, False))
        for pattern in (f"{part}_", f"%{part}", f"{part}%", f"a%{part}"):
            conditions.append(ir.TextTest("like", x, pattern, True, True))
        for change in ("lower", "upper", "trim"):
            conditions.append(compare(ir.Call(change, (x,), STRING), "=", part))
        conditions.append(ir.InList(x, (constant(part), constant("b")), True, True))
    for length in range(5):
        conditions.append(compare(ir.Call("length", (x,), INTEGER), "=", length))
    asked(rig, STRING, texts, conditions)


@pytest.mark.parametrize(
    "type", [decimal(10, 2), decimal(15, 3), decimal(17, 2), decimal(18, 0), decimal(38, 2), decimal(38, 38)]
)
@pytest.mark.parametrize("turn", range(4))
def test_decimals_in_every_form(rig: SQLiteRig, type: Type, turn: int) -> None:
    rig._turn = turn
    most = (
        Decimal(10**type.precision - 1).scaleb(-type.scale)
        if type.precision < 28
        else Decimal("9" * (38 - type.scale) + "." + "9" * type.scale)
    )
    step = Decimal(1).scaleb(-type.scale)
    values = [most, most.copy_negate(), step, step.copy_negate(), Decimal(0)]
    if type.scale < 38:
        values += [Decimal(v) for v in ("2.5", "-2.5", "1.49", "7", "-0.5") if Decimal(v) % step == 0]
    x = thing(type)
    negative = ir.Negate(x, type)
    conditions: list[ir.Condition] = []
    for value in [*values, Decimal("0.005"), Decimal(10) ** 30]:
        for operator in ("=", "!=", "<", "<=", ">", ">="):
            conditions.append(compare(x, operator, value))  # type: ignore[arg-type]
            conditions.append(compare(negative, operator, value))  # type: ignore[arg-type]
        conditions.append(ir.InList(x, (constant(value), constant(7)), False, False))
    for function in ("round", "floor", "ceil"):
        for number in (-3, -2, 0, 1, 3):
            conditions.append(compare(ir.Call(function, (x,), INTEGER), "=", number))  # type: ignore[arg-type]
    conditions += [
        compare(ir.Call("abs", (x,), type), ">", Decimal("1.5")),
        compare(ir.Divide(x, constant(7)), ">", 0.1),
    ]
    conditions += [
        compare(ir.ToFloat(x), ">", 0.3),
        compare(ir.Call("coalesce", (x, constant(5)), type), "=", 5),
    ]
    asked(rig, type, values, conditions)


@pytest.mark.parametrize("turn", range(6))
@pytest.mark.parametrize("type", [TIMESTAMP, TIMESTAMPTZ])
def test_times_in_every_form(rig: SQLiteRig, type: Type, turn: int) -> None:
    rig._turn = turn
    zone = UTC if type == TIMESTAMPTZ else None
    times = [
        datetime(2024, 1, 31, 9, 30, second, micro, zone)
        for second, micro in ((0, 0), (0, 1), (0, 500_000), (0, 999_999), (1, 0), (59, 10))
    ]
    times += [
        datetime.min.replace(tzinfo=zone),
        datetime.max.replace(tzinfo=zone),
        datetime(2024, 2, 1, tzinfo=zone),
    ]
    x = thing(type)
    conditions: list[ir.Condition] = []
    for time in times:
        fixed = ir.Constant(time, type)
        for operator in ("=", "!=", "<", "<=", ">", ">="):
            conditions.append(ir.Compare(operator, x, fixed, False))  # type: ignore[arg-type]
            conditions.append(ir.Compare(operator, fixed, x, False))  # type: ignore[arg-type]
        for hours in (1, -1, 36, 200_000_000):
            later = ir.AddTime(x, hours, Unit.HOUR, type)
            conditions.append(ir.Compare("<=", later, fixed, False))
        conditions.append(ir.InList(x, (fixed, ir.Constant(times[0], type)), True, True))
    asked(rig, type, times, conditions)


def test_days_at_the_ends_of_months_and_of_the_calendar(rig: SQLiteRig) -> None:
    days = [date.min, date(1, 1, 31), date(1, 2, 1), date(1900, 2, 28), date(2023, 1, 31), date(2024, 1, 31)]
    days += [
        date(2024, 2, 29),
        date(2024, 3, 30),
        date(9999, 10, 31),
        date(9999, 11, 30),
        date(9999, 12, 1),
        date.max,
    ]
    x = thing(DATE)
    counts = [
        (1, Unit.MONTH),
        (-1, Unit.MONTH),
        (2, Unit.MONTH),
        (13, Unit.MONTH),
        (-12, Unit.MONTH),
        (1, Unit.QUARTER),
    ]
    counts += [(-1, Unit.YEAR), (4, Unit.YEAR), (9998, Unit.YEAR), (20_000, Unit.YEAR), (-20_000, Unit.YEAR)]
    counts += [
        (1, Unit.DAY),
        (-1, Unit.DAY),
        (31, Unit.DAY),
        (5, Unit.WEEK),
        (-(10**8), Unit.DAY),
        (3_652_058, Unit.DAY),
    ]
    conditions: list[ir.Condition] = []
    for count, unit in counts:
        for day in (*days, date(2024, 2, 28), date(2023, 2, 28), date(9999, 12, 30), date(9999, 12, 15)):
            later = ir.AddTime(x, count, unit, DATE)
            conditions += [compare(later, "=", day), compare(later, "<", day)]
    for part in ("year", "quarter", "month", "day", "weekday"):
        conditions += [compare(ir.Part(part, x), "=", n) for n in (1, 2, 4, 7, 31, 2024)]  # type: ignore[arg-type]
    for unit in (Unit.DAY, Unit.WEEK, Unit.MONTH, Unit.QUARTER, Unit.YEAR):
        conditions += [compare(ir.Distance(unit, x, TODAY), "<=", n) for n in (-1, 0, 1, 53, 2023)]
    conditions += [compare(ir.ToAnniversary(x, TODAY), "<=", n) for n in (0, 1, 29, 30, 364)]
    asked(rig, DATE, days, conditions)


def test_floats(rig: SQLiteRig) -> None:
    values = [
        0.49999999999999994,
        -0.49999999999999994,
        0.5,
        -0.5,
        2.5,
        1e300,
        -0.0,
        math.inf,
        -math.inf,
        4503599627370497.5,
    ]
    x = thing(FLOAT)
    conditions: list[ir.Condition] = []
    for function in ("round", "floor", "ceil", "abs"):
        for value in (0.0, 0.5, -1.0, 1.0, 3.0, -3.0, 1e300, 4503599627370498.0):
            conditions.append(compare(ir.Call(function, (x,), FLOAT), "=", value))  # type: ignore[arg-type]
    conditions.append(compare(ir.Arithmetic("*", x, x, FLOAT), ">", 1.0, True))
    conditions.append(compare(ir.Divide(constant(1.0), x), ">", 0.0, True))
    asked(rig, FLOAT, values, conditions)


def test_what_is_long_or_deep(rig: SQLiteRig) -> None:
    x = thing(INTEGER)
    many = [compare(x, "!=", number) for number in range(1500)]
    tiers: ir.Value = constant(0)
    total: ir.Value = x
    for number in range(60):
        tiers = ir.If(compare(x, "=", number), constant(number + 1), tiers, INTEGER)
        total = arithmetic("+" if number % 7 else "*", total, x)
    conditions = [ir.And(tuple(many)), ir.Or(tuple(compare(x, "=", number) for number in range(0, 3000, 2)))]
    asked(
        rig,
        INTEGER,
        [-1, 3, 4, 59, 1499, 1500],
        [*conditions, compare(tiers, ">", 30), compare(total, "<", 10**9)],
    )


def test_integers_at_their_limits(rig: SQLiteRig) -> None:
    x = thing(INTEGER)
    limits = [2**63 - 1, -(2**63), 2**63 - 2, -(2**63) + 1, 2**62, 0, 1, -1]
    negative, size = ir.Negate(x, INTEGER), ir.Call("abs", (x,), INTEGER)
    results: list[ir.Value] = [
        negative,
        size,
        arithmetic("+", x, x),
        arithmetic("-", negative, constant(2**63 - 1)),
    ]
    results += [
        arithmetic("*", x, x),
        arithmetic("-", x, negative),
        arithmetic("+", size, constant(-(2**63))),
    ]
    results += [
        arithmetic("*", x, constant(10)),
        arithmetic("+", ir.Call("coalesce", (x, constant(5)), INTEGER), x),
    ]
    conditions: list[ir.Condition] = []
    for result in results:
        for number in (*limits, 2**63, 2**64, -(2**64), 9 * 10**18, 10**19, 5):
            conditions += [
                compare(result, "<", number),
                compare(result, ">=", number),
                compare(result, "=", number),
            ]
        conditions += [compare(result, ">", x), compare(result, "=", negative)]
        conditions.append(
            ir.InList(result, (constant(2**63), constant(0), constant(2**64 - 2)), False, False)
        )
    asked(rig, INTEGER, limits, conditions)


def test_many_alternatives(rig: SQLiteRig) -> None:
    x = thing(INTEGER)
    listed = (x, *(constant(number) for number in range(5, 200)))
    conditions: list[ir.Condition] = [
        compare(ir.Call(function, listed, INTEGER), "=", number)  # type: ignore[arg-type]
        for function in ("least", "greatest")
        for number in (-3, 5, 199, 2**62)
    ]
    asked(rig, INTEGER, [-3, 7, 2**62, 2**63 - 1, -(2**63)], conditions)
