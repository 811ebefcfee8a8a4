"""Room on Python's stack for deep trees: those of segments hold what they refer to."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from segdsl.diagnostics.diagnostic import SegdslError

_FRAMES = 10_000
"""Enough for some hundred segments that refer to one another in a row."""


@contextmanager
def deep() -> Iterator[None]:
    """Walks over trees in here, also as a decorator, may be deep; where one is deeper still, SegdslError."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, _FRAMES))
    try:
        yield
    except RecursionError:
        raise too_deep() from None
    finally:
        sys.setrecursionlimit(before)


def too_deep() -> SegdslError:
    return SegdslError(
        "segments or attributes that refer to each other are nested too deeply",
        "let them refer to fewer others in a row",
    )
