"""How long properties run: a few programs, always the same, in the suite; as many as asked for by `make fuzz`."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, TypeVar

from hypothesis import HealthCheck, settings

FUZZ = int(os.environ.get("FUZZ") or 0)
"""How many programs each property is tried on; 0 for the few of the suite."""
PARTS = 4 if FUZZ else 1
"""In how many tests of their own, so that they may run beside each other."""

F = TypeVar("F", bound=Callable[..., Any])


def budget(*, programs: int, share: float = 1.0) -> Callable[[F], F]:
    """The settings of a property: so many programs in the suite, a share of `FUZZ` in a long run."""
    return settings(
        max_examples=max(1, int(FUZZ * share)) if FUZZ else programs,
        derandomize=not FUZZ,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        print_blob=bool(FUZZ),
    )
