"""A window that stayed open cannot repeat a request that was sent again meanwhile."""

import time
from pathlib import Path

from bulksms.sandbox import Sandbox, SandboxOptions
from bulksms.sandbox.fault_kinds import FaultKind
from bulksms.sandbox.script import ScriptedReply
from tests.integration.web.page_server import page_server
from tests.integration.web.page_window import Answer, PageWindow

ACCOUNT = {"BULKSMS_API_LOGIN": "zoe@example.com", "BULKSMS_API_KEY": "test-resend"}
LOST = ScriptedReply(first=1, last=9, fault=str(FaultKind.RESET_AFTER_ACCEPT))


def in_doubt(window: PageWindow, campaign: str, posts: int, account: Sandbox) -> Answer:
    """Look at a campaign until its request is in doubt after so many posts."""
    shown = window.show(campaign)
    for _ in range(120):
        shown = window.show(f"{campaign}?resend=1")
        if len(account.accepted) == posts and f'action="{campaign}/resend"' in shown.text:
            return shown
        time.sleep(0.5)
    raise AssertionError(shown.text)


def test_an_old_form_repeats_nothing(tmp_path: Path) -> None:
    with (
        Sandbox(SandboxOptions(script=(LOST,))) as account,
        page_server(tmp_path / "home", BULKSMS_BASE_URL=account.base_url, **ACCOUNT) as server,
    ):
        window = PageWindow(server, server.cookie())
        draft = window.draft_at_the_check("-20%")
        form = window.show(f"{draft}/check").hidden(f"{draft}/send")
        sent = window.post(f"{draft}/send", {**form, "people": "3"})
        campaign = sent.location.split("?")[0]
        resend = f"{campaign}/resend"
        old = in_doubt(window, campaign, 1, account).hidden(resend)

        assert window.post(resend, {**old, "people": "3"}).status == 303
        in_doubt(window, campaign, 2, account)
        answer = window.post(resend, {**old, "people": "3"})

        assert answer.status == 422
        assert len(account.accepted) == 2
