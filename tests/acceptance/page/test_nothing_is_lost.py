"""W1e: reload, Back, a second window and a server that dies lose nothing and send nothing twice."""

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.acceptance.page.page_driver import go_to_the_check, send_to
from tests.integration.web.page_server import PageServer

STEPS = ("columns", "people", "text", "delivery", "check")


def state_of(page: Page) -> tuple[str, list[str]]:
    """What a person sees as filled in: the title, and the values of all fields."""
    fields = page.locator("input:not([type=hidden]):not([type=file]), select, textarea")
    values = fields.evaluate_all(
        "all => all.map(e => e.name + '=' + (/radio|checkbox/.test(e.type) ? e.checked : e.value))"
    )
    return page.locator("h1").inner_text(), values


def test_nothing_that_was_filled_in_is_lost(page: Page, crm_export: Path) -> None:
    go_to_the_check(page, crm_export)
    draft = page.url.rsplit("/", 1)[0]
    for step in STEPS:
        page.goto(f"{draft}/{step}")
        before = state_of(page)
        page.reload()
        assert state_of(page) == before, f"reload of {step}"
        page.goto(draft.split("/drafts")[0])
        page.go_back()
        assert state_of(page) == before, f"back to {step}"
        second = page.context.new_page()
        second.goto(f"{draft}/{step}")
        assert state_of(second) == before, f"second window of {step}"
        second.close()


def test_two_windows_send_one_campaign(page: Page, crm_export: Path) -> None:
    go_to_the_check(page, crm_export)
    second = page.context.new_page()
    second.goto(page.url)
    second.fill("#people", "3")
    send_to(page, 3)

    second.click("form.final button")

    assert second.url.split("?")[0] == page.url.split("?")[0]
    expect(second.locator("tfoot .num").first).to_have_text("7")


def test_back_and_reload_after_sending_show_the_same_campaign(page: Page, crm_export: Path) -> None:
    go_to_the_check(page, crm_export)
    send_to(page, 3)
    campaign = page.url.split("?")[0]

    page.reload()
    assert page.url.split("?")[0] == campaign
    page.go_back()
    page.reload()

    assert page.url.split("?")[0] == campaign


def test_a_changed_list_is_not_sent_by_an_old_window(
    page: Page, server: PageServer, crm_export: Path
) -> None:
    go_to_the_check(page, crm_export)
    draft = page.url.split("/drafts/")[1].split("/")[0]
    kept = server.home / "drafts" / draft / "lists" / "clients.csv"
    with kept.open("a", encoding="cp1252") as file:
        file.write("Lou;Blanc;06 39 98 01 77;Lyon\n")

    page.fill("#people", "3")
    page.click("form.final button")

    expect(page.locator("#errors")).to_be_visible()
    expect(page.locator("label[for=people]")).to_contain_text("4")
