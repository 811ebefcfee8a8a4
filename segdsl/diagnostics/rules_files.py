"""Rules about the files of a project: YAML, keys and their values, the names that a project declares."""

from __future__ import annotations

from segdsl.diagnostics.diagnostic import Severity
from segdsl.diagnostics.rule import Rule

ERROR = Severity.ERROR

FILE_RULES = (
    Rule(
        "not-utf8",
        ERROR,
        "A file is not UTF-8.",
        "Read in another encoding than it was written in, a text turns into other letters: names would no "
        "longer be those of the data. UTF-8 is the one encoding that every editor and tool agrees on.",
        "segments",
        """\
entity: customers
segments:
  cafés: region = 'ID'            # saved as Latin-1
""",
        """\
entity: customers
segments:
  cafés: region = 'ID'            # saved as UTF-8
""",
    ),
    Rule(
        "yaml-syntax",
        ERROR,
        "A file is not YAML, or uses a part of YAML that segdsl files do without.",
        "YAML gives a meaning to many signs that conditions use as well: quotes and backticks at the start, "
        "`: `, ` #`, commas inside braces. After `where: |` it leaves the text alone.",
        "segments",
        """\
entity: customers
segments:
  in_indonesia: 'ID' = region
""",
        """\
entity: customers
segments:
  in_indonesia: |
    'ID' = region
""",
    ),
    Rule(
        "empty-file",
        ERROR,
        "A file of the project holds nothing.",
        "An empty file is mostly one that was not saved, or was lost in a merge.",
        "segments",
        """\
# segments about customers
""",
        """\
entity: customers
segments: {}
""",
    ),
    Rule(
        "duplicate-key",
        ERROR,
        "A key stands twice in one mapping.",
        "YAML readers silently keep one of the two, and not all keep the same.",
        "segments",
        """\
entity: customers
segments:
  adults: age >= 18
  adults: age >= 21
""",
        """\
entity: customers
segments:
  adults: age >= 18
  drinking_age: age >= 21
""",
    ),
    Rule(
        "unknown-key",
        ERROR,
        "A key is not one that segdsl knows in this place.",
        "A misspelt key would be passed over, and what it says with it.",
        "segments",
        """\
entity: customers
segments:
  adults:
    were: age >= 18
""",
        """\
entity: customers
segments:
  adults:
    where: age >= 18
""",
    ),
    Rule(
        "missing-key",
        ERROR,
        "A key that must be there is not.",
        "Without it there is nothing to go by: a segment without `where` has no condition.",
        "segments",
        """\
entity: customers
segments:
  adults:
    description: Old enough to buy wine
""",
        """\
entity: customers
segments:
  adults:
    description: Old enough to buy wine
    where: age >= 18
""",
    ),
    Rule(
        "wrong-value",
        ERROR,
        "The value of a key is not one that the key takes.",
        "`yes` and `on` are text, not truth; a list is not a single value; a day is on the calendar. Nothing "
        "is guessed, because a wrong guess would go unnoticed.",
        "catalog",
        """\
tables:
  shops:
    key: shop_id
    columns:
      shop_id: integer
      opened_on: {type: date, nullable: yes}
""",
        """\
tables:
  shops:
    key: shop_id
    columns:
      shop_id: integer
      opened_on: {type: date, nullable: true}
""",
    ),
    Rule(
        "wrong-name",
        ERROR,
        "A name cannot be used as one.",
        "Segments and parameters are plain words, so that every expression and command can name them.",
        "segments",
        """\
entity: customers
segments:
  win-back: recency > 90
""",
        """\
entity: customers
segments:
  win_back: recency > 90
""",
    ),
    Rule(
        "duplicate-name",
        ERROR,
        "Two things bear one name.",
        "A name that means two things means neither. Segments and tables are unique in a project; a file's "
        "parameters may not redefine the project's, nor an attribute a column.",
        "catalog",
        """\
tables:
  shops:
    key: shop_id
    columns: {shop_id: integer, rent: integer}
    attributes: {rent: 12 * shop_id}
""",
        """\
tables:
  shops:
    key: shop_id
    columns: {shop_id: integer, rent: integer}
    attributes: {yearly_rent: 12 * rent}
""",
    ),
    Rule(
        "missing-path",
        ERROR,
        "A file or folder that the project lists is not there.",
        "A project that reads fewer files than it lists would check, and measure, less than you think.",
        "segdsl.yaml",
        """\
language: 1
name: shop
catalog: [catalogue/]
""",
        """\
language: 1
name: shop
catalog: [catalog/]
""",
    ),
    Rule(
        "no-tables",
        ERROR,
        "The catalog has no table.",
        "Segments are about the rows of a table, so there is nothing to choose from.",
        "catalog",
        """\
tables: {}
""",
        """\
tables:
  shops: {key: shop_id, columns: {shop_id: integer}}
""",
    ),
    Rule(
        "misplaced-variable",
        ERROR,
        "A variable of the environment stands outside `targets`.",
        "What a segment means must not depend on whose machine it runs on. Only where the data is, and the "
        "password to it, come from the environment.",
        "segdsl.yaml",
        """\
language: 1
name: shop
params:
  min_spend: {type: integer, default: "${MIN_SPEND}"}
""",
        """\
language: 1
name: shop
params:
  min_spend: {type: integer, default: 1000}       # or: segdsl … --param min_spend=2000
""",
    ),
    Rule(
        "parameter-without-value",
        ERROR,
        "A parameter has no default, and no value was given for it.",
        "A condition that holds the parameter cannot be read without its value.",
        "segments",
        """\
entity: customers
params:
  quiet_days: {type: integer}
segments:
  quiet: recency > $quiet_days
""",
        """\
entity: customers
params:
  quiet_days: {type: integer, default: 90}
segments:
  quiet: recency > $quiet_days
""",
    ),
    Rule(
        "table-without-key",
        ERROR,
        "A table is used in a way that needs its `key`, and has none.",
        "A segment is a list of keys; a link leads to a key; and of two events at one time, the key tells "
        "which came first.",
        "catalog",
        """\
tables:
  shops:
    columns: {city: string}
  employees:
    key: employee_id
    columns: {employee_id: integer, shop_id: integer}
    links: {shop: {table: shops, column: shop_id}}
""",
        """\
tables:
  shops:
    key: shop_id
    columns: {shop_id: integer, city: string}
  employees:
    key: employee_id
    columns: {employee_id: integer, shop_id: integer}
    links: {shop: {table: shops, column: shop_id}}
""",
    ),
)
