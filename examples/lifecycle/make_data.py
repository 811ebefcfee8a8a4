"""Makes the Parquet files in `data/`, the same ones every time: python make_data.py [FOLDER]

Two years of a shop for coffee. Some only look around, many order once, some keep a rhythm until they stop, and a few come
back after a long silence. Most tickets are answered within a day, some late, some never.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import TypeVar

import pyarrow
import pyarrow.parquet as parquet

T = TypeVar("T")
Row = dict[str, object]

CUSTOMERS = 2_400
START = datetime(2022, 7, 1)
END = datetime(2024, 7, 8)  # a week after the day that the README looks at
NUMBER, TEXT, MOMENT = pyarrow.int64(), pyarrow.string(), pyarrow.timestamp("us")
SCHEMAS = {
    "customers": {
        "customer_id": NUMBER, "signed_up_at": MOMENT, "email": TEXT, "opted_in": pyarrow.bool_(), "country": TEXT,
        "found_by": TEXT,
    },
    "orders": {
        "order_id": NUMBER, "customer_id": NUMBER, "placed_at": MOMENT, "amount": pyarrow.decimal128(8, 2),
        "status": TEXT,
    },
    "visits": {"visit_id": NUMBER, "customer_id": NUMBER, "started_at": MOMENT, "furthest": TEXT},
    "tickets": {"ticket_id": NUMBER, "customer_id": NUMBER, "opened_at": MOMENT, "topic": TEXT},
    "messages": {"message_id": NUMBER, "ticket_id": NUMBER, "sent_at": MOMENT, "author": TEXT},
}  # fmt: skip
# How they buy, and how many in a hundred are like that.
KINDS = {"looks": 22, "once": 25, "occasional": 17, "regular": 13, "stopped": 9, "returned": 14}


def pick(random: Random, choices: Sequence[T]) -> T:
    return choices[random.randrange(len(choices))]


def later(random: Random, moment: datetime, least: int, most: int) -> datetime:
    """Some second, that many days later."""
    day = (moment + timedelta(days=least + random.randrange(most - least + 1))).date()
    return datetime(day.year, day.month, day.day) + timedelta(seconds=random.randrange(7 * 3600, 24 * 3600))


def customers(random: Random) -> Iterator[tuple[Row, str]]:
    """Each with their kind. One in ten gave no address, one in five does not say how they came."""
    kinds = [kind for kind, share in KINDS.items() for _ in range(share)]
    span = (END - START).days
    moments = sorted(later(random, START, 0, span - 2) for _ in range(CUSTOMERS))
    for number, moment in enumerate(moments, start=1):
        row: Row = {
            "customer_id": number,
            "signed_up_at": moment,
            "email": f"customer{number}@mail.example" if random.random() < 0.9 else None,
            "opted_in": random.random() < 0.65,
            "country": pick(random, ["MY", "MY", "MY", "SG", "SG", "ID"]),
            "found_by": pick(random, ["search", "search", "friend", "advert", None]),
        }
        yield row, pick(random, kinds)


def order_moments(random: Random, signed_up: datetime, kind: str) -> Iterator[datetime]:
    """When a customer orders, in the course of the two years."""
    if kind == "looks":
        return
    moment = later(random, signed_up, 0, pick(random, [0, 3, 20, 60]))
    if moment <= signed_up:
        moment = signed_up + timedelta(minutes=5 + random.randrange(50))
    yield moment
    if kind == "once":
        return
    low, high = {"occasional": (30, 150), "regular": (14, 40)}.get(kind, (20, 70))
    first_run = random.randrange(1, 7)
    orders = 0
    while moment < END:
        orders += 1
        if kind == "stopped" and orders > first_run:
            return
        silence = kind == "returned" and orders == first_run
        moment = later(random, moment, 200, 420) if silence else later(random, moment, low, high)
        yield moment


def visits_of(random: Random, customer: int, signed_up: datetime, bought: list[datetime]) -> Iterator[Row]:
    """Before an order to the cart, and now and then only to look."""
    for moment in bought:
        yield visit(customer, moment - timedelta(minutes=2 + random.randrange(30)), "cart")
    since = max(signed_up, END - timedelta(days=150))
    for _ in range(pick(random, [0, 0, 1, 2, 5])):
        moment = later(random, since, 0, max((END - since).days - 1, 0))
        yield visit(customer, moment, pick(random, ["home", "product", "product", "cart"]))


def visit(customer: int | None, moment: datetime, furthest: str) -> Row:
    return {"customer_id": customer, "started_at": moment, "furthest": furthest}


def tickets_of(random: Random, customer: int, signed_up: datetime, bought: list[datetime]) -> Iterator[Row]:
    """Some days after an order mostly, more of them of late."""
    for moment in bought:
        if random.random() < (0.16 if moment > datetime(2024, 3, 1) else 0.05):
            topic = pick(random, ["delivery", "delivery", "quality", "payment", "other", None])
            yield {"customer_id": customer, "opened_at": later(random, moment, 1, 9), "topic": topic}
    if random.random() < 0.03:
        yield {"customer_id": customer, "opened_at": later(random, signed_up, 0, 20), "topic": "other"}


def messages_of(random: Random, ticket: Row) -> Iterator[Row]:
    """The customer's own first; in eight of ten cases an answer in time, else a late one or none."""
    opened = ticket["opened_at"]
    assert isinstance(opened, datetime)
    yield {"ticket_id": ticket["ticket_id"], "sent_at": opened, "author": "customer"}
    fate = random.random()
    if fate < 0.1:
        yield {
            "ticket_id": ticket["ticket_id"],
            "sent_at": opened + timedelta(hours=30),
            "author": "customer",
        }
        return
    minutes = random.randrange(20, 40 * 60) if fate < 0.8 else random.randrange(49 * 60, 150 * 60)
    yield {
        "ticket_id": ticket["ticket_id"],
        "sent_at": opened + timedelta(minutes=minutes),
        "author": "agent",
    }


