"""Which conditions hold because something is not known: what has to be said of them."""

from __future__ import annotations

from segdsl.semantics import ir


def holds_for_unknowns(condition: ir.Condition) -> bool:
    """Whether a condition in normal form may hold because a value in it is unknown, or a link leads nowhere."""
    match condition:
        case ir.And(operands):
            needed = frozenset[ir.Value]().union(*map(_needed, operands))
            return any(holds_for_unknowns(each) and not _left_open(each) <= needed for each in operands)
        case ir.Or(operands):
            return any(map(holds_for_unknowns, operands))
        case ir.Compare() | ir.CompareQuotient() | ir.InList() | ir.TextTest() | ir.BooleanTest():
            return condition.on_unknown and any(map(ir.is_nullable, _tested(condition)))
        case ir.Exists() | ir.Member():
            return condition.negated and any(not link.required for link in condition.links)
        case _:
            return False


Test = ir.Compare | ir.CompareQuotient | ir.InList | ir.TextTest | ir.BooleanTest


def _tested(test: Test) -> tuple[ir.Value, ...]:
    match test:
        case ir.Compare(_, left, right):
            return left, right
        case ir.CompareQuotient(_, numerator, denominator, other):
            return ir.Divide(numerator, denominator), other
        case _:
            return (test.operand,)


def _needed(condition: ir.Condition) -> frozenset[ir.Value]:
    """Values that are known wherever the condition holds."""
    match condition:
        case ir.And(operands):
            return frozenset[ir.Value]().union(*map(_needed, operands))
        case ir.Or(operands):
            first, *others = map(_needed, operands)
            return first.intersection(*others)
        case ir.IsKnown(operand, False):
            return _roots(operand)
        case ir.Compare() | ir.CompareQuotient() | ir.InList() | ir.TextTest() | ir.BooleanTest():
            return (
                frozenset()
                if condition.on_unknown
                else frozenset[ir.Value]().union(*map(_roots, _tested(condition)))
            )
        case _:
            return frozenset()


def _left_open(condition: ir.Condition) -> frozenset[ir.Value | ir.Condition]:
    """Values because of which the condition may hold where they are unknown; the conditions about links alike."""
    match condition:
        case ir.And(operands) | ir.Or(operands):
            return frozenset[ir.Value | ir.Condition]().union(*map(_left_open, operands))
        case ir.Compare() | ir.CompareQuotient() | ir.InList() | ir.TextTest() | ir.BooleanTest():
            values = _tested(condition) if condition.on_unknown else ()
            return frozenset[ir.Value | ir.Condition]().union(*map(_roots, filter(ir.is_nullable, values)))
        case _:
            return frozenset({condition}) if holds_for_unknowns(condition) else frozenset()


def _roots(value: ir.Value) -> frozenset[ir.Value]:
    """What is known exactly where the value is: of the day of a moment, that moment."""
    match value:
        case ir.DayOf(operand) | ir.LocalTime(operand) | ir.ToFloat(operand):
            return _roots(operand)
        case ir.Distance(_, start, end):
            return _roots(start) | _roots(end)
        case ir.Constant() | ir.Point():
            return frozenset()
        case _:
            return frozenset({value})
