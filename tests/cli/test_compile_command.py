"""`segdsl compile`: the statements of each shape run, and are written as they should."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from tests.cli.small import DAY, printed, run, write


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """The data under the names that the catalog has."""
    folder = write(tmp_path_factory.mktemp("data"))
    with duckdb.connect() as connection:
        for file in (folder / "data").glob("*.csv"):
            connection.read_csv(str(file)).create_view(file.stem)
        yield connection


def statements(text: str) -> list[tuple[str, str]]:
    """The comments and statements of a script."""
    found = re.findall(r"-- (\S+)\n(.*?);\n", text, re.DOTALL)
    assert "\n\n".join(f"-- {name}\n{sql};" for name, sql in found) + "\n" == text
    return found


def test_one_statement_stands_alone(kept: Path, database: duckdb.DuckDBPyConnection) -> None:
    text = run(kept, "compile", "loyal", *DAY).stdout
    assert ";" not in text and "--" not in text
    relation = database.sql(text)
    assert (relation.columns, relation.fetchall()) == (["id"], [(10,)])
    assert run(kept, "compile", "-s", "loyal", *DAY).stdout == text


def test_several_end_with_a_semicolon_and_tell_their_segment(
    kept: Path, database: duckdb.DuckDBPyConnection
) -> None:
    found = statements(run(kept, "compile", *DAY).stdout)
    assert [name for name, _ in found] == ["in_oslo", "busy", "buyers", "norwegians", "loyal", "strangers"]
    members = {name: sorted(key for (key,) in database.sql(sql).fetchall()) for name, sql in found}
    assert members == {
        "in_oslo": ["b"], "busy": ["a"], "buyers": [2, 10], "norwegians": [2], "loyal": [10], "strangers": [3],
    }  # fmt: skip


def test_names_and_selections_add_up(kept: Path) -> None:
    found = statements(run(kept, "compile", "norwegians", "-s", "tag:email", *DAY).stdout)
    assert [name for name, _ in found] == ["norwegians", "loyal"]


PEOPLE = ("-s", "path:segments/people.yaml")


def test_flags(kept: Path, database: duckdb.DuckDBPyConnection) -> None:
    relation = database.sql(run(kept, "compile", *PEOPLE, "--as", "flags", *DAY).stdout)
    assert relation.columns == ["id", "buyers", "norwegians", "loyal", "strangers"]
    assert sorted(relation.fetchall()) == [
        (1, False, False, False, False),
        (2, True, True, False, False),
        (3, False, False, False, True),
        (10, True, False, True, False),
    ]


def test_long(kept: Path, database: duckdb.DuckDBPyConnection) -> None:
    relation = database.sql(run(kept, "compile", *PEOPLE, "--as", "long", *DAY).stdout)
    assert relation.columns == ["id", "segment"]
    assert sorted(relation.fetchall()) == [
        (2, "buyers"), (2, "norwegians"), (3, "strangers"), (10, "buyers"), (10, "loyal"),
    ]  # fmt: skip


def test_sizes(kept: Path, database: duckdb.DuckDBPyConnection) -> None:
    relation = database.sql(run(kept, "compile", *PEOPLE, "--as", "sizes", *DAY).stdout)
    assert relation.columns == ["segment", "size"]
    assert relation.fetchall() == [("buyers", 2), ("norwegians", 1), ("loyal", 1), ("strangers", 1)]


def test_overlap(kept: Path, database: duckdb.DuckDBPyConnection) -> None:
    relation = database.sql(run(kept, "compile", *PEOPLE, "--as", "overlap", *DAY).stdout)
    assert relation.columns == ["a", "b", "both"]
    assert relation.fetchall() == [
        ("buyers", "norwegians", 1), ("buyers", "loyal", 1), ("buyers", "strangers", 0),
        ("norwegians", "loyal", 0), ("norwegians", "strangers", 0), ("loyal", "strangers", 0),
    ]  # fmt: skip


def test_a_statement_for_each_entity(kept: Path, database: duckdb.DuckDBPyConnection) -> None:
    found = statements(run(kept, "compile", "--as", "sizes", *DAY).stdout)
    assert [name for name, _ in found] == ["shops", "people"]
    assert database.sql(found[0][1]).fetchall() == [("in_oslo", 1), ("busy", 1)]


def test_a_day_and_a_parameter_are_compiled_in(kept: Path) -> None:
    one = run(kept, "compile", "buyers", "--as-of", "2024-02-01", "--param", "at_least=17").stdout
    assert ">= 17" in one and "2024-02-0" in one


def test_json(kept: Path) -> None:
    content = printed(run(kept, "compile", "loyal", "norwegians", *DAY, "--output-format", "json"))
    assert list(content) == sorted(content)
    assert content["dialect"] == "duckdb" and content["findings"] == [] and content["project"] == "small"
    assert [each["name"] for each in content["statements"]] == ["norwegians", "loyal"]
    assert f"{content['statements'][1]['sql']}\n" == run(kept, "compile", "loyal", *DAY).stdout


# --- files ------------------------------------------------------------------------------------------------


def test_a_file_for_each_segment(kept: Path, tmp_path: Path) -> None:
    out = tmp_path / "deep" / "sql"
    result = run(kept, "compile", *PEOPLE, *DAY, "-o", str(out))
    assert (result.exit_code, result.output) == (0, "")
    assert sorted(path.name for path in out.iterdir()) == [
        "buyers.sql", "loyal.sql", "norwegians.sql", "strangers.sql",
    ]  # fmt: skip
    assert (out / "loyal.sql").read_text() == run(kept, "compile", "loyal", *DAY).stdout


def test_a_file_named_by_the_shape(kept: Path, tmp_path: Path) -> None:
    assert run(kept, "compile", "--as", "sizes", *DAY, "-o", str(tmp_path)).exit_code == 0
    (file,) = tmp_path.iterdir()
    assert file.name == "sizes.sql"
    assert file.read_text() == run(kept, "compile", "--as", "sizes", *DAY).stdout


def test_files_are_relative_to_where_the_run_starts(project: Path) -> None:
    assert run(project, "compile", "loyal", *DAY, "-o", "sql").exit_code == 0
    assert (project / "sql" / "loyal.sql").is_file()


def test_nothing_is_written_where_something_is_wrong(project: Path, tmp_path: Path) -> None:
    out = tmp_path / "sql"
    assert run(project, "compile", "loyal", "nobody", *DAY, "-o", str(out)).exit_code == 2
    write(project, segments__wrong="entity: people\nsegments:\n  wrong: regoin = 1\n")
    assert run(project, "compile", *DAY, "-o", str(out)).exit_code == 1
    assert not out.exists()


def test_files_of_names_that_file_systems_confuse(tmp_path: Path) -> None:
    text = "entity: people\nsegments:\n  vip: id = 1\n  VIP: id = 2\n  con: id = 3\n  kunde_ä: id = 4\n"
    folder = write(tmp_path, segments__people=text)
    assert run(folder, "compile", "-s", "path:segments/people.yaml", *DAY, "-o", "sql").exit_code == 0
    made = {path.name: path.read_text() for path in (folder / "sql").iterdir()}
    assert set(made) == {"vip.sql", "%56%49%50.sql", "%63on.sql", "kunde_ä.sql"}
    assert "id = 1" in made["vip.sql"] and "id = 2" in made["%56%49%50.sql"]
    # What a file is called does not depend on what else is selected.
    assert run(folder, "compile", "VIP", *DAY, "-o", "other").exit_code == 0
    assert [path.name for path in (folder / "other").iterdir()] == ["%56%49%50.sql"]
