"""Makes `data/` from the text file CDNOW_master.txt that the package lifetimes brings.

    python prepare.py [FOLDER]     # `data` beside this file when left out

Nothing is downloaded, and the same package gives the same rows in the same order. The package is only looked
for, never imported: it would want SciPy and others, and all that is needed of it is the file. A line of it is

    00002 19970112  5   77.00      (customer, day, number of CDs, dollars)

* `purchases` has one row for each line, numbered in their order (by customer, then by day): some customers bought
  the same twice on one day, and both count.
* `customers` is made of the lines, with the day of the first purchase.
* Money is in exact cents, never a float.
"""

from __future__ import annotations

import sys
from datetime import date, datetime
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path

import pyarrow
import pyarrow.parquet as parquet

PACKAGE = "lifetimes"
FILE = "CDNOW_master.txt"

CUSTOMERS = pyarrow.schema([("customer_id", pyarrow.int32()), ("acquired_on", pyarrow.date32())])
PURCHASES = pyarrow.schema(
    [
        ("purchase_id", pyarrow.int32()),
        ("customer_id", pyarrow.int32()),
        ("bought_on", pyarrow.date32()),
        ("cds", pyarrow.int32()),
        ("amount", pyarrow.decimal128(8, 2)),
    ]
)
Purchase = tuple[int, int, date, int, Decimal]


def package_file() -> Path:
    """The text file in the package's folder."""
    spec = find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        sys.exit(
            "prepare.py: the package lifetimes, which brings the data, is not installed; install it with\n"
            f"    {sys.executable} -m pip install --no-deps -r requirements.txt"
        )
    file = Path(spec.submodule_search_locations[0]) / "datasets" / FILE
    if not file.is_file():
        sys.exit(f"prepare.py: {file} is not there; install lifetimes 0.11.3 again")
    return file


def purchase(number: int, line: str) -> Purchase:
    """The row of a line. Exits where the line is none of customer, day, CDs and dollars."""
    try:
        customer, day, cds, dollars = line.split()
        amount = Decimal(dollars)
        if amount != round(amount, 2):
            raise ValueError("the amount is not in whole cents")
        return number, int(customer), datetime.strptime(day, "%Y%m%d").date(), int(cds), amount
    except (ValueError, ArithmeticError) as error:
        sys.exit(f"prepare.py: line {number + 1} of {FILE}: {error}: {line.strip()!r}")


def read(file: Path) -> list[Purchase]:
    """The purchases, numbered in the order of the file. Its first line names the columns."""
    _, *lines = file.read_text(encoding="ascii").splitlines()
    return [purchase(number, line) for number, line in enumerate(lines, start=1)]


def prepare(folder: Path) -> None:
    """Writes one Parquet file for each table into `folder`."""
    purchases = read(package_file())
    acquired: dict[int, date] = {}
    for _, customer, day, _, _ in purchases:
        acquired[customer] = min(day, acquired.get(customer, day))
    tables = {"customers": (CUSTOMERS, sorted(acquired.items())), "purchases": (PURCHASES, purchases)}
    folder.mkdir(parents=True, exist_ok=True)
    for name, (schema, rows) in tables.items():
        columns = [
            pyarrow.array(values, field.type)
            for values, field in zip(zip(*rows, strict=True), schema, strict=True)
        ]
        table = pyarrow.Table.from_arrays(columns, schema=schema)
        parquet.write_table(table, folder / f"{name}.parquet", compression="zstd")
        print(f"{name:<10} {table.num_rows:>7,} rows", file=sys.stderr)


if __name__ == "__main__":
    prepare(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent / "data")
