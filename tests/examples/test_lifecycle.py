"""The coffee shop's example against an independent calculation in pandas, customer by customer.

Written from the descriptions in plain English, not from the YAML's expressions nor from any SQL, and read straight from
the files that `make_data.py` writes.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "lifecycle"
NOW, EARLIER = date(2024, 6, 30), date(2024, 3, 31)
Members = set[int]
HOUR, DAY = pd.Timedelta(hours=1), pd.Timedelta(days=1)


# --- the calculation ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Customer:
    """A row of customers, and what had happened by a day, each list in order of time."""

    day: pd.Timestamp
    row: Any
    orders: list[Any]
    visits: list[Any]
    tickets: list[Any]
    answers: list[Any]
    """Messages of agents."""

    @property
    def end(self) -> pd.Timestamp:
        return self.day + DAY

    @property
    def kept(self) -> list[pd.Timestamp]:
        return [order.placed_at for order in self.orders if order.status != "cancelled"]

    @property
    def silence(self) -> int | None:
        return self.ago(self.kept[-1]) if self.kept else None

    def ago(self, moment: pd.Timestamp) -> int:
        return int((self.day - moment.normalize()).days)

    def quiet(self, start: pd.Timestamp, days: int, moments: list[pd.Timestamp]) -> bool:
        """Whether so many days after a moment are over, and nothing happened in them."""
        last = start.normalize() + days * DAY
        return last <= self.day and not any(start < each and each.normalize() <= last for each in moments)

    def before(self, days: int) -> Customer:
        """The same as it was so many days ago."""
        day = self.day - days * DAY
        return Customer(day, self.row, [o for o in self.orders if o.placed_at < day + DAY], [], [], [])


def answered(customer: Customer, ticket: Any) -> list[pd.Timestamp]:
    """When agents wrote on a ticket within 48 hours."""
    return [
        answer.sent_at
        for answer in customer.answers
        if answer.ticket_id == ticket.ticket_id
        and ticket.opened_at < answer.sent_at <= ticket.opened_at + 48 * HOUR
    ]


def returns(c: Customer) -> list[pd.Timestamp]:
    """The orders before which more than 180 days went by without one."""
    return [
        two
        for one, two in zip(c.kept, c.kept[1:], strict=False)
        if (two.normalize() - one.normalize()).days > 180
    ]


def came_back(c: Customer) -> bool:
    return any(c.ago(order) < 90 for order in returns(c))


def stage(c: Customer) -> str:
    silence = c.silence
    if silence is None:
        return "prospect"
    if c.ago(c.kept[0]) < 30:
        return "new"
    if came_back(c):
        return "won_back"
    limits = {"active": 90, "lapsing": 180, "lapsed": 365}
    return next((name for name, limit in limits.items() if silence < limit), "lost")


def looked_only(c: Customer) -> bool:
    looks = [v.started_at for v in c.visits if v.furthest != "home" and c.ago(v.started_at) < 30]
    return any(c.quiet(look, 7, [o.placed_at for o in c.orders]) for look in looks)


def left_the_cart(c: Customer) -> bool:
    carts = [v.started_at for v in c.visits if v.furthest == "cart" and c.ago(v.started_at) < 14]
    return any(
        cart + 24 * HOUR < c.end and not any(cart < o.placed_at <= cart + 24 * HOUR for o in c.orders)
        for cart in carts
    )


def unanswered(c: Customer) -> bool:
    return any(
        c.ago(t.opened_at) < 30 and t.opened_at + 48 * HOUR < c.end and not answered(c, t) for t in c.tickets
    )


def helped_and_bought(c: Customer) -> bool:
    since = c.day - pd.DateOffset(months=6) + DAY
    return any(
        answer < order and (order.normalize() - answer.normalize()).days <= 30
        for ticket in c.tickets
        if ticket.opened_at >= since
        for answer in answered(c, ticket)
        for order in c.kept
    )


def lost_by_delivery(c: Customer) -> bool:
    return any(
        order.placed_at < ticket.opened_at
        and (ticket.opened_at.normalize() - order.placed_at.normalize()).days <= 10
        and c.quiet(ticket.opened_at, 60, c.kept)
        for order in c.orders
        for ticket in c.tickets
        if ticket.topic == "delivery"
    )


def bought_within(c: Customer, days: int) -> bool:
    """So many days after signing up."""
    joined = c.row.signed_up_at.normalize()
    return any(0 <= (order.normalize() - joined).days <= days for order in c.kept)


def spent(c: Customer) -> Decimal:
    return sum((o.amount for o in c.orders if o.status != "cancelled"), Decimal(0))


def was_active(c: Customer) -> bool:
    return stage(c.before(180)) in ("new", "won_back", "active")


def slipped(c: Customer) -> bool:
    return was_active(c) and c.silence is not None and c.silence >= 90


def box(c: Customer) -> str:
    if c.silence is None:
        return "no_order"
    word = "live" if c.silence < 90 else "lapsing" if c.silence < 180 else "gone"
    return f"{c.row.country.lower()}_{word}"


def reachable(c: Customer) -> bool:
    return bool(c.row.opted_in and pd.notna(c.row.email))


def leave_alone(c: Customer) -> bool:
    return unanswered(c) or (c.silence is not None and c.silence < 10)


def to_write_to(c: Customer) -> bool:
    return reachable(c) and not leave_alone(c)


def bought_once(c: Customer) -> bool:
    return len(c.kept) == 1 and c.quiet(c.kept[0], 45, c.kept)


def win_back(country: str) -> Callable[[Customer], bool]:
    return lambda c: c.row.country == country and stage(c) == "lapsed" and spent(c) >= 150 and to_write_to(c)


SEGMENTS: dict[str, Callable[[Customer], bool]] = {
    "looked_only": looked_only,
    "left_the_cart": left_the_cart,
    "never_started": lambda c: c.ago(c.row.signed_up_at) >= 14 and not bought_within(c, 14),
    "welcomed_lately": lambda c: c.ago(c.row.signed_up_at) < 60 and bought_within(c, 7),
    "bought_once": bought_once,
    "fast_second": lambda c: any(
        (two.normalize() - one.normalize()).days <= 30 for one, two in zip(c.kept, c.kept[1:], strict=False)
    ),
    "unanswered": unanswered,
    "still_waiting": lambda c: unanswered(c) and not any(c.ago(answer.sent_at) < 32 for answer in c.answers),
    "helped_and_bought": helped_and_bought,
    "lost_by_delivery": lost_by_delivery,
    "repeat_after_long": came_back,
    "ever_came_back": lambda c: bool(returns(c)),
    "was_active": was_active,
    "slipped": slipped,
    "held": lambda c: was_active(c) and not slipped(c),
    "reachable": reachable,
    "leave_alone": leave_alone,
    "win_back_my": win_back("MY"),
    "win_back_sg": win_back("SG"),
    "win_back_id": win_back("ID"),
    "remind": lambda c: (looked_only(c) or left_the_cart(c)) and to_write_to(c),
    "second_order": lambda c: bought_once(c) and c.silence is not None and c.silence < 180 and to_write_to(c),
}
PARTITIONS: dict[str, tuple[Callable[[Customer], str], list[str]]] = {
    "lifecycle": (stage, ["new", "won_back", "active", "lapsing", "lapsed", "lost", "prospect"]),
    "orders_made": (lambda c: "some" if c.kept else "none_yet", ["none_yet", "some"]),
    "by_country": (
        box,
        [
            *(f"{country}_{word}" for country in ("my", "sg", "id") for word in ("live", "lapsing", "gone")),
            "no_order",
        ],
    ),
}


def read(folder: Path, day: date) -> list[Customer]:
    end = pd.Timestamp(day) + DAY
    names = ("customers", "orders", "visits", "tickets", "messages")
    customers, orders, visits, tickets, messages = (
        pd.read_parquet(folder / "data" / f"{name}.parquet") for name in names
    )

    def of_customer(frame: pd.DataFrame, time: str) -> dict[int, list[Any]]:
        rows = frame[frame[time] < end].sort_values(time)
        return {int(key): list(group.itertuples()) for key, group in rows.groupby("customer_id")}

    answers = messages[messages["author"] == "agent"].merge(tickets, on="ticket_id")
    events = [
        of_customer(orders, "placed_at"),
        of_customer(visits, "started_at"),
        of_customer(tickets, "opened_at"),
        of_customer(answers, "sent_at"),
    ]
    there = customers[customers["signed_up_at"] < end]
    return [
        Customer(pd.Timestamp(day), row, *(each.get(row.customer_id, []) for each in events))
        for row in there.itertuples()
    ]


def calculated(customers: list[Customer]) -> dict[str, Members]:
    found = {name: {c.row.customer_id for c in customers if holds(c)} for name, holds in SEGMENTS.items()}
    for partition, (part, parts) in PARTITIONS.items():
        where = {c.row.customer_id: part(c) for c in customers}
        assert set(where.values()) <= set(parts)
        found |= {f"{partition}.{name}": {key for key, at in where.items() if at == name} for name in parts}
    return found


# --- the example --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the example with its data; the repository stays as it is."""
    aside = tmp_path_factory.mktemp("lifecycle") / "project"
    shutil.copytree(EXAMPLE, aside, ignore=shutil.ignore_patterns("data", "__pycache__"))
    subprocess.run([sys.executable, "make_data.py"], cwd=aside, check=True)
    return aside


