"""Makes the CSV files in `data/`, the same ones every time: python make_data.py [FOLDER]"""

from __future__ import annotations

import csv
import sys
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import TypeVar

T = TypeVar("T")
Row = dict[str, object]

LAST_DAY = date(2024, 7, 7)  # a week after the day that the README looks at
CUSTOMERS = 60
PRODUCTS = [
    ("Wooden train", "toys", 2490), ("Kite", "toys", 1250), ("Board game", "toys", 3500),
    ("Picture book", "books", 1190), ("Cookbook", "books", 2800), ("Atlas", "books", 5400),
    ("Wok", "kitchen", 4500), ("Rice cooker", "kitchen", 8990), ("Chopsticks", "kitchen", 690),
    ("Watering can", "garden", 1850), ("Orchid", "garden", 2200), ("Garden chair", "garden", 12900),
]  # fmt: skip
INDUSTRIES = ["logistics", "retail", "software", "textiles"]
EMPLOYEES = [12, 45, 180, 260, 1_400, None, 5_200, 75]
PAGES = ["/", "/search", "/pricing", "/pricing/business", "/help", "/cart", "/toys", "/books"]


def pick(random: Random, choices: Sequence[T]) -> T:
    return choices[random.randrange(len(choices))]


def money(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"


def moment(random: Random, first: date, last: date) -> datetime:
    """Some second from the morning of the first day to the end of the last."""
    day = first + timedelta(days=random.randrange((last - first).days + 1))
    return datetime(day.year, day.month, day.day) + timedelta(seconds=random.randrange(6 * 3600, 24 * 3600))


def companies(random: Random) -> list[Row]:
    return [
        {"company_id": number, "industry": pick(random, INDUSTRIES), "employees": employees}
        for number, employees in enumerate(EMPLOYEES, start=1)
    ]


def customers(random: Random) -> list[Row]:
    """Some do not say when they were born, what they earn, or how to write to them; half work nowhere we know."""
    rows: list[Row] = []
    for number in range(1, CUSTOMERS + 1):
        born = date(1950, 1, 1) + timedelta(days=random.randrange(57 * 365))
        income = money(random.randrange(8_000_00, 120_000_00))
        rows.append(
            {
                "customer_id": number,
                "region": pick(random, ["ID", "ID", "ID", "MY", "SG", "NO"]),
                "birth_date": born if random.random() < 0.8 else None,
                "income": income if random.random() < 0.6 else None,
                "email": f"customer{number}@mail.example" if random.random() < 0.9 else None,
                "marketing_opt_in": "true" if random.random() < 0.6 else "false",
                "signup_date": date(2022, 1, 1) + timedelta(days=random.randrange(900)),
                "company_id": 1 + random.randrange(len(EMPLOYEES)) if random.random() < 0.5 else None,
            }
        )
    return rows


def orders(random: Random, people: list[Row]) -> tuple[list[Row], list[Row]]:
    """Orders and their items. A few customers buy often, many seldom, some never; many have stopped."""
    found: list[tuple[datetime, object]] = []
    for person in people:
        signup = person["signup_date"]
        assert isinstance(signup, date)
        count = pick(random, [0, 1, 1, 2, 2, 4, 6, 9, 13])
        stopped = random.random() < 0.4
        last = min(LAST_DAY, signup + timedelta(days=random.randrange(30, 500))) if stopped else LAST_DAY
        found += [(moment(random, signup, last), person["customer_id"]) for _ in range(count)]
    order_rows: list[Row] = []
    item_rows: list[Row] = []
    for number, (placed_at, customer) in enumerate(sorted(found), start=1):
        amount = 0
        chosen: list[int] = []
        for _ in range(1 + random.randrange(3)):
            product = random.randrange(len(PRODUCTS))
            if product in chosen:
                continue
            chosen.append(product)
            quantity = pick(random, [1, 1, 1, 2, 3])
            price = PRODUCTS[product][2]
            amount += price * quantity
            item_rows.append(
                {
                    "item_id": len(item_rows) + 1,
                    "order_id": number,
                    "product_id": product + 1,
                    "price": money(price),
                    "quantity": quantity,
                }
            )
        order_rows.append(
            {
                "order_id": number,
                "customer_id": customer,
                "placed_at": placed_at,
                "amount": money(amount),
                "channel": pick(random, ["web", "web", "app", "app", "store", None]),
            }
        )
    return order_rows, item_rows


def page_views(random: Random, people: list[Row]) -> list[Row]:
    """What people looked at in the last four months; a few of the views are of nobody we know."""
    found: list[tuple[datetime, object]] = []
    for person in people:
        signup = person["signup_date"]
        assert isinstance(signup, date)
        first = max(signup, date(2024, 3, 1))
        views = pick(random, [0, 0, 2, 4, 8, 14])
        found += [(moment(random, first, LAST_DAY), person["customer_id"]) for _ in range(views)]
    strangers = [(moment(random, date(2024, 3, 1), LAST_DAY), None) for _ in range(10)]
    return [
        {"view_id": number, "customer_id": customer, "viewed_at": viewed_at, "url": pick(random, PAGES)}
        for number, (viewed_at, customer) in enumerate(
            sorted([*found, *strangers], key=lambda view: view[0]), start=1
        )
    ]


def write(folder: Path, name: str, rows: list[Row]) -> None:
    """One CSV file. What is not known is left empty."""
    with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def make(folder: Path) -> None:
    random = Random(2024)
    folder.mkdir(parents=True, exist_ok=True)
    people = customers(random)
    order_rows, item_rows = orders(random, people)
    write(folder, "customers", people)
    write(folder, "companies", companies(random))
    write(folder, "orders", order_rows)
    write(folder, "items", item_rows)
    write(folder, "page_views", page_views(random, people))
    products = [
        {"product_id": number, "name": name, "category": category}
        for number, (name, category, _) in enumerate(PRODUCTS, start=1)
    ]
    write(folder, "products", products)


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent / "data")
