"""Makes the Parquet files in `data/`, the same ones every time: python make_data.py [FOLDER]

Six months of mailings. People differ in how much they read, and tire of what they are sent; the mail programs of some
open everything by themselves; the spring campaign went to all but a hold-out, and its variant B sells better.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator, Sequence
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

CONTACTS = 3_000
FIRST_DAY = date(2023, 11, 6)
LAST_DAY = date(2024, 5, 7)  # a week after the day that the README looks at
SPRING_DAY = date(2024, 4, 11)
THEMES = ["newsletter", "newsletter", "sale", "product", "newsletter", "sale", "reminder"]
DAYPARTS = [(6, 11), (11, 17), (17, 23)]  # hours, UTC
INSTANT = pa.timestamp("us", tz="UTC")
SCHEMAS = {
    "contacts": {
        "contact_id": pa.string(), "email": pa.string(), "phone": pa.string(), "has_app": pa.bool_(),
        "joined_on": pa.date32(), "preferred_channel": pa.string(),
    },
    "campaigns": {"campaign_id": pa.string(), "theme": pa.string(), "starts_on": pa.date32()},
    "consents": {
        "consent_id": pa.int64(), "contact_id": pa.string(), "channel": pa.string(),
        "granted": pa.bool_(), "changed_at": INSTANT,
    },
    "sends": {
        "send_id": pa.int64(), "contact_id": pa.string(), "campaign_id": pa.string(), "channel": pa.string(),
        "outcome": pa.string(), "variant": pa.string(), "sent_at": INSTANT,
    },
    "opens": {"open_id": pa.int64(), "send_id": pa.int64(), "by_machine": pa.bool_(), "opened_at": INSTANT},
    "clicks": {"click_id": pa.int64(), "send_id": pa.int64(), "url": pa.string(), "clicked_at": INSTANT},
    "orders": {
        "order_id": pa.int64(), "contact_id": pa.string(), "amount": pa.decimal128(10, 2), "placed_at": INSTANT,
    },
}  # fmt: skip
KEYS = {
    "consents": "consent_id",
    "sends": "send_id",
    "opens": "open_id",
    "clicks": "click_id",
    "orders": "order_id",
}
TIMES = {"consents": "changed_at", "opens": "opened_at", "clicks": "clicked_at", "orders": "placed_at"}


@dataclass(frozen=True)
class Contact:
    """A person, with what the files do not tell: how keen they are, and when they read."""

    key: str
    joined: date
    email: bool
    phone: bool
    has_app: bool
    keenness: float
    machine: bool
    dead_address: bool
    hours: tuple[int, int]
    weekend: bool


@dataclass
class Tables:
    rows: dict[str, list[Row]] = field(default_factory=lambda: {name: [] for name in SCHEMAS})

    def add(self, table: str, **row: object) -> None:
        self.rows[table].append(row)


def pick(random: Random, choices: Sequence[T]) -> T:
    return choices[random.randrange(len(choices))]


def instant(random: Random, day: date, hours: tuple[int, int] = (5, 20)) -> datetime:
    """Some second of the day, between two hours of UTC."""
    seconds = random.randrange(hours[0] * 3600, hours[1] * 3600)
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(seconds=seconds)


def spring_version(key: str) -> str | None:
    """As whoever sent the spring campaign decided it: nothing for the tenth of all with the lowest digests."""
    place = int(hashlib.md5(f"spring-2024:{key}".encode()).hexdigest()[:8], 16)
    if 10 * place < 2**32:
        return None
    return "a" if 100 * place < 55 * 2**32 else "b"


def make_contacts(random: Random, tables: Tables) -> list[Contact]:
    people = []
    for number in range(1, CONTACTS + 1):
        days = min(int(random.expovariate(1 / 400)), 2_000)
        person = Contact(
            key=f"c-{number:05d}",
            joined=LAST_DAY - timedelta(days=days),
            email=random.random() < 0.93,
            phone=random.random() < 0.45,
            has_app=random.random() < 0.3,
            keenness=random.betavariate(0.7, 2.2),
            machine=random.random() < 0.25,
            dead_address=random.random() < 0.04,
            hours=pick(random, DAYPARTS),
            weekend=random.random() < 0.25,
        )
        people.append(person)
        tables.add(
            "contacts",
            contact_id=person.key,
            email=f"contact{number}@mail.example" if person.email else None,
            phone=f"+49 30 5550{number:05d}" if person.phone else None,
            has_app=person.has_app,
            joined_on=person.joined,
            preferred_channel=pick(random, ["email", "email", "sms", "push", None, None, None, None]),
        )
        make_consents(random, tables, person)
    return people


def make_consents(random: Random, tables: Tables, person: Contact) -> None:
    """Most agree to e-mail on joining; some take it back, and a few of these change their mind again."""
    shares = {"email": 0.8, "sms": 0.4 if person.phone else 0.05, "push": 0.6 if person.has_app else 0.02}
    for channel, share in shares.items():
        if random.random() < 0.15:
            continue  # was never asked
        asked = instant(random, person.joined)
        granted = random.random() < share
        tables.add("consents", contact_id=person.key, channel=channel, granted=granted, changed_at=asked)
        while random.random() < (0.18 if granted else 0.08):
            asked += timedelta(days=random.randrange(5, 200), seconds=random.randrange(3600))
            if asked.date() > LAST_DAY:
                break
            granted = not granted
            tables.add("consents", contact_id=person.key, channel=channel, granted=granted, changed_at=asked)


def make_campaigns(tables: Tables) -> Iterator[tuple[str, str, date]]:
    """On Mondays and Thursdays, and every other Saturday; spring takes the place of one of them."""
    day, number = FIRST_DAY, 0
    while day <= LAST_DAY:
        spring = day == SPRING_DAY
        name = "spring" if spring else f"{day:%Y-%m-%d}"
        theme = "sale" if spring else THEMES[number % len(THEMES)]
        tables.add("campaigns", campaign_id=name, theme=theme, starts_on=day)
        yield name, theme, day
        day, number = day + timedelta(days=(3, 4, 3, 2, 2)[number % 5]), number + 1


def send_all(random: Random, tables: Tables, people: list[Contact]) -> None:
    for campaign, theme, day in list(make_campaigns(tables)):
        for person in people:
            if day < person.joined or random.random() > (0.95 if campaign == "spring" else 0.24):
                continue
            if campaign == "spring" and spring_version(person.key) is None:
                continue
            if person.key.endswith("7") and random.random() < 0.9:
                continue  # these are hardly ever written to
            send(random, tables, person, campaign, theme, day)


def send(random: Random, tables: Tables, person: Contact, campaign: str, theme: str, day: date) -> None:
    channels = ["email"] * 6 * person.email + ["sms"] * person.phone + ["push"] * 2 * person.has_app
    if not channels:
        return
    channel = pick(random, channels)
    sent_at = instant(random, day, (6, 16))
    outcome = "delivered"
    if channel == "email" and (person.dead_address or random.random() < 0.02):
        outcome = "hard_bounce" if person.dead_address and random.random() < 0.7 else "soft_bounce"
    variant = spring_version(person.key) if campaign == "spring" else None
    number = len(tables.rows["sends"]) + 1
    tables.add(
        "sends", send_id=number, contact_id=person.key, campaign_id=campaign, channel=channel,
        outcome=None if channel == "sms" else outcome, variant=variant, sent_at=sent_at,
    )  # fmt: skip
    if outcome == "delivered" and channel != "sms":
        read(random, tables, person, number, theme, variant, sent_at)


def read(
    random: Random,
    tables: Tables,
    person: Contact,
    number: int,
    theme: str,
    variant: str | None,
    sent_at: datetime,
) -> None:
    """What a delivered message leads to. Whoever is little keen tires over the half-year."""
    if person.machine:
        tables.add(
            "opens",
            send_id=number,
            by_machine=True,
            opened_at=sent_at + timedelta(seconds=random.randrange(90)),
        )
    tired = (sent_at.date() - FIRST_DAY).days / 180 * (1 - person.keenness) * 0.5
    if random.random() > 1.3 * person.keenness - 0.3 * tired:
        return
    opened_at = opening(random, person, sent_at)
    tables.add("opens", send_id=number, by_machine=False, opened_at=opened_at)
    if random.random() > {"newsletter": 0.2, "sale": 0.4, "product": 0.3, "reminder": 0.25}[theme]:
        return
    clicked_at = opened_at + timedelta(seconds=random.randrange(5, 900))
    if random.random() < 0.06:
        clicked_at += timedelta(days=random.randrange(1, 12))  # came back to it
    url = pick(random, ["/sale", "/shoes", "/coats", "/bags", "/journal", "/unsubscribe"])
    tables.add("clicks", send_id=number, url=url, clicked_at=clicked_at)
    if random.random() < (0.7 if variant == "b" else 0.25) and url != "/unsubscribe":
        order(random, tables, person, clicked_at + timedelta(seconds=int(random.expovariate(1 / 90_000))))


def opening(random: Random, person: Contact, sent_at: datetime) -> datetime:
    """One in five opens at once, the others at their own hour, some only on the next weekend."""
    if random.random() < 0.2:
        return sent_at + timedelta(seconds=random.randrange(20, 3_600))
    day = sent_at.date() + timedelta(days=int(random.expovariate(0.9)))
    if person.weekend and random.random() < 0.7:
        day += timedelta(days=5 + random.randrange(2) - day.weekday() if day.weekday() < 5 else 0)
    opened_at = instant(random, day, person.hours)
    return opened_at if opened_at > sent_at else sent_at + timedelta(seconds=random.randrange(20, 36_000))


def order(random: Random, tables: Tables, person: Contact, placed_at: datetime) -> None:
    cents = int(random.lognormvariate(8.3, 0.7))
    tables.add("orders", contact_id=person.key, amount=Decimal(cents).scaleb(-2), placed_at=placed_at)


def make_orders(random: Random, tables: Tables, people: list[Contact]) -> None:
    """Orders that no campaign led to: a few buy often, most seldom, many never."""
    for person in people:
        first = max(person.joined, FIRST_DAY - timedelta(days=300))
        for _ in range(min(int(random.paretovariate(1.1)) - 1, 25) if random.random() < 0.6 else 0):
            day = first + timedelta(days=random.randrange((LAST_DAY - first).days + 1))
            order(random, tables, person, instant(random, day))


def write(folder: Path, tables: Tables) -> None:
    """One Parquet file for each table. Rows are in the order of their time, and so are their keys."""
    for name, columns in SCHEMAS.items():
        rows = tables.rows[name]
        if name in TIMES:
            rows.sort(key=lambda row: (str(row[TIMES[name]]), str(row.get("contact_id", row.get("send_id")))))
            rows = [{**row, KEYS[name]: number} for number, row in enumerate(rows, start=1)]
        pq.write_table(
            pa.Table.from_pylist(rows, pa.schema(list(columns.items()))), folder / f"{name}.parquet"
        )


def make(folder: Path) -> None:
    random = Random(2024)
    folder.mkdir(parents=True, exist_ok=True)
    tables = Tables()
    people = make_contacts(random, tables)
    send_all(random, tables, people)
    make_orders(random, tables, people)
    write(folder, tables)


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent / "data")
