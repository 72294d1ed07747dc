"""A pause that is ordered while the process that posts is still starting keeps the rest back."""

from pathlib import Path

from bulksms.sandbox import Sandbox, SandboxOptions
from tests.integration.web.page_server import page_server
from tests.integration.web.page_window import PageWindow

ACCOUNT = {"BULKSMS_API_LOGIN": "zoe@example.com", "BULKSMS_API_KEY": "test-early"}
PEOPLE = 900
ROWS = "\n".join(
    ["Prénom;Mobile", *(f"Zoé;06 39 98 {n // 100:02} {n % 100:02}" for n in range(PEOPLE))]
)


def test_a_pause_right_after_sending_is_not_undone_by_the_start(tmp_path: Path) -> None:
    with (
        Sandbox(SandboxOptions(latency=0.5)) as account,
        page_server(tmp_path / "home", BULKSMS_BASE_URL=account.base_url, **ACCOUNT) as server,
    ):
        window = PageWindow(server, server.cookie())
        campaign = window.send(window.draft_at_the_check("-20%", rows=ROWS), PEOPLE)

        assert window.post(f"{campaign}/orders", {"order": "pause"}).status == 303
        shown = window.look_until(campaign).text

        assert 'id="rest-title"' in shown
        assert "Someone paused the sending" in shown or "Paused on" in shown
        assert len(account.accepted) <= 1
