"""What everything that writes a statement needs to know."""

from __future__ import annotations

from dataclasses import dataclass

from segdsl.planner.plan import Plan
from segdsl.sql.dialects.base import Dialect


@dataclass(frozen=True)
class Context:
    """A plan, the dialect that it is written in, and the schema that the tables stand under, or None."""

    plan: Plan
    dialect: Dialect
    schema: str | None
