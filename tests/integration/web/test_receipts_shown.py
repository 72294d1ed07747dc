"""Receipts show on the results of a campaign as they come in."""

import re
from pathlib import Path

from bulksms.clock import SystemClock
from bulksms.ledger import ReceiptRecord, open_ledger
from bulksms.sandbox import SandboxOptions
from tests.integration.web.page_window import window_of_account


def test_receipts_are_counted_as_they_come_in(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with window_of_account(home, SandboxOptions()) as (window, account):
        campaign = window.send(window.draft_at_the_check("-20%"), 3).split("?")[0]
        assert "What reached the phones" not in window.end_of(campaign)

        ticket, clock = account.accepted[0].ticket, SystemClock()
        statuses = {33639980501: "DELIVERED", 33639980502: "BAD_DESTINATION"}
        with open_ledger(home, None) as ledger:
            for number, status in statuses.items():
                record = ReceiptRecord(ticket=ticket, phone_number=number, status=status)
                ledger.receipts.add([record], clock.now())
        shown = window.get(campaign)

        rows = re.findall(r'</span>([^<]+)</th><td role="cell" class="num"[^>]*>(\d+)', shown.text)
        assert dict(rows) == {"Delivered": "1", "Not delivered": "1", "No final receipt yet": "1"}
        assert "data-follow" in shown.text
        answer = window.get(f"{campaign}/files/dead-numbers.xlsx")
        assert answer.status == 200
