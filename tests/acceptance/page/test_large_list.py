"""W1h: while a large list is read, the page says so, stays small, and answers others at once."""

import re
import time
from pathlib import Path

import psutil
import requests
from playwright.sync_api import FilePayload, Page, Route, expect

from tests.integration.web.page_server import page_server

BYTES = 25_000_000
PEAK = 300_000_000


def large_list(path: Path, size: int = BYTES) -> Path:
    line = "Zoé;Martin{0};06 39 98 {1:02} {2:02};Saint-Étienne;customer for a long time, shop {0}\n"
    lines = [line.format(n, n // 100 % 100, n % 100) for n in range(size // 85)]
    path.write_text("Prénom;Nom;Mobile;Ville;Remarque\n" + "".join(lines), encoding="utf-8")
    return path


def test_a_large_list_does_not_block_the_page(tmp_path: Path) -> None:
    path = large_list(tmp_path / "large.csv")
    with page_server(tmp_path / "home") as server, requests.Session() as session:
        name, _, value = server.cookie().partition("=")
        session.cookies.set(name, value)
        session.headers["Sec-Fetch-Site"] = "same-origin"
        process = psutil.Process(server.process.pid)
        address = f"http://127.0.0.1:{server.port}"
        with path.open("rb") as file:
            answer = session.post(f"{address}/lists", files={"list": ("large.csv", file)})
        reading, peak, waits = 0, 0, []
        while 'http-equiv="refresh"' in answer.text:
            reading += 1
            started = time.perf_counter()
            session.get(f"{address}/")
            waits.append(time.perf_counter() - started)
            peak = max(peak, process.memory_info().rss)
            answer = session.get(answer.url)

    assert reading > 0
    assert "Remarque" in answer.text
    assert peak < PEAK
    assert sorted(waits)[len(waits) // 2] < 0.5


def test_the_upload_of_a_large_list_shows_how_far_it_is(page: Page, tmp_path: Path) -> None:
    network = page.context.new_cdp_session(page)
    speed = {"offline": False, "latency": 0, "downloadThroughput": -1}
    network.send("Network.emulateNetworkConditions", {**speed, "uploadThroughput": 8_000_000})
    page.set_input_files("#list", large_list(tmp_path / "large.csv"))

    page.click("form.drop button.primary", no_wait_after=True)

    expect(page.locator("#uploading progress")).to_be_visible()
    expect(page.locator("#uploading p")).to_have_text(re.compile(r"^\d+ of 2\d MB are kept$"))
    page.wait_for_selector(".cards", timeout=60_000)


def test_a_list_that_is_read_again_after_a_form_is_shown_when_it_is_read(
    page: Page, tmp_path: Path
) -> None:
    page.set_input_files("#list", large_list(tmp_path / "large.csv", BYTES // 4))
    page.click("form.drop button.primary")
    page.click(".actions button.primary", timeout=60_000)
    page.wait_for_selector(".flow", timeout=60_000)

    # The address that follows ends in the place of the form, and the list takes a second to read.
    stops: FilePayload = {
        "name": "stop.csv",
        "mimeType": "text/csv",
        "buffer": b"Mobile\n06 39 98 00 02\n",
    }
    page.set_input_files("#optouts", stops)
    page.click("#opted-out button")

    expect(page.locator("#opted-out + form .filelist")).to_contain_text("stop.csv", timeout=30_000)


def test_a_large_list_that_is_refused_can_be_chosen_again(page: Page, tmp_path: Path) -> None:
    refused = page.content().replace("<h1>", '<div id="errors" tabindex="-1">Refused</div><h1>')
    page.set_input_files("#list", large_list(tmp_path / "large.csv", 3_000_000))
    answers = iter([("text/plain", "Start `bulksms web` again."), ("text/html", refused)])

    def refuse(route: Route) -> None:
        kind, body = next(answers)
        route.fulfill(status=422, content_type=kind, body=body)

    page.route("**/lists", refuse)
    page.click("form.drop button.primary")
    expect(page.locator("#uploading p")).to_have_text("Start `bulksms web` again.")
    page.click("form.drop button.primary")
    expect(page.locator("#errors")).to_be_focused()
    page.unroute("**/lists")

    with (tmp_path / "too-large.csv").open("wb") as file:
        file.truncate(101 << 20)
    page.set_input_files("#list", tmp_path / "too-large.csv")
    expect(page.locator("#list:invalid")).to_have_count(1)
    page.set_input_files("#list", tmp_path / "large.csv")
    page.click("form.drop button.primary")
    page.wait_for_selector(".cards", timeout=60_000)
