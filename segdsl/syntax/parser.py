"""From text to syntax tree."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, cast

from segdsl.diagnostics import Diagnostic, Findings
from segdsl.source import Comment, Fragment
from segdsl.syntax import tables
from segdsl.syntax.ast import Expression

if TYPE_CHECKING:
    from lark import UnexpectedInput


def parse(fragment: Fragment, findings: Findings) -> Expression | None:
    """The syntax tree of a fragment; None after adding at least one diagnostic.

    A mistake of form is one diagnostic with the rule `syntax`, at what is wrong. Literals that have the right
    form but mean nothing (30 February) are told one by one, and nesting that is too deep as `too-deep`.
    """
    from lark import UnexpectedInput

    from segdsl.syntax.builder import build

    try:
        tree = tables.load().parse(fragment.text)
    except UnexpectedInput as error:
        findings.add(_mistake(fragment, error))
        return None
    return build(tree, fragment, findings)


def _mistake(fragment: Fragment, error: UnexpectedInput) -> Diagnostic:
    """The diagnostic of what the parser could not read."""
    from segdsl.syntax.hints import explain
    from segdsl.syntax.lexemes import Failure, scan

    lexemes = scan(fragment.text)
    if not lexemes:
        message = "there is no expression here"
        return Diagnostic("syntax", message, fragment.whole, "write a condition, such as `recency < 30`")
    failed = _position(error)
    at = next((i for i, lexeme in enumerate(lexemes) if lexeme.end > failed), len(lexemes))
    if fragment.comment is not None and (at == len(lexemes) or lexemes[at].kind == "unclosed"):
        return _cut_short(fragment.comment)
    mistake = explain(Failure(fragment.text, lexemes, at, _accepted(error)))
    return Diagnostic("syntax", mistake.message, fragment.span(mistake.start, mistake.end), mistake.help)


def _cut_short(comment: Comment) -> Diagnostic:
    message = "` #` starts a comment of YAML, so the expression ends before it"
    help = f"write `{comment.key}: |`, with the expression on the next line, further in; there a comment is `-- …`"
    return Diagnostic("syntax", message, comment.at, help)


def _position(error: UnexpectedInput) -> int:
    """Where the parser gave up: an offset in the text, past its end where the text ended too soon."""
    token = getattr(error, "token", None)
    if token is not None and token.type == "$END":
        return sys.maxsize
    return cast(int, error.pos_in_stream)


def _accepted(error: UnexpectedInput) -> frozenset[str]:
    """The names of the terminals that could have stood there."""
    # The error itself names all that the parser's state knows, also what leads nowhere after a reduction.
    return frozenset(cast(Any, error.interactive_parser).accepts())
