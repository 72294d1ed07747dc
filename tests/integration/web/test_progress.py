"""What the page shows of a campaign while another process posts it, and after."""

import re
import time
from pathlib import Path

from bulksms.sandbox import Sandbox, SandboxOptions
from tests.integration.web.page_server import page_server
from tests.integration.web.page_window import PageWindow

ACCOUNT = {"BULKSMS_API_LOGIN": "zoe@example.com", "BULKSMS_API_KEY": "test-progress"}
TIME_LEFT = r"About \d+ seconds left</strong>, at \d+ requests? a minute"
PEOPLE = 900
ROWS = "\n".join(
    ["Prénom;Mobile", *(f"Zoé;06 39 98 {n // 100:02} {n % 100:02}" for n in range(PEOPLE))]
)


def test_a_request_in_flight_is_not_in_doubt_and_the_time_left_is_shown(tmp_path: Path) -> None:
    with (
        Sandbox(SandboxOptions(latency=1.5)) as account,
        page_server(tmp_path / "home", BULKSMS_BASE_URL=account.base_url, **ACCOUNT) as server,
    ):
        window = PageWindow(server, server.cookie())
        sent = window.send(window.draft_at_the_check("-20%", rows=ROWS), PEOPLE)
        shown, pages = window.get(sent).text, []
        for _ in range(240):
            if "data-live" not in shown:
                break
            pages.append(shown)
            time.sleep(0.25)
            shown = window.get(sent).text

        assert not any("We do not know" in page for page in pages)
        assert any(_figure(page, "Being sent") == 300 for page in pages)
        assert any(re.search(TIME_LEFT, page) for page in pages)
        assert shown.count('class="f-ok"') >= 2  # in the bar, and in the chart


def _figure(page: str, title: str) -> int:
    """Read the figure under a title; -1 when there is none."""
    match = re.search(rf"</span>{title}</dt><dd>([\d,]+)", page)
    return int(match[1].replace(",", "")) if match else -1
