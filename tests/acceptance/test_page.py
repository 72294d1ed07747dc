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

# Each test has a text of its own: nobody gets the same one twice, in a rehearsal neither.
TEXT = "Bonjour {Prénom}, -%s ce samedi à {Ville}. STOP au 30101"
DISCOUNTS = iter(f"{number}%" for number in range(10, 90))
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


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PageServer]:
    with page_server(tmp_path_factory.mktemp("page") / "home") as running:
        yield running


@pytest.fixture(scope="module")
def cookie(server: PageServer) -> str:
    """The cookie of the page, which its address gives once."""
    return server.cookie()


@pytest.fixture
def page(
    browser: Browser, server: PageServer, cookie: str, request: pytest.FixtureRequest
) -> Iterator[Page]:
    """A window in a language, with scripts or without, on the first step."""
    options = {"locale": "en", "java_script_enabled": True, **getattr(request, "param", {})}
    context = browser.new_context(**options)
    address = f"http://127.0.0.1:{server.port}"
    name, _, value = cookie.partition("=")
    context.add_cookies([{"name": name, "value": value, "url": address}])
    context.set_default_timeout(20_000)
    page = context.new_page()
    page.goto(address)
    yield page
    context.close()


@pytest.fixture
def crm_export(tmp_path: Path) -> Path:
    path = tmp_path / "clients.csv"
    path.write_bytes(LIST.encode("cp1252"))
    return path


def go_to_the_check(page: Page, path: Path) -> None:
    """Go through the first five steps with the buttons of each."""
    page.set_input_files("#list", path)
    page.click("form.drop button.primary")
    page.click(".actions button.primary")
    expect(page.locator(".big")).to_have_text("3")
    page.click(".actions a.primary")
    page.fill("#text", TEXT % next(DISCOUNTS))
    page.click(".actions button.primary")
    page.fill("#sender", "LUMEN")
    page.locator("input[name=day]:not([disabled])").last.check()
    page.click(".actions button.primary")
    page.wait_for_selector(".sentence")


WINDOWS = [
    {"locale": locale, "java_script_enabled": scripts}
    for locale in ("fr", "en")
    for scripts in (True, False)
]


@pytest.mark.parametrize("page", WINDOWS, indirect=True, ids=str)
def test_a_messy_export_reaches_three_people(page: Page, crm_export: Path) -> None:
    language = page.locator("html").get_attribute("lang") or ""

    go_to_the_check(page, crm_export)
    expect(page.locator("h1")).to_have_text(re.compile(_loosely(TITLES[language][1])))
    send_to(page, 3)

    expect(page.locator("tfoot .num").first).to_have_text("7")
    with page.expect_download() as download:
        page.click("#download a")
    assert download.value.suggested_filename.endswith(".xlsx")


def test_a_wrong_number_of_people_sends_nothing(page: Page, crm_export: Path) -> None:
    go_to_the_check(page, crm_export)
    check = page.url

    page.fill("#people", "30")
    page.click("form.final button")

    expect(page.locator("#errors")).to_be_focused()
    expect(page).to_have_title(re.compile("^Error:"))
    page.goto(check)
    expect(page.locator("form.final")).to_be_visible()  # not begun, so it can still be sent


def test_a_second_submit_is_the_same_campaign(page: Page, crm_export: Path) -> None:
    go_to_the_check(page, crm_export)
    check = page.url
    send_to(page, 3)
    campaign = page.url.split("?")[0]

    page.goto(check)

    assert page.url.split("?")[0] == campaign


def test_cells_are_corrected_here_and_the_file_stays_as_it_is(
    page: Page, server: PageServer, tmp_path: Path
) -> None:
    path = tmp_path / "clients.csv"
    people = ["Zoé;06 39 98 02 0", "Hugo;voir sa fiche", "Inès;06 39 98 02 03 9", "Ana;0639980204"]
    path.write_text("\n".join(["Prénom;Mobile", *people]), encoding="utf-8")
    page.set_input_files("#list", path)
    page.click("form.drop button.primary")
    page.click(".actions button.primary")
    expect(page.locator(".big")).to_have_text("1")

    for row, number in ((2, "06 39 98 02 01"), (3, "06 39 98 02 02"), (4, "06 39 98 02 03")):
        form = page.locator("form.mend").filter(has=page.locator(f"[name=row][value='{row}']"))
        form.locator("[name=value]").fill(number)
        form.locator("button").click()

    expect(page.locator(".big")).to_have_text("4")
    expect(page.locator("#corrected li")).to_have_count(3)
    page.locator("#corrected button").first.click()
    expect(page.locator(".big")).to_have_text("3")
    draft = page.url.split("/drafts/")[1].split("/")[0]
    kept = server.home / "drafts" / draft / "lists" / "clients.csv"
    assert kept.read_bytes() == path.read_bytes()


def test_pasted_cells_are_the_same_list(page: Page) -> None:
    rows = [f"Zoé {n}\t06 39 98 {n // 100:02} {n % 100:02}" for n in range(300, 350)]
    page.click("details summary")
    page.fill("#cells", "\n".join(["Prénom\tMobile", *rows]))
    page.click("form.drop button.primary")
    page.click(".actions button.primary")

    expect(page.locator(".big")).to_have_text("50")


def test_a_tie_between_two_columns_has_to_be_decided(page: Page, tmp_path: Path) -> None:
    path = tmp_path / "clients.csv"
    path.write_text(
        "Prénom;Mobile;Portable pro\nZoé;0639980201;0639980202\nIda;0639980203;\n",
        encoding="utf-8",
    )
    page.set_input_files("#list", path)
    page.click("form.drop button.primary")
    if not page.locator("tr.ask").count():
        pytest.skip("these two columns are not tied")

    page.click(".actions button.primary")
    expect(page.locator("#errors")).to_be_visible()
    page.select_option("#use_B", "number_if_empty")
    page.select_option("#use_C", "number")
    page.click(".actions button.primary")

    expect(page.locator(".big")).to_have_text("2")


def send_to(page: Page, people: int) -> None:
    """Type the number of people, send, and wait for the results."""
    page.fill("#people", str(people))
    page.click("form.final button")
    page.wait_for_selector("#download", timeout=60_000)


def _loosely(sentence: str) -> str:
    """Match any blank where French typography has a narrow one."""
    return re.escape(sentence).replace(r"\ ", r"\s")
