"""The other end of `snowflake.py`, run by a Python that has `fakesnow` and not segdsl: a line of JSON for each thing
that is asked, and one for each answer."""

from __future__ import annotations

import json
import os
import sys
from typing import Any

import fakesnow  # type: ignore[import-not-found, unused-ignore]
import snowflake.connector  # type: ignore[import-not-found, unused-ignore]


def main() -> None:
    # Nothing but answers may get into the pipe.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    with fakesnow.patch():
        connection = snowflake.connector.connect(database="tests", schema="public")
        for line in sys.stdin:
            try:
                answer = {"rows": answered(connection, json.loads(line))}
            except Exception as error:
                answer = {"error": f"{type(error).__name__}: {error}"}
            answers.write(json.dumps(answer, default=str) + "\n")
            answers.flush()


def answered(connection: Any, message: dict[str, Any]) -> list[Any]:
    """The rows of a `statement`; or nothing, of one for the DuckDB beneath (`past`), once or for each of `rows`."""
    if "past" in message:
        beneath = connection._duck_conn
        if "rows" in message:
            beneath.executemany(message["past"], message["rows"])
        else:
            beneath.execute(message["past"])
        return []
    rows: list[Any] = connection.cursor().execute(message["statement"]).fetchall()
    return rows


if __name__ == "__main__":
    main()
