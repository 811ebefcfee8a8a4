"""The engines that tests run on: see `test_rigs_spec.py` for how they are chosen."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.engines.rigs import QUICK, SLOW, Unavailable, open_rig
from tests.engines.rigs.base import Rig

ASKED = os.environ.get("SEGDSL_ENGINES", "")
ENGINES = (
    QUICK
    if not ASKED
    else (*QUICK, *SLOW)
    if ASKED == "all"
    else tuple(name.strip() for name in ASKED.split(","))
)


@pytest.fixture(scope="session", params=ENGINES)
def rig(request: pytest.FixtureRequest) -> Iterator[Rig]:
    name = str(request.param)
    try:
        made = open_rig(name)
    except (ImportError, Unavailable) as error:
        if ASKED:
            raise
        pytest.skip(f"{name} is not at hand: {error}")
    yield made
    made.close()
