"""The glossary: each term once, in order, and no word in italics without its entry."""

from __future__ import annotations

import re

import pytest

from tests.docs.pages import ROOT

TEXT = (ROOT / "GLOSSARY.md").read_text(encoding="utf-8")
ENTRIES = re.findall(r"^- \*\*(.+?)\*\*: (.+)$", TEXT, re.M)
TERMS = [term for term, _ in ENTRIES]


def test_every_line_of_the_list_is_an_entry() -> None:
    assert len(ENTRIES) == len(re.findall(r"^- ", TEXT, re.M)) > 40


def test_each_term_stands_once_and_in_order() -> None:
    assert sorted(set(TERMS), key=str.casefold) == TERMS


@pytest.mark.parametrize(("term", "text"), ENTRIES, ids=TERMS)
def test_words_in_italics_have_an_entry(term: str, text: str) -> None:
    known = {each.casefold() for each in TERMS}
    for word in re.findall(r"(?<!\*)\*([^*]+)\*(?!\*)", text):
        one = word.casefold().removesuffix("'s")
        assert {one, one.removesuffix("s"), f"{one.removesuffix('ies')}y"} & known, word
    assert text.endswith("."), term
