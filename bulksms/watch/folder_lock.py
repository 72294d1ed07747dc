"""One watcher per folder, by a lock that the system releases when its process dies."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bulksms.errors import LedgerBusy, OutputError

__all__ = ["folder_lock"]


@contextmanager
def folder_lock(folder: Path, working: Path) -> Iterator[None]:
    """Hold the lock of a watched folder, which is a hidden file in its working folder.

    Raises:
        LedgerBusy: another process watches the folder.
        OutputError: the lock cannot be taken at all.
    """
    from filelock import FileLock, Timeout

    try:
        working.mkdir(parents=True, exist_ok=True)
        lock = FileLock(working / ".lock", mode=0o600, thread_local=False)
        lock.acquire(timeout=0)
    except Timeout:
        raise LedgerBusy(
            f"Another process is watching {folder}: one is enough, or wait for it to end."
        ) from None
    except OSError as error:
        raise OutputError(
            f"The folder {working} cannot be used ({error.strerror}): check its permissions."
        ) from None
    try:
        yield
    finally:
        lock.release()
