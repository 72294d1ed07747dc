"""Goes through the steps of the page as a person does."""

from pathlib import Path

from playwright.sync_api import Page, expect

__all__ = ["LIST", "go_to_the_check", "new_text", "send_to"]

# Each test has a text of its own: no one gets the same one twice, in a rehearsal neither.
TEXT = "Bonjour {Prénom}, -%s ce samedi à {Ville}. STOP au 30101"
_DISCOUNTS = iter(f"{number}%" for number in range(10, 90))
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


def new_text() -> str:
    """Return a text that no test had before."""
    return TEXT % next(_DISCOUNTS)


def go_to_the_check(page: Page, path: Path) -> None:
    """Go through the first five steps with the buttons of each."""
    page.set_input_files("#list", path)
    page.click("form.drop button.primary")
    page.click(".actions button.primary")
    expect(page.locator(".big")).to_have_text("3")
    page.click(".actions a.primary")
    page.fill("#text", new_text())
    page.click(".actions button.primary")
    page.fill("#sender", "LUMEN")
    page.locator("input[name=day]:not([disabled])").last.check()
    page.click(".actions button.primary")
    page.wait_for_selector(".sentence")


def send_to(page: Page, people: int) -> None:
    """Type the number of people, send, and wait for the results."""
    page.fill("#people", str(people))
    page.click("form.final button")
    page.wait_for_selector("#download", timeout=60_000)
