"""Why an entity is in a segment or not: its clauses with their verdicts and values."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Context, Decimal
from typing import TYPE_CHECKING, Any

from segdsl.diagnostics import SegdslError
from segdsl.semantics import ir
from segdsl.semantics.clauses import Clause
from segdsl.semantics.types import INTEGER, MAX_DIGITS, STRING, Kind, Type

if TYPE_CHECKING:
    from segdsl.project import Project
    from segdsl.reference.interpreter import Row, World


@dataclass(frozen=True)
class Verdict:
    """A clause, whether it holds, and its values; None is an unknown one."""

    clause: Clause
    holds: bool
    values: tuple[tuple[str, Any], ...]
    children: tuple[Verdict, ...]

    def to_dict(self) -> dict[str, Any]:
        values = [{"text": text, "value": _plain(value)} for text, value in self.values]
        return {
            "text": self.clause.text,
            "sort": self.clause.sort,
            "holds": self.holds,
            "values": values,
            "children": [child.to_dict() for child in self.children],
        }


_EXACT = Context(prec=2 * MAX_DIGITS)


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


def why(
    project: Project, name: str, key: str, as_of: date | None = None, target: str | None = None
) -> Verdict:
    """The verdict on the entity of that key, asked of the data. Raises SegdslError, also without such a one."""
    from segdsl.sql import plan_for, row_query

    day = as_of or project.today
    (segment,) = project.segments_on([name], day)
    root = project.clauses(name)
    table = segment.population.table
    wanted = _constant(key, table)
    row = ir.Compare("=", _key_column(table), wanted, on_unknown=False)
    conditions = list(dict.fromkeys(each.condition for each in _all(root)))
    values = list(dict.fromkeys(shown.value for each in _all(root) for shown in each.values))
    asked = [replace(segment, name=f"clause_{number}", condition=c) for number, c in enumerate(conditions)]
    asked.append(replace(segment, name="is_the_row", condition=row))
    shown = {f"value_{number}": value for number, value in enumerate(values)}
    with project.open(target) as engine:
        planned = plan_for(engine.dialect, asked, day, shown)
        query = row_query(planned, planned.segments[-1].condition, engine.schema, engine.dialect)
        found = engine.execute(query).to_pylist()
    if not found:
        help = "its row may be missing, or later than the as-of day"
        raise SegdslError(f"no row of `{table.name}` has the key `{key}`", help)
    verdicts = {c: bool(found[0][f"clause_{number}"]) for number, c in enumerate(conditions)}
    known = {
        value: _exact(value.type, engine.given(value.type, found[0][f"value_{number}"]))
        for number, value in enumerate(values)
    }
    return judged(root, verdicts.__getitem__, known.__getitem__)


def _exact(type: Type, found: Any) -> Any:
    """Integers and decimals as the language has them: engines differ in the digits that they give."""
    match type.kind:
        case Kind.INTEGER if found is not None:
            return int(found)
        case Kind.DECIMAL if found is not None:
            return Decimal(found).quantize(Decimal(1).scaleb(-type.scale), context=_EXACT)
        case _:
            return found


def why_of_row(root: Clause, row: Row, world: World) -> Verdict:
    """The verdict on a row of Python values, by the reference interpreter."""
    from segdsl.reference.interpreter import holds, value_of

    return judged(root, lambda c: holds(c, row, world), lambda v: value_of(v, row, world))


def judged(
    clause: Clause, holds: Callable[[ir.Condition], bool], value: Callable[[ir.Value], Any]
) -> Verdict:
    """The verdict on a clause and all it is made of, given answers to single conditions and values."""
    return Verdict(
        clause,
        holds(clause.condition),
        tuple((shown.text, value(shown.value)) for shown in clause.values),
        tuple(judged(child, holds, value) for child in clause.children),
    )


def _all(clause: Clause) -> Iterator[Clause]:
    yield clause
    for child in clause.children:
        yield from _all(child)


def _constant(key: str, table: ir.Table) -> ir.Constant:
    """A key as the command line gives it, by the type of the column."""
    if table.key_type.kind is Kind.STRING:
        return ir.Constant(key, STRING)
    try:
        return ir.Constant(int(key), INTEGER)
    except ValueError:
        if table.key_type.kind is Kind.KEY:
            return ir.Constant(key, STRING)
        raise SegdslError(f"`{key}` is no key of `{table.name}`, whose keys are whole numbers") from None


def _key_column(table: ir.Table) -> ir.Column:
    return ir.Column(
        ir.Scope.ROW, (), table.name, table.key or "", table.key_source or "", table.key_type, nullable=False
    )


# --- as text ----------------------------------------------------------------------------------------------

_HEADINGS = {"all": "all of these", "any": "any of these", "not": "not"}


def to_lines(verdict: Verdict, indent: str = "") -> list[str]:
    """The verdict as lines: `+` before what holds, `-` before what does not, values behind it."""
    clause = verdict.clause
    shown = ", ".join(
        f"{name} = {show_value(value)}" if name != clause.text else show_value(value)
        for name, value in verdict.values
    )
    line = f"{indent}{'+' if verdict.holds else '-'} {heading(verdict)}" + (f"  ({shown})" if shown else "")
    return [line, *(each for child in verdict.children for each in to_lines(child, indent + "  "))]


def heading(verdict: Verdict) -> str:
    """A clause as its own line names it: what is under it need not be said twice."""
    clause = verdict.clause
    if clause.sort == "many":
        held = sum(child.holds for child in verdict.children)
        return f"{clause.text.partition(' of ')[0]} of these: {held} do"
    return _HEADINGS.get(clause.sort, clause.text)


def show_value(value: Any) -> str:
    """A value as a condition would write it; `unknown` for None."""
    match value:
        case None:
            return "unknown"
        case bool():
            return "true" if value else "false"
        case str():
            return "'" + value.replace("'", "''") + "'"
        case datetime():
            return value.isoformat(sep=" ")
        case _:
            return str(value)
