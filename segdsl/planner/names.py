"""Names for what a plan makes: they say what it is, and are the same in every run."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from segdsl.semantics import ir
from segdsl.units import Unit

MAX_LENGTH = 60


class Names:
    """Hands out names that differ by more than letter case, as SQL wants them."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = {name.casefold() for name in taken}

    @property
    def taken(self) -> frozenset[str]:
        return frozenset(self._taken)

    def take(self, wanted: str) -> str:
        """`wanted`, or where that is taken, `wanted_2` and so on."""
        wanted = wanted[:MAX_LENGTH].rstrip("_")
        name, number = wanted, 1
        while name.casefold() in self._taken:
            number += 1
            name = f"{wanted}_{number}"
        self._taken.add(name.casefold())
        return name


def plain(text: str) -> str:
    """`text` as part of a name."""
    return re.sub(r"\W+", "_", text).strip("_") or "x"


def scan_name(table: ir.Table, chain: ir.Links, low: date | None, high: date | None) -> str:
    """Such as `orders_2024_01_02_to_2024_01_31`; chains of several links add the entity."""
    parts = [plain(table.name)]
    if len(chain) > 1:
        parts.append(f"per_{plain(chain[-1].target.name)}")
    if low is not None:
        parts.append(f"{low:%Y_%m_%d}" if high is not None else f"from_{low:%Y_%m_%d}")
    if high is not None:
        parts.append(f"to_{high:%Y_%m_%d}")
    return "_".join(parts)


def measure_name(function: ir.Function, table: ir.Table, value: ir.Value | None) -> str:
    """Such as `count_orders` or `sum_amount`."""
    of = table.name if value is None else subject(value)
    return plain(f"{function.value.replace(' ', '_')}_{of}")


def rank_name(ranking: ir.Ranking) -> str:
    """Such as `ranked_by_total_spend` or `ranked_by_sum_amount_per_region`."""
    groups = "".join(f"_per_{plain(subject(each))}" for each in ranking.per)
    among = "_among_some" if ranking.among is not None else ""
    if isinstance(ranking.among, ir.Member):
        among = f"_among_{plain(ranking.among.name)}"
    return f"ranked_by_{plain(subject(ranking.by))}{groups}{among}"


def sequence_name(steps: tuple[ir.Step, ...]) -> str:
    """Such as `cart_adds_then_no_orders`."""
    return "_then_".join(("no_" if s.negative else "") + plain(s.rows.table.name) for s in steps)


def subject(value: ir.Value) -> str:
    """The column a value is mostly about, or `value`."""
    match value:
        case ir.Column(_, links, _, name):
            return name if not links else f"{links[-1].name}_{name}"
        case ir.Negate(operand) | ir.ToFloat(operand) | ir.DayOf(operand) | ir.LocalTime(operand):
            return subject(operand)
        case ir.Part(part, operand):
            return f"{part}_{subject(operand)}"
        case ir.Aggregate(function=function, rows=rows, value=inner):
            return measure_name(function, rows.table, inner)
        case ir.Distance(_, start) if not isinstance(start, ir.Point):
            return (
                f"days_since_{subject(start)}" if value.unit is Unit.DAY else f"time_since_{subject(start)}"
            )
        case _:
            return "value"
