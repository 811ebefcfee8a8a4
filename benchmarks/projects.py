"""Projects of any number of segments, such as a marketing team's would be: the same for the same seed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random
from textwrap import indent

SEGMENTS_PER_FILE = 20

PROJECT = """\
language: 1
name: bench
timezone: Europe/Berlin
catalog: [catalog/]
segments: [segments/]
targets:
  dev:
    engine: duckdb
    tables:
      customers: data/customers.parquet
      companies: data/companies.parquet
      orders: data/orders.parquet
      visits: data/visits.parquet
      messages: data/messages.parquet
params:
  active_days: {type: integer, default: 60}
  big_spend: {type: 'decimal(10, 2)', default: 1200}
"""

CUSTOMERS = """\
tables:
  customers:
    entity: customer
    key: customer_id
    columns:
      customer_id: {type: integer, nullable: false}
      region: {type: string, values: [BE, BY, HH, NO, NW, SN], nullable: false}
      city: string
      postcode: string
      language: {type: string, values: [de, en, fr, tr]}
      birth_date: {type: date, tags: [personal]}
      gender: {type: string, values: [female, male, other], tags: [personal]}
      household_size: {type: integer, min: 1, max: 12}
      income: {type: 'decimal(12, 2)', min: 0, tags: [personal]}
      credit_score: {type: integer, min: 0, max: 1000}
      email: {type: string, unique: true, tags: [personal]}
      phone: {type: string, tags: [personal]}
      opt_in_email: {type: boolean, nullable: false}
      opt_in_post: {type: boolean, nullable: false}
      signup_date: {type: date, nullable: false}
      signup_channel: {type: string, values: [web, app, store, partner], nullable: false}
      tier: {type: string, values: [bronze, silver, gold]}
      points: {type: integer, min: 0, nullable: false}
      contract_end: date
      satisfaction: float
      company_id: integer
    links:
      company: {table: companies, column: company_id}
    attributes:
      age: years since birth_date
      tenure: days since signup_date
      recency: days since max(orders.placed_at)
      frequency: count(orders)
      total_spend: {expr: sum(orders.amount), min: 0}
      average_order: avg(orders.amount)
      spend_band: band(total_spend, 100, 500, 2_000)
      last_seen: days since max(visits.started_at)
      orders_this_year: count(orders in last 12 months)
      spend_this_quarter: sum(orders.amount in last 90 days)
      open_rate: count(messages where opened) / count(messages)
      reachable: opt_in_email and email is known

  companies:
    entity: company
    key: company_id
    columns:
      company_id: {type: integer, nullable: false}
      industry: {type: string, values: [logistics, retail, software, textiles], nullable: false}
      employees: {type: integer, min: 1}
      founded: date
"""

EVENTS = """\
tables:
  orders:
    key: order_id
    time: placed_at
    columns:
      order_id: {type: integer, nullable: false}
      customer_id: {type: integer, nullable: false}
      placed_at: {type: timestamp, nullable: false}
      amount: {type: 'decimal(10, 2)', min: 0, nullable: false}
      discount: {type: 'decimal(10, 2)', min: 0}
      channel: {type: string, values: [web, app, store]}
      category: {type: string, values: [toys, books, kitchen, garden, music], nullable: false}
      quantity: {type: integer, min: 1, nullable: false}
    links:
      customer: {table: customers, column: customer_id, required: true}

  visits:
    key: visit_id
    time: started_at
    columns:
      visit_id: {type: integer, nullable: false}
      customer_id: integer
      started_at: {type: timestamptz, nullable: false}
      url: {type: string, nullable: false}
      device: {type: string, values: [phone, tablet, desktop]}
      seconds: {type: integer, min: 0}
    links:
      customer: {table: customers, column: customer_id}

  messages:
    key: message_id
    time: sent_at
    columns:
      message_id: {type: integer, nullable: false}
      customer_id: {type: integer, nullable: false}
      sent_at: {type: timestamp, nullable: false}
      campaign: {type: string, nullable: false}
      opened: {type: boolean, nullable: false}
      clicked: {type: boolean, nullable: false}
    links:
      customer: {table: customers, column: customer_id, required: true}
