"""Each shape of statement on every engine that is at hand, with names that are also those of tables and aliases."""

from __future__ import annotations

from itertools import combinations
from typing import Any

from segdsl import sql
from segdsl.planner import plan
from segdsl.reference.interpreter import members
from segdsl.semantics import ir
from segdsl.sql.dialects import dialect
from tests.engines.rigs.base import Rig, Stored
from tests.sql.shop import AS_OF, COLUMNS, ROWS, aggregate, column, compare, event, exists, segment

SEGMENTS = [
    segment(compare(column("points"), ">", 0), "a"),
    segment(compare(aggregate(ir.Function.SUM, event("amount")), ">", 1), "flags"),
    segment(compare(column("income"), "<", 5), "one"),
    segment(exists(), "other"),
]
MEMBERS = {each.name: members(each, ROWS, AS_OF) for each in SEGMENTS}


def asked(rig: Rig, make: Any) -> list[tuple[Any, ...]]:
    planned = plan(SEGMENTS, AS_OF, apart=dialect(rig.dialect).apart)
    return rig.ask(sql.to_text(make(planned, None, rig.dialect), rig.dialect))


def test_shapes(rig: Rig) -> None:
    rig.load(
        [
            Stored(
                name, tuple(types.items()), tuple(tuple(row[each] for each in types) for row in ROWS[name])
            )
            for name, types in COLUMNS.items()
        ]
    )
    flags = asked(rig, sql.flags_query)
    for position, (name, keys) in enumerate(MEMBERS.items(), 1):
        assert {row[0] for row in flags if row[position]} == keys, name
    long = asked(rig, sql.long_query)
    assert sorted(long) == sorted((key, name) for name, keys in MEMBERS.items() for key in keys)
    assert sorted(asked(rig, sql.sizes_query)) == sorted((name, len(keys)) for name, keys in MEMBERS.items())
    # In the order of the segments.
    assert asked(rig, sql.overlap_query) == [
        (a, b, len(MEMBERS[a] & MEMBERS[b])) for a, b in combinations(MEMBERS, 2)
    ]
