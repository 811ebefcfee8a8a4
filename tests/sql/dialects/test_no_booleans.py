"""What engines without boolean values are told: SQL Server and Oracle."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from sqlglot import exp

from segdsl.planner import plan
from segdsl.semantics import ir
from segdsl.semantics.types import BOOLEAN, DATE, INTEGER, STRING, TIMESTAMPTZ, decimal
from segdsl.sql import flags_query, to_text, tree
from segdsl.sql.dialects import Unsupported, dialect
from segdsl.units import Unit
from tests.sql.shop import AS_OF, ROW, column, compare, segment, where

REGION, INCOME, POINTS, OPT_IN = (column(name) for name in ("region", "income", "points", "opt_in"))
BIRTH, JOINED = column("birth_date"), column("joined")
TODAY = ir.Point(ir.Day(AS_OF))
BIN = "COLLATE Latin1_General_100_BIN2_UTF8"
TRIMMED = ir.Call("trim", (REGION,), STRING)


def text(operator: Any, pattern: str) -> ir.Condition:
    return ir.TextTest(operator, REGION, pattern, False, False)


def later(count: int, unit: Unit) -> ir.Condition:
    return ir.Compare("<", BIRTH, ir.AddTime(BIRTH, count, unit, DATE), False)


def quotient(operator: Any, other: ir.Value, on_unknown: bool) -> ir.Condition:
    return ir.CompareQuotient(operator, INCOME, POINTS, other, on_unknown)


TWO = ir.Constant(2, INTEGER)
BOTH: dict[str, tuple[ir.Condition, str]] = {
    "a flag is asked for": (ir.BooleanTest(OPT_IN, True, False), "opt_in = 1"),
    "not a flag": (ir.BooleanTest(OPT_IN, False, True), "NOT ( opt_in = 1 ) OR opt_in IS NULL"),
    "always": (ir.Always(False), "1 = 0"),
    "if": (
        ir.BooleanTest(
            ir.If(compare(POINTS, ">", 5), OPT_IN, ir.Constant(True, BOOLEAN), BOOLEAN), True, False
        ),
        "CASE WHEN points > 5 THEN opt_in ELSE 1 END = 1",
    ),
    "unknown counts": (
        ir.Compare(">", ir.Negate(POINTS, INTEGER), TWO, True),
        "CASE WHEN NOT ( ( -{points} ) > 2 ) THEN 0 ELSE 1 END = 1",
    ),
    "a divisor of either sign": (
        quotient(">", TWO, False),
        "( points > 0 AND {income} > {double} ) OR ( points < 0 AND {income} < {double} )",
    ),
    "a divisor of either sign, where unknown counts": (
        quotient(">", TWO, True),
        "CASE WHEN points > 0 AND NOT ( {income} > {double} ) THEN 0"
        " WHEN points < 0 AND NOT ( {income} < {double} ) THEN 0 ELSE 1 END = 1",
    ),
}
SPELLED = {
    "tsql": {
        "points": "CAST(points AS NUMERIC(38, 0))",
        "income": "CAST(income AS NUMERIC(38, 2))",
        "double": "CAST(CAST(2 AS NUMERIC(38, 0)) * points AS NUMERIC(38, 2))",
    },
    "oracle": {"points": "points", "income": "income", "double": "2 * points"},
}


@pytest.mark.parametrize("name", BOTH)
@pytest.mark.parametrize("engine", SPELLED)
def test_conditions(engine: str, name: str) -> None:
    condition, expected = BOTH[name]
    assert where(condition, engine) == expected.format(**SPELLED[engine])


CASES: dict[str, tuple[ir.Condition, str, str]] = {
    "text, with its blanks": (
        compare(REGION, "=", "50% [a]"),
        f"( region {BIN} ) LIKE N'50[%] [[]a]'",
        "region = '50% [a]'",
    ),
    "part of a text": (text("contains", "_é"), f"( region {BIN} ) LIKE N'%[_]é%'", "INSTR(region, '_é') > 0"),
    "the end of a text": (
        text("ends with", "!%"),
        f"( region {BIN} ) LIKE N'%![%]'",
        "region LIKE '%!!!%' ESCAPE '!'",
    ),
    "the start of a text": (text("starts with", "a"), f"( region {BIN} ) LIKE N'a%'", "region LIKE 'a%'"),
    "like": (text("like", "a_[\\"), f"( region {BIN} ) LIKE N'a_[[]\\'", "region LIKE 'a_[\\'"),
    "a list": (
        ir.InList(REGION, (ir.Constant("a", STRING), ir.Constant("", STRING)), False, False),
        f"( ( region {BIN} ) + NCHAR(0) ) IN ('a' + NCHAR(0), '' + NCHAR(0))",
        "region IN ('a')",
    ),
    "length": (
        compare(ir.Call("length", (REGION,), INTEGER), "=", 3),
        f"LEN(( region {BIN} ) + '.') - 1 = 3",
        "LENGTH(region) = 3",
    ),
    "no text is empty": (
        compare(REGION, "=", ""),
        f"( region {BIN} ) LIKE N''",
        "CASE WHEN region IS NOT NULL THEN 0 END = 1",
    ),
    "days": (
        compare(ir.Distance(Unit.DAY, BIRTH, TODAY), "<", 30),
        "DATEDIFF(DAY, birth_date, CAST('2024-01-31' AS DATE)) < 30",
        "TO_DATE('2024-01-31', 'YYYY-MM-DD') - TRUNC(birth_date) < 30",
    ),
    "up to a day": (
        ir.Compare("<=", BIRTH, TODAY, False),
        "birth_date <= CAST('2024-01-31' AS DATE)",
        "birth_date < TO_DATE('2024-02-01', 'YYYY-MM-DD')",
    ),
    "after a day": (
        ir.Compare(">", BIRTH, TODAY, False),
        "birth_date > CAST('2024-01-31' AS DATE)",
        "birth_date >= TO_DATE('2024-02-01', 'YYYY-MM-DD')",
    ),
    "on a day": (
        ir.Compare("=", BIRTH, TODAY, False),
        "birth_date = CAST('2024-01-31' AS DATE)",
        "TRUNC(birth_date) = TO_DATE('2024-01-31', 'YYYY-MM-DD')",
    ),
    "Sunday comes last": (
        compare(ir.Part("weekday", BIRTH), "=", 7),
        "( DATEDIFF(DAY, CAST('0001-01-01' AS DATE), birth_date) % 7 ) + 1 = 7",
        "TRUNC(birth_date) - TRUNC(birth_date, 'IW') + 1 = 7",
    ),
    "months later, up to the last day": (
        later(1, Unit.MONTH),
        "birth_date < CASE WHEN birth_date > CAST('9999-11-30' AS DATE) THEN CAST('9999-12-31' AS DATE)"
        " ELSE DATEADD(MONTH, 1, birth_date) END",
        "TRUNC(birth_date) < CASE WHEN birth_date >= TO_DATE('9999-12-01', 'YYYY-MM-DD')"
        " THEN TO_DATE('9999-12-31', 'YYYY-MM-DD')"
        " ELSE LEAST( ADD_MONTHS(TRUNC(birth_date, 'MM'), 1) + ( EXTRACT(DAY FROM birth_date) - 1 ),"
        " LAST_DAY(ADD_MONTHS(TRUNC(birth_date, 'MM'), 1)) ) END",
    ),
    "a literal finer than the column": (
        compare(INCOME, ">", Decimal("5.123")),
        "income > 5.12",
        "income > 5.123",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_spelling(name: str) -> None:
    condition, tsql, oracle = CASES[name]
    assert where(condition, "tsql") == tsql
    assert where(condition, "oracle") == oracle


@pytest.mark.parametrize("engine", SPELLED)
def test_flags_are_1_and_0(engine: str) -> None:
    wanted = [ir.BooleanTest(OPT_IN, True, False), ir.Always(True), compare(POINTS, ">", 1)]
    planned = plan(
        [segment(each, f"s{place}") for place, each in enumerate(wanted)], AS_OF, apart=dialect(engine).apart
    )
    query = flags_query(planned, None, engine)
    assert not list(query.find_all(exp.Boolean))
    made = [" ".join(each.sql(engine, pretty=False).split()) for each in query.expressions[1:]]
    assert made[1:] == [
        "CASE WHEN 1 = 1 THEN 1 ELSE 0 END AS s1",
        "CASE WHEN points > 1 THEN 1 ELSE 0 END AS s2",
    ]
    assert to_text(query, engine).startswith("SELECT\n  customer_id")


WIDE = ir.Column(ROW, (), "customers", "debt", "debt", decimal(38, 8), True)
SEEN = ir.Column(ROW, (), "customers", "seen_at", "seen_at", TIMESTAMPTZ, True)
REFUSED: dict[str, tuple[str, ir.Condition, str]] = {
    "patterns": ("tsql", text("matches", "a"), "no regular expressions before 2025"),
    "clocks elsewhere": (
        "tsql",
        compare(ir.Part("hour", ir.LocalTime(SEEN, "Asia/Jakarta")), "=", 9),
        "on the clock of Asia/Jakarta",
    ),
    "digits lost": (
        "tsql",
        compare(ir.Arithmetic("*", WIDE, WIDE, decimal(38, 16)), "=", 1),
        "16 digits after the point, of which SQL Server may keep 6",
    ),
    "blanks trimmed to nothing": ("oracle", ir.IsKnown(TRIMMED, False), "takes for NULL"),
    "as many as blanks trimmed": (
        "oracle",
        compare(ir.Call("length", (TRIMMED,), INTEGER), "=", 0),
        "takes for NULL",
    ),
    "other than what is trimmed": ("oracle", compare(TRIMMED, "!=", "a"), "takes for NULL"),
    "nothing in place of unknown": (
        "oracle",
        compare(ir.Call("coalesce", (REGION, ir.Constant("", STRING)), STRING), "=", "a"),
        "takes for NULL",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused(name: str) -> None:
    engine, condition, words = REFUSED[name]
    with pytest.raises(Unsupported, match=words):
        where(condition, engine)


def test_times_in_utc_are_known_everywhere() -> None:
    hour = compare(ir.Part("hour", ir.LocalTime(SEEN, "UTC")), "=", 9)
    assert where(hour, "tsql") == "DATEPART(HOUR, CAST(SWITCHOFFSET(seen_at, '+00:00') AS DATETIME2(6))) = 9"
    assert where(hour, "oracle") == (
        "EXTRACT(HOUR FROM CAST(CAST(seen_at AT TIME ZONE 'UTC' AS TIMESTAMP) AS TIMESTAMP)) = 9"
    )


def test_trimmed_text_is_compared_with_text() -> None:
    assert where(compare(TRIMMED, "=", "a"), "oracle") == "TRIM(BOTH ' ' FROM region) = 'a'"


def test_names_that_are_words_or_begin_with_no_letter() -> None:
    hidden = ir.Column(ROW, (), "customers", "_level", "_level", INTEGER, True)
    word = ir.Column(ROW, (), "customers", "level", "level", INTEGER, True)
    both = ir.And((compare(hidden, ">", 1), compare(word, ">", 1)))
    assert where(both, "oracle") == '"_LEVEL" > 1 AND "LEVEL" > 1'
    assert where(both, "tsql") == "_level > 1 AND level > 1"


def test_keys_of_text_differ_in_blanks_and_letter_case() -> None:
    key = tree.column("code")
    made = dialect("tsql").same_key(STRING, key, key.copy()).sql("tsql")
    assert made == f"(code {BIN}) + NCHAR(0) = (code {BIN}) + NCHAR(0)"
    assert [each.sql("tsql") for each in dialect("tsql").key_groups(STRING, key)] == [
        "code",
        f"(code {BIN}) + NCHAR(0)",
    ]
