"""The address of a ledger on a PostgreSQL server: what may be shown of it, and its schema.

The driver gets every parameter; a password is shown nowhere.
"""

import re
from dataclasses import dataclass, field
from hashlib import sha256
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from bulksms.errors import LedgerError

__all__ = ["ServerAddress", "is_server_url"]

SCHEMES = frozenset({"postgresql", "postgres", "postgresql+psycopg"})
DEFAULT_SCHEMA = "bulksms"
SCHEMA = re.compile(r"[a-z_][a-z0-9_]{0,62}")
SCHEMA_PARAMETER = "schema"


def is_server_url(url: str | None) -> bool:
    """Whether a ledger's address is that of a PostgreSQL server."""
    return bool(url) and str(url).partition("://")[0].lower() in SCHEMES and "://" in str(url)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerAddress:
    """Where a ledger is on a server.

    Attributes:
        conninfo: the address as the driver takes it; may hold a password.
        name: host, port and database, as people are shown them.
        schema: the schema that holds the ledger's tables.
    """

    conninfo: str = field(repr=False)
    name: str
    schema: str

    @classmethod
    def parse(cls, url: str) -> "ServerAddress":
        """Read an address such as `postgresql://user@host:5432/database?schema=bulksms`.

        Raises:
            LedgerError: it cannot be read, or its schema has an unusual name.
        """
        try:
            parts = urlsplit(url)
            query = dict(parse_qsl(parts.query, keep_blank_values=True))
        except ValueError:
            raise _unreadable() from None
        schema = query.pop(SCHEMA_PARAMETER, DEFAULT_SCHEMA)
        if not SCHEMA.fullmatch(schema):
            raise LedgerError(
                f"The schema {schema!r} in BULKSMS_LEDGER has an unusual name: use lower-case "
                "letters, digits and underscores.",
                code="ledger_setting_invalid",
            )
        hosts = query.get("host") or parts.netloc.rpartition("@")[2] or "localhost"
        if "port" in query:
            hosts += f":{query['port']}"
        database = query.get("dbname") or parts.path.removeprefix("/")
        if not database:
            raise LedgerError(
                "BULKSMS_LEDGER names no database: write postgresql://USER@HOST:5432/DATABASE.",
                code="ledger_setting_invalid",
            )
        conninfo = f"postgresql://{parts.netloc}{parts.path}"
        conninfo += f"?{urlencode(query, quote_via=quote)}" if query else ""
        return cls(conninfo=conninfo, name=f"{hosts}/{database}", schema=schema)

    def __str__(self) -> str:
        """Write the address without user and password."""
        return f"{self.name} (schema {self.schema})"

    @property
    def digest(self) -> str:
        """Twelve digits that differ for each database and schema."""
        return sha256(f"{self.name}?{self.schema}".encode()).hexdigest()[:12]

    @property
    def lock_number(self) -> int:
        """The 64-bit number of the advisory lock under which this ledger is written."""
        return int.from_bytes(sha256(self.schema.encode()).digest()[:8], "big", signed=True)


def _unreadable() -> LedgerError:
    return LedgerError(
        "BULKSMS_LEDGER cannot be read as an address: write "
        "postgresql://USER@HOST:5432/DATABASE, with signs such as @ and / of a password "
        "percent-encoded.",
        code="ledger_setting_invalid",
    )
