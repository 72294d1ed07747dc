"""An account is entered once: tried, stored for this user alone, and never shown again."""

import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from bulksms.sandbox import Sandbox, SandboxOptions
from tests.integration.web.page_server import PageServer, page_server

LOGIN, KEY = "zoe@example.com", "test-4f1c9a77"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[PageServer]:
    options = SandboxOptions(login=LOGIN, key=KEY)
    with (
        Sandbox(options) as sandbox,
        page_server(tmp_path / "home", BULKSMS_BASE_URL=sandbox.base_url) as running,
    ):
        yield running


def enter(server: PageServer, cookie: str, login: str, key: str) -> tuple[int, bytes]:
    headers = {
        "Host": f"127.0.0.1:{server.port}",
        "Cookie": cookie,
        "Sec-Fetch-Site": "same-origin",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    body = urlencode({"login": login, "key": key}).encode()
    response, content = server.ask("POST", "/account", headers, body)
    return response.status, content


def show(server: PageServer, cookie: str, path: str) -> bytes:
    own = {"Host": f"127.0.0.1:{server.port}", "Cookie": cookie}
    return server.ask("GET", path, own)[1]


def test_an_account_that_works_is_stored_and_used(server: PageServer) -> None:
    cookie = server.cookie()

    status, _ = enter(server, cookie, LOGIN, KEY)

    assert status == 303
    file = server.home / "credentials.toml"
    assert KEY in file.read_text(encoding="utf-8")
    if sys.platform != "win32":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    for path in ("/", "/account"):
        content = show(server, cookie, path)
        assert KEY.encode() not in content
        assert b"Enter an account" not in content


@pytest.mark.parametrize(("login", "key"), [(LOGIN, "test-wrong"), ("", KEY), (LOGIN, "")])
def test_an_account_that_does_not_work_is_not_stored(
    server: PageServer, login: str, key: str
) -> None:
    cookie = server.cookie()

    status, content = enter(server, cookie, login, key)

    assert status == 422
    assert not key or key.encode() not in content
    assert f'name="login" type="email" value="{login}"'.encode() in content
    assert not (server.home / "credentials.toml").exists()
    assert b"Enter an account" in show(server, cookie, "/")


def test_an_account_of_the_environment_is_not_asked_for_again(tmp_path: Path) -> None:
    account = {"BULKSMS_API_LOGIN": LOGIN, "BULKSMS_API_KEY": KEY}
    with page_server(tmp_path / "home", **account) as running:
        content = show(running, running.cookie(), "/account")

    assert b"set in the environment" in content
    assert b"<form" not in content
    assert KEY.encode() not in content
