"""What happened, told from the ledger: per frame, per contact and in sum."""

from bulksms.output.csv_rows import guard, whole_file, write_table
from bulksms.results.campaign_report import Report, quoted, summarise
from bulksms.results.frame_results import FRAME_COLUMNS, write_frame_results

__all__ = [
    "FRAME_COLUMNS",
    "Report",
    "guard",
    "quoted",
    "summarise",
    "whole_file",
    "write_frame_results",
    "write_table",
]
