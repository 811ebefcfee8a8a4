"""What segdsl files do without though it is YAML, and escapes that are no character: what the reader finds."""

from __future__ import annotations

import re

from segdsl.diagnostics import Diagnostic
from segdsl.files.nodes import Scalar, span_of
from segdsl.files.yaml_owner import owner_of
from segdsl.source import SourceFile, Span

ESCAPE = re.compile(
    r"\\(?:x(?P<x>[0-9a-fA-F]{0,2})|u(?P<u>[0-9a-fA-F]{0,4})|U(?P<U>[0-9a-fA-F]{0,8})|(?P<zero>0)|.)",
    re.DOTALL,
)
_LAST_CHARACTER = 0x10FFFF


def finding(span: Span, message: str, help: str) -> Diagnostic:
    return Diagnostic("yaml-syntax", message, span, help)


def second_document(file: SourceFile, at: int) -> Diagnostic:
    span = file.span(at, min(at + 3, len(file.text)))
    return finding(span, "a second document starts here", "one file holds one document")


def cut_by_comma(key: Scalar, last: Scalar | None) -> Diagnostic:
    """The finding for a key in `{…}` that has no value: most often the rest of a value with a comma."""
    if last is None:
        return finding(key.span, f"`{key.text}` has no value", f"write `{key.text}: …` inside the braces")
    return finding(
        key.span,
        f"inside `{{…}}` a comma ends a value: `{last.text}` ends before `{key.text}`",
        f"put the value of `{last.text}` in quotes; an expression is best written out of the braces, "
        f"`{last.text}: |` and the expression on the next line",
    )


def tag(file: SourceFile, start: int, end: int) -> Diagnostic:
    written = file.text[start:end]
    owner = owner_of(file, start, start)
    help = "delete it, or put the value in quotes"
    expression = owner is not None and owner.value == start and owner.is_expression
    if expression and not written.startswith(("!!", "!<")):
        help = f"the opposite of a condition is `not {written[1:]}`; for anything else, use quotes"
    return finding(file.span(start, end), f"segdsl files know no tags such as `{written}`", help)


def unknown_alias(file: SourceFile, start: int, end: int) -> Diagnostic:
    message = f"`{file.text[start:end]}` refers to an anchor that is not in this file"
    owner = owner_of(file, start, start)
    mine = owner is not None and owner.value == start
    help = owner.help if owner and mine else "write the value out, or name an anchor (`&name`) above"
    return finding(file.span(start, end), message, help)


def escape_of_no_text(file: SourceFile, start: int, end: int) -> Diagnostic | None:
    """The finding for the first escape of a text in double quotes that no value may hold."""
    for escape in ESCAPE.finditer(file.text, start, end):
        code = _code(escape)
        if code is not None and (code == 0 or 0xD800 <= code <= 0xDFFF or 0xFDD0 <= code <= 0xFDEF):
            return bad_escape(file, escape)
    return None


def impossible_escape(file: SourceFile) -> Diagnostic:
    """The finding for the first escape whose number is beyond all characters."""
    for escape in ESCAPE.finditer(file.text):
        code = _code(escape)
        if code is not None and code > _LAST_CHARACTER:
            return bad_escape(file, escape)
    return finding(span_of(file, 0, 1), "this is not YAML", "check the escapes in double quotes")


def _code(escape: re.Match[str]) -> int | None:
    """The number of the character; None where it is no number, or fewer digits than it takes."""
    if escape["zero"]:
        return 0
    for kind, digits in (("x", 2), ("u", 4), ("U", 8)):
        if escape[kind] is not None and len(escape[kind]) == digits:
            return int(escape[kind], 16)
    return None


def bad_escape(file: SourceFile, escape: re.Match[str]) -> Diagnostic:
    code = _code(escape)
    help = "write the character itself, or `\\xNN`, `\\uNNNN` or `\\UNNNNNNNN` with its number"
    message = f"`{escape[0]}` is not a character"
    if code is None:
        message = f"`{escape[0]}` has too few digits"
    elif code == 0:
        message, help = f"a text cannot hold the character `{escape[0]}`", "delete it"
    elif 0xD800 <= code <= 0xDFFF:
        message += ", only half of one (a surrogate)"
    return finding(file.span(escape.start(), escape.end()), message, help)
