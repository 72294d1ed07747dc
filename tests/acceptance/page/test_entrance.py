"""The browser is led to the page by a private file: no command line shows the token."""

import os
import sys
import time
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.integration.web.page_server import started_page

LAUNCHER = """#!/bin/sh
echo "$@" > "$LAUNCHED.new"
mv "$LAUNCHED.new" "$LAUNCHED"
"""


@pytest.mark.skipif(sys.platform != "linux", reason="xdg-open opens files on Linux")
def test_the_browser_enters_by_a_private_file(browser: Browser, tmp_path: Path) -> None:
    launcher, launched, home = tmp_path / "xdg-open", tmp_path / "launched", tmp_path / "home"
    launcher.write_text(LAUNCHER, encoding="utf-8")
    launcher.chmod(0o755)
    search = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    with started_page(home, [], {"PATH": search, "LAUNCHED": str(launched)}) as server:
        deadline = time.monotonic() + 20
        while not launched.exists():
            assert time.monotonic() < deadline
            time.sleep(0.05)
        entrance = Path(launched.read_text(encoding="utf-8").strip())
        assert server.address.rpartition("=")[2] not in str(entrance)
        assert entrance.parent == home
        assert entrance.stat().st_mode & 0o777 == 0o600

        page = browser.new_context(locale="en").new_page()
        page.goto(entrance.as_uri())
        page.wait_for_selector("form.drop")

        assert not entrance.exists()


@pytest.mark.skipif(sys.platform != "linux", reason="xdg-open opens files on Linux")
def test_the_file_goes_with_a_page_that_no_one_entered(tmp_path: Path) -> None:
    launcher = tmp_path / "xdg-open"
    launcher.write_text("#!/bin/sh\n", encoding="utf-8")
    launcher.chmod(0o755)
    search = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    with started_page(tmp_path / "home", [], {"PATH": search}) as server:
        response, _ = server.ask("GET", "/", {"Host": f"127.0.0.1:{server.port}"})
        assert response.status == 403
        assert list((tmp_path / "home").glob("bulksms-page-*.html"))

    assert not list((tmp_path / "home").glob("bulksms-page-*.html"))
