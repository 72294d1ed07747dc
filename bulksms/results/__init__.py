"""What happened, told from the ledger: per frame, per contact and in sum."""

from bulksms.results.cells import guard, whole_file, write_table
from bulksms.results.frames import FRAME_COLUMNS, write_frames
from bulksms.results.summary import Report, as_money, quoted, summarise

__all__ = [
    "FRAME_COLUMNS",
    "Report",
    "as_money",
    "guard",
    "quoted",
    "summarise",
    "whole_file",
    "write_frames",
    "write_table",
]
