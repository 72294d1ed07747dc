"""Makes the pictures of the page for the tutorial: one per step, in both languages.

`python -m tools.page_pictures` needs Chromium; it sends a made-up list to the sandbox.
"""

import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from bulksms.sandbox import Sandbox, SandboxOptions

__all__ = ["main"]

PICTURES = Path(__file__).parents[1] / "docs" / "pictures" / "page"
WIDTH, HEIGHT = 1024, 720
LANGUAGES = ("en", "fr")
FIRST_NAMES = ("Amélie", "Karim", "Hugo", "Élodie", "Inès", "Paul", "Noé", "Sarah", "Lucas")
LAST_NAMES = ("Roussel", "Benali", "Delmas", "Lefèvre", "Marchand", "Moreau", "Girard", "Petit")
TEXT = "Lumen : bonjour {Prénom}, -20% samedi à {Ville} sur présentation de ce SMS. STOP au 30101"
ROWS = 1200
# Seconds that the sandbox takes for a request, so that the progress can be seen.
LATENCY = 8.0
ACCOUNT = {"BULKSMS_API_LOGIN": "pictures@example.com", "BULKSMS_API_KEY": "test-pictures"}


def main() -> None:
    """Walk through the page once in each language."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with tempfile.TemporaryDirectory(prefix="bulksms-pictures-") as folder:
        path = Path(folder) / "clients.csv"
        path.write_text("\n".join(_lines()), encoding="utf-8")
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            for language in LANGUAGES:
                with (
                    Sandbox(SandboxOptions(latency=LATENCY)) as account,
                    _server(Path(folder) / language, account.base_url) as address,
                ):
                    context = browser.new_context(
                        locale=language, viewport={"width": WIDTH, "height": HEIGHT}
                    )
                    page = context.new_page()
                    page.goto(address)
                    _walk(page, path, language)
                    context.close()


def _walk(page: Page, path: Path, language: str) -> None:
    page.wait_for_selector("form.drop")
    _take(page, "1-list", language)
    page.set_input_files("#list", path)
    page.click("form.drop button.primary")
    page.wait_for_selector(".cards")
    _take(page, "2-columns", language)
    page.click(".actions button.primary")
    page.wait_for_selector(".flow")
    _take(page, "3-people", language)
    page.click(".actions a.primary")
    page.fill("#text", TEXT)
    page.click("button[name=look]")
    page.wait_for_selector(".phone")
    _take(page, "4-text", language)
    page.click(".actions button.primary")
    page.fill("#sender", "LUMEN")
    page.locator("input[name=when][value=date]").check()
    page.locator("input[name=day]:not([disabled])").last.check()
    _take(page, "5-delivery", language)
    page.click(".actions button.primary")
    page.wait_for_selector(".sentence")
    _take(page, "6-check", language)
    people = page.locator("label[for=people]").inner_text()
    page.fill("#people", "".join(filter(str.isdigit, people)))
    page.click("form.final button")
    page.wait_for_selector("#live-figures strong")  # the time left
    _take(page, "7-progress", language)
    page.wait_for_selector("#download", timeout=120_000)
    _take(page, "8-results", language)


def _take(page: Page, name: str, language: str) -> None:
    page.screenshot(path=PICTURES / f"{name}-{language}.png")


def _lines() -> Iterator[str]:
    """Make a list with the usual faults; its numbers belong to no one (Arcep, fiction)."""
    chance = random.Random(1)  # noqa: S311 - names for pictures
    yield "Prénom;Nom;Mobile;Ville"
    for number in range(ROWS):
        digits = f"06 39 98 {number // 100:02} {number % 100:02}"
        mobile = {0: digits[:-1], 1: "voir sa fiche", 2: "01 99 00 12 34"}.get(number % 67, digits)
        mobile = "06 39 98 00 03" if number % 113 == 0 else mobile
        names = (chance.choice(FIRST_NAMES), chance.choice(LAST_NAMES))
        yield ";".join((*names, mobile, chance.choice(("Lyon", "Nantes", "Lille"))))


@contextmanager
def _server(home: Path, account: str) -> Iterator[str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "bulksms", "web", "--no-browser"],
        env={**os.environ, **ACCOUNT, "BULKSMS_HOME": str(home), "BULKSMS_BASE_URL": account},
        stdout=subprocess.PIPE,
        text=True,
    )
    if process.stdout is None:
        raise RuntimeError("the page has no output")
    try:
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    main()
