"""A terminal for a program: a pseudo-terminal of 100 columns, and all that was drawn on it."""

import os
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.acceptance.driver import Desk

ROWS, COLUMNS = 24, 100
# Makes the terminal the program's own, so that its keys send signals.
CONTROLLED = """
import fcntl, os, signal, sys, termios
signal.signal(signal.SIGINT, signal.SIG_DFL)  # which a program in the background ignores
os.setsid()
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.argv[1], sys.argv[1:])
"""


class Terminal:
    """A program on a terminal; `text` is what it has drawn so far."""

    def __init__(self, process: "subprocess.Popen[bytes]", screen: int) -> None:
        self.process, self._screen, self.text = process, screen, ""
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def wait(self, timeout: float = 60) -> int:
        code = self.process.wait(timeout)
        self._reader.join(10)
        return code

    def press(self, keys: bytes) -> None:
        os.write(self._screen, keys)

    def _read(self) -> None:
        content = b""
        while True:
            try:
                part = os.read(self._screen, 65536)
            except OSError:  # the program has closed its side
                return
            if not part:
                return
            content += part
            self.text = content.decode("utf-8", "replace")


@contextmanager
def on_terminal(desk: Desk, *args: str | Path, **environment: str) -> Iterator[Terminal]:
    """Start the program with a terminal as its input, output and error output."""
    import fcntl  # Windows has no pseudo-terminals of this kind
    import pty
    import termios

    screen, side = pty.openpty()
    fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    process = subprocess.Popen(
        [sys.executable, "-c", CONTROLLED, *desk.program, *map(str, args)],
        cwd=desk.folder,
        env=desk.environment() | {"TERM": "xterm"} | environment,
        stdin=side,
        stdout=side,
        stderr=side,
    )
    os.close(side)
    terminal = Terminal(process, screen)
    try:
        yield terminal
    finally:
        process.kill()
        terminal.wait()
        os.close(screen)
