"""Random programs are worth running: they keep to what they declare, and most conditions decide something."""

from __future__ import annotations

import pytest

from segdsl.reference.interpreter import members
from segdsl.reference.values import ReferenceOverflow
from segdsl.semantics import ir
from tests.strategies.choices import Choices
from tests.strategies.programs import Program, program


@pytest.fixture(scope="module")
def made() -> list[Program]:
    return [program(Choices.seeded(seed)) for seed in range(30)]


def test_the_same_choices_make_the_same_program(made: list[Program]) -> None:
    assert repr(program(Choices.seeded(7))) == repr(made[7])
    assert repr(made[7]) != repr(made[8])


def test_most_segments_tell_some_from_others(made: list[Program]) -> None:
    telling = total = 0
    for each in made:
        for written in each.segments:
            everyone = ir.Segment("everyone", written.bound.population, ir.Always(True))
            try:
                size = len(members(written.bound, each.rows, each.as_of))
            except ReferenceOverflow:
                continue
            telling += 0 < size < len(members(everyone, each.rows, each.as_of))
            total += 1
    assert total > 150
    assert telling / total >= 0.65


def test_rows_keep_to_the_catalog(made: list[Program]) -> None:
    facts = 0
    for each in made:
        for table in each.layout.catalog.tables.values():
            rows = each.rows[table.name]
            if table.key:
                keys = [row[table.key] for row in rows]
                assert None not in keys and len(keys) == len(set(keys))
            for column in table.columns.values():
                known = [row[column.name] for row in rows if row[column.name] is not None]
                assert column.nullable or len(known) == len(rows)
                if column.values is not None:
                    facts += 1
                    assert set(known) <= set(column.values)
                if column.minimum is not None:
                    facts += 1
                    assert all(column.minimum <= value <= column.maximum for value in known)  # type: ignore[operator]
            for link in table.links.values():
                target = each.layout.catalog.tables[link.target]
                there = {row[target.key] for row in each.rows[target.name]}
                if link.required:
                    facts += 1
                    assert all(row[link.column] in there for row in rows)
    assert facts > 30


def test_data_has_unknowns_and_links_that_lead_nowhere(made: list[Program]) -> None:
    unknown = dangling = 0
    for each in made:
        for table in each.layout.catalog.tables.values():
            rows = each.rows[table.name]
            unknown += sum(value is None for row in rows for value in row.values())
            for link in table.links.values():
                target = each.layout.catalog.tables[link.target]
                there = {row[target.key] for row in each.rows[target.name]}
                dangling += sum(
                    row[link.column] is not None and row[link.column] not in there for row in rows
                )
    assert unknown > 300 and dangling > 50
