"""Every spec case on every engine that is at hand: the same members on each.

`SEGDSL_ENGINES=all` (`make test-engines`) runs the slow ones too, and fails where one is missing; a list such as
`SEGDSL_ENGINES=sqlite,postgres` runs those. What an engine's dialect cannot carry is listed in `unsupported.yaml`,
case by case, with the reason that `segdsl compile` gives; a case that is there and works, or that is refused and is
not there, fails. `emulated.yaml` lists the cases in which a mere emulation of an engine gives something else.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from segdsl import sql
from segdsl.planner import plan
from segdsl.sql.dialects import Unsupported, dialect
from tests.engines.rigs.base import Rig, stored
from tests.spec.backends import load_project, write_definitions
from tests.spec.cases import SEGMENT, Case, load_all

CASES = [case for file in load_all() for case in file.cases]
UNSUPPORTED: dict[str, dict[str, str]] = (
    yaml.safe_load((Path(__file__).parent / "unsupported.yaml").read_text(encoding="utf-8")) or {}
)
EMULATED: dict[str, dict[str, str]] = yaml.safe_load(
    (Path(__file__).parent / "emulated.yaml").read_text(encoding="utf-8")
)
"""By rig that is no engine but plays one, and spec case: what it does in another way than that engine."""


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_case(case: Case, rig: Rig, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    name = request.node.callspec.params["rig"]
    project = load_project(write_definitions(case, tmp_path / "project"))
    segment = project.segment(SEGMENT)
    expected = UNSUPPORTED.get(name, {}).get(case.id)
    try:
        planned = plan([segment], case.as_of, apart=dialect(rig.dialect).apart)
        text = sql.to_text(sql.members_query(planned, SEGMENT, None, rig.dialect), rig.dialect)
    except Unsupported as error:
        assert error.what == expected, f"{name} refuses this: {error.what}"
        pytest.skip(f"{name}: {error.what}")
    assert expected is None, f"{name} is listed as refusing this, and does not"
    if reason := EMULATED.get(name, {}).get(case.id):
        request.applymarker(pytest.mark.xfail(reason=reason, strict=True))
    rig.load(stored(project, case.tables))
    rows = rig.ask(text)
    keys = [_key(row[0]) for row in rows]
    assert len(keys) == len(set(keys)), "a member is listed twice"
    assert set(keys) == set(case.members), f"{case.where.strip()}\n{case.about}\n{text}"


def _key(value: Any) -> Any:
    return value.decode() if isinstance(value, bytes) else value
