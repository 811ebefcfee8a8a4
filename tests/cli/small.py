"""The small project that commands are tried on, and how they are run."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from segdsl.cli.main import main

DAY = ("--as-of", "2024-06-30")

FILES: Mapping[str, str] = {
    "segdsl.yaml": """\
language: 1
name: small
default_target: dev
targets:
  dev:
    engine: duckdb
    tables: {people: data/people.csv, shops: data/shops.csv, orders: data/orders.csv}
  absent: {engine: duckdb, tables: {people: data/nothing.csv}}
  strange: {engine: abacus}
params:
  at_least: {type: integer, default: 2}
  regions: {type: list(string), default: [ID, NO]}
  day: {type: date, default: 2024-01-01}
""",
    "catalog/people.yaml": """\
tables:
  people:
    entity: person
    key: id
    columns:
      id: integer
      region: {type: string, values: [ID, NO]}
      shop: string
    links:
      shop_of: {table: shops, column: shop}
    attributes:
      bought: count(orders)
      spent: sum(orders.amount)
  shops:
    key: code
    columns: {code: string, city: string}
  orders:
    key: order_id
    time: placed_on
    columns: {order_id: integer, person_id: integer, placed_on: date, amount: integer}
    links:
      person: {table: people, column: person_id, required: true}
""",
    "segments/people.yaml": """\
entity: people
segments:
  buyers:
    title: Buyers
    owner: growth@shop.example
    tags: [activation]
    where: bought >= $at_least
  norwegians: region = 'NO'
  loyal:
    owner: crm@shop.example
    tags: [activation, email]
    where: segment(buyers) and not segment(norwegians)
  strangers: not region in ('ID', 'NO')
""",
    "segments/more/shops.yaml": """\
entity: shops
segments:
  in_oslo: city = 'Oslo'
  busy: count(orders via person.shop_of) > 1
""",
    "data/people.csv": "id,region,shop\n2,NO,a\n10,ID,a\n1,ID,b\n3,,\n",
    "data/shops.csv": "code,city\nb,Oslo\na,Bandung\n",
    "data/orders.csv": (
        "order_id,person_id,placed_on,amount\n"
        "1,2,2024-01-05,10\n2,2,2024-02-01,20\n3,10,2024-03-01,30\n4,10,2024-03-02,5\n5,1,2024-03-02,5\n"
    ),
}


def write(folder: Path, **changes: str | None) -> Path:
    """The project in a folder; keys are paths with `__` for `/` and without their suffix, None leaves out."""
    files: dict[str, str | None] = dict(FILES)
    for name, content in changes.items():
        stem = name.replace("__", "/")
        files[next((path for path in FILES if path.rpartition(".")[0] == stem), f"{stem}.yaml")] = content
    for path, text in files.items():
        if text is not None:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, encoding="utf-8")
    return folder


def run(folder: Path, *arguments: str, **named: Any) -> Result:
    """A command as if started in a folder."""
    return CliRunner().invoke(main, ["-C", str(folder), *arguments], **named)


def printed(result: Result) -> dict[str, Any]:
    """The JSON that a command printed."""
    content: dict[str, Any] = json.loads(result.stdout)
    return content
