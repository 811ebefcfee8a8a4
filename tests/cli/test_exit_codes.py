"""Exit codes: 0 clean, 1 findings, 2 could not be done. One table for all commands."""

from __future__ import annotations

from pathlib import Path

import pytest

from segdsl.cli import asking
from tests.cli.small import DAY, run, write

BROKEN_SEGMENT = "entity: people\nsegments:\n  wrong: regoin = 'NO'\n"
ALWAYS_FALSE = "entity: people\nsegments:\n  nobody: bought > 1000\n"


@pytest.mark.parametrize(
    ("code", "arguments"),
    [
        (0, ("check",)),
        (0, ("check", "segments", "catalog/people.yaml")),
        (0, ("check", "-s", "loyal")),
        (0, ("ls",)),
        (0, ("ls", "tag:email")),
        (0, ("compile", "loyal", *DAY)),
        (0, ("compile", "--dialect", "duckdb", *DAY)),
        (0, ("compile", "--as", "sizes", *DAY)),
        (0, ("validate", *DAY, "--memory-limit", "1GB", "--error-on-warning")),
        (0, ("size", "loyal", *DAY)),
        (0, ("overlap", "--at-least", "5%", *DAY)),
        (0, ("members", "loyal", *DAY)),
        (0, ("members", "-s", "tag:activation", "--as", "long", *DAY)),
        (0, ("members", "loyal", "--as-of", "0001-01-01")),
        (0, ("members", "loyal", "--as-of", "9999-12-31")),
        (0, ("size", "--param", "at_least=1", "--param", "regions=NO, ID", *DAY)),
        # what is not there
        (2, ()),
        (2, ("chekc",)),
        (2, ("check", "--no-such-option")),
        (2, ("check", "nowhere.yaml")),
        (2, ("check", "data")),
        (2, ("check", "-s", "nobody")),
        (2, ("check", "--exclude", "*")),
        (2, ("ls", "tag:nothing")),
        (2, ("compile", "nobody")),
        (2, ("compile", "-s", "tag:activation,norwegians")),
        (2, ("compile", "loyal", "--dialect", "sql92")),
        (2, ("compile", "loyal", "--target", "moon")),
        (2, ("compile", "loyal", "--target", "strange")),
        (2, ("compile", "loyal", "--as", "poem")),
        (2, ("compile", "loyal", "-o", "segdsl.yaml")),
        (2, ("validate", "-s", "uses:people.shoe_size", *DAY)),
        (2, ("validate", "--target", "moon", *DAY)),
        (2, ("validate", "--target", "absent", *DAY)),
        (2, ("size", "--target", "absent", *DAY)),
        (2, ("members", "loyal", "--target", "absent", *DAY)),
        (2, ("size", "--as-of", "2024-6-30")),
        (2, ("size", "--as-of", "2024-02-30")),
        (2, ("size", "--as-of", "2024-W01-1")),
        (2, ("size", "--as-of", "tomorrow")),
        (2, ("size", "--param", "nothing=1", *DAY)),
        (2, ("size", "--param", "at_least", *DAY)),
        (2, ("size", "--param", "=1", *DAY)),
        (2, ("size", "--param", "at_least=many", *DAY)),
        (2, ("size", "--param", "at_least=1,2", *DAY)),
        (2, ("size", "--param", "regions=", *DAY)),
        (2, ("check", "--param", "day=2024-W01-1")),
        (2, ("size", "--memory-limit", "lots", *DAY)),
        (2, ("size", "--memory-limit", "-1GB", *DAY)),
        (2, ("size", "--memory-limit", "0GB", *DAY)),
        (2, ("overlap", "--at-least", "many", *DAY)),
        (2, ("overlap", "--at-least", "5", *DAY)),
        (2, ("overlap", "--at-least", "101%", *DAY)),
        (2, ("members", "nobody", *DAY)),
        (2, ("members", *DAY)),
        (2, ("members", "-s", "tag:activation", *DAY)),
        (2, ("members", "--as", "flags", *DAY)),
        (2, ("members", "loyal", "-o", "members.xlsx", *DAY)),
        (2, ("members", "loyal", "-o", "nowhere/members.csv", *DAY)),
    ],
    ids=str,
)
def test_of_a_sound_project(kept: Path, code: int, arguments: tuple[str, ...]) -> None:
    result = run(kept, *arguments)
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    if code == 2:
        assert result.stdout == "" and result.stderr


@pytest.mark.parametrize(
    ("code", "arguments"),
    [
        (1, ("check",)),
        (1, ("check", "segments/wrong.yaml")),
        (0, ("check", "segments/people.yaml")),
        (1, ("check", "-s", "wrong")),
        (0, ("check", "-s", "loyal")),
        (1, ("ls",)),
        (1, ("compile", "loyal", *DAY)),
        (1, ("validate", *DAY)),
        (1, ("size", "loyal", *DAY)),
        (1, ("overlap", *DAY)),
        (1, ("members", "loyal", *DAY)),
        # what could not be done at all comes first
        (2, ("check", "nowhere.yaml")),
        (2, ("validate", "--param", "nothing=1")),
    ],
    ids=str,
)
def test_of_a_project_with_an_error(tmp_path: Path, code: int, arguments: tuple[str, ...]) -> None:
    folder = write(tmp_path, segments__wrong=BROKEN_SEGMENT)
    result = run(folder, *arguments)
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (1, "language: 1\nname: [\n"),
        (1, "language: 1\n"),
        (1, "language: 2\nname: small\n"),
        (1, ""),
        (1, "language: 1\nname: small\nname: large\n"),
        (1, "language: 1\nname: small\nsegments: [nowhere/]\n"),
    ],
)
@pytest.mark.parametrize("command", ["check", "compile", "size"])
def test_a_wrong_project_file_is_a_finding(tmp_path: Path, command: str, code: int, text: str) -> None:
    result = run(write(tmp_path, segdsl=text), command)
    assert result.exit_code == code, result.output
    assert " --> segdsl.yaml:" in result.output


