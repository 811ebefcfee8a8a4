"""`segdsl fmt` on quoted scalars: what is written by its code stays so."""

from __future__ import annotations

from pathlib import Path

import pytest

from segdsl.diagnostics import Findings
from segdsl.formatting import formatted

LONG = " or ".join(["name  contains 'a longer text'"] * 5)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (r'"name  matches \u0027[\u0300-\U0000036f]\u0027"', "\"name matches '[\\u0300-\\U0000036f]'\""),
        (r'"name  = \"\xEB\\\u00ad\""', r'''"name = '\xEB\\\u00ad'"'''),
        (r'''"name  = 'a\\u0300'"''', r'''"name = 'a\\u0300'"'''),
        ('''"name  = 'ë'"''', '''"name = 'ë'"'''),
        (f"\"{LONG} or name = '\\u0301'\"", f"\"{LONG.replace('  ', ' ')} or name = '\\u0301'\""),
        ("'name  = ''\\u0301'''", "'name = ''\\u0301'''"),
    ],
)
def test_characters_written_by_their_code_stay_so(written: str, expected: str, tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(f"entity: customers\nsegments: \n  a: {written}\n", encoding="utf-8")
    findings = Findings()
    found = formatted(path, "a.yaml", findings)
    assert found is not None and list(findings) == []
    assert found[1] == f"entity: customers\nsegments: \n  a: {expected}\n"
    path.write_text(found[1], encoding="utf-8")
    assert formatted(path, "a.yaml", findings) == (found[1], found[1])
