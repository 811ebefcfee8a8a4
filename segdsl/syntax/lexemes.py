"""Expression text cut into pieces, whatever it holds: what hints about mistakes look at.

The grammar decides what an expression is. This scanner never fails, and is read only after the parser has.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from segdsl.units import Unit
from segdsl.words import NAME, WORD

PLURALS = frozenset(unit.plural for unit in Unit)
UNITS = PLURALS | frozenset(unit.value for unit in Unit)
AGGREGATES = frozenset(["count", "exists", "sum", "avg", "min", "max", "first", "last"])

_PIECES = re.compile(
    rf"""
      (?P<skip>    \s+ | --[^\r\n]* )
    | (?P<string>  '[^'\r\n]*(?:''[^'\r\n]*)*' | "[^"\r\n]*(?:""[^"\r\n]*)*" )
    | (?P<quoted>  `(?=[^`\r\n]|``)[^`\r\n]*(?:``[^`\r\n]*)*` )
    | (?P<curly>   [‘’‚‛][^‘’‚‛'\r\n]*[‘’'] | [“”„‟][^“”„‟"\r\n]*[“”"] )
    | (?P<unclosed> ['"`][^\r\n]* )
    | (?P<date>    \d+-\d+-\d+[\w:.]*(?:[+-][\d:]+)? )
    | (?P<number>  \.?\d[\w.]*%? )
    | (?P<parameter> \${NAME} )
    | (?P<word>    (?:{WORD}) | [^\W\d]\w* )
    | (?P<symbol>  <=|>=|!==|!=|<>|===|==|=>|=<|=~|!~|:=|::|&&|\|\||\*\*|//|/\*|\{{\{{|. )
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)

COMPARISONS = frozenset(("=", "==", "!=", "<>", "<", "<=", ">", ">="))


@dataclass(frozen=True, slots=True)
class Lexeme:
    """A piece of the text: `kind` is a group of the pattern above, the end is exclusive."""

    kind: str
    text: str
    start: int
    end: int

    @property
    def word(self) -> str:
        """Its word in lower case; empty where it is none."""
        return self.text.lower() if self.kind == "word" else ""

    @property
    def symbol(self) -> str:
        return self.text if self.kind == "symbol" else ""

    @property
    def is_literal(self) -> bool:
        return self.kind in ("string", "date", "number", "parameter") or self.word in ("true", "false")


NOTHING = Lexeme("nothing", "", 0, 0)
"""Stands before the first lexeme and after the last."""


def scan(text: str) -> tuple[Lexeme, ...]:
    """The pieces of a text, without blanks and comments."""
    return tuple(
        Lexeme(match.lastgroup or "", match.group(), match.start(), match.end())
        for match in _PIECES.finditer(text)
        if match.lastgroup != "skip"
    )


@dataclass(frozen=True)
class Failure:
    """Where the parser gave up: at `lexemes[at]` (their number where the text ended too soon).

    `accepts` are the names of the terminals it would have gone on with.
    """

    text: str
    lexemes: tuple[Lexeme, ...]
    at: int
    accepts: frozenset[str]

    @property
    def here(self) -> Lexeme:
        return self.lexeme(self.at)

    def lexeme(self, index: int) -> Lexeme:
        return self.lexemes[index] if 0 <= index < len(self.lexemes) else NOTHING

    def before(self, steps: int = 1) -> Lexeme:
        return self.lexeme(self.at - steps)

    def after(self, steps: int = 1) -> Lexeme:
        return self.lexeme(self.at + steps)

    @property
    def wants_value(self) -> bool:
        return {"WORD", "INTEGER", "LPAR"} <= self.accepts

    @property
    def wants_operator(self) -> bool:
        return "COMPARISON" in self.accepts

    @property
    def opening(self) -> int | None:
        """The index of the innermost parenthesis that is open where the parser gave up."""
        depth = 0
        for index in range(min(self.at, len(self.lexemes)) - 1, -1, -1):
            symbol = self.lexemes[index].symbol
            if symbol == "(" and depth == 0:
                return index
            depth += (symbol == ")") - (symbol == "(")
        return None

    def closing(self, opening: int) -> int | None:
        """The index of the parenthesis that closes the one at `opening`."""
        depth = 0
        for index in range(opening, len(self.lexemes)):
            symbol = self.lexemes[index].symbol
            depth += (symbol == "(") - (symbol == ")")
            if depth == 0:
                return index
        return None

    @property
    def aggregate(self) -> int | None:
        """The index of the opening parenthesis if that is an aggregate's."""
        opening = self.opening
        if opening is None:
            return None
        name, earlier = self.lexeme(opening - 1).word, self.lexeme(opening - 2).word
        pair = (earlier, name) in (("count", "distinct"), ("most", "frequent"))
        return opening if name in AGGREGATES or pair else None

    def backwards(self) -> list[int]:
        """Indices before `at`, the nearest first, at its own level of parentheses."""
        found: list[int] = []
        depth = 0
        for index in range(min(self.at, len(self.lexemes)) - 1, -1, -1):
            symbol = self.lexemes[index].symbol
            if symbol == "(" and depth == 0:
                break
            depth -= symbol == "("
            depth += symbol == ")"
            if depth == 0:
                found.append(index)
        return found

    def clause_start(self) -> int:
        """The index where the test that the parser was reading starts: after `and`, `or`, `where`, `(`, `,`."""
        start = self.at
        for index in self.backwards():
            lexeme = self.lexemes[index]
            if lexeme.word in ("and", "or", "not", "where") or lexeme.symbol == ",":
                return index + 1
            start = index
        return start

    def clause_end(self) -> int:
        """The index after the test that the parser gave up in."""
        depth = 0
        for index in range(self.at, len(self.lexemes)):
            lexeme = self.lexemes[index]
            if depth == 0 and (lexeme.word in ("and", "or", "where") or lexeme.symbol in (",", ")")):
                return index
            depth += (lexeme.symbol == "(") - (lexeme.symbol == ")")
        return len(self.lexemes)

    def quote(self, start: int, end: int) -> str:
        """The text from one lexeme up to another, on one line."""
        if start >= end:
            return ""
        return " ".join(self.text[self.lexeme(start).start : self.lexeme(end - 1).end].split())


@dataclass(frozen=True, slots=True)
class Mistake:
    """What to tell: where it is in the text, what is wrong, how to mend it."""

    start: int
    end: int
    message: str
    help: str | None = None


def at(first: Lexeme, message: str, help: str | None = None, last: Lexeme | None = None) -> Mistake:
    """A mistake at one lexeme, or from it to another."""
    return Mistake(first.start, (last or first).end, message, help)
