"""Makes the tables of a new ledger, and upgrades those of an older one in numbered steps.

The steps lead only forward, and `HEAD` is the number of the last one. alembic is imported only
when a step is missing: a new ledger has its tables at once, and a test holds that the steps make
the same.
"""

from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bulksms.errors import LedgerError
from bulksms.ledger.schema.tables import metadata

__all__ = ["HEAD", "take_steps", "upgrade", "version"]

HEAD = "0023"
SERVER = "postgresql"
TEXTS = ("VARCHAR", "TEXT")
FOLDER = Path(__file__).parent
# As alembic makes it, which keeps it.
VERSIONS = sa.Table(
    "alembic_version",
    sa.MetaData(),
    sa.Column("version_num", sa.String(32), nullable=False),
    sa.PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)
LAST_STEP = sa.select(VERSIONS.c.version_num)


def version(connection: sa.Connection) -> str | None:
    """Read the number of the last step taken; none in an empty database."""
    if not connection.dialect.has_table(connection, VERSIONS.name):
        return None
    number: str | None = connection.scalar(LAST_STEP)
    return number


def upgrade(connection: sa.Connection) -> None:
    """Make the tables or take the missing steps, within the caller's transaction.

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
    if current is None:
        for tables in (metadata, VERSIONS.metadata):
            tables.create_all(connection, checkfirst=False)
        connection.execute(sa.insert(VERSIONS).values(version_num=HEAD))
    else:
        take_steps(connection)


def take_steps(connection: sa.Connection) -> None:
    """Take the steps from the ledger's schema to the last one."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    # ConfigParser reads a percent sign as the start of a variable.
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    if connection.dialect.name == SERVER:
        _match_declared_types(connection)


def _match_declared_types(connection: sa.Connection) -> None:
    """Give a server's columns the types that the tables declare.

    The steps declare what SQLite takes for a comment: how long a text is, how large a number.
    """
    for table in metadata.sorted_tables:
        for column in table.columns:
            declared = column.type.compile(connection.dialect)
            is_own = declared.startswith((*TEXTS, "BIGINT"))
            if is_own and not _has_type(connection, column, declared):
                connection.exec_driver_sql(
                    f'ALTER TABLE "{table.name}" ALTER "{column.name}" TYPE {declared}'
                )


def _has_type(connection: sa.Connection, column: sa.Column[Any], declared: str) -> bool:
    """Whether a column of a server has its declared type and collation."""
    catalogue = sa.text(
        "SELECT upper(format_type(a.atttypid, a.atttypmod)), c.collname FROM pg_attribute a "
        "LEFT JOIN pg_collation c ON c.oid = a.attcollation "
        "WHERE a.attrelid = to_regclass(:table) AND a.attname = :column"
    )
    row = connection.execute(
        catalogue, {"table": f'"{column.table.name}"', "column": column.name}
    ).one()
    kind = "VARCHAR" if row[0] == "CHARACTER VARYING" else row[0]
    return declared == (f'{kind} COLLATE "{row[1]}"' if kind in TEXTS else kind)
