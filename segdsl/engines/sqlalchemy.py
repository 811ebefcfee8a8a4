"""Databases by SQLAlchemy URL: read-only where they can be, with a time limit, and stopped at Ctrl-C."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import sqlalchemy
from sqlalchemy import exc
from sqlalchemy import types as stored_types
from sqlglot import exp

from segdsl.diagnostics.diagnostic import DataError, SegdslError
from segdsl.engines.interrupting import interruptible
from segdsl.engines.sqlite import register
from segdsl.engines.tables import TableSpec, hiding
from segdsl.semantics.types import (
    BOOLEAN,
    DATE,
    FLOAT,
    INTEGER,
    STRING,
    TIMESTAMP,
    TIMESTAMPTZ,
    Kind,
    Type,
    decimal,
)
from segdsl.sql import tree
from segdsl.sql.dialects import dialect

if TYPE_CHECKING:
    import pyarrow  # type: ignore[import-untyped]
    from sqlalchemy.engine.interfaces import ReflectedColumn

BATCH = 50_000
"""Rows that are fetched at a time."""


def open_engine(
    *,
    root: Path,
    url: str,
    spoken: str,
    schema: str | None,
    catalog: Sequence[TableSpec],
    timeout: int,
    hide: Callable[[str], str] = str,
) -> SQLAlchemyEngine:
    """Connects to a database.

    `spoken` is the dialect of segdsl; tables are those of `schema`, or of the database's own default. A statement
    that takes longer than `timeout` seconds is stopped, where the database can. A path in a SQLite URL is taken
    from `root`. Raises SegdslError, whose message has gone through `hide`.
    """
    with hiding(hide):
        engine = SQLAlchemyEngine(root, url, spoken, schema, timeout)
    engine.hide = hide
    try:
        with hiding(hide):
            engine.look_up(catalog)
    except BaseException:
        engine.close()
        raise
    return engine


class SQLAlchemyEngine:
    """See `segdsl.engines.base.Engine`."""

    hide: Callable[[str], str] = str

    def __init__(self, root: Path, url: str, spoken: str, schema: str | None, timeout: int) -> None:
        self.dialect = spoken
        self.schema = schema
        self._columns: dict[str, dict[str, ReflectedColumn]] = {}
        self._engine = _made(root, url)
        self._backend = self._engine.dialect.name
        with _told("the database can't be reached: "):
            self._connection = self._engine.connect()
        try:
            with _told("the database can't be set up: "):
                self._set_up(timeout)
        except BaseException:
            self.close()
            raise

    def _set_up(self, timeout: int) -> None:
        """Nothing may be written, and nothing may take for ever."""
        connection = self._connection
        match self._backend:
            case "postgresql":
                self._set("default_transaction_read_only", tree.text("on"))
                self._set("statement_timeout", tree.number(timeout * 1000))
                self._set("timezone", tree.text("UTC"))
            case "mysql" | "mariadb":
                self._say("SET SESSION TRANSACTION READ ONLY")
                if self._is_mariadb:
                    self._set("max_statement_time", tree.number(timeout))
                else:
                    self._set("max_execution_time", tree.number(timeout * 1000))
                self._set("time_zone", tree.text("+00:00"))
            case "sqlite":
                driver: Any = connection.connection.driver_connection
                register(driver)
                self._say("PRAGMA query_only = ON")
        connection.commit()

    def _say(self, statement: str) -> None:
        self._connection.exec_driver_sql(statement)

    def _set(self, name: str, value: exp.Expression) -> None:
        """A setting of the session."""
        item = exp.SetItem(this=exp.EQ(this=exp.Var(this=name), expression=value))
        self._say(exp.Set(expressions=[item]).sql(dialect(self.dialect).grammar))

    @property
    def _is_mariadb(self) -> bool:
        return bool(getattr(self._engine.dialect, "is_mariadb", False))

    def look_up(self, catalog: Sequence[TableSpec]) -> None:
        """Finds the tables of the catalog, and their columns."""
        with _told("the tables of the database can't be listed: "):
            look = sqlalchemy.inspect(self._connection)
            if self.schema is not None and self.schema not in look.get_schema_names():
                found = ", ".join(f"`{name}`" for name in look.get_schema_names())
                raise SegdslError(f"the database has no schema `{self.schema}`", f"its schemas: {found}")
            there = [*look.get_table_names(self.schema), *look.get_view_names(self.schema)]
            if self._backend == "postgresql":
                there += look.get_materialized_view_names(self.schema)
            self._names = sorted(there)
            wanted = {spec.source for spec in catalog}
            for name in self._names:
                if name in wanted:
                    self._columns[name] = {each["name"]: each for each in look.get_columns(name, self.schema)}
            self._connection.rollback()

    # --- asking -------------------------------------------------------------------------------------------

    def tables(self) -> list[str]:
        return self._names

    def describe(self, table: str) -> dict[str, Type | None]:
        return {name: _type_of(column["type"]) for name, column in self._columns[table].items()}

    def physical_columns(self, table: str) -> dict[str, str] | None:
        columns = self._columns.get(table)
        return None if columns is None else {name: self._shown(c["type"]) for name, c in columns.items()}

    def _shown(self, type: Any) -> str:
        try:
            return str(type.compile(self._engine.dialect))
        except exc.CompileError:
            return str(type)

    def is_text(self, table: str) -> bool:
        """SQLite holds anything in any column: what its declared types are says little."""
        return self._backend == "sqlite"

    def type_of(self, name: str) -> Type | None:
        for columns in self._columns.values():
            for column in columns.values():
                if self._shown(column["type"]) == name:
                    return _type_of(column["type"])
        return None

    def holds(self, stored: str, declared: Type) -> bool:
        found = self.type_of(stored)
        if found is None:
            return False
        if found.kind is Kind.INTEGER and declared.kind is Kind.BOOLEAN:
            return self._backend in ("mysql", "mariadb")  # which call a boolean TINYINT(1)
        if self._backend in ("mysql", "mariadb") and {found.kind, declared.kind} <= {
            Kind.TIMESTAMP,
            Kind.TIMESTAMPTZ,
        }:
            return True
        return found.kind is declared.kind or (found.is_number and declared.is_number)

    def unreadable(self, stored: exp.Expression, kept_as: str, declared: Type) -> exp.Expression | None:
        """Numbers with more digits behind the point than declared; other types are as they are stored."""
        found = self.type_of(kept_as)
        if self._backend == "sqlite" or not declared.is_exact or found is None or not found.is_number:
            return None
        if found.is_exact and found.scale <= declared.scale:
            return None
        scale = tree.number(declared.scale)
        exact: exp.Expression = stored.copy()
        if found.kind is Kind.FLOAT:
            # As text a double has its shortest digits; as a decimal those beyond are noise.
            exact = dialect(self.dialect).cast(exact, "DECIMAL(38, 15)")
        return tree.compare("!=", exact, exp.Round(this=exact.copy(), decimals=scale))

    def raw(self, table: str) -> exp.Expression:
        return tree.table(table, schema=self.schema)

    def given(self, type: Type, found: Any) -> Any:
        if found is None:
            return None
        if type.kind is Kind.BOOLEAN:
            return bool(found)
        if self._backend != "sqlite":
            return found
        match type.kind:
            case Kind.DECIMAL:
                return Decimal(str(found))
            case Kind.INTEGER:
                return int(found)
            case Kind.DATE:
                return date.fromisoformat(found)
            case Kind.TIMESTAMP:
                return datetime.fromisoformat(found)
            case Kind.TIMESTAMPTZ:
                return datetime.fromisoformat(found).replace(tzinfo=UTC)
            case _:
                return found

    def execute(self, query: exp.Expr) -> pyarrow.Table:
        text = query.sql(dialect(self.dialect).grammar)
        with hiding(self.hide), _told(""):
            return interruptible(lambda: self._fetch(text), self._cancel)

    def _fetch(self, text: str) -> pyarrow.Table:
        import pyarrow as pa

        connection = self._connection.execution_options(stream_results=True)
        try:
            # Not by way of bound parameters: a `%` or `:` in a text is one.
            result = connection.exec_driver_sql(text.replace("%", "%%") if self._percent else text)
            names = list(result.keys())
            columns: list[list[Any]] = [[] for _ in names]
            for batch in result.partitions(BATCH):
                for column, values in zip(columns, zip(*batch, strict=True), strict=True):
                    column.extend(values)
        finally:
            self._connection.rollback()
        return pa.Table.from_arrays([_arrow(values) for values in columns], names=names)

    @property
    def _percent(self) -> bool:
        """Whether the driver takes `%` for a parameter even where it is given none."""
        return self._engine.dialect.driver in ("psycopg2",)

    def _cancel(self) -> None:
        """Stops the statement that runs."""
        driver: Any = self._connection.connection.driver_connection
        with contextlib.suppress(Exception):
            match self._backend:
                case "postgresql":
                    driver.cancel()
                case "mysql" | "mariadb":
                    with self._engine.connect() as other:
                        kill = exp.Kill(this=tree.number(driver.thread_id()), kind=exp.Var(this="QUERY"))
                        other.exec_driver_sql(kill.sql("mysql"))
                case "sqlite":
                    driver.interrupt()

    def close(self) -> None:
        with contextlib.suppress(exc.SQLAlchemyError):
            self._connection.close()
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _made(root: Path, url: str) -> sqlalchemy.Engine:
    try:
        parsed = sqlalchemy.make_url(url)
    except exc.ArgumentError:
        raise SegdslError(
            "the `url` of the target is none", "such as `postgresql+psycopg://user@host/name`"
        ) from None
    if parsed.get_backend_name() == "sqlite" and parsed.database and parsed.database != ":memory:":
        path = root / parsed.database
        if not path.is_file():
            raise SegdslError(
                f"the database `{parsed.database}` is not there", "`url` has a path from the project's folder"
            )
        parsed = parsed.set(database=str(path))
    elif parsed.get_backend_name() == "postgresql" and "+" not in parsed.drivername:
        parsed = parsed.set(drivername="postgresql+psycopg")
    elif parsed.get_backend_name() in ("mysql", "mariadb") and "+" not in parsed.drivername:
        parsed = parsed.set(drivername=f"{parsed.drivername}+pymysql")
    options: Mapping[str, Any] = {}
    if parsed.get_backend_name() == "sqlite":
        # Ctrl-C stops a statement from beside the thread that it runs in.
        options = {"check_same_thread": False}
    try:
        return sqlalchemy.create_engine(
            parsed, connect_args=dict(options), poolclass=sqlalchemy.pool.NullPool
        )
    except (exc.NoSuchModuleError, exc.ArgumentError):
        raise SegdslError(
            f"there is no driver for `{parsed.drivername}`",
            "is it a SQLAlchemy URL, and its package installed?",
        ) from None
    except ImportError as error:
        missing = (error.name or "").partition(".")[0] or "its driver"
        raise SegdslError(
            f"the driver of `{parsed.drivername}` is not installed", f"install it: `pip install {missing}`"
        ) from None


def _type_of(stored: Any) -> Type | None:
    """The language's type for a column as SQLAlchemy tells it."""
    match stored:
        case stored_types.Boolean():
            return BOOLEAN
        case stored_types.Integer():
            return BOOLEAN if getattr(stored, "display_width", None) == 1 else INTEGER
        case stored_types.Float():
            return FLOAT
        case stored_types.Numeric():
            precision, scale = stored.precision, stored.scale or 0
            return decimal(min(precision or 38, 38), min(scale if precision else 10, 38))
        case stored_types.Date():
            return DATE
        case stored_types.DateTime():
            return TIMESTAMPTZ if stored.timezone else TIMESTAMP
        case stored_types.String() | stored_types.Uuid():
            return STRING
        case _:
            return None


def _arrow(values: list[Any]) -> pyarrow.Array:
    import pyarrow as pa

    try:
        return pa.array(values)
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        # Whole numbers and decimals in one column, as loosely typed databases have them.
        return pa.array([None if value is None else str(value) for value in values])


# --- what went wrong --------------------------------------------------------------------------------------


_OF_DATA = (exc.DataError, exc.ProgrammingError)
_LATE = re.compile(r"statement timeout|max_statement_time|maximum statement execution time", re.IGNORECASE)


@contextmanager
def _told(about: str) -> Iterator[None]:
    """Errors of a database as the user's; never its URL."""
    try:
        yield
    except exc.DBAPIError as error:
        text = str(error.orig)
        if _LATE.search(text):
            raise SegdslError(
                f"{about}the statement took too long",
                "give it more time with `timeout:` under the target, in seconds",
            ) from None
        line = next((line.strip() for line in text.splitlines() if line.strip()), type(error.orig).__name__)
        kind = DataError if isinstance(error, _OF_DATA) else SegdslError
        raise kind(about + line) from None
    except exc.SQLAlchemyError as error:
        line = str(error).splitlines()[0]
        raise SegdslError(about + line) from None
