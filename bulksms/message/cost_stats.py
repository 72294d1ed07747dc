"""What a column of finished texts is billed for, and what makes it dear.

It must not know templates, fields or prices.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bulksms.message.segments import ROOMS, Encoding, Room, count, leftovers, without_outside
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
    """A character outside GSM-7 that makes the texts it stands in UCS-2.

    Attributes:
        rows: in how many rows it stands; `first_row` is the first of them.
        extra_segments: what those rows need more than they would without such characters.
        plain: what `--plain` writes instead; none when nothing harmless is known.
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
    """What the finished texts are billed for, as they are written, and what makes them dear.

    Attributes:
        encoding: UCS-2 as soon as one row needs it.
        longest_row: the row with the most segments, and of those the most units.
        over_by: units its text has more than fit into `usual_segments`.
        rows_by_segments: how many rows need one segment, two and so on, the fewest first.
        forcing: the characters that force UCS-2, the commonest first.
        rows_ucs2: in how many rows any of them stands.
        extra_segments: what they cost together.
        segments_plain: what all rows would need after `--plain`.
        segments_by_api: the same, if the API replaces what its table says.
        rows_harmed_by_api: rows in which that table changes characters of web addresses.
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
        """How many segments most rows need; of equals, the fewest."""
        return _usual(self.rows_by_segments)

    @property
    def rows_over_border(self) -> int:
        """How many rows cross a border that most rows do not."""
        shares = self.rows_by_segments.items()
        return sum(people for needed, people in shares if needed > self.usual_segments)

    @property
    def characters_outside_gsm7(self) -> dict[str, int]:
        """In how many rows each character outside GSM-7 stands."""
        return {one.character: one.rows for one in self.non_gsm_characters}


def measure(
    rows: "pd.Series[int]", texts: "pd.Series[str]", counted: "pd.DataFrame"
) -> MessageStats | None:
    """Sum up what `segments.count` found for the texts of these rows; none without rows."""
    if texts.empty:
        return None
    ucs2 = counted["encoding"] == Encoding.UCS2
    suspects, left = texts[ucs2], leftovers(texts[ucs2])
    needed = counted.loc[ucs2, "segments"]
    plain, extra = _compared(suspects, needed, set("".join(left.unique())))
    total = int(counted["segments"].sum())
    harmed = texts.str.contains(API_HARM_CLASS, regex=True)
    touched = ucs2 | harmed
    spared = counted.loc[touched, "segments"] - _segments(apply_api_replacements(texts[touched]))
    dearest = counted[counted["segments"] == counted["segments"].max()]
    longest = dearest["units"].idxmax()
    encoding = Encoding(str(counted.loc[longest, "encoding"]))
    shares = counted["segments"].value_counts().sort_index()
    by_segments = {int(str(segments)): int(people) for segments, people in shares.items()}
    return MessageStats(
        encoding=Encoding.UCS2 if ucs2.any() else Encoding.GSM7,
        segments_total=total,
        segments_max=int(counted["segments"].max()),
        longest_row=int(rows[longest]),
        over_by=_over_by(int(counted["units"][longest]), ROOMS[encoding], _usual(by_segments)),
        rows_by_segments=by_segments,
        non_gsm_characters=tuple(_forcing(rows[ucs2], left, extra)),
        rows_ucs2=len(suspects),
        extra_segments=int(extra.sum()),
        segments_plain=total - int(needed.sum()) + int(plain.sum()),
        segments_by_api=total - int(spared.sum()),
        rows_harmed_by_api=int(harmed.sum()),
    )


def _compared(
    suspects: "pd.Series[str]", needed: "pd.Series[int]", present: set[str]
) -> tuple["pd.Series[int]", "pd.Series[int]"]:
    """Count the segments after `--plain`, and how many more are needed now than without UCS-2."""
    plain = transliterate(suspects, present)
    counted = count(plain)
    if (counted["encoding"] == Encoding.UCS2).any():
        return counted["segments"], needed - _segments(without_outside(plain))
    return counted["segments"], needed - counted["segments"]


def _segments(texts: "pd.Series[str]") -> "pd.Series[int]":
    return count(texts)["segments"]


def _usual(by_segments: dict[int, int]) -> int:
    return max(by_segments, key=lambda needed: by_segments[needed])


def _over_by(units: int, room: Room, usual: int) -> int:
    return max(0, units - (room.alone if usual == 1 else usual * room.chained))


def _forcing(
    rows: "pd.Series[int]", left: "pd.Series[str]", extra: "pd.Series[int]"
) -> Iterator[NonGsmCharacter]:
    """Tell the characters, the commonest first; over a whole list their sets repeat themselves."""
    import pandas as pd

    table = pd.DataFrame({"left": left, "row": rows, "extra": extra})
    sets = table.groupby("left", sort=False).agg(
        rows=("row", "size"), first=("row", "first"), extra=("extra", "sum")
    )
    found: dict[str, list[int]] = {}
    for characters, people, first, more in sets.itertuples(name=None):
        for character in dict.fromkeys(str(characters)):
            told = found.setdefault(character, [0, int(first), 0])
            told[0] += int(people)
            told[2] += int(more)
    for character, (people, first, more) in sorted(
        found.items(), key=lambda pair: (-pair[1][0], pair[0])
    ):
        yield NonGsmCharacter(
            character=character,
            rows=people,
            first_row=first,
            extra_segments=more,
            plain=plain_replacements().get(character),
            api=api_replacements().get(character),
        )
