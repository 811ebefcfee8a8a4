"""segdsl: a declarative language and compiler for customer segments."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from segdsl.diagnostics import Findings, FindingsError, SegdslError
    from segdsl.project import Project, load

__version__ = "0.1.0"
__all__ = ["Findings", "FindingsError", "Project", "SegdslError", "__version__", "load"]


def __getattr__(name: str) -> object:
    # Loaded when asked for, so that `import segdsl` and `segdsl --version` stay instant.
    if name in ("Project", "load"):
        from segdsl import project

        return getattr(project, name)
    if name in ("Findings", "FindingsError", "SegdslError"):
        from segdsl import diagnostics

        return getattr(diagnostics, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
