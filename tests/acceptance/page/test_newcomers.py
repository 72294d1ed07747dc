"""W1b: what people try in their first week, each with the clicks that they would make.

Other such tasks are in `test_page_flow`: the sample list, a messy export, pasted cells, single
corrections, two phone columns, the same columns next month.
"""

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Browser, Page, expect

from bulksms.sandbox import Sandbox, SandboxOptions
from tests.acceptance.page.page_driver import go_to_the_check, new_text
from tests.integration.web.page_server import page_server
from tests.sending import texted_numbers

ACCOUNT = {"BULKSMS_API_LOGIN": "zoe@example.com", "BULKSMS_API_KEY": "test-newcomers"}


def upload(page: Page, path: Path) -> None:
    page.set_input_files("#list", path)
    page.click("form.drop button.primary")
    page.wait_for_selector(".cards")


def test_a_stop_list_leaves_people_out(page: Page, crm_export: Path, tmp_path: Path) -> None:
    stops = tmp_path / "stop.csv"
    stops.write_text("Numéro\n+33639980102\n", encoding="utf-8")
    upload(page, crm_export)
    page.click(".actions button.primary")

    page.set_input_files("#optouts", stops)
    page.click("#opted-out button")

    expect(page.locator(".big")).to_have_text("2")
    expect(page.locator(".flow td.num").nth(5)).to_have_text("1")


def test_a_file_without_numbers_is_no_stop_list(
    page: Page, crm_export: Path, tmp_path: Path
) -> None:
    stops = tmp_path / "notes.csv"
    stops.write_text("Remarque\nrien\n", encoding="utf-8")
    upload(page, crm_export)
    page.click(".actions button.primary")

    page.set_input_files("#optouts", stops)
    page.click("#opted-out button")

    expect(page.locator("#errors")).to_be_visible()
    expect(page.locator(".big")).to_have_text("3")


def test_another_row_of_titles_is_chosen(page: Page, tmp_path: Path) -> None:
    path = tmp_path / "clients.csv"
    path.write_text(
        "Mobile;Prénom\nNuméro;Petit nom\n0639980201;Zoé\n0639980202;Ida\n", encoding="utf-8"
    )
    upload(page, path)

    page.click("a[href$='reading#titles']")
    page.get_by_role("radio", name="Row 2 Numéro, Petit nom").check()
    page.click(".actions button.primary")

    expect(page.locator(".cards tbody th").nth(1)).to_contain_text("Petit nom")
    expect(page.locator("main")).to_contain_text("2 rows")


@pytest.mark.parametrize("page", [{"java_script_enabled": False}], indirect=True)
def test_many_cells_are_corrected_at_once(page: Page, tmp_path: Path) -> None:
    path = tmp_path / "clients.csv"
    short = [f"Zoé;06 39 98 03 {n}" for n in range(8)]
    path.write_text("\n".join(["Prénom;Mobile", "Ida;0639980310", *short]), encoding="utf-8")
    upload(page, path)
    page.click(".actions button.primary")
    expect(page.locator(".mend")).to_have_count(5)

    page.get_by_role("link", name="See the 8 rows").click()
    for at in (0, 6, 7):
        page.locator("input[name=value]").nth(at).fill(f"06 39 98 03 2{at}")
    page.click(".actions button.primary")
    expect(page.locator("input[name=value]")).to_have_count(5)
    page.click(".actions a")

    expect(page.locator(".big")).to_have_text("4")
    expect(page.locator("#corrected li")).to_have_count(3)


def test_a_list_without_titles_is_read(page: Page, tmp_path: Path) -> None:
    path = tmp_path / "clients.csv"
    path.write_text("Zoé;0639980201\nIda;0639980202\n", encoding="utf-8")
    upload(page, path)

    page.click("a[href$='reading#titles']")
    page.get_by_role("radio", name="My file has no row of titles").check()
    page.click(".actions button.primary")
    page.click(".actions button.primary")

    expect(page.locator(".big")).to_have_text("2")


@pytest.mark.parametrize("page", [{"java_script_enabled": False}], indirect=True)
def test_the_accents_are_corrected_by_their_effect(page: Page, tmp_path: Path) -> None:
    path = tmp_path / "clients.csv"
    path.write_bytes("Prénom;Mobile\nZoé;0639980201\nNoël;0639980202\n".encode("mac-roman"))
    upload(page, path)

    page.click("a[href$='reading#encoding']")
    dos = page.get_by_role("radio", name="DOS, Western Europe PrÄnom, ZoÄ, Noæl", exact=True)
    dos.check()
    page.click(".actions button.primary")
    expect(page.locator(".cards tbody tr").first).to_contain_text("ZoÄ, Noæl")
    page.click("a[href$='reading#encoding']")
    name = "As detected: Mac, Western Europe Prénom, Zoé, Noël"
    page.get_by_role("radio", name=name, exact=True).check()
    page.click(".actions button.primary")

    expect(page.locator(".cards tbody tr").first).to_contain_text("Zoé, Noël")


