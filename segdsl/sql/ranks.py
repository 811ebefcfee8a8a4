"""Rankings as side queries: one row for each row that is ranked, with how many are below and above it."""

from __future__ import annotations

from sqlglot import exp

from segdsl.planner.names import Names, plain, subject
from segdsl.planner.plan import RankTable
from segdsl.semantics import ir
from segdsl.sql import expressions, times, tree
from segdsl.sql.context import Context
from segdsl.sql.relations import TableRow
from segdsl.sql.tree import Expression


def rank_query(context: Context, ranks: RankTable) -> exp.Select:
    """The key of each ranked row and what is asked for of its standing, over the whole population."""
    ranking = ranks.ranking
    population = ranking.population
    row = TableRow(context, population.table)
    key = tree.column(population.table.key_source or "", row.base)
    by = expressions.of_value(ranking.by, row)
    groups = [row.dialect.partition(each.type, expressions.of_value(each, row)) for each in ranking.per]
    tests: list[Expression] = []
    if population.time is not None:
        moment = expressions.of_time(population.time, row)
        tests += times.between_days(row.dialect, population.time, moment, None, context.plan.as_of)
    if ir.is_nullable(ranking.by):
        tests.append(tree.is_not_null(by.copy()))
    if ranking.among is not None:
        tests.append(expressions.of_condition(ranking.among, row))
    if row.dialect.ranks_columns and not all(isinstance(each, exp.Column) for each in (by, *groups)):
        return _of_columns(ranks, row, by, groups, tests)
    columns = [tree.named(key, ranks.key_column), *_standings(ranks, by, groups)]
    return row.select(columns, tests, [])


def _of_columns(
    ranks: RankTable, row: TableRow, by: Expression, groups: list[Expression], tests: list[Expression]
) -> exp.Select:
    """The same with what is ranked, and its groups, computed first."""
    names = Names([ranks.key_column, *ranks.columns.values()])
    value = names.take(plain(subject(ranks.ranking.by)))
    group_names = [names.take(plain(subject(each))) for each in ranks.ranking.per]
    made = [tree.named(each, name) for each, name in zip((by, *groups), (value, *group_names), strict=True)]
    key = tree.named(tree.column(ranks.key_column, row.base), ranks.key_column)
    standings = _standings(ranks, tree.column(value), [tree.column(name) for name in group_names])
    ranked = exp.Select(expressions=[tree.column(ranks.key_column), *standings])
    alias = exp.TableAlias(this=tree.identifier("ranked"))
    ranked.set("from_", exp.From(this=exp.Subquery(this=row.select([key, *made], tests, []), alias=alias)))
    return ranked


def _standings(ranks: RankTable, by: Expression, groups: list[Expression]) -> list[Expression]:
    return [tree.named(_standing(which, by, groups), name) for which, name in ranks.columns.items()]


def _standing(which: str, by: Expression, groups: list[Expression]) -> Expression:
    """Equal values share a rank, so that one less than it is how many are strictly on the other side."""
    partition = [group.copy() for group in groups]
    if which == "known":
        return exp.Window(this=exp.Count(this=exp.Star()), partition_by=partition)
    order = exp.Order(expressions=[exp.Ordered(this=by.copy(), desc=which == "above")])
    rank = exp.Window(this=exp.Rank(), partition_by=partition, order=order)
    return tree.arithmetic("-", rank, tree.number(1))
