"""Ranks and samples, bound."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Literal, cast

from segdsl.semantics import ir
from segdsl.semantics.catalog import Table
from segdsl.semantics.scope import Frame
from segdsl.semantics.times import a, count
from segdsl.semantics.types import INTEGER, Kind, decimal
from segdsl.source import Span
from segdsl.syntax import ast

if TYPE_CHECKING:
    from segdsl.semantics.binder import Binder

_HASHES = 2**32


def bind_rank(binder: Binder, node: ast.Rank, frame: Frame) -> ir.Value | None:
    """`ntile(n, x)` and `percentile(x)` as numbers."""
    tiles = 1
    if node.tiles is not None:
        wanted = count(binder, node.tiles)
        if wanted is not None and wanted < 1:
            binder.error(
                "wrong-arguments",
                "`ntile` needs at least one tile",
                node.tiles.at,
                "write `ntile(5, …)` for fifths",
            )
            wanted = None
        tiles = wanted or 0
    ranking = _ranking(binder, node.ranking, frame, node.at, node.function)
    if ranking is None or not tiles:
        return None
    below = ir.Standing(frame.links, "below", ranking, span=node.at)
    known = ir.Standing(frame.links, "known", ranking, span=node.at)
    if node.function == "ntile":
        return ir.Ntile(tiles, below, known)
    hundred = ir.Constant(100, INTEGER)
    return ir.Divide(ir.Arithmetic("*", hundred, below, INTEGER), known)


def bind_top(binder: Binder, node: ast.Top, frame: Frame) -> ir.Condition | None:
    """`top 10% by x` and its like: so many, or such a share, of the others are at most on the better side."""
    amount = _amount(binder, node)
    ranking = _ranking(binder, node.ranking, frame, node.at, node.side)
    if amount is None or ranking is None:
        return None
    side: Literal["above", "below"] = "above" if node.side == "top" else "below"
    better = ir.Standing(frame.links, side, ranking, span=node.at)
    if amount.type == INTEGER:
        return ir.Compare("<", better, amount, on_unknown=False, span=node.at)
    known = ir.Standing(frame.links, "known", ranking, span=node.at)
    return ir.CompareQuotient("<", better, known, amount, on_unknown=False, span=node.at)


def _amount(binder: Binder, node: ast.Top) -> ir.Constant | None:
    """A count of rows as an integer, a share as a decimal from 0 to 1."""
    written = node.amount
    if isinstance(written, ast.Number) and not written.percent:
        return ir.Constant(cast(int, written.value), INTEGER)
    if isinstance(written, ast.Number):
        share = Decimal(written.value).normalize()
        scale = max(0, -cast(int, share.as_tuple().exponent))
        found: ir.Constant | tuple[ir.Constant, ...] | None = ir.Constant(share, decimal(38, scale))
    else:
        found = binder.parameter(written)
    if found is None:
        return None
    if not isinstance(found, ir.Constant) or found.type.kind not in (Kind.INTEGER, Kind.DECIMAL):
        help = "write `top 10%` or `top 100`, or use an integer or decimal parameter"
        return binder.error("wrong-type", f"`{node.side}` takes a count or a share", written.at, help)
    number = cast("int | Decimal", found.value)
    if found.type.kind is Kind.INTEGER and number < 0:
        return binder.error(
            "wrong-value",
            f"`{node.side}` can't count {number} rows",
            written.at,
            "give it a number from 0 up",
        )
    if found.type.kind is Kind.DECIMAL and not 0 <= number <= 1:
        help = "a share is from 0% to 100%; as a parameter, 10% is 0.1"
        return binder.error("wrong-value", "this is no share of a whole", written.at, help)
    return found


def _ranking(binder: Binder, node: ast.Ranking, frame: Frame, at: Span, what: str) -> ir.Ranking | None:
    if frame.in_aggregate:
        return binder.error(
            "rank-in-event",
            f"`{what}` ranks the rows of a whole table, so it can't stand in a condition on events",
            at,
            "give the rank a segment of its own, and combine the two with `and`",
        )
    if frame.table.key is None:
        return binder.error(
            "table-without-key",
            f"`{frame.table.name}` has no key, so its rows can't be ranked",
            at,
            "add `key: …` to it in the catalog",
        )
    own = Frame(frame.table)
    by = binder.value(node.by, own)
    groups = [binder.value(path, own) for path in node.per]
    among = None if node.among is None else binder.condition(node.among, own)
    per = tuple(group for group in groups if group is not None)
    if by is None or len(per) < len(groups) or (node.among is not None and among is None):
        return None
    if not by.type.is_ordered:
        return binder.error(
            "wrong-type",
            f"`{what}` needs a number or a time: {a(by.type.kind)} has no order",
            node.by.at,
            "rank by a number or a date, and put text behind `per` to rank within each value of it",
        )
    population = population_of(binder, frame.table)
    return ir.Ranking(population, by, per, None if among == ir.Always(True) else among)


def population_of(binder: Binder, table: Table) -> ir.Population:
    from segdsl.semantics.rows import event_time

    return ir.Population(binder.catalog.ir_table(table.name), event_time(binder, table))


def bind_sample(binder: Binder, node: ast.Sample, frame: Frame) -> ir.Condition | None:
    salt = node.salt.value if isinstance(node.salt, ast.String) else _salt(binder, node.salt)
    low = Decimal(0) if node.low is None else Decimal(node.low.value)
    high = Decimal(node.high.value)
    if not 0 <= low <= 1 or not 0 <= high <= 1:
        return binder.error(
            "wrong-value", "a share is from 0% to 100%", node.at, "write `sample 10% by 'salt'`"
        )
    if low > high:
        return binder.error(
            "wrong-value", "this slice ends before it starts", node.at, "write the lower share first"
        )
    if frame.table.key is None:
        return binder.error(
            "table-without-key",
            f"`{frame.table.name}` has no key, so its rows can't be sampled",
            node.at,
            "add `key: …` to it in the catalog",
        )
    if salt is None:
        return None
    table = binder.catalog.ir_table(frame.table.name)
    return ir.Sample(
        frame.scope, frame.links, table, salt, _bound(low), _bound(high), negated=False, span=node.at
    )


def _bound(share: Decimal) -> int:
    """The least hash that is not below the share: `ceil(share × 2^32)`."""
    numerator, denominator = share.as_integer_ratio()
    return -(-numerator * _HASHES // denominator)


def _salt(binder: Binder, node: ast.Parameter) -> str | None:
    constant = binder.parameter(node)
    if constant is None:
        return None
    if not isinstance(constant, ir.Constant) or not isinstance(constant.value, str):
        return binder.error("wrong-type", f"`${node.name}` is not text", node.at, "a salt is text")
    return constant.value
