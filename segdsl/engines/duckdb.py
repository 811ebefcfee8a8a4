"""DuckDB over Parquet and CSV files, or over a database file that is opened read-only."""

from __future__ import annotations

import glob
import os
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import duckdb
from sqlglot import exp

from segdsl.diagnostics.diagnostic import DataError, SegdslError
from segdsl.engines.csv_files import Header, read_csv, read_header
from segdsl.engines.interrupting import interruptible
from segdsl.engines.tables import TableSpec, hiding
from segdsl.recursion import too_deep
from segdsl.semantics.types import (
    BOOLEAN,
    DATE,
    FLOAT,
    INTEGER,
    KEY,
    STRING,
    TIMESTAMP,
    TIMESTAMPTZ,
    Kind,
    Type,
    decimal,
)
from segdsl.sql import tree

if TYPE_CHECKING:
    import pyarrow  # type: ignore[import-untyped]

_DATABASE = "database_file"
_RAW = "raw_data"
"""The schema of the views of data as it is stored."""

_PARQUET = (".parquet", ".pq")
_CSV = (".csv", ".tsv", ".csv.gz", ".tsv.gz")

_SQL_TYPES = {
    Kind.BOOLEAN: "BOOLEAN",
    Kind.INTEGER: "BIGINT",
    Kind.FLOAT: "DOUBLE",
    Kind.STRING: "VARCHAR",
    Kind.DATE: "DATE",
    Kind.TIMESTAMP: "TIMESTAMP",
    Kind.TIMESTAMPTZ: "TIMESTAMP WITH TIME ZONE",
}
_TYPES = {
    "BOOLEAN": BOOLEAN,
    "TINYINT": INTEGER,
    "SMALLINT": INTEGER,
    "INTEGER": INTEGER,
    "BIGINT": INTEGER,
    "UTINYINT": INTEGER,
    "USMALLINT": INTEGER,
    "UINTEGER": INTEGER,
    "FLOAT": FLOAT,
    "DOUBLE": FLOAT,
    "VARCHAR": STRING,
    "DATE": DATE,
    "TIMESTAMP": TIMESTAMP,
    "TIMESTAMP_S": TIMESTAMP,
    "TIMESTAMP_MS": TIMESTAMP,
    "TIMESTAMP_NS": TIMESTAMP,
    "TIMESTAMP WITH TIME ZONE": TIMESTAMPTZ,
}
_OF_DATA = (duckdb.ConversionException, duckdb.CatalogException, duckdb.BinderException)
_WIDE_INTEGERS = ("HUGEINT", "UBIGINT", "UHUGEINT")
_DECIMAL = re.compile(r"DECIMAL\((\d+),\s?(\d+)\)\Z")


def open_engine(
    *,
    root: Path,
    tables: Mapping[str, str] | None = None,
    database: str | None = None,
    schema: str | None = None,
    catalog: Sequence[TableSpec] = (),
    memory_limit: str | None = None,
    threads: int | None = None,
    lenient: bool = False,
    hide: Callable[[str], str] = str,
) -> DuckDBEngine:
    """Opens the data of a target.

    `tables` maps names of tables (as the catalog knows them, or as they are stored) to a Parquet or CSV file
    or a pattern of such; `database` is a DuckDB file, of which the tables of `schema` (`main`) are read. Paths
    are relative to `root`. `memory_limit` is such as `4GB`.

    Each table becomes a view with its columns cast to the declared types. A stored value that can't be cast
    is an error when it is read, or when `lenient`, unknown. Raises SegdslError, whose message has gone through
    `hide`, which takes out what nobody may see.
    """
    engine = DuckDBEngine(memory_limit, threads, lenient)
    engine.hide = hide
    try:
        with hiding(hide):
            engine.attach(root, tables or {}, database, schema, catalog)
    except BaseException:
        engine.close()
        raise
    return engine


