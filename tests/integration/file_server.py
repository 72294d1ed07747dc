"""A web server on this machine that has one list, in good and in bad ways."""

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

__all__ = ["CERTIFICATES", "LIST", "server"]

CERTIFICATES = Path(__file__).parents[1] / "unit" / "octopush"
LIST = b"Mobile\n0639980001\n"
SUNDAY = "Sun, 30 Nov 2025 06:00:00 GMT"


class Files(BaseHTTPRequestHandler):
    """Serves one list, in good and in bad ways; it knows no HEAD, like a signed address."""

    content = LIST

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path == "/away.csv":
            self.send_response(302)
            self.send_header("Location", "http://x.example/dump.csv")
            self.end_headers()
            return
        codes = {"/secret.csv": 403, "/gone.csv": 404, "/broken.csv": 503}
        if path == "/private.csv" and self.headers["Authorization"] != "Bearer token":
            codes[path] = 401
        self.send_response(codes.get(path, 200))
        length = len(self.content) + (100 if path == "/cut.csv" else 0)
        if path != "/unsized.csv":
            self.send_header("Content-Length", str(length))
            self.send_header("Last-Modified", SUNDAY)
        self.end_headers()
        self.wfile.write(self.content)

    def log_message(self, *args: object) -> None:
        del args


@contextmanager
def server(certificate: str | None = None, content: bytes = LIST) -> Iterator[str]:
    """Serve a list, encrypted when there is a certificate; give the address of the server."""
    handler = type("_Files", (Files,), {"content": content})
    listening = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    address = f"http://127.0.0.1:{listening.server_address[1]}"
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATES / certificate)
        listening.socket = context.wrap_socket(listening.socket, server_side=True)
        address = f"https://localhost:{listening.server_address[1]}"
    thread = threading.Thread(target=listening.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield address
    finally:
        listening.shutdown()
        thread.join()
        listening.server_close()