def numbered(rows: list[Row], key: str, time: str) -> list[Row]:
    """What had happened by the end of the data, in order of time, with a key."""

    def when(row: Row) -> datetime:
        moment = row[time]
        assert isinstance(moment, datetime)
        return moment

    found = sorted((row for row in rows if when(row) < END), key=when)
    return [{key: number, **row} for number, row in enumerate(found, start=1)]


def make(folder: Path) -> None:
    random = Random(1892)
    tables: dict[str, list[Row]] = {name: [] for name in SCHEMAS}
    for row, kind in customers(random):
        number, signed_up = row["customer_id"], row["signed_up_at"]
        assert isinstance(number, int) and isinstance(signed_up, datetime)
        bought = list(order_moments(random, signed_up, kind))
        tables["customers"].append(row)
        for moment in bought:
            amount = Decimal(random.randrange(25_00, 120_00) + random.randrange(80_00)) / 100
            status = pick(random, ["delivered"] * 22 + ["returned", "cancelled"])
            order: Row = {"customer_id": number, "placed_at": moment, "amount": amount, "status": status}
            tables["orders"].append(order)
        tables["visits"] += visits_of(random, number, signed_up, bought)
        tables["tickets"] += tickets_of(random, number, signed_up, bought)
    tables["visits"] += [visit(None, later(random, START, 600, 735), "home") for _ in range(200)]
    tables["orders"] = numbered(tables["orders"], "order_id", "placed_at")
    tables["visits"] = numbered(tables["visits"], "visit_id", "started_at")
    tables["tickets"] = numbered(tables["tickets"], "ticket_id", "opened_at")
    messages = [message for ticket in tables["tickets"] for message in messages_of(random, ticket)]
    tables["messages"] = numbered(messages, "message_id", "sent_at")
    folder.mkdir(parents=True, exist_ok=True)
    for name, schema in SCHEMAS.items():
        table = pyarrow.Table.from_pylist(tables[name], pyarrow.schema(list(schema.items())))
        parquet.write_table(table, folder / f"{name}.parquet")


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent / "data")
