"""A small shop as IR and rows, and both ways to ask who is in a segment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import duckdb

from segdsl.planner import plan
from segdsl.reference import interpreter
from segdsl.semantics import ir
from segdsl.semantics.types import (
    BOOLEAN,
    DATE,
    FLOAT,
    INTEGER,
    STRING,
    TIMESTAMP,
    TIMESTAMPTZ,
    Kind,
    Type,
    decimal,
)
from segdsl.sql import dialects, flags_query, members_query, to_text

AS_OF = date(2024, 1, 31)
ROW, ENTITY = ir.Scope.ROW, ir.Scope.ENTITY
MONEY = decimal(10, 2)

COLUMNS: dict[str, dict[str, Type]] = {
    "customers": {
        "customer_id": INTEGER,
        "region": STRING,
        "birth_date": DATE,
        "joined": TIMESTAMP,
        "income": MONEY,
        "points": INTEGER,
        "score": FLOAT,
        "opt_in": BOOLEAN,
        "company_id": INTEGER,
    },
    "companies": {"company_id": INTEGER, "employees": INTEGER, "parent_id": INTEGER},
    "orders": {
        "order_id": INTEGER,
        "customer_id": INTEGER,
        "placed_at": TIMESTAMP,
        "paid_at": TIMESTAMPTZ,
        "amount": MONEY,
        "channel": STRING,
        "weight": FLOAT,
    },
}
CUSTOMERS = ir.Table("customers", "customers", "customer_id", "customer_id", INTEGER)
COMPANIES = ir.Table("companies", "companies", "company_id", "company_id", INTEGER)
ORDERS = ir.Table("orders", "orders", "order_id", "order_id", INTEGER)
COMPANY = ir.Link("company", "company_id", "company_id", INTEGER, COMPANIES, False)
PARENT = ir.Link("parent", "parent_id", "parent_id", INTEGER, COMPANIES, False)
CUSTOMER = ir.Link("customer", "customer_id", "customer_id", INTEGER, CUSTOMERS, False)
EVERYONE = ir.Population(CUSTOMERS, None)

ROWS: dict[str, list[dict[str, Any]]] = {
    "companies": [
        {"company_id": 1, "employees": 500, "parent_id": None},
        {"company_id": 2, "employees": 20, "parent_id": 1},
        {"company_id": 3, "employees": None, "parent_id": 77},
    ],
    "customers": [
        dict(zip(COLUMNS["customers"], row, strict=True))
        for row in [
            (
                1,
                "ID",
                date(1990, 2, 28),
                datetime(2023, 12, 31, 23, 59),
                Decimal("10.50"),
                2**62,
                1.5,
                True,
                1,
            ),
            (2, "MY", date(2000, 2, 29), datetime(2024, 1, 31, 23, 59), Decimal("0.30"), 3, 0.1, False, 2),
            (3, None, None, None, None, None, None, None, None),
            (
                4,
                "id ",
                date(1999, 12, 31),
                datetime(2024, 2, 1),
                Decimal("-7.25"),
                -5,
                float("nan"),
                True,
                99,
            ),
            (5, "É", date(2023, 1, 31), datetime(2020, 6, 15, 12), Decimal("0.00"), 0, float("inf"), None, 3),
        ]
    ],
    "orders": [
        dict(zip(COLUMNS["orders"], row, strict=True))
        for row in [
            (
                1,
                1,
                datetime(2024, 1, 1, 10),
                datetime(2024, 1, 1, 3, tzinfo=UTC),
                Decimal("99.99"),
                "app",
                1.0,
            ),
            (2, 1, datetime(2024, 1, 2), datetime(2024, 1, 1, 17, tzinfo=UTC), Decimal("0.01"), "web", None),
            (3, 1, datetime(2024, 1, 31, 23, 59), None, None, "app", float("inf")),
            (4, 2, datetime(2024, 2, 1), datetime(2024, 2, 1, tzinfo=UTC), Decimal("5.00"), "web", 2.0),
            (5, 2, datetime(2023, 6, 1), datetime(2023, 6, 1, tzinfo=UTC), Decimal("7.00"), None, 0.5),
            (6, 5, None, datetime(2024, 1, 20, tzinfo=UTC), Decimal("8.00"), "web", 0.25),
            (7, 4, datetime(2024, 1, 15), datetime(2024, 1, 15, tzinfo=UTC), Decimal("20.00"), "web", 0.25),
            (8, 4, datetime(2024, 1, 15), datetime(2024, 1, 15, tzinfo=UTC), Decimal("-20.00"), "shop", 4.0),
            (9, None, datetime(2024, 1, 15), datetime(2024, 1, 15, tzinfo=UTC), Decimal("1.00"), "web", 1.0),
            (10, 42, datetime(2024, 1, 15), datetime(2024, 1, 15, tzinfo=UTC), Decimal("1.00"), "web", 1.0),
        ]
    ],
}


def column(name: str, *links: ir.Link, table: str = "customers", scope: ir.Scope = ROW) -> ir.Column:
    where = links[-1].target.name if links else table
    return ir.Column(scope, links, where, name, name, COLUMNS[where][name], True)


def event(name: str, *links: ir.Link) -> ir.Column:
    return column(name, *links, table="orders")


def own(name: str) -> ir.Column:
    """A column of the customer, inside an aggregate."""
    return column(name, scope=ENTITY)


def constant(value: Any) -> ir.Constant:
    match value:
        case bool():
            return ir.Constant(value, BOOLEAN)
        case int():
            return ir.Constant(value, INTEGER)
        case Decimal():
            digits = value.as_tuple()
            scale = -int(digits.exponent)
            return ir.Constant(value, decimal(max(len(digits.digits), scale), scale))
        case float():
            return ir.Constant(value, FLOAT)
        case datetime():
            return ir.Constant(value, TIMESTAMP)
        case date():
            return ir.Constant(value, DATE)
    return ir.Constant(value, STRING)


def compare(left: ir.Value, operator: Any, right: Any, on_unknown: bool = False) -> ir.Compare:
    right = right if isinstance(right, ir.VALUES) else constant(right)
    return ir.Compare(operator, left, right, on_unknown)


def day(text: str) -> ir.Point:
    return ir.Point(ir.Day(date.fromisoformat(text)))


def orders(
    where: ir.Condition | None = None,
    low: str | None = None,
    high: str | None = None,
    chain: ir.Links = (CUSTOMER,),
    time: ir.Value | None = None,
) -> ir.Rows:
    window = None
    if low or high:
        window = ir.Days(*(ir.Day(date.fromisoformat(end)) if end else None for end in (low, high)))
    return ir.Rows(ORDERS, chain, time or event("placed_at"), window, where)


def aggregate(
    function: ir.Function, value: ir.Value | None = None, rows: ir.Rows | None = None, links: ir.Links = ()
) -> ir.Aggregate:
    kind = INTEGER
    if value is not None and function is not ir.Function.COUNT_DISTINCT:
        kind = value.type
        if function is ir.Function.SUM and kind.kind is Kind.DECIMAL:
            kind = decimal(38, kind.scale)
    return ir.Aggregate(ROW, links, function, rows or orders(), value, kind)


def exists(rows: ir.Rows | None = None, negated: bool = False, links: ir.Links = ()) -> ir.Exists:
    return ir.Exists(ROW, links, rows or orders(), negated)


def member(
    body: ir.Condition,
    *links: ir.Link,
    scope: ir.Scope = ROW,
    negated: bool = False,
    name: str = "other",
    entity: ir.Table | None = None,
) -> ir.Member:
    return ir.Member(scope, links, entity or (links[-1].target if links else CUSTOMERS), body, negated, name)


def segment(condition: ir.Condition, name: str = "it", time: ir.Value | None = None) -> ir.Segment:
    return ir.Segment(name, ir.Population(CUSTOMERS, time), condition)


_SQL = {Kind.INTEGER: "BIGINT", Kind.FLOAT: "DOUBLE", Kind.STRING: "VARCHAR"}


@contextmanager
def database(rows: Mapping[str, Sequence[Mapping[str, Any]]] = ROWS) -> Iterator[duckdb.DuckDBPyConnection]:
    """DuckDB with the rows in tables of the declared types."""
    connection = duckdb.connect(config={"threads": 1})
    try:
        connection.execute("SET TimeZone = 'UTC'")
        for table, columns in COLUMNS.items():
            shown = ", ".join(f"{name} {_SQL.get(type.kind, str(type))}" for name, type in columns.items())
            connection.execute(f"CREATE TABLE {table} ({shown})")
            for row in rows[table]:
                marks = ", ".join("?" for _ in columns)
                connection.execute(f"INSERT INTO {table} VALUES ({marks})", [row[name] for name in columns])
        yield connection
    finally:
        connection.close()


def both_answers(segments: Sequence[ir.Segment], as_of: date = AS_OF) -> list[tuple[set[int], set[int]]]:
    """For each segment its members by the interpreter and by SQL, which must be the same in each form."""
    planned = plan(segments, as_of)
    answers = []
    with database() as connection:
        flags = connection.execute(to_text(flags_query(planned))).fetchall()
        for at, one in enumerate(segments, 1):
            found = connection.execute(to_text(members_query(planned, one.name))).fetchall()
            members = {key for (key,) in found}
            assert len(found) == len(members), "each key once"
            assert all(row[at] is not None for row in flags), "a flag is never NULL"
            assert {row[0] for row in flags if row[at]} == members
            answers.append((interpreter.members(one, ROWS, as_of), members))
    return answers


def members(condition: ir.Condition, as_of: date = AS_OF) -> set[int]:
    """The members by SQL, after checking that the interpreter agrees."""
    ((expected, found),) = both_answers([segment(condition)], as_of)
    assert found == expected
    return found


def sql(condition: ir.Condition, dialect: str = "duckdb") -> str:
    """The statement for the members, on one line."""
    planned = plan([segment(condition)], AS_OF, apart=dialects.dialect(dialect).apart)
    return " ".join(to_text(members_query(planned, "it", None, dialect), dialect).split())


def where(condition: ir.Condition, dialect: str) -> str:
    """What stands behind WHERE where a condition on a customer's own columns is all that is asked for."""
    return sql(condition, dialect).partition(" WHERE ")[2]
