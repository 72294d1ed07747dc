"""The page in Debian's Chromium; where there is no Chromium, its tests say how to get it."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.acceptance.page.page_driver import LIST
from tests.integration.web.page_server import PageServer, page_server

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None and "CI" not in os.environ:
        pytest.skip("no Chromium: install it (`apt install chromium`), or name it in CHROMIUM")
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
    context.set_default_timeout(30_000)
    page = context.new_page()
    page.goto(address)
    yield page
    context.close()


@pytest.fixture
def crm_export(tmp_path: Path) -> Path:
    path = tmp_path / "clients.csv"
    path.write_bytes(LIST.encode("cp1252"))
    return path
