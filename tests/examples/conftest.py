"""Marks the tests that ask a whole project, which can't be loaded yet.

They are expected to fail with that one error, strictly: the day `segdsl.load` is there, this file has to go.
"""

from __future__ import annotations

import pytest

ASKS_A_PROJECT = {"report", "blocks", "project_folder"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    mark = pytest.mark.xfail(raises=AttributeError, strict=True, reason="segdsl.load is not built yet")
    for item in items:
        names = set(getattr(item, "fixturenames", ()))
        if "examples" in item.path.parts and (names & ASKS_A_PROJECT or item.name.startswith("test_members")):
            item.add_marker(mark)
