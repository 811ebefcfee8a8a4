"""Every bad input of `cases/` says exactly what is written there, and the same as JSON."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from segdsl.diagnostics.rules import RULES
from tests.diagnostics.snapshots import Case, all_cases

CASES = all_cases()
FOUND = re.compile(r"^(error|warning|info)\[([a-z0-9-]+)\]: ", re.MULTILINE)
QUOTE = re.compile(
    r"^ *--> (?P<path>.*):(?P<place>\d+:\d+)\n *\|\n"
    r"(?P<number>\d+) \|(?: (?P<line>.*))?\n *\| (?P<indent>\s*)(?P<carets>\^+)$",
    re.MULTILINE,
)


def each(case: Case) -> str:
    return f"{case.topic}: {case.name}"


@pytest.mark.parametrize("case", CASES, ids=each)
def test_what_is_said(case: Case, tmp_path: Path) -> None:
    folder = case.write(tmp_path / "shop")
    result = case.run(folder)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert case.said(result, folder) == case.expected
    assert "internal error" not in case.expected and "Traceback" not in case.expected


FULL = [c for c in CASES if c.arguments[0] in ("check", "validate") and "--output-format" not in c.command]


@pytest.mark.parametrize("case", FULL, ids=each)
def test_json_tells_the_same_places(case: Case, tmp_path: Path) -> None:
    result = case.run(case.write(tmp_path / "shop"), "--output-format", "json")
    if result.exit_code == 2:
        assert FOUND.search(case.told) is None
        return
    findings = json.loads(result.stdout)["findings"]
    assert [(f["severity"], f["rule"]) for f in findings] == FOUND.findall(case.told)
    quotes = list(QUOTE.finditer(case.told))
    assert len(quotes) == len(findings)
    for finding, quote in zip(findings, quotes, strict=True):
        assert finding["path"] == quote["path"]
        place = f"{finding['line']}:{finding['column']}"
        assert place == quote["place"] and str(finding["line"]) == quote["number"]
        # Where each character takes one cell, the carets stand where the columns say.
        line = quote["line"] or ""
        if line.isascii() and "\t" not in line:
            end = finding["end_column"] if finding["end_line"] == finding["line"] else len(line) + 1
            assert len(quote["indent"]) == finding["column"] - 1
            assert len(quote["carets"]) == max(end - finding["column"], 1)


def test_there_are_many_and_each_is_of_its_own() -> None:
    names = Counter(each(case) for case in CASES)
    assert [name for name, count in names.items() if count > 1] == []
    assert len({(case.files, case.command) for case in CASES}) == len(CASES) >= 120


def test_every_rule_has_a_case() -> None:
    told = {rule for case in CASES for _, rule in FOUND.findall(case.told)}
    assert told == {rule.name for rule in RULES}


def test_no_help_is_missing() -> None:
    """Every error says how to mend it."""
    for case in CASES:
        for said in case.told.split("\n\n"):
            if FOUND.search(said) and "--output-format" not in case.command:
                assert " = help: " in said, f"{each(case)}: {said}"