"""

THEMES = ("active", "bargain", "business", "club", "family", "gift", "lapsing", "loyal", "new", "weekend")
OWNERS = ("growth@bench.example", "loyalty@bench.example", "sales@bench.example")
TAGS = ("activation", "retention", "value", "lifecycle", "b2b")

Clause = Callable[[Random], str]


def _days(random: Random) -> int:
    return random.choice((7, 14, 30, 60, 90, 180, 365))


def _one(random: Random, *words: str) -> str:
    return f"'{random.choice(words)}'"


def _some(random: Random, *words: str) -> str:
    return ", ".join(f"'{word}'" for word in random.sample(words, random.randint(2, len(words) - 1)))


def _earlier_window(random: Random) -> str:
    days = _days(random)
    return f"between {2 * days - 1} days ago and {days} days ago"


CLAUSES: tuple[Clause, ...] = (
    lambda r: f"region in ({_some(r, 'BE', 'BY', 'HH', 'NO', 'NW', 'SN')})",
    lambda r: f"language != {_one(r, 'de', 'en', 'fr', 'tr')}",
    lambda r: f"age between {r.randint(18, 40)} and {r.randint(41, 80)}",
    lambda r: f"income >= {r.randrange(20, 90)}_000",
    lambda r: f"postcode starts with '{r.randint(10, 99)}'",
    lambda r: f"lower(trim(city)) in ({_some(r, 'berlin', 'hamburg', 'köln', 'leipzig', 'ulm')})",
    lambda r: f"tier in ({_some(r, 'bronze', 'silver', 'gold')})",
    lambda r: f"points >= {r.randrange(1, 40) * 250}",
    lambda r: f"household_size >= {r.randint(2, 5)}",
    lambda r: f"satisfaction < {r.randint(1, 9) / 10}",
    lambda r: f"coalesce(credit_score, 0) > {r.randrange(300, 900)}",
    lambda r: f"contract_end in next {_days(r)} days",
    lambda r: f"signup_channel = {_one(r, 'web', 'app', 'store', 'partner')}",
    lambda r: f"signup_date >= {r.randint(2019, 2023)}-{r.randint(1, 12):02}-01",
    lambda r: f"month(birth_date) = {r.randint(1, 12)}",
    lambda r: "reachable",
    lambda r: "opt_in_post",
    lambda r: "phone is known",
    lambda r: f"company.industry = {_one(r, 'logistics', 'retail', 'software', 'textiles')}",
    lambda r: f"company.employees between {r.randint(10, 99)} and {r.randint(100, 5_000)}",
    lambda r: "recency < $active_days",
    lambda r: f"recency between {r.randint(20, 60)} and {r.randint(90, 365)}",
    lambda r: "total_spend >= $big_spend",
    lambda r: f"spend_band >= {r.randint(2, 4)}",
    lambda r: f"average_order > {r.randint(20, 200)}",
    lambda r: f"open_rate >= {r.randrange(5, 60)}%",
    lambda r: f"orders_this_year between {r.randint(1, 3)} and {r.randint(4, 40)}",
    lambda r: f"count(orders in last {_days(r)} days) >= {r.randint(1, 6)}",
    lambda r: (
        f"count(orders in last {_days(r)} days where amount > {r.randint(20, 300)}) >= {r.randint(1, 4)}"
    ),
    lambda r: f"sum(orders.amount {_earlier_window(r)}) > {r.randint(1, 20)}00",
    lambda r: (
        f"spend_this_quarter > {r.randint(2, 4)} * sum(orders.amount between 180 days ago and 91 days ago)"
    ),
    lambda r: f"sum(orders.(amount * quantity) where category = {_one(r, 'toys', 'books', 'music')}) >= 250",
    lambda r: f"count distinct(orders.category in last {r.randint(3, 12)} months) >= {r.randint(2, 4)}",
    lambda r: f"most frequent(orders.category) = {_one(r, 'toys', 'books', 'kitchen', 'garden', 'music')}",
    lambda r: f"last(orders.channel) = {_one(r, 'web', 'app', 'store')}",
    lambda r: f"first(orders.placed_at) >= {r.randint(2020, 2024)}-01-01",
    lambda r: f"exists(orders within {_days(r)} days after signup_date)",
    lambda r: f"exists(orders in last {_days(r)} days where weekday(placed_at) >= 6)",
    lambda r: (
        f"exists(visits in last {_days(r)} days where url contains '/{r.choice(('cart', 'help', 'sale'))}')"
    ),
    lambda r: f"count(visits in last {_days(r)} days where device = 'phone') >= {r.randint(2, 20)}",
    lambda r: f"max(visits.seconds in last {_days(r)} days) > {r.randint(30, 900)}",
    lambda r: f"last_seen <= {_days(r)}",
    lambda r: f"count(messages in last {_days(r)} days where clicked) >= {r.randint(1, 3)}",
    lambda r: f"exists(messages where campaign like 'spring-{r.randint(2020, 2024)}%' and opened)",
)


def write_project(folder: Path, segments: int, seed: int = 0) -> None:
    """Writes a project of that many segments of customers into a new folder.

    They have 3 to 8 clauses each, on 30 attributes and columns, three tables of events and, one in four, on the
    segments before them.
    """
    random = Random(seed)
    for name, text in (
        ("segdsl.yaml", PROJECT),
        ("catalog/customers.yaml", CUSTOMERS),
        ("catalog/events.yaml", EVENTS),
    ):
        _write(folder / name, text)
    names: list[str] = []
    for number in range(0, segments, SEGMENTS_PER_FILE):
        entries = [_segment(random, names) for _ in range(number, min(number + SEGMENTS_PER_FILE, segments))]
        text = "entity: customers\nsegments:\n" + "\n".join(entries)
        _write(folder / "segments" / f"group_{number // SEGMENTS_PER_FILE:03}.yaml", text)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _segment(random: Random, names: list[str]) -> str:
    """A segment as YAML; its name joins those before it."""
    name = f"{random.choice(THEMES)}_{len(names):04}"
    clauses = [clause(random) for clause in random.sample(CLAUSES, random.randint(3, 8))]
    if names and random.random() < 0.25:
        clauses[-1] = f"segment({random.choice(names)})"
    lines = [
        f"{name}:",
        f"  title: {name.replace('_', ' ').capitalize()}",
        f"  description: Whom to think of in campaign {len(names)}",
        f"  owner: {random.choice(OWNERS)}",
        f"  tags: [{', '.join(random.sample(TAGS, 2))}]",
        "  where: >-",
        indent(_condition(random, clauses), "    "),
    ]
    names.append(name)
    return indent("\n".join(lines), "  ") + "\n"


def _condition(random: Random, clauses: list[str]) -> str:
    """All of the clauses in one condition: some negated, some joined by `or` or counted, the rest by `and`."""
    parts = [f"not {clause}" if random.random() < 0.15 else clause for clause in clauses]
    if len(parts) >= 6:
        parts[:3] = [f"at least 2 of ({', '.join(parts[:3])})"]
    elif len(parts) >= 4 and random.random() < 0.7:
        parts[:2] = [f"({parts[0]} or {parts[1]})"]
    random.shuffle(parts)
    return "\nand ".join(parts)
