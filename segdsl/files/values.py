"""Reading one node as one kind of value, with refusals in the user's words. Nothing here knows Pydantic."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from segdsl.files.nodes import Mapping, Node, Scalar, Sequence
from segdsl.source import Fragment, Span
from segdsl.words import NAME, RESERVED

_GLUED = re.compile(r"([^\W\d]\w*):([^\s/]\w*)")
_BRACES = re.compile(r"\{[^\W\d]\w*\}")
_WORD = re.compile(NAME)


class Refused(ValueError):
    """A value is not what its key takes. `message` goes on after the key's name: "must be …"."""

    def __init__(self, message: str, help: str | None = None, rule: str = "wrong-value") -> None:
        super().__init__(message)
        self.message = message
        self.help = help
        self.rule = rule


class Text(str):
    """A string that knows the scalar it was written as."""

    scalar: Scalar

    @classmethod
    def of(cls, scalar: Scalar) -> Text:
        text = cls(scalar.text)
        text.scalar = scalar
        return text

    @property
    def span(self) -> Span:
        return self.scalar.span


@dataclass(frozen=True, slots=True)
class ExpressionText:
    """An expression as written: `fragment` is for the parser, `scalar` tells its style."""

    fragment: Fragment
    scalar: Scalar

    @property
    def text(self) -> str:
        return self.fragment.text

    @property
    def span(self) -> Span:
        return self.fragment.whole


@dataclass(frozen=True, slots=True)
class Named:
    """An entry of a mapping whose keys are names of the user's own."""

    name: Scalar
    node: Node


def described(node: Node) -> str:
    """A node as a message calls it."""
    match node:
        case Mapping():
            return "a mapping"
        case Sequence():
            return "a list"
        case Scalar() if is_null(node):
            return "nothing"
        case Scalar(text=text):
            line = " ".join(text.split())
            return f"`{line[:40]}…`" if len(line) > 40 else f"`{line}`"


def is_null(node: Node) -> bool:
    return isinstance(node, Scalar) and node.value is None


def text(node: Node) -> Text:
    """Any scalar but null, by its text: `01` and `NO` are what they look like."""
    if is_null(node):
        raise Refused("has no value", "write one, or delete the key")
    if not isinstance(node, Scalar):
        raise Refused(f"must be text, not {described(node)}", "write a single value, in quotes if need be")
    return Text.of(node)


def filled(node: Node) -> Text:
    """Text with something in it."""
    result = text(node)
    if not result.strip():
        raise Refused("must not be empty", "write a value")
    return result


def boolean(node: Node) -> bool:
    if isinstance(node, Scalar) and isinstance(value := node.value, bool):
        return value
    help = "write `true` or `false`"
    if isinstance(node, Scalar) and node.text.lower() in ("yes", "no", "on", "off", "true", "false"):
        help = f"write `{'true' if node.text.lower() in ('yes', 'on', 'true') else 'false'}`, without quotes"
    raise Refused(f"must be true or false, not {described(node)}", help)


def count(node: Node) -> int:
    """A whole number of at least 0; `_` may group its digits, as in expressions."""
    if isinstance(node, Scalar) and node.style == "plain" and re.fullmatch(r"[0-9][0-9_]{0,30}", node.text):
        return int(node.text.replace("_", ""))
    raise Refused(f"must be a whole number, 0 or more, not {described(node)}", "write a number such as `50`")


def day(node: Node) -> date:
    if isinstance(node, Scalar) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", node.text, re.ASCII):
        try:
            return date.fromisoformat(node.text)
        except ValueError:
            help = "months have 28 to 31 days, and years run from 0001 to 9999"
            raise Refused(f"must be a day of the calendar, which `{node.text}` is not", help) from None
    raise Refused(f"must be a day, not {described(node)}", "write it as year-month-day, such as 2025-03-31")


def expression(node: Node) -> ExpressionText:
    match node:
        case Scalar() if is_null(node) and node.text not in ("null", "Null", "NULL"):
            raise Refused("has no expression", "write a condition or value, such as `recency < 30`")
        case Scalar():
            result = ExpressionText(node.fragment, node)
            if not result.text.strip():
                raise Refused("has no expression", "write a condition or value, such as `recency < 30`")
            return result
        case _:
            help = "write a condition or value, such as `recency < 30`"
            if node.span.text[:1] in ("[", "{"):
                help = "where an expression starts with a bracket, write `|` and put it on the next line"
            raise Refused(f"must be an expression, not {described(node)}", help)


def fact(node: Node) -> Text:
    """A scalar to be read later by the type of its column, so by its raw text."""
    if not isinstance(node, Scalar) or is_null(node):
        raise Refused(
            f"must be a single value, not {described(node)}", "write one value, in quotes if need be"
        )
    return Text.of(node)


def facts(node: Node) -> Text | tuple[Text, ...]:
    """One value or a list of values, by their raw text."""
    return tuple(fact(item) for item in node.items) if isinstance(node, Sequence) else fact(node)


def items(node: Node) -> list[Node]:
    if isinstance(node, Sequence):
        return list(node.items)
    filled = isinstance(node, Scalar) and node.text.strip() and "\n" not in node.text
    help = f"write `[{node.span.text}]`" if filled else "write `[first, second]`"
    raise Refused(f"must be a list, not {described(node)}", help)


def named(node: Node) -> dict[str, Named]:
    """The entries of a mapping by their names."""
    if isinstance(node, Mapping):
        return {key.text: Named(key, value) for key, value in node.entries}
    help = "write `name: …` lines under it"
    match node:
        case Sequence():
            help += ", without `- `"
        case Scalar(style="plain") if found := _GLUED.match(node.text):
            help = f"put a blank after the colon: `{found[1]}: {found[2]}…`"
    raise Refused(f"must be a mapping of names, not {described(node)}", help)


def mapping(node: Node) -> Mapping:
    """A mapping that is read later, by the catalog."""
    if isinstance(node, Mapping):
        return node
    raise Refused(f"must be a mapping of columns, not {described(node)}", "write `{region: ID, income: 100}`")


def plain(node: Node) -> dict[str, Node]:
    """The same without records: the values alone."""
    return {name: entry.node for name, entry in named(node).items()}


def word(name: str) -> str:
    """A name of letters, digits and `_`, as parameters are."""
    if not _WORD.fullmatch(name):
        near = re.sub(r"\W+", "_", name).strip("_")
        near = f"_{near}" if near[:1].isdigit() else near
        help = "use letters, digits and `_`, a letter first" + (f", such as `{near}`" if near else "")
        raise Refused("is not a plain word", help, "wrong-name")
    return name


def free_word(name: str) -> str:
    """A word that expressions may use as a name without backticks, as segments are."""
    if word(name).lower() in RESERVED:
        raise Refused("is a word of the language", f"use another name, such as `{name}_`", "wrong-name")
    return name


def template(name: str) -> str:
    """A plain word that may hold names in braces, such as `buyers_{country}`."""
    if "{" in name:
        free_word(_BRACES.sub("x", name))
        return name
    return free_word(name)


def part_name(node: Node) -> Text:
    """The name of a part, or a label of which one is made."""
    name = filled(node)
    try:
        free_word(name)
    except Refused as refused:
        raise Refused(f"can't be `{name}`: it {refused.message}", refused.help, refused.rule) from None
    return name


def identifier(name: str) -> str:
    """A name of a table, column, link or attribute: anything on one line."""
    if not name.strip() or "\n" in name or "\r" in name:
        raise Refused("is not a name", "write a name on one line", "wrong-name")
    return name
