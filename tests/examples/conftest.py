"""Marks the tests that validate a whole project, which is not built yet.

They are expected to fail with that one error, strictly: the day `Project.validate` is there, this file has to go.
"""

from __future__ import annotations

import pytest

VALIDATES = {"report", "blocks"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    mark = pytest.mark.xfail(raises=AttributeError, strict=True, reason="Project.validate is not built yet")
    for item in items:
        if "examples" in item.path.parts and VALIDATES & set(getattr(item, "fixturenames", ())):
            item.add_marker(mark)
