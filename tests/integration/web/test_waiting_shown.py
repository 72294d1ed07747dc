"""While a campaign is being sent and nothing leaves, its page says why and until when."""

import re
import time
from pathlib import Path

from bulksms.ledger import open_ledger
from bulksms.sandbox import SandboxOptions
from tests.builders import new_campaign
from tests.fakes import freeze_frame
from tests.integration.web.page_window import PageWindow, window_of_account

FIRST = (
    r"Octopush a le premier lot depuis \d\d:\d\d:\d\d\. Les autres partent quand il est accepté\. "
    r"Sans réponse à \d\d:\d\d:\d\d, il sera en doute, et vous déciderez\."
)
OTHERS = "Prénom;Mobile\nAna;06 39 98 06 01\n"


def test_a_slow_answer_and_an_account_in_use_are_said_with_the_other_campaign(
    tmp_path: Path,
) -> None:
    options = SandboxOptions(latency=14.0)
    with window_of_account(tmp_path / "home", options, "fr") as (window, _):
        first = window.send(window.draft_at_the_check("-20%"), 3)
        shown_until(window, first, "data-live")
        second = window.send(window.draft_at_the_check("-30%", "others.csv", OTHERS), 1)

        name = first.split("?")[0].rpartition("/")[2]
        busy = f"ce compte envoie une autre campagne, {name}. Celle-ci commencera"
        assert f'<a href="/campaigns/{name}">' in shown_until(window, second, busy)
        assert re.search(FIRST, shown_until(window, first, "premier lot depuis"))
        for campaign in (second, first):
            address = campaign.split("?")[0]
            window.post(f"{address}/orders", {"order": "stop"})
        window.end_of(first)


def test_a_campaign_of_workers_says_that_none_is_running(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with window_of_account(home, SandboxOptions(), "fr") as (window, _):
        with open_ledger(home, None) as ledger:
            none = dict.fromkeys(("rejected", "duplicates", "opted_out"), 0)
            new = new_campaign("printemps", counts={"rows": 100, "sendable": 100, **none})
            record = ledger.campaigns.create(new, [freeze_frame(1)])
            ledger.shared_runs.open(record.id, {})
        assert "cette campagne attend un programme" in window.get("/campaigns/printemps").text


def shown_until(window: PageWindow, campaign: str, words: str) -> str:
    """Look at a campaign until its page has some words."""
    deadline = time.monotonic() + 12
    while time.monotonic() < deadline:
        shown = window.get(campaign).text
        if words in shown:
            return shown
        time.sleep(0.25)
    raise AssertionError(window.get(campaign).text)
