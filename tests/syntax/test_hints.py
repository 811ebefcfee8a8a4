"""What is told of mistakes: the exact place (between « and »), the message, the help."""

from __future__ import annotations

import pytest

from segdsl.diagnostics import Diagnostic, Findings
from segdsl.source import Fragment
from segdsl.syntax import hints
from segdsl.syntax.parser import parse

HINTED: list[tuple[str, str, str | None]] = [
    (
        "«sequence»(orders)",
        "a sequence has at least two steps",
        "write `sequence(orders, then …)`, or `exists(…)` for one",
    ),
    (
        "sequence(«no» orders, then orders)",
        "the first step of a sequence is one that happens",
        "start with what comes first, then `no …`",
    ),
    (
        "sequence(orders, «page_views»)",
        "each later step starts with `then`",
        "write `, then …`",
    ),
    (
        "segment(active) as of «signup_date»",
        "`as of` takes a day that is the same for everyone",
        "write a date, `30 days ago`, `start of month`, or a parameter of type date",
    ),
    ("x > «1and» y", "`1and` is not a number", "put a blank between them: `1 and`"),
    (
        "x > «2024-01-31and» y",
        "`2024-01-31and` is not a date",
        "put a blank between them: `2024-01-31 and`",
    ),
    ("x > «３０»", "numbers are written with the digits 0 to 9", "write `30`"),
    (
        "orders«.1st» > 3",
        "a name that starts with a digit is not a plain word",
        "write the name in backticks: `` orders.`1st` ``",
    ),
    ("«``» = 1", "this name is empty", "write the name between the backticks"),
    (
        "balance > «--»5",
        "`--` starts a comment, so the expression ends before it",
        "write `-` once; two signs stand apart: `- -`",
    ),
    (
        "count(orders where amount > 1 «in» last 30 days)",
        "the window stands before `where`",
        "write `count(orders in last 30 days where amount > 1)`",
    ),
    (
        "sum(orders.amount where channel = 'app' «between» today and yesterday) > 5",
        "the window stands before `where`",
        "write `sum(orders.amount between today and yesterday where channel = 'app')`",
    ),
    (
        "count distinct(orders.x where amount > 1 «since» today) > 1",
        "the window stands before `where`",
        "write `count distinct(orders.x since today where amount > 1)`",
    ),
    (
        "count(orders in last 30 days «via» x)",
        "`via` stands right after the table",
        "the order is: table, `via`, window, `where`",
    ),
    (
        "count(orders where a «via» x)",
        "`via` stands right after the table",
        "the order is: table, `via`, window, `where`",
    ),
    (
        "count(orders) «in» last 30 days > 3",
        "the window of an aggregate stands inside its parentheses",
        "write `count(orders in last 30 days)`",
    ),
    (
        "a and sum(orders.amount) «since» today > 3 and b",
        "the window of an aggregate stands inside its parentheses",
        "write `sum(orders.amount since today)`",
    ),
    (
        "count(orders) «where» amount > 1",
        "the `where` of an aggregate stands inside its parentheses",
        "write `count(orders where amount > 1)`",
    ),
    (
        "count(orders) > 3 «where» y",
        "`where` stands only inside an aggregate",
        "inside an aggregate: `count(orders where amount > 100)`; elsewhere write `and`",
    ),
    (
        "foo «where» x",
        "`where` stands only inside an aggregate",
        "inside an aggregate: `count(orders where amount > 100)`; elsewhere write `and`",
    ),
    (
        "«exits»(orders where a)",
        "`exits` is not an aggregate",
        "did you mean `exists`?",
    ),
    (
        "sum(items.price «*» items.quantity) > 3",
        "an aggregate reads one value of each row of its table",
        "write `sum(items.(price * quantity))`",
    ),
    (
        "sum(items.price «*» items.order.rate) > 3",
        "an aggregate reads one value of each row of its table",
        "write `sum(items.(price * order.rate))`",
    ),
    (
        "sum(a.b «*» c) > 3",
        "an aggregate reads one value of each row of its table",
        "write `sum(a.(b * c))`",
    ),
    (
        "sum(a.b «+» x.c) > 3",
        "an aggregate reads one value of each row of its table",
        "put it in parentheses after the table: `sum(items.(price * quantity))`",
    ),
    (
        "count(orders.amount «>» 100)",
        "expected `where` or `)`, found `>`",
        "write the condition after `where`: `count(orders where …)`",
    ),
    (
        "count(orders«,» amount > 100)",
        "expected `where` or `)`, found `,`",
        "write the condition after `where`: `count(orders where …)`",
    ),
    (
        "«min»(a, b) > 3",
        "`min` is over the rows of one table",
        "of several values, write `least(a, b)`",
    ),
    (
        "«count orders» > 3",
        "`count` needs parentheses",
        "write `count(orders)`",
    ),
    (
        "«segment vip»",
        "`segment` needs parentheses",
        "write `segment(vip)`",
    ),
    (
        "segment(«'vip'»)",
        "a segment is named without quotes",
        "write `segment(vip)`",
    ),
    (
        "a < b «<» c",
        "comparisons cannot be chained",
        "write `a < b and b < c`",
    ),
    (
        "a and 0 < age + 1 «<=» 30 and x",
        "comparisons cannot be chained",
        "write `0 < age + 1 and age + 1 <= 30`",
    ),
    (
        "x > 5 and «<» 3",
        "expected a value between `and` and `<`",
        "say again what is compared: `x < 3`",
    ),
    (
        "age + 1 > 5 or «<» 3",
        "expected a value between `or` and `<`",
        "say again what is compared: `age + 1 < 3`",
    ),
    (
        "recency < «30 days»",
        "`30 days` is not a value: a count of days is a number",
        "write `30`, or `30 days ago` for that day",
    ),
    (
        "x > «$n days»",
        "`$n days` is not a value: a count of days is a number",
        "write `$n`, or `$n days ago` for that day",
    ),
    (
        "x since «30 days»",
        "`30 days` is not a day",
        "write `30 days ago`",
    ),
    (
        "x > 30 days «age»",
        "unknown word `age`",
        "did you mean `ago`?",
    ),
    (
        "exists(orders «last 30 days»)",
        "a window starts with `in`",
        "write `in last 30 days`",
    ),
    (
        "signup_date «last $n days»",
        "a window starts with `in`",
        "write `in last $n days`",
    ),
    (
        "«last 30 days»",
        "a window starts with `in`",
        "write `in last 30 days`",
    ),
    (
        "«this month»",
        "a window starts with `in`",
        "write `in this month`",
    ),
    (
        "a and «in» last 30 days",
        "nothing stands before this window",
        "say what is in it: `signup_date in last 30 days`",
    ),
    (
        "x in «past» 30 days",
        "unknown window: `in past`",
        "write `in last 30 days`",
    ),
    (
        "x in «the» last 30 days",
        "unknown window: `in the`",
        "write `in last 30 days`",
    ),
    (
        "x in «current» month",
        "unknown window: `in current`",
        "write `in this month`",
    ),
    (
        "x «in 30 days»",
        "this window does not say which way it runs",
        "write `in last 30 days` or `in next 30 days`",
    ),
    (
        "x in last «month»",
        "expected a number of units after `last`",
        "write `in previous month` or `in last 1 month`",
    ),
    (
        "x in next «weeks»",
        "expected a number of units after `next`",
        "write `in next 1 week`",
    ),
    (
        "x > «10k»",
        "`10k` is not a number",
        "write it out: `10_000`",
    ),
    (
        "x > «2M»",
        "`2M` is not a number",
        "write it out: `2_000_000`",
    ),
    (
        "x > «1e5»",
        "`1e5` is not a number",
        "write all its digits out: `100_000`",
    ),
    (
        "x > «.5»",
        "`.5` is not a number",
        "write `0.5`",
    ),
    (
        "x > «5.»",
        "`5.` is not a number",
        "write `5.0` or `5`",
    ),
    (
        "x > «1,000»",
        "a number is written without commas",
        "write `1_000`",
    ),
    (
        "x > «30days»",
        "`30days` is not a number",
        "put a blank between them: `30 days`",
    ),
    (
        "x > «5apples»",
        "`5apples` is not a number",
        "if it is a name, write it in backticks",
    ),
    (
        "x > «1__0»",
        "`1__0` is not a number",
        "numbers look like `42`, `1_000`, `0.5` or `20%`",
    ),
    (
        "x > «1.2.3»",
        "`1.2.3` is not a number",
        "numbers look like `42`, `1_000`, `0.5` or `20%`",
    ),
    (
        "x > «31.01.2024»",
        "`31.01.2024` is not a number",
        "write a date as year, month, day: `2024-01-31`",
    ),
    (
        "x > 50 «%»",
        "`%` is not part of the language",
        "there is no remainder; a percentage is written without a blank: `20%`",
    ),
    (
        "x > «$»100",
        "`$` is not part of the language",
        "a parameter is written `$name`, and an amount of money as a plain number",
    ),
    (
        "x > «2024-01-31 9:30»",
        "a day and an hour are joined by `T`",
        "write `2024-01-31T09:30`",
    ),
    (
        "x > «2024-01-31abc»",
        "`2024-01-31abc` is not a date",
        "dates look like `2024-01-31` or `2024-01-31T09:30`",
    ),
    (
        "«(»a and (b or c)",
        "this parenthesis is never closed",
        "close it with `)`",
    ),
    (
        "f«(»a, b",
        "this parenthesis is never closed",
        "close it with `)`",
    ),
    (
        "a and b«)»",
        "this parenthesis was never opened",
        "take it out, or open it with `(`",
    ),
    (
        "sum«(»items.(price * quantity) > 5",
        "this parenthesis is never closed",
        "close it with `)`",
    ),
    (
        "x = «'abc»",
        "the quote `'` is never closed",
        "close the text with `'` on the same line",
    ),
    (
        'x = «"abc»',
        'the quote `"` is never closed',
        'close the text with `"` on the same line',
    ),
    (
        "«`abc > 3»",
        'the backtick "`" is never closed',
        'close the name with "`" on the same line',
    ),
    (
        "x = «'it'»s here'",
        "the text ends at its second `'`",
        "write a quote inside text twice: `'it''s…'`",
    ),
    (
        "x = «‘ID’»",
        "text stands in straight quotes, not curly ones",
        "write `'ID'`",
    ),
    (
        "x = «“it's”»",
        "text stands in straight quotes, not curly ones",
        'write `"it\'s"`',
    ),
    (
        "x = «’»",
        "text stands in straight quotes, not curly ones",
        "write `'`",
    ),
    (
        "a «&&» b",
        "`&&` is not part of the language",
        "write `and`",
    ),
    (
        "a «||» b",
        "`||` is not part of the language",
        "write `or`",
    ),
    (
        "'a' «||» 'b' = x",
        "texts cannot be joined",
        "compare each part by itself; for either of two, write `or`",
    ),
    (
        "«!»a",
        "`!` is not part of the language",
        "write `not`",
    ),
    (
        "a«;»",
        "`;` is not part of the language",
        "take it out: an expression is a single one and ends by itself",
    ),
    (
        "x «=>» 5",
        "`=>` is not part of the language",
        "write `>=`",
    ),
    (
        "x «≥» 5",
        "`≥` is not part of the language",
        "write `>=`",
    ),
    (
        "x«（»1）",
        "`（` is not part of the language",
        "write `(`",
    ),
    (
        "x «%» 2 = 0",
        "`%` is not part of the language",
        "there is no remainder; a percentage is written without a blank: `20%`",
    ),
    (
        "x «#» comment",
        "`#` is not part of the language",
        "a comment starts with `--`",
    ),
    (
        "«[»1,2]",
        "`[` is not part of the language",
        "lists and groups stand in parentheses: `in ('a', 'b')`",
    ),
    (
        "«{{» x }}",
        "`{{` is not part of the language",
        "a parameter is written `$name`",
    ),
    (
        "x«::»date = today",
        "`::` is not part of the language",
        "values are not cast; `date(x)` gives the day of a timestamp",
    ),
    (
        "«€» > 5",
        "an expression cannot hold the character `€`",
        "take it out; a name that holds it stands in backticks",
    ),
    (
        "a«\u200b»b",
        "an expression cannot hold a zero-width space",
        "take it out; a name that holds it stands in backticks",
    ),
    (
        "«select» * from customers",
        "an expression is a condition, not a `select`",
        "write only the condition, such as `exists(orders where amount > 100)`",
    ),
    (
        "exists(«select» 1 from orders)",
        "an expression is a condition, not a `select`",
        "write only the condition, such as `exists(orders where amount > 100)`",
    ),
    (
        "x > 5 «group» by y",
        "an expression has no `group`",
        "write only the condition; totals are aggregates such as `sum(orders.amount)`",
    ),
    (
        "x «ilike» 'a%'",
        "`ilike` is not an operator",
        "write `lower(x) like 'a%'`: `like` minds the letter case",
    ),
    (
        "x not «ilike» 'a%'",
        "`ilike` is not an operator",
        "write `lower(x) like 'a%'`: `like` minds the letter case",
    ),
    (
        "x «isnull»",
        "`isnull` is not an operator",
        "write `is unknown`",
    ),
    (
        "today - «interval '30 days'» < x",
        "there are no intervals",
        "write a day such as `30 days ago`, or a window such as `in last 30 days`",
    ),
    (
        "count(«*») > 3",
        "`count` needs the name of a table",
        "write `count(orders)`, with your table's name",
    ),
    (
        "count(«distinct» orders.x) > 3",
        "`distinct` stands before the parenthesis",
        "write `count distinct(orders.x)`",
    ),
    (
        "«case» when a then b end",
        "there is no `case`",
        "write `if(condition, value, other value)`",
    ),
    (
        "«cast»(x as int) > 3",
        "values are not cast",
        "leave it out; `date(x)` gives the day of a timestamp",
    ),
    (
        "«date '2024-01-31'» < x",
        "dates stand by themselves, without quotes",
        "write `2024-01-31`",
    ),
    (
        "x like 'a' «escape» 'b'",
        "`like` has no escape",
        "use `contains`, `starts with` or `matches` for a `%` or `_` itself",
    ),
    (
        "region in «()»",
        "this list is empty, so nothing is ever in it",
        "put at least one value in it",
    ),
    (
        "region «=» ('ID', 'MY')",
        "`=` compares with one value",
        "write `in ('ID', 'MY')`",
    ),
    (
        "region «!=» ('ID', 'MY')",
        "`!=` compares with one value",
        "write `not in ('ID', 'MY')`",
    ),
    (
        "region in «'ID'»",
        "a list stands in parentheses",
        "write `in ('ID')`",
    ),
    (
        "region in («ID», MY)",
        "a list holds only literals and parameters",
        "if it is text, quote it: `'ID'`",
    ),
    (
        "region in («lower»('a'))",
        "a list holds only literals and parameters",
        "a function or a column cannot stand here",
    ),
    (
        "url contains «pricing»",
        "after `contains` stands a literal or a parameter",
        "if it is text, quote it: `'pricing'`",
    ),
    (
        "x = «null»",
        "`null` is not a value: nothing equals it",
        "write `is unknown` instead of `= null`",
    ),
    (
        "x != «null»",
        "`null` is not a value: nothing equals it",
        "write `is known` instead of `!= null`",
    ),
    (
        "«null» = x",
        "`null` is not a value",
        "whether a value is there is asked by `is known` and `is unknown`",
    ),
    (
        "x «not null»",
        "`null` is not a value",
        "write `is known`",
    ),
    (
        "x «is not» in (1, 2)",
        "`is not` cannot stand before `in`",
        "write `not in (1, 2)`",
    ),
    (
        "x «is» between 1 and 2",
        "`is` cannot stand before `between`",
        "write `between …`",
    ),
    (
        "x «is» 5",
        "`is` asks only whether something is known",
        "write `= 5`",
    ),
    (
        "x «is not» true",
        "`is` asks only whether something is known",
        "write `!= true`",
    ),
    (
        "x «is not» > 5",
        "`is not` cannot stand before `>`",
        "write `not x > 5`",
    ),
    (
        "x «not» = 5",
        "`not` cannot stand before `=`",
        "write `!=`, or `not x = 5`",
    ),
    (
        "a and x «not» < 5 and b",
        "`not` cannot stand before `<`",
        "write `not x < 5`",
    ),
    (
        "x = «not» 5",
        "`not` stands before a whole condition, not before a value",
        "write `not x = 5` or `x != 5`",
    ),
    (
        "x «not is» known",
        "`not` stands after `is`",
        "write `is not known` or `is unknown`",
    ),
    (
        "age between «16»",
        "`between` needs both its ends, with `and` between them",
        "write `between 16 and …`",
    ),
    (
        "age between 16«,» 23",
        "`between` needs both its ends, with `and` between them",
        "write `between 16 and 23`",
    ),
    (
        "age between 16 «to» 23 and b",
        "`between` needs both its ends, with `and` between them",
        "write `between 16 and 23`",
    ),
    (
        "orders.«before» > 3",
        "`before` is a reserved word",
        "if it is a name, write it in backticks: `` `before` ``",
    ),
    (
        "«days» > 3",
        "`days` is a reserved word",
        "if it is a name, write it in backticks: `` `days` ``",
    ),
    (
        "«in» > 3",
        "`in` is a reserved word",
        "if it is a name, write it in backticks: `` `in` ``",
    ),
    (
        "age «bewteen» 1 and 2",
        "unknown word `bewteen`",
        "did you mean `between`?",
    ),
    (
        "years «sinse» x",
        "unknown word `sinse`",
        "did you mean `since`?",
    ),
    (
        "at «lest» 2 of (a, b)",
        "unknown word `lest`",
        "did you mean `least`?",
    ),
    (
        "start «off» month > x",
        "unknown word `off`",
        "did you mean `of`?",
    ),
    (
        "x in «lst» 3 days",
        "unknown word `lst`",
        "did you mean `last`?",
    ),
    (
        "x in «past» month",
        "unknown window: `in past`",
        "write `in previous month`",
    ),
    (
        "x «is» like 'a'",
        "`is` cannot stand before `like`",
        "write `like 'a'`",
    ),
    (
        "x in (1, 2) and y «is» > 5",
        "`is` cannot stand before `>`",
        "write `y > 5`",
    ),
]

