"""A private file that leads the browser to the page, so that no command line shows the token.

Other users of a machine see the arguments of a program that opens an address, and the token in it.
"""

import html
import os
import secrets
from collections.abc import Callable
from pathlib import Path

from bulksms.private_files import open_to_write

__all__ = ["LEADING_PAGE", "EntranceFile"]

# A page that leads on to an address by itself.
LEADING_PAGE = (
    '<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0;url={address}">'
    '<title>bulksms</title><a href="{address}">bulksms</a>\n'
)


class EntranceFile:
    """The file, which is there until the page was entered or has ended."""

    def __init__(self, home: Path) -> None:
        self._path = _folder(home) / f"bulksms-page-{secrets.token_hex(4)}.html"

    def open(self, address: str, launch: Callable[[str], object]) -> None:
        """Write the file and open it in the browser; where that fails, the address was printed."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with os.fdopen(open_to_write(self._path, os.O_EXCL), "w", encoding="utf-8") as file:
                file.write(LEADING_PAGE.format(address=html.escape(address)))
        except OSError:
            return
        launch(str(self._path))

    def remove(self) -> None:
        """Delete the file."""
        self._path.unlink(missing_ok=True)


def _folder(home: Path) -> Path:
    """Return the state folder; browsers in a sandbox of their own cannot read a hidden one."""
    is_hidden = any(part.startswith(".") for part in home.parts)
    return Path.home() if is_hidden else home
