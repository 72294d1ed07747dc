"""Follows a campaign that another process sends, by polling the ledger."""

import threading
from collections.abc import Callable

from bulksms.clock import Clock
from bulksms.errors import CampaignNotFound
from bulksms.ledger import CampaignRecord, Ledger, open_ledger
from bulksms.results import Report
from bulksms.results.campaign_report import RUNNING
from bulksms.settings import Settings
from bulksms.use_cases.orders.campaign_orders import find_running
from bulksms.use_cases.reporting.reports import current_report

__all__ = ["follow_campaign"]

LOOK_SECONDS = 1.0


def follow_campaign(
    name: str | None, on_change: Callable[[Report], None], settings: Settings, clock: Clock
) -> Report:
    """Look at a campaign until no process sends it any more, and return its last report.

    `on_change` gets the first report and each that differs from the one before. Without a name
    it is the newest campaign that is being sent, else the newest of all.

    Raises:
        CampaignNotFound: there is none.
    """
    wake = threading.Event()
    with open_ledger(settings.home, settings.ledger) as ledger:
        record = ledger.campaigns.get(name) if name else _newest(ledger)
        report = current_report(ledger, record)
        on_change(report)
        while report.state == RUNNING:
            clock.wait(LOOK_SECONDS, wake)
            before, report = report, current_report(ledger, ledger.campaigns.get(record.name))
            if report != before:
                on_change(report)
    return report


def _newest(ledger: Ledger) -> CampaignRecord:
    records = [each for each in reversed(ledger.campaigns.all()) if not each.is_test]
    newest = next(find_running(ledger, records), records[0] if records else None)
    if newest is None:
        raise CampaignNotFound(
            "There is no campaign yet: begin one with `bulksms send`.", code="no_campaign"
        )
    return newest
