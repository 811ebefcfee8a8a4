"""Makes the Parquet files in `data/`, the same ones every time: python make_data.py [FOLDER]"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import TypeVar

import pyarrow as pa
import pyarrow.parquet as pq

T = TypeVar("T")
Row = dict[str, object]

FIRST_SIGNUP = date(2021, 1, 1)
FIRST_ACTION = date(2024, 10, 1)  # older log files are gone
LAST_DAY = date(2025, 4, 8)  # a week after the day that the README looks at
COMPANIES = 500

PLANS = ["free", "starter", "professional", "enterprise"]
PRICE = {"free": 0, "starter": 9, "professional": 19, "enterprise": 39}  # euros for a seat and month
PEOPLE = {"free": (1, 4), "starter": (2, 14), "professional": (6, 36), "enterprise": (18, 90)}
FEATURES = {
    "free": ["boards", "comments"],
    "starter": ["boards", "comments", "reports"],
    "professional": ["boards", "comments", "reports", "automations", "integrations"],
    "enterprise": ["boards", "comments", "reports", "automations", "integrations", "api", "audit_log"],
}
INDUSTRIES = ["software", "software", "finance", "manufacturing", "healthcare", "education", "retail", None]
COUNTRIES = ["DE", "DE", "DE", "NL", "NL", "FR", "AL", "GB"]
DEPARTMENTS = ["engineering", "engineering", "operations", "operations", "marketing", "finance", "it", None]
SENIORITY = ["staff", "staff", "staff", "staff", "manager", "manager", "director", "executive", None, None]


@dataclass(frozen=True)
class Account:
    """A company with what nobody sees: how keen its people are, and when (if ever) that began to fade."""

    row: Row
    plan: str
    signed_up: date
    keenness: float
    fading_from: date | None


@dataclass(frozen=True)
class Person:
    row: Row
    account: Account
    joined: date
    habit: float  # the chance of being seen on a working day, 0 for those who never come
    left: date | None


def pick(random: Random, choices: Sequence[T]) -> T:
    return choices[random.randrange(len(choices))]


def skewed(random: Random, low: int, high: int) -> int:
    """A whole number from low to high, small ones far more often."""
    return low + int((high - low + 1) * random.random() ** 3)


def companies(random: Random) -> list[Account]:
    """More sign up every year; most stay on the free plan; the size and the industry are not always known."""
    span = (LAST_DAY - FIRST_SIGNUP).days
    signups = sorted(
        FIRST_SIGNUP + timedelta(days=round(span * random.random() ** 0.35)) for _ in range(COMPANIES)
    )
    accounts = []
    for number, signed_up in enumerate(signups, start=1):
        plan = random.choices(PLANS, weights=[42, 32, 19, 7])[0]
        fresh = (LAST_DAY - signed_up).days < 45
        tried = plan != "free" and random.random() < (0.9 if fresh else 0.6)
        low, high = PEOPLE[plan]
        people = skewed(random, low, high)
        seats = 0 if plan == "free" else people + skewed(random, 0, max(2, people))
        if plan != "free" and random.random() < 0.3:
            seats = people  # every seat is taken
        discount = pick(random, [0, 0, 0, 10, 20])
        month_of_renewal = date(2025, 4, 1) + timedelta(days=random.randrange(365))
        row: Row = {
            "company_id": number,
            "name": f"Company {number:03}",
            "industry": pick(random, INDUSTRIES),
            "country": pick(random, COUNTRIES),
            "employees": None if random.random() < 0.15 else skewed(random, people, people * 40 + 20),
            "founded_on": None
            if random.random() < 0.2
            else signed_up - timedelta(days=skewed(random, 60, 14_000)),
            "signed_up_on": signed_up,
            "plan": plan,
            "trial_ends_on": signed_up + timedelta(days=pick(random, [14, 30])) if tried else None,
            "renews_on": None if plan == "free" else month_of_renewal,
            "seats": seats,
            "mrr": Decimal(PRICE[plan] * seats * (100 - discount)) / 100,
            "people": people,
        }
        fading = random.random() < 0.4
        fading_from = LAST_DAY - timedelta(days=random.randrange(20, 120)) if fading else None
        accounts.append(Account(row, plan, signed_up, random.uniform(0.3, 1.0), fading_from))
    return accounts


def users(random: Random, accounts: list[Account]) -> list[Person]:
    """The first of a company is its admin; one in each paying company gets the invoices."""
    found: list[Person] = []
    for account in accounts:
        people = account.row.pop("people")
        assert isinstance(people, int)
        payer = random.randrange(people) if account.plan != "free" else -1
        for place in range(people):
            room = (LAST_DAY - account.signed_up).days
            joined = account.signed_up + timedelta(days=0 if place == 0 else int(room * random.random() ** 2))
            kind = random.random()
            habit = (
                0.0
                if kind < 0.12
                else random.uniform(0.3, 0.95)
                if kind > 0.75
                else random.uniform(0.02, 0.3)
            )
            gone = random.random() < 0.2
            left = joined + timedelta(days=random.randrange(1, 400)) if gone else None
            role = (
                "admin"
                if place == 0 or random.random() < 0.05
                else pick(random, ["member", "member", "viewer"])
            )
            number = len(found) + 1
            row: Row = {
                "user_id": number,
                "company_id": account.row["company_id"],
                "email": f"user{number}@company.example",
                "joined_on": joined,
                "role": role,
                "department": "finance" if place == payer and kind > 0.4 else pick(random, DEPARTMENTS),
                "seniority": pick(random, SENIORITY),
                "billing_contact": place == payer,
                "has_seat": account.plan != "free" and (place != payer or kind > 0.5),
            }
            found.append(Person(row, account, joined, habit * account.keenness, left))
    return found


def actions(random: Random, people: list[Person]) -> list[Row]:
    """What people did, at instants in UTC, in the half year that the log goes back; seldom on weekends."""
    found: list[tuple[datetime, object, str]] = []
    for person in people:
        known = FEATURES[person.account.plan]
        liked = known[: 1 + random.randrange(len(known))]
        fading_from = person.account.fading_from
        day = max(FIRST_ACTION, person.joined)
        while day <= LAST_DAY and (person.left is None or day <= person.left):
            chance = person.habit * (0.15 if day.isoweekday() > 5 else 1)
            if fading_from is not None and day >= fading_from:
                chance *= 0.25
            if random.random() < chance:
                midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
                for _ in range(1 + random.randrange(2)):
                    second = int(86_400 * random.triangular(0.2, 1.0, 0.5))
                    found.append(
                        (midnight + timedelta(seconds=second), person.row["user_id"], pick(random, liked))
                    )
            day += timedelta(days=1)
    return [
        {"action_id": number, "user_id": user, "done_at": done_at, "feature": feature}
        for number, (done_at, user, feature) in enumerate(sorted(found, key=lambda each: each[0]), start=1)
    ]


def surveys(random: Random, people: list[Person]) -> list[Row]:
    """“Would you recommend us, from 0 to 10?” The keener, the better; some open it and give no score."""
    found: list[tuple[date, object, int | None]] = []
    for person in people:
        for quarter in (date(2024, 9, 15), date(2024, 12, 15), date(2025, 3, 15)):
            if person.joined < quarter and random.random() < 0.25:
                answered = quarter + timedelta(days=random.randrange(25))
                score = min(10, max(0, round(random.gauss(6.5 + 4 * person.habit, 2.2))))
                found.append((answered, person.row["user_id"], score if random.random() < 0.93 else None))
    return [
        {"survey_id": number, "user_id": user, "answered_on": answered, "score": score}
        for number, (answered, user, score) in enumerate(sorted(found, key=lambda each: each[0]), start=1)
    ]


def invoices(random: Random, accounts: list[Account]) -> list[Row]:
    """One a month for a year to all who pay; most pay within three weeks, some late, a few never."""
    found: list[Row] = []
    for account in accounts:
        late = random.random() < 0.12
        for month in range(12):
            issued = date(2024 + (month + 4 > 12), (month + 3) % 12 + 1, 1)  # April 2024 to March 2025
            if account.row["mrr"] == 0 or issued < account.signed_up + timedelta(days=30):
                continue
            days = random.randrange(20, 120) if late else random.randrange(1, 21)
            paid = issued + timedelta(days=days)
            found.append(
                {
                    "company_id": account.row["company_id"],
                    "issued_on": issued,
                    "due_on": issued + timedelta(days=30),
                    "amount": account.row["mrr"],
                    "paid_on": paid if random.random() < 0.995 else None,
                }
            )
    return [{"invoice_id": number, **row} for number, row in enumerate(found, start=1)]


def plan_changes(random: Random, accounts: list[Account]) -> list[Row]:
    """How companies came to the plan that they are on."""
    found: list[tuple[date, object, str, str]] = []
    for account in accounts:
        room = (LAST_DAY - account.signed_up).days
        if random.random() < 0.4 and room > 60:
            changed = account.signed_up + timedelta(days=random.randrange(30, room))
            before = pick(random, [plan for plan in PLANS if plan != account.plan])
            found.append((changed, account.row["company_id"], before, account.plan))
    return [
        {"change_id": number, "company_id": company, "changed_on": day, "from_plan": before, "to_plan": after}
        for number, (day, company, before, after) in enumerate(sorted(found), start=1)
    ]


TYPES = {
    "mrr": pa.decimal128(10, 2),
    "amount": pa.decimal128(10, 2),
    "done_at": pa.timestamp("us", tz="UTC"),
}


def write(folder: Path, name: str, rows: list[Row]) -> None:
    columns = {column: [row[column] for row in rows] for column in rows[0]}
    arrays = {column: pa.array(values, TYPES.get(column)) for column, values in columns.items()}
    pq.write_table(pa.table(arrays), folder / f"{name}.parquet")


def make(folder: Path) -> None:
    random = Random(2025)
    folder.mkdir(parents=True, exist_ok=True)
    accounts = companies(random)
    people = users(random, accounts)
    write(folder, "companies", [account.row for account in accounts])
    write(folder, "users", [person.row for person in people])
    write(folder, "actions", actions(random, people))
    write(folder, "surveys", surveys(random, people))
    write(folder, "invoices", invoices(random, accounts))
    write(folder, "plan_changes", plan_changes(random, accounts))


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent / "data")
