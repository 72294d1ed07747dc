"""Source rows as the ledger keeps them, for the tests of results."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from bulksms.ledger import FrameRecord
from bulksms.results.campaign_facts import OutcomeParts
from bulksms.results.contact_outcomes import ContactOutcomes, contact_outcomes
from bulksms.results.source_pack import ADDED_COLUMNS, SOURCE_ROW_COLUMNS, pack_source_rows

HEADER = ["Nom", "Mobile"]

SourceRow = tuple[str, str, int, str, str, str, int, str, str, str, int]

REJECTED: SourceRow = (
    *("Paul", "demander", 3, "", "Mobile", "rejected", 0),
    *("This is not a number.", "not_a_number", "", 0),
)
DUPLICATE: SourceRow = (
    *("Zoë", "0639980102", 4, "", "Mobile", "suppressed", 0),
    *("Row 2 has it.", "duplicate", "", 0),
)


def a_row(
    name: str = "Zoë", frame: int = 1, row: int = 2, country: str = "FR", segments: int = 2
) -> SourceRow:
    """Return a row that is in a frame."""
    number = f"+3363998{row + 100:04}"
    return (
        *(name, f"0{number[3:]}", row, number, "Mobile", "rejected", frame),
        *("", "", country, segments),
    )


def pack(*rows: SourceRow) -> bytes:
    names = ["0", "1", *SOURCE_ROW_COLUMNS, *ADDED_COLUMNS]
    columns = [list(column) for column in zip(*rows, strict=True)]
    return next(pack_source_rows(HEADER, [pa.table(columns, names)]))


def parts(
    rows: Sequence[SourceRow], frames: Sequence[FrameRecord], part_rows: int = 2
) -> OutcomeParts:
    """Join rows with frames in parts of a few rows, once for all who read them."""
    starts = range(0, len(rows), part_rows)
    joined = [outcomes(rows[start : start + part_rows], frames) for start in starts]
    return OutcomeParts(lambda: iter(joined))


def outcomes(
    rows: Sequence[SourceRow],
    frames: Sequence[FrameRecord],
    members: dict[int, int] | None = None,
) -> ContactOutcomes:
    """Join rows with frames; `members` gives the frame that each number is in now."""
    if members is None:
        return contact_outcomes(pack(*rows), frames)
    numbers = np.array(list(members), dtype=np.int64)
    return contact_outcomes(
        pack(*rows), frames, (numbers, np.array(list(members.values()), dtype=np.int64))
    )
