"""The catalog held against the data: what it declares is looked for, and what breaks it is counted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlglot import exp

from segdsl.diagnostics import Diagnostic, Findings, Severity
from segdsl.engines.duckdb import DuckDBEngine, sql_type, type_of
from segdsl.semantics.catalog import Catalog, Column, Fact, Link, Table
from segdsl.semantics.scope import listing, suggest
from segdsl.semantics.types import Kind, Type
from segdsl.source import Span
from segdsl.sql import tree
from segdsl.sql.tree import Expression


@dataclass(frozen=True)
class Rule:
    """A count of rows that must be 0, and what to say where it is not."""

    count: Expression
    message: str
    span: Span
    help: str
    severity: Severity = Severity.ERROR


def check_contract(engine: DuckDBEngine, catalog: Catalog) -> tuple[Findings, bool]:
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
        rules = list(_rules(engine, table, catalog, there))
        if rules:
            measurable &= _count(engine, table, rules, findings)
    return findings, measurable


def _is_there(engine: DuckDBEngine, table: Table, findings: Findings) -> bool:
    """Whether the table and its columns are stored, in types that can be read."""
    physical = engine.physical_columns(table.source)
    if physical is None:
        help = (
            suggest(table.source, engine.tables())
            or f"the target has {listing(engine.tables()) or 'no tables'}"
        )
        findings.add(Diagnostic("missing-table", f"the data has no table `{table.source}`", table.span, help))
        return False
    fine = True
    columns = {name.casefold(): found for name, found in physical.items()}
    needed = {c.source: c.span for c in table.columns.values()} | {
        n: table.span for n in sorted(table.unlisted)
    }
    for source, span in needed.items():
        if source.casefold() not in columns:
            help = suggest(source, physical) or f"its columns are {listing(physical)}"
            message = f"the data of `{table.name}` has no column `{source}`"
            findings.add(Diagnostic("missing-column", message, span, help))
            fine = False
    for column in table.columns.values():
        found = columns.get(column.source.casefold())
        if found and not engine.is_text(table.source) and not _readable(found, column.type):
            message = f"`{table.name}.{column.source}` is stored as {found}, not as {column.type}"
            help = "change the type in the catalog, or the data"
            findings.add(Diagnostic("wrong-column-type", message, column.span, help))
            fine = False
    return fine


def _readable(stored: str, declared: Type) -> bool:
    """Whether the stored type holds values of the declared one; numbers are checked value by value."""
    if stored == sql_type(declared):
        return True
    found = type_of(stored)
    if stored in ("HUGEINT", "UBIGINT", "UHUGEINT"):
        return declared.is_number
    if found is None:
        return False
    return found.kind is declared.kind or (found.is_number and declared.is_number)


def _rules(engine: DuckDBEngine, table: Table, catalog: Catalog, there: dict[str, Table]) -> Iterator[Rule]:
    for column in table.columns.values():
        yield from _column_rules(engine, table, column)
    if table.key is not None:
        key = tree.column(table.column_source(table.key))
        span = table.columns[table.key].span if table.key in table.columns else table.span
        name = f"{table.name}.{table.key}"
        yield Rule(
            _rows(tree.is_null(key)), f"the key `{name}` is unknown in {{}}", span, "a key is always known"
        )
        yield Rule(
            _repeated(key),
            f"the key `{name}` is not unique: {{}} too many",
            span,
            "each row needs a key of its own",
        )
    for link in table.links.values():
        if link.target in there:
            yield from _link_rules(table, link, catalog)


def _column_rules(engine: DuckDBEngine, table: Table, column: Column) -> Iterator[Rule]:
    stored, name = tree.column(column.source), f"{table.name}.{column.name}"
    physical = {n.casefold(): f for n, f in (engine.physical_columns(table.source) or {}).items()}
    if physical.get(column.source.casefold()) != sql_type(column.type):
        raw = tree.column(column.source, "stored")
        yield Rule(
            _unreadable(raw, column.type), f"`{name}` can't be read as {column.type} in {{}}", column.span,
            "change the type in the catalog, or mend the data",
        )  # fmt: skip
    if not column.nullable and column.name != table.key:
        help = "remove `nullable: false`, or mend the data"
        yield Rule(
            _rows(tree.is_null(stored)), f"`{name}` is declared known, and unknown in {{}}", column.span, help
        )
    if column.values is not None:
        outside = exp.In(this=stored, expressions=[_literal(v, column.type) for v in column.values])
        help = "add what is missing to `values`, or mend the data"
        yield Rule(
            _rows(exp.Not(this=outside)), f"`{name}` is not among its `values` in {{}}", column.span, help
        )
    for bound, operator, word in ((column.minimum, "<", "min"), (column.maximum, ">", "max")):
        if bound is not None:
            beyond = tree.compare(operator, stored, _literal(bound, column.type))  # type: ignore[arg-type]
            help = f"change `{word}`, or mend the data"
            yield Rule(_rows(beyond), f"`{name}` passes its `{word}` of {bound} in {{}}", column.span, help)
    if column.unique:
        yield Rule(
            _repeated(stored), f"`{name}` is declared unique: {{}} too many", column.span,
            "remove `unique: true`, or mend the data",
        )  # fmt: skip


def _link_rules(table: Table, link: Link, catalog: Catalog) -> Iterator[Rule]:
    target = catalog.tables[link.target]
    assert target.key is not None
    mine = tree.column(table.column_source(link.column), "stored")
    keys = exp.Select(expressions=[tree.column(target.column_source(target.key))])
    keys.set("from_", exp.From(this=tree.table(target.source)))
    keys.set("where", exp.Where(this=tree.is_not_null(tree.column(target.column_source(target.key)))))
    lost = exp.Not(this=exp.In(this=mine, query=exp.Subquery(this=keys)))
    if link.required:
        test = exp.Or(this=tree.is_null(mine), expression=lost)
        help = "remove `required: true`, or mend the data"
        yield Rule(
            _rows(test),
            f"the required link `{table.name}.{link.name}` points nowhere in {{}}",
            link.span,
            help,
        )
    else:
        yield Rule(
            _rows(lost), f"the link `{table.name}.{link.name}` points nowhere in {{}}", link.span,
            "what is reached through it is unknown there", Severity.INFO,
        )  # fmt: skip


def _rows(test: Expression) -> Expression:
    return exp.Count(this=tree.case((test, tree.number(1))))


def _repeated(column: Expression) -> Expression:
    distinct = exp.Count(this=exp.Distinct(expressions=[column.copy()]))
    return tree.arithmetic("-", exp.Count(this=column), distinct)


def _unreadable(raw: Expression, type: Type) -> Expression:
    """Stored values that are lost or changed when read as the declared type."""
    wanted = exp.DataType.build(sql_type(type) or "VARCHAR", dialect="duckdb")
    read = exp.TryCast(this=raw.copy(), to=wanted)
    test: Expression = tree.is_null(read)
    if type.kind in (Kind.DECIMAL, Kind.INTEGER):
        number = exp.TryCast(this=raw.copy(), to=exp.DataType.build("DOUBLE", dialect="duckdb"))
        difference = exp.Abs(this=exp.Sub(this=number, expression=tree.cast(read.copy(), "DOUBLE")))
        # Doubles carry noise far below a unit of the last digit; more is a digit that would be lost.
        noise = exp.Literal.number(f"{10 ** -(type.scale + 4):.{type.scale + 4}f}")
        test = exp.Or(this=test, expression=tree.compare(">", difference, noise))
    return _rows(exp.And(this=tree.is_not_null(raw.copy()), expression=exp.Paren(this=test)))


def _literal(value: Fact, type: Type) -> Expression:
    from segdsl.sql import numbers

    match value:
        case bool():
            return exp.Boolean(this=value)
        case int() | Decimal():
            return numbers.exact_literal(value, type.scale)
        case float():
            return numbers.float_literal(value)
        case datetime():
            return tree.moment(value)
        case date():
            return tree.day(value)
        case str():
            return tree.text(value)


def _count(engine: DuckDBEngine, table: Table, rules: list[Rule], findings: Findings) -> bool:
    """Counts what breaks the rules, in one statement; whether every value could be read."""
    readable = True
    of_raw = [rule for rule in rules if "can't be read" in rule.message]
    for relation, chosen in (
        (engine.raw(table.source), of_raw),
        (tree.table(table.source), [r for r in rules if r not in of_raw]),
    ):
        if not chosen:
            continue
        select = exp.Select(
            expressions=[tree.named(rule.count, f"broken_{number}") for number, rule in enumerate(chosen)]
        )
        select.set("from_", exp.From(this=exp.alias_(relation, "stored", table=True)))
        counts = engine.execute(select).to_pylist()[0]
        for number, rule in enumerate(chosen):
            rows = counts[f"broken_{number}"]
            if rows:
                message = rule.message.format(f"{rows:,} row{'s' * (rows != 1)}")
                findings.add(Diagnostic("contract", message, rule.span, rule.help, rule.severity))
                readable &= rule not in of_raw
    return readable
