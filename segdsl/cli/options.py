"""Options that several commands have."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_SHARE = re.compile(r"(\d+(?:\.\d+)?)(%?)", re.ASCII)
_MEMORY = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([KMGT]i?B)\s*", re.ASCII | re.IGNORECASE)


def day(text: str) -> date:
    """A day such as 2024-01-31."""
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise click.BadParameter(f"`{text}` is not a day: write it such as 2024-01-31")


def share(text: str) -> Fraction:
    """A share such as 5% or 0.05, from 0 to 1."""
    match = _SHARE.fullmatch(text)
    value = Fraction(match[1]) / (100 if match[2] else 1) if match else None
    if value is None or value > 1:
        raise click.BadParameter(f"`{text}` is not a share: write it such as 5% or 0.05")
    return value


def memory(text: str) -> str:
    """An amount of memory such as 4GB."""
    match = _MEMORY.fullmatch(text)
    if match is None or float(match[1]) == 0:
        raise click.BadParameter(f"`{text}` is no amount of memory: write it such as 4GB or 500MB")
    return f"{match[1]}{match[2]}"


def options(*each: Callable[[F], F]) -> Callable[[F], F]:
    """Several options as one decorator; the help shows them in this order."""

    def add(function: F) -> F:
        for option in reversed(each):
            function = option(function)
        return function

    return add


as_of = click.option("--as-of", type=day, metavar="DAY", help="The day to run for; today when left out.")
target = click.option("--target", metavar="NAME", help="The target of segdsl.yaml to run on.")
params = click.option(
    "--param", "params", multiple=True, metavar="NAME=VALUE", help="Set a parameter; a list with commas."
)
select = click.option(
    "-s",
    "--select",
    "select",
    multiple=True,
    metavar="SELECTION",
    help=(
        "The segments to take: a name, a pattern, tag:…, owner:…, path:…, uses:table.column; +name with what "
        "it depends on, name+ with what depends on it. A blank is or, a comma is and."
    ),
)
exclude = click.option(
    "--exclude", multiple=True, metavar="SELECTION", help="The segments to leave out, written like -s."
)
memory_limit = click.option(
    "--memory-limit", type=memory, metavar="SIZE", help="How much memory to use at most, such as 4GB."
)
error_on_warning = click.option(
    "--error-on-warning", is_flag=True, help="Exit with 1 where there are warnings too."
)
output_format = click.option(
    "--output-format",
    "output",
    type=click.Choice(["full", "concise", "json"]),
    default="full",
    show_default=True,
    help="How findings and figures are printed.",
)
