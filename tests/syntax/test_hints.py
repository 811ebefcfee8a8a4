"""What is told of mistakes: the exact place (between « and »), the message, the help."""

from __future__ import annotations

import pytest

from segdsl.diagnostics import Diagnostic, Findings
from segdsl.source import Fragment
from segdsl.syntax import hints
from segdsl.syntax.parser import parse

HINTED: list[tuple[str, str, str | None]] = [
    (
        "count(orders where amount > 1 «in» last 30 days)",
        "The window stands before `where`",
        "Write `count(orders in last 30 days where amount > 1)`",
    ),
    (
        "sum(orders.amount where channel = 'app' «between» today and yesterday) > 5",
        "The window stands before `where`",
        "Write `sum(orders.amount between today and yesterday where channel = 'app')`",
    ),
    (
        "count distinct(orders.x where amount > 1 «since» today) > 1",
        "The window stands before `where`",
        "Write `count distinct(orders.x since today where amount > 1)`",
    ),
    (
        "count(orders in last 30 days «via» x)",
        "`via` stands right after the table",
        "The order is: table, `via`, window, `where`",
    ),
    (
        "count(orders where a «via» x)",
        "`via` stands right after the table",
        "The order is: table, `via`, window, `where`",
    ),
    (
        "count(orders) «in» last 30 days > 3",
        "The window of an aggregate stands inside its parentheses",
        "Write `count(orders in last 30 days)`",
    ),
    (
        "a and sum(orders.amount) «since» today > 3 and b",
        "The window of an aggregate stands inside its parentheses",
        "Write `sum(orders.amount since today)`",
    ),
    (
        "count(orders) «where» amount > 1",
        "The `where` of an aggregate stands inside its parentheses",
        "Write `count(orders where amount > 1)`",
    ),
    (
        "count(orders) > 3 «where» y",
        "`where` stands only inside an aggregate",
        "Inside an aggregate: `count(orders where amount > 100)`; elsewhere write `and`",
    ),
    (
        "foo «where» x",
        "`where` stands only inside an aggregate",
        "Inside an aggregate: `count(orders where amount > 100)`; elsewhere write `and`",
    ),
    (
        "«exits»(orders where a)",
        "`exits` is not an aggregate",
        "Did you mean `exists`?",
    ),
    (
        "sum(items.price «*» items.quantity) > 3",
        "An aggregate reads one value of each row of its table",
        "Write `sum(items.(price * quantity))`",
    ),
    (
        "sum(items.price «*» items.order.rate) > 3",
        "An aggregate reads one value of each row of its table",
        "Write `sum(items.(price * order.rate))`",
    ),
    (
        "sum(a.b «*» c) > 3",
        "An aggregate reads one value of each row of its table",
        "Write `sum(a.(b * c))`",
    ),
    (
        "sum(a.b «+» x.c) > 3",
        "An aggregate reads one value of each row of its table",
        "Put it in parentheses after the table: `sum(items.(price * quantity))`",
    ),
    (
        "count(orders.amount «>» 100)",
        "Expected `where` or `)`, found `>`",
        "Write the condition after `where`: `count(orders where …)`",
    ),
    (
        "count(orders«,» amount > 100)",
        "Expected `where` or `)`, found `,`",
        "Write the condition after `where`: `count(orders where …)`",
    ),
    (
        "«min»(a, b) > 3",
        "`min` is over the rows of one table",
        "Of several values, write `least(a, b)`",
    ),
    (
        "«count orders» > 3",
        "`count` needs parentheses",
        "Write `count(orders)`",
    ),
    (
        "«segment vip»",
        "`segment` needs parentheses",
        "Write `segment(vip)`",
    ),
    (
        "segment(«'vip'»)",
        "A segment is named without quotes",
        "Write `segment(vip)`",
    ),
    (
        "a < b «<» c",
        "Comparisons cannot be chained",
        "Write `a < b and b < c`",
    ),
    (
        "a and 0 < age + 1 «<=» 30 and x",
        "Comparisons cannot be chained",
        "Write `0 < age + 1 and age + 1 <= 30`",
    ),
    (
        "x > 5 and «<» 3",
        "Expected a value between `and` and `<`",
        "Say again what is compared: `x < 3`",
    ),
    (
        "age + 1 > 5 or «<» 3",
        "Expected a value between `or` and `<`",
        "Say again what is compared: `age + 1 < 3`",
    ),
    (
        "recency < «30 days»",
        "`30 days` is not a value: a count of days is a number",
        "Write `30`, or `30 days ago` for that day",
    ),
    (
        "x > «$n days»",
        "`$n days` is not a value: a count of days is a number",
        "Write `$n`, or `$n days ago` for that day",
    ),
    (
        "x since «30 days»",
        "`30 days` is not a day",
        "Write `30 days ago`",
    ),
    (
        "x > 30 days «age»",
        "Unknown word `age`",
        "Did you mean `ago`?",
    ),
    (
        "exists(orders «last 30 days»)",
        "A window starts with `in`",
        "Write `in last 30 days`",
    ),
    (
        "signup_date «last $n days»",
        "A window starts with `in`",
        "Write `in last $n days`",
    ),
    (
        "«last 30 days»",
        "A window starts with `in`",
        "Write `in last 30 days`",
    ),
    (
        "«this month»",
        "A window starts with `in`",
        "Write `in this month`",
    ),
    (
        "a and «in» last 30 days",
        "Nothing stands before this window",
        "Say what is in it: `signup_date in last 30 days`",
    ),
    (
        "x in «past» 30 days",
        "Unknown window: `in past`",
        "Write `in last 30 days`",
    ),
    (
        "x in «the» last 30 days",
        "Unknown window: `in the`",
        "Write `in last 30 days`",
    ),
    (
        "x in «current» month",
        "Unknown window: `in current`",
        "Write `in this month`",
    ),
    (
        "x «in 30 days»",
        "This window does not say which way it runs",
        "Write `in last 30 days` or `in next 30 days`",
    ),
    (
        "x in last «month»",
        "Expected a number of units after `last`",
        "Write `in previous month` or `in last 1 month`",
    ),
    (
        "x in next «weeks»",
        "Expected a number of units after `next`",
        "Write `in next 1 week`",
    ),
    (
        "x > «10k»",
        "`10k` is not a number",
        "Write it out: `10_000`",
    ),
    (
        "x > «2M»",
        "`2M` is not a number",
        "Write it out: `2_000_000`",
    ),
    (
        "x > «1e5»",
        "`1e5` is not a number",
        "Write all its digits out, such as `100_000`",
    ),
    (
        "x > «.5»",
        "`.5` is not a number",
        "Write `0.5`",
    ),
    (
        "x > «5.»",
        "`5.` is not a number",
        "Write `5.0` or `5`",
    ),
    (
        "x > «1,000»",
        "A number is written without commas",
        "Write `1_000`",
    ),
    (
        "x > «30days»",
        "`30days` is not a number",
        "Put a blank between them: `30 days`",
    ),
    (
        "x > «5apples»",
        "`5apples` is not a number",
        "If it is a name, write it in backticks",
    ),
    (
        "x > «1__0»",
        "`1__0` is not a number",
        "Numbers look like `42`, `1_000`, `0.5` or `20%`",
    ),
    (
        "x > «1.2.3»",
        "`1.2.3` is not a number",
        "Numbers look like `42`, `1_000`, `0.5` or `20%`",
    ),
    (
        "x > «31.01.2024»",
        "`31.01.2024` is not a number",
        "Write a date as year, month, day: `2024-01-31`",
    ),
    (
        "x > 50 «%»",
        "`%` is not part of the language",
        "There is no remainder; a percentage is written without a blank: `20%`",
    ),
    (
        "x > «$»100",
        "`$` is not part of the language",
        "A parameter is written `$name`, and an amount of money as a plain number",
    ),
    (
        "x > «2024-01-31 9:30»",
        "A day and an hour are joined by `T`",
        "Write `2024-01-31T09:30`",
    ),
    (
        "x > «2024-01-31abc»",
        "`2024-01-31abc` is not a date",
        "Dates look like `2024-01-31` or `2024-01-31T09:30`",
    ),
    (
        "«(»a and (b or c)",
        "This parenthesis is never closed",
        "Close it with `)`",
    ),
    (
        "f«(»a, b",
        "This parenthesis is never closed",
        "Close it with `)`",
    ),
    (
        "a and b«)»",
        "This parenthesis was never opened",
        "Take it out, or open it with `(`",
    ),
    (
        "sum«(»items.(price * quantity) > 5",
        "This parenthesis is never closed",
        "Close it with `)`",
    ),
    (
        "x = «'abc»",
        "The quote `'` is never closed",
        "Close the text with `'` on the same line",
    ),
    (
        'x = «"abc»',
        'The quote `"` is never closed',
        'Close the text with `"` on the same line',
    ),
    (
        "«`abc > 3»",
        'The backtick "`" is never closed',
        'Close the name with "`" on the same line',
    ),
    (
        "x = «'it'»s here'",
        "The text ends at its second `'`",
        "Write a quote inside text twice: `'it''s…'`",
    ),
    (
        "x = «‘ID’»",
        "Text stands in straight quotes, not curly ones",
        "Write `'ID'`",
    ),
    (
        "x = «“it's”»",
        "Text stands in straight quotes, not curly ones",
        'Write `"it\'s"`',
    ),
    (
        "x = «’»",
        "Text stands in straight quotes, not curly ones",
        "Write `'`",
    ),
    (
        "a «&&» b",
        "`&&` is not part of the language",
        "Write `and`",
    ),
    (
        "a «||» b",
        "`||` is not part of the language",
        "Write `or`",
    ),
    (
        "'a' «||» 'b' = x",
        "Texts cannot be joined",
        "Compare each part by itself; for either of two, write `or`",
    ),
    (
        "«!»a",
        "`!` is not part of the language",
        "Write `not`",
    ),
    (
        "a«;»",
        "`;` is not part of the language",
        "Take it out: an expression is a single one and ends by itself",
    ),
    (
        "x «=>» 5",
        "`=>` is not part of the language",
        "Write `>=`",
    ),
    (
        "x «≥» 5",
        "`≥` is not part of the language",
        "Write `>=`",
    ),
    (
        "x«（»1）",
        "`（` is not part of the language",
        "Write `(`",
    ),
    (
        "x «%» 2 = 0",
        "`%` is not part of the language",
        "There is no remainder; a percentage is written without a blank: `20%`",
    ),
    (
        "x «#» comment",
        "`#` is not part of the language",
        "A comment starts with `--`",
    ),
    (
        "«[»1,2]",
        "`[` is not part of the language",
        "Lists and groups stand in parentheses: `in ('a', 'b')`",
    ),
    (
        "«{{» x }}",
        "`{{` is not part of the language",
        "A parameter is written `$name`",
    ),
    (
        "x«::»date = today",
        "`::` is not part of the language",
        "Values are not cast; `date(x)` gives the day of a timestamp",
    ),
    (
        "«€» > 5",
        "An expression cannot hold the character `€`",
        "Take it out; a name that holds it stands in backticks",
    ),
    (
        "a«\u200b»b",
        "An expression cannot hold a zero-width space",
        "Take it out; a name that holds it stands in backticks",
    ),
    (
        "«select» * from customers",
        "An expression is a condition, not a `select`",
        "Write only the condition, such as `exists(orders where amount > 100)`",
    ),
    (
        "exists(«select» 1 from orders)",
        "An expression is a condition, not a `select`",
        "Write only the condition, such as `exists(orders where amount > 100)`",
    ),
    (
        "x > 5 «group» by y",
        "An expression has no `group`",
        "Write only the condition; totals are aggregates such as `sum(orders.amount)`",
    ),
    (
        "x «ilike» 'a%'",
        "`ilike` is not an operator",
        "Write `lower(x) like 'a%'`: `like` minds the letter case",
    ),
    (
        "x not «ilike» 'a%'",
        "`ilike` is not an operator",
        "Write `lower(x) like 'a%'`: `like` minds the letter case",
    ),
    (
        "x «isnull»",
        "`isnull` is not an operator",
        "Write `is unknown`",
    ),
    (
        "today - «interval '30 days'» < x",
        "There are no intervals",
        "Write a day such as `30 days ago`, or a window such as `in last 30 days`",
    ),
    (
        "count(«*») > 3",
        "`count` needs the name of a table",
        "Write `count(orders)`, with your table's name",
    ),
    (
        "count(«distinct» orders.x) > 3",
        "`distinct` stands before the parenthesis",
        "Write `count distinct(orders.x)`",
    ),
    (
        "«case» when a then b end",
        "There is no `case`",
        "Write `if(condition, value, other value)`",
    ),
    (
        "«cast»(x as int) > 3",
        "Values are not cast",
        "Leave it out; `date(x)` gives the day of a timestamp",
    ),
    (
        "«date '2024-01-31'» < x",
        "Dates stand by themselves, without quotes",
        "Write `2024-01-31`",
    ),
    (
        "x like 'a' «escape» 'b'",
        "`like` has no escape",
        "Use `contains`, `starts with` or `matches` for a `%` or `_` itself",
    ),
    (
        "region in «()»",
        "This list is empty, so nothing is ever in it",
        "Put at least one value in it",
    ),
    (
        "region «=» ('ID', 'MY')",
        "`=` compares with one value",
        "Write `in ('ID', 'MY')`",
    ),
    (
        "region «!=» ('ID', 'MY')",
        "`!=` compares with one value",
        "Write `not in ('ID', 'MY')`",
    ),
    (
        "region in «'ID'»",
        "A list stands in parentheses",
        "Write `in ('ID')`",
    ),
    (
        "region in («ID», MY)",
        "A list holds only literals and parameters",
        "If it is text, quote it: `'ID'`",
    ),
    (
        "region in («lower»('a'))",
        "A list holds only literals and parameters",
        "A function or a column cannot stand here",
    ),
    (
        "url contains «pricing»",
        "After `contains` stands a literal or a parameter",
        "If it is text, quote it: `'pricing'`",
    ),
    (
        "x = «null»",
        "`null` is not a value: nothing equals it",
        "Write `is unknown` instead of `= null`",
    ),
    (
        "x != «null»",
        "`null` is not a value: nothing equals it",
        "Write `is known` instead of `!= null`",
    ),
    (
        "«null» = x",
        "`null` is not a value",
        "Whether a value is there is asked by `is known` and `is unknown`",
    ),
    (
        "x «not null»",
        "`null` is not a value",
        "Write `is known`",
    ),
    (
        "x «is not» in (1, 2)",
        "`is not` cannot stand before `in`",
        "Write `not in (1, 2)`",
    ),
    (
        "x «is» between 1 and 2",
        "`is` cannot stand before `between`",
        "Write `between …`",
    ),
    (
        "x «is» 5",
        "`is` asks only whether something is known",
        "Write `= 5`",
    ),
    (
        "x «is not» true",
        "`is` asks only whether something is known",
        "Write `!= true`",
    ),
    (
        "x «is not» > 5",
        "`is not` cannot stand before `>`",
        "Write `not x > 5`",
    ),
    (
        "x «not» = 5",
        "`not` cannot stand before `=`",
        "Write `!=`, or `not x = 5`",
    ),
    (
        "a and x «not» < 5 and b",
        "`not` cannot stand before `<`",
        "Write `not x < 5`",
    ),
    (
        "x = «not» 5",
        "`not` stands before a whole condition, not before a value",
        "Write `not x = 5` or `x != 5`",
    ),
    (
        "x «not is» known",
        "`not` stands after `is`",
        "Write `is not known` or `is unknown`",
    ),
    (
        "age between «16»",
        "`between` needs both its ends, with `and` between them",
        "Write `between 16 and …`",
    ),
    (
        "age between 16«,» 23",
        "`between` needs both its ends, with `and` between them",
        "Write `between 16 and 23`",
    ),
    (
        "age between 16 «to» 23 and b",
        "`between` needs both its ends, with `and` between them",
        "Write `between 16 and 23`",
    ),
    (
        "orders.«before» > 3",
        "`before` is a reserved word",
        "If it is a name, write it in backticks: `` `before` ``",
    ),
    (
        "«days» > 3",
        "`days` is a reserved word",
        "If it is a name, write it in backticks: `` `days` ``",
    ),
    (
        "«in» > 3",
        "`in` is a reserved word",
        "If it is a name, write it in backticks: `` `in` ``",
    ),
    (
        "age «bewteen» 1 and 2",
        "Unknown word `bewteen`",
        "Did you mean `between`?",
    ),
    (
        "years «sinse» x",
        "Unknown word `sinse`",
        "Did you mean `since`?",
    ),
    (
        "at «lest» 2 of (a, b)",
        "Unknown word `lest`",
        "Did you mean `least`?",
    ),
    (
        "start «off» month > x",
        "Unknown word `off`",
        "Did you mean `of`?",
    ),
    (
        "x in «lst» 3 days",
        "Unknown word `lst`",
        "Did you mean `last`?",
    ),
    (
        "x in «past» month",
        "Unknown window: `in past`",
        "Write `in previous month`",
    ),
    (
        "x «is» like 'a'",
        "`is` cannot stand before `like`",
        "Write `like 'a'`",
    ),
    (
        "x in (1, 2) and y «is» > 5",
        "`is` cannot stand before `>`",
        "Write `y > 5`",
    ),
]

