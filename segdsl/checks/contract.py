"""The catalog held against the data: what it declares is looked for, and what breaks it is counted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlglot import exp

from segdsl.diagnostics import Diagnostic, Findings, Severity
from segdsl.diagnostics.wording import listing, suggest
from segdsl.engines import Engine
from segdsl.semantics.catalog import Catalog, Column, Fact, Link, Table
from segdsl.semantics.times import a
from segdsl.semantics.types import Kind, Type
from segdsl.source import Span
from segdsl.sql import numbers, tree
from segdsl.sql.dialects import Dialect, dialect
from segdsl.sql.tree import Expression


@dataclass(frozen=True)
class Promise:
    """A count of rows that must be 0, and what to say, by which rule, where it is not.

    The message is followed by the number of rows: "… in 3 rows". `example` is the least value that breaks it, as
    text, or None where there is none to show or it should not be shown.
    """

    rule: str
    count: Expression
    message: str
    span: Span
    help: str
    severity: Severity = Severity.ERROR
    example: Expression | None = None


_PRIVATE = frozenset(("personal", "sensitive"))
"""Tags of columns whose values are not shown."""
_LONGEST_EXAMPLE = 40


def check_contract(engine: Engine, catalog: Catalog) -> tuple[Findings, bool]:
    """What breaks the catalog, and whether segments can be measured at all: every table and column there, of
    types that can be read. The engine must be lenient, so that what can't be cast is counted."""
    findings = Findings()
    measurable = True
    there: dict[str, Table] = {}
    for table in catalog.tables.values():
        if _is_there(engine, table, findings):
            there[table.name] = table
        else:
            measurable = False
    for table in there.values():
        promises = list(_promises(engine, table, catalog, there))
        if promises:
            measurable &= _count(engine, table, promises, findings)
    return findings, measurable


def _is_there(engine: Engine, table: Table, findings: Findings) -> bool:
    """Whether the table and its columns are stored, in types that can be read."""
    physical = engine.physical_columns(table.source)
    if physical is None:
        near = suggest(table.source, engine.tables())
        has = near or f"the target has {listing(engine.tables()) or 'no tables'}."
        help = f"{has} If it is stored under another name, write `source: …`"
        findings.add(Diagnostic("missing-table", f"the data has no table `{table.source}`", table.span, help))
        return False
    fine = True
    columns = {name.casefold(): found for name, found in physical.items()}
    needed = {c.source: c.span for c in table.columns.values()} | {
        n: table.span for n in sorted(table.unlisted)
    }
    for source, span in needed.items():
        if source.casefold() not in columns:
            has = suggest(source, physical) or f"its columns are {listing(physical)}."
            help = f"{has} If it is stored under another name, write `source: …`"
            message = f"the data of `{table.name}` has no column `{source}`"
            findings.add(Diagnostic("missing-column", message, span, help))
            fine = False
    for column in table.columns.values():
        found = columns.get(column.source.casefold())
        if found and not engine.is_text(table.source) and not engine.holds(found, column.type):
            message = f"`{table.name}.{column.source}` is stored as {found}, not as {column.type}"
            other = engine.type_of(found)
            help = f"declare it as {other}, or store it as {column.type}" if other else "store it as that"
            findings.add(Diagnostic("wrong-column-type", message, column.span, help))
            fine = False
    return fine


def _promises(engine: Engine, table: Table, catalog: Catalog, there: dict[str, Table]) -> Iterator[Promise]:
    for column in table.columns.values():
        yield from _column_promises(engine, table, column)
    if table.key is not None:
        key = tree.column(table.column_source(table.key))
        span = table.columns[table.key].span if table.key in table.columns else table.span
        name = f"{table.name}.{table.key}"
        missing, repeated = _rows(tree.is_null(key)), _repeated(key)
        example = _repeated_example(
            engine, table, table.column_source(table.key), table.columns.get(table.key)
        )
        help = "a key is always known: mend the data, or choose another key"
        yield Promise("unexpected-unknown", missing, f"the key `{name}` is unknown", span, help)
        help = "each row needs a key of its own: mend the data, or choose another key"
        message = f"the key `{name}` is repeated"
        yield Promise("repeated-value", repeated, message, span, help, example=example)
    for link in table.links.values():
        if link.target in there:
            yield from _link_promises(engine, table, link, catalog)


