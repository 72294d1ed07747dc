"""Nothing leaves that the window did not show: another text, another account, a second test."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bulksms.ledger import open_ledger
from bulksms.sandbox import Sandbox, SandboxOptions
from bulksms.settings import Settings
from bulksms.use_cases.opt_outs.manage_opt_outs import stored_numbers
from bulksms.web.poster import last_refusal
from tests.integration.web.page_server import PageServer, page_server
from tests.integration.web.page_window import PageWindow

CHANGED = "This campaign was changed meanwhile"
# No one answers there: a balance is unknown, and nothing can be posted.
REAL_ACCOUNT = {
    "BULKSMS_API_LOGIN": "zoe@example.com",
    "BULKSMS_API_KEY": "k-0123456789",
    "BULKSMS_BASE_URL": "https://127.0.0.1:1",
}


@pytest.fixture(scope="module")
def window(server: PageServer) -> PageWindow:
    return PageWindow(server, server.cookie())


def send(window: PageWindow, draft: str) -> str:
    """Send a draft as its window shows it, and give the address of its campaign."""
    shown = window.show(f"{draft}/check").hidden(f"{draft}/send")
    answer = window.post(f"{draft}/send", {**shown, "people": "3"})
    assert answer.location.startswith("/campaigns/"), answer.text
    return answer.location.split("?")[0]


def await_results(window: PageWindow, campaign: str) -> None:
    """Wait until a campaign has sent its three texts."""
    deadline = time.monotonic() + 60
    while "3 texts sent" not in (text := window.get(campaign).text) or _is_busy(window, campaign):
        assert time.monotonic() < deadline, text
        time.sleep(0.2)


def _is_busy(window: PageWindow, campaign: str) -> bool:
    """Whether the process that posts a campaign has yet to record its end."""
    name = campaign.rsplit("/", 1)[1]
    with open_ledger(window.server.home) as ledger:
        return ledger.campaigns.get(name).state != "done" or ledger.locks.is_held(name)


def test_the_first_step_says_whether_it_is_real(window: PageWindow, tmp_path: Path) -> None:
    assert '<span class="mode rehearse">REHEARSAL</span>' in window.get("/").text
    with page_server(tmp_path / "home", **REAL_ACCOUNT) as server:
        real = PageWindow(server, server.cookie()).get("/").text
    assert '<span class="mode">REAL</span>' in real


def test_a_window_that_shows_a_rehearsal_sends_nothing_for_real(tmp_path: Path) -> None:
    with page_server(tmp_path / "home", **REAL_ACCOUNT) as server:
        window = PageWindow(server, server.cookie())
        draft = window.draft_at_the_check("-20%")
        window.post(f"{draft}/mode", {"rehearse": "1"})
        shown = window.show(f"{draft}/check")
        assert "REHEARSAL" in shown.text
        window.post(f"{draft}/mode", {"real": "1"})

        for action in ("send", "test"):
            fields = shown.hidden(f"{draft}/{action}")
            answer = window.post(
                f"{draft}/{action}", {**fields, "people": "3", "number": "0639980599"}
            )
            assert answer.status == 422
            assert CHANGED in answer.text


def test_a_text_that_another_window_changed_is_not_sent(window: PageWindow) -> None:
    draft = window.draft_at_the_check("-21%")
    shown = window.show(f"{draft}/check").hidden(f"{draft}/send")
    window.post(f"{draft}/text", {"text": "Bonjour {Prénom}, -99% ce samedi. STOP au 30101"})

    answer = window.post(f"{draft}/send", {**shown, "people": "3"})

    assert answer.status == 422
    assert CHANGED in answer.text


def test_a_draft_is_continued_where_it_was_left(window: PageWindow) -> None:
    new = window.upload("/lists", "list", "a.csv", "Mobile\n0639980501\n").location
    draft = window.draft_at_the_check("-33%")

    start = window.get("/").text

    assert f'href="{new}"' in start
    assert f'href="{draft}/check"' in start


def test_a_form_without_its_state_sends_nothing(window: PageWindow) -> None:
    draft = window.draft_at_the_check("-22%")

    assert CHANGED in window.post(f"{draft}/send", {"people": "3"}).text
    assert CHANGED in window.post(f"{draft}/test", {"number": "0639980599"}).text


def test_a_test_that_is_sent_twice_is_one_text(window: PageWindow) -> None:
    draft = window.draft_at_the_check("-23%")
    fields = window.show(f"{draft}/check").hidden(f"{draft}/test")

    answers = []
    for _ in range(2):
        answers.append(window.post(f"{draft}/test", {**fields, "number": "0639980599"}))
        time.sleep(1.1)  # the name of a test has the second in it

    assert answers[0].location.startswith(f"{draft}/check?tested=")
    assert answers[1].location == answers[0].location


def test_opt_outs_added_after_the_sending_keep_their_people_out(
    window: PageWindow, server: PageServer
) -> None:
    draft = window.draft_at_the_check("-24%")
    campaign = send(window, draft)

    added = window.upload(f"{draft}/optouts", "optouts", "stop.csv", "Mobile\n0639980577\n")

    assert added.location == campaign
    assert "+33639980577" in stored_numbers(Settings(home=server.home))
    await_results(window, campaign)  # a similar text would correct an unfinished one


def test_a_wrong_opt_out_list_is_removed_and_its_people_are_back(window: PageWindow) -> None:
    draft = window.draft_at_the_check("-31%")
    for number in ("0639980501", "0639980502"):
        window.upload(f"{draft}/optouts", "optouts", "stop.csv", f"Mobile\n{number}\n")
    shown = window.show(f"{draft}/people").text
    names = re.findall(r'name="name" value="([^"]+)"', shown)
    assert len(names) == 2
    assert '<span class="big">1</span>' in shown

    window.post(f"{draft}/optouts/remove", {"name": names[0]})
    window.post(f"{draft}/optouts/remove", {"name": "../lists/clients.csv"})

    shown = window.show(f"{draft}/people").text
    assert '<span class="big">2</span>' in shown
    assert names[1] in shown


def test_opt_outs_of_the_settings_file_are_left_out_by_the_page_too(tmp_path: Path) -> None:
    home, stop = tmp_path / "home", tmp_path / "stop.csv"
    home.mkdir(mode=0o700)
    stop.write_text("Mobile\n0639980501\n", encoding="utf-8")
    (home / "settings.toml").write_text(f"optouts = '{stop}'\n", encoding="utf-8")
    with page_server(home) as running:
        window = PageWindow(running, running.cookie())
        draft = window.draft_at_the_check("-32%")

        assert '<span class="big">2</span>' in window.show(f"{draft}/people").text


@pytest.mark.parametrize("step", ["columns", "text", "delivery", "mode", "accept", "delete"])
def test_a_draft_that_was_sent_is_not_changed(window: PageWindow, step: str) -> None:
    draft = window.draft_at_the_check(f"-25% {step}")
    campaign = send(window, draft)
    before = window.get(f"{draft}/campaign.toml").text

    answer = window.post(f"{draft}/{step}", {"text": "another", "real": "1"})

    assert answer.location == campaign
    assert window.get(f"{draft}/campaign.toml").text == before
    await_results(window, campaign)  # a similar text would correct an unfinished one


def test_a_rehearsal_under_a_test_account_is_posted_by_that_account(tmp_path: Path) -> None:
    login, key = "zoe@example.com", "test-4f1c9a77"
    account = {"BULKSMS_API_LOGIN": login, "BULKSMS_API_KEY": key}
    with (
        Sandbox(SandboxOptions(login=login, key=key)) as sandbox,
        page_server(tmp_path / "home", BULKSMS_BASE_URL=sandbox.base_url, **account) as server,
    ):
        window = PageWindow(server, server.cookie())
        draft = window.draft_at_the_check("-26%")
        window.post(f"{draft}/mode", {"rehearse": "1"})
        campaign = send(window, draft)

        await_results(window, campaign)


def test_an_answer_is_only_taken_to_a_question(window: PageWindow) -> None:
    draft = window.draft_at_the_check("-27%")

    window.post(f"{draft}/accept", {"code": "many_rejected", "back": "check"})
    window.post(f"{draft}/accept", {"code": "no such code", "back": "check"})

    assert "accept" not in window.get(f"{draft}/campaign.toml").text


def test_an_answer_is_taken_back(window: PageWindow) -> None:
    draft = window.draft_at_the_check("-32%")
    window.post(f"{draft}/text", {"text": "Bonjour {Prénom}, &eacute; STOP au 30101"})
    window.post(f"{draft}/accept", {"code": "text_html", "back": "text"})
    shown = window.show(f"{draft}/text")
    assert "Take the answer back" in shown.text
    assert 'name="people"' in window.show(f"{draft}/check").text

    fields = shown.hidden(f"{draft}/accept")
    answer = window.post(f"{draft}/accept", {**fields, "code": "text_html"})

    assert answer.location == f"{draft}/text"
    assert "Yes, this is right" in window.show(f"{draft}/text").text
    assert 'name="people"' not in window.show(f"{draft}/check").text


def test_an_answer_holds_for_the_list_as_it_was_read(window: PageWindow) -> None:
    rows = "Prénom;Mobile\nZo&eacute;;06 39 98 05 01\nHugo;06 39 98 05 02\n"
    draft = window.draft_at_the_check("-28%", rows=rows)
    window.post(f"{draft}/accept", {"code": "leftover_codes", "back": "check"})
    assert "leftover_codes" in window.get(f"{draft}/campaign.toml").text

    window.post(f"{draft}/reading", {"titles": "1", "region": "FR"})

    assert "leftover_codes" not in window.get(f"{draft}/campaign.toml").text


def test_the_page_says_why_a_campaign_was_not_posted(
    window: PageWindow, server: PageServer
) -> None:
    draft = window.draft_at_the_check("-30%")
    campaign = send(window, draft)
    name = campaign.rsplit("/", 1)[1]
    log = server.home / "logs" / "page" / f"{name}.log"
    assert log.exists()

    assert last_refusal(name, Settings(home=server.home)) is None
    await_results(window, campaign)
    bare = {name: each for name, each in os.environ.items() if not name.startswith("BULKSMS_")}
    with log.open("ab") as file:  # as the page starts it, without an account
        subprocess.run(
            [sys.executable, "-m", "bulksms", "resume", "--json", "--no-progress", "--", name],
            env={**bare, "BULKSMS_HOME": str(server.home)},
            stdout=file,
            check=False,
        )
    refusal = last_refusal(name, Settings(home=server.home))
    assert refusal is not None
    assert (refusal.code, refusal.values) == ("no_account", {})