# What no hint knows: what was found, and what could stand there.
UNHINTED: list[tuple[str, str, str | None]] = [
    (
        "«»",
        "there is no expression here",
        "write a condition, such as `recency < 30`",
    ),
    (
        "   «»",
        "there is no expression here",
        "write a condition, such as `recency < 30`",
    ),
    (
        "«-- only a comment»",
        "there is no expression here",
        "write a condition, such as `recency < 30`",
    ),
    (
        "x = «and»",
        "expected a value, found `and`",
        "if `and` is a name, write it in backticks: `` `and` ``",
    ),
    (
        "a and «or» b",
        "expected a condition, found `or`",
        "if `or` is a name, write it in backticks: `` `or` ``",
    ),
    (
        "a «b»",
        "expected an operator such as `=`, or `and`, found `b`",
        "compare two values with an operator; join two conditions with `and`",
    ),
    (
        "a «and»",
        "the expression ends too soon: expected a condition after `and`",
        "write a condition, such as `recency < 30`",
    ),
    (
        "a «<»",
        "the expression ends too soon: expected a value after `<`",
        "write a column, a number, text in quotes or a function",
    ),
    (
        "(a «<»",
        "the expression ends too soon: expected a value after `<`",
        "write a column, a number, text in quotes or a function",
    ),
    (
        "a = 'x' «'y'»",
        "expected `and`, `or` or the end, found `'y'`",
        "join two conditions with `and` or `or`",
    ),
    (
        "a = 5 «b»",
        "expected `and`, `or` or the end, found `b`",
        "join two conditions with `and` or `or`",
    ),
    (
        "x «like»",
        "the expression ends too soon: expected a literal such as `'text'` or `42` after `like`",
        "write text in quotes, a number, a date or a parameter",
    ),
    (
        "x starts «'a'»",
        "expected `with`, found `'a'`",
        "put `with` before `'a'`",
    ),
    (
        "at least 2 «(»a, b)",
        "expected `of`, found `(`",
        "put `of` before `(`",
    ),
    (
        "at least «two» of (a, b)",
        "expected a whole number, found `two`",
        "write a whole number, such as `30`",
    ),
    (
        "count(orders in last 30 days «since» today)",
        "expected `where` or `)`, found `since`",
        "put `where` or `)` before `since`",
    ),
    (
        "count(orders.«)»",
        "expected a name, found `)`",
        "write a name; one that is not a plain word stands in backticks",
    ),
    (
        "count(«)»",
        "expected the name of a table, found `)`",
        "write a table of the catalog, such as `orders`",
    ),
    (
        "years «since»",
        "the expression ends too soon: expected a value after `since`",
        "write a column, a number, text in quotes or a function",
    ),
    (
        "x in (1 «2»)",
        "expected `,` or `)`, found `2`",
        "put `,` or `)` before `2`",
    ),
    (
        "f(a,«)»",
        "expected a value, found `)`",
        "write a column, a number, text in quotes or a function",
    ),
    (
        "days to anniversary «x»",
        "expected `of`, found `x`",
        "put `of` before `x`",
    ),
    (
        "x «as» of 30 days ago",
        "expected an operator such as `=`, or `and`, found `as`",
        "compare two values with an operator; join two conditions with `and`",
    ),
    (
        "(a «b»)",
        "expected an operator such as `=`, or `and`, found `b`",
        "compare two values with an operator; join two conditions with `and`",
    ),
    (
        "x within 7 days «y»",
        "expected `after` or `before`, found `y`",
        "put `after` or `before` before `y`",
    ),
    (
        "x contains «`a`»",
        "after `contains` stands a literal or a parameter",
        "if it is text, quote it: `'a'`",
    ),
    (
        "sum(«2» * items.price) > 3",
        "expected the name of a table, found `2`",
        "write a table of the catalog, such as `orders`",
    ),
    (
        "x in last «1.5» days",
        "expected a whole number, found `1.5`",
        "write a whole number, such as `30`",
    ),
    (
        "x within 30 «days»",
        "the expression ends too soon: expected `after` or `before` after `days`",
        "write `after` or `before` there",
    ),
]

