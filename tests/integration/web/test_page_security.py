"""W1f: only the page itself, on this machine, reaches the page."""

import contextlib
import socket
from pathlib import Path

import pytest

from tests.integration.web.page_server import PageServer, page_server

PAGES = ("/", "/drafts/0123456789abcdef/check", "/campaigns/one", "/static/style.css")
ORDERS = ("/lists", "/drafts/0123456789abcdef/send", "/campaigns/one/orders")
SECRET = b"Who are you writing to"


@pytest.fixture(scope="module")
def cookie(server: PageServer) -> str:
    return server.cookie()


def foreign_hosts(port: int) -> list[str]:
    return [
        *("example.com", f"example.com:{port}", "127.0.0.1", "localhost", "127.0.0.1:1"),
        *(f"127.0.0.1.example.com:{port}", f"localhost.:{port}", f"0.0.0.0:{port}", ""),
        *(f"127.0.0.1:{port}@example.com", f"user@127.0.0.1:{port}", f"[::ffff:127.0.0.1]:{port}"),
    ]


def test_a_foreign_host_is_refused_before_all_else(server: PageServer, cookie: str) -> None:
    own = {"Cookie": cookie, "Sec-Fetch-Site": "same-origin"}
    for host in foreign_hosts(server.port):
        for path in PAGES[:2]:
            response, body = server.ask("GET", path, {"Host": host, **own})
            assert response.status in {400, 421}, host
            assert SECRET not in body


@pytest.mark.parametrize("path", PAGES)
def test_without_the_cookie_nothing_is_shown(server: PageServer, cookie: str, path: str) -> None:
    name, _, value = cookie.partition("=")
    host = {"Host": f"127.0.0.1:{server.port}"}
    wrong = ("", f"{name}=", f"{name}={value[:-1]}", f"bulksms={value}", f"{name}={value}x", ";;=")
    for attempt in (*wrong, f"{name}=\u00e9"):
        response, body = server.ask("GET", path, {**host, "Cookie": attempt})
        assert response.status == 403, attempt
        assert SECRET not in body


def test_a_window_of_an_earlier_page_says_so_in_its_language(server: PageServer) -> None:
    own = {"Host": f"127.0.0.1:{server.port}", "Accept-Language": "fr-FR,fr;q=0.9"}

    _, body = server.ask("GET", "/", own)

    assert "lancez de nouveau `bulksms web`" in body.decode()


@pytest.mark.parametrize("path", ORDERS)
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "http://example.com"},
        {"Origin": "null"},
        {"Origin": "https://127.0.0.1"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "http://127.0.0.1:1"},
    ],
    ids=str,
)
def test_a_foreign_page_cannot_give_orders(
    server: PageServer, cookie: str, path: str, headers: dict[str, str]
) -> None:
    own = {"Host": f"127.0.0.1:{server.port}", "Cookie": cookie}

    response, _ = server.ask("POST", path, {**own, **headers}, b"order=pause")

    assert response.status == 403


@pytest.mark.parametrize("length", ["104923137", "99999999999999999999", "-1", "1e3"])
def test_a_body_that_is_too_large_is_not_read(server: PageServer, cookie: str, length: str) -> None:
    own = {"Host": f"127.0.0.1:{server.port}", "Cookie": cookie, "Sec-Fetch-Site": "same-origin"}

    response, _ = server.ask("POST", "/lists", {**own, "Content-Length": length})

    assert response.status in {400, 413}


def test_a_small_form_takes_no_large_body(server: PageServer, cookie: str) -> None:
    own = {"Host": f"127.0.0.1:{server.port}", "Cookie": cookie, "Sec-Fetch-Site": "same-origin"}

    response, _ = server.ask(
        "POST", "/drafts/0123456789abcdef/text", {**own, "Content-Length": "400000"}
    )

    assert response.status == 413


def test_a_body_without_a_length_is_bounded_too(server: PageServer, cookie: str) -> None:
    """A chunked body says its size only as it comes."""
    piece = b"login=" + b"x" * (1 << 16)
    head = (
        f"POST /account HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nCookie: {cookie}\r\n"
        "Sec-Fetch-Site: same-origin\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        "Transfer-Encoding: chunked\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        connection.sendall(head.encode())
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            for _ in range(5):
                connection.sendall(b"%x\r\n%b\r\n" % (len(piece), piece))
        answer = connection.recv(1000)

    assert answer.split()[1] == b"413"


def test_the_own_page_is_shown_with_headers_that_keep_others_out(
    server: PageServer, cookie: str
) -> None:
    own = {"Host": f"localhost:{server.port}", "Cookie": cookie}

    response, body = server.ask("GET", "/", own)

    assert response.status == 200
    assert SECRET in body
    policy = response.getheader("Content-Security-Policy") or ""
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert response.getheader("Cache-Control") == "no-store"
    assert response.getheader("X-Content-Type-Options") == "nosniff"


def test_the_token_is_good_once(tmp_path: Path) -> None:
    with page_server(tmp_path / "home") as server:
        assert server.cookie() != ""
        assert server.cookie() == ""


def test_a_method_that_no_page_uses_is_refused(server: PageServer, cookie: str) -> None:
    own = {"Host": f"127.0.0.1:{server.port}", "Cookie": cookie, "Sec-Fetch-Site": "same-origin"}
    for method in ("PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PATCH"):
        response, _ = server.ask(method, "/", own)
        assert response.status == 405, method


def test_the_address_of_a_draft_cannot_leave_its_folder(server: PageServer, cookie: str) -> None:
    own = {"Host": f"127.0.0.1:{server.port}", "Cookie": cookie}
    for name in ("..", "%2e%2e", "..%2f..%2fetc", "0123456789ABCDEF", "x" * 16):
        response, _ = server.ask("GET", f"/drafts/{name}/campaign.toml", own)
        assert response.status == 404, name