# What no hint knows: what was found, and what could stand there.
UNHINTED: list[tuple[str, str, str | None]] = [
    (
        "«»",
        "There is no expression here",
        "Write a condition, such as `recency < 30`",
    ),
    (
        "   «»",
        "There is no expression here",
        "Write a condition, such as `recency < 30`",
    ),
    (
        "«-- only a comment»",
        "There is no expression here",
        "Write a condition, such as `recency < 30`",
    ),
    (
        "x = «and»",
        "Expected a value, found `and`",
        "If `and` is a name, write it in backticks: `` `and` ``",
    ),
    (
        "a and «or» b",
        "Expected a condition, found `or`",
        "If `or` is a name, write it in backticks: `` `or` ``",
    ),
    (
        "a «b»",
        "Expected an operator such as `=`, or `and`, found `b`",
        None,
    ),
    (
        "a «and»",
        "The expression ends too soon: expected a condition after `and`",
        None,
    ),
    (
        "a «<»",
        "The expression ends too soon: expected a value after `<`",
        None,
    ),
    (
        "(a «<»",
        "The expression ends too soon: expected a value after `<`",
        None,
    ),
    (
        "a = 'x' «'y'»",
        "Expected `and`, `or` or the end, found `'y'`",
        None,
    ),
    (
        "a = 5 «b»",
        "Expected `and`, `or` or the end, found `b`",
        None,
    ),
    (
        "x «like»",
        "The expression ends too soon: expected a literal such as `'text'` or `42` after `like`",
        None,
    ),
    (
        "x starts «'a'»",
        "Expected `with`, found `'a'`",
        None,
    ),
    (
        "at least 2 «(»a, b)",
        "Expected `of`, found `(`",
        None,
    ),
    (
        "at least «two» of (a, b)",
        "Expected a whole number, found `two`",
        None,
    ),
    (
        "count(orders in last 30 days «since» today)",
        "Expected `where` or `)`, found `since`",
        None,
    ),
    (
        "count(orders.«)»",
        "Expected a name, found `)`",
        None,
    ),
    (
        "count(«)»",
        "Expected the name of a table, found `)`",
        None,
    ),
    (
        "years «since»",
        "The expression ends too soon: expected a value after `since`",
        None,
    ),
    (
        "x in (1 «2»)",
        "Expected `,` or `)`, found `2`",
        None,
    ),
    (
        "f(a,«)»",
        "Expected a value, found `)`",
        None,
    ),
    (
        "days to anniversary «x»",
        "Expected `of`, found `x`",
        None,
    ),
    (
        "x «as» of 30 days ago",
        "Expected an operator such as `=`, or `and`, found `as`",
        None,
    ),
    (
        "(a «b»)",
        "Expected an operator such as `=`, or `and`, found `b`",
        None,
    ),
    (
        "x within 7 days «y»",
        "Expected `after` or `before`, found `y`",
        None,
    ),
    (
        "x contains «`a`»",
        "After `contains` stands a literal or a parameter",
        "If it is text, quote it: `'a'`",
    ),
    (
        "sum(«2» * items.price) > 3",
        "Expected the name of a table, found `2`",
        None,
    ),
    (
        "x in last «1.5» days",
        "Expected a whole number, found `1.5`",
        None,
    ),
    (
        "x within 30 «days»",
        "The expression ends too soon: expected `after` or `before` after `days`",
        None,
    ),
]

