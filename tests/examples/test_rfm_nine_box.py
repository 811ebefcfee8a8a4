"""The record shop's example against an independent calculation in pandas, straight from the package's text file.

Written from the descriptions in plain English, not from the YAML's expressions nor from any SQL. Money is counted
in whole cents, and shares are compared without dividing.
"""

from __future__ import annotations

import runpy
import shutil
import subprocess
import sys
from bisect import bisect_left
from dataclasses import dataclass
from datetime import date
from importlib.util import find_spec
from pathlib import Path

import pandas as pd
import pytest

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "rfm_nine_box"
THEN, NOW = date(1997, 9, 30), date(1998, 6, 30)
Members = set[int]

# The package itself can't be imported: what it depends on is not installed.
pytestmark = pytest.mark.skipif(
    find_spec("lifetimes") is None,
    reason=f"the data of the package lifetimes is needed: pip install --no-deps -r {EXAMPLE}/requirements.txt",
)


# --- the calculation ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Data:
    """What had happened by a day: the purchases, and a row of figures for each customer."""

    day: pd.Timestamp
    purchases: pd.DataFrame
    people: pd.DataFrame


def raw() -> pd.DataFrame:
    spec = find_spec("lifetimes")
    assert spec is not None and spec.submodule_search_locations is not None
    file = Path(spec.submodule_search_locations[0]) / "datasets" / "CDNOW_master.txt"
    names = ["customer", "day", "cds", "dollars"]
    rows = pd.read_csv(file, sep=r"\s+", skiprows=1, names=names, dtype=str)
    return pd.DataFrame(
        {
            "customer": rows["customer"].astype(int),
            "day": pd.to_datetime(rows["day"], format="%Y%m%d"),
            "cds": rows["cds"].astype(int),
            "cents": rows["dollars"].str.replace(".", "", regex=False).astype(int),
        }
    )


def as_of(rows: pd.DataFrame, day: date) -> Data:
    end = pd.Timestamp(day)
    known = rows[rows["day"] <= end]
    groups = known.groupby("customer")
    people = pd.DataFrame(
        {
            "first": groups["day"].min(),
            "last": groups["day"].max(),
            "visits": groups["day"].nunique(),
            "cents": groups["cents"].sum(),
            "cds": groups["cds"].sum(),
            "most_cds": groups["cds"].max(),
        }
    )
    people["silent"] = (end - people["last"]).dt.days
    return Data(end, known, people)


def tile(values: pd.Series, tiles: int) -> pd.Series:
    """1 + the whole part of tiles times the share of those with less."""
    ordered = sorted(values)
    below = values.map(lambda value: bisect_left(ordered, value))
    return 1 + tiles * below // len(values)


def scores(data: Data) -> pd.DataFrame:
    people = data.people
    return pd.DataFrame(
        {"r": tile(people["last"], 5), "f": tile(people["visits"], 5), "m": tile(people["cents"], 5)}
    )


def chosen(mask: pd.Series) -> Members:
    return set(mask.index[mask])


def in_turn(parts: dict[str, Members], rest: str, everybody: Members) -> dict[str, Members]:
    """Everybody in the first part that takes them, or in the last."""
    found: dict[str, Members] = {}
    left = set(everybody)
    for name, members in parts.items():
        found[name] = members & left
        left -= members
    return found | {rest: left}


def score_segments(data: Data) -> dict[str, Members]:
    points = scores(data)
    found = {f"{letter}{score}": chosen(points[letter] == score) for letter in "rfm" for score in range(1, 6)}
    assert found.pop("f2") == set()
    best = (points["r"] == 5) & (points["f"] == 5) & (points["m"] == 5)
    return found | {"perfect_scores": chosen(best)}


def rfm(data: Data) -> dict[str, Members]:
    points = scores(data)
    r, f, m = points["r"], points["f"], points["m"]
    parts = {
        "rfm.champions": (r == 5) & (f == 5) & (m >= 4),
        "rfm.loyal": (r >= 4) & (f >= 4),
        "rfm.cannot_lose": ((f == 5) | (m == 5)) & (r <= 3),
        "rfm.at_risk": (f >= 3) & (r <= 3),
        "rfm.promising": r >= 4,
        "rfm.one_big_order": (f == 1) & (m >= 4),
        "rfm.hibernating": r >= 2,
    }
    return in_turn({name: chosen(mask) for name, mask in parts.items()}, "rfm.lost", set(points.index))


