"""Engines without boolean values: conditions stand only where SQL asks for one, and everywhere else 1 and 0 do."""

from __future__ import annotations

from sqlglot import exp

from segdsl.sql import tree
from segdsl.sql.dialects.base import Dialect
from segdsl.sql.tree import Expression

_CONDITIONS = (exp.Predicate, exp.Connector, exp.Not, exp.Boolean, exp.Escape)
_FLAG = "flag"
"""Beside a condition: that it asks whether a flag, never NULL, is 1."""


class NoBooleans(Dialect):
    """The conditions of such a dialect. What is put together elsewhere as if there were booleans, `statement` mends."""

    def boolean(self, value: bool) -> Expression:
        return tree.number(int(value))

    def always(self, value: bool) -> Expression:
        return _truth(value)

    def holds(self, value: Expression) -> Expression:
        made = tree.compare("=", value, tree.number(1))
        made.meta[_FLAG] = isinstance(value, exp.Coalesce)
        return made

    def otherwise(self, condition: Expression, answer: bool) -> Expression:
        if not answer:
            return _asked(tree.case((condition, tree.number(1)), default=tree.number(0)))
        return _asked(tree.case(*_refuting(condition), default=tree.number(1)))

    def as_value(self, condition: Expression) -> Expression:
        if condition.meta.get(_FLAG):
            flag: Expression = condition.this
            return flag
        return tree.case((condition, tree.number(1)), default=tree.number(0))

    def statement(self, query: exp.Query) -> exp.Query:
        _mend_values(query)
        return query


def _truth(value: bool) -> Expression:
    return tree.compare("=", tree.number(1), tree.number(int(value)))


def _asked(flag: Expression) -> Expression:
    """Whether a flag that is never NULL is 1."""
    made = tree.compare("=", flag, tree.number(1))
    made.meta[_FLAG] = True
    return made


def _refuting(condition: Expression) -> list[tuple[Expression, Expression]]:
    """Branches that are taken where the condition is false, not where it is NULL, and give 0."""
    if not _chooses(condition):
        false = condition.this if isinstance(condition, exp.Not) else tree.negation(condition)
        return [(false, tree.number(0))]
    # Its tests exclude one another: see `_mend_condition`.
    return [
        (tree.all_of([branch.this, tree.negation(branch.args["true"])]), tree.number(0))
        for branch in condition.args["ifs"]
    ]


def _chooses(node: Expression) -> bool:
    """Whether a CASE has conditions to choose from."""
    return isinstance(node, exp.Case) and any(
        isinstance(branch.args["true"], _CONDITIONS) and not isinstance(branch.args["true"], exp.Boolean)
        for branch in node.args["ifs"]
    )


# --- what stands in the wrong place -----------------------------------------------------------------------


def _mend_values(node: exp.Expr) -> None:
    """All below the node, which is no condition itself."""
    for child in list(node.iter_expressions()):
        if isinstance(node, exp.Is) and child.arg_key == "expression":
            continue
        if _asks_for_a_condition(child):
            _mend_condition(child)
        elif isinstance(child, exp.Boolean):
            child.replace(tree.number(int(child.this)))
        elif _unwrapped(child) and not isinstance(child, exp.Query):
            _mend_condition(child)
            yes, no = child.copy(), exp.Not(this=exp.Paren(this=child.copy()))
            branches = [exp.If(this=yes, true=tree.number(1)), exp.If(this=no, true=tree.number(0))]
            child.replace(exp.Case(ifs=branches))
        else:
            _mend_values(child)


def _unwrapped(node: exp.Expr) -> bool:
    while isinstance(node, exp.Paren):
        node = node.this
    return isinstance(node, _CONDITIONS)


def _asks_for_a_condition(node: exp.Expr) -> bool:
    match node.parent, node.arg_key:
        case (exp.Where() | exp.Having() | exp.If(), "this"):
            return True
        case exp.Join(), "on":
            return True
        case _:
            return False


def _mend_condition(node: exp.Expr) -> None:
    match node:
        case exp.Boolean():
            node.replace(_truth(bool(node.this)))
        case exp.Connector() | exp.Not() | exp.Paren():
            for child in list(node.iter_expressions()):
                _mend_condition(child)
        case exp.Escape():
            _mend_values(node.this)
        case exp.Predicate():
            _mend_values(node)
        case exp.Case() if _chooses(node):
            _mend_choice(node)
        case _:
            _mend_values(node)
            node.replace(
                exp.EQ(
                    this=exp.Paren(this=node.copy()) if isinstance(node, exp.Binary) else node.copy(),
                    expression=tree.number(1),
                )
            )


def _mend_choice(node: exp.Case) -> None:
    """A CASE of conditions, whose tests exclude one another, in a place where NULL is as good as false."""
    assert not isinstance(node.parent, exp.Not), "a comparison is turned round, not negated"
    default = node.args.get("default")
    if default is not None and default.name == "1":
        made = _asked(tree.case(*_refuting(node), default=tree.number(1)))
    else:
        made = tree.any_of([tree.all_of([branch.this, branch.args["true"]]) for branch in node.args["ifs"]])
        if isinstance(node.parent, exp.And):
            made = exp.Paren(this=made)
    made = made.copy()
    node.replace(made)
    _mend_condition(made)
