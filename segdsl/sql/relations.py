"""Where columns come from: the tables that a SELECT joins, put together as they are asked for."""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp

from segdsl.planner.names import Names, plain
from segdsl.planner.plan import Frame, count_of, in_same_frame
from segdsl.planner.walk import Leaf, plain_leaf
from segdsl.semantics import ir
from segdsl.semantics.types import Type
from segdsl.sql import tree
from segdsl.sql.context import Context
from segdsl.sql.dialects.base import Dialect
from segdsl.sql.tree import Expression

ZERO_OF_NOTHING = (ir.Function.COUNT, ir.Function.COUNT_DISTINCT, ir.Function.SUM)


class TableRow:
    """A row of a table: a frame's own, or an event, whose `chain` then leads to the row it belongs to."""

    def __init__(self, context: Context, table: ir.Table, chain: ir.Links = ()) -> None:
        self.context = context
        self.plan = context.plan
        self.dialect = context.dialect
        self.table = table
        self.chain = chain
        self.names = Names()
        self.base = self.names.take(table.source)
        self.joins: list[exp.Join] = []
        self._aliases: dict[object, str] = {}

    def column(self, column: ir.Column) -> Expression:
        target = column.links[-1].target if column.links else None
        if (
            target is None
            and self.chain
            and column.scope is ir.Scope.ENTITY
            and column.name == self.chain[-1].target.key
        ):
            return self.entity_key()
        return tree.column(column.source, self.path(column.scope, column.links))

    def aggregate(self, aggregate: ir.Aggregate) -> Expression:
        found = self._measure(aggregate)
        if aggregate.function not in ZERO_OF_NOTHING:
            return found
        found = tree.coalesce(found, self.dialect.zero(aggregate))
        if all(link.required for link in aggregate.links):
            return found
        key = self._key_at(aggregate.links)
        return tree.case((tree.is_not_null(key), found))

    def events(self, exists: ir.Exists) -> Expression:
        return tree.coalesce(self._measure(count_of(exists)), tree.number(0))

    def member(self, member: ir.Member) -> Expression:
        frame, flag = self.plan.frame_of(member)
        links = member.links
        if links:
            mine: Expression = tree.column(links[-1].source, self.path(member.scope, links[:-1]))
        elif member.scope is ir.Scope.ENTITY:
            mine = self.entity_key()
        else:
            mine = self._key_at(())
        key = (frame.name, member.scope, links)
        on = member.entity.key or "", member.entity.key_type
        alias = self._join(key, frame.name, frame.name, on, mine, links)
        return self.dialect.holds(tree.coalesce(tree.column(flag.name, alias), self.dialect.boolean(False)))

    def standing(self, standing: ir.Standing) -> Expression:
        table = self.plan.ranks[standing.ranking]
        alias = self._join_table(table.name, table.key_column, standing.links)
        return tree.column(table.columns[standing.which], alias)

    def sequence(self, sequence: ir.Sequence) -> Expression:
        table = self.plan.sequences[sequence.steps]
        alias = self._join_table(table.name, table.key_column, sequence.links)
        return tree.is_not_null(tree.column(table.key_column, alias))

    def sample(self, sample: ir.Sample) -> Expression:
        key = tree.column(sample.table.key_source or "", self.path(sample.scope, sample.links))
        made = hashed(self.dialect, sample, key)
        certain = all(link.required for link in sample.links)
        return made if certain else self.dialect.otherwise(made, False)

    def entity_key(self) -> Expression:
        """The key of the row that the event belongs to, as the event tells it."""
        return tree.column(self.chain[-1].source, self.path(ir.Scope.ROW, self.chain[:-1]))

    def key_groups(self) -> list[Expression]:
        """What to group events by, so that those of each row are together."""
        return self.dialect.key_groups(self.chain[-1].target.key_type, self.entity_key())

    def path(self, scope: ir.Scope | ir.Earlier, links: ir.Links) -> str:
        """The alias of the row reached through the links."""
        assert isinstance(scope, ir.Scope), "each step of a sequence is read by itself"
        if not links:
            return self.base if scope is ir.Scope.ROW else self._entity()
        parent = self.path(scope, links[:-1])
        link = links[-1]
        mine = tree.column(link.source, parent)
        name = "_".join(plain(each.name) for each in links)
        on = link.target.key_source or "", link.target.key_type
        return self._join((scope, links), link.target.source, name, on, mine)

    def _entity(self) -> str:
        target = self.chain[-1].target
        if target.source == self.table.source and len(self.chain) > 0:
            name = f"own_{plain(target.name)}"
        else:
            name = target.source
        on = target.key_source or "", target.key_type
        return self._join(ir.Scope.ENTITY, target.source, name, on, self.entity_key())

    def _key_at(self, links: ir.Links) -> Expression:
        table = links[-1].target if links else self.table
        return tree.column(table.key_source or "", self.path(ir.Scope.ROW, links))

    def _measure(self, aggregate: ir.Aggregate) -> Expression:
        assert aggregate.scope is ir.Scope.ROW, "an aggregate is not inside another"
        scan, name = self.plan.measure_of(aggregate)
        return tree.column(name, self._join_table(scan.name, scan.key_column, aggregate.links))

    def _join_table(self, name: str, key_column: str, links: ir.Links) -> str:
        """The alias of a table that the plan makes, joined by the key of the row reached through the links."""
        table = links[-1].target if links else self.table
        return self._join((name, links), name, name, (key_column, table.key_type), self._key_at(links), links)

    def _join(
        self,
        key: object,
        source: str,
        name: str,
        on: tuple[str, Type],
        mine: Expression,
        links: ir.Links = (),
    ) -> str:
        """The alias of what is joined where its column `on`, of a type, equals `mine`; joined the first time."""
        if key not in self._aliases:
            if links:
                name = "_".join([*(plain(link.name) for link in links), name])
            alias = self.names.take(name)
            self._aliases[key] = alias
            made_here = source in self._plan_names()
            joined = tree.table(source, alias, None if made_here else self.context.schema)
            column, type = on
            same = self.dialect.same_key(type, mine, tree.column(column, alias))
            self.joins.append(exp.Join(this=joined, side="LEFT", on=same))
        return self._aliases[key]

    def _plan_names(self) -> set[str]:
        plan = self.plan
        found = {scan.name for scan in plan.scans} | {frame.name for frame in plan.frames}
        found |= {ranks.name for ranks in plan.ranks.values()}
        return found | {sequence.name for sequence in plan.sequences.values()}

    def select(
        self, columns: list[Expression], where: list[Expression], group: list[Expression]
    ) -> exp.Select:
        """SELECT the columns FROM all that was asked for."""
        made = exp.Select(expressions=columns)
        made.set("from_", exp.From(this=tree.table(self.table.source, self.base, self.context.schema)))
        for join in self.joins:
            made.append("joins", join)
        return finish(made, where, group)


