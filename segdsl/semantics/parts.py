"""Everything inside a tree of IR, found without knowing its classes one by one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from typing import Any, cast

from segdsl.semantics import ir

_HOLDERS = (ir.Rows, ir.Step, ir.Ranking, ir.Population)
_OF_EVENTS = (ir.Aggregate, ir.Exists, ir.Sequence)


def parts(tree: object, into_events: bool = True) -> Iterator[ir.Value | ir.Condition]:
    """Every value and condition in a tree, each equal one once, bodies of references included; without
    `into_events`, what stands inside aggregates and sequences is left out, and the time that says who of a
    ranked population exists."""
    seen: set[object] = set()
    stack: list[Any] = [tree]
    while stack:
        node = stack.pop()
        if isinstance(node, tuple):
            stack.extend(reversed(node))
        elif isinstance(node, _HOLDERS):
            if into_events or not isinstance(node, ir.Population):
                stack.extend(_fields(node))
        elif isinstance(node, (*ir.VALUES, *ir.CONDITIONS)) and node not in seen:
            seen.add(node)
            yield cast(ir.Value | ir.Condition, node)
            if into_events or not isinstance(node, _OF_EVENTS):
                stack.extend(_fields(node))


def tables(tree: object) -> set[ir.Table]:
    """Every table that anything in the tree is about or goes through."""
    found: set[ir.Table] = set()
    seen: set[object] = set()
    stack: list[Any] = [tree]
    while stack:
        node = stack.pop()
        if isinstance(node, tuple):
            stack.extend(node)
        elif isinstance(node, ir.Table):
            found.add(node)
        elif (
            type(node).__module__ == ir.__name__
            and hasattr(node, "__dataclass_fields__")
            and node not in seen
        ):
            seen.add(node)
            stack.extend(_fields(node))
    return found


def has_rank(condition: ir.Condition) -> bool:
    """Whether a rank stands anywhere in the condition or in what it refers to."""
    return any(isinstance(part, ir.Standing) for part in parts(condition))


def _fields(node: Any) -> list[Any]:
    return [getattr(node, each.name) for each in reversed(fields(node)) if each.init and each.name != "span"]
