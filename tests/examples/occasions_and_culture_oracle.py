"""The members of the segments about occasions and culture, computed in pandas straight from the CSV files.

Written from the descriptions in plain English, not from the YAML's expressions nor from any SQL. What Python says
of texts (`str.upper`, `re`) is used only where A to Z are all that there is to it.
"""

from __future__ import annotations

import string
import unicodedata
from datetime import date
from pathlib import Path

import pandas as pd

AS_OF = pd.Timestamp("2024-02-24")
Members = set[int]
TABLES = {
    "customers": ["birth_date", "joined_on"], "orders": ["placed_at"], "occasions": ["first_day", "last_day"],
    "answers": ["answered_on"], "days": ["day"], "countries": [], "cultures": [], "festivals": [],
    "observances": [], "interests": [],
}  # fmt: skip
DRAGONS = [
    ("1952-01-27", "1953-02-13"), ("1964-02-13", "1965-02-01"), ("1976-01-31", "1977-02-17"),
    ("1988-02-17", "1989-02-05"), ("2000-02-05", "2001-01-23"),
]  # fmt: skip
EMOJI = ("🎂", "🌙", "🧧", "❤")
WISHES = ("ulang tahun", "hari jadi", "ditëlindje", "生日")


class Data:
    """The tables, with what comes after the as-of day left out, and what joins them put beside each row."""

    def __init__(self, folder: Path) -> None:
        self.tables = {
            name: pd.read_csv(
                folder / f"{name}.csv", keep_default_na=False, na_values=[""], parse_dates=dates
            )
            for name, dates in TABLES.items()
        }
        people = self.tables["customers"]
        self.people = people[people["joined_on"] <= AS_OF].set_index("customer_id")
        self.everyone = set(self.people.index)
        orders = self.tables["orders"].merge(self.tables["days"], on="day_id")
        orders["on"] = orders["placed_at"].dt.normalize()
        orders["cents"] = (orders["amount"] * 100).round().astype("int64")
        self.orders = orders[orders["on"] <= AS_OF]
        answers = self.tables["answers"]
        self.answers = answers[(answers["answered_on"] <= AS_OF) & answers["score"].notna()]

    def chosen(self, mask: pd.Series) -> Members:
        return set(mask.index[mask.fillna(False).astype(bool)])

    def among(self, column: str, values: list[str]) -> Members:
        return self.chosen(self.people[column].isin(values))

    def score(self, question: str, first: bool = False) -> pd.Series:
        asked = self.answers[self.answers["question"] == question].sort_values(["answered_on", "answer_id"])
        scores = asked.groupby("customer_id")["score"]
        return scores.first() if first else scores.last()

    def observing(self, festivals: set[str]) -> Members:
        said = self.tables["observances"]
        return set(said.loc[said["festival_id"].isin(festivals), "customer_id"])


def who(frame: pd.DataFrame) -> Members:
    return set(frame["customer_id"])


def at_least(number: int, frame: pd.DataFrame) -> Members:
    sizes = frame.groupby("customer_id").size()
    return set(sizes.index[sizes >= number])


def festivals(data: Data) -> dict[str, set[str]]:
    """The festivals in each segment of the calendar."""
    days = data.tables["occasions"]
    first = days[days["first_day"] > AS_OF].groupby("festival_id")["first_day"].min()
    soon = set(first.index[(first - AS_OF).dt.days <= 30])
    now = set(days.loc[(days["first_day"] <= AS_OF) & (days["last_day"] >= AS_OF), "festival_id"])
    ago = (AS_OF - days["last_day"]).dt.days
    return {
        "coming_soon": soon,
        "going_on": now,
        "just_over": set(days.loc[ago.between(1, 59), "festival_id"]),
    }


def birthday_in(born: date) -> int:
    """The days until the next birthday, 0 on the day; 29 February is 1 March in common years."""
    today = AS_OF.date()

    def on(year: int) -> date:
        leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
        return date(year, 3, 1) if (born.month, born.day) == (2, 29) and not leap else born.replace(year=year)

    return min((on(year) - today).days for year in (today.year, today.year + 1) if on(year) >= today)


