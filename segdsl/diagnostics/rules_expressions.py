"""Rules about expressions: the conditions of segments and the attributes of the catalog."""

from __future__ import annotations

from segdsl.diagnostics.diagnostic import Severity
from segdsl.diagnostics.rule import Rule

ERROR, WARNING = Severity.ERROR, Severity.WARNING

EXPRESSION_RULES = (
    Rule(
        "syntax",
        ERROR,
        "An expression is not written as the language has it.",
        "The message names what stood there and what could stand there instead.",
        "expression",
        "18 < age < 65",
        "18 < age and age < 65",
    ),
    Rule(
        "too-deep",
        ERROR,
        "An expression is nested too deeply to be read.",
        "Nobody can follow it, and databases refuse it. Parts of it can have names: segments and attributes.",
        "expression",
        "not " * 200 + "age > 18",
        "age > 18",
    ),
    Rule(
        "unknown-name",
        ERROR,
        "Nothing has this name here: no table, column, link, attribute, segment, parameter, function, type or "
        "target.",
        "Names are those of the catalog, letter for letter. Most often this is a slip of the keyboard.",
        "expression",
        "regoin = 'ID'",
        "region = 'ID'",
    ),
    Rule(
        "unknown-value",
        ERROR,
        "A text or number is compared with a column that never holds it.",
        "The catalog lists the `values` of the column. A misspelt one would silently select nobody.",
        "expression",
        "region = 'IDN'",
        "region = 'ID'",
    ),
    Rule(
        "wrong-type",
        ERROR,
        "A value is of another type than it must be here.",
        "Databases turn text into numbers and dates into text, each in its own way. Here a number is compared "
        "with numbers, a date with dates, and text has no order.",
        "expression",
        "age > '18'",
        "age > 18",
    ),
    Rule(
        "wrong-arguments",
        ERROR,
        "A function or aggregate is given too many, too few or unfit values.",
        "Each takes what the language reference says, and no more.",
        "expression",
        "count(orders.amount) > 3",
        "count(orders) > 3",
    ),
    Rule(
        "too-many-digits",
        ERROR,
        "A number, or what is computed, has more than 38 digits.",
        "Whole numbers and decimals are exact here, and 38 digits are what all databases can hold. More would "
        "be rounded, each database in its own way.",
        "expression",
        "income > 100000000000000000000000000000000000000",
        "income > 1_000_000_000",
    ),
    Rule(
        "wrong-pattern",
        ERROR,
        "The pattern of `matches` is not one that every database reads alike.",
        "Regular expressions differ: where one database looks ahead, the next refuses, and `\\b` means three "
        "things. What is left is read the same everywhere.",
        "expression",
        r"name matches '\bshop\b'",
        r"name matches '(^|[^\w])shop($|[^\w])'",
    ),
    Rule(
        "empty-range",
        WARNING,
        "A range ends before it starts, so nothing is in it.",
        "`between` takes the lower end first. The other way round it is always false.",
        "expression",
        "age between 65 and 18",
        "age between 18 and 65",
    ),
    Rule(
        "wrong-unit",
        ERROR,
        "A unit of time cannot be used here.",
        "Calendars have a start of the week, month, quarter and year; an anniversary is counted in days.",
        "expression",
        "exists(orders in this day)",
        "exists(orders on today)",
    ),
    Rule(
        "hours-from-day",
        ERROR,
        "Hours or minutes are counted from the as-of day.",
        "Everything is computed as of one day, which has no hour. Hours measure between two timestamps.",
        "expression",
        "exists(orders in last 24 hours)",
        "exists(orders in last 1 days)",
    ),
    Rule(
        "not-a-point",
        ERROR,
        "A window starts or ends at something that is no point in time.",
        "A window runs between days: dates, `today`, `30 days ago`, `start of month`, or a column that holds "
        "a date.",
        "expression",
        "exists(orders since 30)",
        "exists(orders since 30 days ago)",
    ),
    Rule(
        "table-without-time",
        ERROR,
        "Rows of a table are put in order or limited to a window, and the table has no `time`.",
        "Without a time there is no first and last, and nothing to hold against a window.",
        "expression",
        "exists(reviews in last 30 days)",
        "exists(reviews)",
    ),
    Rule(
        "nested-aggregate",
        ERROR,
        "An aggregate stands inside another, or in an attribute that is used there.",
        "For each row of the outer one all rows of the inner one would be gone through. What is about the "
        "entity can mostly stand beside the aggregate.",
        "expression",
        "count(orders where sum(orders.amount) > 100) > 0",
        "exists(orders) and sum(orders.amount) > 100",
    ),
    Rule(
        "rank-in-event",
        ERROR,
        "A rank stands in a condition on events, or in a segment that is asked for there.",
        "A rank compares the rows of a whole table with each other, which can't be done anew for each event.",
        "expression",
        "exists(orders where top 10% by amount)",
        "exists(orders) and top 10% by age",
    ),
    Rule(
        "missing-span",
        ERROR,
        "A step of a sequence that must not happen has no end.",
        "Nobody can know that something will never happen. `within 7 days` says how long to wait for it, and "
        "the step holds once that time is over.",
        "expression",
        "sequence(orders, then no orders)",
        "sequence(orders, then no orders within 7 days)",
    ),
    Rule(
        "no-history",
        WARNING,
        "`as of` is asked of a column, which has no history.",
        "Events know when they happened, and so what was true of them on an earlier day. A column knows only "
        "what it is today.",
        "expression",
        "(age > 18 and exists(orders)) as of 30 days ago",
        "age > 18 and (exists(orders)) as of 30 days ago",
    ),
    Rule(
        "no-chain",
        ERROR,
        "No chain of links leads from a table to what the segment is about.",
        "The rows of a table belong to a customer by links alone: `items` to `orders` to `customers`.",
        "expression",
        "exists(suppliers)",
        "exists(orders)",
    ),
    Rule(
        "ambiguous-chain",
        ERROR,
        "Several chains of links lead from a table to what the segment is about.",
        "Money sent and money received are not the same: the condition must say which way it counts.",
        "expression",
        "count(transfers) > 3",
        "count(transfers via sender) > 3",
    ),
    Rule(
        "wrong-entity",
        ERROR,
        "A segment is used for rows of another table than it is about.",
        "A segment of companies holds companies, never customers; a link may lead from one to the other.",
        "segments",
        """\
entity: companies
segments:
  large: employees > 500
  adult: segment(grown_up)
""",
        """\
entity: companies
segments:
  large: employees > 500
  larger: segment(large) and employees > 1000
""",
    ),
    Rule(
        "cycle",
        ERROR,
        "Segments, or attributes, are defined by each other in a circle.",
        "To know who is in the one, one would have to know who is in the other, and the other way round.",
        "segments",
        """\
entity: customers
segments:
  active: not segment(lapsed)
  lapsed: not segment(active)
""",
        """\
entity: customers
segments:
  active: recency < 90
  lapsed: not segment(active)
""",
    ),
)
