"""What an engine is to the rest of segdsl."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol, Self

from segdsl.semantics.types import Type

if TYPE_CHECKING:
    import pyarrow  # type: ignore[import-untyped]
    from sqlglot import exp


class Engine(Protocol):
    """An open connection to the data of a target. All methods raise SegdslError."""

    dialect: str
    """The name of the dialect that it speaks."""
    schema: str | None
    """What tables stand under in statements, or None."""

    def tables(self) -> list[str]:
        """The physical names of the tables that are there, in order."""
        ...

    def describe(self, table: str) -> dict[str, Type | None]:
        """The columns of a table and the language's type of each, None where there is none."""
        ...

    def physical_columns(self, table: str) -> dict[str, str] | None:
        """The columns of a table as stored and the engine's name of each one's type; None without the table."""
        ...

    def is_text(self, table: str) -> bool:
        """Whether the table is stored as text, so that declared columns are strings whatever they hold."""
        ...

    def type_of(self, name: str) -> Type | None:
        """The language's type for one that the engine names, or None."""
        ...

    def holds(self, stored: str, declared: Type) -> bool:
        """Whether values of the declared type may be stored as the named one; numbers are a matter of each
        value."""
        ...

    def unreadable(self, stored: exp.Expression, kept_as: str, declared: Type) -> exp.Expression | None:
        """Whether a stored value is lost or changed when read as the declared type, as a test; None where none
        can be."""
        ...

    def raw(self, table: str) -> exp.Expression:
        """What stands behind FROM to read a table as it is stored, its values not cast to declared types."""
        ...

    def given(self, type: Type, found: Any) -> Any:
        """A value of a type, as a query has given it, as Python's own."""
        ...

    def execute(self, query: exp.Expr) -> pyarrow.Table:
        """Runs a query and gives all of its rows."""
        ...

    def close(self) -> None: ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...