def birthdays(data: Data) -> dict[str, Members]:
    born = data.people["birth_date"].dropna()
    wait = born.map(lambda day: birthday_in(day.date()))
    years = AS_OF.year - born.dt.year - ((born.dt.strftime("%m%d")) > f"{AS_OF:%m%d}").astype(int)
    dragon = pd.Series(False, index=born.index)
    for first, last in DRAGONS:
        dragon |= born.between(pd.Timestamp(first), pd.Timestamp(last))
    return {
        "ulang_tahun": data.chosen(wait <= 6),
        "dite_e_rralle": data.chosen((born.dt.month == 2) & (born.dt.day == 29)),
        "hampir_17": data.chosen(((years == 16) & wait.between(1, 90)) | ((years == 17) & (wait == 0))),
        "naga": data.chosen(dragon),
        "generations.older": data.chosen(born.dt.year < 1965),
        "generations.x": data.chosen(born.dt.year.between(1965, 1980)),
        "generations.millennials": data.chosen(born.dt.year.between(1981, 1996)),
        "generations.z": data.chosen(born.dt.year >= 1997),
        "generations.untold": data.everyone - set(born.index),
    }


def before(data: Data, which: str) -> Members:
    """Who ordered in the four weeks before a festival of their culture, or on its first day."""
    orders = with_festival(data, which)
    gap = (orders["first_day"] - orders["on"]).dt.days
    return who(orders[gap.between(0, 28)])


def with_festival(data: Data, which: str) -> pd.DataFrame:
    tables = data.tables
    theirs = tables["cultures"].merge(tables["occasions"], left_on=which, right_on="occasion_id")
    people = data.people.reset_index()[["customer_id", "culture_id"]]
    return data.orders.merge(people.merge(theirs, on="culture_id"), on="customer_id")


def seasons(data: Data) -> dict[str, Members]:
    orders, calendar = data.orders, festivals(data)
    ordinary = orders[orders["season"].isna()]
    latest, earlier = before(data, "latest_id"), before(data, "earlier_id")
    in_festival = with_festival(data, "latest_id")
    days = data.tables["cultures"].merge(data.tables["occasions"], left_on="next_id", right_on="occasion_id")
    near = days.loc[(days["first_day"] - AS_OF).dt.days.between(1, 60), "culture_id"]
    spent = orders[orders["season"] == "ramadan"].groupby("customer_id")["cents"].sum()
    writable = data.chosen(data.people["opt_in"] & data.people["email"].notna())
    return {
        "menjelang_hari_raya": data.observing(calendar["coming_soon"]),
        "guonian": data.observing(calendar["going_on"]),
        "silent_on_festivals": data.everyone - who(data.tables["observances"]),
        **{
            f"shops_for_{season}": who(orders[orders["season"] == season])
            for season in ("ramadan", "lunar_new_year", "christmas")
        },
        "never_ordered": data.everyone - who(orders),
        "seasonal_only": at_least(2, orders) - who(ordinary),
        "all_year_round": at_least(4, ordinary),
        "before_their_festival": latest,
        "in_their_festival": who(
            in_festival[in_festival["on"].between(in_festival["first_day"], in_festival["last_day"])]
        ),
        "missed_this_year": earlier - latest,
        "festival_near": data.among("culture_id", list(near)),
        "hamper_lebaran": writable & data.observing({"eid"}) & set(spent.index[spent >= 100_00]),
    }


def ascii_lower(text: str) -> str:
    return text.translate(str.maketrans(string.ascii_uppercase, string.ascii_lowercase))


def ascii_upper(text: str) -> str:
    return text.translate(str.maketrans(string.ascii_lowercase, string.ascii_uppercase))


