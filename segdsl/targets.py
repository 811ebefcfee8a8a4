"""The targets of a project, opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segdsl.diagnostics import SegdslError
from segdsl.diagnostics.wording import listing, suggest
from segdsl.files.discover import expand_environment

if TYPE_CHECKING:
    from segdsl.engines.duckdb import DuckDBEngine
    from segdsl.files.models import TargetRecord
    from segdsl.project import Project


def target_of(project: Project, name: str | None) -> TargetRecord:
    """The target of that name, or the default one, or the only one. Raises SegdslError."""
    targets = project.files.project.targets if project.files.project else {}
    wanted = name or (project.files.project.default_target if project.files.project else None)
    if wanted is None and len(targets) == 1:
        wanted = next(iter(targets))
    if wanted is None:
        raise SegdslError(
            "no target is named", "name one with `--target`, or set `default_target` in segdsl.yaml"
        )
    if wanted not in targets:
        help = suggest(wanted, targets) or (f"the targets are {listing(targets)}" if targets else None)
        raise SegdslError(f"there is no target `{wanted}`", help)
    return targets[wanted]


def open_target(project: Project, name: str | None, lenient: bool = False) -> DuckDBEngine:
    """The data of a target, read-only. When `lenient`, values that can't be read are unknown. Raises SegdslError."""
    target = target_of(project, name)
    if target.engine != "duckdb":
        raise SegdslError(f"the engine `{target.engine}` is not known", "use `engine: duckdb`")
    from segdsl.engines.duckdb import TableSpec, open_engine

    specs = [
        TableSpec(table.name, table.source, {c.name: (c.source, c.type) for c in table.columns.values()})
        for table in project.catalog.tables.values()
    ]
    return open_engine(
        root=project.root,
        tables={table: expand_environment(path) for table, path in target.tables.items()},
        database=expand_environment(target.database) if target.database else None,
        schema=target.schema_name,
        catalog=specs,
        lenient=lenient,
    )
