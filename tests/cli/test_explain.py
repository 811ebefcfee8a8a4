"""`segdsl explain` as a user types it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from segdsl.cli.main import main

SHOP = Path(__file__).parents[2] / "examples" / "shop"
DAY = ("--as-of", "2024-06-30")


def run(*arguments: str, folder: Path = SHOP) -> Result:
    result = CliRunner().invoke(main, ["-C", str(folder), "explain", *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


def printed(result: Result) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(result.stdout)
    return content


def test_a_segment() -> None:
    result = run("segment", "win_back", *DAY)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith("Win back (win_back)\n")
    assert "Customers that are in *Big spenders* and *Reachable*, but not in *Active*." in result.stdout


def test_a_name_alone_is_a_segment_where_no_rule_has_it() -> None:
    assert run("win_back", *DAY).stdout == run("segment", "win_back", *DAY).stdout


def test_a_segment_that_has_the_name_of_a_rule(tmp_path: Path) -> None:
    (tmp_path / "segdsl.yaml").write_text("language: 1\nname: small\n")
    (tmp_path / "catalog").mkdir()
    (tmp_path / "catalog" / "c.yaml").write_text("tables: {people: {key: id, columns: {id: integer}}}\n")
    (tmp_path / "segments").mkdir()
    (tmp_path / "segments" / "s.yaml").write_text("entity: people\nsegments: {cycle: id > 5}\n")
    assert run("cycle", folder=tmp_path).stdout.startswith("cycle (error)\n")
    assert run("segment", "cycle", folder=tmp_path).stdout.startswith("cycle (cycle)\nabout people\n")


def test_a_rule_needs_no_project(tmp_path: Path) -> None:
    result = run("unknown-name", folder=tmp_path)
    assert result.exit_code == 0
    assert result.stdout.startswith("unknown-name (error)\n")
    rule = printed(run("unknown-name", "--output-format", "json", folder=tmp_path))
    assert (rule["version"], rule["project"], rule["findings"]) == (1, None, [])
    assert sorted(rule["rule"]) == ["example", "mended", "name", "place", "severity", "summary", "why"]


def test_an_expression() -> None:
    result = run("region = 'ID' and not recency < 30", "--entity", "customers", *DAY)
    assert (result.exit_code, result.stderr) == (0, "")
    assert "Customers whose region is 'ID' and whose *recency* is at least 30 days" in result.stdout


def test_the_entity_may_be_left_out_where_only_one_fits() -> None:
    assert "Of each customer: their *recency*." in run("recency", *DAY).stdout
    assert "Companies that have more than 5 employees." in run("employees > 5", *DAY).stdout
    several = run("count(orders) > 5")
    assert (several.exit_code, several.stdout) == (2, "")
    assert several.stderr == (
        "error: this may be about `customers` and `companies`\nhelp: say which: `--entity customers`\n"
    )
    none = run("nonsense > 5 and more")
    assert (none.exit_code, none.stdout) == (2, "")
    assert "name the table that it is about: `--entity …`" in none.stderr


def test_json_has_the_published_keys() -> None:
    content = printed(run("segment", "big_spenders", "--output-format", "json", *DAY))
    assert content == {
        "version": 1,
        "project": "shop",
        "findings": [],
        "name": "big_spenders",
        "entity": "customers",
        "title": "Big spenders",
        "description": "Spent 800 or more in all",
        "cuts": [],
        "english": "Customers whose *total spend* is at least 800 (`$big_spend`).\n\nwhere\n"
        "- *total spend*: their total order amount",
        "reads": [
            {
                "table": table,
                "column": column,
                "type": type,
                "tags": [],
                "sensitive": False,
                "use": use,
                "description": None,
            }
            for table, column, type, use in (
                ("customers", "customer_id", "integer", "key"),
                ("orders", "customer_id", "integer", "key"),
                ("orders", "placed_at", "timestamp", "time"),
                ("orders", "amount", "decimal(10, 2)", "value"),
            )
        ],
        "segments": [],
        "used_by": ["win_back"],
        "sql": content["sql"],
        "as_of": "2024-06-30",
    }
    assert content["sql"].startswith("WITH ")
    value = printed(run("total_spend", "--entity", "customers", "--output-format", "json", *DAY))
    assert (value["name"], value["sql"]) == (None, None)


def test_parameters_and_days_are_those_of_the_run() -> None:
    expression = ("exists(orders in last $active_days days)", "--entity", "customers")
    text = printed(run(*expression, *DAY, "--output-format", "json"))["english"]
    assert "in the last 90 days (`$active_days`: 2 April to 30 June 2024)" in text
    text = run("segment", "active", "--param", "active_days=30", *DAY).stdout
    assert "less than 30 days (`$active_days`)" in text


def test_a_bad_expression_is_quoted_and_exits_2() -> None:
    for arguments in (("--entity", "customers"), ()):
        result = run("regoin = 'ID' and age >", *arguments)
        assert (result.exit_code, result.stdout) == (2, "")
        assert "1 | regoin = 'ID' and age >\n" in result.stderr and "^" in result.stderr
    result = run("regoin = 'ID'", "--entity", "customers")
    assert result.exit_code == 2
    assert "error[unknown-name]" in result.stderr and "did you mean `region`?" in result.stderr
    found = printed(run("regoin = 'ID'", "--entity", "customers", "--output-format", "json"))
    assert [(f["rule"], f["column"]) for f in found["findings"]] == [("unknown-name", 1)]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("segment", "win_bakc"), "did you mean `win_back`?"),
        (("segment",), "write `segdsl explain segment NAME`"),
        (("win_bakc",), "did you mean `win_back`?"),
        (("unknown-nam",), "did you mean `unknown-name`?"),
        (("zzz",), "there is no rule or segment `zzz`"),
        (("region", "=", "'ID'"), "put an expression in quotes"),
        (("age > 1", "--entity", "custmers"), "did you mean `customers`?"),
        (("segment", "active", "--target", "prod"), "there is no target `prod`"),
        (("segment", "active", "--as-of", "2024-02-30"), "`2024-02-30` is not a day"),
        ((), "Missing argument"),
    ],
)
def test_what_can_not_be_done_exits_2(arguments: tuple[str, ...], told: str) -> None:
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert told in result.stderr


def test_a_wrong_project_exits_1(tmp_path: Path) -> None:
    (tmp_path / "segdsl.yaml").write_text("language: 1\nname: small\n")
    (tmp_path / "catalog").mkdir()
    (tmp_path / "catalog" / "c.yaml").write_text("tables: {people: {key: id, columns: {id: integre}}}\n")
    result = run("segment", "one", folder=tmp_path)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "unknown-type" in result.stderr or "unknown-name" in result.stderr
    outside = tmp_path.parent
    if not (outside / "segdsl.yaml").exists():
        assert run("segment", "one", folder=outside).exit_code == 2


def test_nothing_is_written(tmp_path: Path) -> None:
    before = sorted(os.listdir(SHOP))
    run("segment", "win_back")
    assert sorted(os.listdir(SHOP)) == before
