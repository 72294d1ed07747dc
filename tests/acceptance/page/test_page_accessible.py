"""W1g: every step and every error is accessible, in two languages, light and dark."""

from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from bulksms.clock import SystemClock
from bulksms.ledger import open_ledger
from bulksms.use_cases.receipts.reported_stops import ReportedStop, obey_stops
from tests.acceptance.page.page_driver import go_to_the_check, new_text, send_to
from tests.integration.web.page_server import PageServer

SEVERE = {"serious", "critical"}
WINDOWS = [
    {"locale": locale, "color_scheme": scheme, "bypass_csp": True, "viewport": viewport}
    for locale, scheme, viewport in (
        ("fr", "light", {"width": 1280, "height": 900}),
        ("fr", "dark", {"width": 390, "height": 800}),
        ("en", "light", {"width": 390, "height": 800}),
        ("en", "dark", {"width": 1024, "height": 768}),
    )
]


def problems_of(page: Page) -> list[str]:
    """List what is wrong with a page, once it looks as it stays.

    Under load Chromium may show links in the colours of the other scheme for a moment.
    """
    problems = _problems_now(page)
    if not problems:
        return []
    page.wait_for_timeout(1000)
    return _problems_now(page)


def _problems_now(page: Page) -> list[str]:
    violations: list[dict[str, Any]] = Axe().run(page).response["violations"]
    return [
        f"{page.url}: {each['id']}: {node['html'][:120]}"
        for each in violations
        if each["impact"] in SEVERE
        for node in each["nodes"]
    ]


@pytest.mark.parametrize("page", WINDOWS, indirect=True, ids=str)
def test_every_step_is_accessible(page: Page, crm_export: Path) -> None:
    problems = problems_of(page)
    page.set_input_files("#list", crm_export)
    page.click("form.drop button.primary")
    page.wait_for_selector(".cards")
    problems += problems_of(page)
    page.click("a[href$='reading#titles']")
    page.wait_for_selector(".choices")
    problems += problems_of(page)
    page.click(".actions button.primary")
    page.click(".actions button.primary")
    page.wait_for_selector(".flow")
    problems += problems_of(page)
    page.goto(f"{page.url.partition('#')[0]}/too_short")
    page.wait_for_selector("#cells")
    problems += problems_of(page)
    page.click(".actions a")
    page.click(".actions a.primary")
    page.click(".actions button.primary")  # without a text
    page.wait_for_selector("#errors")
    problems += problems_of(page)
    page.fill("#text", new_text())
    page.click("button[name=look]")
    page.wait_for_selector(".phone")
    problems += problems_of(page)
    page.click(".actions button.primary")
    page.fill("#sender", "A B")
    page.click(".actions button.primary")
    page.wait_for_selector("#errors")
    problems += problems_of(page)
    page.fill("#sender", "LUMEN")
    page.locator("input[name=when][value=date]").check()
    page.locator("input[name=day]:not([disabled])").last.check()
    page.click(".actions button.primary")
    page.wait_for_selector(".sentence")
    problems += problems_of(page)
    send_to(page, 3)
    problems += problems_of(page)

    assert problems == []


def test_all_is_reached_by_keyboard(page: Page, crm_export: Path) -> None:
    go_to_the_check(page, crm_export)
    reached = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.id || document.activeElement.name"))

    assert {"number", "people"} <= reached


@pytest.mark.parametrize("page", [{"viewport": {"width": 320, "height": 700}}], indirect=True)
def test_nothing_scrolls_sideways_on_the_smallest_screen(page: Page, crm_export: Path) -> None:
    widths = []
    go_to_the_check(page, crm_export)
    draft = page.url.rsplit("/", 1)[0]
    for step in ("columns", "people", "text", "delivery", "check"):
        page.goto(f"{draft}/{step}")
        widths.append(page.evaluate("document.documentElement.scrollWidth"))

    assert widths == [320] * 5


@pytest.mark.parametrize("page", WINDOWS, indirect=True, ids=str)
def test_held_stops_are_accessible(page: Page, server: PageServer) -> None:
    stops = [ReportedStop(phone_number=33_639_980_900 + n, ticket="") for n in range(2)]
    with open_ledger(server.home, None) as ledger:
        obey_stops(ledger, stops, SystemClock().now())
    page.reload()
    problems = problems_of(page)
    page.click("a[href='/stops']")
    page.locator("main details > summary").first.click()
    problems += problems_of(page)

    assert problems == []
