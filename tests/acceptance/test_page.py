"""W1: a marketer goes from a messy export to the results in a browser, in both languages.

The browser is Debian's Chromium; where there is none, the tests say how to get it.
"""

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.integration.web.page_server import PageServer, page_server

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(
    CHROMIUM is None and "CI" not in os.environ,
    reason="no Chromium: install it with `apt install chromium`, or name it in CHROMIUM",
)

TEXT = "Bonjour {Prénom}, -20% ce samedi à {Ville}. STOP au 30101"
# A number with a digit missing, a duplicate, a landline, an empty cell, and three people.
LIST = """Fichier;Clients;de novembre;
;;;
Prénom;Nom;Mobile;Ville
Zoé;Martin;06 39 98 01 01;Lyon
Hugo;Petit;06 39 98 01 0;Lyon
Zoé;Martin;+33 6 39 98 01 01;Lyon
Inès;Moreau;06.39.98.01.02;Nîmes
Paul;Girard;01 99 00 12 34;Paris
Noël;Garnier;;Paris
Anaïs;Roy;0639980103;Besançon
"""
TITLES = {
    "en": ("Who gets the text?", "Is everything right?", "Results"),
    "fr": ("Qui recevra le SMS ?", "Tout est-il juste ?", "Résultats"),
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[PageServer]:
    with page_server(tmp_path / "home") as running:
        yield running


@pytest.fixture
def crm_export(tmp_path: Path) -> Path:
    path = tmp_path / "clients.csv"
    path.write_bytes(LIST.encode("cp1252"))
    return path


def open_page(browser: Browser, server: PageServer, language: str, *, scripts: bool) -> Page:
    context = browser.new_context(locale=language, java_script_enabled=scripts)
    context.set_default_timeout(20_000)
    page = context.new_page()
    page.goto(server.address)
    page.wait_for_url("**/")
    return page


def go_to_the_check(page: Page, path: Path) -> None:
    """Go through the first five steps with the buttons of each."""
    page.set_input_files("#list", path)
    page.click("form.drop button.primary")
    page.click(".actions button.primary")
    expect(page.locator(".big")).to_have_text("3")
    page.click(".actions a.primary")
    page.fill("#text", TEXT)
    page.click(".actions button.primary")
    page.fill("#sender", "LUMEN")
    page.locator("input[name=day]:not([disabled])").last.check()
    page.click(".actions button.primary")
    page.wait_for_selector(".sentence")


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_messy_export_reaches_three_people(
    browser: Browser, server: PageServer, crm_export: Path, language: str, *, scripts: bool
) -> None:
    page = open_page(browser, server, language, scripts=scripts)

    go_to_the_check(page, crm_export)
    expect(page.locator("h1")).to_have_text(re.compile(_loosely(TITLES[language][1])))
    page.fill("#people", "3")
    page.click("form.final button")
    page.wait_for_selector("#download", timeout=60_000)

    expect(page.locator("tfoot .num").first).to_have_text("7")
    with page.expect_download() as download:
        page.click("#download a")
    assert download.value.suggested_filename.endswith(".xlsx")


def test_a_wrong_number_of_people_sends_nothing(
    browser: Browser, server: PageServer, crm_export: Path
) -> None:
    page = open_page(browser, server, "en", scripts=True)
    go_to_the_check(page, crm_export)

    page.fill("#people", "30")
    page.click("form.final button")

    expect(page.locator("#errors")).to_be_focused()
    expect(page).to_have_title(re.compile("^Error:"))
    assert not (server.home / "results").exists()


def test_a_second_submit_is_the_same_campaign(
    browser: Browser, server: PageServer, crm_export: Path
) -> None:
    page = open_page(browser, server, "en", scripts=False)
    go_to_the_check(page, crm_export)
    check = page.url
    page.fill("#people", "3")
    page.click("form.final button")
    page.wait_for_selector("#download", timeout=60_000)
    campaign = page.url.split("?")[0]

    page.goto(check)

    assert page.url.split("?")[0] == campaign
    page.goto(server.address.split("/enter")[0] + "/")
    expect(page.locator("table.fold tbody tr")).to_have_count(1)


def _loosely(sentence: str) -> str:
    """Match any blank where French typography has a narrow one."""
    return re.escape(sentence).replace(r"\ ", r"\s")
