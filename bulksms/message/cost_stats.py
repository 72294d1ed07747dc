"""Counts what a column of finished texts is billed for, and what makes it expensive."""

from collections import Counter
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

__all__ = ["MessageMeter", "MessageStats", "NonGsmCharacter"]


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
    """The billing of the finished texts, and the reasons why they are expensive.

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


class MessageMeter:
    """Sums up what finished texts are billed for; they come in blocks.

    Attributes:
        longest_index: the index of the text with the most segments, and of those the most units.
    """

    def __init__(self) -> None:
        self._rows_by_segments: Counter[int] = Counter()
        self._sums: Counter[str] = Counter()
        self._characters: dict[str, _CharacterTotals] = {}
        self._longest = _Longest()
        self.longest_index = 0

    def add(self, rows: "pd.Series[int]", texts: "pd.Series[str]", counted: "pd.DataFrame") -> None:
        """Add the texts of these rows, as `count_segments` counted them."""
        if texts.empty:
            return
        self._find_longest(rows, counted)
        segments = counted["segments"]
        self._rows_by_segments.update(
            {int(str(count)): int(each) for count, each in segments.value_counts().items()}
        )
        ucs2 = counted["encoding"] == Encoding.UCS2
        harmed = texts.str.contains(API_HARM_CLASS, regex=True)
        changed = ucs2 | harmed
        if not changed.any():
            return
        by_api = _segments(apply_api_replacements(texts[changed]))
        self._sums["ucs2"] += int(ucs2.sum())
        self._sums["harmed"] += int(harmed.sum())
        self._sums["saved_by_api"] += int((segments[changed] - by_api).sum())
        self._add_ucs2(rows[ucs2], texts[ucs2], segments[ucs2])

    def _add_ucs2(
        self, rows: "pd.Series[int]", texts: "pd.Series[str]", segments: "pd.Series[int]"
    ) -> None:
        non_gsm = keep_non_gsm(texts)
        plain, extra = _compare_with_plain(texts, segments, set("".join(non_gsm.unique())))
        self._sums["extra"] += int(extra.sum())
        self._sums["saved_by_plain"] += int(segments.sum()) - int(plain.sum())
        for character, totals in _by_character(rows, non_gsm, extra):
            before = self._characters.get(character, _CharacterTotals(first_row=totals.first_row))
            self._characters[character] = before.plus(totals)

    def _find_longest(self, rows: "pd.Series[int]", counted: "pd.DataFrame") -> None:
        most = counted[counted["segments"] == counted["segments"].max()]
        index = most["units"].idxmax()
        longest = _Longest(
            segments=int(counted["segments"][index]),
            units=int(counted["units"][index]),
            row=int(rows[index]),
            encoding=Encoding(str(counted["encoding"][index])),
        )
        if (longest.segments, longest.units) > (self._longest.segments, self._longest.units):
            self._longest, self.longest_index = longest, int(index)

    def stats(self) -> MessageStats | None:
        """Return the sums; `None` without texts."""
        if not self._rows_by_segments:
            return None
        by_segments = dict(sorted(self._rows_by_segments.items()))
        total = sum(segments * rows for segments, rows in by_segments.items())
        longest, sums = self._longest, self._sums
        capacity = CAPACITIES[longest.encoding]
        return MessageStats(
            encoding=Encoding.UCS2 if sums["ucs2"] else Encoding.GSM7,
            segments_total=total,
            segments_max=longest.segments,
            longest_row=longest.row,
            over_by=_over_by(longest.units, capacity, _usual(by_segments)),
            rows_by_segments=by_segments,
            non_gsm_characters=tuple(_non_gsm_characters(self._characters)),
            rows_ucs2=sums["ucs2"],
            extra_segments=sums["extra"],
            segments_plain=total - sums["saved_by_plain"],
            segments_by_api=total - sums["saved_by_api"],
            rows_harmed_by_api=sums["harmed"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Longest:
    """The text with the most segments so far."""

    segments: int = 0
    units: int = -1
    row: int = 0
    encoding: Encoding = Encoding.GSM7


@dataclass(frozen=True, slots=True, kw_only=True)
class _CharacterTotals:
    """The rows that contain a character, the first of them, and their extra segments."""

    rows: int = 0
    first_row: int
    extra: int = 0

    def plus(self, other: "_CharacterTotals") -> "_CharacterTotals":
        """Add the totals of rows that come later."""
        rows, extra = self.rows + other.rows, self.extra + other.extra
        return _CharacterTotals(rows=rows, first_row=self.first_row, extra=extra)


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


def _by_character(
    rows: "pd.Series[int]", non_gsm: "pd.Series[str]", extra: "pd.Series[int]"
) -> Iterator[tuple[str, _CharacterTotals]]:
    """Yield the totals of each character, grouped by the few sets that a list repeats."""
    import pandas as pd

    table = pd.DataFrame({"characters": non_gsm, "row": rows, "extra": extra})
    sets = table.groupby("characters", sort=False).agg(
        rows=("row", "size"), first=("row", "first"), extra=("extra", "sum")
    )
    for characters, count, first, more in sets.itertuples(name=None):
        totals = _CharacterTotals(rows=int(count), first_row=int(first), extra=int(more))
        for character in dict.fromkeys(str(characters)):
            yield character, totals


def _non_gsm_characters(by_character: dict[str, _CharacterTotals]) -> Iterator[NonGsmCharacter]:
    """Yield the characters, the most frequent first."""
    for character, totals in sorted(
        by_character.items(), key=lambda item: (-item[1].rows, item[0])
    ):
        yield NonGsmCharacter(
            character=character,
            rows=totals.rows,
            first_row=totals.first_row,
            extra_segments=totals.extra,
            plain=plain_replacements().get(character),
            api=api_replacements().get(character),
        )
