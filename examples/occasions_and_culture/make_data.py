"""Makes the CSV files in `data/`, the same ones every time: python make_data.py [FOLDER]

2,500 customers of a shop for gifts and hampers, in five countries and four languages. Names and notes are written as
people write them: with accents, in capitals, in Chinese, with emoji, and, from one old system, with accents apart from
their letters.
"""

from __future__ import annotations

import csv
import sys
import unicodedata
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import TypeVar

T = TypeVar("T")
Row = dict[str, object]

CUSTOMERS = 2_500
FIRST_DAY = date(2022, 1, 1)
PLANNED_ON = date(2024, 2, 24)
LAST_DAY = date(2024, 3, 3)  # a week after the day that the README looks at

COUNTRIES = {  # code: name, what its people call it, region
    "ID": ("Indonesia", "Indonesia", "Nusantara"),
    "MY": ("Malaysia", "Malaysia", "Nusantara"),
    "SG": ("Singapore", "新加坡", "Nusantara"),
    "AL": ("Albania", "Shqipëri", "Balkans"),
    "XK": ("Kosovo", "Kosovë", "Balkans"),
}
CULTURES = {  # key: what its people call it, the festival before which they buy most
    "jawa": ("Jawa", "eid"),
    "melayu": ("Melayu", "eid"),
    "hanzi": ("华人", "lunar_new_year"),
    "shqiptar": ("Shqiptar", "new_year"),
}
FESTIVALS = {
    "ramadan": "Ramadan",
    "eid": "Idul Fitri · Hari Raya · Bajrami",
    "lunar_new_year": "春节",
    "christmas": "Natal · Krishtlindje",
    "new_year": "Viti i Ri",
}
# The moving ones: the first and the last day, which no formula of the Gregorian calendar gives.
MOVING = {
    "ramadan": [("2022-04-03", "2022-05-01"), ("2023-03-23", "2023-04-21"), ("2024-03-12", "2024-04-09"), ("2025-03-01", "2025-03-30")],
    "eid": [("2022-05-02", "2022-05-03"), ("2023-04-22", "2023-04-23"), ("2024-04-10", "2024-04-11"), ("2025-03-31", "2025-04-01")],
    "lunar_new_year": [("2022-02-01", "2022-02-15"), ("2023-01-22", "2023-02-05"), ("2024-02-10", "2024-02-24"), ("2025-01-29", "2025-02-12")],
}  # fmt: skip
YEARS = [2022, 2023, 2024, 2025]
PLACES = {
    "ID": ["Yogyakarta", "Bandung", "Surabaya", "Jakarta", "JAKARTA", "Medan"],
    "MY": ["Kuala Lumpur", "Pulau Pinang", "Johor Bahru", "Melaka", "KUALA LUMPUR"],
    "SG": ["Singapore", "新加坡"],
    "AL": ["Tiranë", "Tirana", "Korçë", "KORÇË", "korçë", "Shkodër", "Durrës", "Vlorë"],
    "XK": ["Prishtinë", "Pejë", "Gjakovë", "PEJË"],
}
NAMES = {
    "id": (["Budi", "Siti", "Dewi", "Agus", "Nur", "Rizky"], ["Santoso", "Wijaya", "Lestari", "Hidayat", ""]),
    "ms": (["Aminah", "Faiz", "Nurul", "Hafiz", "Mei Ling"], ["binti Ahmad", "bin Ismail", "Tan", "Lim"]),
    "sq": (
        ["Arbër", "Çlirim", "Ëngjëll", "Besa", "Lirë", "Ylli"],
        ["Hoxha", "Gjoka", "Çela", "Krasniqi", "Dodë"],
    ),
    "zh": (["陈", "林", "李", "王", "欧阳"], ["伟", "美玲", "小明", "芳", "志强"]),
}
NOTES = {
    "id": [
        "Selamat ulang tahun 🎂",
        "Selamat Hari Raya Idul Fitri 🌙",
        "Selamat Natal",
        "untuk Ibu ❤️",
        "SELAMAT!",
    ],
    "ms": ["Selamat Hari Raya", "Maaf zahir dan batin 🌙", "selamat hari jadi 🎂", 'untuk "Mak"'],
    "sq": [
        "Gëzuar ditëlindjen 🎂",
        "GËZUAR VITIN E RI",
        "Gëzuar Vitin e Ri!",
        "me dashuri ❤️,\nnga të gjithë",
    ],
    "zh": ["新年快乐 🧧", "春节快乐", "生日快乐 🎂", "恭喜发财🧧🧧"],
}
TOPICS = ["cooking", "gardening", "football", "music", "travel", "calligraphy"]
QUESTIONS = [
    "tries_first",
    "waits_for_others",
    "likes_gadgets",
    "keeps_traditions",
    "looks_for_bargains",
    "recommends",
]


