"""Every spec case on every backend."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.spec.backends import BACKENDS, load_project, write_project
from tests.spec.cases import SEGMENT, Case, load_all

CASES = [case for file in load_all() for case in file.cases]


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_case(case: Case, backend: str, tmp_path: Path) -> None:
    project = load_project(write_project(case, tmp_path / "project"))
    found = BACKENDS[backend](project, SEGMENT, case.tables, case.as_of)
    assert found == case.members, f"{case.where.strip()}\n{case.about}"
