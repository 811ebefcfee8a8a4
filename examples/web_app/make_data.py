"""Makes the Parquet files in `data/`, the same ones every time: python make_data.py [FOLDER]"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import TypeVar

import pyarrow as pa
import pyarrow.parquet as pq

T = TypeVar("T")
Row = dict[str, object]

START = datetime(2024, 12, 1, tzinfo=UTC)
END = datetime(2025, 4, 10, tzinfo=UTC)  # some days after the day that the README looks at
ADELAIDE = timedelta(hours=10, minutes=30)  # in summer; the hours at which people come need not be exact
VISITORS = 2_000

SOURCES = ["search", "search", "search", "ads", "ads", "social", "direct", "direct", "email", None]
DEVICES = ["mobile", "mobile", "mobile", "desktop", "desktop", "desktop", "tablet", None]
LANDING = ["/", "/", "/search", "/product", "/product", "/blog", "/pricing"]
NEXT = {
    "/": ["/search", "/search", "/product", "/product", "/pricing", "/blog", "/help"],
    "/search": ["/product", "/product", "/product", "/search", "/"],
    "/product": ["/product", "/product", "/search", "/pricing", "/cart", "/cart"],
    "/blog": ["/", "/blog", "/product"],
    "/pricing": ["/signup", "/signup", "/product", "/help", "/"],
    "/signup": ["/", "/product", "/pricing"],
    "/help": ["/", "/product", "/pricing"],
    "/cart": ["/checkout", "/checkout", "/product", "/help"],
    "/checkout": ["/checkout", "/cart", "/help", "/"],
}
FEATURES = [
    ("wishlist", date(2024, 12, 16)),
    ("compare", date(2025, 1, 20)),
    ("price_alerts", date(2025, 3, 3)),
]


def pick(random: Random, choices: Sequence[T]) -> T:
    return choices[random.randrange(len(choices))]


@dataclass
class Log:
    """The rows of all tables, in the order in which they were made."""

    visitors: list[Row] = field(default_factory=list)
    sessions: list[Row] = field(default_factory=list)
    page_views: list[Row] = field(default_factory=list)
    cart_adds: list[Row] = field(default_factory=list)
    orders: list[Row] = field(default_factory=list)
    feature_uses: list[Row] = field(default_factory=list)


@dataclass
class Visit:
    """One session while it goes on. `cart` is the visitor's open cart, if there is one."""

    random: Random
    log: Log
    visitor: Row
    session: str
    now: datetime
    cart: int | None

    def later(self, low: int, high: int) -> None:
        self.now += timedelta(seconds=low + int((high - low) * self.random.random() ** 3))

    def see(self, page: str) -> Row:
        path = f"{page}/{self.random.randrange(1, 40)}" if page in ("/product", "/blog") else page
        row: Row = {"session_id": self.session, "viewed_at": self.now, "path": path, "seconds": None}
        self.log.page_views.append(row)
        return row

    def add(self) -> None:
        if self.cart is None:
            self.cart = len(self.log.cart_adds) + 1
        price = Decimal(self.random.randrange(5_00, 180_00)) / 100
        self.log.cart_adds.append(
            {"session_id": self.session, "cart_id": self.cart, "added_at": self.now, "price": price}
        )

    def buy(self) -> None:
        adds = [row for row in self.log.cart_adds if row["cart_id"] == self.cart]
        amount = sum((row["price"] for row in adds if isinstance(row["price"], Decimal)), Decimal(0))
        visitor = self.visitor["visitor_id"]
        self.log.orders.append(
            {"visitor_id": visitor, "cart_id": self.cart, "ordered_at": self.now, "amount": amount}
        )
        self.cart = None

    def do(self, page: str) -> None:
        """What a page leads to, other than the next page."""
        chance = self.random.random()
        match page:
            case "/product" if chance < 0.22:
                self.add()
            case "/signup" if chance < 0.55 and self.visitor["signed_up_at"] is None:
                self.visitor["signed_up_at"] = self.now
            case "/checkout" if chance < 0.45 and self.cart is not None:
                self.buy()

    def run(self, depth: int) -> None:
        """Page after page; the time on the last one is unknown, and now and then a page is loaded again."""
        page = pick(self.random, LANDING) if self.cart is None else pick(self.random, ["/cart", *LANDING])
        for step in range(depth):
            row = self.see(page)
            entered = self.now
            self.later(3, 400)
            self.do(page)
            if step + 1 < depth:
                row["seconds"] = (self.now - entered).seconds
                page = page if self.random.random() < 0.06 else pick(self.random, NEXT[page])


