"""The per-contact results: one line per row of the source, told from the ledger alone.

The ledger keeps the campaign's *roll*: every row of the source with what became of it
before the first post. What became of it afterwards is the state of its frame.
"""

import io
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from bulksms.ledger import FrameRecord
from bulksms.output.csv_columns import write_columns
from bulksms.output.csv_rows import whole_file
from bulksms.results.campaign_report import class_of

if TYPE_CHECKING:
    from bulksms.columnar.arrays import PhoneNumbers

__all__ = ["SOURCE_ROW_COLUMNS", "pack_source_rows", "unpack_source_rows", "write_contact_results"]

# What the roll says of a row, after its original columns.
SOURCE_ROW_COLUMNS = ("row", "number", "column", "class", "frame", "reason")
_OURS = ("row", "number", "column", "class", "frame", "ticket", "reason", "delivery")

OPTED_OUT = "This number opted out after the planning and before the posting."


def pack_source_rows(header: Sequence[str], blocks: Iterable[pa.Table]) -> bytes:
    """Pack a roll (original columns first, then `ROLL_COLUMNS`) into Parquet for the ledger."""
    sink = io.BytesIO()
    writer = None
    for block in blocks:
        schema = block.schema.with_metadata({"header": json.dumps(list(header))})
        writer = writer or pq.ParquetWriter(sink, schema, compression="zstd")
        writer.write_table(block.replace_schema_metadata(schema.metadata))
    assert writer is not None, "a campaign has rows"
    writer.close()
    return sink.getvalue()


def unpack_source_rows(packed: bytes) -> tuple[list[str], pd.DataFrame]:
    """Give back the original header and the roll."""
    table = pq.read_table(io.BytesIO(packed))
    header: list[str] = json.loads(table.schema.metadata[b"header"])
    names = [*(str(position) for position in range(len(header))), *SOURCE_ROW_COLUMNS]
    return header, table.to_pandas().set_axis(names, axis="columns")


def write_contact_results(
    path: Path,
    packed: bytes,
    frames: Sequence[FrameRecord],
    seats: "tuple[PhoneNumbers, PhoneNumbers] | None" = None,
) -> None:
    """Write the per-contact results, as XLSX when `path` ends so, else as CSV.

    `seats` are the numbers still in the frames and the frame of each; whoever was in a frame
    and is in none, opted out.
    """
    header, roll = unpack_source_rows(packed)
    if seats is not None:
        roll = _seated(roll, *seats)
    told = _settle(roll, frames)
    original = roll[[str(position) for position in range(len(header))]]
    table = pd.concat([original, told], axis="columns").astype("str")
    names = [*header, *(f"bulksms_{name}" for name in _OURS)]
    if path.suffix.lower() == ".xlsx":
        _write_workbook(path, names, table.itertuples(index=False, name=None))
    else:
        write_columns(path, names, table)


def _seated(roll: pd.DataFrame, numbers: "PhoneNumbers", frames: "PhoneNumbers") -> pd.DataFrame:
    """Put every row into the frame its number sits in now, and those who left it into none."""
    digits = pd.to_numeric(roll["number"].str.slice(1)).fillna(0).astype("int64")
    seat = digits.map(pd.Series(frames, index=numbers)).fillna(0).astype("int64")
    framed = roll["frame"] > 0
    gone = framed & (seat == 0)
    return roll.assign(
        **{
            "frame": roll["frame"].mask(framed, seat),
            "class": roll["class"].mask(gone, "suppressed"),
            "reason": roll["reason"].mask(gone, OPTED_OUT),
        }
    )


def _settle(roll: pd.DataFrame, frames: Sequence[FrameRecord]) -> pd.DataFrame:
    """Say of every row in which class it ended, with its frame, ticket and reason."""
    classes = {frame.number: class_of(frame) for frame in frames}
    tickets = {frame.number: frame.ticket or "" for frame in frames}
    words = {frame.number: frame.message for frame in frames if frame.state != "accepted"}
    framed = roll["frame"] > 0
    frame = roll["frame"]
    return pd.DataFrame(
        {
            "row": roll["row"],
            "number": roll["number"],
            "column": roll["column"],
            "class": roll["class"].where(~framed, frame.map(classes)),
            "frame": frame.astype("str").where(framed, ""),
            "ticket": _text_of(frame, tickets),
            "reason": roll["reason"].where(~framed, _text_of(frame, words)),
            "delivery": "",
        }
    )


def _text_of(frame: pd.Series, texts: dict[int, str]) -> pd.Series:
    """Look up each row's frame; mapping alone gives floats when no frame has a text."""
    return frame.map(texts).astype("str").fillna("")


def _write_workbook(path: Path, names: Sequence[str], rows: Iterable[tuple[str, ...]]) -> None:
    """Write string cells only: openpyxl would take `=1+1` for a formula.

    XML cannot hold control characters, and a stray one must not cost the whole report.
    """
    # The place comes first: a book that cannot be saved would be left half open.
    with whole_file(path) as draft:
        book = Workbook(write_only=True)
        sheet = book.create_sheet("results")
        for values in (tuple(names), *rows):
            sheet.append([_text_cell(sheet, value) for value in values])
        book.save(draft.buffer)


def _text_cell(sheet: WriteOnlyWorksheet, value: str) -> Cell:
    cell = WriteOnlyCell(sheet, value=ILLEGAL_CHARACTERS_RE.sub("", value))
    cell.data_type = "s"
    return cell
