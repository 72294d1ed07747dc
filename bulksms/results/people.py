"""The per-contact results: one line per row of the source, told from the ledger alone.

The ledger keeps the campaign's *roll*: every row of the source with what became of it
before the first post. What became of it afterwards is the state of its frame.
"""

import io
import json
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from bulksms.errors import InputError
from bulksms.ledger import FrameRecord
from bulksms.results.cells import write_table
from bulksms.results.summary import CLASS_OF_STATE

__all__ = ["ROLL_COLUMNS", "pack_roll", "unpack_roll", "write_people"]

# What the roll says of a row, after its original columns.
ROLL_COLUMNS = ("row", "number", "column", "class", "frame", "reason")
_OURS = ("row", "number", "column", "class", "frame", "ticket", "reason", "delivery")


def pack_roll(header: Sequence[str], roll: pd.DataFrame) -> bytes:
    """Pack a roll (original columns first, then `ROLL_COLUMNS`) into Parquet for the ledger."""
    named = roll.set_axis([str(position) for position in range(roll.shape[1])], axis="columns")
    table = pa.Table.from_pandas(named, preserve_index=False)
    table = table.replace_schema_metadata({"header": json.dumps(list(header))})
    sink = io.BytesIO()
    pq.write_table(table, sink, compression="zstd")
    return sink.getvalue()


def unpack_roll(packed: bytes) -> tuple[list[str], pd.DataFrame]:
    """Give back the original header and the roll."""
    table = pq.read_table(io.BytesIO(packed))
    header: list[str] = json.loads(table.schema.metadata[b"header"])
    names = [*(str(position) for position in range(len(header))), *ROLL_COLUMNS]
    return header, table.to_pandas().set_axis(names, axis="columns")


def write_people(path: Path, packed: bytes, frames: Sequence[FrameRecord]) -> None:
    """Write the per-contact results, as XLSX when `path` ends so, else as CSV."""
    header, roll = unpack_roll(packed)
    told = _settle(roll, frames)
    original = roll[[str(position) for position in range(len(header))]]
    table = pd.concat([original, told], axis="columns").astype("str")
    names = [*header, *(f"bulksms_{name}" for name in _OURS)]
    rows = table.itertuples(index=False, name=None)
    if path.suffix.lower() == ".xlsx":
        _write_workbook(path, names, rows)
    else:
        write_table(path, names, rows)


def _settle(roll: pd.DataFrame, frames: Sequence[FrameRecord]) -> pd.DataFrame:
    """Say of every row in which class it ended, with its frame, ticket and reason."""
    classes = {frame.number: CLASS_OF_STATE[frame.state] for frame in frames}
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
            "ticket": frame.map(tickets).fillna(""),
            "reason": roll["reason"].where(~framed, frame.map(words).fillna("")),
            "delivery": "",
        }
    )


def _write_workbook(path: Path, names: Sequence[str], rows: object) -> None:
    """Write string cells only: openpyxl would take `=1+1` for a formula."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("results")
    for values in [tuple(names), *rows]:  # type: ignore[misc]
        cells = []
        for value in values:
            cell = WriteOnlyCell(sheet, value=value)
            cell.data_type = "s"
            cells.append(cell)
        sheet.append(cells)
    try:
        book.save(path)
    except OSError as error:
        raise InputError(
            f"{path} cannot be written ({error.strerror}): close it in Excel, or name another file."
        ) from None