def test_a_sheet_is_chosen_from_a_list(page: Page, tmp_path: Path) -> None:
    path = tmp_path / "clients.xlsx"
    book = openpyxl.Workbook()
    for title, number in (("Octobre", "0639980201"), ("Novembre", "0639980202")):
        sheet = book.create_sheet(title)
        sheet.append(["Prénom", "Mobile"])
        sheet.append(["Zoé", number])
    del book["Sheet"]
    book.save(path)
    upload(page, path)

    page.click("a[href$='reading#sheet']")
    page.get_by_role("radio", name="Novembre (2 rows) Prénom, Mobile").check()
    page.click(".actions button.primary")

    expect(page.locator(".cards tbody tr").nth(1)).to_contain_text("0639980202")


def test_a_file_is_dropped_beside_the_field(page: Page) -> None:
    dropped = page.evaluate_handle(
        """() => {
            const dropped = new DataTransfer();
            dropped.items.add(new File(["Mobile\\n0639980201\\n"], "clients.csv"));
            return dropped;
        }"""
    )
    page.dispatch_event("form.drop", "drop", {"dataTransfer": dropped})
    page.click("form.drop button.primary")

    expect(page.locator(".cards caption")).to_contain_text("clients.csv")


def test_a_picture_is_refused_in_a_sentence(page: Page, tmp_path: Path) -> None:
    path = tmp_path / "logo.xlsx"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(200))
    page.set_input_files("#list", path)
    page.click("form.drop button.primary")

    expect(page.locator("h1")).to_have_text("This list cannot be read")
    page.click("a.primary")
    expect(page.locator("#list")).to_be_visible()


@pytest.mark.parametrize("page", [{"java_script_enabled": False}], indirect=True)
def test_a_file_that_is_too_large_is_refused_in_a_sentence(page: Page, tmp_path: Path) -> None:
    path = tmp_path / "clients.csv"
    with path.open("wb") as file:
        file.truncate(110 << 20)
    page.set_input_files("#list", path)
    page.click("form.drop button.primary")

    expect(page.locator("#list-error")).to_contain_text("larger than 100 MB")


def test_a_text_without_the_stop_mention_cannot_be_sent(page: Page, crm_export: Path) -> None:
    go_to_the_check(page, crm_export)
    draft = page.url.rsplit("/", 1)[0]
    page.goto(f"{draft}/text")
    page.fill("#text", "Bonjour {Prénom}, vente privée samedi.")
    page.click(".actions button.primary")

    page.goto(f"{draft}/check")

    expect(page.locator("#finding-stop_mention_missing")).to_contain_text("STOP au 30101")
    expect(page.locator("form.final")).to_have_count(0)


def go_to_the_delivery(page: Page, path: Path) -> None:
    upload(page, path)
    page.click(".actions button.primary")
    page.click(".actions a.primary")
    page.fill("#text", new_text())
    page.click(".actions button.primary")
    page.fill("#sender", "LUMEN")


def test_the_hours_follow_the_kind_of_text(page: Page, crm_export: Path) -> None:
    go_to_the_delivery(page, crm_export)
    page.locator("input[name=day]:not([disabled])").last.check()
    expect(page.locator("[name=hour][value='21:00']")).to_be_disabled()

    page.locator("input[name=purpose][value=alert]").check()

    expect(page.locator("[name=hour][value='21:00']")).to_be_enabled()
    expect(page.locator("#sender")).to_have_value("LUMEN")


@pytest.mark.parametrize("page", [{"java_script_enabled": False}], indirect=True)
def test_a_night_is_refused_and_the_next_free_time_is_taken(page: Page, crm_export: Path) -> None:
    go_to_the_delivery(page, crm_export)
    page.locator("input[name=day]:not([disabled])").last.check()
    page.fill("#other_at", "22:30")
    page.click(".actions button.primary")
    expect(page.locator("#errors")).to_contain_text("It is 22:30 there (Paris)")

    page.click("button[name=free]")

    expect(page.locator(".sentence")).to_contain_text("at 08:00 (Paris)")


