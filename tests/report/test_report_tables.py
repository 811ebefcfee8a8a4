"""Tables: no figure is ever cut, at any width that terminals have."""

from __future__ import annotations

import io
from datetime import date
from itertools import combinations

import pytest
from rich.console import Console

from segdsl.checks.measure import Measures, Overlap, Size, share
from segdsl.checks.validate import Report
from segdsl.diagnostics import Findings
from segdsl.report.tables import TOP, show

LONG = "a_very_long_name_that_somebody_gave_to_a_segment_of_people_who_did_something_once"


def measures(names: list[str], population: int, unknown: int = 0) -> Measures:
    sizes = {name: population // number for number, name in enumerate(names, 1)}
    segments = tuple(Size(n, s, share(s, population), unknown) for n, s in sizes.items())
    pairs = tuple(
        Overlap(
            a, b, sizes[b], share(sizes[b], sizes[a]), share(sizes[b], sizes[b]), share(sizes[b], sizes[a])
        )
        for a, b in combinations(names, 2)
    )
    return Measures("customers", population, segments, pairs)


def shown(of: Measures, width: int, **named: bool) -> list[str]:
    report = Report("shop", date(2024, 6, 30), "dev", Findings(), (of,), one_entity=True)
    console = Console(file=io.StringIO(), width=width, color_system=None)
    show(report, console, **named)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue().splitlines()


@pytest.mark.parametrize("width", [60, 80, 100, 160])
@pytest.mark.parametrize("unknown", [0, 123_456_789])
@pytest.mark.parametrize(
    "names", [["vip", "lapsed"], ["x" * 30, "y" * 25], [LONG, "vip"], ["客戶" * 12, "vip"]]
)
def test_nothing_is_cut(names: list[str], unknown: int, width: int) -> None:
    lines = shown(measures(names, 1_234_567_890, unknown), width)
    text = "\n".join(lines)
    assert "…" not in text
    for figure in ("1,234,567,890", "617,283,945", "100.0%", "50.0%", *(["123,456,789"] if unknown else [])):
        assert figure in text
    assert all(len(line) <= width for line in lines)
    assert all(line == line.rstrip() for line in lines)


@pytest.mark.parametrize("width", [40, 60, 80])
def test_long_names_are_folded(width: int) -> None:
    report = Measures("customers", 100, measures([LONG, "vip"], 100).segments, None)
    first = [line.split("   ")[0] for line in shown(report, width)[3:]]
    assert "".join(first) == f"{LONG}vip" and len(first) > 2


def test_names_are_whole_where_there_is_room() -> None:
    for width in (80, 100, 160):
        text = "\n".join(shown(measures(["x" * 24, "y" * 20], 1_000_000, 5), width))
        assert "x" * 24 in text and "y" * 20 in text


def test_sizes() -> None:
    assert shown(measures(["vip", "lapsed"], 2_000, 1_500), 80)[:5] == [
        "2,000 customers as of 2024-06-30",
        "segment   members    share   unknown",
        "─" * len("segment   members    share   unknown   " + " " * 24),
        "vip         2,000   100.0%     1,500   " + "█" * 24,
        "lapsed      1,000    50.0%     1,500   " + "█" * 12,
    ]


def test_bars_are_narrower_or_gone_where_there_is_less_room() -> None:
    def longest(width: int) -> int:
        return max(line.count("█") for line in shown(measures(["vip", "lapsed"], 2_000), width))

    assert longest(80) == 24
    assert 8 <= longest(45) < 24
    assert longest(30) == 0


def test_the_largest_overlaps_come_first() -> None:
    of = measures([f"s{number:02}" for number in range(20)], 1_000_000)
    lines = shown(of, 100, sizes=False)
    assert lines[0] == "15 of 190 overlaps of customers, by share of either"
    shares = [float(line.split()[-1].rstrip("%")) for line in lines[3:]]
    assert len(shares) == TOP and shares == sorted(shares, reverse=True)
    assert len(shown(of, 100, sizes=False, by_smaller=True)) == 3 + 190


def test_one_segment_has_no_overlaps() -> None:
    assert not any("overlap" in line for line in shown(measures(["vip"], 10), 80))


def test_a_share_of_nobody_is_a_dash() -> None:
    of = Measures("customers", 0, (Size("vip", 0, None, 0),), None)
    assert shown(of, 80)[3].split() == ["vip", "0", "–"]