def boxes(data: Data, name: str) -> dict[str, Members]:
    """The nine boxes, and who never paid."""
    paying = data.people[data.people["cents"] > 0]
    thirds = tile(paying["cents"], 3)
    found: dict[str, Members] = {}
    for third, value in enumerate(["low", "mid", "high"], start=1):
        risks = {
            "safe": paying["silent"] < 90,
            "watch": paying["silent"].between(90, 179),
            "risk": paying["silent"] >= 180,
        }
        found |= {f"{name}.{value}_{risk}": chosen((thirds == third) & mask) for risk, mask in risks.items()}
    return found | {f"{name}.unscored": chosen(data.people["cents"] == 0)}


def value(data: Data) -> dict[str, Members]:
    people = data.people
    losses = sorted(-people["cents"])
    more = people["cents"].map(lambda cents: bisect_left(losses, -cents))
    top = {percent: chosen(100 * more < percent * len(people)) for percent in (1, 5, 20)}
    paying = chosen(people["cents"] > 0)
    quarter = data.purchases[data.purchases["day"] > data.day - pd.DateOffset(months=3)]
    lately = quarter.groupby("customer")["cents"].sum().reindex(people.index, fill_value=0)
    tiers = {"clv.platinum": top[1], "clv.gold": top[5], "clv.silver": top[20], "clv.bronze": paying}
    return {
        "paying": paying,
        "clv_best_fifth": top[20],
        "gone_gold": top[20] & chosen(people["silent"] >= 180),
        "steady_value": chosen((lately >= 100_00) & (6 * lately > people["cents"])),
        **in_turn(tiers, "clv.free", set(people.index)),
    }


def habits(data: Data) -> dict[str, Members]:
    people, bought = data.people, data.purchases
    visits, first = people["visits"], bought["customer"].map(people["first"])
    soon = bought[(bought["day"] > first) & ((bought["day"] - first).dt.days <= 30)]
    active_days = (people["last"] - people["first"]).dt.days
    later = bought[bought["day"] > "1997-03-31"]
    at_christmas = later["day"].between("1997-11-15", "1997-12-24")
    return {
        **{f"cohort_{month}": chosen(people["first"].dt.month == month) for month in (1, 2, 3)},
        "one_timers_small": chosen((visits == 1) & (people["cents"] < 20_00)),
        "quick_repeaters": set(soon["customer"]),
        # The average of the gaps between visits is the active time, shared out among the gaps.
        "overdue": chosen((visits >= 3) & (people["silent"] * (visits - 1) > 2 * active_days)),
        "bulk_buyers": chosen(people["most_cds"] >= 10),
        "bargain_hunters": chosen((people["cds"] >= 5) & (people["cents"] < 12_00 * people["cds"])),
        "gift_givers": set(later[at_christmas]["customer"]) - set(later[~at_christmas]["customer"]),
        "habit.once": chosen(visits == 1),
        "habit.twice": chosen(visits == 2),
        "habit.several": chosen(visits.between(3, 9)),
        "habit.regular": chosen(visits >= 10),
    }


def migration(data: Data, before: Data, now: dict[str, Members]) -> dict[str, Members]:
    then = boxes(before, "box_then")
    at_risk, safe = chosen(data.people["silent"] >= 180), chosen(data.people["silent"] < 90)
    stars = then["box_then.high_safe"]
    high = stars | then["box_then.high_watch"] | then["box_then.high_risk"]
    bought_after = set(data.purchases[data.purchases["day"] > before.day]["customer"])
    return then | {
        "fallen_stars": stars & at_risk,
        "still_stars": stars & now["nine_box.high_safe"],
        "risen_stars": now["nine_box.high_safe"] - high,
        "returned": chosen(before.people["silent"] >= 180) & safe,
        "came_back": bought_after,
        "silent_since": set(data.people.index) - bought_after,
    }


def calculated(day: date) -> dict[str, Members]:
    rows = raw()
    data = as_of(rows, day)
    now = score_segments(data) | rfm(data) | boxes(data, "nine_box") | value(data) | habits(data)
    return now | migration(data, as_of(rows, THEN), now)


# --- the example --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the example with its data; the repository stays as it is."""
    aside = tmp_path_factory.mktemp("records") / "project"
    shutil.copytree(EXAMPLE, aside, ignore=shutil.ignore_patterns("data", "__pycache__"))
    subprocess.run([sys.executable, "prepare.py"], cwd=aside, check=True, capture_output=True)
    return aside


