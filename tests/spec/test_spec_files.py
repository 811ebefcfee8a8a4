"""The spec files themselves: well formed, telling, and many enough."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.spec.cases import FORMS, Case, SpecFile, load_all, load_file, parse_yaml, read_value

FILES = load_all()
CASES = [case for file in FILES for case in file.cases]


def test_there_are_enough_cases() -> None:
    assert len(CASES) >= 150


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.file)
def test_file_is_well_formed(file: SpecFile) -> None:
    counts = Counter(case.name for case in file.cases)
    assert [name for name, count in counts.items() if count > 1] == []
    assert file.title and file.intro.strip()
    assert any(case.shown for case in file.cases), "nothing of this file is shown in the reference"
    assert not all(case.shown for case in file.cases)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_case_is_well_formed(case: Case) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", case.name)
    assert case.form in FORMS
    assert case.about.endswith(".")
    assert case.where.strip()
    population = case.tables[case.entity]
    assert population.rows
    assert len(population.keys) == len(population.rows), "keys are not unique"
    assert case.members <= population.keys


def test_every_form_is_covered() -> None:
    assert {case.form for case in CASES} == FORMS


def test_most_cases_have_members_and_others() -> None:
    both = [case for case in CASES if case.members and case.members < case.tables[case.entity].keys]
    assert len(both) / len(CASES) >= 0.8


def test_each_condition_is_told_once() -> None:
    def meaning(case: Case) -> str:
        return repr((case.where, case.entity, case.as_of, case.timezone, case.catalog, case.tables, case.params,
                     case.project_params, case.segments))  # fmt: skip

    counts = Counter(meaning(case) for case in CASES)
    assert [case.id for case in CASES if counts[meaning(case)] > 1] == []


@pytest.mark.parametrize(
    ("text", "kind", "check"),
    [
        ("01", "string", lambda value: value == "01"),
        ("NO", "string", lambda value: value == "NO"),
        ("1.50", "decimal(10, 2)", lambda value: str(value) == "1.50"),
        (".nan", "float", lambda value: value != value),
        ("-.inf", "float", lambda value: value == float("-inf")),
        ("2024-01-31T00:00:00+07:00", "timestamptz", lambda value: value.utcoffset().seconds == 7 * 3600),
        (None, "integer", lambda value: value is None),
    ],
)
def test_values_are_read_by_their_type(text: str | None, kind: str, check: Callable[[object], bool]) -> None:
    assert check(read_value(text, kind))


def test_scalars_keep_their_text() -> None:
    assert parse_yaml("{a: NO, b: 010, c: null, d: 'null', e: '', f: 1e3}") == {
        "a": "NO", "b": "010", "c": None, "d": "null", "e": "", "f": "1e3",
    }  # fmt: skip


def test_duplicate_keys_are_refused() -> None:
    with pytest.raises(ValueError, match="duplicate key"):
        parse_yaml("a: 1\na: 2\n")


def test_a_bad_case_is_named(tmp_path: Path) -> None:
    path = tmp_path / "01_bad.yaml"
    path.write_text("title: x\nintro: x\ncatalog: ''\ncases:\n  - {name: odd, abuot: x}\n")
    with pytest.raises(ValueError, match=r"01_bad::odd.*abuot"):
        load_file(path)
