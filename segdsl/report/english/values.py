"""Values as noun phrases."""

from __future__ import annotations

from typing import assert_never

from segdsl.report.english.aggregates import aggregate_noun
from segdsl.report.english.constants import amount, is_constant, point
from segdsl.report.english.functions import call
from segdsl.report.english.narrator import Narrator
from segdsl.report.english.paths import path_noun
from segdsl.report.english.phrases import Noun
from segdsl.report.english.ranks import rank_noun
from segdsl.semantics.scope import Frame
from segdsl.syntax import ast

_SIGNS = {"+": "plus", "-": "minus", "*": "times", "/": "divided by"}


def noun(n: Narrator, node: ast.Expression, frame: Frame) -> Noun:
    """The words for a value of the frame's row."""
    match node:
        case ast.Path():
            return path_noun(n, node, frame)
        case ast.Number() | ast.String() | ast.Boolean() | ast.Timestamp() | ast.Parameter():
            return Noun(amount(n, node))
        case ast.Date() | ast.Today() | ast.Yesterday() | ast.Ago() | ast.StartOf():
            return Noun(point(n, node))
        case ast.Negate(operand):
            inside = n.noun(operand, frame)
            minus = "-" if isinstance(operand, ast.Number) else "minus "
            return Noun(minus + inside.tight, loose=not isinstance(operand, ast.Number), nested=inside.nested)
        case ast.Arithmetic():
            return _arithmetic(n, node, frame)
        case ast.Call():
            return call(n, node, frame)
        case ast.Since(unit, start):
            since = n.noun(start, frame)
            return Noun(f"the number of {unit.plural} since {since.tight}", unit=unit, nested=since.nested)
        case ast.FromTo(unit, start, end):
            low, high = n.noun(start, frame), n.noun(end, frame)
            said = f"the number of {unit.plural} from {low.tight} to {high.tight}"
            return Noun(said, unit=unit, nested=low.nested or high.nested)
        case ast.ToAnniversary(unit, start):
            day = n.noun(start, frame)
            said = f"the number of days to the next anniversary of {day.tight}"
            return Noun(said, unit=unit, nested=day.nested)
        case ast.Aggregate():
            return aggregate_noun(n, node, frame)
        case ast.Rank():
            return rank_noun(n, node, frame)
        case (
            ast.Top() | ast.Sample() | ast.Sequence() | ast.AsOf() | ast.SegmentReference() | ast.Comparison() | ast.In() | ast.Between() | ast.IsKnown()
            | ast.TextTest() | ast.InWindow() | ast.HowMany() | ast.Not() | ast.And() | ast.Or()
        ):  # fmt: skip
            raise AssertionError(f"a condition is no value: {node!r}")
        case _:
            assert_never(node)


# --- arithmetic -------------------------------------------------------------------------------------------


def _arithmetic(n: Narrator, node: ast.Arithmetic, frame: Frame) -> Noun:
    left, right = n.noun(node.left, frame), n.noun(node.right, frame)
    chained = isinstance(node.left, ast.Arithmetic) and (
        node.left.operator == node.operator or {node.left.operator, node.operator} <= {"+", "-"}
    )
    sign = _SIGNS[node.operator]
    unit = left.unit if node.operator in ("+", "-") and left.unit is right.unit else None
    one = left.plain if chained or not left.loose else f"({left.plain})"
    one += "," * left.aside
    other = f"({right.plain})" if right.loose else right.said if right.long else right.plain
    ownerless = f"{one} {sign} {other}"
    nested = left.nested or right.nested
    if left.owned and (right.owned or is_constant(node.right)) and not right.aside:
        # Said once it is understood of both: "their price times quantity".
        return Noun(ownerless, owned=True, loose=True, nested=nested, unit=unit)
    start = left.said if chained or left.aside else left.tight
    end = right.said if right.aside and not right.loose else right.tight
    said = f"{start}{',' * left.aside} {sign} {end}"
    return Noun(said, loose=True, aside=right.aside, nested=nested, unit=unit, ownerless=ownerless)
