"""Names of tables and columns that are words of SQL."""

from __future__ import annotations

import duckdb

from segdsl.sql import tree

STATEMENTS = (
    "SELECT a, {0}, b FROM (SELECT 1 AS a, 2 AS {0}, 3 AS b) AS t",
    "SELECT {0} FROM (SELECT 2 AS {0}) AS t WHERE {0} = 2 AND NOT {0} IN (4, 5) AND {0} IS NOT NULL",
    "SELECT t.{0} AS {0}, {0}.{0} FROM (SELECT 2 AS {0}) AS t, (SELECT 1 AS {0}) AS {0} ORDER BY t.{0}",
    "WITH {0} AS (SELECT 1 AS {0}) SELECT max({0}) AS {0} FROM {0} GROUP BY {0}.{0}",
    "WITH {0} AS (SELECT 1 AS {0}), s AS (SELECT 1 AS k) SELECT s.k FROM s LEFT JOIN {0} ON {0} = k",
    "SELECT CAST({0} AS BIGINT), -{0}, CASE WHEN {0} = 1 THEN {0} ELSE {0} END AS {0} FROM (SELECT 1 AS {0})",
    "CREATE OR REPLACE VIEW {0} AS SELECT {0} FROM (SELECT 1 AS {0})",
)


def test_every_word_of_duckdb_can_name_a_column() -> None:
    refused = []
    with duckdb.connect() as connection:
        words = [word for (word,) in connection.sql("SELECT keyword_name FROM duckdb_keywords()").fetchall()]
        for word in words:
            # Not written by sqlglot, which knows some of the words itself, and more of them in later versions.
            name = f'"{word}"' if tree.identifier(word).args["quoted"] else word
            try:
                for statement in STATEMENTS:
                    connection.execute(statement.format(name))
            except duckdb.Error:
                refused.append(word)
    assert refused == []
    assert {"select", "at", "name"} <= set(words)
