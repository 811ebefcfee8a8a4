"""The language reference: it is what the generator makes, and its table tells of every form."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from segdsl.semantics.functions import FUNCTIONS
from segdsl.syntax.lexemes import AGGREGATES
from segdsl.units import Unit
from segdsl.words import RESERVED
from tests.docs import language
from tests.docs.markdown import anchor, code, table
from tests.spec.cases import FOLDER, FORMS, load_all, load_file

FILES = load_all()


def test_the_page_is_up_to_date() -> None:
    assert language.PAGE.read_text(encoding="utf-8") == language.make(), "run `make docs`"


def test_every_shown_case_is_on_the_page() -> None:
    page = language.make()
    missing = [
        case.id
        for file in FILES
        for case in file.cases
        if case.shown and code(case.where) not in page and case.where.rstrip() not in page
    ]
    assert missing == []


def test_a_changed_case_changes_the_page() -> None:
    file = FILES[0]
    case = next(case for case in file.cases if case.shown)
    other = replace(file, cases=(replace(case, members=frozenset()), *file.cases[1:]))
    assert "none" in language._topic(other)
    assert language._topic(other) != language._topic(file)


def test_every_form_of_case_is_in_the_table() -> None:
    told = {form.case.form for form in language.forms(FILES)}
    assert FORMS - told <= {"attribute", "population"}, "told in sections of their own"


@pytest.mark.parametrize("name", sorted({*FUNCTIONS, *AGGREGATES}))
def test_every_function_and_aggregate_is_in_the_table(name: str) -> None:
    written = " ".join(form.write for form in language.forms(FILES))
    assert re.search(rf"`{name}\(|\b{name}\(", written)


def test_every_keyword_is_in_the_table() -> None:
    written = " ".join(form.write + form.means for form in language.forms(FILES)).lower()
    soft = {
        "starts",
        "ends",
        "with",
        "contains",
        "next",
        "previous",
        "this",
        "ago",
        "start",
        "known",
        "most",
        "least",
    }
    # `as` is reserved for what is to come.
    assert [word for word in sorted(RESERVED - {"as"} | soft) if not re.search(rf"\b{word}\b", written)] == []


def test_reserved_words_are_listed() -> None:
    intro = load_file(FOLDER / "23_names.yaml").intro
    listed = intro.partition("so does a reserved word:")[2].partition("\n\n")[0]
    units = {unit.plural for unit in Unit}
    assert set(re.findall(r"`(\w+)`", listed)) - units == RESERVED - units


def test_a_table_of_markdown() -> None:
    assert (
        table(("a", "b"), [("longer", "x | y")]) == "| a      | b   |\n| ------ | --- |\n| longer | x | y |\n"
    )


@pytest.mark.parametrize(
    ("text", "made"),
    [("a = 1", "`a = 1`"), ("`a b` = 1\n", "`` `a b` = 1 ``"), ("x matches 'a|b'", r"`x matches 'a\|b'`")],
)
def test_code_in_a_cell(text: str, made: str) -> None:
    assert code(text) == made


def test_anchors_are_those_of_github() -> None:
    assert anchor("The entity inside an event's condition") == "the-entity-inside-an-events-condition"