def pick(random: Random, choices: Sequence[T]) -> T:
    return choices[random.randrange(len(choices))]


def some_day(random: Random, first: date, last: date) -> date:
    return first + timedelta(days=random.randrange((last - first).days + 1))


def occasions() -> list[Row]:
    """When each festival is, in every year of the table: also in years to come."""
    found = [
        (name, date.fromisoformat(a), date.fromisoformat(b)) for name, days in MOVING.items() for a, b in days
    ]
    found += [("christmas", date(year, 12, 24), date(year, 12, 26)) for year in YEARS]
    found += [("new_year", date(year, 1, 1), date(year, 1, 2)) for year in YEARS]
    found.sort(key=lambda each: each[1])
    return [
        {"occasion_id": number, "festival_id": name, "first_day": first, "last_day": last}
        for number, (name, first, last) in enumerate(found, start=1)
    ]


def cultures(calendar: list[Row]) -> list[Row]:
    """Each with the festival that was last on the day that the README looks at, the one before it and the next."""
    rows: list[Row] = []
    for key, (endonym, festival) in CULTURES.items():
        dates = {row["first_day"]: row["occasion_id"] for row in calendar if row["festival_id"] == festival}
        past = [number for day, number in dates.items() if isinstance(day, date) and day <= PLANNED_ON]
        to_come = [number for number in dates.values() if number not in past]
        rows.append(
            {
                "culture_id": key,
                "endonym": endonym,
                "latest_id": past[-1],
                "earlier_id": past[-2],
                "next_id": to_come[0],
            }
        )
    return rows


def season(day: date, calendar: list[Row]) -> str | None:
    """For what people shop on that day: the month of Ramadan, three weeks before New Year, December."""
    for row in calendar:
        name, first, last = row["festival_id"], row["first_day"], row["last_day"]
        assert isinstance(first, date) and isinstance(last, date) and isinstance(name, str)
        before = {"lunar_new_year": 21, "christmas": 23}.get(name, 0)
        if name not in ("new_year", "eid") and first - timedelta(days=before) <= day <= last:
            return name
    return None


def days(calendar: list[Row]) -> list[Row]:
    """One row for each day: what a warehouse calls the date dimension."""
    count = (date(2025, 12, 31) - FIRST_DAY).days + 1
    every = [FIRST_DAY + timedelta(days=number) for number in range(count)]
    return [{"day_id": f"{day:%Y%m%d}", "day": day, "season": season(day, calendar)} for day in every]


def customers(random: Random) -> list[Row]:
    rows: list[Row] = []
    for number in range(1, CUSTOMERS + 1):
        culture = pick(random, ["jawa"] * 7 + ["melayu"] * 5 + ["hanzi"] * 4 + ["shqiptar"] * 4)
        country = pick(
            random,
            {
                "jawa": ["ID"],
                "melayu": ["MY", "MY", "SG"],
                "hanzi": ["MY", "SG", "SG", "ID"],
                "shqiptar": ["AL", "AL", "XK"],
            }[culture],
        )
        language = {"jawa": "id", "melayu": "ms", "hanzi": "zh", "shqiptar": "sq"}[culture]
        first, last = NAMES[language]
        between = "" if language == "zh" else " "
        name = f"{pick(random, first)}{between}{pick(random, last)}".strip()
        town: str | None = pick(random, PLACES[country])
        if random.random() < 0.1:  # the old system stored accents apart from their letters
            name, town = (unicodedata.normalize("NFD", text) for text in (name, town or ""))
        rows.append({
            "customer_id": number,
            "name": name,
            "town": town if random.random() < 0.95 else None,
            "country_id": country,
            "culture_id": culture if random.random() < 0.7 else None,
            "language": language if random.random() < 0.85 else pick(random, ["id", "ms", "sq", "zh", None, None]),
            "birth_date": birth_date(random),
            "email": f"pelanggan{number}@mail.example" if random.random() < 0.9 else None,
            "opt_in": "true" if random.random() < 0.65 else "false",
            "joined_on": some_day(random, FIRST_DAY, LAST_DAY),
        })  # fmt: skip
    return rows


def birth_date(random: Random) -> date | None:
    """One in eight does not tell; some systems write 1 January when they do not know. Some are born on 29 February."""
    if random.random() < 0.12:
        return None
    if random.random() < 0.03:
        return date(pick(random, [1960, 1972, 1980, 1988, 1996, 2004]), 2, 29)
    return some_day(random, date(1946, 1, 1), date(2008, 12, 31))


