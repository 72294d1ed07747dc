"""The progress of a campaign follows its sending, and takes nothing away that someone uses."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from bulksms.sandbox import SandboxOptions
from tests.integration.web.page_window import list_of, window_of_account

PEOPLE = 1600
ROWS = list_of(PEOPLE)


@pytest.fixture
def progress(browser: Browser, tmp_path: Path) -> Iterator[Page]:
    """A window on a campaign of four requests, three seconds each."""
    with window_of_account(tmp_path / "home", SandboxOptions(latency=3)) as (window, _):
        sent = window.send(window.draft_at_the_check("-20%", rows=ROWS), PEOPLE)
        context = browser.new_context(locale="en")
        name, _, value = window.cookie.partition("=")
        address = f"http://127.0.0.1:{window.server.port}"
        context.add_cookies([{"name": name, "value": value, "url": address}])
        page = context.new_page()
        page.goto(address + sent)
        yield page
        context.close()


def test_the_progress_follows_without_a_reload_and_ends_at_the_results(progress: Page) -> None:
    progress.evaluate("document.body.dataset.same = 'yes'")
    progress.locator("summary", has_text="Stop for good").click()
    status = progress.locator("[role=status]")

    expect(status).to_contain_text("left.", timeout=30_000)
    expect(progress.locator("#live-figures")).to_contain_text("a minute")
    assert progress.evaluate("document.body.dataset.same") == "yes"
    expect(progress.locator("button[value=stop]")).to_be_visible()

    expect(progress.locator("#download")).to_be_visible(timeout=60_000)
    expect(progress.locator("h1")).to_have_text("1,600 texts sent")
