"""What is wrong with a text that is not YAML, in the words of someone who was writing a segment."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from segdsl.diagnostics import Diagnostic
from segdsl.files.nodes import Scalar, span_of
from segdsl.source import SourceFile, Span

# Keys whose value is an expression, and keys whose own keys each hold one.
_EXPRESSION_KEYS = {"where", "expr"}
_EXPRESSION_PARENTS = {"segments", "attributes"}

_KEY = re.compile(r"([ ]*(?:-[ ]+)*)(?:([^\W\d][\w.\-]*)|'([^']*)'|\"([^\"]*)\")[ \t]*:(?=\s|$)")
_FLOW_KEY = re.compile(r"([^\W\d][\w.\-]*)\s*:\s+(?=\S)")
_QUOTED = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"\\]|\\.)*\"", re.DOTALL)
_COMMENT = re.compile(r"(?<=[^\s])[ \t]+#.*")


@dataclass(frozen=True)
class _Owner:
    """The key under which the faulty text stands, and where its value starts (offset in code points)."""

    key: str
    parent: str | None
    value: int
    flow: bool = False

    @property
    def is_expression(self) -> bool:
        return self.key in _EXPRESSION_KEYS or self.parent in _EXPRESSION_PARENTS

    @property
    def help(self) -> str:
        if not self.is_expression:
            return "put the whole value in quotes"
        return _block_help(self.key, self.flow)


def _block_help(key: str, flow: bool) -> str:
    place = "out of the braces, " if flow else ""
    return f"write {place}`{key}: |`, with the expression on the next line, further in"


def cut_by_comma(key: Scalar, last: Scalar | None) -> Diagnostic:
    """The finding for a key in `{…}` that has no value: most often the rest of a value with a comma."""
    if last is None:
        return Diagnostic(
            "yaml-syntax", f"`{key.text}` has no value", key.span, f"write `{key.text}: …` inside the braces"
        )
    return Diagnostic(
        "yaml-syntax",
        f"inside `{{…}}` a comma ends a value: `{last.text}` ends before `{key.text}`",
        key.span,
        f"put the value of `{last.text}` in quotes; an expression is best written out of the braces, "
        f"`{last.text}: |` and the expression on the next line",
    )


def explain(file: SourceFile, error: Any) -> Diagnostic:
    """The finding for an error of PyYAML's parser, from where it stood rather than from what it said."""
    problem = str(error.problem or "")
    at = _index(error.problem_mark, len(file.text))
    context = _index(error.context_mark, at)
    return (
        _tab(file, at)
        or _named_fault(file, problem, context, at)
        or _value_fault(file, problem, context, at)
        or _bracket(file, str(error.context or ""), context, at)
        or _line_fault(file, problem, context, at)
    )


def _index(mark: Any, otherwise: int) -> int:
    return otherwise if mark is None else int(mark.index)


def _finding(span: Span, message: str, help: str) -> Diagnostic:
    return Diagnostic("yaml-syntax", message, span, help)


def _line_start(text: str, at: int) -> int:
    return text.rfind("\n", 0, at) + 1


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text[:end].rstrip("\r")) if end >= 0 else len(text)


def _tab(file: SourceFile, at: int) -> Diagnostic | None:
    start = _line_start(file.text, at)
    indent = re.compile(r"[ \t]*").match(file.text, start)
    if indent is None or "\t" not in indent[0]:
        return None
    span = file.span(start + indent[0].index("\t"), indent.end())
    return _finding(span, "this line is indented with a tab", "YAML knows only blanks there: use spaces")


def _named_fault(file: SourceFile, problem: str, context: int, at: int) -> Diagnostic | None:
    """Faults that PyYAML's own words tell apart."""
    text = file.text
    if "another document" in problem:
        return _finding(
            file.span(at, min(at + 3, len(text))),
            "a second document starts here",
            "one file holds one document",
        )
    if "expected <document start>" in problem or "expected '<document start>'" in problem:
        span = file.span(at, _line_end(text, at))
        return _finding(span, "the text above is complete, so this cannot follow", "write `key: value` lines")
    if "unknown escape" in problem:
        at = at if text[at : at + 1] == "\\" else at - 1
        help = "double it, or use single quotes or `|`, where a backslash is an ordinary character"
        escape = text[at : at + 2]
        return _finding(
            file.span(at, at + len(escape)), f"`{escape}` is no escape that double quotes know", help
        )
    if "hexadecimal" in problem or "invalid Unicode" in problem:
        start = text.rfind("\\", 0, at + 1)
        span = span_of(file, start, at + 1)
        return _finding(span, "this escape is not a character", "write `\\xNN`, `\\uNNNN` or `\\UNNNNNNNN`")
    if "second occurrence" in problem:
        name = _word(text, at)
        line = file.position(context)[0]
        span = file.span(at, at + len(name))
        return _finding(span, f"the anchor `{name}` is already in line {line}", "give it another name")
    if "tag handle" in problem:
        name = _word(text, at)
        span = file.span(at, at + len(name))
        return _finding(span, f"segdsl files know no tags such as `{name}`", "delete it, or use quotes")
    return None


def _word(text: str, at: int) -> str:
    found = re.compile(r"[^\s,\[\]{}]+").match(text, at)
    return found[0] if found else text[at : at + 1]


