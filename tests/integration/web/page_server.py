"""The page as a real process, and a browser to look at it."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from urllib.parse import urlsplit

__all__ = ["PageServer", "page_server", "started_page"]


@dataclass(frozen=True, slots=True)
class PageServer:
    """A running page: its address with the token, its port, and its process."""

    address: str
    home: Path
    process: subprocess.Popen[str]

    @property
    def port(self) -> int:
        return urlsplit(self.address).port or 0

    def ask(
        self, method: str, path: str, headers: dict[str, str], body: bytes = b""
    ) -> tuple[HTTPResponse, bytes]:
        """Send one request with exactly these headers, and the length of the body."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                connection.putheader(name, value)
            connection.endheaders(body)
            response = connection.getresponse()
            return response, response.read()
        finally:
            connection.close()

    def cookie(self) -> str:
        """Enter with the token, and return the cookie that the page gives for it."""
        path = self.address.split(str(self.port), 1)[1]
        response, _ = self.ask("GET", path, {"Host": f"127.0.0.1:{self.port}"})
        return (response.getheader("Set-Cookie") or "").split(";")[0]


@contextmanager
def page_server(home: Path, **environment: str) -> Iterator[PageServer]:
    """Start `bulksms web` without a browser, and wait for its address."""
    with started_page(home, ["--no-browser"], environment) as server:
        yield server


@contextmanager
def started_page(
    home: Path, options: Sequence[str], environment: Mapping[str, str]
) -> Iterator[PageServer]:
    """Start `bulksms web` and wait for its address."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bulksms", "web", *options],
        env={**os.environ, "BULKSMS_HOME": str(home), **environment},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        yield PageServer(process.stdout.readline().strip(), home, process)
    finally:
        process.terminate()
        process.wait(10)
        if process.stdout is not None:
            process.stdout.close()
