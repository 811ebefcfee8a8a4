"""What is wrong with a text that is not YAML, in the words of someone who was writing a segment."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from segdsl.diagnostics import Diagnostic
from segdsl.files.nodes import span_of
from segdsl.files.yaml_faults import ESCAPE, bad_escape, finding, tag
from segdsl.files.yaml_owner import KEY, Owner, owner_of
from segdsl.source import SourceFile, Span

_QUOTED = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"\\]|\\.)*\"", re.DOTALL)
_BRACKET = re.compile(rf"{_QUOTED.pattern}|(?<!\S)#[^\n]*|[\[\]{{}}]", re.DOTALL)
_COMMENT = re.compile(r"(?:(?<=\S)[ \t]+|^[ \t]*)(#.*)", re.MULTILINE)
_BLOCK_HEADER = re.compile(r"[|>]([1-9]?[+-]?|[+-][1-9])[ \t]*(#.*)?\r?$", re.MULTILINE)


@dataclass(frozen=True)
class _Failure:
    """Where PyYAML gave up, `at`, and what it was `doing` since `context`; its `problem` in its own words."""

    file: SourceFile
    problem: str
    doing: str
    context: int
    at: int

    @property
    def text(self) -> str:
        return self.file.text

    @property
    def here(self) -> str:
        return self.text[self.at : self.at + 1]

    @property
    def line(self) -> int:
        """Where the line starts."""
        return self.file.line_start(self.at)

    @property
    def rest(self) -> Span:
        """From there to the end of the line."""
        return span_of(self.file, self.at, self.file.line_end(self.at))

    @property
    def first(self) -> bool:
        """Whether only blanks stand before it in its line."""
        return not self.text[self.line : self.at].strip()

    @cached_property
    def owner(self) -> Owner | None:
        return owner_of(self.file, self.context, self.at)


def explain(file: SourceFile, error: Any) -> Diagnostic:
    """The finding for an error of PyYAML's parser, from where it stood rather than from what it said."""
    at = len(file.text) if error.problem_mark is None else int(error.problem_mark.index)
    context = at if error.context_mark is None else int(error.context_mark.index)
    failure = _Failure(file, str(error.problem or ""), str(error.context or ""), context, at)
    return next(told for explainer in _EXPLAINERS if (told := explainer(failure)) is not None)


# --- faults that PyYAML finds -----------------------------------------------------------------------------


def _tab(f: _Failure) -> Diagnostic | None:
    indent = re.compile(r"[ \t]*").match(f.text, f.line)
    if indent is not None and "\t" in indent[0]:
        span = f.file.span(f.line + indent[0].index("\t"), indent.end())
        return finding(span, "this line is indented with a tab", "YAML knows only blanks there: use spaces")
    if f.here == "\t":
        return finding(f.file.span(f.at, f.at + 1), "a tab cannot stand here", "use spaces")
    return None


def _directive(f: _Failure) -> Diagnostic | None:
    """`%YAML 1.3`"""
    if f.text.startswith("%", f.line) and not re.search(r"^[^%#\s]", f.text[: f.line], re.MULTILINE):
        span = span_of(f.file, f.line, f.file.line_end(f.line))
        return finding(span, f"`{span.text}` is not understood", "delete this line: files need no directives")
    if "document start>" in f.problem and f.text.startswith("%"):
        return finding(f.rest, "after a line with `%` stands `---`", "delete the lines with `%`")
    return None


def _document_marks(f: _Failure) -> Diagnostic | None:
    mark = f.text[f.line : f.line + 3]
    if "document indicator" in f.problem or "document separator" in f.problem:
        message = f"`{mark}` at the start of a line ends the file's text, even inside quotes"
        return finding(
            span_of(f.file, f.line, f.line + 3), message, "indent it, or close the quote before it"
        )
    if "document start>" in f.problem:
        return finding(
            f.rest, "the text above is complete, so this cannot follow", "write `key: value` lines"
        )
    if mark == "..." and f.at == f.line:
        return finding(span_of(f.file, f.line, f.line + 3), "nothing stands before this `...`", "delete it")
    if mark == "---" and f.at > f.line:
        return finding(f.rest, "after `---` the line must end", "write the keys on the lines below it")
    return None


def _escape(f: _Failure) -> Diagnostic | None:
    if "quoted scalar" not in f.doing or "unexpected" in f.problem:
        return None
    escape = next((e for e in ESCAPE.finditer(f.text, f.context) if e.end() >= f.at), None)
    if escape is None or "unknown escape" not in f.problem:
        return None if escape is None else bad_escape(f.file, escape)
    help = "double it, or use single quotes or `|`, where a backslash is an ordinary character"
    span = f.file.span(escape.start(), escape.end())
    return finding(span, f"`{escape[0]}` is no escape that double quotes know", help)


