"""Fixtures of the tests of commands."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli import small


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The small project, to be changed at will."""
    return small.write(tmp_path / "project")


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small project, not to be changed."""
    return small.write(tmp_path_factory.mktemp("kept"))
