"""Variables of the environment in the texts of a target: put in, and kept out of messages."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping

from segdsl.diagnostics import SegdslError
from segdsl.files.values import Text

VARIABLE = re.compile(r"\$\{([^\W\d]\w*)\}")
_DOLLAR_BRACE = re.compile(r"\$\{([^}]*)\}?")
# Something shorter is found inside too many words: it is hidden only where it is no part of one.
_LONG = 8


class Environment:
    """Puts variables into texts, and remembers which, so that messages can name them instead of their values."""

    def __init__(self, variables: Mapping[str, str] | None = None) -> None:
        self._variables = os.environ if variables is None else variables
        self._hidden: dict[str, str] = {}
        self._ends: dict[str, str] = {}

    def expand(self, text: str) -> str:
        """The text with each `${NAME}` replaced; SegdslError names a variable that is not set, and where."""
        place = f" ({text.span.path}, line {text.span.line})" if isinstance(text, Text) else ""

        def value(found: re.Match[str]) -> str:
            variable = VARIABLE.fullmatch(found[0])
            if variable is None:
                raise SegdslError(f"`{found[0]}` is not a variable{place}", "write `${NAME}`")
            name = variable[1]
            if name not in self._variables:
                message = f"the environment variable `{name}` is not set{place}"
                raise SegdslError(message, f"set it: `export {name}=…`")
            if not self._variables[name].strip():
                raise SegdslError(
                    f"the environment variable `{name}` is empty{place}", f"give `{name}` a value"
                )
            self._remember(self._variables[name], found[0])
            return self._variables[name]

        expanded = _DOLLAR_BRACE.sub(value, text)
        if expanded != text:
            self._remember(expanded, str(text))
        return expanded

    def _remember(self, value: str, written: str) -> None:
        self._hidden.setdefault(value, written)
        # Many a message shortens a path to its last part.
        end = re.split(r"[/\\]", value.rstrip("/\\"))[-1]
        self._ends.setdefault(end, written)

    def hide(self, message: str) -> str:
        """The message with what the user wrote in the place of what it stood for."""
        if not self._hidden:
            return message
        alternatives = [
            re.escape(value) if len(value) >= _LONG else rf"(?<!\w){re.escape(value)}(?!\w)"
            for value in sorted(self._hidden, key=len, reverse=True)
        ]
        alternatives += [rf"(?<=[`'\"/\\]){re.escape(end)}(?=[`'\"])" for end in self._ends]
        return re.sub(
            "|".join(alternatives), lambda found: self._hidden.get(found[0]) or self._ends[found[0]], message
        )