@pytest.mark.parametrize("day", [NOW, EARLIER])
def test_members(folder: Path, day: date) -> None:
    import segdsl
    from segdsl.membership import members

    project = segdsl.load(folder)
    table = members(project, list(project.definitions), "flags", as_of=day)
    customers = read(folder, day)
    keys = table.column("customer_id").to_pylist()
    assert keys == [customer.row.customer_id for customer in customers]
    found = {
        name: {key for key, is_in in zip(keys, table.column(name).to_pylist(), strict=True) if is_in}
        for name in project.definitions
    }
    expected = calculated(customers)
    assert set(found) == set(expected)
    assert {name: sorted(found[name] ^ expected[name]) for name in found} == {name: [] for name in found}


def test_everybody_is_in_exactly_one_stage(folder: Path) -> None:
    import segdsl
    from segdsl.membership import members

    project = segdsl.load(folder)
    table = members(project, project.select("lifecycle.*"), "long", as_of=NOW)
    keys = table.column("customer_id").to_pylist()
    assert len(keys) == len(set(keys)) == 2375


def test_the_example_is_sound(folder: Path) -> None:
    import segdsl

    project = segdsl.load(folder)
    assert list(project.check()) == []
    assert list(project.check_examples()) == []
    report = project.validate(as_of=NOW).to_dict()
    assert report["findings"] == []
    assert report["population"] == 2375
    assert all(s["size"] for s in report["segments"])
    assert {p["name"]: (p["gap"], p["overlap"]) for p in report["partitions"]} == dict.fromkeys(
        PARTITIONS, (0, 0)
    )
    assert len(report["expectations"]) > 20


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        # A stage that takes all from the next one.
        (
            "where: recency < $lapsed_days\n",
            "where: recency < $lost_days\n",
            "`slipped` shares 0.00% with `lifecycle.lapsed`",
        ),
        ("first_bought in last 30 days", "last_bought in last 30 days", "`lifecycle.new` has a size of"),
    ],
)
def test_a_broken_rule_is_found(folder: Path, tmp_path: Path, old: str, new: str, told: str) -> None:
    from click.testing import CliRunner

    from segdsl.cli.main import main

    copy = Path(shutil.copytree(folder, tmp_path / "project"))
    file = copy / "segments" / "lifecycle.yaml"
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1
    file.write_text(text.replace(old, new), encoding="utf-8")
    result = CliRunner().invoke(main, ["-C", str(copy), "validate", "--as-of", "2024-06-30"])
    assert result.exit_code == 1
    assert told in result.output


def test_the_same_data_each_time(folder: Path, tmp_path: Path) -> None:
    subprocess.run([sys.executable, EXAMPLE / "make_data.py", tmp_path], check=True)
    again = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    assert again == {file.name: file.read_bytes() for file in (folder / "data").iterdir()}
