"""Where a step cannot be finished, the page says what to do, and what was typed stays."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bulksms.sandbox import SandboxOptions
from tests.integration.web.page_server import page_server
from tests.integration.web.page_window import LIST, PageWindow, window_of_account

CODES = "Prénom;Mobile\nZo<b>é</b>;06 39 98 05 01\nHugo;06 39 98 05 02\n"


@pytest.fixture(scope="module")
def window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PageWindow]:
    with window_of_account(tmp_path_factory.mktemp("page") / "home", SandboxOptions()) as (page, _):
        yield page


def test_a_question_left_open_is_said_where_the_sending_would_be_ordered(
    window: PageWindow,
) -> None:
    draft = window.draft_at_the_check("-20%", rows=CODES)

    shown = window.show(f"{draft}/check").text
    assert 'name="people"' not in shown
    assert "It cannot be sent yet:" in shown
    code = shown.partition('<button name="code" value="')[2].partition('"')[0]
    window.post(f"{draft}/accept", {"code": code, "back": "check"})

    shown = window.show(f"{draft}/check").text
    assert 'name="people"' in shown
    assert "It cannot be sent yet:" not in shown


def test_a_text_that_everyone_had_leads_back_to_the_text(window: PageWindow) -> None:
    first = window.draft_at_the_check("-30%")
    window.end_of(window.send(first, 3))

    again = window.draft_at_the_check("-30%", "again.csv")

    shown = window.show(f"{again}/check").text
    assert "Everyone in this list had this text before" in shown
    assert f'href="{again}/text">Change the text</a>' in shown


def test_a_number_that_cannot_get_a_test_stays_to_be_corrected(window: PageWindow) -> None:
    draft = window.draft_at_the_check("-40%")
    fields = window.show(f"{draft}/check").hidden(f"{draft}/test")

    answer = window.post(f"{draft}/test", {**fields, "number": '06 39 98 05"'})

    assert answer.status == 422
    assert 'name="number" value="06 39 98 05&#34;"' in answer.text


def test_what_must_be_corrected_in_a_text_comes_before_warnings(window: PageWindow) -> None:
    draft = window.upload("/lists", "list", "links.csv", LIST).location.removesuffix("/columns")
    window.post(f"{draft}/text", {"text": "Bonjour, c\u2019est la fête : https://bit.ly/abc"})

    shown = window.show(f"{draft}/text").text

    assert 0 < shown.find("To correct:") < shown.find("Please look:")


def test_a_rehearsal_that_was_sent_leads_to_the_real_sending_of_the_same_draft(
    tmp_path: Path,
) -> None:
    account = {"BULKSMS_API_LOGIN": "zoe@example.com", "BULKSMS_API_KEY": "no-test-key"}
    nowhere = "https://127.0.0.1:9/v1/public"
    with page_server(tmp_path / "home", **account, BULKSMS_BASE_URL=nowhere) as server:
        window = PageWindow(server, server.cookie())
        draft = window.draft_at_the_check("-60%")
        window.post(f"{draft}/mode", {"rehearse": "1"})
        campaign = window.send(draft, 3).split("?")[0]
        assert "Prepare the real sending" in window.end_of(campaign)
        assert window.post(f"{draft}/mode", {"rehearse": "1"}).location == campaign

        for _click in range(2):
            assert window.post(f"{draft}/mode", {"real": "1"}).location == f"{draft}/check"

        shown = window.show(f"{draft}/check").text
        assert '<span class="mode">REAL</span>' in shown
        assert "numbers are reserved for fiction" in shown
        assert "-60%" in window.show(f"{draft}/text").text
        assert "Prepare the real sending" not in window.get(campaign).text