def moment(random: Random, first: datetime, last: datetime) -> datetime:
    """Some second of the days from the first to the last, most often in the evening of those who live there."""
    day = first + timedelta(days=random.randrange(max(1, (last - first).days)))
    second = int(86_400 * random.triangular(0, 1, 0.83))
    at = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(seconds=second) - ADELAIDE
    return min(max(first, at), END - timedelta(hours=1))


def visits(random: Random) -> list[datetime]:
    """When somebody comes: half of all once, most others a few times, some nearly every day from then on."""
    first = moment(random, START, END)
    kind = random.random()
    if kind < 0.5:
        return [first]
    if kind < 0.92:
        others = [first + timedelta(hours=random.expovariate(1 / 90)) for _ in range(random.randrange(1, 7))]
    else:
        others = [moment(random, first, END) for _ in range(random.randrange(8, 60))]
    return [first, *sorted(at for at in others if first + timedelta(hours=1) < at < END)]


def features(random: Random, log: Log, visitor: Row, first: datetime) -> None:
    """Many never use a feature. Who does may begin at once or late, and those who visit are not always signed up."""
    for number, (_, launched) in enumerate(FEATURES, start=1):
        if random.random() > 0.3:
            continue
        opened = max(first, datetime(launched.year, launched.month, launched.day, tzinfo=UTC))
        if opened >= END - timedelta(days=1):
            continue
        at = opened + timedelta(seconds=int((END - opened).total_seconds() * random.random() ** 1.7))
        for _ in range(random.randrange(1, 8)):
            if at < END:
                log.feature_uses.append(
                    {
                        "visitor_id": visitor["visitor_id"],
                        "feature_id": number,
                        "used_at": at.replace(microsecond=0),
                    }
                )
            at += timedelta(hours=random.expovariate(1 / 70))


def make_log(random: Random) -> Log:
    log = Log()
    for number in range(1, VISITORS + 1):
        moments = [at.replace(microsecond=0) for at in visits(random)]
        visitor: Row = {
            "visitor_id": f"v{number:04}",
            "first_seen_at": moments[0],
            "country": pick(random, ["AU", "AU", "AU", "NZ", "ID", "MY", None]),
            "email_known": random.random() < 0.35,
            "signed_up_at": None,
        }
        log.visitors.append(visitor)
        if random.random() < 0.03:
            continue  # blocks what counts: seen, but without a session
        cart: int | None = None
        favourite = pick(random, DEVICES)
        for place, at in enumerate(moments):
            session = f"s{len(log.sessions) + 1:05}"
            visit = Visit(random, log, visitor, session, at, cart)
            visit.run(1 + int(14 * random.random() ** 2.2))
            cart = visit.cart
            log.sessions.append(
                {
                    "session_id": session,
                    "visitor_id": visitor["visitor_id"],
                    "started_at": at,
                    "device": favourite if random.random() < 0.7 else pick(random, DEVICES),
                    "source": pick(random, SOURCES) if place == 0 or random.random() < 0.5 else "direct",
                }
            )
        features(random, log, visitor, moments[0])
    return log


TYPES = {
    **dict.fromkeys(
        ("first_seen_at", "signed_up_at", "started_at", "viewed_at", "added_at", "ordered_at", "used_at"),
        pa.timestamp("us", tz="UTC"),
    ),
    "price": pa.decimal128(10, 2),
    "amount": pa.decimal128(10, 2),
}


def write(folder: Path, name: str, rows: list[Row], key: str = "") -> None:
    """One file. Rows without a key are numbered."""
    numbered = [{key: number, **row} for number, row in enumerate(rows, start=1)] if key else rows
    arrays = {
        column: pa.array([row[column] for row in numbered], TYPES.get(column)) for column in numbered[0]
    }
    pq.write_table(pa.table(arrays), folder / f"{name}.parquet")


def make(folder: Path) -> None:
    log = make_log(Random(7))
    folder.mkdir(parents=True, exist_ok=True)
    write(folder, "visitors", log.visitors)
    write(folder, "sessions", log.sessions)
    write(folder, "page_views", log.page_views, "view_id")
    write(folder, "cart_adds", log.cart_adds, "add_id")
    write(folder, "orders", log.orders, "order_id")
    write(folder, "feature_uses", log.feature_uses, "use_id")
    named: list[Row] = [{"name": name, "launched_on": launched} for name, launched in FEATURES]
    write(folder, "features", named, "feature_id")


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent / "data")
