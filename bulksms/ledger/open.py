"""Opens a ledger and brings it to this version's schema.

The database library loads with the first ledger, as many commands open none.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from bulksms.clock import Clock, SystemClock
from bulksms.ledger.location import ledger_file

if TYPE_CHECKING:
    from bulksms.ledger.ledger import Ledger

__all__ = ["open_ledger"]


def open_ledger(home: Path, url: str | None = None, clock: Clock | None = None) -> "Ledger":
    """Open the ledger, creating or upgrading it where needed.

    `url` is a file's path or `sqlite:///…`; without it the ledger is a file in `home`.

    Raises:
        LedgerError: it cannot be opened, or comes from a newer version.
    """
    file, clock = ledger_file(home, url), clock or SystemClock()
    from bulksms.ledger import migrations
    from bulksms.ledger.ledger import Ledger
    from bulksms.ledger.reconcile import identify_new_ledger
    from bulksms.ledger.sqlite import SqliteStorage

    storage = SqliteStorage(file, clock)
    try:
        with storage.reading() as connection:
            version = migrations.version(connection)
        if version != migrations.HEAD:
            with storage.writing() as connection:
                migrations.upgrade(connection)
            identify_new_ledger(storage)
    except BaseException:
        storage.close()
        raise
    return Ledger(storage, clock)
