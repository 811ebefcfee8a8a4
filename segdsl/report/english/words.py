"""Words: the catalog's names as people say them, numbers, quoted text and lists."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise

from segdsl.diagnostics.render import visible
from segdsl.semantics import ir
from segdsl.units import Unit

# Noncharacters of Unicode stand around what is emphasised, since a text may hold any character that a user types.
_NAME, _CODE, _END = "\ufdd0", "\ufdd1", "\ufdd2"
_MARKED = re.compile(f"([{_NAME}{_CODE}])([^{_NAME}{_CODE}{_END}]*){_END}")

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_LISTED = 12
"""How many values of a list are read out before the rest is only counted."""

# What is not made plural by an `s`, or is plural without one.
_NO_PLURAL = frozenset(
    (
        "people",
        "children",
        "men",
        "women",
        "staff",
        "data",
        "media",
        "equipment",
        "information",
        "news",
        "money",
    )
)
# Whole numbers in columns so called are names: 1234 and not 1,234.
_CODE_WORDS = frozenset(
    ("id", "ids", "key", "code", "number", "no", "nr", "year", "zip", "postcode", "upc", "sku")
)


def named(text: str) -> str:
    """A name that is defined below, or that the reader knows from the catalog."""
    return f"{_NAME}{text}{_END}"


def coded(text: str) -> str:
    """A piece of the language, such as `$quiet_days`."""
    return f"{_CODE}{text}{_END}"


def to_markdown(text: str) -> str:
    return _MARKED.sub(lambda found: f"*{found[2]}*" if found[1] == _NAME else f"`{found[2]}`", text)


def pieces(text: str) -> list[tuple[str, str]]:
    """The text as (sort, piece), the sort being `name`, `code` or empty."""
    found: list[tuple[str, str]] = []
    at = 0
    for match in _MARKED.finditer(text):
        found += [("", text[at : match.start()]), ("name" if match[1] == _NAME else "code", match[2])]
        at = match.end()
    return [(sort, piece) for sort, piece in (*found, ("", text[at:])) if piece]


def bare(text: str) -> str:
    """The text without emphasis."""
    return "".join(piece for _, piece in pieces(text))


def shown(text: str) -> str:
    """A text of the user's with nothing in it that a terminal would obey, or that marks emphasis."""
    return visible(re.sub(f"[{_NAME}{_CODE}{_END}]", "\ufffd", text))


def flat(text: str) -> str:
    """The same on one line: for titles and descriptions."""
    return shown(" ".join(text.split()))


# --- names ------------------------------------------------------------------------------------------------


def spoken(name: str) -> str:
    """`total_spend` as "total spend", `signupDate` as "signup date"."""
    words = [word for part in re.split(r"[\s_]+", name) for word in _CAMEL.split(part) if word]
    if len(words) > 1 and _CAMEL.search(name):
        words = [word if word.isupper() else word.lower() for word in words]
    text = " ".join(words) or name
    for ending, noun in ((" at", "time"), (" on", "day")):
        if text.endswith(ending):  # `placed_at` would else hang in the air
            text = f"{text.replace(' ', '-')} {noun}"
    return shown(text)


def is_plural(words: str) -> bool:
    last = words.rpartition(" ")[2]
    return len(last) > 3 and last.endswith("s") and not last.endswith(("ss", "us", "is"))


def singular(words: str) -> str:
    if not is_plural(words):
        return words
    if words.endswith("ies") and len(words) > 4:
        return f"{words[:-3]}y"
    if words.endswith(("sses", "xes", "ches", "shes", "zzes")):
        return words[:-2]
    return words[:-1]


def plural(words: str) -> str:
    last = words.rpartition(" ")[2]
    if is_plural(words) or not last.isascii() or not last[-1:].isalpha() or last.lower() in _NO_PLURAL:
        return words
    if last.endswith("y") and last[-2:-1] not in ("a", "e", "i", "o", "u"):
        return f"{words[:-1]}ies"
    return f"{words}es" if last.endswith(("s", "x", "z", "ch", "sh")) else f"{words}s"


def genitive(words: str) -> str:
    return f"{words}'" if bare(words).endswith("s") else f"{words}'s"


