"""Aggregates: the rows they are over, the values they make, and how many there are."""

from __future__ import annotations

from dataclasses import dataclass, replace

from segdsl.report.english import words
from segdsl.report.english.narrator import Narrator
from segdsl.report.english.paths import marked_name, path_noun, row
from segdsl.report.english.phrases import Clause, Noun, relative
from segdsl.report.english.windows import adverbial
from segdsl.semantics import ir
from segdsl.semantics.scope import Frame
from segdsl.syntax import ast


@dataclass(frozen=True)
class RowsPhrase:
    """The rows of an aggregate: "orders", "as the sender", "in the last 30 days (…)", "whose amount …"."""

    one: str
    many: str
    via: str
    when: str
    where_one: str
    where_many: str

    @property
    def rest(self) -> str:
        """All that follows the noun but the condition, each with a blank before it."""
        return "".join(f" {part}" for part in (self.via, self.when) if part)

    def all(self, plural: bool = True) -> str:
        where = self.where_many if plural else self.where_one
        return f"{self.many if plural else self.one}{self.rest}{f' {where}' if where else ''}"

    @property
    def remark(self) -> str:
        """The condition, after a value made of the rows."""
        return f", counting only {self.many} {self.where_many}" if self.where_many else ""


def events_frame(n: Narrator, node: ast.Rows, frame: Frame) -> Frame:
    """The frame of one row inside the aggregate."""
    outer = Frame(frame.table, ir.Scope.ENTITY, in_aggregate=True)
    return Frame(n.table(node.target.parts[0].text), outer=outer, in_aggregate=True)


def rows_phrase(
    n: Narrator, node: ast.Rows, frame: Frame, steps: tuple[tuple[str, Frame], ...] = ()
) -> RowsPhrase:
    """The rows; `steps` are the earlier steps of a sequence that have names."""
    events = replace(events_frame(n, node, frame), steps=steps)
    via = when = one = many = ""
    if node.via is not None:
        links = [words.spoken(part.text) for part in node.via.parts]
        via = f"as the {' '.join([*map(words.genitive, links[:-1]), links[-1]])}"
    if node.window is not None:
        when = adverbial(n, node.window, Frame(frame.table, ir.Scope.ENTITY, in_aggregate=True))
    if node.where is not None:
        where = n.said(node.where, events)
        one, many = relative(where, plural=False), relative(where)
    return RowsPhrase(n.singular(events.table), n.plural(events.table), via, when, one, many)


# --- values -----------------------------------------------------------------------------------------------

_STATISTICS = {"sum": "total", "avg": "average", "most frequent": "most frequent"}
_ENDS = {
    ("min", False): "lowest",
    ("max", False): "highest",
    ("min", True): "earliest",
    ("max", True): "latest",
}
_TURNS = {"first": "first", "min": "first", "last": "latest", "max": "latest"}


def aggregate_noun(n: Narrator, node: ast.Aggregate, frame: Frame) -> Noun:
    """The value of an aggregate: "total order amount in the last 30 days (…)"."""
    rows = rows_phrase(n, node.rows, frame)
    tail = rows.rest + rows.remark

    def owned(text: str, past: bool = False) -> Noun:
        remark = bool(rows.remark)
        return Noun(text + tail, owned=True, past=past, aside=remark, nested=remark, long=True)

    match node.function:
        case "count":
            return owned(f"number of {rows.many}")
        case "exists":
            raise AssertionError("whether rows exist is a condition")
        case "count distinct":
            inside = "with" if _is_event_day(n, node.rows) else "in their"
            return owned(f"number of different {_different(n, node.rows, frame)} {inside} {rows.many}")
        case _ if _is_event_time(n, node, frame):
            return owned(f"{_TURNS[node.function]} {rows.one}", past=True)
        case "first" | "last":
            return owned(_turn(n, node, frame, rows))
        case function:
            events = events_frame(n, node.rows, frame)
            value = n.value(_value(node.rows), _value_frame(n, node.rows, events))
            word = _STATISTICS.get(function) or _ENDS[function, value.type.is_time]
            return owned(f"{word} {_of_rows(n, node.rows, events, rows, function)}")


