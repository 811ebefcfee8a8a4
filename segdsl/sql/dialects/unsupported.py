"""What a dialect cannot carry."""

from __future__ import annotations

from segdsl.source import Span


class Unsupported(Exception):
    """What a dialect cannot carry, in the user's words; `span` is where it is asked for."""

    def __init__(self, what: str, span: Span | None = None) -> None:
        super().__init__(what)
        self.what = what
        self.span = span
