"""Counts what a column of finished texts is billed for, and what makes it expensive."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bulksms.message.segments import (
    CAPACITIES,
    Capacity,
    Encoding,
    count_segments,
    drop_non_gsm,
    keep_non_gsm,
)
from bulksms.message.transliterate import (
    API_HARM_CLASS,
    api_replacements,
    apply_api_replacements,
    plain_replacements,
    transliterate,
)

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["MessageStats", "NonGsmCharacter", "measure"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NonGsmCharacter:
    """A character outside GSM-7, which makes every text that contains it UCS-2.

    Attributes:
        rows: how many rows contain it; `first_row` is the first of them.
        extra_segments: segments those rows need because of such characters.
        plain: what `--plain` writes instead; `None` when nothing harmless is known.
        api: what the API's own table writes instead.
    """

    character: str
    rows: int
    first_row: int
    extra_segments: int
    plain: str | None
    api: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageStats:
    """What the finished texts are billed for as they are, and what makes them expensive.

    Attributes:
        encoding: UCS-2 as soon as one row needs it.
        longest_row: the row with the most segments, and of those the most units.
        over_by: units by which its text exceeds `usual_segments`.
        rows_by_segments: how many rows need one segment, two and so on, ascending.
        non_gsm_characters: the characters that require UCS-2, the most frequent first.
        rows_ucs2: how many rows contain any of them.
        extra_segments: segments that these characters cost together.
        segments_plain: segments of all rows after `--plain`.
        segments_by_api: segments of all rows after the API's replacements.
        rows_harmed_by_api: rows in which these replacements change characters of web addresses.
    """

    encoding: Encoding
    segments_total: int
    segments_max: int
    longest_row: int
    over_by: int
    rows_by_segments: dict[int, int]
    non_gsm_characters: tuple[NonGsmCharacter, ...]
    rows_ucs2: int
    extra_segments: int
    segments_plain: int
    segments_by_api: int
    rows_harmed_by_api: int

    @property
    def usual_segments(self) -> int:
        """How many segments most rows need; the fewest of equal candidates."""
        return _usual(self.rows_by_segments)

    @property
    def rows_over_usual(self) -> int:
        """How many rows need more segments than most rows."""
        counts = self.rows_by_segments.items()
        return sum(rows for segments, rows in counts if segments > self.usual_segments)

    @property
    def characters_outside_gsm7(self) -> dict[str, int]:
        """How many rows contain each character outside GSM-7."""
        return {each.character: each.rows for each in self.non_gsm_characters}


def measure(
    rows: "pd.Series[int]", texts: "pd.Series[str]", counted: "pd.DataFrame"
) -> MessageStats | None:
    """Sum up the texts of these rows, as `count_segments` counted them; `None` without rows."""
    if texts.empty:
        return None
    ucs2 = counted["encoding"] == Encoding.UCS2
    ucs2_texts, non_gsm = texts[ucs2], keep_non_gsm(texts[ucs2])
    needed = counted.loc[ucs2, "segments"]
    plain, extra = _compare_with_plain(ucs2_texts, needed, set("".join(non_gsm.unique())))
    total = int(counted["segments"].sum())
    harmed = texts.str.contains(API_HARM_CLASS, regex=True)
    changed = ucs2 | harmed
    saved = counted.loc[changed, "segments"] - _segments(apply_api_replacements(texts[changed]))
    most = counted[counted["segments"] == counted["segments"].max()]
    longest = most["units"].idxmax()
    encoding = Encoding(str(counted.loc[longest, "encoding"]))
    counts = counted["segments"].value_counts().sort_index()
    by_segments = {int(str(segments)): int(count) for segments, count in counts.items()}
    return MessageStats(
        encoding=Encoding.UCS2 if ucs2.any() else Encoding.GSM7,
        segments_total=total,
        segments_max=int(counted["segments"].max()),
        longest_row=int(rows[longest]),
        over_by=_over_by(int(counted["units"][longest]), CAPACITIES[encoding], _usual(by_segments)),
        rows_by_segments=by_segments,
        non_gsm_characters=tuple(_non_gsm_characters(rows[ucs2], non_gsm, extra)),
        rows_ucs2=len(ucs2_texts),
        extra_segments=int(extra.sum()),
        segments_plain=total - int(needed.sum()) + int(plain.sum()),
        segments_by_api=total - int(saved.sum()),
        rows_harmed_by_api=int(harmed.sum()),
    )


def _compare_with_plain(
    texts: "pd.Series[str]", needed: "pd.Series[int]", present: set[str]
) -> tuple["pd.Series[int]", "pd.Series[int]"]:
    """Count the segments after `--plain`, and those that only UCS-2 makes necessary."""
    plain = transliterate(texts, present)
    counted = count_segments(plain)
    if (counted["encoding"] == Encoding.UCS2).any():
        return counted["segments"], needed - _segments(drop_non_gsm(plain))
    return counted["segments"], needed - counted["segments"]


def _segments(texts: "pd.Series[str]") -> "pd.Series[int]":
    return count_segments(texts)["segments"]


def _usual(by_segments: dict[int, int]) -> int:
    return max(by_segments, key=lambda segments: by_segments[segments])


def _over_by(units: int, capacity: Capacity, usual: int) -> int:
    return max(0, units - (capacity.single if usual == 1 else usual * capacity.part))


def _non_gsm_characters(
    rows: "pd.Series[int]", non_gsm: "pd.Series[str]", extra: "pd.Series[int]"
) -> Iterator[NonGsmCharacter]:
    """Give the characters, the most frequent first; grouped, because a list repeats few sets."""
    import pandas as pd

    table = pd.DataFrame({"characters": non_gsm, "row": rows, "extra": extra})
    sets = table.groupby("characters", sort=False).agg(
        rows=("row", "size"), first=("row", "first"), extra=("extra", "sum")
    )
    totals: dict[str, list[int]] = {}
    for characters, count, first, more in sets.itertuples(name=None):
        for character in dict.fromkeys(str(characters)):
            total = totals.setdefault(character, [0, int(first), 0])
            total[0] += int(count)
            total[2] += int(more)
    for character, (count, first, more) in sorted(
        totals.items(), key=lambda item: (-item[1][0], item[0])
    ):
        yield NonGsmCharacter(
            character=character,
            rows=count,
            first_row=first,
            extra_segments=more,
            plain=plain_replacements().get(character),
            api=api_replacements().get(character),
        )