def _column_promises(engine: Engine, table: Table, column: Column) -> Iterator[Promise]:
    spoken = dialect(engine.dialect)
    stored = spoken.read(column.type, tree.column(column.source))
    name = f"{table.name}.{column.name}"
    if column.type.kind is Kind.FLOAT:
        # NaN and infinities are unknown: they break no range, and a promise to be known.
        stored = spoken.finite(stored)
    physical = {n.casefold(): f for n, f in (engine.physical_columns(table.source) or {}).items()}
    raw = tree.column(column.source, "stored")
    test = engine.unreadable(raw, physical.get(column.source.casefold(), ""), column.type)
    if test is not None:
        help = "change the type in the catalog, or mend the data"
        message = f"`{name}` can't be read as {column.type if column.type.kind is Kind.DECIMAL else a(column.type.kind)}"
        example = _example(spoken, test, raw, column)
        yield Promise("unreadable-value", _rows(test), message, column.span, help, example=example)
    if not column.nullable and column.name != table.key:
        help = "remove `nullable: false`, or mend the data"
        message = f"`{name}` is declared known, and unknown"
        yield Promise("unexpected-unknown", _rows(tree.is_null(stored)), message, column.span, help)
    if column.values is not None:
        outside = exp.In(this=stored, expressions=[_literal(spoken, v, column.type) for v in column.values])
        help = "add what is missing to `values`, or mend the data"
        message = f"`{name}` is not among its `values`"
        test = exp.Not(this=outside)
        example = _example(spoken, test, stored, column)
        yield Promise("outside-values", _rows(test), message, column.span, help, example=example)
    for bound, operator, word in ((column.minimum, "<", "min"), (column.maximum, ">", "max")):
        if bound is not None:
            beyond = tree.compare(operator, stored, _literal(spoken, bound, column.type))  # type: ignore[arg-type]
            help = f"change `{word}`, or mend the data"
            message = f"`{name}` is {'below' if word == 'min' else 'above'} its `{word}` of {bound}"
            example = _example(spoken, beyond, stored, column)
            yield Promise("outside-range", _rows(beyond), message, column.span, help, example=example)
    if column.unique:
        help = "remove `unique: true`, or mend the data"
        message = f"`{name}` is declared unique, and repeated"
        example = _repeated_example(engine, table, column.source, column)
        yield Promise("repeated-value", _repeated(stored), message, column.span, help, example=example)


def _link_promises(engine: Engine, table: Table, link: Link, catalog: Catalog) -> Iterator[Promise]:
    spoken = dialect(engine.dialect)
    target = catalog.tables[link.target]
    assert target.key is not None
    mine = tree.column(table.column_source(link.column), "stored")
    keys = exp.Select(expressions=[tree.column(target.column_source(target.key))])
    keys.set("from_", exp.From(this=tree.table(target.source, schema=engine.schema)))
    keys.set("where", exp.Where(this=tree.is_not_null(tree.column(target.column_source(target.key)))))
    lost = exp.Not(this=exp.In(this=mine, query=exp.Subquery(this=keys)))
    example = _example(spoken, lost, mine, table.columns.get(link.column))
    if link.required:
        test = exp.Or(this=tree.is_null(mine), expression=lost)
        help = "remove `required: true`, or mend the data"
        message = f"the required link `{table.name}.{link.name}` points nowhere"
        yield Promise("broken-link", _rows(test), message, link.span, help, example=example)
    else:
        message = f"the link `{table.name}.{link.name}` points nowhere"
        help = "what is reached through it is unknown there"
        yield Promise("dangling-link", _rows(lost), message, link.span, help, Severity.INFO, example)