@pytest.mark.parametrize("page", [{}, {"java_script_enabled": False}], indirect=True, ids=str)
def test_any_row_is_previewed(page: Page, crm_export: Path) -> None:
    upload(page, crm_export)
    page.click(".actions button.primary")
    page.click(".actions a.primary")
    page.fill("#text", "Bonjour {Prénom}. STOP au 30101")
    page.fill("#row", "7")
    page.click("button[name=look]")
    expect(page.locator("#live-preview blockquote")).to_have_text("Bonjour Inès. STOP au 30101")

    page.fill("#row", "5")
    page.click("button[name=look]")
    expect(page.locator("#live-preview")).to_contain_text("No one in row 5 gets this text.")
    page.fill("#row", "")
    page.select_option("#preview", "first")
    page.click("button[name=look]")

    expect(page.locator("#live-preview blockquote")).to_have_text("Bonjour Zoé. STOP au 30101")


def test_a_misspelt_column_is_shown_at_the_text(page: Page, crm_export: Path) -> None:
    upload(page, crm_export)
    page.click(".actions button.primary")
    page.click(".actions a.primary")
    page.fill("#text", "Bonjour {Prenon}. STOP au 30101")
    page.click(".actions button.primary")

    expect(page.locator("#text-error")).to_contain_text("did you mean {Prénom}?")


@pytest.fixture
def slow_account() -> Iterator[Sandbox]:
    """An account whose answers take four seconds, so that there is time to watch."""
    with Sandbox(SandboxOptions(latency=4.0, credit=Decimal(1000))) as sandbox:
        yield sandbox


@pytest.fixture
def long_list(tmp_path: Path) -> Path:
    path = tmp_path / "clients.csv"
    lines = [f"Zoé;06 39 98 {n // 100:02} {n % 100:02}" for n in range(1600)]
    path.write_text("\n".join(["Prénom;Mobile", *lines]), encoding="utf-8")
    return path


def send_long_list(page: Page, path: Path) -> None:
    upload(page, path)
    page.click(".actions button.primary")
    page.click(".actions a.primary")
    page.fill("#text", new_text().replace("{Ville}", "Lyon"))
    page.click(".actions button.primary")
    page.locator("input[name=purpose][value=alert]").check()
    page.locator("input[name=when][value=date]").check()
    page.locator("input[name=day]:not([disabled])").last.check()
    page.fill("#sender", "LUMEN")
    page.click(".actions button.primary")
    page.fill("#people", "1600")
    page.click("form.final button")


def test_a_campaign_is_paused_and_continues(
    browser: Browser, slow_account: Sandbox, long_list: Path, tmp_path: Path
) -> None:
    with page_server(
        tmp_path / "home", BULKSMS_BASE_URL=slow_account.base_url, **ACCOUNT
    ) as server:
        page = browser.new_context(locale="en").new_page()
        page.goto(server.address)
        page.wait_for_selector("form.drop")
        send_long_list(page, long_list)
        page.wait_for_selector("button[value=pause]", timeout=30_000)
        expect(page.locator(".figures dd").first).not_to_have_text(re.compile("^0"), timeout=30_000)

        page.click("button[value=pause]")
        page.wait_for_selector("#rest-title, #download", timeout=30_000)
        page.reload()
        page.click("form[action$=continue] button", timeout=30_000)
        page.wait_for_selector("#download", timeout=60_000)

        expect(page.locator("h1")).to_have_text(re.compile("1,600 texts handed to Octopush"))
    numbers = texted_numbers(slow_account)
    assert len(numbers) == len(set(numbers)) == 1600


def test_the_sending_continues_when_the_page_dies(
    browser: Browser, slow_account: Sandbox, long_list: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    with page_server(home, BULKSMS_BASE_URL=slow_account.base_url, **ACCOUNT) as server:
        page = browser.new_context(locale="en").new_page()
        page.goto(server.address)
        page.wait_for_selector("form.drop")
        send_long_list(page, long_list)
        page.wait_for_selector("button[value=pause]", timeout=30_000)
        name = page.url.split("/campaigns/")[1].split("?")[0]
        server.process.kill()
    with page_server(home, BULKSMS_BASE_URL=slow_account.base_url, **ACCOUNT) as server:
        page.goto(server.address)
        page.wait_for_selector("form.drop")
        page.goto(f"http://127.0.0.1:{server.port}/campaigns/{name}")
        page.wait_for_selector("#download", timeout=60_000)

        expect(page.locator("h1")).to_have_text(re.compile("1,600 texts handed to Octopush"))
    assert len(texted_numbers(slow_account)) == 1600
