"""Every operator of the language, read off the classes of the syntax tree and of the IR.

An operator is a class (`ast.Between`), or one of the values that a field of it may take
(`ast.TextTest.operator=like`, `ir.Exists.negated=True`). Whoever adds one finds it here without a line of code.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from enum import Enum
from functools import cache
from inspect import getmembers, isclass
from typing import Any, Literal, get_args, get_origin, get_type_hints

from segdsl.semantics import ir
from segdsl.semantics.functions import FUNCTIONS
from segdsl.syntax import ast
from segdsl.units import Unit

SYNTAX: tuple[type, ...] = tuple(
    each for _, each in getmembers(ast, isclass) if issubclass(each, ast.Node) and each is not ast.Node
)
IR: tuple[type, ...] = (
    *ir.VALUES,
    *ir.CONDITIONS,
    ir.Rows,
    ir.Days,
    ir.Shift,
    ir.Snap,
    ir.Ranking,
    ir.Step,
    ir.Earlier,
)

_UNDER_A_DAY = ("minute", "hour")
_NO_WINDOW_OF_ITS_OWN = (*_UNDER_A_DAY, "day")

IMPOSSIBLE: dict[str, str] = {
    # From the as-of day, which has no hours.
    **{
        f"ast.{name}.unit={u}": "hours-from-day" for name in ("InLast", "InNext", "Ago") for u in _UNDER_A_DAY
    },
    **{f"ast.{name}.unit={u}": "hours-from-day" for name in ("Since", "FromTo") for u in _UNDER_A_DAY},
    # A day is no stretch of days that starts somewhere else.
    **{
        f"ast.{name}.unit={u}": "wrong-unit"
        for name in ("InThis", "InPrevious", "StartOf")
        for u in _NO_WINDOW_OF_ITS_OWN
    },
    **{
        f"ast.ToAnniversary.unit={u}": "hours-from-day" if u in _UNDER_A_DAY else "wrong-unit"
        for u in Unit
        if u is not Unit.DAY
    },
    # The IR has these fields' types in common with others, and never these values.
    **{f"ir.Distance.unit={u}": "" for u in _UNDER_A_DAY},
    **{f"ir.Shift.unit={u}": "" for u in Unit if u not in (Unit.DAY, Unit.MONTH)},
    **{f"ir.Snap.unit={u}": "" for u in _NO_WINDOW_OF_ITS_OWN},
    "ir.Aggregate.scope=entity": "",
    "ir.Exists.scope=entity": "",
    "ir.Sequence.scope=entity": "",
}
"""What the classes allow and the language does not, with the rule that tells it."""


def _called(cls: type) -> str:
    return f"{'ast' if cls.__module__ == ast.__name__ else 'ir'}.{cls.__name__}"


@cache
def _closed(cls: type) -> dict[str, tuple[Any, ...]]:
    """The fields of a class that take a few given values, and those."""
    hints = get_type_hints(cls)
    found: dict[str, tuple[Any, ...]] = {}
    for each in fields(cls):
        hint = hints[each.name]
        if get_origin(hint) is Literal:
            found[each.name] = get_args(hint)
        elif isclass(hint) and issubclass(hint, Enum):
            found[each.name] = tuple(member.value for member in hint)
        elif hint is bool:
            found[each.name] = (False, True)
    if cls is ast.Call:
        found["function"] = FUNCTIONS
    return found


def _of_class(cls: type) -> Iterator[str]:
    yield _called(cls)
    for name, values in _closed(cls).items():
        yield from (f"{_called(cls)}.{name}={value}" for value in values)


ALL = frozenset(name for cls in (*SYNTAX, *IR) for name in _of_class(cls)) - set(IMPOSSIBLE)


def in_syntax(tree: ast.Expression) -> frozenset[str]:
    """The operators in a syntax tree."""
    return frozenset(_walk(tree, SYNTAX))


def in_ir(tree: ir.Value | ir.Condition) -> frozenset[str]:
    """The operators in a tree of IR, bodies of segments included."""
    return frozenset(_walk(tree, IR))


def _walk(root: Any, classes: tuple[type, ...]) -> Iterator[str]:
    stack, seen = [root], set()
    while stack:
        part = stack.pop()
        if isinstance(part, tuple):
            stack.extend(part)
        elif hasattr(part, "__dataclass_fields__") and id(part) not in seen:
            seen.add(id(part))
            if isinstance(part, classes):
                yield _called(type(part))
                for name in _closed(type(part)):
                    yield f"{_called(type(part))}.{name}={_plain(getattr(part, name))}"
            stack.extend(getattr(part, each.name) for each in fields(part) if each.name not in _ASIDE)


_ASIDE = ("at", "function_at", "span", "members")


def _plain(value: Any) -> Any:
    return value.value if isinstance(value, Enum) else value
