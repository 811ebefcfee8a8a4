"""The published table of rules: it names what the code tells, and its examples are true."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

import segdsl
from segdsl.diagnostics import Findings, FindingsError, SegdslError
from segdsl.diagnostics.rule import Rule
from segdsl.diagnostics.rules import RULES, rule
from segdsl.diagnostics.rules_data import DATA_RULES
from segdsl.diagnostics.rules_sql import SQL_RULES
from tests.diagnostics import shop

SOURCE = Path(segdsl.__file__).parent
SKIPPED = re.compile(r"      (signup_at|last_seen|score|opt_in): \w+\n")
TWO = shop.DATA["customers"] + "2,Bim,MY,500,1980-05-01,2024-01-01T09:00:00,,,false,10\n"
BASE = shop.FILES | {"catalog/shop.yaml": SKIPPED.sub("", shop.CATALOG), "data/customers.csv": TWO}


# --- the table and the code -------------------------------------------------------------------------------


def definitions(tree: ast.Module) -> Iterator[tuple[str, int, ast.expr | None]]:
    """Every function or record with a part named `rule`: its name, where the rule stands, its default."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            parts = [part for part in node.body if isinstance(part, ast.AnnAssign)]
            names = [part.target.id for part in parts if isinstance(part.target, ast.Name)]
            if "rule" in names:
                yield node.name, names.index("rule"), parts[names.index("rule")].value
            for inner in node.body:
                if isinstance(inner, ast.FunctionDef) and inner.name == "__init__":
                    yield from of_function(inner, node.name)
        elif isinstance(node, ast.FunctionDef) and node.name != "__init__":
            yield from of_function(node, node.name)


def of_function(node: ast.FunctionDef, name: str) -> Iterator[tuple[str, int, ast.expr | None]]:
    names = [argument.arg for argument in node.args.args]
    if "rule" not in names:
        return
    defaults = [None] * (len(names) - len(node.args.defaults)) + list(node.args.defaults)
    yield name, names.index("rule") - (names[0] == "self"), defaults[names.index("rule")]


def literals(node: ast.expr | None) -> list[str] | None:
    """The names that an argument may be; None where it hands on a rule that was named elsewhere."""
    match node:
        case ast.Constant(str() as name):
            return [name]
        case ast.IfExp(body=body, orelse=orelse):
            return [*(literals(body) or []), *(literals(orelse) or [])]
        case ast.Name("rule") | ast.Attribute(attr="rule"):
            return None
    raise AssertionError(f"the rule in line {getattr(node, 'lineno', '?')} is no literal")


def names_in_code() -> set[str]:
    trees = [
        ast.parse(path.read_text(encoding="utf-8"))
        for path in SOURCE.rglob("*.py")
        if not path.name.startswith("rule")
    ]
    places: dict[str, int] = {}
    found: set[str] = set()
    for tree in trees:
        for name, position, default in definitions(tree):
            assert places.setdefault(name, position) == position, f"two sorts of `{name}`"
            found.update((default is not None and literals(default)) or [])
    for tree in trees:
        for call in ast.walk(tree):
            if not isinstance(call, ast.Call):
                continue
            called = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
            if called in places:
                named = next((k.value for k in call.keywords if k.arg == "rule"), None)
                if named is None and len(call.args) > places[called]:
                    named = call.args[places[called]]
                found.update((named is not None and literals(named)) or [])
    return found


def test_the_table_has_exactly_the_rules_that_the_code_tells() -> None:
    assert names_in_code() == {each.name for each in RULES}


def test_rules_are_whole() -> None:
    names = [each.name for each in RULES]
    assert len(set(names)) == len(names)
    for each in RULES:
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", each.name)
        assert each.summary.endswith(".") and "\n" not in each.summary and each.why.endswith(".")
        assert each.example != each.mended


def test_a_rule_by_its_name() -> None:
    assert rule("unknown-name").name == "unknown-name"
    with pytest.raises(SegdslError) as caught:
        rule("unknwon-name")
    assert caught.value.help == "did you mean `unknown-name`?"
    with pytest.raises(SegdslError) as caught:
        rule("Unknown-Name")
    assert caught.value.help == "did you mean `unknown-name`?"


# --- the examples -----------------------------------------------------------------------------------------


def project(folder: Path, about: Rule, text: str) -> Path:
    """A project in which the text is what the rule's examples are."""
    files: dict[str, str | bytes | None] = {}
    match about.place:
        case "segdsl.yaml":
            files["segdsl.yaml"] = text
        case "catalog":
            files["catalog/example.yaml"] = text
        case "segments":
            encoding = "latin-1" if about.name == "not-utf8" and text == about.example else "utf-8"
            files["segments/example.yaml"] = text.encode(encoding)
        case "expression" | "tsql":
            files["segments/example.yaml"] = f"entity: customers\nsegments:\n  example: |\n    {text}\n"
        case "csv":
            files["data/customers.csv"] = text
        case "parquet":
            files["segdsl.yaml"] = shop.PROJECT.replace("customers.csv", "customers.parquet")
            files["data/customers.parquet"] = shop.parquet(text)
    if about.name == "no-tables":
        files |= {"catalog/shop.yaml": None, "segments/customers.yaml": None}
    return shop.write(folder, files, BASE)


def findings_of(folder: Path, about: Rule) -> Findings:
    loaded = segdsl.load(folder)
    if about not in (*DATA_RULES, *SQL_RULES):
        return loaded.check()
    try:
        if about in SQL_RULES:
            loaded.compile("example", dialect=about.place)
            return loaded.check()
        return loaded.validate(as_of=date(2024, 6, 30)).findings
    except FindingsError as error:
        return error.findings


@pytest.mark.parametrize("about", RULES, ids=lambda each: each.name)
def test_the_example_triggers_the_rule_alone_and_mended_it_is_clean(about: Rule, tmp_path: Path) -> None:
    found = findings_of(project(tmp_path / "wrong", about, about.example), about)
    assert {(each.rule, each.severity) for each in found} == {(about.name, about.severity)}
    found = findings_of(project(tmp_path / "mended", about, about.mended), about)
    assert [f"{each.rule}: {each.message}" for each in found] == []