def open_rows(
    catalog: Sequence[TableSpec], rows: Mapping[str, Sequence[Mapping[str, object]]]
) -> DuckDBEngine:
    """Opens rows of Python values, by the logical names of tables and columns; a table without rows is empty."""
    engine = DuckDBEngine(None, 1, False)
    try:
        engine.attach_rows(catalog, rows)
    except BaseException:
        engine.close()
        raise
    return engine


class DuckDBEngine:
    """See `segdsl.engines.base.Engine`."""

    dialect = "duckdb"
    schema: str | None = None
    hide: Callable[[str], str] = str

    def __init__(self, memory_limit: str | None, threads: int | None, lenient: bool) -> None:
        self.lenient = lenient
        self._physical: dict[str, dict[str, str]] = {}
        self._text: set[str] = set()
        # DuckDB would spill into the current folder, which may be the project's.
        self._spill = tempfile.TemporaryDirectory(prefix="segdsl-", ignore_cleanup_errors=True)
        config: dict[str, str | bool | int | float | list[str]] = {
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "allow_community_extensions": False,
            "temp_directory": self._spill.name,
        }
        if memory_limit is not None:
            config["memory_limit"] = memory_limit
        if threads is not None:
            config["threads"] = threads
        try:
            self._connection = duckdb.connect(":memory:", config=config)
        except duckdb.Error as error:
            self._spill.cleanup()
            raise SegdslError(
                _first_line(error), "a memory limit is written such as `4GB`" if memory_limit else None
            ) from None
        self._set("TimeZone", tree.text("UTC"))
        # It makes the CSV reader parse columns as the types they are cast to, and then TRY_CAST fails.
        if "type_pushdown" in self._optimizers():
            self._set("disabled_optimizers", tree.text("type_pushdown"))

    def _set(self, name: str, value: exp.Expression) -> None:
        item = exp.SetItem(this=exp.EQ(this=tree.column(name), expression=value))
        self._run(exp.Set(expressions=[item]))

    def _optimizers(self) -> list[str]:
        query = exp.Select(expressions=[tree.column("name")])
        query.set("from_", exp.From(this=exp.Table(this=tree.function("DUCKDB_OPTIMIZERS"))))
        return [str(row["name"]) for row in self.execute(query).to_pylist()]

    # --- opening ------------------------------------------------------------------------------------------

    def attach(
        self,
        root: Path,
        tables: Mapping[str, str],
        database: str | None,
        schema: str | None,
        catalog: Sequence[TableSpec],
    ) -> None:
        """Makes the views; called once."""
        self._run(exp.Create(this=exp.Table(this=tree.identifier(_RAW)), kind="SCHEMA"))
        stored_as = _by_source(catalog)
        by_name = stored_as | {spec.name: stored_as[spec.source] for spec in catalog}
        made: dict[str, str] = {}
        for name, pattern in tables.items():
            spec = by_name.get(name) or TableSpec(name, name)
            if made.setdefault(spec.source, pattern) != pattern:
                raise SegdslError(
                    f"`{spec.source}` is stored in two places: `{made[spec.source]}` and `{pattern}`",
                    "tables of one `source` are read from the same files: name these once",
                )
            if spec.source not in self._physical:
                self._add_view(spec, self._file(root, spec, pattern))
        if database is not None:
            for source in self._attach_database(root, database, schema):
                if source not in made:
                    stored = exp.Table(
                        this=tree.identifier(source),
                        db=tree.identifier(schema or "main"),
                        catalog=tree.identifier(_DATABASE),
                    )
                    self._add_view(by_name.get(source) or TableSpec(source, source), stored)
        self._set("lock_configuration", exp.true())

    def attach_rows(
        self, catalog: Sequence[TableSpec], rows: Mapping[str, Sequence[Mapping[str, object]]]
    ) -> None:
        """Makes the views of rows of Python values; called once."""
        self._run(exp.Create(this=exp.Table(this=tree.identifier(_RAW)), kind="SCHEMA"))
        for number, spec in enumerate(catalog):
            held = f"rows_{number}"
            self._connection.register(held, _arrow(spec, rows.get(spec.name, ())))
            self._add_view(spec, exp.Table(this=tree.identifier(held)))

    def _attach_database(self, root: Path, database: str, schema: str | None) -> list[str]:
        path = root / database
        if not os.path.isfile(path):  # unlike `Path.is_file`, also False of a path that cannot be one
            raise SegdslError(
                f"the database `{database}` is not there",
                "`database` under the target is the path of a DuckDB file, from the project's folder",
            )
        file = exp.Alias(this=tree.text(str(path)), alias=tree.identifier(_DATABASE))
        options = [
            exp.AttachOption(this=exp.Var(this="READ_ONLY")),
            exp.AttachOption(this=exp.Var(this="TYPE"), expression=exp.Var(this="duckdb")),
        ]
        self._run(exp.Attach(this=file, expressions=options), f"the database `{database}` can't be opened: ")
        query = exp.Select(expressions=[tree.column("table_schema"), tree.column("table_name")])
        query.set(
            "from_",
            exp.From(
                this=exp.Table(this=tree.identifier("tables"), db=tree.identifier("information_schema"))
            ),
        )
        query.set(
            "where", exp.Where(this=tree.compare("=", tree.column("table_catalog"), tree.text(_DATABASE)))
        )
        query.set("order", exp.Order(expressions=[exp.Ordered(this=tree.column("table_name"))]))
        found = self.execute(query).to_pylist()
        schemas = sorted({row["table_schema"] for row in found})
        if schema is not None and schema not in schemas:
            shown = ", ".join(f"`{each}`" for each in schemas) or "none with tables"
            raise SegdslError(f"the database `{database}` has no schema `{schema}`", f"its schemas: {shown}")
        return [row["table_name"] for row in found if row["table_schema"] == (schema or "main")]

    def _file(self, root: Path, spec: TableSpec, pattern: str) -> exp.Expression:
        """A call of the function that reads the files of a pattern."""
        where = f"`tables` of the target says `{pattern}` for `{spec.name}`"
        found = sorted(glob.glob(pattern, root_dir=root, recursive=True))
        if not found:
            raise SegdslError(
                f"no data for table `{spec.name}`: there is no file `{pattern}`",
                f"{where}, a path from the project's folder",
            )
        # A pattern matches nothing of the folder above it: only what the user wrote is one.
        path = tree.text(str(Path(glob.escape(str(root))) / pattern))
        if all(each.lower().endswith(_PARQUET) for each in found):
            return exp.Table(this=tree.function("READ_PARQUET", path))
        if all(each.lower().endswith(_CSV) for each in found):
            self._text.add(spec.source)
            return self._csv_files(spec, path, root, found)
        raise SegdslError(
            f"the data of table `{spec.name}` is neither Parquet nor CSV: `{found[0]}`",
            f"{where}; files must all end in .parquet, or all in .csv, .tsv, .csv.gz or .tsv.gz",
        )

    def _csv_files(
        self, spec: TableSpec, path: exp.Expression, root: Path, found: Sequence[str]
    ) -> exp.Expression:
        """A call that reads CSV files; where their columns stand in other orders, by their names."""
        if not spec.columns:
            return read_csv(path, None)
        headers = {each: self._header(spec, root / each, each) for each in found}
        first = headers[found[0]]
        for each, header in headers.items():
            other = sorted(set(first.names) ^ set(header.names))
            if other:
                raise SegdslError(
                    f"the data of table `{spec.name}` can't be read: the column `{other[0]}` is in only one of "
                    f"`{found[0]}` and `{each}`",
                    "the files of a table have the same columns, in any order",
                )
        if len(set(headers.values())) == 1:
            return read_csv(path, first)
        selects: list[exp.Query] = []
        for header in dict.fromkeys(headers.values()):
            files = [tree.text(glob.escape(str(root / each))) for each in found if headers[each] == header]
            columns = [tree.column(name) for name in first.names]
            alike = read_csv(exp.Array(expressions=files), header)
            selects.append(exp.Select(expressions=columns).from_(alike, copy=False))
        return exp.Subquery(this=tree.union_all(selects))

    def _header(self, spec: TableSpec, file: Path, shown: str) -> Header:
        about = f"the data of table `{spec.name}` can't be read: "
        help = "the first line of a CSV file names its columns"
        try:
            header = read_header(file, [source for source, _ in spec.columns.values()])
        except OSError as error:
            raise SegdslError(f"{about}`{shown}`: {error.strerror or error}") from error
        if header is None:
            raise SegdslError(f"{about}`{shown}` is empty", help)
        if "" in header.names:
            raise SegdslError(f"{about}a column of `{shown}` has no name", help)
        twice = next((name for name in header.names if header.names.count(name) > 1), None)
        if twice is not None:
            raise SegdslError(f"{about}`{shown}` has two columns `{twice}`", help)
        return header

    def _add_view(self, spec: TableSpec, stored: exp.Expression) -> None:
        """The view of a table, and that of its data as stored."""
        physical = self._describe(stored, spec)
        self._physical[spec.source] = physical
        raw = exp.Table(this=tree.identifier(spec.source), db=tree.identifier(_RAW))
        everything = exp.Select(expressions=[exp.Star()]).from_(stored, copy=False)
        self._run(exp.Create(this=raw, kind="VIEW", expression=everything))
        declared = {source.casefold(): type for source, type in spec.columns.values()}
        columns = [
            self._typed(name, found, declared.get(name.casefold())) for name, found in physical.items()
        ]
        typed = exp.Select(expressions=columns).from_(raw.copy(), copy=False)
        self._run(exp.Create(this=tree.table(spec.source), kind="VIEW", expression=typed))

    def _typed(self, name: str, found: str, declared: Type | None) -> exp.Expression:
        """A column as its declared type."""
        column = tree.column(name)
        wanted = sql_type(declared) if declared else None
        if wanted is None or wanted == found:
            return column
        kind = exp.TryCast if self.lenient else exp.Cast
        made = kind(this=column, to=exp.DataType.build(wanted, dialect="duckdb"))
        return exp.Alias(this=made, alias=tree.identifier(name))

    def _describe(self, stored: exp.Expression, spec: TableSpec) -> dict[str, str]:
        query = exp.Select(expressions=[exp.Star()]).from_(stored).limit(0)
        with _told(f"the data of table `{spec.name}` can't be read: "):
            relation = self._connection.sql(query.sql("duckdb"))
            return {name: str(type) for name, type in zip(relation.columns, relation.types, strict=True)}

    # --- asking -------------------------------------------------------------------------------------------

    def tables(self) -> list[str]:
        return sorted(self._physical)

    def describe(self, table: str) -> dict[str, Type | None]:
        return {name: type_of(found) for name, found in self._physical[table].items()}

    def physical_columns(self, table: str) -> dict[str, str] | None:
        return self._physical.get(table)

    def is_text(self, table: str) -> bool:
        """Whether the table is stored as text, so that declared columns are VARCHAR whatever they hold."""
        return table in self._text

    def type_of(self, name: str) -> Type | None:
        return type_of(name)

    def holds(self, stored: str, declared: Type) -> bool:
        if stored == sql_type(declared):
            return True
        if stored in _WIDE_INTEGERS:
            return declared.is_number
        found = type_of(stored)
        if found is None:
            return False
        return found.kind is declared.kind or (found.is_number and declared.is_number)

    def unreadable(self, stored: exp.Expression, kept_as: str, declared: Type) -> exp.Expression | None:
        if kept_as == sql_type(declared) or declared.kind is Kind.KEY:
            return None
        wanted = exp.DataType.build(sql_type(declared) or "VARCHAR", dialect="duckdb")
        read = exp.TryCast(this=stored.copy(), to=wanted)
        test: exp.Expression = tree.is_null(read)
        if declared.kind in (Kind.DECIMAL, Kind.INTEGER):
            double = exp.DataType.build("DOUBLE", dialect="duckdb")
            number = exp.TryCast(this=stored.copy(), to=double)
            difference = exp.Abs(this=exp.Sub(this=number, expression=tree.cast(read.copy(), "DOUBLE")))
            # Doubles carry noise far below a unit of the last digit; more is a digit that would be lost.
            noise = exp.Literal.number(f"{10 ** -(declared.scale + 4):.{declared.scale + 4}f}")
            test = exp.Or(this=test, expression=tree.compare(">", difference, noise))
        return exp.And(this=tree.is_not_null(stored.copy()), expression=exp.Paren(this=test))

    def raw(self, table: str) -> exp.Expression:
        return exp.Table(this=tree.identifier(table), db=tree.identifier(_RAW))

    def given(self, type: Type, found: Any) -> Any:
        return found

    def execute(self, query: exp.Expr) -> pyarrow.Table:
        text = query.sql("duckdb")
        with hiding(self.hide), _told(""):
            return interruptible(
                lambda: self._connection.sql(text).to_arrow_table(), self._connection.interrupt
            )

    def close(self) -> None:
        self._connection.close()
        self._spill.cleanup()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _run(self, statement: exp.Expression, about: str = "") -> None:
        with _told(about):
            self._connection.execute(statement.sql("duckdb"))


