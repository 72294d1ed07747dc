"""The outcome of every row of the source, from the ledger alone.

The ledger keeps the source rows of a campaign, each with its fate before the first post.
Its fate afterwards is the state of its frame.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from bulksms.ledger import FrameRecord, FrameState
from bulksms.results.campaign_report import class_of
from bulksms.results.source_pack import unpack_source_rows

if TYPE_CHECKING:
    from bulksms.columnar.arrays import PhoneNumbers

__all__ = ["ContactOutcomes", "contact_outcomes", "frames_in"]

OPTED_OUT = "This number opted out before its frame was posted."
_OPTED_OUT_CODE = "opted_out"
# Codes of the API that condemn a number, if it was alone in its frame.
_DEAD_CODES = frozenset({117, 150, 151, 181})


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ContactOutcomes:
    """Every row of the source and its outcome.

    Attributes:
        header: the original columns.
        rows: the original cells, in columns named by position, then `row` (as people see it),
            `number`, `column`, `class`, `frame` (0 for none), `ticket`, `code` and `reason` of a
            row that was not sent, `delivery`, `country`, `segments` (of the plan; 0 if unknown),
            and `dead` (the number can never be reached).
    """

    header: Sequence[str]
    rows: pd.DataFrame

    def of_class(self, *classes: str) -> "ContactOutcomes":
        """Keep the rows of some classes."""
        return self.where(self.rows["class"].isin(classes))

    def where(self, mask: "pd.Series[bool]") -> "ContactOutcomes":
        """Keep the rows of a mask."""
        return ContactOutcomes(header=self.header, rows=self.rows[mask])

    def original(self) -> pd.DataFrame:
        """Return the original cells."""
        return self.rows[[str(position) for position in range(len(self.header))]]

    def with_dead_numbers(self, numbers: "PhoneNumbers", reason: str) -> "ContactOutcomes":
        """Mark the rows of numbers that are dead; `reason` is said where there is none yet."""
        dead = self.rows["number"].isin([f"+{number}" for number in numbers.tolist()])
        reasons = self.rows["reason"].mask(dead & (self.rows["reason"] == ""), reason)
        rows = self.rows.assign(dead=self.rows["dead"] | dead, reason=reasons)
        return ContactOutcomes(header=self.header, rows=rows)

    def cells_at_fault(self) -> "pd.Series[str]":
        """Return for each row the cell of the column that its outcome names."""
        cells = pd.Series("", index=self.rows.index, dtype="str")
        for header in self.rows["column"].unique():
            if header in self.header:
                named = self.rows["column"] == header
                cells = cells.mask(named, self.rows[str(list(self.header).index(header))])
        return cells


def frames_in(packed: bytes) -> list[int]:
    """List the frames that the rows of a part were planned in."""
    frames = unpack_source_rows(packed)[1]["frame"].unique().tolist()
    return [frame for frame in frames if frame > 0]


def contact_outcomes(
    packed: bytes,
    frames: Sequence[FrameRecord],
    frame_members: "tuple[PhoneNumbers, PhoneNumbers] | None" = None,
) -> ContactOutcomes:
    """Join a part of the source rows with the states of their frames.

    `frame_members` are the numbers still in the frames and the frame of each; who was in a
    frame and no longer is, opted out.
    """
    header, rows = unpack_source_rows(packed)
    if frame_members is not None:
        rows = _with_current_frames(rows, *frame_members)
    return ContactOutcomes(header=header, rows=_with_results(rows, frames))


def _with_current_frames(
    source_rows: pd.DataFrame, numbers: "PhoneNumbers", frames: "PhoneNumbers"
) -> pd.DataFrame:
    """Set for every row the frame its number is in now, none if it was removed."""
    digits = source_rows["number"].str.slice(1).replace("", "0").astype("int64")
    current = digits.map(pd.Series(frames, index=numbers)).fillna(0).astype("int64")
    framed = source_rows["frame"] > 0
    gone = framed & (current == 0)
    return source_rows.assign(
        **{
            # An erased person has a pseudonym, which means nothing to people.
            "number": source_rows["number"].mask(digits < 0, ""),
            "frame": source_rows["frame"].mask(framed, current),
            "class": source_rows["class"].mask(gone, "suppressed"),
            "reason": source_rows["reason"].mask(gone, OPTED_OUT),
            "code": source_rows["code"].mask(gone, _OPTED_OUT_CODE),
        }
    )


def _with_results(source_rows: pd.DataFrame, frames: Sequence[FrameRecord]) -> pd.DataFrame:
    """Set for every row the class, the ticket, the code and the message of its frame."""
    classes = {frame.number: class_of(frame) for frame in frames}
    tickets = {frame.number: frame.ticket or "" for frame in frames}
    messages = {
        frame.number: frame.message for frame in frames if frame.state is not FrameState.ACCEPTED
    }
    codes = {number: "" if kind == "sent" else kind for number, kind in classes.items()}
    frame = source_rows["frame"]
    framed = frame > 0
    results: dict[str, pd.Series[Any]] = {
        "class": source_rows["class"].where(~framed, frame.map(classes)),
        "ticket": _text_of(frame, tickets),
        "code": source_rows["code"].where(~framed, _text_of(frame, codes)),
        "reason": source_rows["reason"].where(~framed, _text_of(frame, messages)),
        "dead": frame.isin(_frames_of_dead_numbers(frames)),
    }
    return source_rows.assign(delivery="", **results)


def _frames_of_dead_numbers(frames: Sequence[FrameRecord]) -> list[int]:
    """List the frames of one contact that Octopush refused for its number, for good."""
    return [
        frame.number
        for frame in frames
        if frame.state is FrameState.REFUSED and frame.contacts == 1 and frame.code in _DEAD_CODES
    ]


def _text_of(frame: "pd.Series[int]", texts: dict[int, str]) -> "pd.Series[str]":
    """Return the text of each row's frame; `map` alone gives floats when no frame has one."""
    return frame.map(texts).astype("str").fillna("")
