"""The progress of a campaign follows its sending, and takes nothing away that someone uses."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from bulksms.sandbox import Sandbox, SandboxOptions
from tests.integration.web.page_server import page_server
from tests.integration.web.page_window import PageWindow

ACCOUNT = {"BULKSMS_API_LOGIN": "zoe@example.com", "BULKSMS_API_KEY": "test-live"}
PEOPLE = 1600
ROWS = "\n".join(
    ["Prénom;Mobile", *(f"Zoé;06 39 98 {n // 100:02} {n % 100:02}" for n in range(PEOPLE))]
)


@pytest.fixture
def progress(browser: Browser, tmp_path: Path) -> Iterator[Page]:
    """A window on a campaign of four requests, three seconds each."""
    with (
        Sandbox(SandboxOptions(latency=3)) as account,
        page_server(tmp_path / "home", BULKSMS_BASE_URL=account.base_url, **ACCOUNT) as server,
    ):
        window = PageWindow(server, server.cookie())
        sent = window.send(window.draft_at_the_check("-20%", rows=ROWS), PEOPLE)
        context = browser.new_context(locale="en")
        name, _, value = window.cookie.partition("=")
        address = f"http://127.0.0.1:{server.port}"
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
