"""Explanations as pages for a terminal, or as plain text where they are piped."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console
from rich.text import Text

from segdsl.diagnostics.rule import Rule
from segdsl.report.english import words
from segdsl.report.english.text import Item
from segdsl.report.explanation import Explanation
from segdsl.report.reads import ColumnRead
from segdsl.report.tables import plain_table, print_table

_STYLES = {"name": "bold", "code": "cyan", "": ""}


def show_explanation(explanation: Explanation, console: Console) -> None:
    """Prints what is meant, what is read and the SQL."""
    for line in _heading(explanation):
        _print_wrapped(console, line)
    _section(console, f"Meaning, as of {words.day(explanation.as_of)}")
    _print_item(console, explanation.english.meaning)
    if explanation.english.definitions:
        console.print(Text("\nwhere", "dim"))
        for item in explanation.english.definitions:
            _print_item(console, item, bullet="- ")
    _section(console, "Reads")
    _print_reads(console, explanation.reads)
    if explanation.segments or explanation.used_by:
        _section(console, "Segments")
        for label, names in (("refers to", explanation.segments), ("used by", explanation.used_by)):
            if names:
                _print_wrapped(console, Text(f"{label} {words.listed(names)}"))
    if explanation.cuts:
        _section(console, "Tiles as they are now")
        for cut in explanation.cuts:
            _print_wrapped(console, Text(f"{cut.rank} = {cut.frozen or f'no band: {cut.why}'}"))
    if explanation.sql is not None:
        _section(console, "SQL")
        console.print(Text(explanation.sql), soft_wrap=True)


def show_rule(rule: Rule, console: Console) -> None:
    """Prints a rule of the published table, with an example that breaks it and one that does not."""
    console.print(Text.assemble((rule.name, "bold"), f" ({rule.severity})"))
    _print_wrapped(console, Text(rule.summary))
    _section(console, "Why")
    _print_wrapped(console, Text(rule.why))
    for title, example in (("Found in", rule.example), ("Mended", rule.mended)):
        _section(console, f"{title}{f' {_PLACES[rule.place]}' if title == 'Found in' else ''}")
        for line in example.rstrip("\n").split("\n"):
            console.print(Text(f"  {line}".rstrip()), soft_wrap=True)


_PLACES = {
    "segdsl.yaml": "segdsl.yaml",
    "catalog": "a catalog file",
    "segments": "a segment file",
    "expression": "an expression",
    "csv": "the data (CSV)",
    "parquet": "the data (columns of a Parquet file)",
    "tsql": "a condition, compiled for SQL Server",
}


def _section(console: Console, title: str) -> None:
    console.print()
    console.print(Text(title.upper() if not console.is_terminal else title, "bold underline"))


def _heading(explanation: Explanation) -> Iterable[Text]:
    if explanation.name is not None:
        title = words.flat(explanation.title or words.spoken(explanation.name))
        yield Text.assemble((title, "bold"), f" ({explanation.name})")
        if explanation.description:
            yield Text(words.flat(explanation.description))
    facts = [f"about {explanation.entity}"]
    facts += [f"owner {words.flat(explanation.owner)}"] if explanation.owner else []
    facts += [f"tags {', '.join(map(words.flat, explanation.tags))}"] if explanation.tags else []
    yield Text(" · ".join(facts), "dim")


def _print_item(console: Console, item: Item, indent: int = 0, bullet: str = "") -> None:
    if console.is_terminal:
        text = Text.assemble(*((piece, _STYLES[sort]) for sort, piece in words.pieces(item.text)))
        shown = bullet.replace("-", "•")
    else:
        text, shown = Text(words.to_markdown(item.text)), bullet
    _print_wrapped(console, text, indent, shown)
    for each in item.items:
        _print_item(console, each, indent + len(bullet), "- ")


def _print_wrapped(console: Console, text: Text, indent: int = 0, bullet: str = "") -> None:
    """A paragraph, its later lines under the first letter of the first."""
    width = max(20, console.width - indent - len(bullet))
    for number, line in enumerate(text.wrap(console, width)):
        line.rstrip()
        console.print(Text(" " * indent + (bullet if number == 0 else " " * len(bullet))) + line)


def _print_reads(console: Console, reads: tuple[ColumnRead, ...]) -> None:
    # To follow a link tells as much as to read its column, so one that asks for care is among what is read.
    values = [column for column in reads if column.use in ("value", "attribute") or column.sensitive]
    others = [f"{column.table}.{column.column}" for column in reads if column not in values]
    if values:
        table = plain_table()
        said = {"tags": any(c.tags for c in values), "care": any(c.sensitive for c in values)}
        for heading in (
            "table",
            "column",
            "type",
            *(heading for heading, is_said in said.items() if is_said),
        ):
            table.add_column(heading, overflow="fold")
        for column in values:
            tags = [", ".join(map(words.flat, column.tags))] if said["tags"] else []
            care = [Text("sensitive" if column.sensitive else "", "bold red")] if said["care"] else []
            table.add_row(words.shown(column.table), words.shown(column.column), column.type, *tags, *care)
        print_table(console, None, table, first=True)
    if others:
        _print_wrapped(console, Text(f"and, to find rows and their times: {', '.join(others)}"))