LITERALS = [
    ("x > «2024-1-31»", "`2024-1-31` is not a date", "write `2024-01-31`"),
    ("x > «2024-02-30»", "there is no day `2024-02-30`", "that month has 29 days"),
    ("x > «2023-12-32»", "there is no day `2023-12-32`", "that month has 31 days"),
    ("x > «9999-12-32»", "there is no day `9999-12-32`", "that month has 31 days"),
    ("x > «0000-01-01»", "there is no day `0000-01-01`", "years run from 0001 to 9999"),
    (
        "x > «2024-31-01»",
        "there is no day `2024-31-01`",
        "months run from 01 to 12: a date is year, month, day",
    ),
    (
        "x > «2024-01-31T25:00»",
        "there is no point in time `2024-01-31T25:00`",
        "a day runs from 00:00 to 23:59:59, and its date must be on the calendar",
    ),
    (
        "x > «2024-01-31T9:30»",
        "`2024-01-31T9:30` is not a point in time",
        "write `2024-01-31T09:30` or `2024-01-31T09:30:00`: no zone, no fractions of a second",
    ),
    (
        "x > «2024-01-31T09:30+07:00»",
        "`2024-01-31T09:30+07:00` is not a point in time",
        "write `2024-01-31T09:30` or `2024-01-31T09:30:00`: no zone, no fractions of a second",
    ),
    (
        "x > «2024-01-311»",
        "`2024-01-311` is not a date",
        "write year, month, day: `2024-01-31`; to subtract, put blanks around `-`",
    ),
    (
        "x > «01-31-2024»",
        "`01-31-2024` is not a date",
        "write year, month, day: `2024-01-31`; to subtract, put blanks around `-`",
    ),
    ("x = 'a«\0»'", "a text cannot hold the character U+0000", "take it out"),
    ("`a«\ud800»` = 1", "a text cannot hold the character U+D800", "take it out"),
    ("x > «" + "9" * 39 + "»", "a number has at most 38 digits", "write a shorter number"),
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
