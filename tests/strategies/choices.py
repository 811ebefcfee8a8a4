"""Where everything random comes from: whole numbers between two bounds, and nothing else.

Generators are plain functions that take `Choices`. Hypothesis can drive them, and then shrinks what they make;
so can a seed, where only speed matters. They are written so that the smallest number is the simplest choice.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from functools import cache
from typing import TypeVar

from hypothesis import strategies as st

T = TypeVar("T")


@cache
def _integers(low: int, high: int) -> st.SearchStrategy[int]:
    return st.integers(low, high)


class Choices:
    """`pick(low, high)` gives a whole number, both ends included."""

    def __init__(self, pick: Callable[[int, int], int]) -> None:
        self.pick = pick

    @classmethod
    def drawn(cls, draw: st.DrawFn) -> Choices:
        return cls(lambda low, high: draw(_integers(low, high)))

    @classmethod
    def seeded(cls, seed: int) -> Choices:
        return cls(random.Random(seed).randint)

    def number(self, low: int, high: int) -> int:
        return low if low == high else self.pick(low, high)

    def of(self, items: Sequence[T]) -> T:
        """One of the items; the first is the simplest."""
        return items[self.number(0, len(items) - 1)]

    def chance(self, percent: int) -> bool:
        """True so often; False is simpler."""
        return self.pick(0, 99) >= 100 - percent

    def several(self, items: Sequence[T], least: int, most: int) -> list[T]:
        """So many different items (fewer where there are no more), in some order."""
        left = list(items)
        count = min(self.number(least, most), len(left))
        return [left.pop(self.number(0, len(left) - 1)) for _ in range(count)]
