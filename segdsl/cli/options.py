"""Options that several commands have."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])


class Day(click.ParamType[date]):
    """A day such as 2024-01-31."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        try:
            if isinstance(value, str) and len(value) == 10:
                return date.fromisoformat(value)
        except ValueError:
            pass
        return self.fail(f"`{value}` is not a day: write it such as 2024-01-31", param, ctx)


def options(*each: Callable[[F], F]) -> Callable[[F], F]:
    """Several options as one decorator; the help shows them in this order."""

    def add(function: F) -> F:
        for option in reversed(each):
            function = option(function)
        return function

    return add


as_of = click.option("--as-of", type=Day(), metavar="DAY", help="The day to run for; today when left out.")
target = click.option("--target", metavar="NAME", help="The target of segdsl.yaml to run on.")
params = click.option("--param", "params", multiple=True, metavar="NAME=VALUE", help="Set a parameter.")
select = click.option(
    "-s", "--select", "select", multiple=True, metavar="SELECTION", help="Names or patterns of segments."
)
output_format = click.option(
    "--output-format",
    "output",
    type=click.Choice(["full", "concise", "json"]),
    default="full",
    show_default=True,
    help="How findings and figures are printed.",
)
