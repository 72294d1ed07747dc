"""A network between a program and a server that can fail: silent, or cut at a chosen packet."""

import socket
import threading
from contextlib import suppress
from typing import Self

__all__ = ["TcpProxy"]

SIZE = 1 << 16


class TcpProxy:
    """Passes connections on to a port of this machine until it is set to fail.

    `cut_at` counts the packets that clients sent: at that one the connection is cut, before the
    server has it or, with `after_server_has_it`, before the client gets the answer. `trips` counts
    how often a client sent something after it had been answered. With
    `change_key` a client of PostgreSQL is given another key to cancel with, as poolers do.
    """

    def __init__(self, port: int, *, change_key: bool = False) -> None:
        self._change_key = change_key
        self._server_port = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._open: list[socket.socket] = []
        self._guard = threading.Lock()
        self.packets = self.trips = 0
        self._is_answered = True
        self.cut_at: int | None = None
        self.after_server_has_it = False
        self.cuts = 0
        self._passes = threading.Event()
        self._passes.set()

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self._listener.close()
        self._passes.set()
        for each in list(self._open):
            _close(each)

    def swallow(self) -> None:
        """Pass nothing on from now on, and keep every connection open."""
        self._passes.clear()

    def pass_again(self) -> None:
        self._passes.set()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(("127.0.0.1", self._server_port))
            except OSError:
                _close(client)
                continue
            for each in (client, server):
                each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._open += [client, server]
            for pair in ((client, server, True), (server, client, False)):
                threading.Thread(target=self._pass_on, args=pair, daemon=True).start()

    def _pass_on(self, source: socket.socket, target: socket.socket, from_client: bool) -> None:
        with suppress(OSError):
            while content := source.recv(SIZE):
                self._passes.wait()
                self._count_trip(is_answer=not from_client)
                if self._change_key and not from_client:
                    content = _with_another_key(content)
                cut = from_client and self._is_cut()
                if not cut or self.after_server_has_it:
                    if cut:  # the answer will find no one
                        source.shutdown(socket.SHUT_RDWR)
                    target.sendall(content)
                if cut:
                    break
        for each in (source, target):
            _close(each)

    def _count_trip(self, *, is_answer: bool) -> None:
        with self._guard:
            self.trips += self._is_answered and not is_answer
            self._is_answered = is_answer

    def _is_cut(self) -> bool:
        with self._guard:
            self.packets += 1
            if self.packets != self.cut_at:
                return False
            self.cuts += 1
            return True


def _with_another_key(content: bytes) -> bytes:
    """Change the process number in the message K of a server that answers a login."""
    before, separator, after = content.partition(b"K\x00\x00\x00\x0c")
    return before + separator + bytes([after[0] ^ 0x40]) + after[1:] if separator else content


def _close(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    with suppress(OSError):
        connection.close()
