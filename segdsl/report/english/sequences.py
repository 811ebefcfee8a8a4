"""Sequences: one thing, then another, then nothing for so long."""

from __future__ import annotations

from segdsl.report.english.aggregates import rows_phrase
from segdsl.report.english.narrator import Narrator
from segdsl.report.english.phrases import Clause
from segdsl.semantics import ir
from segdsl.semantics.scope import Frame
from segdsl.syntax import ast


def sequence(n: Narrator, node: ast.Sequence, frame: Frame, negated: bool) -> Clause:
    """they have at least one cart add, and then no orders within 24 hours"""
    named: dict[str, Frame] = {}
    said = []
    for number, step in enumerate(node.steps):
        said.append(_step(n, step, frame, tuple(named.items()), first=number == 0))
        if not step.negative:
            table = n.table(step.rows.target.parts[0].text)
            # Those without a name, which no condition can mention, are there to be told from.
            name = step.name.text if step.name is not None else f"#{number}"
            named[name] = Frame(table, ir.Earlier(number), in_aggregate=True)
    whole = ", and then ".join(said)
    return Clause("have", f"the sequence of {whole}" if negated else whole, None, negated, nested=True)


def _step(
    n: Narrator, step: ast.Step, frame: Frame, steps: tuple[tuple[str, Frame], ...], first: bool
) -> str:
    rows = rows_phrase(n, step.rows, frame, steps)
    within = ""
    if step.within is not None:
        span, parameter = n.counted(step.within.count, step.within.unit)
        within = f" within {span}{f' ({parameter})' if parameter else ''}"
    if step.negative:
        where = f" {rows.where_many}" if rows.where_many else ""
        return f"no {rows.many}{rows.rest}{within}{where} (once that time is over)"
    where = f" {rows.where_one}" if rows.where_one else ""
    return f"{'at least one' if first else 'a later'} {rows.one}{rows.rest}{within}{where}"