def is_code(name: str) -> bool:
    """Whether whole numbers in a column of that name are names of something rather than amounts."""
    return spoken(name).lower().rpartition(" ")[2] in _CODE_WORDS


def joined(first: str, second: str) -> str:
    """Two names as one, what the first ends with and the second starts with said once: an "order amount", a
    "transaction timestamp" (of `transactions.transaction_timestamp`)."""
    one, two = first.split(), second.split()
    for length in range(min(len(one), len(two) - 1), 0, -1):
        if one[-length:] == two[:length]:
            return " ".join([*one, *two[length:]])
    return f"{first} {second}"


# --- lists ------------------------------------------------------------------------------------------------


def listed(items: Sequence[str], word: str = "and") -> str:
    """a, b and c"""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {word} {items[-1]}"


def shortened(items: Sequence[str], word: str) -> str:
    """The same, long lists cut."""
    if len(items) <= _LISTED:
        return listed(items, word)
    return f"{', '.join(items[: _LISTED - 2])} {word} one of {len(items) - _LISTED + 2} more"


# --- values -----------------------------------------------------------------------------------------------

_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")
MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def number(value: int | Decimal | float, percent: bool = False, code: bool = False) -> str:
    """1,000 or 20%; a whole number that is a code as it is."""
    if isinstance(value, float):
        return f"{value:,}"
    if percent:
        scaled = format(Decimal(value).scaleb(2), ",f")
        return f"{scaled.rstrip('0').rstrip('.') if '.' in scaled else scaled}%"
    return (
        str(value)
        if code and isinstance(value, int)
        else format(value, ",f" if isinstance(value, Decimal) else ",")
    )


def ordinal(number: int) -> str:
    """first, second, … 10th"""
    return _ORDINALS[number - 1] if number <= len(_ORDINALS) else f"{number}th"


def quoted(text: str) -> str:
    text = _with_bases(shown(text))
    if not text:
        return "an empty text"
    return f"“{text}”" if "'" in text else f"'{text}'"


def _with_bases(text: str) -> str:
    """A text in which accents that stand by themselves, as in a pattern of them, have a circle to sit on."""
    parts: list[str] = []
    before = ""
    for character in text:
        if unicodedata.combining(character) and not (
            before.isalnum() or unicodedata.combining(before or " ")
        ):
            parts.append("◌")
        parts.append(character)
        before = character
    return "".join(parts)


def day(value: date) -> str:
    """31 January 2024"""
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}"


def moment(value: datetime) -> str:
    clock = value.time().isoformat("minutes" if not (value.second or value.microsecond) else "auto")
    return f"{day(value.date())}, {clock}"


def days(low: date | None, high: date | None) -> str:
    """2 to 31 January 2024; both ends are meant."""
    if low is None or high is None:
        return f"up to {day(high)}" if high else f"from {day(low)} on" if low else "any day"
    if low > high:
        return "no day at all"
    if low == high:
        return day(low)
    start = day(low)
    if low.year == high.year:
        start = str(low.day) if low.month == high.month else f"{low.day} {MONTHS[low.month - 1]}"
    return f"{start} to {day(high)}"


def constant(value: ir.Constant, code: bool = False) -> str:
    """The value of a parameter or literal."""
    match value.value:
        case bool(truth):
            return "true" if truth else "false"
        case str(text):
            return quoted(text)
        case datetime() as time:
            return moment(time)
        case date() as when:
            return day(when)
        case amount:
            return number(amount, code=code)


def counted(amount: str, unit: Unit) -> str:
    """30 days, 1 day"""
    return f"{amount} {unit.value if amount == '1' else unit.plural}"


def runs(numbers: Sequence[int], names: Sequence[str]) -> str:
    """Names by their numbers from 1: "May to July", "Monday or Sunday"."""
    if is_run(numbers):
        return f"{names[numbers[0] - 1]} to {names[numbers[-1] - 1]}"
    return listed([names[n - 1] for n in numbers], "or")


def is_run(numbers: Sequence[int]) -> bool:
    return len(numbers) > 2 and all(b - a == 1 for a, b in pairwise(numbers))
