"""The small shop that bad inputs are tried on: a project that is clean until a file of it is replaced."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

PROJECT = """\
language: 1
name: shop
timezone: Asia/Jakarta
default_target: dev
targets:
  dev:
    engine: duckdb
    tables:
      customers: data/customers.csv
      companies: data/companies.csv
      orders: data/orders.csv
      items: data/items.csv
      reviews: data/reviews.csv
      transfers: data/transfers.csv
      suppliers: data/suppliers.csv
params:
  min_spend: {type: 'decimal(10, 2)', default: 1000}
"""

CATALOG = """\
tables:
  customers:
    entity: customer
    key: customer_id
    columns:
      customer_id: integer
      name: string
      region: {type: string, values: [ID, MY, SG, NO], nullable: false}
      income: {type: 'decimal(12, 2)', min: 0}
      birth_date: date
      signup_at: timestamp
      last_seen: timestamptz
      score: float
      opt_in: boolean
      company_id: integer
    links:
      company: {table: companies, column: company_id}
    attributes:
      age: years since birth_date
      recency: days since max(orders.placed_at)
      total_spend: sum(orders.amount)
  companies:
    entity: company
    key: company_id
    columns: {company_id: integer, employees: integer, industry: string}
  orders:
    key: order_id
    time: placed_at
    columns:
      order_id: integer
      customer_id: integer
      placed_at: timestamp
      amount: {type: 'decimal(10, 2)', min: 0}
      channel: string
      gift: boolean
    links:
      customer: {table: customers, column: customer_id, required: true}
  items:
    key: item_id
    time: order.placed_at
    columns: {item_id: integer, order_id: integer, price: 'decimal(10, 2)', quantity: integer}
    links: {order: {table: orders, column: order_id}}
  reviews:
    columns: {customer_id: integer, stars: integer}
    links: {customer: {table: customers, column: customer_id}}
  transfers:
    key: transfer_id
    time: made_at
    columns: {transfer_id: integer, sender_id: integer, receiver_id: integer, made_at: timestamp, amount: integer}
    links:
      sender: {table: customers, column: sender_id}
      receiver: {table: customers, column: receiver_id}
  suppliers:
    key: supplier_id
    columns: {supplier_id: integer, city: string}
"""

SEGMENTS = """\
entity: customers
segments:
  grown_up: age >= 18
"""

DATA = {
    "customers": """\
customer_id,name,region,income,birth_date,signup_at,last_seen,score,opt_in,company_id
1,Ayu,ID,1000,2000-01-31,2024-01-01T09:00:00,2024-06-01T00:00:00Z,0.5,true,10
""",
    "companies": "company_id,employees,industry\n10,120,retail\n",
    "orders": "order_id,customer_id,placed_at,amount,channel,gift\n100,1,2024-06-01T12:00:00,9.99,app,false\n",
    "items": "item_id,order_id,price,quantity\n1000,100,9.99,1\n",
    "reviews": "customer_id,stars\n",
    "transfers": "transfer_id,sender_id,receiver_id,made_at,amount\n",
    "suppliers": "supplier_id,city\n1,Bandung\n",
}

FILES: Mapping[str, str] = {
    "segdsl.yaml": PROJECT,
    "catalog/shop.yaml": CATALOG,
    "segments/customers.yaml": SEGMENTS,
    **{f"data/{name}.csv": rows for name, rows in DATA.items()},
}


def write(folder: Path, files: Mapping[str, str | bytes | None], base: Mapping[str, str] = FILES) -> Path:
    """The shop in a folder, with some files replaced, added or (None) left out. Gives the folder."""
    for name, content in {**base, **files}.items():
        if content is None:
            continue
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def parquet(columns: str) -> bytes:
    """A Parquet file of customers with one row, from lines such as `birth_date: DATE`."""
    import duckdb

    values = {"customer_id": 1, "region": "'ID'", "birth_date": "'2000-01-31'", "company_id": 10}
    listed = [line.split(":") for line in columns.splitlines()]
    row = ", ".join(f"cast({values.get(name, 'null')} as {type}) as {name}" for name, type in listed)
    with duckdb.connect() as connection, TemporaryDirectory() as folder:
        path = Path(folder) / "rows.parquet"
        connection.sql(f"select {row}").write_parquet(str(path))
        return path.read_bytes()
