"""The parser that Lark makes from the grammar, and its saved form.

Building the LALR tables takes a third of a second and loading them a few hundredths. `python -m
segdsl.syntax.tables [FILE]` saves them, beside this module or in another file: the Makefile and the building
of a wheel (hatch_build.py) call it. Saved tables of another grammar or another Lark are passed over, and
nothing is ever written while segdsl runs. They are a pickle, and trusted as the modules beside them are: none
is read from a folder of the user's.
"""

from __future__ import annotations

import io
import sys
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lark import Lark

FOLDER = Path(__file__).parent
TABLES = FOLDER / "segdsl.tables"

OPTIONS: dict[str, Any] = {
    "parser": "lalr",
    "lexer": "contextual",
    "keep_all_tokens": True,
    "maybe_placeholders": True,
}


def grammar_text() -> str:
    """The grammar: packaged beside this module in a wheel, in the top-level folder of a checkout."""
    packaged = FOLDER / "segdsl.lark"
    if packaged.exists():
        return packaged.read_text(encoding="utf-8")
    return (FOLDER.parent.parent / "grammar" / "segdsl.lark").read_text(encoding="utf-8")


@cache
def load() -> Lark:
    """The parser, made once: from the saved tables where they fit the grammar, else built in memory."""
    grammar = grammar_text()
    return read(TABLES, grammar) or build(grammar)


def build(grammar: str) -> Lark:
    from lark import Lark

    return Lark(grammar, **OPTIONS)


def read(tables: Path, grammar: str) -> Lark | None:
    """The parser saved in a file, or None where there is none or it is not of this grammar and this Lark."""
    from lark import Lark

    try:
        header, _, payload = tables.read_bytes().partition(b"\n")
    except OSError:
        return None
    if header != _header(grammar, payload):
        return None
    return Lark.load(io.BytesIO(payload))


def save(tables: Path, grammar: str) -> None:
    """Builds the tables of a grammar and writes them to a file."""
    buffer = io.BytesIO()
    build(grammar).save(buffer)
    payload = buffer.getvalue()
    tables.write_bytes(_header(grammar, payload) + b"\n" + payload)


def _header(grammar: str, payload: bytes) -> bytes:
    # Not the Python version: the payload is plain data, and one wheel serves all versions.
    import lark

    marks = sha256(grammar.encode()).hexdigest(), sha256(payload).hexdigest()
    return f"segdsl tables, lark {lark.__version__}, grammar {marks[0]}, payload {marks[1]}".encode()


if __name__ == "__main__":
    chosen = Path(sys.argv[1]) if len(sys.argv) > 1 else TABLES
    save(chosen, grammar_text())
    print(f"wrote {chosen}")
