"""From the records of catalog files to the bound catalog, and from parameters to constants."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from segdsl.diagnostics import Diagnostic, Findings, SegdslError
from segdsl.diagnostics.wording import known, listing, suggest
from segdsl.semantics import advice, ir
from segdsl.semantics.catalog import Attribute, Catalog, Column, Fact, Link, Table
from segdsl.semantics.literals import constant, read_parameter_type, read_value
from segdsl.semantics.types import STRING, Kind, Type, parse_type
from segdsl.source import Span

if TYPE_CHECKING:
    from segdsl.files.models import AttributeRecord, ColumnRecord, LinkRecord, ParamRecord, TableRecord
    from segdsl.files.values import Text

Parameters = Mapping[str, ir.Constant | tuple[ir.Constant, ...] | None]
"""Constants by name, lists as tuples; None where what is wrong with a parameter has been told."""
Given = str | tuple[str, ...]
"""The text of a parameter's value from outside the files, or the texts of a list's items."""


def bind_catalog(
    records: Mapping[str, TableRecord],
    timezone: str,
    findings: Findings,
    faulty: Iterable[str] = (),
    whole: bool = True,
) -> Catalog:
    """The catalog. `faulty` tables are declared but could not be read; it is not `whole` if a file could not."""
    tables = {name: _table(name, record, timezone, findings) for name, record in records.items()}
    catalog = Catalog(tables, timezone, frozenset(faulty), whole)
    for name, record in records.items():
        _check_table(catalog, tables[name], record, findings)
    return catalog


def _table(name: str, record: TableRecord, zone: str, findings: Findings) -> Table:
    columns: dict[str, Column] = {}
    for column_name, column_record in record.columns.items():
        column = _column(column_name, column_record, zone, findings)
        if column is not None:
            columns[column_name] = column
    return Table(
        name,
        record.source or name,
        record.name_span,
        record.key,
        record.entity,
        tuple(record.time.split(".")) if record.time else None,
        record.at("time"),
        columns,
        {n: _link(n, link) for n, link in record.links.items()},
        {n: _attribute(n, attribute) for n, attribute in record.attributes.items()},
        frozenset(record.columns) - frozenset(columns),
    )


def _link(name: str, record: LinkRecord) -> Link:
    return Link(name, record.column, record.table, record.required, record.name_span)


def _attribute(name: str, record: AttributeRecord) -> Attribute:
    return Attribute(name, record.expr.fragment, record.name_span, record.min, record.max, tuple(record.tags))


def _column(name: str, record: ColumnRecord, zone: str, findings: Findings) -> Column | None:
    type = parse_type(record.type)
    if type is None:
        findings.add(_wrong_type_name(record.type, record.at("type")))
        return None

    def fact(text: str, at: Span) -> Fact | None:
        value = read_value(text, type, zone)
        if value is None:
            findings.add(_wrong_value(text, type, f"`{name}`", at))
        return value

    values = None
    if record.values is not None:
        read = [fact(text, text.span) for text in record.values]
        values = tuple(value for value in read if value is not None)
    minimum = fact(record.min, record.at("min")) if record.min is not None else None
    maximum = fact(record.max, record.at("max")) if record.max is not None else None
    for bound in ("min", "max"):
        if record.has(bound) and not type.is_ordered:
            message = f"`{name}` is {type}, which has no order, so it has no `{bound}`"
            help = f"remove `{bound}`" + ("; which texts there are, `values` tells" if type == STRING else "")
            findings.add(Diagnostic("wrong-type", message, record.at(bound), help))
    if minimum is not None and maximum is not None and minimum > maximum:  # type: ignore[operator]
        message = f"the `min` of `{name}` is above its `max`, so no value fits"
        findings.add(Diagnostic("wrong-value", message, record.at("min"), "exchange the two"))
    return Column(
        name, type, record.source or name, record.name_span, record.nullable, values, minimum, maximum,
        record.unique, tuple(record.tags),
    )  # fmt: skip


def _check_table(catalog: Catalog, table: Table, record: TableRecord, findings: Findings) -> None:
    """Keys, links and times that do not fit."""
    if table.key is not None and table.key in table.columns:
        kind = table.columns[table.key].type.kind
        if kind not in (Kind.INTEGER, Kind.STRING):
            message = f"the key `{table.key}` is a {kind}"
            findings.add(
                Diagnostic("wrong-type", message, record.at("key"), "a key is an integer or a string")
            )
    for link in table.links.values():
        target = catalog.tables.get(link.target)
        at = record.links[link.name].at("table")
        if target is None and not catalog.may_have(link.target):
            help = suggest(link.target, catalog.tables) or known("table", catalog.tables)
            findings.add(Diagnostic("unknown-name", f"there is no table `{link.target}`", at, help))
        elif target is not None and target.key is None:
            message = f"`{link.target}` has no key, so nothing can link to it"
            help = f"add `key: …` to the table `{link.target}`"
            findings.add(Diagnostic("table-without-key", message, at, help))
        elif target is not None and target.key is not None and link.column in table.columns:
            mine, its = table.column_type(link.column), target.column_type(target.key)
            if Kind.KEY not in (mine.kind, its.kind) and mine != its:
                message = f"`{link.column}` is {mine}, and the key `{link.target}.{target.key}` is {its}"
                at = record.links[link.name].at("column")
                help = "give both columns one type: a link leads from a value to the same value"
                findings.add(Diagnostic("wrong-type", message, at, help))
    for name, attribute in table.attributes.items():
        other = "column" if name in record.columns else "link" if name in table.links else None
        if other is not None:
            message = f"`{name}` is already a {other} of `{table.name}`"
            findings.add(Diagnostic("duplicate-name", message, attribute.span, "rename the attribute"))
    _check_time(catalog, table, findings)


def _check_time(catalog: Catalog, table: Table, findings: Findings) -> None:
    if table.time is None:
        return
    here = table
    for position, name in enumerate(table.time[:-1]):
        link = here.links.get(name)
        if link is None:
            help = suggest(name, here.links) or f"`{here.name}` has {_links(here)}"
            message = f"`{here.name}` has no link `{name}`"
            findings.add(Diagnostic("unknown-name", message, _part(table, position), help))
            return
        if link.target not in catalog.tables:
            return
        here = catalog.tables[link.target]
    last, at = table.time[-1], _part(table, len(table.time) - 1)
    if last in here.faulty:
        return
    if last not in here.columns:
        times = [column.name for column in here.columns.values() if column.type.is_time]
        help = suggest(last, here.columns) or f"`{here.name}` has {listing(times) or 'no date or timestamp'}"
        findings.add(Diagnostic("unknown-name", f"`{here.name}` has no column `{last}`", at, help))
    elif not here.columns[last].type.is_time:
        message = f"`{last}` is {here.columns[last].type}, not a time"
        findings.add(Diagnostic("wrong-type", message, at, "use a date or timestamp column"))


def _links(table: Table) -> str:
    return f"the links {listing(table.links)}" if table.links else "no links"


def _part(table: Table, position: int) -> Span | None:
    """The place of one name in the path of `time`; of the whole path where it is quoted or escaped."""
    assert table.time is not None
    span = table.time_span
    if span is None or span.text != ".".join(table.time):
        return span
    start = span.start + sum(len(name) + 1 for name in table.time[:position])
    return span.file.span(start, start + len(table.time[position]))


def bind_parameters(
    records: Mapping[str, ParamRecord], given: Mapping[str, Given], zone: str, findings: Findings
) -> Parameters:
    """The constants of parameters: from `given` (the run's own texts), else from the default.

    Raises SegdslError where a given text is not of the parameter's type: that is no fault of a file.
    """
    bound: dict[str, ir.Constant | tuple[ir.Constant, ...] | None] = dict.fromkeys(records)
    for name, record in records.items():
        kind = read_parameter_type(record.type)
        if kind is None:
            findings.add(_wrong_type_name(record.type, record.at("type")))
            continue
        type, is_list = kind
        if name in given:
            bound[name] = _given(name, given[name], type, is_list, zone)
            continue
        if record.default is None:
            message = f"`${name}` has no value"
            help = f"give it a `default:`, or a value with `--param {name}=…`"
            findings.add(Diagnostic("parameter-without-value", message, record.name_span, help))
            continue
        if is_list != isinstance(record.default, tuple):
            message = f"the default of `${name}` must be {'a list' if is_list else 'one value'}"
            shown = " ".join(record.at("default").text.split())
            help = f"write `[{shown}]`" if is_list else f"write one value, or the type `list({type})`"
            findings.add(Diagnostic("wrong-type", message, record.at("default"), help))
            continue
        texts = record.default if isinstance(record.default, tuple) else (record.default,)
        values = [_parameter(text, name, type, zone, findings) for text in texts]
        known = tuple(value for value in values if value is not None)
        if is_list and not values:
            message = f"the list `${name}` is empty"
            findings.add(Diagnostic("wrong-value", message, record.at("default"), "put a value in it"))
        elif len(known) == len(values):
            bound[name] = known if is_list else known[0]
    return bound


def _given(
    name: str, given: Given, type: Type, is_list: bool, zone: str
) -> ir.Constant | tuple[ir.Constant, ...]:
    """The value of a parameter from outside the files; the items of a list stand between commas."""
    texts = [given] if isinstance(given, str) else list(given)
    if is_list and isinstance(given, str):
        texts = next(csv.reader(io.StringIO(given), skipinitialspace=True), [])
    if is_list or type.kind is not Kind.STRING:
        texts = [text.strip() for text in texts]
    shown = f"`--param {name}={given if isinstance(given, str) else ','.join(given)}`"
    if not texts or (not is_list and len(texts) != 1):
        raise SegdslError(f"{shown}: `{name}` takes {'at least one value' if is_list else 'one value'}")
    values = []
    for text in texts:
        value = read_value(text, type, zone)
        if value is None:
            what = f"list of {type}, with commas between" if is_list else str(type)
            message = f"{shown}: `{text}` is not {_article(type)}"
            raise SegdslError(message, f"the type of `{name}` is {what}: {advice.of_type(type)}")
        values.append(constant(value, type))
    return tuple(values) if is_list else values[0]


def _parameter(text: Text, name: str, type: Type, zone: str, findings: Findings) -> ir.Constant | None:
    value = read_value(text, type, zone)
    if value is not None:
        return constant(value, type)
    # What holds `${` has been told: variables are for targets alone.
    if "${" not in text:
        findings.add(_wrong_value(text, type, f"`${name}`", text.span))
    return None


def _wrong_type_name(text: str, at: Span) -> Diagnostic:
    problem = advice.type_name(text)
    if problem.too_many_digits:
        return Diagnostic("too-many-digits", problem.message, at, problem.help)
    return Diagnostic("unknown-name", problem.message, at, problem.help)


def _wrong_value(text: str, type: Type, name: str, at: Span) -> Diagnostic:
    message = f"`{text}` is not {_article(type)}, and {name} is declared as {type}"
    return Diagnostic("wrong-value", message, at, advice.of_type(type))


def _article(type: Type) -> str:
    return f"{'an' if type.kind is Kind.INTEGER else 'a'} {type}"
