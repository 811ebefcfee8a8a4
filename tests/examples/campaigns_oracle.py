"""The members of the campaigns' segments and parts, computed in pandas straight from the Parquet files.

Written from the descriptions in plain English, not from the YAML's expressions nor from any SQL. Days are those of
Berlin; `ago` is the number of days from an event's day to the as-of day.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

AS_OF = pd.Timestamp("2024-04-30")
SPRING = pd.Timestamp("2024-04-11")
Members = set[str]


@dataclass(frozen=True)
class Data:
    """What has happened by the as-of day. Opens and clicks stand beside the message they are about."""

    contacts: pd.DataFrame
    consents: pd.DataFrame
    sends: pd.DataFrame
    opens: pd.DataFrame
    clicks: pd.DataFrame
    orders: pd.DataFrame

    @property
    def everyone(self) -> Members:
        return set(self.contacts.index)


def read(folder: Path) -> Data:
    def table(name: str, moment: str) -> pd.DataFrame:
        frame = pd.read_parquet(folder / f"{name}.parquet")
        clock = frame[moment].dt.tz_convert("Europe/Berlin").dt.tz_localize(None)
        frame = frame.assign(at=frame[moment], clock=clock, day=clock.dt.normalize())
        frame["ago"] = (AS_OF - frame["day"]).dt.days
        return frame

    def known(frame: pd.DataFrame) -> pd.DataFrame:
        return frame[frame["ago"] >= 0]

    contacts = pd.read_parquet(folder / "contacts.parquet")
    contacts["joined_on"] = pd.to_datetime(contacts["joined_on"])
    contacts = contacts[contacts["joined_on"] <= AS_OF].set_index("contact_id")
    campaigns = pd.read_parquet(folder / "campaigns.parquet")
    sends = table("sends", "sent_at").merge(campaigns, on="campaign_id")
    message = sends[["send_id", "contact_id", "theme"]]
    orders = table("orders", "placed_at")
    orders["cents"] = (orders["amount"] * 100).astype("int64")
    data = Data(
        contacts,
        known(table("consents", "changed_at")),
        known(sends),
        known(table("opens", "opened_at").merge(message, on="send_id")),
        known(table("clicks", "clicked_at").merge(message, on="send_id")),
        known(orders),
    )
    return data


def who(frame: pd.DataFrame) -> Members:
    return set(frame["contact_id"])


def at_least(number: int, frame: pd.DataFrame) -> Members:
    """The contacts with so many rows."""
    sizes = frame.groupby("contact_id").size()
    return set(sizes.index[sizes >= number])


def place(key: str) -> float:
    """Where in the fixed order of the spring test a contact stands, from 0 to below 1; exact in a double."""
    return int(hashlib.md5(f"spring-2024:{key}".encode()).hexdigest()[:8], 16) / 2**32


def consent(data: Data) -> dict[str, Members]:
    contacts, everyone = data.contacts, data.everyone
    latest = data.consents.sort_values(["at", "consent_id"]).groupby(["contact_id", "channel"]).last()
    agreed = {
        channel: set(latest.xs(channel, level="channel").query("granted").index)
        for channel in ("email", "sms", "push")
    }
    once = who(data.consents[(data.consents["channel"] == "email") & data.consents["granted"]])
    mails = data.sends[data.sends["channel"] == "email"].sort_values(["at", "send_id"])
    outcome = mails[mails["outcome"].notna()].groupby("contact_id")["outcome"].last()
    soft = data.sends[(data.sends["outcome"] == "soft_bounce") & (data.sends["ago"] < 60)]
    bounced = set(outcome.index[outcome == "hard_bounce"]) | at_least(3, soft)
    can_email = (agreed["email"] & set(contacts.index[contacts["email"].notna()])) - bounced
    can_text = agreed["sms"] & set(contacts.index[contacts["phone"].notna()])
    can_push = agreed["push"] & set(contacts.index[contacts["has_app"]])
    prefers = {c: set(contacts.index[contacts["preferred_channel"] == c]) for c in ("email", "sms", "push")}
    push = can_push & prefers["push"]
    text = (can_text & prefers["sms"]) - push
    email = can_email - push - text
    push_instead = can_push - push - text - email
    text_instead = can_text - push - text - email - push_instead
    return {
        "agreed_to_email": agreed["email"] & everyone,
        "agreed_to_sms": agreed["sms"] & everyone,
        "agreed_to_push": agreed["push"] & everyone,
        "unsubscribed": once - agreed["email"],
        "bounced": bounced,
        "can_email": can_email,
        "can_text": can_text,
        "can_push": can_push,
        "asked_in_vain": (prefers["email"] - can_email)
        | (prefers["sms"] - can_text)
        | (prefers["push"] - can_push),
        "channel.push": push,
        "channel.text": text,
        "channel.email": email,
        "channel.push_instead": push_instead,
        "channel.text_instead": text_instead,
        "channel.silent": everyone - can_email - can_text - can_push,
    }


def followed(first: pd.DataFrame, then: pd.DataFrame, days: int, on: str) -> pd.DataFrame:
    """The pairs of rows of which the second came later, at most so many days of the calendar."""
    pairs = first.merge(then, on=on, suffixes=("_1", ""))
    if on != "contact_id":
        pairs = pairs[pairs["contact_id_1"] == pairs["contact_id"]]
    gap = (pairs["day"] - pairs["day_1"]).dt.days
    return pairs[(pairs["at"] > pairs["at_1"]) & (gap <= days)]


def tally(frame: pd.DataFrame, value: pd.Series, tie: str) -> pd.Series:
    """The most frequent value per contact; of equally frequent ones the one seen last."""
    ordered = frame.assign(value=value).sort_values(["at", tie])
    ordered["place"] = range(len(ordered))
    groups = ordered.groupby(["contact_id", "value"])["place"].agg(times="size", seen="max").reset_index()
    return groups.sort_values(["times", "seen"]).groupby("contact_id")["value"].last()


def response(data: Data, made: dict[str, Members]) -> dict[str, Members]:
    opens, everyone = data.opens, data.everyone
    in_person = opens[~opens["by_machine"]]
    useful = data.clicks[data.clicks["url"] != "/unsubscribe"]
    recent = data.sends[data.sends["ago"] < 60]
    opened = who(in_person[in_person["ago"] < 90])
    clicked = followed(recent, useful, 7, "send_id")
    bought = followed(clicked[["contact_id", "at", "day"]], data.orders, 3, "contact_id")

    fresh = useful[useful["ago"] < 30]
    soon = followed(fresh, data.orders, 3, "contact_id")["click_id"]
    waited = fresh[(fresh["ago"] >= 3) & ~fresh["click_id"].isin(soon)]

    pairs = recent.merge(in_person, on="send_id", suffixes=("_1", ""))
    gap = pairs["at"] - pairs["at_1"]
    at_once = pairs[(gap > pd.Timedelta(0)) & (gap <= pd.Timedelta(hours=1))]

    half_year = data.clicks[data.clicks["ago"] < 180]
    favourite = tally(half_year, half_year["theme"], "click_id")
    themes = half_year.groupby("contact_id")["theme"].nunique()
    messages = useful[useful["ago"] < 180].groupby("contact_id")["send_id"].nunique()
    ranked = messages.reindex(sorted(made["can_email"]), fill_value=0)
    above = ranked.map(lambda mine: int((ranked > mine).sum()))

    arrived = delivered(data).groupby("contact_id").size()
    seen = in_person[in_person["ago"] < 90].groupby("contact_id")["send_id"].nunique()
    seen = seen.reindex(arrived.index, fill_value=0)
    return {
        "never_mailed": everyone - who(data.sends),
        "opened": opened,
        "opened_by_machines_only": who(opens[opens["ago"] < 90]) - opened,
        "clicked": who(clicked),
        "loyal_readers": set(arrived.index[(arrived >= 5) & (2 * seen >= arrived)]),
        "converted": who(bought),
        "clicked_not_bought": who(waited),
        "opens_at_once": who(at_once),
        "sale_hunters": set(favourite.index[favourite == "sale"]),
        "wide_interests": set(themes.index[themes >= 3]),
        "best_readers": set(ranked.index[10 * above < len(ranked)]),
    }


def delivered(data: Data) -> pd.DataFrame:
    return data.sends[(data.sends["outcome"] == "delivered") & (data.sends["ago"] < 90)]


def pressure(data: Data, made: dict[str, Members]) -> dict[str, Members]:
    sends, opens, contacts = data.sends, data.opens, data.contacts
    in_person = opens[~opens["by_machine"]]
    fatigued = at_least(6, delivered(data)) - who(opens[opens["ago"] < 90])
    crowded = set()
    for contact, rows in sends[sends["ago"] < 60].sort_values("at").groupby("contact_id"):
        days = list(rows["day"])
        if any((third - one).days <= 6 for one, third in zip(days, days[2:], strict=False)):
            crowded.add(contact)
    earlier = who(in_person[in_person["ago"].between(90, 179)])
    year = data.orders[data.orders["day"] > AS_OF - pd.DateOffset(years=1)]
    paid = year.groupby("contact_id")["cents"].sum()
    old = set(contacts.index[contacts["joined_on"] < AS_OF - pd.DateOffset(months=6)])

    parts: dict[str, Members] = {}
    left = data.everyone
    for name, members in (
        ("new", set(contacts.index[contacts["joined_on"] > AS_OF - pd.Timedelta(days=30)])),
        ("hot", who(data.clicks[data.clicks["ago"] < 30])),
        ("warm", who(in_person[in_person["ago"] < 30])),
        ("cooling", who(in_person[in_person["ago"] < 90])),
        ("cold", who(sends[sends["ago"] < 180])),
        ("unmailed", left),
    ):
        parts[f"engagement.{name}"] = left & members
        left = left - members
    return parts | {
        "fatigued": fatigued,
        "at_the_cap": at_least(2, sends[sends["ago"] < 7]),
        "crowded": crowded,
        "worn_out": (earlier - made["opened"]) & at_least(3, delivered(data)),
        "to_sunset": (fatigued & old) - set(paid.index[paid > 0]),
    }


def timing(data: Data) -> dict[str, Members]:
    opens = data.opens[~data.opens["by_machine"]]
    weekend = opens["day"].dt.day_of_week >= 5
    counts = opens.assign(weekend=weekend).groupby("contact_id")["weekend"].agg(["size", "sum"])
    hour = opens["clock"].dt.hour
    recent = opens[opens["ago"] < 180]
    days = tally(recent, recent["day"].dt.day_of_week >= 5, "open_id").map(
        {False: "workday", True: "weekend"}
    )
    part = pd.cut(recent["clock"].dt.hour, [-1, 11, 17, 23], labels=["morning", "afternoon", "evening"])
    hours = tally(recent, part.astype(str), "open_id")
    grid = {
        f"send_time.{day}_{time}": set(days.index[(days == day) & (hours == time)])
        for day in ("workday", "weekend")
        for time in ("morning", "afternoon", "evening")
    }
    return grid | {
        "weekend_readers": set(counts.index[(counts["size"] >= 3) & (2 * counts["sum"] >= counts["size"])]),
        "night_owls": at_least(3, opens[(hour >= 22) | (hour < 6)]),
        "send_time.any_time": data.everyone - set(days.index),
    }


def spring(data: Data, made: dict[str, Members]) -> dict[str, Members]:
    joined = set(data.contacts.index[data.contacts["joined_on"] <= SPRING])
    eligible = joined - made["channel.silent"]
    places = {key: place(key) for key in eligible}
    hold_out = {key for key in eligible if places[key] < 0.1}
    sent = who(data.sends[data.sends["campaign_id"] == "spring"])
    fortnight = data.orders["day"].between(SPRING, SPRING + pd.Timedelta(days=14))
    return {
        "spring_eligible": eligible,
        "spring_audience": eligible - hold_out,
        "spring_leaked": hold_out & sent,
        "bought_since_spring": who(data.orders[fortnight]),
        "spring_test.hold_out": hold_out,
        "spring_test.version_a": {key for key in eligible if 0.1 <= places[key] < 0.55},
        "spring_test.version_b": {key for key in eligible if places[key] >= 0.55},
        "spring_test.not_in_test": data.everyone - eligible,
    }


def members(folder: Path) -> dict[str, Members]:
    """The keys in each segment as of 30 April 2024, by the segment's name."""
    data = read(folder)
    made = consent(data)
    made |= response(data, made)
    made |= pressure(data, made) | timing(data) | spring(data, made)
    return {name: keys & data.everyone for name, keys in made.items()}
