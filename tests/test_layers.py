"""Imports go one way, and what is heavy is loaded late."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import segdsl

PACKAGE = Path(segdsl.__file__).parent
ROOT = PACKAGE.parent

ENGINE_FREE = [room for room in ("semantics", "reference", "prover") if (PACKAGE / room).is_dir()]
"""The rooms that say what a segment means: no engine may have a part in that."""

HEAVY = {"duckdb", "lark", "numpy", "pandas", "pyarrow", "pydantic", "rich", "sqlglot", "yaml"}


def loaded_after(code: str) -> set[str]:
    """The top-level modules that a fresh interpreter has loaded after some code, whatever that prints."""
    program = (
        f"import sys\ntry:\n    {code}\nexcept SystemExit:\n    pass\nprint(*sys.modules, file=sys.stderr)"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True, timeout=120
    )
    return {name.partition(".")[0] for name in run.stderr.split()}


def imports_in(file: Path) -> Iterator[str]:
    """The modules that a file imports anywhere, also within functions and for types alone."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        match node:
            case ast.Import(names=names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module=str(module), level=0):
                yield module


def test_contracts() -> None:
    linter = pytest.importorskip(
        "importlinter.cli", reason="import-linter is not installed: run `make setup`"
    )
    assert linter.lint_imports(str(ROOT / "pyproject.toml"), no_cache=True, no_logo=True) == 0


@pytest.mark.parametrize("room", ENGINE_FREE)
def test_what_a_segment_means_knows_no_engine(room: str) -> None:
    for file in (PACKAGE / room).glob("**/*.py"):
        known = {name.partition(".")[0] for name in imports_in(file)}
        assert known.isdisjoint({"sqlglot", "duckdb"}), file.name
        assert not any(name.startswith(("segdsl.sql", "segdsl.engines")) for name in imports_in(file)), (
            file.name
        )


@pytest.mark.parametrize(
    "modules",
    [
        "segdsl.semantics.binder, segdsl.semantics.declarations",
        "segdsl.reference.interpreter",
        "segdsl.planner",
    ],
)
def test_no_engine_is_loaded_either(modules: str) -> None:
    loaded = loaded_after(f"import {modules}")
    assert "segdsl" in loaded
    assert loaded.isdisjoint({"sqlglot", "duckdb", "pyarrow"})


@pytest.mark.parametrize("argument", ["--help", "--version"])
def test_help_and_version_load_nothing_heavy(argument: str) -> None:
    loaded = loaded_after(f"import segdsl.cli.main as m; m.main([{argument!r}])")
    assert "click" in loaded
    assert loaded & HEAVY == set()


def test_the_package_itself_loads_nothing() -> None:
    assert loaded_after("import segdsl; segdsl.__version__") & (HEAVY | {"click"}) == set()


def test_check_opens_no_engine() -> None:
    code = f"import segdsl.cli.main as m; m.main(['-C', {str(ROOT / 'examples/shop')!r}, 'check'])"
    loaded = loaded_after(code)
    assert "yaml" in loaded
    assert loaded & {"duckdb", "sqlglot", "pyarrow", "numpy", "rich"} == set()