def _arrow(spec: TableSpec, rows: Sequence[Mapping[str, object]]) -> pyarrow.Table:
    """Rows of Python values as a table with its physical names and declared types; keys are as they are."""
    import pyarrow as pa

    names: dict[str, tuple[str, Type]] = {name: column for name, column in spec.columns.items()}
    for name in dict.fromkeys(name for row in rows for name in row):
        names.setdefault(name, (name, KEY))
    for name in spec.keys:
        names.setdefault(name, (name, KEY))
    columns = {}
    for name, (source, type) in names.items():
        found = [row.get(name) for row in rows]
        kind = arrow_type(type)
        if kind is None:
            kind = pa.string() if any(isinstance(value, str) for value in found) else pa.int64()
            found = [str(v) if v is not None and kind == pa.string() else v for v in found]
        columns[source] = pa.array(found, type=kind)
    return pa.table(columns)


def arrow_type(type: Type) -> pyarrow.DataType | None:
    """Arrow's type for one of the language's; None for keys, which are as they are stored."""
    import pyarrow as pa

    simple = {
        Kind.BOOLEAN: pa.bool_(),
        Kind.INTEGER: pa.int64(),
        Kind.FLOAT: pa.float64(),
        Kind.STRING: pa.string(),
        Kind.DATE: pa.date32(),
        Kind.TIMESTAMP: pa.timestamp("us"),
        Kind.TIMESTAMPTZ: pa.timestamp("us", tz="UTC"),
    }
    return pa.decimal128(type.precision, type.scale) if type.kind is Kind.DECIMAL else simple.get(type.kind)