def _value(rows: ast.Rows) -> ast.Expression:
    """What is aggregated, as an expression about one row."""
    rest = rows.target.parts[1:]
    if rows.value is not None:
        return rows.value
    return ast.Path(rest, at=rest[0].at.to(rest[-1].at))


def _value_frame(n: Narrator, rows: ast.Rows, events: Frame) -> Frame:
    """The frame of a value in parentheses, perhaps behind links: `items.product.(price * 2)`."""
    if rows.value is None:
        return events
    return replace(n.reached(events, rows.target.parts[1:]), outer=events.outer)


def _is_event_time(n: Narrator, node: ast.Aggregate, frame: Frame) -> bool:
    """Whether the value is the very time of the rows, so that the latest one is simply the latest row."""
    time = n.table(node.rows.target.parts[0].text).time
    path = tuple(part.text for part in node.rows.target.parts[1:])
    return node.rows.value is None and path == time and node.function in _TURNS


def _of_rows(n: Narrator, rows: ast.Rows, events: Frame, phrase: RowsPhrase, function: str) -> str:
    """What a statistic is of: "order amount", or "product category among their items" where links lead on."""
    value = _value_noun(n, rows, events)
    among = "over" if function in ("sum", "avg") else "among"
    if rows.value is not None or not value.owned:
        plain = f"({value.plain})" if value.bracket or value.aside else value.plain
        of = "of" if function == "sum" else "value of"
        return f"{of} {plain} {among} their {phrase.many}"
    direct = len(rows.target.parts) == 2 and not value.text.startswith("number of ")
    return words.joined(phrase.one, value.text) if direct else f"{value.plain} {among} their {phrase.many}"


def _value_noun(n: Narrator, rows: ast.Rows, events: Frame) -> Noun:
    """The value of each row: "product category" rather than "product's category", being said of many."""
    value = _value(rows)
    if rows.value is None and isinstance(value, ast.Path):
        return path_noun(n, value, events, of_many=True)
    return n.noun(value, _value_frame(n, rows, events))


def _turn(n: Narrator, node: ast.Aggregate, frame: Frame, phrase: RowsPhrase) -> str:
    """What the first or last row has, of those where it is known."""
    events = events_frame(n, node.rows, frame)
    place = _value_frame(n, node.rows, events)
    value = _value_noun(n, node.rows, events)
    word = "first" if node.function == "first" else "last"
    if node.rows.value is not None or not value.owned:
        return f"{word} known value of {value.plain} among their {phrase.many}"
    if not ir.is_nullable(n.value(_value(node.rows), place)):
        whole = words.joined(phrase.one, value.plain)
        apart = whole == f"{phrase.one} {value.plain}"
        return f"{word} {words.genitive(phrase.one)} {value.plain}" if apart else f"{word} {whole}"
    if len(node.rows.target.parts) == 2:
        return f"{word} known {words.joined(phrase.one, value.plain)}"
    return f"{word} known {value.plain} among their {phrase.many}"


def _is_event_day(n: Narrator, rows: ast.Rows) -> bool:
    """Whether the value is the day of the very time of the rows: `page_views.(date(viewed_at))`."""
    match rows:
        case ast.Rows(target=ast.Path((table,)), value=ast.Call("date", arguments=(ast.Path(parts),))):
            return tuple(part.text for part in parts) == n.table(table.text).time
    return False


def _different(n: Narrator, rows: ast.Rows, frame: Frame, many: bool = True) -> str:
    """Different values: "product categories", "stores" (of `store_id`), "days" (of when the rows were)."""
    if _is_event_day(n, rows):
        return f"day{'s' * many}"
    value = _value_noun(n, rows, events_frame(n, rows, frame))
    last = rows.target.parts[-1].text
    if (
        rows.value is not None
        or not value.owned
        or words.bare(value.text) != value.text
        or value.text.startswith("number of ")
    ):
        return f"value{'s' * many} of {value.plain}"
    said = value.plain
    if last.endswith("_id") and said.endswith(" id"):
        said = said.removesuffix(" id")
    return words.plural(said) if many else words.singular(said)


