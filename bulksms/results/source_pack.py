"""The rows of the source as the ledger keeps them: their cells and the plan's decision.

They are in parts, each in Parquet. A campaign of an older version lacks some of the columns; they
are then empty.
"""

import io
import json
from collections.abc import Collection, Iterable, Iterator, Sequence

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from bulksms.errors import LedgerError

__all__ = ["SOURCE_ROW_COLUMNS", "pack_source_rows", "rows_of_numbers", "unpack_source_rows"]

# What the ledger keeps of a row, after its original columns.
SOURCE_ROW_COLUMNS = ("row", "number", "column", "class", "frame", "reason")
# The same, since the reports name reasons, countries and segments.
ADDED_COLUMNS = {"code": "", "country": "", "segments": 0}


def pack_source_rows(header: Sequence[str], blocks: Iterable[pa.Table]) -> Iterator[bytes]:
    """Pack source rows (original columns, then `SOURCE_ROW_COLUMNS`) into one part a block.

    Raises:
        LedgerError: there are no rows.
    """
    packed = (_pack(header, block) for block in blocks)
    first = next(packed, None)
    if first is None:
        raise LedgerError("A campaign without rows cannot be written down.")
    yield first
    yield from packed


def _pack(header: Sequence[str], block: pa.Table) -> bytes:
    sink = io.BytesIO()
    with_header = block.replace_schema_metadata({"header": json.dumps(list(header))})
    pq.write_table(with_header, sink, compression="zstd")
    return sink.getvalue()


def rows_of_numbers(packed: bytes, phone_numbers: Collection[str]) -> dict[str, int]:
    """Find the row of each number, in E.164, that a part has in a frame."""
    schema = pq.read_schema(io.BytesIO(packed))
    first = len(json.loads(schema.metadata[b"header"]))
    names = dict(zip(SOURCE_ROW_COLUMNS, schema.names[first:], strict=False))
    columns = [names["number"], names["row"], names["frame"]]
    table = pq.read_table(io.BytesIO(packed), columns=columns).select(columns)
    rows = zip(*(column.to_pylist() for column in table.columns), strict=True)
    return {number: row for number, row, frame in rows if frame and number in phone_numbers}


def unpack_source_rows(packed: bytes) -> tuple[list[str], pd.DataFrame]:
    """Return the original header and the rows of a part; their cells are named by position."""
    table = pq.read_table(io.BytesIO(packed))
    header: list[str] = json.loads(table.schema.metadata[b"header"])
    names = (*SOURCE_ROW_COLUMNS, *ADDED_COLUMNS)[: table.num_columns - len(header)]
    rows = table.to_pandas().set_axis(
        [*(str(position) for position in range(len(header))), *names], axis="columns"
    )
    missing = {name: empty for name, empty in ADDED_COLUMNS.items() if name not in rows}
    return header, rows.assign(**missing)
