"""A window of the page without a browser: it follows links, and sends forms as they were shown."""

import html
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPResponse
from pathlib import Path
from urllib.parse import urlencode

from bulksms.sandbox import Sandbox, SandboxOptions
from tests.integration.web.page_server import PageServer, page_server

__all__ = ["Answer", "PageWindow", "list_of", "window_of_account"]

CHANGING = ('http-equiv="refresh"', "data-live")
LIST = "Prénom;Mobile\nZoé;06 39 98 05 01\nHugo;06 39 98 05 02\nInès;06 39 98 05 03\n"
HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')
TEXT = "Bonjour {Prénom}, %s ce samedi. STOP au 30101"


@dataclass(frozen=True, slots=True)
class Answer:
    response: HTTPResponse
    text: str

    @property
    def status(self) -> int:
        return self.response.status

    @property
    def location(self) -> str:
        return self.response.getheader("Location") or ""

    def hidden(self, action: str) -> dict[str, str]:
        """The hidden fields of the form with an action."""
        form = self.text.partition(f'action="{action}"')[2].partition("</form>")[0]
        return {name: html.unescape(value) for name, value in HIDDEN.findall(form)}


@dataclass(frozen=True, slots=True)
class PageWindow:
    server: PageServer
    cookie: str
    language: str = "en"

    def get(self, path: str) -> Answer:
        return self._ask("GET", path, {}, b"")

    def post(self, path: str, fields: dict[str, str]) -> Answer:
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._ask("POST", path, kind, urlencode(fields).encode())

    def upload(self, path: str, field: str, name: str, content: str) -> Answer:
        head = f'--x\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n\r\n'
        kind = {"Content-Type": "multipart/form-data; boundary=x"}
        return self._ask("POST", path, kind, f"{head}{content}\r\n--x--\r\n".encode())

    def draft_at_the_check(self, offer: str, name: str = "clients.csv", rows: str = LIST) -> str:
        """Bring a list to step 6 and give the address of its draft."""
        draft = self.upload("/lists", "list", name, rows).location.removesuffix("/columns")
        self.post(f"{draft}/text", {"text": TEXT % offer})
        delivery = {"purpose": "alert", "when": "now", "sender": "LUMEN"}
        assert self.post(f"{draft}/delivery", delivery).location == f"{draft}/check"
        return draft

    def send(self, draft: str, people: int) -> str:
        """Send a draft to so many people and give the address that shows its progress."""
        form = self.show(f"{draft}/check").hidden(f"{draft}/send")
        return self.post(f"{draft}/send", {**form, "people": str(people)}).location

    def end_of(self, campaign: str) -> str:
        """Look at a campaign until nothing of it is left to send, and give its results."""
        return self.look_until(campaign, lambda text: 'id="rest-title"' not in text).text

    def show(self, path: str) -> Answer:
        """Look at a step until its list has been read."""
        return self.look_until(path)

    def look_until(self, path: str, is_so: Callable[[str], bool] = lambda _: True) -> Answer:
        """Look at an address until it no longer changes by itself and is so, for a minute."""
        deadline = time.monotonic() + 60
        while any(sign in (answer := self.get(path)).text for sign in CHANGING) or not is_so(
            answer.text
        ):
            assert time.monotonic() < deadline, answer.text
            time.sleep(0.05)
        return answer

    def _ask(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        own = {
            "Host": f"127.0.0.1:{self.server.port}",
            "Cookie": self.cookie,
            "Sec-Fetch-Site": "same-origin",
            "Accept-Language": self.language,
        }
        response, content = self.server.ask(method, path, {**own, **headers}, body)
        return Answer(response, content.decode(errors="replace"))


def list_of(people: int) -> str:
    """Write a list of so many people, all called Zoé."""
    numbers = (f"06 39 98 {person // 100:02} {person % 100:02}" for person in range(people))
    return "\n".join(["Prénom;Mobile", *(f"Zoé;{number}" for number in numbers)])


@contextmanager
def window_of_account(
    home: Path, options: SandboxOptions, language: str = "en", **environment: str
) -> Iterator[tuple[PageWindow, Sandbox]]:
    """Open a window of the page of somebody whose account is a sandbox with these options."""
    login = {"BULKSMS_API_LOGIN": "zoe@example.com", "BULKSMS_API_KEY": "test-account"}
    with Sandbox(options) as account:
        environment |= {**login, "BULKSMS_BASE_URL": account.base_url}
        with page_server(home, **environment) as server:
            yield PageWindow(server, server.cookie(), language), account
