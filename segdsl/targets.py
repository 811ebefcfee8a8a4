"""The targets of a project, opened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from segdsl.diagnostics import SegdslError
from segdsl.diagnostics.wording import known, listing, suggest
from segdsl.files.environment import Environment

if TYPE_CHECKING:
    from segdsl.engines import Engine
    from segdsl.engines.tables import TableSpec
    from segdsl.files.models import TargetRecord
    from segdsl.project import Project


def targets_of(project: Project) -> Mapping[str, TargetRecord]:
    """The targets of a project, by name."""
    return project.files.project.targets if project.files.project else {}


def default_target(project: Project) -> str | None:
    """The name of the default target, or of the only one; None where it must be named."""
    targets = targets_of(project)
    named = project.files.project.default_target if project.files.project else None
    return named or (next(iter(targets)) if len(targets) == 1 else None)


def target_of(project: Project, name: str | None) -> TargetRecord:
    """The target of that name, or the default one. Raises SegdslError."""
    targets = targets_of(project)
    wanted = name or default_target(project)
    if wanted is None:
        if not targets:
            raise SegdslError(
                "the project has no target", "say where data is under `targets:` of segdsl.yaml"
            )
        help = f"name one with `--target`, or set `default_target` in segdsl.yaml: {listing(targets)}"
        raise SegdslError("no target is named", help)
    if wanted not in targets:
        help = suggest(wanted, targets) or known("target", targets)
        raise SegdslError(f"there is no target `{wanted}`", help)
    return targets[wanted]


def open_target(
    project: Project, name: str | None, lenient: bool = False, memory_limit: str | None = None
) -> Engine:
    """The data of a target, read-only. When `lenient`, values that can't be read are unknown. Raises SegdslError."""
    target = target_of(project, name)
    if target.engine != "duckdb":
        return _open_warehouse(project, target)
    from segdsl.engines.duckdb import open_engine

    environment = Environment()
    return open_engine(
        root=project.root,
        tables={table: environment.expand(path) for table, path in target.tables.items()},
        database=environment.expand(target.database) if target.database else None,
        schema=environment.expand(target.schema_name) if target.schema_name else None,
        hide=environment.hide,
        catalog=_table_specs(project),
        memory_limit=memory_limit,
        lenient=lenient,
    )


ENGINES = {
    "athena": "athena",
    "bigquery": "bigquery",
    "clickhouse": "clickhouse",
    "databricks": "databricks",
    "duckdb": "duckdb",
    "mariadb": "mysql",
    "mysql": "mysql",
    "oracle": "oracle",
    "postgres": "postgres",
    "postgresql": "postgres",
    "redshift": "redshift",
    "snowflake": "snowflake",
    "sqlite": "sqlite",
    "sqlserver": "tsql",
    "trino": "trino",
}
"""The dialect that each engine of a target speaks."""
_TIMEOUT = 600


def dialect_of(target: TargetRecord) -> str:
    """The dialect that a target's engine speaks. Raises SegdslError."""
    if target.engine not in ENGINES:
        help = suggest(target.engine, ENGINES) or f"the engines are {listing(sorted(ENGINES))}"
        raise SegdslError(f"the engine `{target.engine}` is not known", help)
    return ENGINES[target.engine]


def _open_warehouse(project: Project, target: TargetRecord) -> Engine:
    """A database by its SQLAlchemy URL."""
    from segdsl.engines.sqlalchemy import open_engine

    spoken, environment = dialect_of(target), Environment()
    if target.url is None:
        help = 'write `url: "${WAREHOUSE_URL}"` under it, and set the variable to a SQLAlchemy URL'
        raise SegdslError(f"the target `{target.name}` has no `url`", help)
    return open_engine(
        root=project.root,
        url=environment.expand(target.url),
        spoken=spoken,
        schema=environment.expand(target.schema_name) if target.schema_name else None,
        catalog=_table_specs(project),
        timeout=target.timeout or _TIMEOUT,
        hide=environment.hide,
    )


def _table_specs(project: Project) -> list[TableSpec]:
    """The tables of the catalog as engines need them."""
    from segdsl.engines.tables import TableSpec

    return [
        TableSpec(
            table.name,
            table.source,
            {c.name: (c.source, c.type) for c in table.columns.values()},
            sorted(table.unlisted),
        )
        for table in project.catalog.tables.values()
    ]


def open_rows(project: Project, rows: Mapping[str, Sequence[Mapping[str, object]]]) -> Engine:
    """Rows of Python values in place of a target's data, by table: an engine over them alone. Raises SegdslError."""
    from segdsl.engines import duckdb

    return duckdb.open_rows(_table_specs(project), rows)
