"""Ctrl-C while an engine works."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from typing import TypeVar

T = TypeVar("T")


def interruptible(work: Callable[[], T], cancel: Callable[[], object]) -> T:
    """Does the work beside the thread that Ctrl-C comes to, which not every driver looks for while it works; at
    Ctrl-C the engine is told to `cancel`, and KeyboardInterrupt is raised once the work has ended."""
    with ThreadPoolExecutor(1) as beside:
        doing = beside.submit(work)
        try:
            return doing.result()
        except KeyboardInterrupt:
            # More than once: it is lost on work that has not begun.
            while not doing.done():
                cancel()
                wait([doing], 0.1)
            raise
