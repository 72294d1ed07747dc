"""STOPs that may be forged are shown on the page, and a person keeps or removes them there."""

from datetime import UTC, datetime
from pathlib import Path

from bulksms.ledger import HeldReason, open_ledger
from bulksms.use_cases.receipts.reported_stops import ReportedStop, obey_stops
from tests.integration.web.page_server import page_server
from tests.integration.web.page_window import PageWindow

NOON = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
FIRST, SECOND, THIRD = 33_639_980_501, 33_639_980_502, 33_639_980_503


def test_held_stops_are_kept_or_removed_on_the_page(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with open_ledger(home, None) as ledger:
        stops = [ReportedStop(phone_number=each, ticket="") for each in (FIRST, SECOND, THIRD)]
        obey_stops(ledger, stops, NOON)
    with page_server(home) as server:
        window = PageWindow(server, server.cookie(), "fr")
        assert "3 STOP à vérifier." in window.get("/").text
        shown = window.get("/stops").text
        assert "+33 6 39 98 05 01" in shown
        assert "dans aucune de vos campagnes." in shown

        kept = window.post("/stops", {"number": f"+{FIRST}", "choice": "take"})
        removed = window.post("/stops", {"number": f"+{SECOND}", "choice": "drop"})
        again = window.post("/stops", {"number": f"+{SECOND}", "choice": "drop"})
        unclear = window.post("/stops", {"number": f"+{THIRD}", "choice": "both"})

        assert (kept.status, kept.location) == (303, "/stops")
        assert (removed.status, removed.location) == (303, "/stops")
        assert again.status == 422
        assert "un de ces STOP a été traité entre-temps" in again.text
        assert unclear.status == 404
        with open_ledger(home, None) as ledger:
            assert ledger.opt_outs.all().tolist() == [FIRST, THIRD]
            (held,) = ledger.held_stops.all()
            assert (held.phone_number, held.reason) == (THIRD, HeldReason.NEVER_TEXTED)

        last = window.post("/stops", {"number": f"+{THIRD}", "choice": "take"})
        assert last.location == "/"
        assert "STOP à vérifier" not in window.get("/").text
