"""The members of the example's segments, computed in pandas from the raw files and the plain-English descriptions.

Nothing is taken from the YAML's expressions nor from any SQL. Days of the log are days in Berlin; money is counted
in whole cents, and shares are compared without dividing.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

AS_OF = pd.Timestamp("2025-03-31")
Members = set[int]
PAID = ("starter", "professional", "enterprise")
KEPT_DAYS = 30


def _days(column: pd.Series) -> pd.Series:
    return pd.to_datetime(column)


class Data:
    """The raw tables up to the as-of day, with the number of days from each event to it as `ago`."""

    def __init__(self, folder: Path) -> None:
        def table(name: str, time: str) -> pd.DataFrame:
            frame = pd.read_parquet(folder / f"{name}.parquet")
            if time == "done_at":
                frame["day"] = frame[time].dt.tz_convert("Europe/Berlin").dt.tz_localize(None).dt.normalize()
            else:
                frame["day"] = _days(frame[time])
            frame["ago"] = (AS_OF - frame["day"]).dt.days
            return frame[frame["ago"] >= 0]

        self.companies = table("companies", "signed_up_on").set_index("company_id")
        self.users = table("users", "joined_on").set_index("user_id")
        self.invoices = table("invoices", "issued_on")
        self.surveys = table("surveys", "answered_on")
        self.plan_changes = table("plan_changes", "changed_on")
        self.actions = table("actions", "done_at")
        # The company of whoever acted: of everyone with a login, also of those whose first day is still to come.
        owners = pd.read_parquet(folder / "users.parquet").set_index("user_id")["company_id"]
        self.actions = self.actions.assign(company_id=self.actions["user_id"].map(owners))


def who(mask: pd.Series) -> Members:
    return set(mask.index[mask.astype(bool)])


def within(frame: pd.DataFrame, first: int, last: int) -> pd.DataFrame:
    """The events of the days from `first` to `last` days ago, the nearest one first."""
    return frame[frame["ago"].between(first, last)]


def different(frame: pd.DataFrame, owner: str, column: str, index: pd.Index) -> pd.Series:
    return frame.groupby(owner)[column].nunique().reindex(index, fill_value=0)


def rows(frame: pd.DataFrame, owner: str, index: pd.Index) -> pd.Series:
    return frame.groupby(owner).size().reindex(index, fill_value=0)


def top(values: pd.Series, groups: pd.Series, percent: int) -> Members:
    """Those for whom fewer than so many percent of their group have more; an unknown group is a group."""
    known = values.dropna()
    found: Members = set()
    for _, group in known.groupby(groups.reindex(known.index).fillna("?")):
        for key, value in group.items():
            if int((group > value).sum()) * 100 < percent * len(group):
                found.add(key)
    return found


def third(values: pd.Series) -> pd.Series:
    """1, 2 or 3, by how many are below: fewer than a third, fewer than two thirds, or more."""
    return values.map(lambda value: 1 + int((values < value).sum()) * 3 // len(values))


def champions(data: Data, ago: int) -> Members:
    """As seen so many days ago."""
    users = data.users.index
    recent = within(data.actions, ago, ago + KEPT_DAYS - 1)
    scored = data.surveys[(data.surveys["ago"] >= ago) & data.surveys["score"].notna()]
    last = scored.sort_values(["day", "survey_id"]).groupby("user_id")["score"].last().reindex(users)
    return who(
        (different(recent, "user_id", "day", users) >= 8)
        & (different(recent, "user_id", "feature", users) >= 3)
        & (last >= 9)
    )


def _silent(data: Data) -> Members:
    """Whoever acted on one of the first eight days (the first and a week more), then not for 14 days, which are over."""
    found: Members = set()
    joined = data.users["day"]
    for user, events in data.actions[data.actions["user_id"].isin(joined.index)].groupby("user_id"):
        moments = sorted(zip(events["done_at"], events["day"], strict=True))
        for place, (moment, day) in enumerate(moments):
            if not 0 <= (day - joined[user]).days <= 7 or (AS_OF - day).days < 14:
                continue
            later = [other for at, other in moments[place + 1 :] if at > moment]
            if not later or (later[0] - day).days > 14:
                found.add(user)
    return found


def users(data: Data, accounts: dict[str, Members]) -> dict[str, Members]:
    people = data.users
    company = people["company_id"]
    recent = within(data.actions, 0, KEPT_DAYS - 1)
    active = different(recent, "user_id", "day", people.index)
    in_log = set(data.actions["user_id"])
    lately = set(within(data.actions, 0, 44)["user_id"])
    last = data.surveys[data.surveys["score"].notna()].sort_values(["day", "survey_id"])
    score = last.groupby("user_id")["score"].last().reindex(people.index)
    at = {name: who(company.isin(members)) for name, members in accounts.items()}
    crowd = different(recent, "company_id", "user_id", data.companies.index)

    seen = who(active > 0)
    champion = champions(data, 0)
    decides = who(people["seniority"].isin(["director", "executive"]))
    payer = who(people["billing_contact"])
    buyers = decides | payer | who((people["seniority"] == "manager") & (people["department"] == "finance"))
    admins = who(people["role"] == "admin")
    found = {
        "seen": seen,
        "dormant_seats": who(people["has_seat"] & (people["ago"] >= 45)) - lately,
        "promoters": who(score >= 9),
        "detractors": who(score <= 6),
        "champions": champion,
        "former_champions": champions(data, 60) - champion,
        "champions_to_lean_on": champion
        & at["paying"]
        & (at["usage_falling"] | at["many_dormant_seats"] | at["overdue"]),
        "decision_makers": decides,
        "perhaps_decision_makers": who(~people["seniority"].isin(["staff", "manager"])),
        "economic_buyers": buyers,
        "buyers_in_trial": buyers & at["in_trial"],
        "buyers_without_a_look": (buyers & at["paying"] & who(company.isin(who(crowd >= 3)))) - in_log,
        "sleeping_admins": (admins & at["paying"]) - seen,
        "went_silent": _silent(data),
        "power_users": top(active[active > 0], company.map(data.companies["plan"]), 5),
        "authority.pays": payer,
        "authority.decides": decides - payer,
        "authority.administers": admins - decides - payer,
        "authority.uses": seen - admins - decides - payer,
        "authority.looks_on": set(people.index) - seen - admins - decides - payer,
    }
    rhythm = pd.cut(active, [-1, 0, 3, 9, 30], labels=["absent", "occasional", "regular", "daily"])
    for label in rhythm.cat.categories:
        for seat, name in ((True, "with_seat"), (False, "without")):
            found[f"pulse.{label}_{name}"] = who((rhythm == label) & (people["has_seat"] == seat))
    return found


def _overdue(data: Data) -> Members:
    due, paid = _days(data.invoices["due_on"]), _days(data.invoices["paid_on"])
    return set(data.invoices.loc[(due < AS_OF) & ~(paid <= AS_OF), "company_id"])


def _days_of_use(data: Data, ago: int) -> pd.Series:
    recent = within(data.actions, ago, ago + KEPT_DAYS - 1)
    return different(recent, "company_id", "day", data.companies.index)


def _basics(data: Data) -> dict[str, Members]:
    firms = data.companies
    everybody = set(firms.index)
    plan, employees = firms["plan"], firms["employees"]
    in_trial = who(_days(firms["trial_ends_on"]) >= AS_OF)
    paying = who(plan != "free") - in_trial
    largest = top(employees, firms["industry"], 5) & who(firms["industry"].notna())
    known = who(employees.notna())
    return {
        "in_trial": in_trial,
        "paying": paying,
        **{f"on_{name}": who(plan == name) for name in ("free", *PAID)},
        "young_companies": who(_days(firms["founded_on"]) > AS_OF - pd.DateOffset(years=3)),
        "perhaps_tiny": everybody - who(employees >= 10),
        "known_industry_giants": largest,
        "company_size.micro": who(employees < 10),
        "company_size.small": who((employees >= 10) & (employees < 50)),
        "company_size.medium": who((employees >= 50) & (employees < 250)),
        "company_size.large": who(employees >= 250),
        "company_size.size_unknown": everybody - known,
    }


def _people_of(data: Data, members: Members) -> pd.Series:
    """How many of these users each company has."""
    return rows(data.users[data.users.index.isin(members)], "company_id", data.companies.index)


def companies(data: Data) -> tuple[dict[str, Members], dict[str, Members]]:
    """The segments of companies, and those of users, which need each other."""
    firms = data.companies
    index = firms.index
    basics = _basics(data)
    paying = basics["paying"]
    recent = within(data.actions, 0, KEPT_DAYS - 1)
    holders = data.users[data.users["has_seat"]]
    used, seats = rows(holders, "company_id", index), firms["seats"]
    people = different(recent, "company_id", "user_id", index)
    use = _days_of_use(data, 0)
    now, before = (rows(within(data.actions, *span), "company_id", index) for span in ((0, 29), (30, 59)))

    lately = set(within(data.actions, 0, 44)["user_id"])
    dormant = set(holders.index[holders["ago"] >= 45]) - lately
    scored = data.surveys[data.surveys["score"].notna()].sort_values(["day", "survey_id"])
    score = scored.groupby("user_id")["score"].last()
    retention = {
        "half_empty": paying & who(used * 2 < seats),
        "overdue": _overdue(data),
        "usage_falling": who((before >= 20) & (now * 2 < before)),
        "lost_momentum": who((_days_of_use(data, 90) >= 15) & (use < 8)),
        "unhappy": who(_people_of(data, who(score <= 6)) > 0) - who(_people_of(data, who(score >= 9)) > 0),
        "many_dormant_seats": paying & who((used >= 3) & (_people_of(data, dormant) * 3 >= used)),
        "renewing_soon": who((_days(firms["renews_on"]) - AS_OF).dt.days.between(1, 90)),
    }
    signs = ("usage_falling", "lost_momentum", "many_dormant_seats", "unhappy", "overdue")
    count = sum(pd.Series(index.isin(retention[sign]), index).astype(int) for sign in signs)
    churn = paying & who(count >= 2)
    mrr = (firms["mrr"] * 100).astype(int)
    value = third(mrr[mrr.index.isin(paying)])
    found_users = users(data, {**basics, **retention})
    champion = found_users["champions"]
    seen_buyers = found_users["economic_buyers"] & found_users["seen"]
    retention |= {
        "churn_risk": churn,
        "call_this_week": churn & retention["renewing_soon"] & who(value >= 2),
        "no_champion": paying - who(_people_of(data, champion) > 0),
    }

    features = different(recent, "company_id", "feature", index)
    earlier = rows(within(data.actions, 90, 119), "company_id", index)
    everything = ((firms["plan"] == "starter") & (features == 3)) | (
        (firms["plan"] == "professional") & (features == 5)
    )
    full = paying & who(used * 20 >= seats * 19)
    connected = who(_people_of(data, champion) > 0)
    growth = {
        "seats_full": full,
        "upsell_seats": (full & who(people >= 3)) - retention["overdue"],
        "upsell_plan": paying & who(everything & (now > earlier)),
        "room_to_grow": paying & who(seats * 10 < firms["employees"]),
        **_starts(data),
        "upgraded": _upgraded(data),
        "industry_leaders": top(mrr[mrr.index.isin(paying)], firms["industry"], 10),
        **{f"busiest_on_{p}": top(use, firms["plan"], 20) & basics[f"on_{p}"] for p in PAID},
        "multi_threaded": paying
        & (who(_people_of(data, champion) >= 2) | (connected & who(_people_of(data, seen_buyers) > 0))),
    }
    parts = _parts(basics, retention, growth, people, use, value)
    return {**basics, **growth, **retention, **parts}, found_users


def _starts(data: Data) -> dict[str, Members]:
    signed = data.companies["day"]
    new = who(signed > AS_OF - pd.DateOffset(months=6))
    since = (data.actions["day"] - data.actions["company_id"].map(signed)).dt.days
    early = different(data.actions[since.between(0, 14)], "company_id", "user_id", signed.index)
    three = new & who(early >= 3)
    return {"activated": three, "slow_start": (new & who(data.companies["ago"] > 14)) - three}


def _upgraded(data: Data) -> Members:
    order = ["free", *PAID]
    last = data.plan_changes.sort_values(["day", "change_id"]).groupby("company_id").last()
    up = last["to_plan"].map(order.index) > last["from_plan"].map(order.index)
    return who(up & (last["day"] > AS_OF - pd.DateOffset(months=12)))


def _parts(
    basics: dict[str, Members],
    retention: dict[str, Members],
    growth: dict[str, Members],
    people: pd.Series,
    use: pd.Series,
    value: pd.Series,
) -> dict[str, Members]:
    found: dict[str, Members] = {}
    rest = set(people.index)
    for part, members in {
        "in_trial": basics["in_trial"],
        "free": basics["on_free"],
        "at_risk": retention["churn_risk"],
        "ready_for_more": growth["upsell_seats"] | growth["upsell_plan"],
        "idle": who(people == 0),
        "steady": rest,
    }.items():
        found[f"standing.{part}"] = rest & members
        rest = rest - members
    for number, label in enumerate(("low", "mid", "high"), start=1):
        paid = who(value == number)
        found[f"value_and_use.{label}_rare"] = paid & who(use < 8)
        found[f"value_and_use.{label}_some"] = paid & who((use >= 8) & (use < 16))
        found[f"value_and_use.{label}_daily"] = paid & who(use >= 16)
    found["value_and_use.not_paying"] = set(people.index) - set(value.index)
    return found


def members(folder: Path) -> dict[str, dict[str, Members]]:
    """The keys in each segment and part, by entity and by name."""
    of_companies, of_users = companies(Data(folder))
    return {"companies": of_companies, "users": of_users}
