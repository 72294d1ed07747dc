"""Report pages of made-up campaigns, and their contents."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from bulksms.ledger import CampaignRecord, FrameRecord
from bulksms.results import summarise
from bulksms.results.campaign_facts import CampaignFacts
from bulksms.results.report_page import report_page
from bulksms.results.result_files import ReportOptions
from tests.builders import a_campaign, a_frame_record, totals_of
from tests.unit.results.rows import REJECTED, SourceRow, a_row, parts

MADE_AT = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
PLAN = {
    "estimate": "83.70",
    "price_source": "a list",
    "prices": {"FR": "0.045", "GB": "0.09"},
    "segments": 1860,
    "repaired": 0,
    "rows_by_file": [["/home/me/clients.csv", None, 1000]],
    "findings": [],
}


def a_record(name: str = "spring", **parameters: Any) -> CampaignRecord:  # noqa: ANN401
    text = {"text": "Bonjour {first_name}", "region": "FR", "purpose": "wholesale"}
    return a_campaign(name=name, parameters=text | {"plan": PLAN} | parameters)


def facts_of(
    record: CampaignRecord,
    frames: Sequence[FrameRecord],
    rows: Sequence[SourceRow] | None = None,
) -> CampaignFacts:
    outcomes = None if rows is None else parts(rows, frames)
    totals = totals_of(frames)
    return CampaignFacts(record, frames, totals, summarise(record, totals), outcomes)


def a_page(
    name: str = "spring",
    frames: Sequence[FrameRecord] = (a_frame_record(),),
    rows: Sequence[SourceRow] | None = (a_row(), REJECTED),
    options: ReportOptions = ReportOptions(),  # noqa: B008 - frozen
    **parameters: Any,  # noqa: ANN401
) -> str:
    facts = facts_of(a_record(name, **parameters), frames, rows)
    return report_page(facts, options, MADE_AT)


def words_of(page: str) -> str:
    """Return what a reader sees, on one line."""
    body = re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL)
    text = re.sub(r"<[^>]+>", " ", body)
    return re.sub(r"\s+", " ", text)


def rows_by(page: str, attribute: str) -> dict[str, int]:
    """Return the first figure of each row that has an attribute."""
    row = rf'data-{attribute}="([^"]*)".*?<td[^>]*class="num"[^>]*>([^<]*)<'
    figures = re.findall(row, page, re.DOTALL)
    return {name: int(re.sub(r"\D", "", figure)) for name, figure in figures}