def language(data: Data) -> dict[str, Members]:
    people, tables = data.people, data.tables
    regions = people["country_id"].map(tables["countries"].set_index("country_id")["region"])
    towns, names = people["town"].dropna(), people["name"]
    texts = people["name"] + people["town"].fillna("")
    apart = texts.map(lambda text: any("\u0300" <= sign <= "\u036f" for sign in text))
    hanzi = names.map(lambda name: all(unicodedata.name(sign, "").startswith("CJK UNIFIED") for sign in name))
    notes = data.orders[data.orders["祝词"].notna()]
    recent = notes[notes["on"] > AS_OF - pd.DateOffset(years=1)]

    def having(frame: pd.DataFrame, words: tuple[str, ...]) -> Members:
        return who(frame[frame["祝词"].map(lambda note: any(word in note for word in words))])

    loud = notes["祝词"].map(
        lambda note: ascii_upper(note) == note and any(sign in string.ascii_uppercase for sign in note)
    )
    born = people["birth_date"].dropna()
    age = AS_OF.year - born.dt.year - (born.dt.strftime("%m%d") > f"{AS_OF:%m%d}").astype(int)
    tongues = {"indonesia": "id", "melayu": "ms", "shqip": "sq", "zhongwen": "zh"}
    ages = {"muda": age < 35, "tengah": (age >= 35) & (age < 55), "tua": age >= 55}
    grid = {
        f"tongue.{name}_{label}": data.among("language", [code]) & data.chosen(mask)
        for name, code in tongues.items()
        for label, mask in ages.items()
    }
    albanian, balkans = data.among("language", ["sq"]), data.chosen(regions == "Balkans")
    return grid | {
        "tongue.unknown": data.everyone - set().union(*grid.values()),
        "balkans": balkans,
        "diaspora": (albanian - balkans) | (balkans & data.among("language", ["id", "ms", "zh"])),
        "korce": data.among("town", ["Korçë", "korçë", "KORÇË"]),
        "korce_lower": data.chosen(towns.map(ascii_lower) == "korçë"),
        "korce_apart": data.chosen(apart),
        "hanzi_names": data.chosen(hanzi),
        "two_characters": data.chosen(hanzi & (names.map(len) == 2)),
        "with_emoji": having(recent, EMOJI),
        "birthday_cards": having(notes, WISHES),
        "loud": who(notes[loud]),
    }


def attitudes(data: Data, made: dict[str, Members]) -> dict[str, Members]:
    traditions, bargains = data.score("keeps_traditions"), data.score("looks_for_bargains")
    latest, first = data.score("tries_first"), data.score("tries_first", first=True)
    adoption = (latest + data.score("likes_gadgets") + (6 - data.score("waits_for_others"))).dropna()
    adoption = adoption[adoption.index.isin(data.everyone)]
    # The share below, in exact hundredths of the number of those who answered all three.
    below = adoption.map(lambda mine: 100 * int((adoption < mine).sum()))
    n = len(adoption)
    interests = data.tables["interests"]
    making = interests[interests["topic"].isin(["cooking", "gardening", "music", "calligraphy"])]
    topics = making.groupby("customer_id")["topic"].nunique()
    keeps = set(traditions.index[traditions >= 4])
    cooks = who(interests[interests["topic"] == "cooking"])
    shops = made["before_their_festival"]
    recommends = data.score("recommends")
    seeks = set(bargains.index[bargains >= 4])
    return {
        "keeps_traditions": keeps,
        "bargain_seekers": seeks,
        "modern_traditional": keeps & set(adoption.index[adoption >= 11]),
        "changed_mind": data.chosen((latest - first).abs() >= 2),
        "creative": set(topics.index[topics >= 2]),
        "host": (cooks & keeps) | (cooks & shops) | (keeps & shops),
        "not_a_bargain_seeker": data.everyone - seeks,
        "adopters.innovators": data.chosen(below >= 97 * n),
        "adopters.early": data.chosen((below >= 84 * n) & (below < 97 * n)),
        "adopters.early_majority": data.chosen((below >= 50 * n) & (below < 84 * n)),
        "adopters.late_majority": data.chosen((below >= 16 * n) & (below < 50 * n)),
        "adopters.laggards": data.chosen(below < 16 * n),
        "adopters.untold": data.everyone - set(adoption.index),
        "recommendation.promoters": data.chosen(recommends == 5),
        "recommendation.passives": data.chosen(recommends == 4),
        "recommendation.detractors": data.chosen(recommends <= 3),
        "recommendation.not_told": data.everyone - set(recommends.index),
    }


def members(folder: Path) -> dict[str, Members]:
    """The keys of customers in each segment about them as of 24 February 2024, by the segment's name."""
    data = Data(folder)
    made = birthdays(data) | seasons(data) | language(data)
    made |= attitudes(data, made)
    return {name: keys & data.everyone for name, keys in made.items()}


def of_the_calendar(folder: Path) -> dict[str, set[str]]:
    return festivals(Data(folder))
