"""A whole text: what a segment or expression means, and what the names in it mean."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from segdsl.diagnostics import Findings
from segdsl.report.english import words
from segdsl.report.english.narrator import Mention, Narrator
from segdsl.report.english.phrases import Clause, Group, Said, fits_a_sentence, relative
from segdsl.semantics.scope import Frame
from segdsl.semantics.types import BOOLEAN
from segdsl.syntax import ast

if TYPE_CHECKING:
    from segdsl.project import Project
    from segdsl.semantics.definitions import Definition


@dataclass(frozen=True)
class Item:
    """A line of text and the list under it. Names and pieces of code in it are marked: see `words`."""

    text: str
    items: tuple[Item, ...] = ()

    def to_lines(self, indent: str = "", bullet: str = "") -> list[str]:
        inside = indent + " " * len(bullet)
        lines = [indent + bullet + words.to_markdown(self.text)]
        return lines + [line for item in self.items for line in item.to_lines(inside, "- ")]


@dataclass(frozen=True)
class English:
    """What is meant, and the names that are used for it, in the order in which they come up.

    `attributes` are the derived attributes among them.
    """

    meaning: Item
    definitions: tuple[Item, ...]
    attributes: tuple[Mention, ...] = ()

    def to_markdown(self) -> str:
        lines = self.meaning.to_lines()
        if self.definitions:
            lines += ["", "where"]
            lines += [line for item in self.definitions for line in item.to_lines(bullet="- ")]
        return "\n".join(lines)


class Teller:
    """Puts segments and expressions of a project without errors into words, as of one day."""

    def __init__(self, project: Project, as_of: date) -> None:
        self._project = project
        self._as_of = as_of
        self._mentions: dict[Mention, None] = {}
        self._titles = {name: _title(definition) for name, definition in project.definitions.items()}

    def segment(self, name: str) -> English:
        definition = self._project.definitions[name]
        frame = Frame(self._project.catalog.tables[definition.file.entity])
        return self.expression(self._tree(name), frame, definition)

    def expression(self, tree: ast.Expression, frame: Frame, definition: Definition | None = None) -> English:
        """A condition or value about a row of the frame; parameters are those of a definition and the project."""
        self._mentions = {}
        n = self._narrator(definition)
        if n.is_condition(tree, frame) or _is_truth(n, tree, frame):
            meaning = _members(n, tree, frame)
            meaning = Item(meaning.text[:1].upper() + meaning.text[1:], meaning.items)
            if not meaning.items:
                meaning = Item(f"{meaning.text}.")
        else:
            meaning = Item(f"Of each {n.singular(frame.table)}: {n.noun(tree, frame).said}.")
        definitions = tuple(self._definitions(frame.table.name))
        attributes = dict.fromkeys(
            replace(each, as_of=self._as_of) for each in self._mentions if each.sort == "attribute"
        )
        return English(meaning, definitions, tuple(attributes))

    def _tree(self, name: str) -> ast.Expression:
        tree = self._project.told(name)
        assert tree is not None, "only what has no mistakes is put into words"
        return tree

    def _narrator(self, definition: Definition | None = None, mention: Mention | None = None) -> Narrator:
        binder = self._project.binder(Findings(), definition)
        as_of = mention.as_of if mention else self._as_of
        return Narrator(binder, self._project.files.tables, self._titles, as_of, self._mentions)

    def _definitions(self, entity: str) -> list[Item]:
        """What is mentioned, and what that mentions in its turn; what is the same on any day, once."""
        items: dict[Item, None] = {}
        told: set[Mention] = set()
        while left := [mention for mention in self._mentions if mention not in told]:
            told.add(left[0])
            items[self._on_its_day(left[0], entity)] = None
        return list(items)

    def _on_its_day(self, mention: Mention, entity: str) -> Item:
        """A definition, which names its day where that is another one and makes a difference."""
        head, meant = self._definition(mention, entity)
        if mention.as_of != self._as_of:
            aside, self._mentions = self._mentions, {}
            _, today = self._definition(replace(mention, as_of=self._as_of), entity)
            self._mentions = aside
            head += f", as of {words.day(mention.as_of)}" if meant != today else ""
        return Item(f"{head}: {meant.text}", meant.items)

    def _definition(self, mention: Mention, entity: str) -> tuple[str, Item]:
        """The name, with what tells of it, and what is meant by it on the day of the mention."""
        if mention.sort == "segment":
            definition = self._project.definitions[mention.name]
            frame = Frame(self._project.catalog.tables[definition.file.entity])
            n = self._narrator(definition, mention)
            return words.named(self._titles[mention.name]), _members(n, self._tree(mention.name), frame)
        n = self._narrator(None, mention)
        table = n.table(mention.table)
        head = words.named(words.spoken(mention.name).removeprefix("is "))
        if table.name != entity:
            head += f" (of {n.plural(table)})"
        description = n.description(mention)
        if mention.sort == "column":
            return head, Item(description or "yes or no")
        tree, frame = n.tree(table.attributes[mention.name]), Frame(table)
        if description:
            head += f" ({description})"
        if n.is_condition(tree, frame):
            return head, _sentence(n.said(tree, frame))
        return head, Item(n.noun(tree, frame).said)


def _title(definition: Definition) -> str:
    """The title; a part without one of its own is named after its partition: "Where they stand: quiet"."""
    title, part = definition.title, definition.part
    if part is None or title is None or title != definition.record.title:
        return words.flat(title or words.spoken(definition.name))
    return words.flat(f"{title}: {words.spoken(part)}")


def _is_truth(n: Narrator, tree: ast.Expression, frame: Frame) -> bool:
    return n.value(tree, frame).type == BOOLEAN


def _members(n: Narrator, tree: ast.Expression, frame: Frame) -> Item:
    """Who is meant by a condition: "customers whose age is at least 18"."""
    who = n.plural(frame.table)
    if isinstance(tree, ast.Boolean):
        return Item(f"{'all' if tree.value else 'no'} {who}")
    meant = n.said(tree, frame)
    if fits_a_sentence(meant):
        return Item(f"{who} {relative(meant)}")
    assert isinstance(meant, Group)
    return Item(f"{who} that meet {meant.met}:", tuple(map(_sentence, meant.items)))


def _sentence(meant: Said) -> Item:
    if isinstance(meant, Clause):
        return Item(meant.sentence())
    return Item(f"{meant.heading}:", tuple(map(_sentence, meant.items)))
