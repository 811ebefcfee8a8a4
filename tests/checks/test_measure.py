"""Sizes and overlaps from the flags of one pass over the data."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import segdsl

_CATALOG = """
tables:
  people:
    key: id
    columns: {id: integer, region: string}
"""
_SEGMENTS = """
entity: people
segments:
  id: region = 'ID'
  Id: region != 'ID'
"""


def _figures(tmp_path: Path, segments: str) -> list[tuple[str, int, int | None]]:
    (tmp_path / "segdsl.yaml").write_text(
        "language: 1\nname: x\ntargets: {dev: {engine: duckdb, tables: {people: people.csv}}}\n"
    )
    for folder, content in (("catalog", _CATALOG), ("segments", segments)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "all.yaml").write_text(content)
    (tmp_path / "people.csv").write_text("id,region\n1,ID\n2,MY\n3,\n4,SG\n")
    (block,) = segdsl.load(tmp_path).validate(as_of=date(2024, 1, 31)).measures
    return [(each.name, each.size, each.unknown) for each in block.segments]


def test_a_segment_may_be_named_as_the_key(tmp_path: Path) -> None:
    assert _figures(tmp_path, _SEGMENTS) == [("id", 1, 0), ("Id", 3, 1)]


def test_nobody_is_a_member_only_because_others_are_unknown(tmp_path: Path) -> None:
    # Were every test on an unknown to fail, the stranger would go from `abroad` to `home`, which has nobody
    # for something that is not known.
    segments = """
entity: people
segments:
  home: if(region != 'ID', 2, 1) = 1
  abroad: if(region != 'ID', 2, 1) = 2
"""
    assert _figures(tmp_path, segments) == [("home", 1, 0), ("abroad", 3, 1)]
