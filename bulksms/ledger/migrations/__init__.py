"""Brings a ledger to the schema of this version: numbered steps, each written once.

alembic is imported only when a step has to be taken; `HEAD` is the number of the last one.
"""

from pathlib import Path

import sqlalchemy as sa

from bulksms.errors import LedgerError

__all__ = ["HEAD", "upgrade", "version"]

HEAD = "0005"
FOLDER = Path(__file__).parent


def version(connection: sa.Connection) -> str | None:
    """Read the number of the last step taken; none for an empty ledger."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
    return found


def upgrade(connection: sa.Connection) -> None:
    """Take the steps that are missing, within the caller's transaction.

    Raises:
        LedgerError: the ledger was written by a newer version.
    """
    found = version(connection)
    if found == HEAD:
        return
    if found is not None and found > HEAD:
        raise LedgerError(
            f"The ledger has schema {found} and this bulksms knows {HEAD} at the most: "
            "use the newer bulksms that wrote it."
        )
    from alembic import command
    from alembic.config import Config

    config = Config()
    # ConfigParser reads a percent sign as the start of a variable.
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
