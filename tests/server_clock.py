"""A database server that goes by the clock of a test."""

from types import TracebackType
from typing import Self
from urllib.parse import quote

import psycopg

from bulksms.ledger.server_address import ServerAddress
from tests.fakes import FakeClock

__all__ = ["ServerClock"]

# Looked up before the server's own where the schema is named first.
CLOCK = """
CREATE TABLE {schema}.clock (now timestamptz);
INSERT INTO {schema}.clock VALUES (now());
CREATE FUNCTION {schema}.clock_timestamp() RETURNS timestamptz LANGUAGE sql
    AS 'SELECT now FROM {schema}.clock'
"""


class ServerClock(FakeClock):
    """The clock of a test, which a ledger on a server goes by as well if opened at `url`."""

    def __init__(self, ledger_url: str) -> None:
        address = ServerAddress.parse(ledger_url)
        schema = address.schema
        self.url = f"{ledger_url}&options={quote(f'-c search_path={schema},pg_catalog')}"
        self._server = psycopg.connect(address.conninfo, autocommit=True)
        self._server.execute(CLOCK.format(schema=schema).encode())
        self._set = f"UPDATE {schema}.clock SET now = %s".encode()
        super().__init__()

    @property
    def seconds(self) -> float:
        return self._seconds

    @seconds.setter
    def seconds(self, seconds: float) -> None:
        self._seconds = seconds
        self._server.execute(self._set, [self.now()])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.close()
