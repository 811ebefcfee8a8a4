"""After a long run: what it was made of, all processes together."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

from tests.operators import ALL
from tests.properties.budget import FUZZ
from tests.properties.tally import TALLY


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A process of pytest-xdist hands its counts to the one that tells of them."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["tally"] = pickle.dumps(TALLY).hex()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    output = getattr(node, "workeroutput", {})
    if "tally" in output:
        TALLY.add(pickle.loads(bytes.fromhex(output["tally"])))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    if not FUZZ or not TALLY.programs:
        return
    write = terminalreporter.write_line
    terminalreporter.section("random programs")
    write(f"{TALLY.programs} programs, {TALLY.segments} segments")
    write(f"{TALLY.share:.1%} tell some from others; {TALLY.empty / TALLY.segments:.1%} are empty")
    write(f"{TALLY.overflows} times a number of over 38 digits, on one side or both")
    refused = ", ".join(f"{count} × {rule}" for rule, count in TALLY.refusals.most_common())
    write(f"refused by the binder, and written anew: {refused or 'none'}")
    write(f"{len(ALL & set(TALLY.operators))} of {len(ALL)} operators; segments with each:")
    counts = sorted(ALL, key=lambda name: (-TALLY.operators[name], name))
    for start in range(0, len(counts), 3):
        row = [f"{TALLY.operators[name]:7} {name:38}" for name in counts[start : start + 3]]
        write("".join(row).rstrip())