def _by_source(catalog: Sequence[TableSpec]) -> dict[str, TableSpec]:
    """The tables as they are stored; one that is declared twice has the columns of both."""
    found: dict[str, TableSpec] = {}
    for spec in catalog:
        first = found.setdefault(spec.source, spec)
        declared = {source.casefold(): type for source, type in first.columns.values()}
        for source, type in spec.columns.values():
            if declared.get(source.casefold(), type) != type:
                raise SegdslError(
                    f"`{first.name}` and `{spec.name}` are both stored as `{spec.source}`, and declare its column "
                    f"`{source}` as {declared[source.casefold()]} and as {type}",
                    "declare it with one type",
                )
        columns = {source: (source, type) for each in (first, spec) for source, type in each.columns.values()}
        if spec is not first:
            found[spec.source] = TableSpec(first.name, first.source, columns)
    return found


def sql_type(type: Type) -> str | None:
    """DuckDB's own name of a type; None for keys, which are as they are stored."""
    if type.kind is Kind.DECIMAL:
        return f"DECIMAL({type.precision},{type.scale})"
    return _SQL_TYPES.get(type.kind)


def type_of(name: str) -> Type | None:
    """The language's type for one of DuckDB's, or None."""
    match = _DECIMAL.match(name)
    if match:
        return decimal(int(match[1]), int(match[2]))
    return STRING if name.startswith("ENUM(") else _TYPES.get(name)


