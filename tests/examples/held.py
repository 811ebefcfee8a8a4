"""An example's data made in a copy, and what is measured there held against an independent calculation."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Mapping
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import Any

import segdsl
from segdsl.membership import members

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def made(name: str, folder: Path) -> Path:
    """A copy of the example with its data; the repository stays as it is."""
    ignored = shutil.ignore_patterns("data", "__pycache__")
    copy = shutil.copytree(EXAMPLES / name, folder / "project", ignore=ignored)
    subprocess.run([sys.executable, "make_data.py"], cwd=copy, check=True)
    return Path(copy)


def hold_sizes_and_overlaps(block: Mapping[str, Any], keys: Mapping[str, set[Any]]) -> None:
    """Of every segment, and of every pair, in their order."""
    assert {s["name"]: s["size"] for s in block["segments"]} == {
        name: len(found) for name, found in keys.items()
    }
    both = {(o["a"], o["b"]): o["both"] for o in block["overlaps"]}
    names = [s["name"] for s in block["segments"]]
    assert both == {(a, b): len(keys[a] & keys[b]) for a, b in combinations(names, 2)}


def hold_members(folder: Path, keys: Mapping[str, set[Any]], as_of: date) -> None:
    flags = members(segdsl.load(folder), list(keys), "flags", as_of, None)
    everybody = flags.column(0).to_pylist()
    for name in keys:
        found = {key for key, holds in zip(everybody, flags.column(name).to_pylist(), strict=True) if holds}
        assert found == keys[name], name
