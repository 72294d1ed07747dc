"""The people texted, the segments and the cost, by country."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pandas as pd

from bulksms.ledger import FrameRecord
from bulksms.results.contact_outcomes import ContactOutcomes

__all__ = ["CountryShare", "CountryTally"]

COLUMNS = ("people", "segments", "cost")
MICRO = 1_000_000  # costs are divided in millionths of a euro


@dataclass(frozen=True, slots=True, kw_only=True)
class CountryShare:
    """The people texted in one country, their segments and their cost."""

    country: str
    people: int
    segments: int
    cost: Decimal


class CountryTally:
    """Divides what was sent by country; the rows come in parts.

    Octopush counts and charges a frame as a whole: its segments are divided by those planned for
    its people, its cost by their planned prices too.
    """

    def __init__(self, frames: Sequence[FrameRecord], plan: Mapping[str, Any]) -> None:
        self._frames = frames
        self._prices = {
            code: float(Decimal(price)) for code, price in plan.get("prices", {}).items()
        }
        self._sums: list[pd.DataFrame] = []

    def add(self, outcomes: ContactOutcomes) -> None:
        """Add up people, planned segments and planned prices by frame and country."""
        rows = outcomes.of_class("sent", "simulated").rows
        segments = rows["segments"].astype("float64")
        prices = rows["country"].map(self._prices).astype("float64").fillna(1.0)
        by_row = rows[["frame", "country"]].assign(
            people=1, segments=segments, cost=segments * prices
        )
        self._sums.append(by_row.groupby(["frame", "country"]).sum())

    def shares(self) -> tuple[CountryShare, ...]:
        """Return the countries, the most people first; empty if the ledger has no segments."""
        sums = pd.concat(self._sums).groupby(["frame", "country"]).sum() if self._sums else None
        if sums is None or not (sums["segments"] > 0).any():
            return ()
        costs = {each.number: float((each.total_cost or 0) * MICRO) for each in self._frames}
        counts = {each.number: float(each.number_of_sms_needed or 0) for each in self._frames}
        divided = sums.assign(
            segments=_divided(counts, sums["segments"]), cost=_divided(costs, sums["cost"])
        )
        totals = divided.groupby("country")[list(COLUMNS)].sum()
        totals = totals.sort_values(["people", "cost"], ascending=False)
        columns = (
            totals["people"].tolist(),
            _rounded(totals["segments"]),
            _rounded(totals["cost"]),
        )
        return tuple(
            CountryShare(
                country=str(country), people=texted, segments=segments, cost=Decimal(cost) / MICRO
            )
            for country, texted, segments, cost in zip(totals.index, *columns, strict=True)
        )


def _divided(wholes: Mapping[int, float], weights: "pd.Series[float]") -> "pd.Series[float]":
    """Divide the whole of each frame among its countries by their weights."""
    shares = weights / weights.groupby(level="frame").transform("sum")
    frames = weights.index.get_level_values("frame")
    divided: pd.Series[float] = shares * frames.map(wholes).to_numpy(dtype="float64")
    return divided


def _rounded(parts: "pd.Series[float]") -> list[int]:
    """Round parts to whole numbers that add up to their rounded sum (largest remainders)."""
    whole = parts.round(6).floordiv(1).astype("int64")
    missing = round(parts.sum()) - int(whole.sum())
    largest = (parts - whole).sort_values(ascending=False, kind="stable").index[:missing]
    whole[largest] += 1
    return [int(part) for part in whole]
