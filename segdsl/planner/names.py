"""Names for what a plan makes: they say what it is, and are the same in every run."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from segdsl.semantics import ir

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


def subject(value: ir.Value) -> str:
    """The column a value is mostly about, or `value`."""
    match value:
        case ir.Column(_, links, _, name):
            return name if not links else f"{links[-1].name}_{name}"
        case ir.Negate(operand) | ir.ToFloat(operand) | ir.DayOf(operand) | ir.LocalTime(operand):
            return subject(operand)
        case ir.Part(part, operand):
            return f"{part}_{subject(operand)}"
        case _:
            return "value"
