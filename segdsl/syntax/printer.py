"""From syntax tree to text, in the one form that `segdsl fmt` writes.

Keywords in lower case, blanks around operators, single quotes, backticks and parentheses only where the text
would mean something else without them. Parsing what is printed gives the same tree.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import IntEnum
from typing import assert_never

from segdsl.syntax import ast
from segdsl.syntax.document import (
    BROKEN,
    HARD,
    LINE,
    SOFT,
    Document,
    Group,
    Nest,
    flat,
    joined,
    render,
    start,
)
from segdsl.units import Unit
from segdsl.words import quoted


@dataclass(frozen=True)
class Remarks:
    """The comments about one node, each with its `--`: on lines before it, behind it, and on lines after it."""

    before: list[str] = field(default_factory=list)
    behind: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)


def to_text(expression: ast.Expression) -> str:
    """The expression on one line."""
    return flat(_Printer({}).text(expression, _Level.OR))


def step_to_text(step: ast.Step) -> str:
    """A step of a sequence on one line, without the `then` before it."""
    return flat(_Printer({}).step(step))


def to_lines(expression: ast.Expression, width: int, remarks: Mapping[int, Remarks]) -> list[str]:
    """The expression as lines of at most `width` characters where that can be helped, broken by clause.

    `remarks` has the comments of nodes by the `id` of the node; they must be about the whole expression, or
    about something that `listed` gives.
    """
    printer = _Printer(remarks)
    return render(printer.remarked(expression, printer.text(expression, _Level.OR)), width)


def listed(node: ast.Expression | ast.Step) -> Sequence[ast.Expression | ast.Step]:
    """What stands in a node as a list that is broken item by item, so that comments can stand between them."""
    match node:
        case ast.And(operands) | ast.Or(operands):
            return operands
        case ast.HowMany(_, _, conditions):
            return conditions
        case ast.In(_, items, bare=False):
            return items
        case ast.Sequence(steps):
            return steps
        case ast.Call(_, _, arguments):
            return arguments
        case _:
            return ()


_SMALL = (
    *(ast.Path, ast.Number, ast.String, ast.Boolean, ast.Date, ast.Timestamp, ast.Parameter),
    *(ast.Today, ast.Yesterday, ast.Ago, ast.StartOf),
)


def _is_small(node: ast.Expression) -> bool:
    if isinstance(node, ast.Negate):
        return isinstance(node.operand, ast.Number)
    return isinstance(node, _SMALL)


class _Level(IntEnum):
    """How tightly something binds, the loosest first, as in the grammar."""

    OR = 0
    AND = 1
    NOT = 2
    PREDICATE = 3
    SUM = 4
    PRODUCT = 5
    UNARY = 6
    ATOM = 7


def _level(node: ast.Expression) -> _Level:
    match node:
        case ast.Or():
            return _Level.OR
        case ast.And():
            return _Level.AND
        case ast.Not():
            return _Level.NOT
        case ast.Comparison() | ast.In() | ast.Between() | ast.IsKnown() | ast.TextTest() | ast.InWindow():
            return _Level.PREDICATE
        case ast.Top() | ast.Sample():
            return _Level.PREDICATE
        case ast.Arithmetic(operator):
            return _Level.SUM if operator in ("+", "-") else _Level.PRODUCT
        case ast.Negate():
            return _Level.UNARY
        case ast.Path() | ast.Parameter() | ast.Number() | ast.String() | ast.Boolean():
            return _Level.ATOM
        case ast.Date() | ast.Timestamp() | ast.Today() | ast.Yesterday() | ast.Ago() | ast.StartOf():
            return _Level.ATOM
        case ast.Since() | ast.FromTo() | ast.ToAnniversary() | ast.Call() | ast.Aggregate():
            return _Level.ATOM
        case ast.SegmentReference() | ast.HowMany() | ast.Rank() | ast.Sequence() | ast.AsOf():
            return _Level.ATOM
        case _:
            assert_never(node)


@dataclass(frozen=True)
class _Printer:
    remarks: Mapping[int, Remarks]

    def text(self, node: ast.Expression, least: _Level) -> Document:
        """The text of a node, in parentheses if it binds less tightly than `least`."""
        return self.bare(node) if _level(node) >= least else _enclosed("(", self.bare(node), ")")

    def bare(self, node: ast.Expression) -> Document:
        match node:
            case ast.Or(operands):
                return self.chain("or ", operands, _Level.AND)
            case ast.And(operands):
                return self.chain("and ", operands, _Level.NOT)
            case ast.Not(operand):
                return ("not ", self.text(operand, _Level.NOT))
            case ast.Comparison(operator, left, right):
                return self.between(operator, left, right, _Level.SUM, _Level.SUM)
            case ast.In(operand, items, negated, bare):
                if bare:
                    return (self.tested(operand, negated), " in ", self.text(items[0], _Level.UNARY))
                return (self.tested(operand, negated), " in ", self.items(items, _Level.UNARY))
            case ast.Between(operand, low, high, negated):
                ends = (self.text(low, _Level.SUM), " and ", self.text(high, _Level.SUM))
                return (self.tested(operand, negated), " between ", ends)
            case ast.IsKnown(operand, negated):
                return (self.text(operand, _Level.SUM), " is unknown" if negated else " is known")
            case ast.TextTest(operator, operand, pattern, negated):
                return (self.tested(operand, negated), f" {operator} ", self.text(pattern, _Level.UNARY))
            case ast.InWindow(operand, window, negated):
                return (self.tested(operand, negated), " ", self.window(window))
            case ast.Top(side, amount, ranking):
                return (f"{side} ", self.atom(amount), " by ", self.ranking(ranking))
            case ast.Sample(low, high, salt):
                slice = f"{_number(low)} to {_number(high)}" if low else _number(high)
                return (f"sample {slice} by ", self.atom(salt))
            case ast.Arithmetic(operator, left, right):
                level = _level(node)
                return self.between(operator, left, right, level, _Level(level + 1))
            case ast.Negate(operand):
                inside = self.text(operand, _Level.UNARY)
                # Two signs without a blank between them would start a comment.
                return ("- " if start(inside).startswith("-") else "-", inside)
            case _:
                return self.atom(node)

    def atom(self, node: ast.Expression) -> Document:
        match node:
            case ast.Path():
                return _path(node)
            case ast.Number():
                return _number(node)
            case ast.String(value):
                return "'" + value.replace("'", "''") + "'"
            case ast.Boolean(value):
                return "true" if value else "false"
            case ast.Date(day):
                return day.isoformat()
            case ast.Timestamp(moment):
                return moment.isoformat(timespec="seconds" if moment.second else "minutes")
            case ast.Parameter(name):
                return f"${name}"
            case ast.Today():
                return "today"
            case ast.Yesterday():
                return "yesterday"
            case ast.Ago(count, unit):
                return f"{_counted(count, unit)} ago"
            case ast.StartOf(unit):
                return f"start of {unit}"
            case ast.Since(unit, start):
                return (f"{unit.plural} since ", self.text(start, _Level.ATOM))
            case ast.FromTo(unit, start, end):
                ends = (self.text(start, _Level.ATOM), " to ", self.text(end, _Level.ATOM))
                return (f"{unit.plural} from ", ends)
            case ast.ToAnniversary(unit, day_of):
                return (f"{unit.plural} to anniversary of ", self.text(day_of, _Level.ATOM))
            case ast.Call(function, _, arguments):
                return (function, self.items(arguments, _Level.OR))
            case ast.Aggregate(name, rows):
                return _enclosed(f"{name}(", self.rows(rows), ")")
            case ast.SegmentReference(links, segment):
                return f"{_path(links)}.segment({_path(segment)})" if links else f"segment({_path(segment)})"
            case ast.HowMany(bound, count, conditions):
                return (f"{bound} ", self.atom(count), " of ", self.items(conditions, _Level.OR))
            case ast.Rank(function, tiles, ranking):
                inside = (self.atom(tiles), ", ") if tiles else ()
                return _enclosed(f"{function}(", (*inside, self.ranking(ranking)), ")")
            case ast.Sequence(steps):
                return self.sequence(steps)
            case ast.AsOf():
                return self.as_of(node)
            case _:
                raise AssertionError(f"no text for {node!r}")

    def between(
        self, operator: str, left: ast.Expression, right: ast.Expression, least: _Level, right_least: _Level
    ) -> Document:
        """Two operands; where both are large, the operator may start a line."""
        sides = self.text(left, least), self.text(right, right_least)
        if _is_small(left) or _is_small(right):
            return (sides[0], f" {operator} ", sides[1])
        return Group((sides[0], Nest((LINE, f"{operator} ", sides[1]))))

    # --- lists, with the comments between their items -----------------------------------------------------

    def chain(self, word: str, operands: tuple[ast.Expression, ...], least: _Level) -> Document:
        """Clauses joined by a word, each on a line of its own where they are broken."""
        parts: list[Document] = []
        for number, operand in enumerate(operands):
            inside = self.text(operand, least)
            # An `and` inside an `or` has no parentheses: it stands further in, so that it is seen where it ends.
            bare = isinstance(operand, ast.And) and least <= _Level.AND
            inside = Nest(inside) if bare else inside
            parts.append(self.remarked(operand, (word if number else "", inside)))
        return Group(joined(parts, LINE))

    def items(self, nodes: Sequence[ast.Expression], least: _Level) -> Document:
        """Items in parentheses, separated by commas."""
        last = len(nodes) - 1
        parts = [
            self.remarked(node, (self.text(node, least), "," if number < last else ""))
            for number, node in enumerate(nodes)
        ]
        return _enclosed("(", joined(parts, LINE), ")")

    def sequence(self, steps: tuple[ast.Step, ...]) -> Document:
        last = len(steps) - 1
        parts = [
            self.remarked(step, ("then " if number else "", self.step(step), "," if number < last else ""))
            for number, step in enumerate(steps)
        ]
        return _enclosed("sequence(", joined(parts, LINE), ")")

    def remarked(self, node: ast.Expression | ast.Step, text: Document) -> Document:
        """The text of an item with its comments around it."""
        remarks = self.remarks.get(id(node))
        if remarks is None:
            return text
        before = [(comment, HARD) for comment in remarks.before]
        behind = "".join(f"  {comment}" for comment in remarks.behind)
        after = [(HARD, comment) for comment in remarks.after]
        # A comment ends its line, so that what it stands in can't be on one line.
        return (*before, text, behind, BROKEN if behind or after else "", *after)

    # --- parts --------------------------------------------------------------------------------------------

    def tested(self, operand: ast.Expression, negated: bool) -> Document:
        return (self.text(operand, _Level.SUM), " not" if negated else "")

    def window(self, window: ast.Window) -> Document:
        match window:
            case ast.InLast(count, unit):
                return f"in last {_counted(count, unit)}"
            case ast.InNext(count, unit):
                return f"in next {_counted(count, unit)}"
            case ast.InThis(unit):
                return f"in this {unit}"
            case ast.InPrevious(unit):
                return f"in previous {unit}"
            case ast.Relative(relation, point):
                return (f"{relation} ", self.text(point, _Level.SUM))
            case ast.BetweenPoints(low, high):
                return ("between ", self.text(low, _Level.SUM), " and ", self.text(high, _Level.SUM))
            case ast.Within(count, unit, side, anchor):
                return (f"within {_counted(count, unit)} {side} ", self.text(anchor, _Level.SUM))

    def rows(self, rows: ast.Rows, name: str = "", within: str = "") -> Document:
        """The rows of an aggregate; those of a step have its name behind the table and its span before `where`."""
        parts: list[Document] = [_path(rows.target) + name]
        if rows.value is not None:
            parts += [".(", self.text(rows.value, _Level.OR), ")"]
        if rows.via is not None:
            parts.append(f" via {_path(rows.via)}")
        if rows.window is not None:
            parts += [" ", self.window(rows.window)]
        if within:
            parts.append(f" {within}")
        if rows.where is not None:
            parts += [LINE, "where ", Nest(self.text(rows.where, _Level.OR))]
        return tuple(parts)

    def step(self, step: ast.Step) -> Document:
        name = f" as {quoted(step.name.text)}" if step.name else ""
        within = f"within {_counted(step.within.count, step.within.unit)}" if step.within else ""
        return Group(("no " if step.negative else "", Nest(self.rows(step.rows, name, within))))

    def ranking(self, ranking: ast.Ranking) -> Document:
        parts: list[Document] = [self.text(ranking.by, _Level.SUM)]
        if ranking.per:
            paths = ", ".join(map(_path, ranking.per))
            parts.append(f" per {paths if len(ranking.per) == 1 else f'({paths})'}")
        if ranking.among is not None:
            among = ranking.among
            bare = isinstance(among, ast.SegmentReference | ast.AsOf)
            parts += [" among ", self.bare(among) if bare else _enclosed("(", self.bare(among), ")")]
        return tuple(parts)

    def as_of(self, node: ast.AsOf) -> Document:
        inside = self.bare(node.condition)
        if not isinstance(node.condition, ast.SegmentReference):
            inside = _enclosed("(", inside, ")")
        return (inside, " as of ", self.atom(node.day))


def _enclosed(opening: str, inside: Document, closing: str) -> Document:
    return Group((opening, Nest((SOFT, inside)), SOFT, closing))


def _path(path: ast.Path) -> str:
    return ".".join(quoted(part.text) for part in path.parts)


def _counted(count: ast.Count, unit: Unit) -> str:
    one = isinstance(count, ast.Number) and count.value == 1
    shown = _number(count) if isinstance(count, ast.Number) else f"${count.name}"
    return f"{shown} {unit if one else unit.plural}"


def _number(number: ast.Number) -> str:
    value = number.value
    if isinstance(value, int):
        return _grouped(str(value))
    if number.percent:
        sign, digits, exponent = value.as_tuple()
        assert isinstance(exponent, int)
        # Not `value * 100`, which rounds to the digits of the decimal context.
        hundredfold = format(Decimal((sign, digits, exponent + 2)), "f")
        return _grouped(hundredfold.rstrip("0").rstrip(".") if "." in hundredfold else hundredfold) + "%"
    text = format(value, "f")
    return _grouped(text if "." in text else f"{text}.0")


def _grouped(digits: str) -> str:
    """`1000`, but `10_000` and `1_000_000.5`."""
    whole, dot, fraction = digits.partition(".")
    return (f"{int(whole):_}" if len(whole) > 4 else whole) + dot + fraction