@contextmanager
def _told(about: str) -> Iterator[None]:
    """Errors of DuckDB as the user's. Ctrl-C, which it takes while it works, is given back."""
    try:
        yield
    except duckdb.InterruptException:
        raise KeyboardInterrupt from None
    except RuntimeError as error:
        if str(error) == "Query interrupted":
            raise KeyboardInterrupt from None
        raise
    except duckdb.Error as error:
        if "expression depth" in str(error):
            raise too_deep() from None
        kind = DataError if isinstance(error, _OF_DATA) else SegdslError
        raise kind(about + _first_line(error), _help(error)) from None


_CLASS = re.compile(r"\A[A-Z][\w ]*? Error: ")
_PATH = re.compile(r"['\"](?:/|[A-Z]:\\)[^'\"]*[/\\]([^'\"/\\]+)['\"]")
_CSV_ERROR = re.compile(r"CSV Error on Line: (\d+)")
_CSV_FILE = re.compile(r"^ *file = (?:.*[/\\])?(.+)$", re.MULTILINE)
_COLUMNS = re.compile(r"Expected Number of Columns: (\d+) Found: (\d+)")


def _first_line(error: duckdb.Error) -> str:
    """What DuckDB says, without the name of its kind of error."""
    text = _CLASS.sub("", str(error), count=1)
    if found := _CSV_ERROR.match(text):
        file = _CSV_FILE.search(text)
        place = f"line {found[1]} of `{file[1]}`" if file else f"line {found[1]} of a CSV file"
        if columns := _COLUMNS.search(text):
            return f"{place} has {columns[2]} values, and there are {columns[1]} columns"
        return (
            f"{place} {'opens a quote that is never closed' if 'unterminated quote' in text else 'is no CSV'}"
        )
    if "magic bytes" in text:
        return "it is no Parquet file, or not all of one"
    line = next((line.strip() for line in text.splitlines() if line.strip()), type(error).__name__)
    line = _PATH.sub(r"`\1`", re.sub(r"\s+", " ", line))
    return line[:1].lower() + line[1:]


_TOO_MANY_DIGITS = "a result has more digits than the 38 that exact numbers may have"
# A number, and not a text as it is stored, that has no room beside the digits after the point of another.
_WIDENED = re.compile(r"cast(ing)? value .* to (type )?DECIMAL\(38,", re.IGNORECASE)


def _help(error: duckdb.Error) -> str | None:
    match error:
        case duckdb.OutOfRangeException():
            return _TOO_MANY_DIGITS
        case duckdb.ConversionException() if _WIDENED.search(str(error)):
            return _TOO_MANY_DIGITS
        case duckdb.ConversionException():
            return (
                "a stored value is not of the type that the catalog declares; `segdsl validate` tells which"
            )
        case duckdb.CatalogException() | duckdb.BinderException():
            return "the data lacks something that the catalog declares; `segdsl validate` compares the two"
        case duckdb.InvalidInputException() if "CSV Error" in str(error):
            return "a value that holds the sign between columns, or a quote, stands in double quotes"
        case duckdb.InvalidInputException() | duckdb.IOException():
            return "is it whole, and of the kind that its name says? Write it again, or name another"
        case duckdb.OutOfMemoryException():
            return "give it more with `--memory-limit`, or ask for fewer segments at once"
        case _:
            return None
