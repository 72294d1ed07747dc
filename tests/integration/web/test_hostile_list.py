"""What a list, its name and its sheets say is shown as text on every step."""

from pathlib import Path

from tests.integration.web.page_server import page_server
from tests.integration.web.page_window import PageWindow

ATTACK = "<img src=x onerror=alert(1)>"
ROWS = f"""Prénom{ATTACK};Mobile
{ATTACK};06 39 98 07 01
"&amp;'{ATTACK}";06 39 98 07 02
Hugo;{ATTACK}
Ida;06 39 98 07 0{ATTACK}
Zo&eacute;;06 39 98 07 03
"""


def test_a_list_full_of_markup_is_shown_as_text(tmp_path: Path) -> None:
    with page_server(tmp_path / "home") as server:
        window = PageWindow(server, server.cookie())
        draft = window.draft_at_the_check("-50%", f"{ATTACK}.csv", ROWS)
        window.post(f"{draft}/text", {"text": f"{ATTACK} STOP au 30101"})
        pages = [window.show(f"{draft}/{step}") for step in ("columns", "people", "text")]
        pages += [window.show(f"{draft}/delivery"), window.show(f"{draft}/check")]
        pages += [window.post(f"{draft}/delivery", {"sender": ATTACK, "at": ATTACK, "day": ATTACK})]
        pages += [window.get(f"{draft}/check?tested={ATTACK}".replace(" ", "%20")), window.get("/")]
        for code in ("leftover_codes", "text_html"):
            window.post(f"{draft}/accept", {"code": code, "back": "check"})
        shown = window.show(f"{draft}/check")
        sent = window.post(
            f"{draft}/send", {**shown.hidden(f"{draft}/send"), "people": "2"}
        ).location
        assert sent.startswith("/campaigns/")
        pages += [shown, window.get(sent)]

        for page in pages:
            assert page.status in (200, 422)
            assert "<img" not in page.text
        assert "&lt;img" in pages[1].text
        for file in ("people.xlsx", "requests.csv", "report.html"):
            answer = window.server.ask(
                "GET",
                f"{sent.split('?')[0]}/files/{file}",
                {"Host": f"127.0.0.1:{server.port}", "Cookie": window.cookie},
            )[0]
            assert answer.status == 200
            disposition = answer.getheader("Content-Disposition") or ""
            assert disposition.startswith("attachment;")
            assert "<" not in disposition
