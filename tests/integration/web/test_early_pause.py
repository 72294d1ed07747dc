"""A pause that is ordered while the process that posts is still starting keeps the rest back."""

from pathlib import Path

from bulksms.sandbox import SandboxOptions
from tests.integration.web.page_window import list_of, window_of_account

PEOPLE = 900
ROWS = list_of(PEOPLE)


def test_a_pause_right_after_sending_is_not_undone_by_the_start(tmp_path: Path) -> None:
    with window_of_account(tmp_path / "home", SandboxOptions(latency=0.5)) as (window, account):
        campaign = window.send(window.draft_at_the_check("-20%", rows=ROWS), PEOPLE)

        assert window.post(f"{campaign}/orders", {"order": "pause"}).status == 303
        shown = window.look_until(campaign).text

        assert 'id="rest-title"' in shown
        assert "Someone paused the sending" in shown or "Paused on" in shown
        assert len(account.accepted) <= 1
