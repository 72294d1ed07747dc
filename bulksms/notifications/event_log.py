"""A log file of one line per event, with rotation, for several processes at once."""

import logging
import os
import re
import sys
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path

import orjson
from filelock import BaseFileLock, FileLock, Timeout

from bulksms.contacts.phones.display import masked
from bulksms.private_files import open_to_write

__all__ = ["EventLog", "mask"]

FILE_LIMIT = 5_000_000  # bytes, then the next file is begun
OLD_FILES = 5
LOCK_SECONDS = 5.0
PRIVATE = 0o600

# Eight to fifteen digits as people space them; a date has its own pattern.
_NUMBER = re.compile(r"(?<![\w.])(?:\+|00)?\(?\d(?:[ .()/\u00a0\u202f-]{0,2}\d){7,14}(?!\w)")
_DATE = re.compile(r"\d{4}-\d\d-\d\d(?:[ T]\d\d)?")


def mask(text: str, secrets: Collection[str] = ()) -> str:
    """Shorten every phone number to country and last two digits, and blank out secrets."""
    for secret in secrets:
        if secret:
            text = text.replace(secret, "***")
    return _NUMBER.sub(_masked, text)


def _masked(match: "re.Match[str]") -> str:
    if _DATE.fullmatch(match[0]):
        return match[0]
    digits = re.sub(r"\D", "", match[0])
    return masked(f"+{digits}") if match[0].startswith("+") else f"…{digits[-2:]}"


class EventLog:
    """Writes events to a file, until one cannot be written.

    Several processes may write to the same file: each line is written under a lock, and the
    file is closed in between, so that any of them can begin the next one.
    """

    def __init__(
        self,
        path: Path,
        secrets: Collection[str] = (),
        *,
        file_limit: int = FILE_LIMIT,
        old_files: int = OLD_FILES,
        lock_seconds: float = LOCK_SECONDS,
    ) -> None:
        self._problem: str | None = None
        self._secrets = tuple(secrets)
        lock = FileLock(f"{path}.lock", timeout=lock_seconds, mode=PRIVATE)
        self._handler = _SharedHandler(path, lock, self._note_problem)
        self._handler.maxBytes, self._handler.backupCount = file_limit, old_files

    def write(self, event: str, now: datetime, **facts: object) -> str | None:
        """Write one line: the time in UTC, the event and its facts, in the order given.

        Returns a sentence if that failed; after that nothing more is written.
        """
        if self._problem is not None:
            return None
        moment = now.astimezone(UTC).isoformat(timespec="milliseconds")
        parts = [f"{name}={self._shown(value)}" for name, value in facts.items()]
        line = " ".join([moment, event, f"pid={os.getpid()}", *parts])
        record = logging.LogRecord("bulksms", logging.INFO, "", 0, line, None, None)
        self._handler.handle(record)
        return self._problem

    def _shown(self, value: object) -> str:
        """Show a fact on one line: texts in quotes, masked."""
        if isinstance(value, (bool, int, float)) or value is None:
            return orjson.dumps(value).decode()
        return orjson.dumps(mask(str(value), self._secrets)).decode()

    def _note_problem(self, path: Path, error: BaseException | None) -> None:
        if isinstance(error, Timeout):
            reason = "another program keeps it locked"
        else:
            reason = getattr(error, "strerror", None) or type(error).__name__
        self._problem = (
            f"The log file {path} cannot be written ({reason}): check log_file and the rights on "
            "its folder. The run is not affected."
        )


class _SharedHandler(RotatingFileHandler):
    """A rotating file that is opened for each line, under a lock between processes."""

    def __init__(
        self,
        path: Path,
        lock: BaseFileLock,
        report: Callable[[Path, BaseException | None], None],
    ) -> None:
        super().__init__(path, encoding="utf-8", delay=True)
        self._path, self._between_processes, self._report = path, lock, report

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line, in a new file if this one is full."""
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with self._between_processes:
                super().emit(record)
                self._let_go()
        except (OSError, Timeout):
            self.handleError(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's own name
        """Report why a line could not be written."""
        del record
        self._report(self._path, sys.exception())

    def _open(self) -> TextIOWrapper:
        """Open the file for appending; a new one is its owner's alone."""
        handle = open_to_write(self.baseFilename, os.O_APPEND)
        return TextIOWrapper(os.fdopen(handle, "ab"), encoding="utf-8")

    def _let_go(self) -> None:
        """Close the file, so that another process can rename it."""
        stream, self.stream = self.stream, None
        if stream is not None:
            stream.close()