class FlagRow:
    """A row of what the lower levels of a frame have made: facts and flags by name."""

    def __init__(
        self, dialect: Dialect, source: str, table: ir.Table, facts: Mapping[object, str], frame: Frame
    ) -> None:
        self.dialect = dialect
        self.source = source
        self.table = table
        self.facts = facts
        self.frame = frame

    def column(self, column: ir.Column) -> Expression:
        return self._fact(column)

    def aggregate(self, aggregate: ir.Aggregate) -> Expression:
        return self._fact(aggregate)

    def events(self, exists: ir.Exists) -> Expression:
        return self._fact(exists)

    def standing(self, standing: ir.Standing) -> Expression:
        return self._fact(standing)

    def sequence(self, sequence: ir.Sequence) -> Expression:
        return self.dialect.holds(self._fact(sequence))

    def sample(self, sample: ir.Sample) -> Expression:
        return self.dialect.holds(self._fact(sample))

    def member(self, member: ir.Member) -> Expression:
        if in_same_frame(member, self.table):
            return self.dialect.holds(tree.column(self.frame.flags[member.body].name, self.source))
        return self.dialect.holds(self._fact(member))

    def _fact(self, leaf: Leaf) -> Expression:
        return tree.column(self.facts[plain_leaf(leaf)], self.source)

    def select(self, columns: list[Expression], where: list[Expression]) -> exp.Select:
        made = exp.Select(expressions=columns)
        made.set("from_", exp.From(this=tree.table(self.source)))
        return finish(made, where, [])


_HASHES = 2**32


def hashed(dialect: Dialect, sample: ir.Sample, key: Expression) -> Expression:
    """Whether the hash of a key lies in the slice, as text of 8 hex digits; NULL where the key is."""
    if sample.low >= sample.high:
        return dialect.always(False)
    if sample.low == 0 and sample.high == _HASHES:
        return tree.is_not_null(key)
    digits = dialect.hash_digits(sample.salt, key)
    tests = []
    if sample.low > 0:
        tests.append(tree.compare(">=", digits.copy(), tree.text(f"{sample.low:08x}")))
    if sample.high < _HASHES:
        tests.append(tree.compare("<", digits, tree.text(f"{sample.high:08x}")))
    return tree.all_of(tests)


def finish(made: exp.Select, where: list[Expression], group: list[Expression]) -> exp.Select:
    """Adds the clauses; columns of a single table lose its name where nothing else could be meant."""
    if where:
        made.set("where", exp.Where(this=tree.all_of(where)))
    if group:
        made.set("group", exp.Group(expressions=group))
    columns = [column for column in made.find_all(exp.Column) if isinstance(column.this, exp.Identifier)]
    given = {each.alias.casefold() for each in made.expressions if isinstance(each, exp.Alias)}
    clash = any(column.name.casefold() in given for column in columns)
    if not made.args.get("joins") and not clash:
        for column in columns:
            column.set("table", None)
    return made
