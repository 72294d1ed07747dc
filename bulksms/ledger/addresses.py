"""Where the ledger is to be found: a file, or a server. It opens nothing and loads no driver."""

from pathlib import Path

from bulksms.errors import LedgerError

__all__ = ["ledger_exists", "ledger_file"]

FILE_NAME = "ledger.sqlite3"


def ledger_exists(home: Path, url: str | None = None) -> bool:
    """Say whether there is a ledger already, making none; one on a server is taken to exist."""
    file = ledger_file(home, url)
    return file is None or file.is_file()


def ledger_file(home: Path, url: str | None) -> Path | None:
    """Find the SQLite file that is meant; none when it is a server.

    Raises:
        LedgerError: it would be in memory.
    """
    if not url:
        return home / FILE_NAME
    if url.startswith("sqlite:"):
        from sqlalchemy import make_url

        named = make_url(url).database
        if not named or named == ":memory:":
            raise LedgerError("A ledger in memory forgets what was sent: name a file.")
        return Path(named)
    return None if "://" in url else Path(url)
