"""The page of rules is what the table of rules makes."""

from __future__ import annotations

import re

from segdsl.diagnostics.rules import RULES
from tests.docs import rules


def test_the_page_is_up_to_date() -> None:
    assert rules.PAGE.read_text(encoding="utf-8") == rules.make(), "run `make docs`"


def test_every_rule_is_told_once() -> None:
    assert re.findall(r"^### (.+)$", rules.make(), re.M) == [rule.name for rule in RULES]


def test_no_line_is_too_long_to_read() -> None:
    examples = re.findall(r"^```\w+\n(.*?)^```$", rules.make(), re.M | re.S)
    assert len(examples) == 2 * len(RULES)
    assert max(len(line) for example in examples for line in example.splitlines()) <= 120
