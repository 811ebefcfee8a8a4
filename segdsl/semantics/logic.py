"""Two-valued logic on the IR: building, negating, and failing every test on an unknown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, replace
from functools import lru_cache
from typing import Any, TypeVar, assert_never, cast

from segdsl.semantics import ir

OPPOSITE: dict[ir.CompareOperator, ir.CompareOperator] = {
    "=": "!=",
    "!=": "=",
    "<": ">=",
    ">=": "<",
    "<=": ">",
    ">": "<=",
}
MIRRORED: dict[ir.CompareOperator, ir.CompareOperator] = {
    "=": "=",
    "!=": "!=",
    "<": ">",
    ">": "<",
    "<=": ">=",
    ">=": "<=",
}

TRUE = ir.Always(True)
FALSE = ir.Always(False)


def all_of(conditions: Iterable[ir.Condition]) -> ir.Condition:
    """The condition that all hold; flat, without repetitions."""
    items: dict[ir.Condition, None] = {}
    for condition in conditions:
        parts = condition.operands if isinstance(condition, ir.And) else (condition,)
        items.update((part, None) for part in parts if part != TRUE)
    if FALSE in items:
        return FALSE
    return ir.And(tuple(items)) if len(items) > 1 else next(iter(items), TRUE)


def any_of(conditions: Iterable[ir.Condition]) -> ir.Condition:
    """The condition that at least one holds; flat, without repetitions."""
    items: dict[ir.Condition, None] = {}
    for condition in conditions:
        parts = condition.operands if isinstance(condition, ir.Or) else (condition,)
        items.update((part, None) for part in parts if part != FALSE)
    if TRUE in items:
        return TRUE
    return ir.Or(tuple(items)) if len(items) > 1 else next(iter(items), FALSE)


def negate(condition: ir.Condition) -> ir.Condition:
    """The condition that holds exactly where this one does not, unknowns included."""
    match condition:
        case ir.Always(value):
            return ir.Always(not value)
        case ir.And(operands):
            return any_of(negate(operand) for operand in operands)
        case ir.Or(operands):
            return all_of(negate(operand) for operand in operands)
        case ir.Compare() | ir.CompareQuotient():
            return replace(
                condition, operator=OPPOSITE[condition.operator], on_unknown=not condition.on_unknown
            )
        case ir.InList() | ir.TextTest():
            return replace(condition, negated=not condition.negated, on_unknown=not condition.on_unknown)
        case ir.BooleanTest():
            return replace(condition, expected=not condition.expected, on_unknown=not condition.on_unknown)
        case ir.IsKnown() | ir.Exists() | ir.Sequence() | ir.Sample() | ir.HowMany() | ir.Member():
            return replace(condition, negated=not condition.negated)
        case _:
            assert_never(condition)


@lru_cache(maxsize=10_000)
def strict(condition: ir.Condition) -> ir.Condition:
    """The condition if every test on an unknown value failed, negated or not.

    Negated references and counts of conditions are opened for it, so that an inlined and a referenced segment
    agree. Tests inside events fail likewise; `is unknown` asks about the unknown itself and stays. Remembered,
    since segments that refer to each other share their bodies.
    """
    match condition:
        case ir.Always() | ir.IsKnown() | ir.Sample():
            return condition
        case ir.And(operands):
            return all_of(strict(operand) for operand in operands)
        case ir.Or(operands):
            return any_of(strict(operand) for operand in operands)
        case ir.Compare() | ir.CompareQuotient() | ir.InList() | ir.TextTest() | ir.BooleanTest():
            return replace(_strict_inside(condition), on_unknown=False)
        case ir.Exists(rows=rows):
            return replace(condition, rows=_strict_rows(rows))
        case ir.Sequence(steps=steps):
            stricter = tuple(replace(step, rows=_strict_rows(step.rows)) for step in steps)
            return replace(condition, steps=stricter)
        case ir.HowMany(bound, count, conditions, negated):
            if negated and bound == "at least":
                opposites = tuple(strict(negate(each)) for each in conditions)
                return ir.HowMany("at least", len(conditions) - count + 1, opposites, negated=False)
            if negated and bound == "at most":
                return ir.HowMany("at least", count + 1, tuple(map(strict, conditions)), negated=False)
            return replace(condition, conditions=tuple(map(strict, conditions)))
        case ir.Member(body=body, negated=negated):
            return replace(condition, body=strict(negate(body) if negated else body), negated=False)
        case _:
            assert_never(condition)


_T = TypeVar("_T")


def _strict_inside(tree: _T) -> _T:
    """The same value or test, with the conditions that its values hold made strict."""
    changes: dict[str, Any] = {}
    for each in fields(cast("Any", tree)):
        if not each.init or each.name == "span":
            continue
        part = getattr(tree, each.name)
        if isinstance(part, ir.Rows):
            changes[each.name] = _strict_rows(part)
        elif isinstance(part, ir.CONDITIONS):
            changes[each.name] = strict(part)
        elif isinstance(part, ir.VALUES):
            changes[each.name] = _strict_inside(part)
        elif isinstance(part, tuple) and part and all(isinstance(item, ir.VALUES) for item in part):
            changes[each.name] = tuple(map(_strict_inside, part))
    return replace(cast("Any", tree), **changes) if changes else tree


def _strict_rows(rows: ir.Rows) -> ir.Rows:
    return rows if rows.where is None else replace(rows, where=strict(rows.where))