def orders(random: Random, people: list[Row], seasons: dict[str, object]) -> list[Row]:
    """Most buy for the season that is theirs; some the whole year round, one in six never."""
    found: list[tuple[datetime, int, int, str | None]] = []
    by_season: dict[object, list[date]] = {}
    for key, name in seasons.items():
        day = datetime.strptime(key, "%Y%m%d").date()
        if day <= LAST_DAY:
            by_season.setdefault(name, []).append(day)
    for person in people:
        joined, number, language = person["joined_on"], person["customer_id"], person["language"]
        assert isinstance(joined, date) and isinstance(number, int)
        theirs = {"id": "ramadan", "ms": "ramadan", "zh": "lunar_new_year", "sq": "christmas"}.get(
            str(language)
        )
        seasonal = random.random() < 0.5
        for _ in range(pick(random, [0, 1, 1, 2, 3, 5, 8])):
            choices = by_season.get(theirs if seasonal and random.random() < 0.85 else None, [])
            choices = [day for day in choices if day >= joined]
            if not choices:
                continue
            day = pick(random, choices)
            placed_at = datetime(day.year, day.month, day.day) + timedelta(seconds=random.randrange(86_400))
            note = pick(random, NOTES[str(language)]) if language and random.random() < 0.4 else None
            found.append((placed_at, number, int(random.lognormvariate(8.6, 0.6)), note))
    return [
        {
            "order_id": number, "customer_id": customer, "day_id": f"{placed_at:%Y%m%d}", "placed_at": placed_at,
            "amount": f"{cents // 100}.{cents % 100:02d}", "祝词": note,
        }
        for number, (placed_at, customer, cents, note) in enumerate(sorted(found, key=lambda row: row[:3]), start=1)
    ]  # fmt: skip


def observances(random: Random, people: list[Row]) -> list[Row]:
    """What people said that they celebrate, whatever their culture is: more than one thing, or nothing."""
    likely = {
        "id": {"ramadan": 0.75, "eid": 0.8, "christmas": 0.12, "lunar_new_year": 0.04},
        "ms": {"ramadan": 0.7, "eid": 0.75, "christmas": 0.08, "lunar_new_year": 0.15},
        "zh": {"lunar_new_year": 0.9, "christmas": 0.3, "new_year": 0.2},
        "sq": {"new_year": 0.8, "ramadan": 0.35, "eid": 0.4, "christmas": 0.3},
    }
    rows: list[Row] = []
    for person in people:
        if random.random() < 0.45:
            continue
        for festival, share in likely.get(str(person["language"]), {}).items():
            if random.random() < share:
                rows.append(
                    {
                        "observance_id": len(rows) + 1,
                        "customer_id": person["customer_id"],
                        "festival_id": festival,
                    }
                )
    return rows


def answers(random: Random, people: list[Row]) -> list[Row]:
    """Two waves of a survey, on scales from 1 to 5; whom a question does not suit leaves it open."""
    rows: list[Row] = []
    for wave in (date(2023, 2, 1), date(2024, 1, 15)):
        for person in people:
            joined = person["joined_on"]
            assert isinstance(joined, date)
            if joined > wave or random.random() < 0.25:
                continue
            keenness = random.gauss(3.1, 0.9)
            for question in QUESTIONS:
                if random.random() < 0.05:
                    continue
                mean = {
                    "waits_for_others": 6 - keenness,
                    "keeps_traditions": 3.5,
                    "looks_for_bargains": 3.3,
                    "recommends": 3.6,
                }.get(question, keenness)
                score = min(max(round(random.gauss(mean, 0.8)), 1), 5)
                rows.append({
                    "answer_id": len(rows) + 1, "customer_id": person["customer_id"], "question": question,
                    "score": score if random.random() < 0.97 else None, "answered_on": wave + timedelta(days=random.randrange(60)),
                })  # fmt: skip
    return rows


def interests(random: Random, people: list[Row]) -> list[Row]:
    chosen = [
        (person["customer_id"], topic) for person in people for topic in TOPICS if random.random() < 0.18
    ]
    return [
        {"interest_id": n, "customer_id": who, "topic": topic}
        for n, (who, topic) in enumerate(chosen, start=1)
    ]


def write(folder: Path, name: str, rows: list[Row]) -> None:
    """One CSV file in UTF-8. What is not known is left empty."""
    with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def make(folder: Path) -> None:
    random = Random(2024)
    folder.mkdir(parents=True, exist_ok=True)
    calendar = occasions()
    every_day = days(calendar)
    people = customers(random)
    write(
        folder,
        "countries",
        [
            {"country_id": code, "name": name, "endonym": endonym, "region": region}
            for code, (name, endonym, region) in COUNTRIES.items()
        ],
    )
    write(folder, "cultures", cultures(calendar))
    write(folder, "festivals", [{"festival_id": key, "label": label} for key, label in FESTIVALS.items()])
    write(folder, "occasions", calendar)
    write(folder, "days", every_day)
    write(folder, "customers", people)
    write(folder, "orders", orders(random, people, {str(row["day_id"]): row["season"] for row in every_day}))
    write(folder, "observances", observances(random, people))
    write(folder, "answers", answers(random, people))
    write(folder, "interests", interests(random, people))


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent / "data")
