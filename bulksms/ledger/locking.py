"""One process sends a campaign at a time: a lock of the operating system, which dies with it."""

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from bulksms.errors import LedgerBusy, LedgerError
from bulksms.ledger.storage import make_private_folder

__all__ = ["campaign_lock"]


@contextmanager
def campaign_lock(folder: Path, campaign_name: str) -> Iterator[None]:
    """Hold the lock of a campaign; the file stays behind and means nothing by itself.

    Raises:
        LedgerBusy: another process holds it.
        LedgerError: it cannot be taken at all.
    """
    from filelock import FileLock, Timeout

    make_private_folder(folder)
    file = folder / f"{sha256(campaign_name.encode()).hexdigest()[:32]}.lock"
    held = FileLock(file, mode=0o600, thread_local=False)
    try:
        held.acquire(timeout=0)
    except Timeout:
        raise LedgerBusy(
            f"Another process is sending the campaign {campaign_name!r}: "
            "wait for it to end, then resume."
        ) from None
    except OSError as error:
        raise LedgerError(
            f"The lock {file} cannot be taken ({error.strerror}): check its rights."
        ) from error
    try:
        yield
    finally:
        held.release()
