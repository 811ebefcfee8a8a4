"""What holds for every project under `examples/`: no findings, canonical form, and what it promises of its data."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.pages import ROOT

EXAMPLES = sorted(path.parent for path in (ROOT / "examples").glob("*/segdsl.yaml"))
FAMILIES = {
    *("shop", "completejourney", "rfm_nine_box", "lifecycle", "b2b_saas", "web_app", "campaigns"),
    "occasions_and_culture",
}


def test_every_family_is_there() -> None:
    assert {path.name for path in EXAMPLES} == FAMILIES


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_it_is_whole(example: Path) -> None:
    """A README, a way to get its data, and tests of its own."""
    assert (example / "README.md").is_file()
    assert (example / "make_data.py").is_file() or (example / "prepare.py").is_file()
    tests = (Path(__file__).parent / f"test_{example.name}.py").read_text(encoding="utf-8")
    assert re.search(r"validate", tests), "its tests hold it against its data"


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_check_finds_nothing(example: Path) -> None:
    import segdsl

    project = segdsl.load(example)
    findings = [*project.check(), *project.check_examples()]
    assert [f"{each.rule}: {each.message}" for each in findings] == []
    assert project.select()


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_it_is_formatted(example: Path) -> None:
    from click.testing import CliRunner

    from segdsl.cli.main import main

    done = CliRunner().invoke(main, ["-C", str(example), "fmt", "--check"])
    assert done.exit_code == 0, done.output