def test_ls_lists_what_it_can(tmp_path: Path) -> None:
    result = run(write(tmp_path, segdsl="language: 2\nname: small\n"), "ls")
    assert result.exit_code == 1
    assert "loyal" in result.stdout and "segdsl check" in result.stderr


def test_a_path_outside_the_project_holds_nothing_to_check(project: Path, tmp_path: Path) -> None:
    (tmp_path / "else.yaml").write_text("a: 1\n")
    result = run(project, "check", "../else.yaml")
    assert result.exit_code == 2
    assert "nothing was checked" in result.stderr


def test_a_parameter_is_not_called_unknown_where_the_file_that_may_have_it_is_broken(tmp_path: Path) -> None:
    folder = write(tmp_path, segdsl="language: 1\nname: small\nparams: [\n")
    assert run(folder, "check", "--param", "at_least=1").exit_code == 1


@pytest.mark.parametrize("command", ["check", "compile", "size", "validate", "overlap"])
def test_nothing_to_do_exits_2(tmp_path: Path, command: str) -> None:
    folder = write(tmp_path, segments__people=None, segments__more__shops=None)
    result = run(folder, command)
    assert result.exit_code == 2
    assert "no segments" in result.stderr


def test_no_project_exits_2(tmp_path: Path) -> None:
    result = run(tmp_path, "check")
    assert result.exit_code == 2
    assert "segdsl init" in result.stderr


@pytest.mark.parametrize("folder", ["nowhere", "segdsl.yaml"])
def test_no_folder_exits_2(project: Path, folder: str) -> None:
    result = run(project / folder, "check")
    assert result.exit_code == 2
    assert folder in result.stderr


@pytest.mark.parametrize("command", ["validate", "size", "overlap"])
def test_warnings_exit_1_when_asked(tmp_path: Path, command: str) -> None:
    folder = write(tmp_path, segments__empty=ALWAYS_FALSE)
    assert run(folder, command, *DAY).exit_code == 0
    warned = run(folder, command, *DAY, "--error-on-warning").exit_code
    assert warned == (1 if command == "validate" else 0)


BREAKING = {
    "a key twice": {"data__people": "id,region,shop\n2,NO,a\n2,ID,a\n"},
    "no such column": {"data__orders": "order_id,person_id,placed_on\n1,2,2024-01-05\n"},
    "another type": {"data__orders": "order_id,person_id,placed_on,amount\n1,2,once,10\n"},
}


@pytest.mark.parametrize("changes", BREAKING.values(), ids=BREAKING)
def test_data_that_breaks_the_contract_is_a_finding(tmp_path: Path, changes: dict[str, str | None]) -> None:
    result = run(write(tmp_path, **changes), "validate", *DAY)
    assert result.exit_code == 1
    assert "catalog/people.yaml" in result.stderr


@pytest.mark.parametrize("broken", ["no such column", "another type"])
@pytest.mark.parametrize("command", [("size",), ("overlap",), ("members", "loyal")], ids=" ".join)
def test_so_it_is_where_a_query_stumbles_on_it(tmp_path: Path, command: tuple[str, ...], broken: str) -> None:
    folder = write(
        tmp_path,
        **BREAKING[broken],
        segments__people="entity: people\nsegments:\n  loyal: sum(orders.amount since 2024-01-01) > 1\n",
    )
    result = run(folder, *command, *DAY)
    assert result.exit_code == 1, result.output
    assert result.stdout == ""
    assert "--> catalog/people.yaml:20:" in result.stderr


def test_data_that_can_not_be_read_exits_2(project: Path) -> None:
    (project / "data" / "people.csv").unlink()
    (project / "data" / "people.csv").mkdir()
    result = run(project, "validate", *DAY)
    assert result.exit_code == 2
    assert "people" in result.stderr


def test_an_internal_fault_is_one_line(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(self: object) -> None:
        raise ZeroDivisionError("of two\nlines")

    monkeypatch.setattr(asking.Run, "load", fail)
    result = run(kept, "check")
    assert result.exit_code == 2
    assert result.stderr.splitlines() == [
        "error: internal error: ZeroDivisionError: of two lines; please report it",
        "help: SEGDSL_DEBUG=1 shows where",
    ]
    monkeypatch.setenv("SEGDSL_DEBUG", "1")
    assert "Traceback" in run(kept, "check").stderr


def test_running_out_of_memory_exits_2(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(self: object) -> None:
        raise MemoryError

    monkeypatch.setattr(asking.Run, "load", fail)
    assert run(kept, "check").exit_code == 2


def test_ctrl_c_is_quiet(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(self: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(asking.Run, "load", interrupt)
    result = run(kept, "check")
    assert (result.exit_code, result.output) == (130, "")
