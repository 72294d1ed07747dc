"""What the page shows of a campaign while another process posts it, and after."""

import re
import time
from pathlib import Path

from bulksms.sandbox import SandboxOptions
from tests.integration.web.page_window import list_of, window_of_account

TIME_LEFT = r"About \d+ seconds left</strong>, at \d+ requests? a minute"
PEOPLE = 900
ROWS = list_of(PEOPLE)


def test_a_request_in_flight_is_not_in_doubt_and_the_time_left_is_shown(tmp_path: Path) -> None:
    with window_of_account(tmp_path / "home", SandboxOptions(latency=1.5)) as (window, _):
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