def _tag(f: _Failure) -> Diagnostic | None:
    if "tag" not in f.problem and "tag" not in f.doing:
        return None
    start = f.context if f.text[f.context : f.context + 1] == "!" else f.at
    found = re.compile(r"[^\s,\[\]{}]+").match(f.text, start)
    return tag(f.file, start, found.end()) if found else None


def _unclosed_quote(f: _Failure) -> Diagnostic | None:
    if "quoted scalar" not in f.doing or "end of stream" not in f.problem:
        return None
    owner = owner_of(f.file, f.context, f.context)
    span = f.file.span(f.context, f.context + 1)
    if owner is None or owner.value != f.context:
        return finding(span, "this quote is never closed", "write it again at the end")
    help = f"close it; or {owner.help}" if owner.is_expression else "write the same quote at the end"
    return finding(span, f"the quote that starts the value of `{owner.key}` is never closed", help)


def _sign_first(f: _Failure) -> Diagnostic | None:
    """A value starts with a sign that YAML keeps for itself."""
    owner = f.owner
    if owner is None or owner.value > f.at:
        return None
    first = f.text[owner.value : owner.value + 1]
    rest = f.file.span(owner.value, max(f.file.line_end(owner.value), owner.value + 1))
    if first in ("'", '"'):
        quoted = _QUOTED.match(f.text, owner.value)
        if quoted is None or f.text[quoted.end() : f.at].strip() or f.line > quoted.end():
            return None
        message = f"the value of `{owner.key}` starts with a quote, so YAML ends it at the next one"
        return finding(rest, message, owner.help)
    if first in ("|", ">"):
        if _BLOCK_HEADER.match(f.text, owner.value):
            return None
        if re.fullmatch(r".[-+\d]+", rest.text.rstrip()):
            message = f"`{rest.text.rstrip()}` starts no text"
            help = f"write `{first}` alone; after it may stand a digit from 1 to 9, and `-` or `+`"
            return finding(rest, message, help)
        help = f"write the value of `{owner.key}` on the next line, further in"
        return finding(rest, f"after `{first}` the line must end", help)
    if f.at == owner.value or (f.at == owner.value + 1 and first in ("*", "&")):
        return _reserved_sign(owner, first, rest)
    return None


def _reserved_sign(owner: Owner, first: str, rest: Span) -> Diagnostic | None:
    if not first or first not in "`@%-?*&!,]}":
        return None
    sign = "a backtick" if first == "`" else f"`{first}`"
    message = f"YAML does not let the value of `{owner.key}` start with {sign}"
    return finding(rest, message, owner.help)


def _sign_inside(f: _Failure) -> Diagnostic | None:
    """A plain value holds a sign that YAML reads as its own: `: `, ` #`, a comma inside braces."""
    owner = f.owner
    if owner is None or owner.value >= f.at or f.text[owner.value] in "'\"[{|>":
        return None
    between = f.text[owner.value : f.at]
    if f.here == ":" and not (owner.flow and _starts_key(f)):
        message = f"`: ` inside the value of `{owner.key}` makes YAML see another key"
        return finding(span_of(f.file, f.at, f.at), message, owner.help)
    goes_on = len(f.text[f.line : f.at]) > owner.indent and not KEY.match(f.text, f.line)
    if goes_on and "\n" in between and (cut := _COMMENT.search(f.text, owner.value, f.at)):
        message = f"` #` starts a comment, and a comment ends the value of `{owner.key}`"
        help = owner.help if owner.is_expression else "delete the comment, or put the value in quotes"
        if owner.is_expression:
            help += "; there a comment is `-- …`"
        return finding(f.file.span(cut.start(1), cut.end()), message, help)
    if owner.flow and owner.is_expression and "," in between and "\n" not in between:
        comma = owner.value + between.index(",")
        message = f"inside `{{…}}` a comma ends a value, and this one ends that of `{owner.key}`"
        return finding(f.file.span(comma, comma + 1), message, owner.help)
    return None


def _list_or_mapping(f: _Failure) -> Diagnostic | None:
    """`where: [x] = 1`"""
    owner = f.owner
    if owner is None or owner.value >= f.at or f.text[owner.value] not in "[{" or f.at >= len(f.text):
        return None
    if "\n" in f.text[owner.value : f.at] or _open_bracket(f) is not None or f.here in "]}":
        return None
    message = f"the value of `{owner.key}` starts with `{f.text[owner.value]}`, so YAML takes it for a list or mapping"
    span = f.file.span(owner.value, f.file.line_end(owner.value))
    return finding(span, message, owner.help)


