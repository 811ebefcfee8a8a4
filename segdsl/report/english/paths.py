"""Paths of names: columns and attributes, of the row at hand or of one behind links."""

from __future__ import annotations

from segdsl.report.english import words
from segdsl.report.english.narrator import Narrator
from segdsl.report.english.phrases import Noun
from segdsl.semantics import ir
from segdsl.semantics.catalog import Attribute
from segdsl.semantics.scope import Frame
from segdsl.semantics.types import BOOLEAN, Kind
from segdsl.syntax import ast
from segdsl.units import Unit


def path_noun(n: Narrator, path: ast.Path, frame: Frame, of_many: bool = False) -> Noun:
    """A path in words: "their recency", "their company's industry", "the customer's region"; `of_many`: "company industry"."""
    owner, steps = _owner(n, frame, path.parts[:-1])
    last = path.parts[-1].text
    attribute = n.attribute(frame, path)
    name = words.spoken(last)
    if attribute is None and steps and name.startswith(f"{steps[-1]} ") and last not in frame.table.names:
        steps.pop()  # the "campaign type" of `campaign.campaign_type`
    said = marked_name(n, path, frame, name)
    bound = n.bind(path, frame)
    is_fraction = isinstance(bound, ir.VALUES) and bound.type.kind in (Kind.DECIMAL, Kind.FLOAT)
    many = is_fraction and words.is_plural(name)
    if counts_something(n, path, frame):
        said, many = f"number of {said}", False
    chain = "".join(f"{step if of_many else words.genitive(step)} " for step in steps)
    code = attribute is None and (words.is_code(last) or last == frame.table.key)
    return Noun(f"{owner}{chain}{said}", not owner, many, unit=_unit(n, attribute), code=code)


def marked_name(n: Narrator, path: ast.Path, frame: Frame, name: str) -> str:
    """The name at the end of a path, marked if it is defined below or is but a label."""
    table = n.reached(frame, path.parts[:-1]).table
    last = path.parts[-1].text
    if n.attribute(frame, path) is not None:
        return n.mention("attribute", table.name, last, name)
    record = n.records[table.name].columns.get(last)
    if record is not None and record.description:
        return n.mention("column", table.name, last, name)
    bound = n.bind(path, frame)
    return words.named(name) if isinstance(bound, ir.Column) and bound.type == BOOLEAN else name


def counts_something(n: Narrator, path: ast.Path, frame: Frame) -> bool:
    """Whether a name says what a whole number counts: "employees", "redemptions"."""
    bound = n.bind(path, frame)
    return (
        not isinstance(bound, ir.CONDITIONS)
        and n.value(path, frame).type.kind is Kind.INTEGER
        and not _names_a_value(bound)
        and words.is_plural(words.spoken(path.parts[-1].text))
        and not words.is_code(path.parts[-1].text)
    )


def _names_a_value(bound: ir.Value | ir.Condition) -> bool:
    """Whether a whole number stands for something, as the tier of "shopping habits" does."""
    match bound:
        case ir.Aggregate(function=ir.Function.MOST_FREQUENT) | ir.Band() | ir.Ntile():
            return True
        case _:
            return False


def row(n: Narrator, links: tuple[ast.Name, ...], frame: Frame) -> Noun | None:
    """The row that links lead to; None for the frame's own."""
    if not links:
        return None
    owner, names = _owner(n, frame, links)
    if not names:
        return Noun(f"the {words.spoken(links[0].text)}") if owner else None
    chain = [words.genitive(name) for name in names[:-1]] + names[-1:]
    return Noun(f"{owner}{' '.join(chain)}", owned=not owner, plural=words.is_plural(names[-1]))


def _owner(n: Narrator, frame: Frame, links: tuple[ast.Name, ...]) -> tuple[str, list[str]]:
    """Whose the end of a path is ("the customer's " for the row around an aggregate), and the links to it."""
    names = [words.spoken(link.text) for link in links]
    if links and frame.outer is not None and links[0].text == frame.outer.table.entity:
        return f"the {words.genitive(names[0])} ", names[1:]
    if links and (step := dict(frame.steps).get(links[0].text)) is not None:
        alike = [each for _, each in frame.steps if each.table is step.table]
        which = "that" if len(alike) == 1 else f"the {words.ordinal(alike.index(step) + 1)}"
        return f"{which} {words.genitive(n.singular(step.table))} ", names[1:]
    about = names and frame.outer is not None and names[0] == n.singular(frame.table)
    if about and frame.table.links[links[0].text].target != frame.table.name:
        names.pop(0)  # campaigns are rows about a campaign: its end date is theirs
    return "", names


def _unit(n: Narrator, attribute: Attribute | None) -> Unit | None:
    """What the number that an attribute is counts."""
    if attribute is None:
        return None
    match n.tree(attribute):
        case ast.Since(unit) | ast.FromTo(unit) | ast.ToAnniversary(unit):
            return unit
        case _:
            return None