def _value_fault(file: SourceFile, problem: str, context: int, at: int) -> Diagnostic | None:
    """Faults in which YAML reads a sign inside a value as its own: quotes, `: `, ` #`, backticks."""
    text = file.text
    owner = _owner(file, context, at)
    if owner is None or owner.value > at:
        return None
    first = text[owner.value : owner.value + 1]
    rest = file.span(owner.value, max(_line_end(text, owner.value), owner.value + 1))
    if "undefined alias" in problem:
        message = f"`{_word(text, at)}` refers to an anchor that is not in this file"
        return _finding(file.span(at, at + len(_word(text, at))), message, owner.help)
    if first in ("'", '"'):
        quoted = _QUOTED.match(text, owner.value)
        if quoted is None:
            span = file.span(owner.value, owner.value + 1)
            help = f"close it; or {owner.help}" if owner.is_expression else "write the same quote at the end"
            return _finding(span, f"the quote that starts the value of `{owner.key}` is never closed", help)
        if not text[quoted.end() : at].strip() and _line_start(text, at) <= quoted.end():
            message = f"the value of `{owner.key}` starts with a quote, so YAML ends it at the next one"
            return _finding(rest, message, owner.help)
        return None
    if at == owner.value and first and first in "`@%|>-?*&!":
        sign = "a backtick" if first == "`" else f"`{first}`"
        message = f"YAML does not let the value of `{owner.key}` start with {sign}"
        return _finding(rest, message, owner.help)
    if first in ("|", ">"):
        if not re.compile(r".[-+\d]*[ \t]*(#.*)?$", re.MULTILINE).match(text, owner.value):
            message = f"after `{first}` the line must end"
            return _finding(rest, message, f"write the value of `{owner.key}` on the next line, further in")
        return None
    if first in ("[", "{"):
        if text[context : context + 1] in ("[", "{") or "\n" in text[owner.value : at]:
            return None
        message = f"the value of `{owner.key}` starts with `{first}`, so YAML takes it for a list or mapping"
        return _finding(rest, message, owner.help)
    between = text[owner.value : at]
    if text[at : at + 1] == ":" and not (owner.flow and _starts_key(file, context, at)):
        message = f"`: ` inside the value of `{owner.key}` makes YAML see another key"
        return _finding(span_of(file, at, at), message, owner.help)
    if "\n" in between and (cut := _COMMENT.search(text, owner.value, at)):
        if _KEY.match(text, _line_start(text, at)):
            return None
        message = f"` #` starts a comment, and a comment ends the value of `{owner.key}`"
        help = owner.help if owner.is_expression else "delete the comment, or put the value in quotes"
        if owner.is_expression:
            help += "; there a comment is `-- …`"
        hash_at = text.index("#", cut.start())
        return _finding(file.span(hash_at, cut.end()), message, help)
    return None


def _starts_key(file: SourceFile, context: int, at: int) -> bool:
    """Whether the colon at an offset ends a key that starts a line below the opening bracket."""
    start = _line_start(file.text, at)
    found = _KEY.match(file.text, start)
    return start > context and found is not None and found.end() == at + 1


def _owner(file: SourceFile, context: int, at: int) -> _Owner | None:
    text = file.text
    if text[context : context + 1] == "{" and context < at:
        keys = list(_FLOW_KEY.finditer(text, context, at))
        if not keys:
            return None
        before = re.compile(r"([\w.\-]+)\s*:\s*\Z").search(text[_line_start(text, context) : context])
        return _Owner(keys[-1][1], before[1] if before else None, keys[-1].end(), flow=True)
    start = _line_start(text, at)
    while True:
        if found := _KEY.match(text, start):
            value = re.compile(r"\s*").match(text, found.end())
            key = next(part for part in found.groups()[1:] if part is not None)
            parent = _parent(text, start, len(found[1]))
            return _Owner(key, parent, value.end() if value else found.end())
        if start == 0:
            return None
        start = _line_start(text, start - 1)


def _parent(text: str, start: int, indent: int) -> str | None:
    """The key of the nearest line above that is less indented."""
    while start > 0:
        start = _line_start(text, start - 1)
        if (found := _KEY.match(text, start)) and len(found[1]) < indent:
            return next(part for part in found.groups()[1:] if part is not None)
    return None


def _bracket(file: SourceFile, doing: str, context: int, at: int) -> Diagnostic | None:
    text = file.text
    opening = text[context : context + 1]
    if "flow" not in doing or opening not in ("{", "["):
        return None
    closing = "}" if opening == "{" else "]"
    if at >= len(text) or _starts_key(file, context, at):
        span = file.span(context, context + 1)
        return _finding(span, f"this `{opening}` is never closed", f"add `{closing}`")
    message = f"inside `{opening}…{closing}` a `,` or `{closing}` should stand here"
    return _finding(span_of(file, at, at), message, "put a value that holds `:` or brackets in quotes")


def _line_fault(file: SourceFile, problem: str, context: int, at: int) -> Diagnostic:
    text = file.text
    if "could not find expected ':'" in problem:
        at = context
        span = file.span(at, max(_line_end(text, at), at))
        return _finding(
            span,
            "a `:` is missing after this key",
            "write `key: value`; if the line goes on with the value above it, indent it further",
        )
    if "end of stream" in problem:
        span = span_of(file, context, context)
        return _finding(span, "this quote is never closed", "write it again at the end")
    if at >= len(text):
        span = span_of(file, max(len(text) - 1, 0), len(text))
        return _finding(span, "the file ends in the middle of a value", "complete it")
    start = _line_start(text, at)
    first = start + len(text[start:at]) - len(text[start:at].lstrip(" "))
    own_key = _KEY.match(text, start)
    span = span_of(file, at, _line_end(text, at))
    if first == at or (own_key and own_key.end() == at + 1):
        span = span_of(file, first, _line_end(text, at))
        message = "this line does not fit the lines above it"
        return _finding(span, message, "keys that belong together start in the same column")
    return _finding(span, "YAML cannot read the line from here on", "put the value in quotes")