LITERALS = [
    ("x > «2024-1-31»", "`2024-1-31` is not a date", "Write `2024-01-31`"),
    ("x > «2024-02-30»", "There is no day `2024-02-30`", "That month has 29 days"),
    ("x > «2023-12-32»", "There is no day `2023-12-32`", "That month has 31 days"),
    ("x > «9999-12-32»", "There is no day `9999-12-32`", "That month has 31 days"),
    ("x > «0000-01-01»", "There is no day `0000-01-01`", "Years run from 0001 to 9999"),
    (
        "x > «2024-31-01»",
        "There is no day `2024-31-01`",
        "Months run from 01 to 12: a date is year, month, day",
    ),
    (
        "x > «2024-01-31T25:00»",
        "There is no point in time `2024-01-31T25:00`",
        "A day runs from 00:00 to 23:59:59, and its date must be on the calendar",
    ),
    (
        "x > «2024-01-31T9:30»",
        "`2024-01-31T9:30` is not a point in time",
        "Write `2024-01-31T09:30` or `2024-01-31T09:30:00`: no zone, no fractions of a second",
    ),
    (
        "x > «2024-01-31T09:30+07:00»",
        "`2024-01-31T09:30+07:00` is not a point in time",
        "Write `2024-01-31T09:30` or `2024-01-31T09:30:00`: no zone, no fractions of a second",
    ),
    ("x > «" + "9" * 39 + "»", "A number has at most 38 digits", "Write a shorter number"),
]


