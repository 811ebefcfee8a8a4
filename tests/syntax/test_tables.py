"""The grammar and its saved tables."""

from __future__ import annotations

from pathlib import Path

import pytest

from segdsl.syntax import tables

EXPRESSION = "count(orders in last 30 days where amount > 100) >= 3 and not region in ('ID', 'MY')"


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("tables") / "segdsl.tables"
    tables.save(file, tables.grammar_text())
    return file


def test_the_grammar_is_lalr_without_conflicts() -> None:
    from lark import Lark

    # `strict` also tells of terminals that could match the same text.
    Lark(tables.grammar_text(), strict=True, **tables.OPTIONS)


def test_saved_tables_parse_as_built_ones_do(saved: Path) -> None:
    loaded = tables.read(saved, tables.grammar_text())
    assert loaded is not None
    assert loaded.parse(EXPRESSION) == tables.build(tables.grammar_text()).parse(EXPRESSION)


def test_tables_of_another_grammar_are_passed_over(saved: Path) -> None:
    assert tables.read(saved, tables.grammar_text() + "\n// changed\n") is None


def test_tables_of_another_lark_are_passed_over(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lark.__version__", "0.0")
    assert tables.read(saved, tables.grammar_text()) is None


@pytest.mark.parametrize("damage", [b"", b"not tables at all", b"\n"])
def test_damaged_tables_are_passed_over(saved: Path, tmp_path: Path, damage: bytes) -> None:
    broken = tmp_path / "broken.tables"
    broken.write_bytes(damage)
    assert tables.read(broken, tables.grammar_text()) is None
    broken.write_bytes(saved.read_bytes()[:-10])
    assert tables.read(broken, tables.grammar_text()) is None


def test_missing_tables_are_built_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "TABLES", tmp_path / "segdsl.tables")
    parser = tables.load.__wrapped__()
    assert parser.parse(EXPRESSION)
    assert list(tmp_path.iterdir()) == []


def test_fitting_tables_are_used(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(grammar: str) -> None:
        raise AssertionError("built although the saved tables fit")

    monkeypatch.setattr(tables, "TABLES", saved)
    monkeypatch.setattr(tables, "build", fail)
    assert tables.load.__wrapped__().parse(EXPRESSION)
