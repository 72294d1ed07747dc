"""Gives files that are made for one download, and deletes them when they have been sent."""

import tempfile
from pathlib import Path

from starlette.background import BackgroundTask
from starlette.responses import FileResponse

__all__ = ["Download"]


class Download:
    """A folder of its own for the files of one download; `discard` it, or `send` one of them."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(
            prefix="bulksms-page-", ignore_cleanup_errors=True
        )
        self.folder = Path(self._folder.name)

    def discard(self) -> None:
        """Delete the folder."""
        self._folder.cleanup()

    def send(self, name: str, shown_name: str) -> FileResponse:
        """Answer with a file of the folder, under a name for the person who gets it."""
        task = BackgroundTask(self.discard)
        return FileResponse(self.folder / name, filename=shown_name, background=task)
