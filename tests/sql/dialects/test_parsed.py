"""Dialects whose engine no test can run: every spec case as SQL that sqlglot reads back to the same, with no function
but those that the makers of the engine document, and with what else can be known without the engine."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import sqlglot
import yaml
from sqlglot import exp, tokens

from segdsl import sql
from segdsl.planner import plan
from segdsl.project import Project
from segdsl.sql.dialects import Unsupported, dialect
from tests.spec.backends import load_project, write_definitions
from tests.spec.cases import SEGMENT, Case, load_all

FOLDER = Path(__file__).parent
FUNCTIONS: dict[str, frozenset[str]] = {
    name: frozenset(listed.split())
    for name, listed in yaml.safe_load((FOLDER / "functions.yaml").read_text(encoding="utf-8")).items()
}
"""By dialect: the functions that may be used, all of them documented by the engine's makers."""
UNSUPPORTED: dict[str, dict[str, str]] = yaml.safe_load(
    (FOLDER / "unsupported.yaml").read_text(encoding="utf-8")
)
"""By dialect and spec case: why it is refused."""
CASES = [case for file in load_all() for case in file.cases]
NO_FUNCTIONS = frozenset(
    (
        *("AND", "AS", "BY", "CASE", "DISTINCT", "ELSE", "EXISTS", "FROM", "IN", "JOIN"),
        *("NOT", "ON", "OR", "OVER", "SELECT", "THEN", "WHEN", "WHERE", "WITH"),
    )
)
"""Words that a parenthesis may come after."""


@pytest.fixture(params=FUNCTIONS)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="session")
def projects(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Project]:
    return {
        case.id: load_project(write_definitions(case, tmp_path_factory.mktemp("case") / "project"))
        for case in CASES
    }


def written(project: Project, case: Case, name: str) -> list[str]:
    """Who is in the case's segment, as keys and as flags."""
    segment = project.segment(SEGMENT)
    planned = plan([segment], case.as_of, apart=dialect(name).apart)
    queries = [
        sql.members_query(planned, SEGMENT, "shop", name),
        sql.flags_query(planned, "shop", name),
    ]
    return [sql.to_text(query, name) for query in queries]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_case(case: Case, name: str, projects: dict[str, Project]) -> None:
    expected = UNSUPPORTED.get(name, {}).get(case.id)
    try:
        texts = written(projects[case.id], case, name)
    except Unsupported as error:
        assert error.what == expected, f"{name} refuses this: {error.what}"
        return
    assert expected is None, f"{name} is listed as refusing this, and does not"
    for text in texts:
        read = sqlglot.parse_one(text, dialect=dialect(name).grammar)
        assert sql.to_text(as_made(read), name) == text
        assert functions(text, name) <= FUNCTIONS[name], text
        assert not list(wrong_places(read, name)), text
        check_syntax(text, name)


def as_made(read: exp.Expr) -> exp.Expr:
    """sqlglot adds casts to what DATEDIFF of T-SQL is given, and reads `x IS NOT NULL` as `NOT x IS NULL`."""
    return read.copy().transform(_without_casts).transform(_with_is_not)


def _without_casts(node: exp.Expr) -> exp.Expr:
    match node:
        case exp.DateDiff(this=exp.TimeStrToTime(this=end), expression=exp.TimeStrToTime(this=start)):
            return exp.Anonymous(this="DATEDIFF", expressions=[exp.Var(this="DAY"), start, end])
    return node


def _with_is_not(node: exp.Expr) -> exp.Expr:
    match node:
        case exp.Not(this=exp.Is(expression=exp.Null()) as test):
            return exp.Is(this=test.this, expression=exp.Not(this=exp.Null()))
    return node


def test_athena_is_told_what_trino_is(projects: dict[str, Project]) -> None:
    for case in CASES:
        assert written(projects[case.id], case, "athena") == written(projects[case.id], case, "trino")


def functions(text: str, name: str) -> set[str]:
    """The names that a parenthesis follows at once."""
    found = sqlglot.tokenize(text, dialect(name).grammar)
    return {
        each.text.upper()
        for each, after in pairwise(found)
        if after.token_type is tokens.TokenType.L_PAREN
        and each.end + 1 == after.start
        and each.text[0].isalpha()
        and each.token_type is not tokens.TokenType.IDENTIFIER
    } - NO_FUNCTIONS


# --- conditions and values --------------------------------------------------------------------------------

NO_BOOLEANS = ("tsql", "oracle")
CONDITIONS = (exp.Predicate, exp.Not, exp.Connector, exp.Escape)


def wrong_places(read: exp.Expr, name: str) -> Any:
    """Where such an engine would find a condition in place of a value, or the other way round."""
    if name not in NO_BOOLEANS:
        return
    yield from read.find_all(exp.Boolean)
    yield from (test for test in read.find_all(exp.Is) if not isinstance(test.expression, exp.Null))
    for node in read.walk():
        if isinstance(node, exp.Paren | exp.Window) or not isinstance(node, exp.Expression):
            continue
        parent, key = node.parent, node.arg_key
        while isinstance(parent, exp.Paren):
            key, parent = parent.arg_key, parent.parent
        if parent is None or isinstance(parent, exp.Escape):
            continue
        asked = (
            isinstance(parent, exp.Where | exp.Having | exp.Not | exp.Connector)
            or (isinstance(parent, exp.If) and key == "this")
            or (isinstance(parent, exp.Join) and key == "on")
        )
        is_query = isinstance(node, exp.Query)
        if asked != isinstance(node, CONDITIONS) and not (is_query and not asked):
            yield node


def check_syntax(text: str, name: str) -> None:
    """By Trino's own grammar, and its list of functions and types, where the package that has them is installed."""
    if name != "trino":
        return
    try:
        import trino_sql_validator
    except ImportError:
        return
    found = trino_sql_validator.validate(text, jinja="reject")
    assert found.valid, f"{found.errors}\n{text}"
    assert not found.warnings, f"{found.warnings}\n{text}"
