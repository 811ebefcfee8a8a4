"""Where the tiles of a rank begin on the data of today, so that tiers can be frozen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from segdsl.semantics import ir
from segdsl.semantics.ranks import population_of
from segdsl.semantics.scope import Frame, look_up
from segdsl.semantics.types import Kind, Type
from segdsl.syntax import ast
from segdsl.syntax.printer import to_text

if TYPE_CHECKING:
    from segdsl.engines import Engine
    from segdsl.semantics.binder import Binder


@dataclass(frozen=True)
class Cut:
    """A rank as it stands on the data, and the same as a condition or value with fixed numbers; `frozen` is None
    where there is none, and `why` says so."""

    rank: str
    frozen: str | None
    why: str | None = None

    def to_dict(self) -> dict[str, Any]:
        return {"rank": self.rank, "frozen": self.frozen, "why": self.why}


def cut_points(binder: Binder, tree: ast.Expression, frame: Frame, engine: Engine, as_of: date) -> list[Cut]:
    """The cut points of every `ntile` in an expression without mistakes, and in the attributes that it names, each
    once, in order."""
    found: dict[str, Cut] = {}
    for node in _ranks(binder, tree, frame):
        text = to_text(node)
        if text not in found:
            found[text] = _cut(binder, text, node, frame, engine, as_of)
    return list(found.values())


def _ranks(binder: Binder, node: ast.Node, frame: Frame) -> Iterator[ast.Rank]:
    """The tiles of the frame's own row as of the day of the run; none stand in conditions on events."""
    match node:
        case ast.Aggregate() | ast.Sequence() | ast.SegmentReference() | ast.AsOf():
            return
        case ast.Path():
            yield from _ranks_of_attribute(binder, node, frame)
        case ast.Rank(function="ntile"):
            yield node
    for each in fields(node):
        value = getattr(node, each.name)
        for part in value if isinstance(value, tuple) else (value,):
            if isinstance(part, ast.Node):
                yield from _ranks(binder, part, frame)


def _ranks_of_attribute(binder: Binder, path: ast.Path, frame: Frame) -> Iterator[ast.Rank]:
    """What is yielded is to be bound at once: an attribute knows the project's parameters alone."""
    match look_up(binder.catalog, frame, path):
        case (home, attribute) if home == frame:
            tree = binder.parse(attribute.expression)
            assert tree is not None, "only what has no mistakes is asked about"
            with binder.shared_parameters():
                yield from _ranks(binder, tree, frame)


def _cut(binder: Binder, text: str, node: ast.Rank, frame: Frame, engine: Engine, as_of: date) -> Cut:
    tile = binder.value(node, frame)
    by = binder.value(node.ranking.by, frame)
    assert isinstance(tile, ir.Ntile) and by is not None, "only what has no mistakes is asked about"
    if node.ranking.per:
        return Cut(text, None, "each group has cut points of its own")
    if not by.type.is_number:
        return Cut(text, None, "`band` cuts numbers, and this ranks times")
    least = _least_of_tiles(binder, tile, by, frame, engine, as_of)
    if not least:
        return Cut(text, None, "nobody is ranked")
    cuts = [_least(least, number, by.type) for number in range(2, tile.tiles + 1)]
    if not cuts:
        return Cut(text, None, "one tile has no cut points")
    shown = to_text(node.ranking.by)
    return Cut(text, f"band({shown}, {', '.join(_number(cut) for cut in cuts)})")


def _least_of_tiles(
    binder: Binder, tile: ir.Ntile, by: ir.Value, frame: Frame, engine: Engine, as_of: date
) -> dict[int, tuple[Any, Any]]:
    """The least and the greatest value in each tile that somebody is in."""
    from segdsl.sql import plan_for, ranges_query

    population = population_of(binder, frame.table)
    everyone = ir.Segment("everyone", population, ir.Always(True))
    planned = plan_for(engine.dialect, [everyone], as_of, {"tile": tile, "value": by})
    query = ranges_query(planned, "tile", "value", engine.schema, engine.dialect)
    rows = engine.execute(query).to_pylist()
    return {
        row["tile"]: (engine.given(by.type, row["least"]), engine.given(by.type, row["greatest"]))
        for row in rows
        if row["tile"] is not None
    }


def _least(tiles: dict[int, tuple[Any, Any]], number: int, type: Type) -> Any:
    """The least value in a tile or in any above it; one step above all values where nobody is that high."""
    reached = [least for tile, (least, _) in tiles.items() if tile >= number]
    if reached:
        return min(reached)
    greatest = max(greatest for _, greatest in tiles.values())
    step = Decimal(1).scaleb(-type.scale) if type.kind is Kind.DECIMAL else 1
    return greatest + step


def _number(value: Any) -> str:
    number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    return f"{number:f}"
