"""The teller: what names mean where they stand, and what has to be explained below."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Literal, cast

from segdsl.report.english import words
from segdsl.report.english.phrases import Noun, Said
from segdsl.report.english.unknowns import holds_for_unknowns
from segdsl.semantics import ir
from segdsl.semantics.calendar import resolve_day
from segdsl.semantics.catalog import Attribute, Table
from segdsl.semantics.logic import negate
from segdsl.semantics.scope import Frame, Missing, follow
from segdsl.semantics.times import count, point, window_days
from segdsl.syntax import ast
from segdsl.units import Unit

if TYPE_CHECKING:
    from segdsl.files.models import TableRecord
    from segdsl.semantics.binder import Binder

Sort = Literal["segment", "attribute", "column"]


@dataclass(frozen=True)
class Mention:
    """Something named in a text. `table` is that of an attribute or column, or the entity of a segment; `as_of` is
    the day for which it is meant."""

    sort: Sort
    table: str
    name: str
    as_of: date


@dataclass
class Narrator:
    """Puts expressions that bind without a finding into words.

    `binder` sees the parameters of their file; `records` are the tables as written, for their descriptions;
    `titles` are those of the segments. `mentions` collects what the words name, in order.
    """

    binder: Binder
    records: Mapping[str, TableRecord]
    titles: Mapping[str, str]
    as_of: date
    mentions: dict[Mention, None] = field(default_factory=dict)

    # --- putting into words ---------------------------------------------------------------------------------

    def noun(self, node: ast.Expression, frame: Frame) -> Noun:
        """The words for a value of the frame's row."""
        from segdsl.report.english.values import noun

        return noun(self, node, frame)

    def said(self, node: ast.Expression, frame: Frame, negated: bool = False) -> Said:
        """The words for a condition about the frame's row, or for its opposite."""
        from segdsl.report.english.conditions import said

        return said(self, node, frame, negated)

    # --- asking the binder --------------------------------------------------------------------------------

    def bind(self, node: ast.Expression, frame: Frame) -> ir.Value | ir.Condition:
        bound = self.binder.bind(node, frame)
        assert bound is not None, f"an expression with errors is put into words: {node!r}"
        return bound

    def is_condition(self, node: ast.Expression, frame: Frame) -> bool:
        return isinstance(self.bind(node, frame), ir.CONDITIONS)

    def value(self, node: ast.Expression, frame: Frame) -> ir.Value:
        return cast(ir.Value, self.bind(node, frame))

    def holds_for_unknowns(self, node: ast.Expression, frame: Frame, negated: bool) -> bool:
        """Whether a test, perhaps negated, holds for a row only because something is not known."""
        condition = self.binder.condition(node, frame)
        assert condition is not None
        return holds_for_unknowns(negate(condition) if negated else condition)

    def constants(self, parameter: str) -> tuple[ir.Constant, ...]:
        """The value of a parameter, or the values of a list."""
        bound = self.binder.parameters[parameter]
        assert bound is not None
        return bound if isinstance(bound, tuple) else (bound,)

    # --- names --------------------------------------------------------------------------------------------

    def reached(self, frame: Frame, links: tuple[ast.Name, ...]) -> Frame:
        found = follow(self.binder.catalog, frame, links)
        assert not isinstance(found, Missing)
        return found

    def table(self, name: str) -> Table:
        return self.binder.catalog.tables[name]

    def attribute(self, frame: Frame, path: ast.Path) -> Attribute | None:
        """The attribute that a path ends in, if it does."""
        table = self.reached(frame, path.parts[:-1]).table
        name = path.parts[-1].text
        return None if name in table.columns or name in table.unlisted else table.attributes[name]

    def tree(self, attribute: Attribute) -> ast.Expression:
        tree = self.binder.parse(attribute.expression)
        assert tree is not None
        return tree

    def singular(self, table: Table) -> str:
        """One row of a table: an "order"."""
        return words.spoken(table.entity) if table.entity else words.singular(words.spoken(table.name))

    def plural(self, table: Table) -> str:
        """Many: "orders"."""
        name = words.spoken(table.name)
        return name if table.entity and name != words.spoken(table.entity) else words.plural(name)

    def mention(self, sort: Sort, table: str, name: str, said: str) -> str:
        """The words for a name that is defined below."""
        self.mentions[Mention(sort, table, name, self.as_of)] = None
        return words.named(said)

    def segment(self, name: str) -> str:
        """The words for a segment."""
        self.mentions[Mention("segment", "", name, self.as_of)] = None
        return words.named(self.titles[name])

    def description(self, mention: Mention) -> str | None:
        record = self.records.get(mention.table)
        if record is None:
            return None
        named = record.columns if mention.sort == "column" else record.attributes
        found = named.get(mention.name)
        return words.flat(found.description) if found and found.description else None

    # --- days ---------------------------------------------------------------------------------------------

    def day(self, node: ast.Expression) -> date:
        """The day of a point in this run."""
        found = point(self.binder, node)
        assert found is not None
        return resolve_day(found, self.as_of)

    def days(self, window: ast.Window) -> str:
        """The days of a window in this run."""
        found = window_days(self.binder, window)
        assert found is not None
        low, high = (resolve_day(end, self.as_of) if end else None for end in (found.low, found.high))
        # What is clamped to the ends of the calendar is open.
        return words.days(None if low == date.min else low, None if high == date.max else high)

    def counted(self, amount: ast.Count, unit: Unit) -> tuple[str, str]:
        """A span such as "30 days", and the parameter that says so or nothing."""
        number = count(self.binder, amount)
        assert number is not None
        said = words.counted(words.number(number), unit)
        return said, words.coded(f"${amount.name}") if isinstance(amount, ast.Parameter) else ""
