"""W1f: of sixty requests and more that are not the page's own, none passes and nothing leaks."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import pytest

from bulksms.sandbox import Sandbox, SandboxOptions
from tests.integration.web.page_server import PageServer, page_server
from tests.integration.web.page_window import PageWindow

LOGIN, KEY = "zoe@example.com", "test-9d2c61e7"
REFUSED = {400, 403, 405, 413, 421}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True, slots=True)
class Attack:
    """A request with one thing wrong; all else is as the page itself would send it."""

    name: str
    method: str
    path: str
    headers: Mapping[str, str | None] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Target:
    """A page with a campaign that only waits for its order, and the account it would use."""

    server: PageServer
    sandbox: Sandbox
    cookie: str
    draft: str
    order: bytes

    def window(self) -> PageWindow:
        return PageWindow(self.server, self.cookie)


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    home = tmp_path_factory.mktemp("attacked") / "home"
    account = {"BULKSMS_API_LOGIN": LOGIN, "BULKSMS_API_KEY": KEY}
    with (
        Sandbox(SandboxOptions(login=LOGIN, key=KEY)) as sandbox,
        page_server(home, BULKSMS_BASE_URL=sandbox.base_url, **account) as server,
    ):
        window = PageWindow(server, server.cookie())
        draft = window.draft_at_the_check("-40%", name="secret-clients.csv")
        state = window.show(f"{draft}/check").hidden(f"{draft}/send")["state"]
        order = f"state={state}&people=3".encode()
        yield Target(server, sandbox, window.cookie, draft, order)


def attacks(target: Target) -> Iterator[Attack]:
    """Yield requests with a wrong host, cookie, origin, method or body."""
    port, check, send = target.server.port, f"{target.draft}/check", f"{target.draft}/send"
    hosts = (
        *("example.com", f"example.com:{port}", "127.0.0.1", "localhost", f"127.0.0.1:{port + 1}"),
        *(f"127.0.0.1.example.com:{port}", f"0.0.0.0:{port}", f"localhost.:{port}", ""),
        *(f"127.0.0.1:{port}@example.com", f"[::ffff:127.0.0.1]:{port}", f" 127.1:{port}"),
    )
    for host in hosts:
        yield Attack(f"host {host}", "GET", check, {"Host": host})
        yield Attack(f"host {host}", "POST", send, {"Host": host, **FORM}, target.order)
    name, _, value = target.cookie.partition("=")
    for cookie in (None, "", f"{name}=", f"{name}={value[:-1]}", f"bulksms={value}", f"{name}=é"):
        yield Attack(f"cookie {cookie}", "GET", check, {"Cookie": cookie})
        yield Attack(f"cookie {cookie}", "POST", send, {"Cookie": cookie, **FORM}, target.order)
        yield Attack(f"cookie {cookie}", "GET", f"{target.draft}/left-out.xlsx", {"Cookie": cookie})
    origins: tuple[dict[str, str | None], ...] = (
        {"Sec-Fetch-Site": None},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": None, "Origin": "http://example.com"},
        {"Sec-Fetch-Site": None, "Origin": "null"},
        {"Sec-Fetch-Site": None, "Origin": f"https://127.0.0.1:{port}"},
        {"Origin": f"http://127.0.0.1:{port + 1}"},
    )
    account = f"login={LOGIN}&key=k-of-somebody-else".encode()
    for origin in origins:
        yield Attack(f"origin {origin}", "POST", send, {**origin, **FORM}, target.order)
        yield Attack(f"origin {origin}", "POST", "/account", {**origin, **FORM}, account)
        yield Attack(f"origin {origin}", "POST", f"{target.draft}/delete", {**origin, **FORM})
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"):
        yield Attack(method, method, send, FORM, target.order)
    for length in ("-1", "1e3", "400000", "99999999999999999999"):
        yield Attack(f"length {length}", "POST", send, {"Content-Length": length})
    yield Attack("token of no one", "GET", "/enter?token=guess", {"Cookie": None})


def test_no_foreign_request_passes_and_nothing_leaks(target: Target) -> None:
    window, before = target.window(), target.window().get(f"{target.draft}/campaign.toml").text
    own = {
        "Host": f"127.0.0.1:{target.server.port}",
        "Cookie": target.cookie,
        "Sec-Fetch-Site": "same-origin",
    }
    secrets = (b"secret-clients", b"39 98 05", b"-40%", KEY.encode(), target.cookie[-20:].encode())
    attempts = list(attacks(target))
    for attack in attempts:
        headers = {**own, **attack.headers}
        sent = {name: value for name, value in headers.items() if value is not None}
        response, body = target.server.ask(attack.method, attack.path, sent, attack.body)
        assert response.status in REFUSED, attack
        assert not any(secret in body for secret in secrets), attack
        assert "Set-Cookie" not in response.headers, attack

    assert len(attempts) >= 60
    assert target.sandbox.accepted == ()
    assert window.get(f"{target.draft}/campaign.toml").text == before
    assert not window.get(f"{target.draft}/check").location  # not begun


def test_the_same_order_from_the_page_itself_is_posted(target: Target) -> None:
    window = target.window()
    fields = window.show(f"{target.draft}/check").hidden(f"{target.draft}/send")

    window.post(f"{target.draft}/send", {**fields, "people": "3"})

    deadline = time.monotonic() + 60
    while not target.sandbox.accepted:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert len(target.sandbox.accepted[0].recipients) == 3