def _bracket(f: _Failure) -> Diagnostic | None:
    if "flow" not in f.doing:
        if f.here and f.here in "]}":
            return finding(f.file.span(f.at, f.at + 1), f"this `{f.here}` closes nothing", "delete it")
        return None
    opening = _open_bracket(f)
    if opening is None:
        return None
    sign = f.text[opening]
    closing = "}" if sign == "{" else "]"
    next_key = _starts_key(f)
    if next_key and _indent(f, f.at) > _indent(f, opening):
        span = f.file.span(f.line + _indent(f, f.at), f.at)
        return finding(
            span_of(f.file, span.start, span.end),
            "a comma is missing before this key",
            "end the line above with `,`",
        )
    if next_key or not f.text[f.at :].strip():
        span = f.file.span(opening, opening + 1)
        return finding(span, f"this `{sign}` is never closed", f"add `{closing}`")
    if "flow node" in f.doing and f.here in (",", ":"):
        what = "a value is missing before this comma" if f.here == "," else "a key is missing before this `:`"
        return finding(f.file.span(f.at, f.at + 1), what, "write it, or use quotes if this is text")
    if f.here in ("}", "]"):
        message = f"`{f.here}` cannot close the `{sign}` of line {f.file.position(opening)[0]}"
        return finding(f.file.span(f.at, f.at + 1), message, f"write `{closing}` first")
    message = f"inside `{sign}…{closing}` a `,` or `{closing}` should stand here"
    help = "put a value that holds `:` or brackets in quotes"
    if f.owner is not None and f.owner.is_expression:
        help = f.owner.help
    return finding(span_of(f.file, f.at, f.at), message, help)


def _open_bracket(f: _Failure) -> int | None:
    """The innermost bracket that is open where PyYAML gave up."""
    if f.text[f.context : f.context + 1] in ("[", "{") and f.context < f.at:
        return f.context
    opened: list[int] = []
    start = f.owner.value if f.owner is not None and f.owner.value < f.at else f.line
    for found in _BRACKET.finditer(f.text, start, f.at):
        if found[0] in ("[", "{"):
            opened.append(found.start())
        elif found[0] in ("]", "}") and opened:
            opened.pop()
    return opened[-1] if opened else None


def _missing_colon(f: _Failure) -> Diagnostic | None:
    if "could not find expected ':'" not in f.problem:
        return None
    span = f.file.span(f.context, max(f.file.line_end(f.context), f.context))
    help = "write `key: value`; if the line goes on with the value above it, indent it further"
    return finding(span, "a `:` is missing after this key", help)


def _blank_line_too_wide(f: _Failure) -> Diagnostic | None:
    """A blank line right after `|` that is longer than the indentation of the text sets that indentation."""
    column = len(f.text[f.line : f.at])
    above = re.compile(r"[|>][1-9+-]*[ \t]*\r?\n((?:[ ]*\r?\n)+)\Z").search(f.text[: f.line])
    if not f.first or above is None or max(map(len, above[1].splitlines())) <= column:
        return None
    at = f.line - len(above[1])
    span = span_of(f.file, at, at + len(above[1].splitlines()[0]))
    return finding(
        span, "this blank line is longer than the text below it is indented", "empty it, or delete it"
    )


def _line_fault(f: _Failure) -> Diagnostic:
    if f.at >= len(f.text):
        return finding(
            span_of(f.file, max(len(f.text) - 1, 0), len(f.text)),
            "the file ends in the middle of a value",
            "complete it",
        )
    if f.here == ":" and f.first:
        return finding(f.file.span(f.at, f.at + 1), "a key is missing before this `:`", "write `key: value`")
    own_key = KEY.match(f.text, f.line)
    if f.first or (own_key and own_key.end() == f.at + 1):
        if name := _key_without_colon(f):
            return finding(name, f"a `:` is missing after `{name.text}`", f"write `{name.text}:`")
        span = span_of(f.file, f.line + _indent(f, f.at), f.file.line_end(f.at))
        message = "this line does not fit the lines above it"
        return finding(span, message, "keys that belong together start in the same column")
    return finding(f.rest, "YAML cannot read the line from here on", "put the value in quotes")


def _key_without_colon(f: _Failure) -> Span | None:
    """The word that is all of the line above, less indented than the line itself."""
    above = f.file.line_start(max(f.line - 1, 0))
    found = re.compile(r"( *)([^\W\d][\w.\-]*)[ \t]*\r?\n").match(f.text, above)
    if f.line == 0 or found is None or len(found[1]) >= _indent(f, f.at):
        return None
    return f.file.span(found.start(2), found.end(2))


_EXPLAINERS: tuple[Callable[[_Failure], Diagnostic | None], ...] = (
    _tab,
    _directive,
    _document_marks,
    _escape,
    _tag,
    _unclosed_quote,
    _sign_first,
    _sign_inside,
    _list_or_mapping,
    _bracket,
    _missing_colon,
    _blank_line_too_wide,
    _line_fault,
)


# --- looking around ---------------------------------------------------------------------------------------


def _starts_key(f: _Failure) -> bool:
    """Whether a key that starts a line is where PyYAML gave up, at its start or at its colon."""
    found = KEY.match(f.text, f.line)
    return f.line > f.context and found is not None and (f.first or found.end() == f.at + 1)


def _indent(f: _Failure, at: int) -> int:
    """How far in the line of an offset starts."""
    start = f.file.line_start(at)
    line = f.text[start : f.file.line_end(at)]
    return len(line) - len(line.lstrip(" "))
