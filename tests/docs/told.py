"""What a reader must see of a case's data: the tables, columns, links and attributes that its conditions name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cached_property
from typing import Any

from tests.docs.markdown import code, table
from tests.spec.cases import Case, Table, Value, parse_yaml

_NAME = re.compile(r"`([^`]+)`|([^\W\d]\w*)")
_REMARK_OR_TEXT = re.compile(r"--[^\n]*|'[^']*'|\"[^\"]*\"")


class Told:
    """The data of cases that share it."""

    def __init__(self, cases: list[Case]) -> None:
        self.case = cases[0]
        self.catalog: dict[str, Any] = parse_yaml(self.case.catalog)["tables"]
        self.attributes: dict[tuple[str, str], str] = {}
        self.links: dict[tuple[str, str], Mapping[str, str]] = {}
        self.words: set[str] = set()
        self.seen = {self.case.entity}
        for case in cases:
            self.words |= _names(case.where)
            for each in case.segments:
                self.words |= _names(each.where)
                self.seen.add(each.entity)
        while self._grows():
            pass

    def _grows(self) -> bool:
        """Follows names to tables, attributes and links; whether any was new."""
        before = self._extent
        self.seen |= self.words & set(self.catalog)
        for name in self.in_order:
            self._follow(name, self.catalog[name])
        return before != self._extent

    @property
    def _extent(self) -> tuple[int, ...]:
        return tuple(map(len, (self.words, self.attributes, self.links, self.seen)))

    def _reaches(self, name: str, passed: frozenset[str] = frozenset()) -> bool:
        """Whether a table is the entity, or its links lead to it: so events belong to the entity."""
        links = (self.catalog[name].get("links") or {}).values()
        return name == self.case.entity or any(
            self._reaches(link["table"], passed | {name}) for link in links if link["table"] not in passed
        )

    def _follow(self, owner: str, content: Mapping[str, Any]) -> None:
        for name, given in (content.get("attributes") or {}).items():
            if name in self.words:
                expression = given["expr"] if isinstance(given, dict) else given
                self.attributes[owner, name] = expression
                self.words |= _names(expression)
        for name, link in (content.get("links") or {}).items():
            if name in self.words or (owner != self.case.entity and self._reaches(link["table"])):
                self.links[owner, name] = link
                self.seen.add(link["table"])

    @property
    def in_order(self) -> list[str]:
        """The tables, the entity first."""
        others = (name for name in self.catalog if name in self.seen and name != self.case.entity)
        return [self.case.entity, *others]

    def definitions(self) -> str:
        """Links, times and attributes as a list; empty where there are none."""
        return "".join(f"- {line}\n" for line in self._definitions())

    def _definitions(self) -> Iterator[str]:
        for (owner, name), link in self.links.items():
            always = ", always" if link.get("required") == "true" else ""
            yield f"the link {code(f'{owner}.{name}')} leads by {code(link['column'])} to {code(link['table'])}{always}"
        for owner in self.in_order:
            if time := self.catalog[owner].get("time"):
                yield f"the time of {code(owner)} is {code(time)}"
        for (owner, name), expression in self.attributes.items():
            yield f"the attribute {code(f'{owner}.{name}')} is {code(expression)}"

    def tables(self) -> Iterator[str]:
        """Each table that has rows, with the columns that play a part."""
        for name in self.in_order:
            found = self.case.tables[name]
            if found.rows:
                columns = [column for column in found.types if self._is_told(found, column)]
                rows = [[_cell(row[column]) for column in columns] for row in found.rows]
                if len(columns) == 1:
                    yield f"{code(name)}, by {code(columns[0])}: {', '.join(row[0] for row in rows)}\n"
                else:
                    yield f"{code(name)}:\n\n{table(map(code, columns), rows)}"

    def _is_told(self, found: Table, column: str) -> bool:
        return column in self.words | self._structural[found.name]

    @cached_property
    def _structural(self) -> dict[str, set[str]]:
        """The columns of key, time and links of each table."""
        columns = {name: {self.case.tables[name].key} for name in self.catalog}
        for name, content in self.catalog.items():
            columns[name] |= {(content.get("time") or "").rpartition(".")[2]} & set(
                self.case.tables[name].types
            )
        for (owner, _), link in self.links.items():
            columns[owner].add(link["column"])
        return columns


def _names(expression: str) -> set[str]:
    plain = _REMARK_OR_TEXT.sub(" ", expression)
    return {found[1] or found[2] for found in _NAME.finditer(plain)}


def shown(value: Value) -> str:
    """A value as people read it."""
    match value:
        case bool():
            return str(value).lower()
        case float() if value != value:
            return "NaN"
        case float() if value in (float("inf"), float("-inf")):
            return "infinity" if value > 0 else "-infinity"
        case Decimal():
            return f"{value:f}"
        case _:
            return str(value)


def _cell(value: Value) -> str:
    """Nothing for unknown; text in quotes where its blanks or signs would not be seen."""
    if value is None:
        return ""
    text = shown(value)
    if isinstance(value, str) and (text != text.strip() or not text or re.search(r"[\\\n\t|`*_<]", text)):
        return code('"' + text.replace("\n", "⏎").replace("\t", "⇥") + '"')
    return text
