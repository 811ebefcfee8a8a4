"""Rules about a run on data: where it is not what the catalog says, or what segments say of themselves."""

from __future__ import annotations

from segdsl.diagnostics.diagnostic import Severity
from segdsl.diagnostics.rule import Rule

ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO

DATA_RULES = (
    Rule(
        "missing-table",
        ERROR,
        "The data lacks a table of the catalog.",
        "Conditions that read it cannot be answered. If it is stored under another name, `source` tells it.",
        "catalog",
        """\
tables:
  purchases:
    key: order_id
    columns: {order_id: integer}
""",
        """\
tables:
  purchases:
    source: orders
    key: order_id
    columns: {order_id: integer}
""",
    ),
    Rule(
        "missing-column",
        ERROR,
        "A table of the data lacks a column of the catalog.",
        "Conditions that read it cannot be answered. If it is stored under another name, `source` tells it.",
        "csv",
        """\
customer_id,name,income,birth_date,company_id
1,Ayu,1000,2000-01-31,10
""",
        """\
customer_id,name,region,income,birth_date,company_id
1,Ayu,ID,1000,2000-01-31,10
""",
    ),
    Rule(
        "wrong-column-type",
        ERROR,
        "A column is stored as another type than the catalog says.",
        "Text that looks like dates sorts and compares as text; what is not of the declared type would have "
        "to be guessed.",
        "parquet",
        """\
customer_id: BIGINT
name: VARCHAR
region: VARCHAR
income: DECIMAL(12, 2)
birth_date: VARCHAR
company_id: BIGINT
""",
        """\
customer_id: BIGINT
name: VARCHAR
region: VARCHAR
income: DECIMAL(12, 2)
birth_date: DATE
company_id: BIGINT
""",
    ),
    Rule(
        "unreadable-value",
        ERROR,
        "A stored value cannot be read as the type of its column.",
        "It would be lost, or stop a run in the middle.",
        "csv",
        """\
customer_id,name,region,income,birth_date,company_id
1,Ayu,ID,about 1000,2000-01-31,10
""",
        """\
customer_id,name,region,income,birth_date,company_id
1,Ayu,ID,1000,2000-01-31,10
""",
    ),
    Rule(
        "unexpected-unknown",
        ERROR,
        "A value is unknown in a column that is declared known, or in a key.",
        "What is declared is relied on: conditions on the column are simplified because it is always known.",
        "csv",
        """\
customer_id,name,region,income,birth_date,company_id
1,Ayu,,1000,2000-01-31,10
""",
        """\
customer_id,name,region,income,birth_date,company_id
1,Ayu,ID,1000,2000-01-31,10
""",
    ),
    Rule(
        "repeated-value",
        ERROR,
        "A key, or a column that is declared unique, holds a value more than once.",
        "Rows with one key are one customer to every count; the sizes would be too large.",
        "csv",
        """\
customer_id,name,region,income,birth_date,company_id
1,Ayu,ID,1000,2000-01-31,10
1,Budi,MY,2000,1990-12-01,10
""",
        """\
customer_id,name,region,income,birth_date,company_id
1,Ayu,ID,1000,2000-01-31,10
2,Budi,MY,2000,1990-12-01,10
""",
    ),
    Rule(
        "outside-values",
        ERROR,
        "A column holds a value that is not among its declared `values`.",
        "Conditions are checked with the declared ones alone.",
        "csv",
        """\
customer_id,name,region,income,birth_date,company_id
1,Ayu,Indonesia,1000,2000-01-31,10
""",
        """\
customer_id,name,region,income,birth_date,company_id
1,Ayu,ID,1000,2000-01-31,10
""",
    ),
    Rule(
        "outside-range",
        ERROR,
        "A column holds a value beyond its declared `min` or `max`.",
        "What is declared is relied on.",
        "csv",
        """\
customer_id,name,region,income,birth_date,company_id
1,Ayu,ID,-1,2000-01-31,10
""",
        """\
customer_id,name,region,income,birth_date,company_id
1,Ayu,ID,0,2000-01-31,10
""",
    ),
    Rule(
        "broken-link",
        ERROR,
        "A link that is declared required leads nowhere.",
        "What is reached through a required link is taken for known; here it is not.",
        "csv",
        """\
customer_id,name,region,income,birth_date,company_id
2,Ayu,ID,1000,2000-01-31,10
""",
        """\
customer_id,name,region,income,birth_date,company_id
1,Ayu,ID,1000,2000-01-31,10
""",
    ),
    Rule(
        "dangling-link",
        INFO,
        "A link leads nowhere in some rows.",
        "That is allowed: what would be reached through it is unknown there. It is counted because it may "
        "come from data that was loaded in part.",
        "csv",
        """\
customer_id,name,region,income,birth_date,company_id
1,Ayu,ID,1000,2000-01-31,99
""",
        """\
customer_id,name,region,income,birth_date,company_id
1,Ayu,ID,1000,2000-01-31,10
""",
    ),
    Rule(
        "empty-population",
        WARNING,
        "The data has no row of what a segment is about.",
        "Every segment of them is empty. Perhaps the data was not loaded, or the day is before all of it.",
        "segments",
        """\
entity: transfers
segments:
  large: amount > 1000
""",
        """\
entity: companies
segments:
  large: employees > 100
""",
    ),
    Rule(
        "empty-segment",
        WARNING,
        "Nobody is in a segment.",
        "Its condition may be one that cannot hold, or look for what the data has not.",
        "segments",
        """\
entity: customers
segments:
  elders: age > 120
""",
        """\
entity: customers
segments:
  elders: age > 20
""",
    ),
    Rule(
        "future-day",
        ERROR,
        "`as of` names a day after the day of the run.",
        "What will be true on that day is not known yet.",
        "expression",
        "(not exists(orders)) as of 2024-07-01",
        "(not exists(orders)) as of 2024-05-01",
    ),
    Rule(
        "failed-expectation",
        ERROR,
        "A segment does not measure what is expected of it.",
        "Somebody wrote down how large it should be, or how it stands to others. Either the condition, the data "
        "or the expectation has changed.",
        "segments",
        """\
entity: customers
segments:
  adults:
    where: age > 18
    expect: {size: at least 50}
""",
        """\
entity: customers
segments:
  adults:
    where: age > 18
    expect: {size: at least 1}
""",
    ),
    Rule(
        "partition-gap",
        ERROR,
        "Somebody is in no part of a partition.",
        "A partition must cover everyone, by its parts or by `otherwise`. Most often somebody's value is not known.",
        "segments",
        """\
entity: customers
partitions:
  ages:
    first_match:
      older: age > 40
""",
        """\
entity: customers
partitions:
  ages:
    first_match:
      older: age > 40
    otherwise: younger
""",
    ),
    Rule(
        "partition-overlap",
        ERROR,
        "Somebody is in several parts of a partition that is `exclusive`.",
        "Who is in two parts is counted, mailed and paid for twice.",
        "segments",
        """\
entity: customers
partitions:
  ages:
    exclusive:
      older: age > 20
      younger: age < 40
""",
        """\
entity: customers
partitions:
  ages:
    exclusive:
      older: age >= 40
      younger: age < 40
""",
    ),
    Rule(
        "wrong-example",
        ERROR,
        "An example lacks what the condition reads, or gives what the catalog does not know.",
        "An example is a row of the entity: stored columns, rows of linked tables and of events. What is computed "
        "from them can't be given, and what is never unknown can't be left out.",
        "segments",
        """\
entity: customers
segments:
  from_indonesia:
    where: region = 'ID'
    examples:
      - given: {name: Ayu}
        member: false
""",
        """\
entity: customers
segments:
  from_indonesia:
    where: region = 'ID'
    examples:
      - given: {name: Ayu, region: MY}
        member: false
""",
    ),
    Rule(
        "failed-example",
        ERROR,
        "A row of an example is a member and should not be, or the other way about.",
        "Examples say what a segment means, in a way that can be tried. Either the condition is wrong, or the "
        "example is.",
        "segments",
        """\
entity: customers
segments:
  from_indonesia:
    where: region = 'ID'
    examples:
      - given: {region: MY}
        member: true
""",
        """\
entity: customers
segments:
  from_indonesia:
    where: region = 'ID'
    examples:
      - given: {region: MY}
        member: false
""",
    ),
)