def told(text: str) -> list[Diagnostic]:
    findings = Findings()
    assert parse(Fragment.of_text(text), findings) is None
    return findings.sorted()


def _unmarked(marked: str) -> str:
    return marked.replace("«", "").replace("»", "")


@pytest.mark.parametrize(("marked", "message", "help"), [*HINTED, *UNHINTED, *LITERALS])
def test_each_mistake(marked: str, message: str, help: str | None) -> None:
    (finding,) = told(_unmarked(marked))
    start, end = marked.index("«"), marked.index("»") - 1
    assert finding.span is not None
    assert (finding.span.start, finding.span.end) == (start, end)
    rule = "too-many-digits" if "38 digits" in message else "syntax"
    assert (finding.rule, finding.message, finding.help) == (rule, message, help)


def test_every_hint_is_given_by_some_mistake(monkeypatch: pytest.MonkeyPatch) -> None:
    given = set()

    def watched(hint):  # type: ignore[no-untyped-def]
        def ask(failure):  # type: ignore[no-untyped-def]
            mistake = hint(failure)
            if mistake is not None:
                given.add(hint)
            return mistake

        return ask

    monkeypatch.setattr(hints, "HINTS", tuple(map(watched, every := hints.HINTS)))
    for marked, _, _ in HINTED:
        told(_unmarked(marked))
    assert given == set(every)


def test_each_hint_is_for_a_hinted_mistake_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hints, "HINTS", ())
    before = {marked: (message, help) for marked, message, help in HINTED}
    for marked, wanted in before.items():
        (finding,) = told(_unmarked(marked))
        assert (finding.message, finding.help) != wanted


def test_all_bad_literals_are_told() -> None:
    findings = told("a > 2024-02-30 and b < 2024-1-1")
    assert [finding.span.text for finding in findings if finding.span] == ["2024-02-30", "2024-1-1"]


def test_a_clause_of_a_long_list_is_still_found() -> None:
    (finding,) = told(" and ".join(["a = 1"] * 2000) + " and b bewteen 1 and 2")
    assert finding.span is not None
    assert finding.span.text == "bewteen"
