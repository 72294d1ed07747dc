"""Opens a ledger and brings it to this version's schema.

The database library loads with the first ledger, as many commands open none.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from bulksms.clock import Clock, SystemClock
from bulksms.errors import MissingExtra
from bulksms.ledger.location import ledger_file
from bulksms.ledger.server_address import ServerAddress, is_server_url

if TYPE_CHECKING:
    from bulksms.ledger.ledger import Ledger
    from bulksms.ledger.storage import Storage

__all__ = ["open_ledger"]


def open_ledger(home: Path, url: str | None = None, clock: Clock | None = None) -> "Ledger":
    """Open the ledger, creating or upgrading it where needed.

    `url` is a file's path, `sqlite:///…` or `postgresql://…`; without it the ledger is a file
    in `home`.

    Raises:
        LedgerError: it cannot be opened, or comes from a newer version.
        MissingExtra: it is on a server, and the server's driver is not installed.
    """
    file, clock = ledger_file(home, url), clock or SystemClock()
    from bulksms.ledger import migrations
    from bulksms.ledger.ledger import Ledger
    from bulksms.ledger.recovery.reconcile import identify_new_ledger

    storage = _open_storage(file, url, clock)
    try:
        with storage.reading() as connection:
            version = migrations.version(connection)
        if version != migrations.HEAD:
            with storage.upgrading() as connection:
                migrations.upgrade(connection)
            identify_new_ledger(storage)
    except BaseException:
        storage.close()
        raise
    return Ledger(storage, clock)


def _open_storage(file: Path, url: str | None, clock: Clock) -> "Storage":
    """Open the database that an address means; the other's libraries stay unloaded."""
    if url is None or not is_server_url(url):
        from bulksms.ledger.sqlite import SqliteStorage

        return SqliteStorage(file, clock)
    try:
        from bulksms.ledger.server.postgres import PostgresStorage
    except ImportError as error:
        raise MissingExtra(
            "A ledger on a PostgreSQL server needs its driver: run "
            'pip install "bulksms-octopush[cluster]". Nothing was sent.',
            code="ledger_setting_invalid",
        ) from error
    return PostgresStorage(ServerAddress.parse(url), file, clock)
