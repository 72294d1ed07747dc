"""W1h: while a large list is read, the page says so, stays small, and answers others at once."""

import time
from pathlib import Path

import psutil
import requests

from tests.integration.web.page_server import page_server

BYTES = 25_000_000
PEAK = 300_000_000


def large_list(path: Path) -> Path:
    line = "Zoé;Martin{0};06 39 98 {1:02} {2:02};Saint-Étienne;customer for a long time, shop {0}\n"
    lines = [line.format(n, n // 100 % 100, n % 100) for n in range(BYTES // 85)]
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