# --- how many ---------------------------------------------------------------------------------------------


_BOUNDS = {
    "=": "exactly", "!=": "exactly", "<": "fewer than", "<=": "at most", ">": "more than", ">=": "at least",
}  # fmt: skip


def existence(n: Narrator, node: ast.Aggregate, frame: Frame, negated: bool) -> Clause:
    """they have at least one order, they have no orders"""
    return _having(rows_phrase(n, node.rows, frame), "no" if negated else "at least one", one=not negated)


def counts(node: ast.Expression) -> bool:
    return isinstance(node, ast.Aggregate) and node.function in ("count", "count distinct")


def how_many(
    n: Narrator, node: ast.Aggregate, frame: Frame, bound: ir.CompareOperator, number: ast.Expression
) -> Clause | None:
    """they have at least 3 orders; None where the number is no plain count."""
    amount = _amount(n, bound, number)
    if amount is None:
        return None
    return counted_rows(
        n,
        node,
        frame,
        amount,
        one=amount.endswith(" one"),
        negated=amount.startswith("exactly") and bound == "!=",
    )


def how_many_named(
    n: Narrator, path: ast.Path, frame: Frame, bound: ir.CompareOperator, number: ast.Expression
) -> Clause | None:
    """The same where a column or attribute has counted: their company has at least 3 employees."""
    amount = _amount(n, bound, number)
    if amount is None:
        return None
    name = words.spoken(path.parts[-1].text)
    said = marked_name(n, path, frame, words.singular(name) if amount.endswith(" one") else name)
    negated = bound == "!=" and amount.startswith("exactly")
    return Clause("have", f"{amount} {said}", row(n, path.parts[:-1], frame), negated)


def _amount(n: Narrator, bound: ir.CompareOperator, number: ast.Expression) -> str | None:
    """How many: "no", "at least one", "fewer than 1,000"; None where the number is no plain count."""
    found = _whole(n, number)
    if found is None:
        return None
    amount, parameter = found
    few = None if parameter else _few(bound, amount)
    return few or f"{_BOUNDS[bound]} {words.number(amount)}{f' ({parameter})' if parameter else ''}"


def counted_rows(
    n: Narrator, node: ast.Aggregate, frame: Frame, amount: str, one: bool = False, negated: bool = False
) -> Clause:
    """they have so many rows, or rows with so many different values"""
    rows = rows_phrase(n, node.rows, frame)
    if node.function == "count":
        return _having(rows, amount, one, negated)
    what = _different(n, node.rows, frame, many=not one)
    different = "" if one or amount == "no" else "different "
    plain_day = _is_event_day(n, node.rows) and node.rows.where is None and not rows.via
    said = f"{amount} {different}{what}"
    return Clause(
        "have",
        f"{rows.all()} on {said}" if plain_day else f"{said} in their {rows.all()}",
        negated=negated,
        nested=bool(rows.where_one),
    )


def _having(rows: RowsPhrase, amount: str, one: bool, negated: bool = False) -> Clause:
    nested = bool(rows.where_one)
    if rows.via:
        said = replace(rows, via="").all(plural=not one)
        return Clause(
            "be", f"{rows.via.removeprefix('as ')} of {amount} {said}", negated=negated, nested=nested
        )
    return Clause("have", f"{amount} {rows.all(plural=not one)}", negated=negated, nested=nested)


def _few(bound: ir.CompareOperator, amount: int) -> str | None:
    """Words for none and one."""
    match bound, amount:
        case ("=" | "<=", 0) | ("<", 1):
            return "no"
        case (">" | "!=", 0) | (">=", 1):
            return "at least one"
        case ("=" | "!=", 1):
            return "exactly one"
        case ("<=", 1):
            return "at most one"
        case _:
            return None


def _whole(n: Narrator, node: ast.Expression) -> tuple[int, str] | None:
    """A whole number from 0, and the parameter it is from or nothing."""
    match node:
        case ast.Number(int(value), False):
            return value, ""
        case ast.Parameter(name):
            number = n.constants(name)[0].value
            if isinstance(number, int) and not isinstance(number, bool) and number >= 0:
                return number, words.coded(f"${name}")
    return None
