"""The names of campaigns, read without the database library: shells ask for them at each TAB."""

import sqlite3
from contextlib import closing
from pathlib import Path

__all__ = ["read_campaign_names"]

NEWEST = 200


def read_campaign_names(file: Path) -> list[str]:
    """Read the names of the newest campaigns from a SQLite ledger; none if it cannot be read."""
    try:
        with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True, timeout=0.2)) as ledger:
            rows = ledger.execute("SELECT name FROM campaign ORDER BY id DESC LIMIT ?", (NEWEST,))
            return [str(name) for (name,) in rows]
    except (sqlite3.Error, ValueError):  # no ledger yet, or a path that is not absolute
        return []
