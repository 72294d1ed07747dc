"""Doubt is settled on the page once it is confirmed, and by no window that stayed open."""

import time
from pathlib import Path

from bulksms.sandbox import Sandbox, SandboxOptions
from bulksms.sandbox.fault_kinds import FaultKind
from bulksms.sandbox.script import ScriptedReply
from tests.integration.web.page_window import Answer, PageWindow, window_of_account

LOST = ScriptedReply(first=1, last=9, fault=str(FaultKind.RESET_AFTER_ACCEPT))


def in_doubt(
    window: PageWindow, campaign: str, posts: int, account: Sandbox, frame: int = 1
) -> Answer:
    """Look at a campaign until its request is in doubt after so many posts."""
    shown = window.show(campaign)
    for _ in range(120):
        shown = window.show(f"{campaign}?frame={frame}&decide=resend")
        if len(account.accepted) == posts and f'action="{campaign}/resend"' in shown.text:
            return shown
        time.sleep(0.5)
    raise AssertionError(shown.text)


def test_an_old_form_repeats_nothing(tmp_path: Path) -> None:
    with window_of_account(tmp_path / "home", SandboxOptions(script=(LOST,))) as (window, account):
        draft = window.draft_at_the_check("-20%")
        form = window.show(f"{draft}/check").hidden(f"{draft}/send")
        sent = window.post(f"{draft}/send", {**form, "people": "3"})
        campaign = sent.location.split("?")[0]
        resend = f"{campaign}/resend"
        old = in_doubt(window, campaign, 1, account).hidden(resend)

        wrong = window.post(resend, {**old, "people": "2"})
        while "being used elsewhere" in wrong.text:  # the process that posted it is about to end
            time.sleep(0.2)
            wrong = window.post(resend, {**old, "people": "2"})
        assert wrong.status == 422
        assert 'id="again-error"' in wrong.text  # the form stays open, and says it
        assert window.post(resend, {**old, "people": "3"}).status == 303
        in_doubt(window, campaign, 2, account)
        answer = window.post(resend, {**old, "people": "3"})

        assert answer.status == 422
        assert len(account.accepted) == 2


def test_doubt_is_settled_after_a_confirmation_with_the_clue_of_the_balance(
    tmp_path: Path,
) -> None:
    lost = ScriptedReply(first=2, last=2, fault=str(FaultKind.RESET_AFTER_ACCEPT))
    rows = "".join(f"Zoé;06 39 98 {n // 100:02} {n % 100:02}\n" for n in range(600))
    with window_of_account(tmp_path / "home", SandboxOptions(script=(lost,))) as (window, account):
        draft = window.draft_at_the_check("-30%", rows=f"Prénom;Mobile\n{rows}")
        campaign = window.send(draft, 600).split("?")[0]
        first = in_doubt(window, campaign, 2, account, frame=2)
        assert "The balance gives no clue." in first.text  # nothing was posted after it

        # A later campaign of the account shows what the balance was.
        later = window.draft_at_the_check("-40%", rows="Prénom;Mobile\nZoé;06 39 98 09 99\n")
        window.send(later, 1)
        shown = first
        for _ in range(120):  # a process begins, posts and ends meanwhile
            if "your balance fell by" in shown.text:
                break
            time.sleep(0.5)
            shown = window.get(f"{campaign}?frame=2&decide=sent")
        form = shown.hidden(f"{campaign}/doubt")
        assert "your balance fell by €13.50, the price of this request" in shown.text
        assert window.post(f"{campaign}/doubt", {"frame": "2", "settlement": "sent"}).status == 422
        assert window.post(f"{campaign}/doubt", {**form, "settlement": "sent"}).status == 303

        assert "600 texts sent" in window.get(campaign).text
