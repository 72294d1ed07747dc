"""Upgrades a ledger to this version's schema, in numbered steps, forward only.

alembic is imported only when a step is missing; `HEAD` is the number of the last one.
"""

from pathlib import Path

import sqlalchemy as sa

from bulksms.errors import LedgerError

__all__ = ["HEAD", "upgrade", "version"]

HEAD = "0017"
FOLDER = Path(__file__).parent


def version(connection: sa.Connection) -> str | None:
    """Read the number of the last step taken; none in an empty database."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    number: str | None = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
    return number


def upgrade(connection: sa.Connection) -> None:
    """Take the missing steps, within the caller's transaction.

    Raises:
        LedgerError: the ledger was written by a newer version.
    """
    current = version(connection)
    if current == HEAD:
        return
    if current is not None and current > HEAD:
        raise LedgerError(
            f"The ledger has schema {current} and this bulksms supports schemas up to {HEAD}: "
            "use the newer bulksms that wrote it.",
            code="ledger_too_new",
        )
    from alembic import command
    from alembic.config import Config

    config = Config()
    # ConfigParser reads a percent sign as the start of a variable.
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
