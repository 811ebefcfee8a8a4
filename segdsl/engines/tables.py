"""What all engines are told, and how they keep a secret."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from segdsl.diagnostics.diagnostic import SegdslError
from segdsl.semantics.types import Type


@dataclass(frozen=True)
class TableSpec:
    """A table of the catalog as an engine needs it: its names, for each declared column its physical name and
    type, and the names of key and link columns that are not declared."""

    name: str
    source: str
    columns: Mapping[str, tuple[str, Type]] = field(default_factory=dict)
    keys: Sequence[str] = ()


@contextmanager
def hiding(hide: Callable[[str], str]) -> Iterator[None]:
    """Errors without what nobody may see."""
    try:
        yield
    except SegdslError as error:
        error.message = hide(error.message)
        error.help = None if error.help is None else hide(error.help)
        error.args = (error.message,)
        raise