def members(folder: Path, day: date) -> dict[str, Members]:
    import segdsl
    from segdsl.membership import members as read

    project = segdsl.load(folder)
    table = read(project, list(project.definitions), "flags", as_of=day)
    keys = table.column(0).to_pylist()
    return {
        name: {key for key, is_in in zip(keys, table.column(name).to_pylist(), strict=True) if is_in}
        for name in table.column_names[1:]
    }


@pytest.mark.parametrize("day", [NOW, THEN])
def test_members(folder: Path, day: date) -> None:
    found, expected = members(folder, day), calculated(day)
    assert set(found) == set(expected)
    assert {name: len(found[name] ^ expected[name]) for name in found} == dict.fromkeys(expected, 0)


def test_everybody_who_had_come_by_a_day(folder: Path) -> None:
    """Most came after January, and are not there yet."""
    import segdsl

    day = date(1997, 1, 31)
    project = segdsl.load(folder)
    report = project.validate(project.select("rfm.*"), as_of=day).to_dict()
    data = as_of(raw(), day)
    assert report["population"] == len(data.people) == 7846
    assert {s["name"]: s["size"] for s in report["segments"]} == {n: len(m) for n, m in rfm(data).items()}


def test_ranks_of_an_earlier_day(folder: Path) -> None:
    """Whom the earlier boxes hold when they are looked back at is who was in the boxes on that day."""
    import segdsl

    project = segdsl.load(folder)
    back = project.members("box_then.mid_watch", as_of=NOW).column(0).to_pylist()
    assert back == project.members("nine_box.mid_watch", as_of=THEN).column(0).to_pylist()
    assert back
    assert back != project.members("nine_box.mid_watch", as_of=NOW).column(0).to_pylist()


def test_the_example_is_sound(folder: Path) -> None:
    import segdsl

    project = segdsl.load(folder)
    assert list(project.check()) == []
    assert list(project.check_examples()) == []
    report = project.validate(as_of=NOW).to_dict()
    assert report["findings"] == []
    assert report["population"] == 23570
    assert all(s["size"] for s in report["segments"])
    assert all(p["gap"] == 0 and p["overlap"] == 0 for p in report["partitions"])


def test_a_broken_rule_is_found(folder: Path, tmp_path: Path) -> None:
    from click.testing import CliRunner

    from segdsl.cli.main import main

    copy = Path(shutil.copytree(folder, tmp_path / "project"))
    file = copy / "catalog" / "customers.yaml"
    text = file.read_text(encoding="utf-8")
    assert text.count("r_score: ntile(5, last_bought)") == 1
    upside_down = text.replace("r_score: ntile(5, last_bought)", "r_score: ntile(5, recency)")
    file.write_text(upside_down, encoding="utf-8")
    result = CliRunner().invoke(main, ["-C", str(copy), "validate", "rfm.*", "--as-of", "1998-06-30"])
    assert result.exit_code == 1
    assert "`rfm.champions` has a size of" in result.output
    assert "expected 8%..15%" in result.output
    # The examples tell as well, without any data.
    result = CliRunner().invoke(main, ["-C", str(copy), "check"])
    assert result.exit_code == 1
    assert "failed-example" in result.output


def test_prepare(folder: Path) -> None:
    import pyarrow.parquet as parquet

    purchases = parquet.read_table(folder / "data" / "purchases.parquet").to_pandas()
    rows = raw()
    assert len(purchases) == len(rows) == 69659
    assert list(purchases["customer_id"]) == list(rows["customer"])
    assert [int(100 * amount) for amount in purchases["amount"]] == list(rows["cents"])
    assert list(purchases["purchase_id"]) == list(range(1, len(rows) + 1))


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("1 19970101 1", "not enough values"),
        ("1 19970101 1 11.775", "whole cents"),
        ("1 19971301 1 11.77", "19971301"),
        ("1 19970101 1 eleven", "line 8"),
    ],
)
def test_prepare_refuses_a_line_that_it_can_not_read(line: str, message: str) -> None:
    script = runpy.run_path(str(EXAMPLE / "prepare.py"))
    with pytest.raises(SystemExit) as stopped:
        script["purchase"](7, line)
    assert message in str(stopped.value)


def test_prepare_names_the_missing_package(tmp_path: Path) -> None:
    script = runpy.run_path(str(EXAMPLE / "prepare.py"))
    script["package_file"].__globals__["PACKAGE"] = "no_such_package_at_all"
    with pytest.raises(SystemExit) as stopped:
        script["prepare"](tmp_path / "data")
    assert "pip install --no-deps -r requirements.txt" in str(stopped.value)
    assert not (tmp_path / "data").exists()
