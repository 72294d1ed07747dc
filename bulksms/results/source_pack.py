"""The rows of the source as the ledger keeps them: their cells and the plan's decision.

They are in Parquet. A campaign of an older version lacks some of the columns; they are then empty.
"""

import io
import json
from collections.abc import Iterable, Sequence

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from bulksms.errors import LedgerError

__all__ = ["SOURCE_ROW_COLUMNS", "pack_source_rows", "unpack_source_rows"]

# What the ledger keeps of a row, after its original columns.
SOURCE_ROW_COLUMNS = ("row", "number", "column", "class", "frame", "reason")
# The same, since the reports name reasons, countries and segments.
ADDED_COLUMNS = {"code": "", "country": "", "segments": 0}


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
    """Return the original header and the source rows; their cells are named by position."""
    table = pq.read_table(io.BytesIO(packed))
    header: list[str] = json.loads(table.schema.metadata[b"header"])
    names = (*SOURCE_ROW_COLUMNS, *ADDED_COLUMNS)[: table.num_columns - len(header)]
    rows = table.to_pandas().set_axis(
        [*(str(position) for position in range(len(header))), *names], axis="columns"
    )
    missing = {name: empty for name, empty in ADDED_COLUMNS.items() if name not in rows}
    return header, rows.assign(**missing)
