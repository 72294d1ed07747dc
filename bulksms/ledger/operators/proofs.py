"""The request-id proofs of accounts: whether a repeated request is refused there.

An account is named by a digest (`Credentials.account_at`), so that no login is kept.
"""

import sqlalchemy as sa

from bulksms.ledger.records.frame_records import ProofRecord
from bulksms.ledger.schema.row_values import read_first, row_of
from bulksms.ledger.schema.tables import proof
from bulksms.ledger.storage import Storage

__all__ = ["Proofs"]


class Proofs:
    """The latest proof of each account; each method is one transaction."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def get(self, account: str) -> ProofRecord | None:
        """Read the latest result for an account, whether it is still valid or not."""
        with self._storage.reading() as connection:
            statement = sa.select(proof).where(proof.c.account == account)
            return read_first(connection, ProofRecord, statement)

    def save(self, record: ProofRecord) -> None:
        """Keep a result in place of the account's earlier one."""
        with self._storage.writing() as connection:
            connection.execute(sa.delete(proof).where(proof.c.account == record.account))
            connection.execute(sa.insert(proof).values(row_of(proof, record)))