def _rows(test: Expression) -> Expression:
    return exp.Count(this=tree.case((test.copy(), tree.number(1))))


def _example(
    spoken: Dialect, test: Expression, value: Expression, column: Column | None
) -> Expression | None:
    """The least value of the rows in which a test holds, as text."""
    if column is not None and _PRIVATE & set(column.tags):
        return None
    return exp.Min(this=tree.case((test.copy(), spoken.cast(value.copy(), "VARCHAR"))))


def _repeated_example(engine: Engine, table: Table, source: str, column: Column | None) -> Expression | None:
    """The least value that several rows have, as text."""
    if column is not None and _PRIVATE & set(column.tags):
        return None
    spoken = dialect(engine.dialect)
    twice = exp.Select(expressions=[tree.column(source)])
    twice.set("from_", exp.From(this=tree.table(table.source, schema=engine.schema)))
    twice.set("group", exp.Group(expressions=[tree.column(source)]))
    several = exp.GT(this=exp.Count(this=tree.column(source)), expression=tree.number(1))
    twice.set("having", exp.Having(this=several))
    least = exp.Select(expressions=[exp.Min(this=spoken.cast(tree.column(source), "VARCHAR"))])
    least.set(
        "from_", exp.From(this=exp.Subquery(this=twice, alias=exp.TableAlias(this=tree.identifier("twice"))))
    )
    return exp.Subquery(this=least)


def _repeated(column: Expression) -> Expression:
    distinct = exp.Count(this=exp.Distinct(expressions=[column.copy()]))
    return tree.arithmetic("-", exp.Count(this=column), distinct)


def _literal(spoken: Dialect, value: Fact, type: Type) -> Expression:
    match value:
        case bool():
            return spoken.boolean(value)
        case int() | Decimal():
            return spoken.literal(value, type.scale)
        case float():
            return numbers.float_literal(spoken, value)
        case datetime():
            return spoken.moment(value)
        case date():
            return spoken.day(value)
        case str():
            return spoken.text(value)


def _count(engine: Engine, table: Table, promises: list[Promise], findings: Findings) -> bool:
    """Counts what breaks the promises, in one statement; whether every value could be read."""
    readable = True
    of_raw = [promise for promise in promises if promise.rule == "unreadable-value"]
    for relation, chosen in (
        (engine.raw(table.source), of_raw),
        (tree.table(table.source, schema=engine.schema), [each for each in promises if each not in of_raw]),
    ):
        if not chosen:
            continue
        counts = _ask(engine, relation, [each.count for each in chosen])
        broken = [(promise, rows) for promise, rows in zip(chosen, counts, strict=True) if rows]
        examples = _ask(engine, relation, [each.example or exp.Null() for each, _ in broken])
        for (promise, rows), example in zip(broken, examples, strict=True):
            message = f"{promise.message} in {rows:,} row{'s' * (rows != 1)}{_such_as(example)}"
            findings.add(Diagnostic(promise.rule, message, promise.span, promise.help, promise.severity))
            readable &= promise not in of_raw
    return readable


def _ask(engine: Engine, relation: Expression, wanted: list[Expression]) -> list[Any]:
    """The values of aggregates over a relation, in one statement."""
    if not wanted:
        return []
    select = exp.Select(expressions=[tree.named(each, f"value_{n}") for n, each in enumerate(wanted)])
    select.set("from_", exp.From(this=exp.alias_(relation.copy(), "stored", table=True)))
    row = engine.execute(select.limit(1)).to_pylist()[0]
    return [row[f"value_{n}"] for n in range(len(wanted))]


def _such_as(example: str | None) -> str:
    if example is None:
        return ""
    shown = example if len(example) <= _LONGEST_EXAMPLE else example[: _LONGEST_EXAMPLE - 1] + "…"
    return f", such as `{shown}`"
