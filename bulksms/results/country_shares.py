"""Who was texted, with how many segments and at what cost, by country."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pandas as pd

from bulksms.ledger import FrameRecord
from bulksms.results.contact_outcomes import ContactOutcomes

__all__ = ["CountryShare", "country_shares"]

COLUMNS = ("people", "segments", "cost")
MICRO = 1_000_000  # costs are divided in millionths of a euro


@dataclass(frozen=True, slots=True, kw_only=True)
class CountryShare:
    """The people texted in one country, their segments and their cost."""

    country: str
    people: int
    segments: int
    cost: Decimal


def country_shares(
    outcomes: ContactOutcomes, frames: Sequence[FrameRecord], plan: Mapping[str, Any]
) -> tuple[CountryShare, ...]:
    """Divide what was sent by country, the most people first; empty if the ledger has none.

    Octopush counts and charges a frame as a whole: its segments are divided by those planned for
    its people, its cost by their planned prices too.
    """
    rows = outcomes.of_class("sent", "simulated").rows
    if rows.empty or not (rows["segments"] > 0).any():
        return ()
    prices = {code: float(Decimal(price)) for code, price in plan.get("prices", {}).items()}
    weights = rows["segments"] * rows["country"].map(prices).astype("float64").fillna(1.0)
    costs = {frame.number: float((frame.total_cost or Decimal(0)) * MICRO) for frame in frames}
    counts = {frame.number: float(frame.number_of_sms_needed or 0) for frame in frames}
    by_country = pd.DataFrame(
        {
            "country": rows["country"],
            "people": 1,
            "segments": _divided(counts, rows["frame"], rows["segments"].astype("float64")),
            "cost": _divided(costs, rows["frame"], weights),
        }
    )
    totals = by_country.groupby("country")[list(COLUMNS)].sum()
    totals = totals.sort_values(["people", "cost"], ascending=False)
    columns = (totals["people"].tolist(), _rounded(totals["segments"]), _rounded(totals["cost"]))
    return tuple(
        CountryShare(
            country=str(country), people=people, segments=segments, cost=Decimal(cost) / MICRO
        )
        for country, people, segments, cost in zip(totals.index, *columns, strict=True)
    )


def _divided(
    wholes: Mapping[int, float], frame: "pd.Series[int]", weights: "pd.Series[float]"
) -> "pd.Series[float]":
    """Divide the whole of each frame among its rows by their weights."""
    return frame.map(wholes).astype("float64") * weights / weights.groupby(frame).transform("sum")


def _rounded(parts: "pd.Series[float]") -> list[int]:
    """Round parts to whole numbers that add up to their rounded sum (largest remainders)."""
    whole = parts.round(6).floordiv(1).astype("int64")
    missing = round(parts.sum()) - int(whole.sum())
    largest = (parts - whole).sort_values(ascending=False, kind="stable").index[:missing]
    whole[largest] += 1
    return [int(part) for part in whole]
