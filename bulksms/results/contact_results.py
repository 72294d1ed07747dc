"""The results per contact: one line per row of the source, from the ledger alone.

The ledger keeps the source rows of a campaign, each with its fate before the first post.
Its fate afterwards is the state of its frame.
"""

import io
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from bulksms.errors import LedgerError
from bulksms.ledger import FrameRecord
from bulksms.output.csv_columns import write_columns
from bulksms.results.campaign_report import class_of

if TYPE_CHECKING:
    from bulksms.columnar.arrays import PhoneNumbers

__all__ = ["SOURCE_ROW_COLUMNS", "pack_source_rows", "unpack_source_rows", "write_contact_results"]

# What the ledger keeps of a row, after its original columns.
SOURCE_ROW_COLUMNS = ("row", "number", "column", "class", "frame", "reason")
_RESULT_COLUMNS = ("row", "number", "column", "class", "frame", "ticket", "reason", "delivery")

OPTED_OUT = "This number opted out before its frame was posted."


def pack_source_rows(header: Sequence[str], blocks: Iterable[pa.Table]) -> bytes:
    """Pack source rows (original columns, then `SOURCE_ROW_COLUMNS`) into Parquet."""
    sink = io.BytesIO()
    writer = None
    for block in blocks:
        schema = block.schema.with_metadata({"header": json.dumps(list(header))})
        writer = writer or pq.ParquetWriter(sink, schema, compression="zstd")
        writer.write_table(block.replace_schema_metadata(schema.metadata))
    if writer is None:
        raise LedgerError("A campaign without rows cannot be written down.")
    writer.close()
    return sink.getvalue()


def unpack_source_rows(packed: bytes) -> tuple[list[str], pd.DataFrame]:
    """Return the original header and the source rows."""
    table = pq.read_table(io.BytesIO(packed))
    header: list[str] = json.loads(table.schema.metadata[b"header"])
    names = [*(str(position) for position in range(len(header))), *SOURCE_ROW_COLUMNS]
    return header, table.to_pandas().set_axis(names, axis="columns")


def write_contact_results(
    path: Path,
    packed: bytes,
    frames: Sequence[FrameRecord],
    frame_members: "tuple[PhoneNumbers, PhoneNumbers] | None" = None,
    delimiter: str = ",",
) -> None:
    """Write the results per contact, as a workbook when `path` ends in .xlsx, else as CSV.

    `frame_members` are the numbers still in the frames and the frame of each; who was in a
    frame and no longer is, opted out.
    """
    header, source_rows = unpack_source_rows(packed)
    if frame_members is not None:
        source_rows = _with_current_frames(source_rows, *frame_members)
    results = _results(source_rows, frames)
    original = source_rows[[str(position) for position in range(len(header))]]
    table = pd.concat([original, results], axis="columns").astype("str")
    names = [*header, *(f"bulksms_{name}" for name in _RESULT_COLUMNS)]
    write_columns(path, names, table, delimiter)


def _with_current_frames(
    source_rows: pd.DataFrame, numbers: "PhoneNumbers", frames: "PhoneNumbers"
) -> pd.DataFrame:
    """Give every row the frame its number is in now, none if it was removed."""
    digits = pd.to_numeric(source_rows["number"].str.slice(1)).fillna(0).astype("int64")
    current = digits.map(pd.Series(frames, index=numbers)).fillna(0).astype("int64")
    framed = source_rows["frame"] > 0
    gone = framed & (current == 0)
    return source_rows.assign(
        **{
            "frame": source_rows["frame"].mask(framed, current),
            "class": source_rows["class"].mask(gone, "suppressed"),
            "reason": source_rows["reason"].mask(gone, OPTED_OUT),
        }
    )


def _results(source_rows: pd.DataFrame, frames: Sequence[FrameRecord]) -> pd.DataFrame:
    """Return the class, frame, ticket and reason of every row."""
    classes = {frame.number: class_of(frame) for frame in frames}
    tickets = {frame.number: frame.ticket or "" for frame in frames}
    messages = {frame.number: frame.message for frame in frames if frame.state != "accepted"}
    framed = source_rows["frame"] > 0
    frame = source_rows["frame"]
    return pd.DataFrame(
        {
            "row": source_rows["row"],
            "number": source_rows["number"],
            "column": source_rows["column"],
            "class": source_rows["class"].where(~framed, frame.map(classes)),
            "frame": frame.astype("str").where(framed, ""),
            "ticket": _text_of(frame, tickets),
            "reason": source_rows["reason"].where(~framed, _text_of(frame, messages)),
            "delivery": "",
        }
    )


def _text_of(frame: pd.Series, texts: dict[int, str]) -> pd.Series:
    """Return the text of each row's frame; `map` alone gives floats when no frame has one."""
    return frame.map(texts).astype("str").fillna("")
