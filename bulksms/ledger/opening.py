"""Opening a ledger: bring it to this version's schema and hand it over.

Whoever only reads need not wait for more; `Ledger.trust` comes before anything is posted.
The database library loads with the first ledger, as many commands open none.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from bulksms.clock import Clock, SystemClock

if TYPE_CHECKING:
    from bulksms.ledger.ledger import Ledger

__all__ = ["open_ledger"]


def open_ledger(home: Path, url: str | None = None, clock: Clock | None = None) -> "Ledger":
    """Open the ledger, make it if there is none, and bring it to this version's schema.

    `url` is a file's path, `sqlite:///…` or `postgresql://…`; without it the ledger is a file
    in `home`.

    Raises:
        LedgerError: it cannot be opened, or comes from a newer version.
    """
    from bulksms.ledger import migrations
    from bulksms.ledger.ledger import Ledger
    from bulksms.ledger.storage import Storage

    storage = Storage(home, url)
    try:
        with storage.reading() as connection:
            found = migrations.version(connection)
        if found != migrations.HEAD:
            with storage.writing() as connection:
                migrations.upgrade(connection)
    except BaseException:
        storage.close()
        raise
    return Ledger(storage, clock or SystemClock())
