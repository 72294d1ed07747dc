"""What a column of finished texts is billed for, and what makes it dear.

It must not know templates, fields or prices.
"""

from dataclasses import dataclass

import pandas as pd

from bulksms.message.segments import Encoding, outside_gsm7

__all__ = ["MessageStats", "measure"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageStats:
    """What the finished texts are billed for, and what makes them dear.

    Attributes:
        encoding: UCS-2 as soon as one row needs it.
        longest_row: the row with the most segments, and of those the most units.
        rows_by_segments: how many rows need one segment, two and so on, the fewest first.
        characters_outside_gsm7: in how many rows each such character stands.
    """

    encoding: Encoding
    segments_total: int
    segments_max: int
    longest_row: int | None
    rows_by_segments: dict[int, int]
    characters_outside_gsm7: dict[str, int]

    @property
    def usual_segments(self) -> int:
        """How many segments most rows need; of equals, the fewest."""
        return max(self.rows_by_segments, key=lambda needed: self.rows_by_segments[needed])

    @property
    def rows_over_border(self) -> int:
        """How many rows cross a border that most rows do not."""
        shares = self.rows_by_segments.items()
        return sum(people for needed, people in shares if needed > self.usual_segments)


def measure(
    rows: "pd.Series[int]", texts: "pd.Series[str]", counted: pd.DataFrame
) -> MessageStats | None:
    """Sum up what `segments.count` found for the texts of these rows; none without rows."""
    if texts.empty:
        return None
    dearest = counted[counted["segments"] == counted["segments"].max()]
    shares = counted["segments"].value_counts().sort_index()
    return MessageStats(
        encoding=Encoding.UCS2 if (counted["encoding"] == Encoding.UCS2).any() else Encoding.GSM7,
        segments_total=int(counted["segments"].sum()),
        segments_max=int(counted["segments"].max()),
        longest_row=int(rows[dearest["units"].idxmax()]),
        rows_by_segments={int(str(needed)): int(people) for needed, people in shares.items()},
        characters_outside_gsm7=outside_gsm7(texts),
    )
