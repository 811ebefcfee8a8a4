"""Values by their raw text."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from segdsl.semantics.literals import read_value
from segdsl.semantics.types import (
    BOOLEAN,
    DATE,
    FLOAT,
    INTEGER,
    STRING,
    TIMESTAMP,
    TIMESTAMPTZ,
    Type,
    decimal,
)


@pytest.mark.parametrize(
    ("text", "type", "value"),
    [
        ("true", BOOLEAN, True),
        ("-1_000", INTEGER, -1000),
        ("9" * 38, INTEGER, int("9" * 38)),
        ("1.50", decimal(10, 2), Decimal("1.50")),
        ("0", decimal(2, 2), Decimal(0)),
        ("0.00", decimal(2, 2), Decimal("0.00")),
        ("-.99", decimal(2, 2), Decimal("-0.99")),
        ("-1.5e-3", FLOAT, -0.0015),
        ("12", FLOAT, 12.0),
        ("2024-01-31", DATE, date(2024, 1, 31)),
        ("2024-01-31T09:30", TIMESTAMP, datetime(2024, 1, 31, 9, 30)),
        ("2024-01-31 09:30:15.25", TIMESTAMP, datetime(2024, 1, 31, 9, 30, 15, 250000)),
        ("2024-01-31", TIMESTAMP, datetime(2024, 1, 31)),
        ("2024-01-31T09:30", TIMESTAMPTZ, datetime(2024, 1, 31, 2, 30, tzinfo=UTC)),
        ("2024-01-31T09:30Z", TIMESTAMPTZ, datetime(2024, 1, 31, 9, 30, tzinfo=UTC)),
        ("2024-01-31T09:30-05:00", TIMESTAMPTZ, datetime(2024, 1, 31, 14, 30, tzinfo=UTC)),
        ("01", STRING, "01"),
    ],
)
def test_read(text: str, type: Type, value: object) -> None:
    assert read_value(text, type, "Asia/Jakarta") == value


@pytest.mark.parametrize(
    ("text", "type"),
    [
        ("TRUE", BOOLEAN),
        ("1.0", INTEGER),
        ("٣", INTEGER),
        ("9" * 39, INTEGER),
        ("1.005", decimal(10, 2)),
        ("1", decimal(2, 2)),
        (".", decimal(2, 2)),
        ("nan", FLOAT),
        ("-inf", FLOAT),
        ("1e999", FLOAT),
        ("", FLOAT),
        ("٣", FLOAT),
        ("2024-1-31", DATE),
        ("2024-W05-3", DATE),
        ("2023-02-29", DATE),
        ("20240131T0930", TIMESTAMP),
        ("2024-W05-3T09:30", TIMESTAMP),
        ("2024-01-31T09:30Z", TIMESTAMP),
        ("2024-01-31T25:00", TIMESTAMPTZ),
    ],
)
def test_refused(text: str, type: Type) -> None:
    assert read_value(text, type, "UTC") is None
