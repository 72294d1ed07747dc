"""The results of a campaign, from the ledger: per frame, per contact and in total."""

from bulksms.results.campaign_report import Report, quoted, summarise
from bulksms.results.frame_results import FRAME_COLUMNS, write_frame_results

__all__ = [
    "FRAME_COLUMNS",
    "Report",
    "quoted",
    "summarise",
    "write_frame_results",
]
