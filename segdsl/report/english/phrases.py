"""What sentences are made of: noun phrases, clauses about rows, and groups of clauses.

The rows that a clause is about are always many: "customers whose age …", "they have no orders". So it fits
people and things alike, and says neither "he or she" nor "it".
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from segdsl.report.english.words import bare, listed
from segdsl.units import Unit

NOTES = (NOT_KNOWN, NONE) = ("or it is not known", "or there is none")
"""What is said of a clause that holds also where its subject is not known, or is not there."""

_INLINE = 110
"""How many characters two clauses may have to stand in one sentence rather than in a list."""


@dataclass(frozen=True)
class Noun:
    """A value as a noun phrase.

    `owned`: what the rows have ("recency", so "their recency" or "whose recency"); else it stands for itself.
    `aside`: it ends with a remark, so that a comma follows. `loose`: inside another phrase it needs
    parentheses. `nested`: it has a relative clause, which what follows must not be mistaken for a part of.
    `unit` is what its number counts; `code` tells that its whole numbers are names of something. `long` is
    more than a name, so that no `'s` can follow; `bracket` needs parentheses also as the subject of a clause.
    """

    text: str
    owned: bool = False
    plural: bool = False
    past: bool = False
    aside: bool = False
    loose: bool = False
    nested: bool = False
    unit: Unit | None = None
    code: bool = False
    ownerless: str = ""
    long: bool = False
    bracket: bool = False

    @property
    def plain(self) -> str:
        """Without saying whose it is, which the phrase around it says: "price times quantity"."""
        return self.text if self.owned else self.ownerless or self.text

    @property
    def said(self) -> str:
        return f"their {self.text}" if self.owned else self.text

    @property
    def tight(self) -> str:
        """As a part of a longer phrase."""
        return f"({self.said})" if self.loose or self.aside else self.said


@dataclass(frozen=True)
class Clause:
    """A subject and what is said of it; `subject` None is the rows themselves.

    `verb` is an infinitive. `reference` is the segment that the clause is about being in or not. `nested` is
    as for nouns; `open` tells that the clause has an `or` inside. `also` are clauses of the same subject that
    are said in one breath, with `joiner` before each.
    """

    verb: str
    rest: str
    subject: Noun | None = None
    negated: bool = False
    note: str = ""
    nested: bool = False
    open: bool = False
    reference: str | None = None
    also: tuple[Clause, ...] = ()
    joiner: str = ""

    def sentence(self) -> str:
        """their age is at least 18"""
        if self.subject is None:
            return f"they {self._predicate(plural=True)}"
        subject = self.subject
        said = f"({subject.said})" if subject.bracket else f"{subject.said}{',' * subject.aside}"
        return f"{said} {self._predicate(subject.plural)}"

    def relative(self, plural: bool = True) -> str:
        """whose age is at least 18; `plural` tells whether it is said of many."""
        if self.subject is None:
            return f"that {self._predicate(plural)}"
        subject = self.subject
        if not subject.owned:
            return f"where {self.sentence()}"
        return f"whose {subject.text}{',' * subject.aside} {self._predicate(subject.plural)}"

    def _predicate(self, plural: bool) -> str:
        past = self.subject is not None and self.subject.past
        verb = _verb(self.verb, plural, past, self.negated)
        said = f"{verb} {self.rest}"
        if self.note:
            said = f"{said} ({self.note})"
        for other in self.also:
            more = other._predicate(plural)
            said += f" {self.joiner} {more.removeprefix(f'{verb} ') if not self.negated else more}"
        return said


def being(subject: Noun, rest: str, negated: bool = False) -> Clause:
    """That something is, or is not, what `rest` says."""
    return Clause("be", rest, subject, negated, nested=subject.nested)


def _verb(verb: str, plural: bool, past: bool, negated: bool) -> str:
    if verb == "be":
        form = ("were" if plural else "was") if past else ("are" if plural else "is")
        return f"{form} not" if negated else form
    if negated:
        return f"{'did' if past else 'do' if plural else 'does'} not {verb}"
    if plural:
        return verb
    return "has" if verb == "have" else f"{verb}es" if verb.endswith("ch") else f"{verb}s"


@dataclass(frozen=True)
class Group:
    """Clauses of which all, any, or so many hold. `how` is "all", "any" or words such as "at least 2"."""

    how: str
    items: tuple[Said, ...]

    @property
    def heading(self) -> str:
        """The start of a sentence that a list of the items follows."""
        one = self.how == "any" or self.how.endswith(" one")
        return f"{self.met} {'holds' if one else 'hold'}"

    @property
    def met(self) -> str:
        """What those in the segment meet."""
        match self.how:
            case "all":
                return "all of these"
            case "any":
                return "at least one of these"
            case how:
                return f"{how} of these{f' {len(self.items)}' if len(self.items) > 1 else ''}"


Said = Clause | Group


def grouped(how: Literal["all", "any"], items: list[Said]) -> Said:
    """One group of the items, flat, references to segments drawn together."""
    flat: list[Said] = []
    for item in items:
        flat += item.items if isinstance(item, Group) and item.how == how else [item]
    flat = _subjects_together("and" if how == "all" else "or", _references_together(how, flat))
    return flat[0] if len(flat) == 1 else Group(how, tuple(flat))


def _references_together(how: str, items: list[Said]) -> list[Said]:
    references = [i for i in items if isinstance(i, Clause) and i.reference and i.subject is None]
    ins = [str(i.reference) for i in references if not i.negated]
    outs = [str(i.reference) for i in references if i.negated]
    if how == "any" and len(ins) < 2:
        ins = []
    if how == "any" and len(outs) < 2:
        outs = []
    if len(ins) + len(outs) < 2:
        return items
    merged: list[Said] = []
    if how == "all":
        merged = [Clause("be", _in_all(ins, outs), open=True)]
    else:
        if ins:
            merged.append(Clause("be", f"in {listed(ins, 'or')}", open=True))
        if outs:
            both = "both" if len(outs) == 2 else "all of"
            merged.append(Clause("be", f"in {both} {listed(outs)}", negated=True, open=True))
    gone = {id(i) for i in references if how == "all" or (outs if i.negated else ins)}
    kept = [i for i in items if id(i) not in gone]
    first = next(index for index, i in enumerate(items) if id(i) in gone)
    return [*kept[:first], *merged, *kept[first:]]


def _subjects_together(joiner: str, items: list[Said]) -> list[Said]:
    """Neighbouring clauses about one value as one: "their age is at least 18 and less than 65"."""
    merged: list[Said] = []
    for item in items:
        last = merged[-1] if merged else None
        if (
            isinstance(item, Clause)
            and isinstance(last, Clause)
            and item.subject is not None
            and item.subject == last.subject
            and not (item.nested or last.nested or item.open or item.also)
        ):
            together = replace(last, also=(*last.also, item), joiner=joiner, open=last.open or joiner == "or")
            merged[-1] = _without_moot_notes(together) if joiner == "and" else together
        else:
            merged.append(item)
    return merged


def _without_moot_notes(clause: Clause) -> Clause:
    """Clauses that must all hold of one value: where one of them is false of what is not known, none is of it."""
    clauses = (clause, *clause.also)
    if not any(_needs_the_value(each) for each in clauses):
        return clause
    first, *others = (replace(each, note="") if each.note in NOTES else each for each in clauses)
    return replace(first, also=tuple(others))


def _needs_the_value(clause: Clause) -> bool:
    is_unknown = clause.rest == "known" and clause.negated
    return not clause.note and not is_unknown


def _in_all(ins: list[str], outs: list[str]) -> str:
    if ins and outs:
        return f"in {listed(ins)}, but not in {listed(outs, 'or')}"
    if ins:
        return f"in {'both' if len(ins) == 2 else 'all of'} {listed(ins)}"
    return f"in neither {listed(outs, 'nor')}" if len(outs) == 2 else f"in none of {listed(outs)}"


def relative(said: Said, plural: bool = True) -> str:
    """All of it as one relative clause, however long."""
    if isinstance(said, Clause):
        return said.relative(plural)
    if said.how not in ("all", "any"):
        return f"where {inline(said)}"
    parts = [
        f"({relative(item, plural)})" if isinstance(item, Group) or item.nested else relative(item, plural)
        for item in said.items
    ]
    return (" and " if said.how == "all" else " or ").join(parts)


def inline(said: Said) -> str:
    """All of it as one sentence."""
    if isinstance(said, Clause):
        return said.sentence()
    if said.how not in ("all", "any"):
        numbered = [f"({number}) {inline(item)}" for number, item in enumerate(said.items, start=1)]
        return f"{said.heading}: {'; '.join(numbered)}"
    parts = [
        f"({inline(item)})" if isinstance(item, Group) or item.nested else inline(item) for item in said.items
    ]
    return (" and " if said.how == "all" else " or ").join(parts)


def fits_a_sentence(said: Said) -> bool:
    """Whether it is read more easily as one sentence than as a list."""
    if isinstance(said, Clause):
        return True
    if said.how not in ("all", "any") or len(said.items) > 2:
        return False
    clauses = [item for item in said.items if isinstance(item, Clause)]
    simple = len(clauses) == 2 and not any(c.nested or c.open or _nested(c.subject) for c in clauses)
    return simple and len(bare(relative(said))) <= _INLINE


def _nested(noun: Noun | None) -> bool:
    return noun is not None and noun.nested
