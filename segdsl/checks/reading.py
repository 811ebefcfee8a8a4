"""Asking the data of a target."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from segdsl.diagnostics import DataError, FindingsError
from segdsl.targets import open_target

if TYPE_CHECKING:
    from segdsl.engines import Engine
    from segdsl.project import Project


@contextmanager
def reading(project: Project, name: str | None, memory_limit: str | None = None) -> Iterator[Engine]:
    """As `open_target`. Where a query fails because the data is not what the catalog declares, that is told as
    the findings that `validate` would have. Raises FindingsError and SegdslError."""
    try:
        with open_target(project, name, memory_limit=memory_limit) as engine:
            yield engine
    except DataError as error:
        from segdsl.checks.contract import check_contract

        with open_target(project, name, lenient=True, memory_limit=memory_limit) as engine:
            broken, _ = check_contract(engine, project.catalog)
        if broken.has_errors:
            raise FindingsError("the data is not what the catalog declares", broken) from error
        raise
