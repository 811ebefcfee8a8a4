"""Which functions of the product have a case for which classes, read off their source.

Every stage is a `match` over the classes of the syntax tree or the IR. A class that falls to a default is a
class that someone forgot, so only those that a `case` names, without a guard, count.
"""

from __future__ import annotations

import ast as python
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]


def _parsed(module: str) -> python.Module:
    return python.parse((ROOT / module).read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Stage:
    """A part of the way that each of the classes has to pass, in functions of one module."""

    name: str
    module: str
    functions: tuple[str, ...]
    classes: frozenset[str]

    def source(self) -> list[python.FunctionDef]:
        """The functions as they stand in the module."""
        found = [
            node
            for node in python.walk(_parsed(self.module))
            if isinstance(node, python.FunctionDef) and node.name in self.functions
        ]
        assert {node.name for node in found} == set(self.functions), f"{self.name}: a function is gone"
        return found

    def missing(self, source: Iterable[python.FunctionDef]) -> frozenset[str]:
        """The classes without a case."""
        cases = (case for function in source for match in _matches(function) for case in match.cases)
        named = {name for case in cases if case.guard is None for name in classes_of(case.pattern)}
        return self.classes - named


@dataclass(frozen=True)
class Makers:
    """The modules that have to make each of the classes of the syntax tree somewhere."""

    name: str
    modules: tuple[str, ...]
    classes: frozenset[str]

    def source(self) -> list[python.Module]:
        return [_parsed(module) for module in self.modules]

    def missing(self, source: Iterable[python.Module]) -> frozenset[str]:
        """The classes that are never called."""
        calls = (node for tree in source for node in python.walk(tree) if isinstance(node, python.Call))
        return self.classes - {name for call in calls if (name := _syntax_class(call)) is not None}


def _matches(function: python.FunctionDef) -> Iterator[python.Match]:
    return (node for node in python.walk(function) if isinstance(node, python.Match))


def _syntax_class(call: python.Call) -> str | None:
    match call.func:
        case python.Attribute(value=python.Name(id="ast"), attr=name):
            return name
        case _:
            return None


def classes_of(pattern: python.pattern) -> Iterator[str]:
    """The classes that a pattern stands for by itself, as in `ir.And(operands) | ir.Or(operands)`."""
    match pattern:
        case python.MatchClass(cls=python.Attribute(attr=name) | python.Name(id=name)):
            yield name
        case python.MatchAs(pattern=python.pattern() as inner):
            yield from classes_of(inner)
        case python.MatchOr(patterns):
            for each in patterns:
                yield from classes_of(each)


def without(source: Sequence[python.FunctionDef], name: str) -> list[python.FunctionDef]:
    """The functions with the cases of one class deleted."""
    changed = deepcopy(list(source))
    for function in changed:
        for match in _matches(function):
            match.cases = [case for case in match.cases if _reduce(case, name)]
    return changed


def _reduce(case: python.match_case, name: str) -> bool:
    """Takes a class out of a case; whether anything of the case is left."""
    if isinstance(case.pattern, python.MatchOr):
        case.pattern.patterns = [p for p in case.pattern.patterns if name not in classes_of(p)]
        return bool(case.pattern.patterns)
    return name not in classes_of(case.pattern)


@contextmanager
def unmade(source: Sequence[python.Module], name: str) -> Iterator[None]:
    """As long as it lasts, the modules have None wherever they made one class of the syntax tree."""
    calls = [node for tree in source for node in python.walk(tree) if isinstance(node, python.Call)]
    makers = [(call, call.func) for call in calls if _syntax_class(call) == name]
    for call, _ in makers:
        call.func = python.Constant(None)
    yield
    for call, func in makers:
        call.func = func
