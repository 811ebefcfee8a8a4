"""MariaDB: a server of its own from Debian's package `mariadb-server`, in a folder that is gone afterwards."""

from __future__ import annotations

import math
import os
import shutil
import subprocess
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pymysql  # type: ignore[import-untyped]
from sqlglot import exp

from segdsl.semantics.types import Kind, Type
from tests.engines.rigs import Unavailable
from tests.engines.rigs.base import Stored
from tests.spec.cases import Value

_TYPES = {
    Kind.BOOLEAN: "TINYINT(1)",
    Kind.INTEGER: "BIGINT",
    Kind.FLOAT: "DOUBLE",
    Kind.STRING: "VARCHAR(255)",
    Kind.DATE: "DATE",
    Kind.TIMESTAMP: "DATETIME(6)",
    Kind.TIMESTAMPTZ: "DATETIME(6)",
}
_PROGRAMS = ("mariadbd", "mariadb-install-db", "mariadb-tzinfo-to-sql", "mariadb")
_ZONES = "/usr/share/zoneinfo"


class MariaDBRig:
    """Text has the collation that a server has by default, which knows no letter case, accents or trailing blanks;
    the time zone tables are filled."""

    dialect = "mysql"
    too_many_digits = ("value is out of range",)
    longest_name = 64

    def __init__(self) -> None:
        programs = {name: shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin") for name in _PROGRAMS}
        missing = [name for name, found in programs.items() if found is None]
        if missing:
            raise Unavailable(f"there is no {missing[0]}: apt-get install mariadb-server")
        self.folder = Path(mkdtemp(prefix="segdsl-mariadb-"))
        self._server: subprocess.Popen[bytes] | None = None
        self.connection: Any = None
        try:
            self._start({name: str(found) for name, found in programs.items()})
        except BaseException:
            self.close()
            raise

    def _start(self, programs: dict[str, str]) -> None:
        data, socket = self.folder / "data", self.folder / "socket"
        # As root, a server refuses to run as whoever asks: then it runs as the user of the package.
        user = ["--user=mysql"] if os.getuid() == 0 else []
        if user:
            shutil.chown(self.folder, "mysql")
        install = [programs["mariadb-install-db"], "--no-defaults", f"--datadir={data}", "--skip-test-db"]
        options = ["--auth-root-authentication-method=normal", *user]
        subprocess.run([*install, *options], check=True, capture_output=True)
        with (self.folder / "log").open("wb") as log:
            self._server = subprocess.Popen(
                [
                    *(programs["mariadbd"], "--no-defaults", f"--datadir={data}", f"--socket={socket}"),
                    *("--skip-networking", "--innodb-flush-log-at-trx-commit=0", *user),
                ],
                stdout=log,
                stderr=log,
            )
        self.connection = self._connected(socket)
        zones = subprocess.run([programs["mariadb-tzinfo-to-sql"], _ZONES], check=True, capture_output=True)
        subprocess.run(
            [programs["mariadb"], "--no-defaults", f"--socket={socket}", "--user=root", "mysql"],
            input=zones.stdout,
            check=True,
            capture_output=True,
        )
        self._run("CREATE DATABASE segdsl CHARACTER SET utf8mb4")
        self._run("USE segdsl")
        self._loaded: list[str] = []

    def _connected(self, socket: Path) -> Any:
        for _ in range(150):
            try:
                return pymysql.connect(
                    unix_socket=str(socket), user="root", charset="utf8mb4", autocommit=True
                )
            except pymysql.err.OperationalError:
                time.sleep(0.1)
        raise Unavailable(f"mariadbd does not start: {(self.folder / 'log').read_text()[-1000:]}")

    def load(self, tables: Sequence[Stored]) -> None:
        for name in self._loaded:
            self._run(f"DROP TABLE {name}")
        self._loaded = []
        for table in tables:
            name = _quoted(table.name)
            columns = ", ".join(f"{_quoted(column)} {_declared(type)}" for column, type in table.columns)
            self._run(f"CREATE TABLE {name} ({columns}) ENGINE = MEMORY")
            self._loaded.append(name)
            marks = ", ".join(["%s"] * len(table.columns))
            rows = [tuple(_written(value) for value in row) for row in table.rows]
            with self.connection.cursor() as cursor:
                cursor.executemany(f"INSERT INTO {name} VALUES ({marks})", rows)

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        return [
            tuple(value.decode() if isinstance(value, bytes) else value for value in row)
            for row in self._run(sql)
        ]

    def _run(self, sql: str) -> list[tuple[Any, ...]]:
        with self.connection.cursor() as cursor:
            cursor.execute(sql)
            return list(cursor.fetchall())

    def close(self) -> None:
        if self.connection is not None:
            self.connection.close()
        if self._server is not None:
            self._server.terminate()
            self._server.wait(30)
        shutil.rmtree(self.folder, ignore_errors=True)


def _quoted(name: str) -> str:
    return exp.to_identifier(name, quoted=True).sql("mysql")


def _declared(type: Type) -> str:
    if type.kind is Kind.DECIMAL:
        return f"DECIMAL({type.precision}, {type.scale})"
    return _TYPES[type.kind]


def _written(value: Value) -> Any:
    match value:
        case float() if not math.isfinite(value):
            # No double there is infinite or not a number: it is unknown.
            return None
        case datetime(tzinfo=zone) if zone is not None:
            return value.astimezone(UTC).replace(tzinfo=None)
        case _:
            return value
