"""The members of the example's segments, computed in pandas from the raw files and the plain-English descriptions.

Nothing is taken from the YAML's expressions nor from any SQL. Days and hours of the clock are Adelaide's, spans of
hours and minutes are elapsed time between instants, and the day ends at midnight in Adelaide.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pandas as pd

ZONE = "Australia/Adelaide"
AS_OF = pd.Timestamp("2025-04-06")
OVER = (AS_OF + pd.Timedelta(days=1)).tz_localize(ZONE)  # the first instant that does not exist yet
FEATURES = ("wishlist", "compare", "price_alerts")
Members = set[str]
Rows = list[dict[str, object]]


def clock(column: pd.Series) -> pd.Series:
    """What the clock in Adelaide showed."""
    return column.dt.tz_convert(ZONE).dt.tz_localize(None)


class Data:
    """The raw tables up to the end of the as-of day, each row with its instant `at`, its `day` and its visitor."""

    def __init__(self, folder: Path) -> None:
        def table(name: str, time: str) -> pd.DataFrame:
            frame = pd.read_parquet(folder / f"{name}.parquet")
            frame["at"] = frame[time]
            frame["day"] = clock(frame[time]).dt.normalize()
            frame["ago"] = (AS_OF - frame["day"]).dt.days
            return frame[frame["at"] < OVER]

        self.visitors = table("visitors", "first_seen_at").set_index("visitor_id")
        self.sessions = table("sessions", "started_at")
        every = pd.read_parquet(folder / "sessions.parquet").set_index("session_id")
        owner = every["visitor_id"]
        self.views = table("page_views", "viewed_at")
        self.adds = table("cart_adds", "added_at")
        self.views["visitor_id"] = self.views["session_id"].map(owner)
        self.adds["visitor_id"] = self.adds["session_id"].map(owner)
        self.orders = table("orders", "ordered_at")
        features = pd.read_parquet(folder / "features.parquet")
        self.uses = table("feature_uses", "used_at").merge(features, on="feature_id")


def who(mask: pd.Series) -> Members:
    return set(mask.index[mask.astype(bool)])


def of(frame: pd.DataFrame) -> Members:
    return set(frame["visitor_id"])


def recent(frame: pd.DataFrame, days: int = 30) -> pd.DataFrame:
    return frame[frame["ago"] < days]


def by_visitor(frame: pd.DataFrame) -> dict[str, Rows]:
    """The rows of each visitor, in order of time."""
    ordered = frame.sort_values("at", kind="stable")
    found: dict[str, Rows] = {}
    for row in ordered.to_dict("records"):
        found.setdefault(row["visitor_id"], []).append(row)
    return found


def after(rows: Iterable[dict], start: dict, span: pd.Timedelta) -> Iterator[dict]:
    """The rows that are later than `start`, by at most the span."""
    return (row for row in rows if start["at"] < row["at"] <= start["at"] + span)


def minutes(number: int) -> pd.Timedelta:
    return pd.Timedelta(minutes=number)


def _sessions(data: Data) -> dict[str, Members]:
    sessions = data.sessions.set_index("session_id")
    number = data.views.groupby("session_id").size().reindex(sessions.index, fill_value=0)
    start = data.views["session_id"].map(sessions["started_at"])
    late = data.views[data.views["at"] > start + minutes(30)]
    hour = clock(sessions["started_at"]).dt.hour
    last = (
        data.views.sort_values(["at", "view_id"]).groupby("session_id")["path"].last().reindex(sessions.index)
    )
    kinds: dict[str, Callable[[str], bool]] = {
        "home": lambda path: path == "/",
        "basket": lambda path: path in ("/cart", "/checkout"),
        "pricing": lambda path: path == "/pricing",
        "signup": lambda path: path == "/signup",
        "product": lambda path: path.split("/")[1] == "product",
        "reading": lambda path: path.split("/")[1] in ("blog", "help"),
        "search": lambda path: path == "/search",
    }
    return {
        "bounced": who(number == 1),
        "long_sessions": set(late["session_id"]) & set(sessions.index),
        "night_sessions": who((hour >= 22) | (hour < 5)),
        "ended_with_a_full_cart": who(last.isin(["/cart", "/checkout"])) & set(data.adds["session_id"]),
        **{f"exit_page.{name}": who(last.map(holds)) for name, holds in kinds.items()},
    }


def _carts(data: Data) -> dict[str, Members]:
    adds, sessions = by_visitor(data.adds), by_visitor(data.sessions)
    orders = by_visitor(data.orders)
    day = pd.Timedelta(hours=24)

    def same(visitor: str, add: dict, span: pd.Timedelta) -> bool:
        return any(row["cart_id"] == add["cart_id"] for row in after(orders.get(visitor, []), add, span))

    def left(visitor: str, add: dict) -> bool:
        return add["at"] + day < OVER and not same(visitor, add, day)

    def returned(visitor: str, add: dict) -> bool:
        later = [
            row
            for row in orders.get(visitor, [])
            if row["cart_id"] == add["cart_id"] and row["at"] > add["at"]
        ]
        return left(visitor, add) and any((row["day"] - add["day"]).days <= 7 for row in later)

    abandoned = {v for v, rows in adds.items() if any(a["ago"] < 30 and left(v, a) for a in rows)}
    worth = recent(data.adds).groupby("visitor_id")["price"].sum()
    paid = recent(data.orders).groupby("visitor_id")["amount"].sum()
    large = {v for v in abandoned if worth[v] >= paid.get(v, 0) + 200}
    drawn = {v for v in abandoned if _draw("cart-reminder", v) < 2**31}
    return {
        "bought": of(recent(data.orders)),
        "abandoned_a_cart": abandoned,
        "came_back_for_the_cart": {v for v, rows in adds.items() if any(returned(v, a) for a in rows)},
        "ordered_at_once": {v for v, rows in adds.items() if any(same(v, a, minutes(15)) for a in rows)},
        "warm_cart": of(recent(data.adds, 2)) - of(recent(data.orders, 2)),
        "large_cart_left": large,
        "bought_by_ads": {
            v
            for v, rows in sessions.items()
            if any(s["source"] == "ads" and any(after(orders.get(v, []), s, minutes(60))) for s in rows)
        },
        "cart_test.control": drawn,
        "cart_test.reminded": abandoned - drawn,
        "cart_test.outside": set(data.visitors.index) - abandoned,
    }


def _draw(salt: str, key: str) -> int:
    return int(hashlib.md5(f"{salt}:{key}".encode()).hexdigest()[:8], 16)


def _pages(data: Data) -> dict[str, Members]:
    people = data.visitors
    prices = data.views[data.views["path"] == "/pricing"]
    signed = people["signed_up_at"]
    done = who(signed < OVER)
    before = prices["visitor_id"].map(signed) - prices["at"]
    views = by_visitor(data.views)
    seconds = recent(data.views).groupby("visitor_id")["seconds"].sum()

    def struggled(rows: Rows) -> bool:
        def same(start: dict) -> list[dict]:
            return [row for row in after(rows, start, minutes(5)) if row["path"] == start["path"]]

        return any(same(again) for start in rows if start["ago"] < 30 for again in same(start))

    def in_vain(rows: Rows) -> bool:
        return any(
            start["at"] + minutes(10) < OVER
            and not any(row["path"].startswith("/product/") for row in after(rows, start, minutes(10)))
            for start in rows
            if start["path"] == "/search" and start["ago"] < 30
        )

    return {
        "pricing_without_signup": (of(recent(prices)) & set(people.index)) - done,
        "convinced_by_prices": of(prices[(before >= minutes(0)) & (before <= minutes(10))]) & done,
        "signed_up_at_first_sight": who(signed - people["first_seen_at"] <= minutes(60)) & done,
        "struggled": {v for v, rows in views.items() if struggled(rows)},
        "searched_in_vain": {v for v, rows in views.items() if in_vain(rows)},
        "readers": who(seconds >= 1800),
    }


def _visits(data: Data, bounced: Members, at_night: Members) -> dict[str, Members]:
    people = data.visitors
    everybody = set(people.index)
    sessions = data.sessions
    days = recent(sessions).groupby("visitor_id")["day"].nunique().reindex(people.index, fill_value=0)
    here = days[days > 0]
    count = sessions.groupby("visitor_id").size()
    twice = who(count >= 2)
    known = sessions[sessions["source"].notna()].sort_values(["at", "session_id"])
    source = known.groupby("visitor_id")["source"].first()
    other = of(sessions[sessions["device"].isin(["desktop", "tablet"])])
    unknown = of(sessions[sessions["device"].isna()])
    night = sessions[sessions["session_id"].isin(at_night)].groupby("visitor_id").size()
    age = sessions["at"] - sessions["visitor_id"].map(people["first_seen_at"])
    early = sessions[(age >= minutes(0)) & (age <= pd.Timedelta(hours=24))].groupby("visitor_id").size()

    def to_desk(rows: Rows) -> bool:
        return any(
            one["device"] == "mobile"
            and two["device"] == "desktop"
            and one["at"] < two["at"]
            and (two["day"] - one["day"]).days <= 7
            for one in rows
            for two in rows
        )

    found = {
        "here_lately": set(here.index),
        **{f"first_from_{name}": who(source == name) for name in ("search", "ads", "social", "email")},
        "only_bounced": of(sessions) - of(sessions[~sessions["session_id"].isin(bounced)]),
        "phone_then_desk": {v for v, rows in by_visitor(sessions).items() if to_desk(rows)},
        "mobile_only": twice - other - unknown,
        "perhaps_mobile_only": twice - other,
        "night_owls": who((count >= 3) & (2 * night.reindex(count.index, fill_value=0) > count)),
        "came_back_soon": who(early >= 2),
        "power_users": {v for v, n in here.items() if 100 * int((here > n).sum()) < 5 * len(here)},
        "blocked": everybody - of(sessions),
    }
    rhythm = pd.cut(days, [-1, 0, 3, 30], labels=["away", "now_and_then", "often"])
    for country in ("AU", "NZ", "ID", "MY"):
        for label in rhythm.cat.categories:
            found[f"place_and_rhythm.{country.lower()}_{label}"] = who(
                (people["country"] == country) & (rhythm == label)
            )
    found["place_and_rhythm.country_unknown"] = who(people["country"].isna())
    return found


def _adoption(data: Data) -> dict[str, Members]:
    people = data.visitors
    everybody = set(people.index)
    uses = data.uses
    signed = clock(people["signed_up_at"]).dt.normalize()
    since = (uses["day"] - uses["visitor_id"].map(signed)).dt.days
    settled = uses[since.between(0, 14)].groupby("visitor_id")["feature_id"].nunique()

    def dropped(rows: Rows) -> bool:
        for start in rows:
            again = any(
                row["at"] > start["at"]
                and row["feature_id"] == start["feature_id"]
                and (row["day"] - start["day"]).days <= 30
                for row in rows
            )
            if start["ago"] >= 30 and not again:
                return True
        return False

    wishlist = uses[uses["name"] == "wishlist"]
    delay = (wishlist["day"] - pd.to_datetime(wishlist["launched_on"])).dt.days
    days = delay.groupby(wishlist["visitor_id"]).min()
    below = days.map(lambda own: int((days < own).sum()))
    share = 1000 * below
    found = {
        "tried_and_dropped": {v for v, rows in by_visitor(uses).items() if dropped(rows)},
        "settled_in": who(settled >= 2),
    }
    for feature in FEATURES:
        lately = recent(uses[uses["name"] == feature])
        found[f"keeps_using_{feature}"] = who(lately.groupby("visitor_id")["day"].nunique() >= 2)
    names = ("innovators", "early_adopters", "early_majority", "late_majority", "laggards")
    for name, low, high in zip(names, (-1, 3, 21, 60, 90), (3, 21, 60, 90, 999), strict=True):
        found[f"adoption.{name}"] = who((days > low) & (days <= high))
    for name, low, high in zip(names, (0, 25, 160, 500, 840), (25, 160, 500, 840, 1001), strict=True):
        inside = (share >= low * len(days)) & (share < high * len(days))
        found[f"adoption_by_share.{name}"] = who(inside)
    for partition in ("adoption", "adoption_by_share"):
        found[f"{partition}.not_yet"] = everybody - set(days.index)
    return found


def members(folder: Path) -> dict[str, dict[str, Members]]:
    """The keys in each segment and part, by entity and by name."""
    data = Data(folder)
    sessions = _sessions(data)
    visitors = {
        **_adoption(data),
        **_carts(data),
        **_pages(data),
        **_visits(data, sessions["bounced"], sessions["night_sessions"]),
    }
    everybody = set(data.visitors.index)
    return {"visitors": {name: keys & everybody for name, keys in visitors.items()}, "sessions": sessions}
