"""The part of the ledger that remembers what was learnt of an account's request ids.

An account is named by a digest (`Credentials.account_at`), so that no login is kept. Knows
nothing of the API and of how such a thing is proved.
"""

import sqlalchemy as sa

from bulksms.ledger.book import Book
from bulksms.ledger.records import ProofRecord
from bulksms.ledger.tables import proof

__all__ = ["ProofBook"]


class ProofBook(Book):
    """What a ledger can do with proofs; each method is one transaction."""

    def proof(self, account: str) -> ProofRecord | None:
        """Tell what was learnt of an account last, whether it still counts or not."""
        with self._storage.reading() as connection:
            statement = sa.select(proof).where(proof.c.account == account)
            line = connection.execute(statement).mappings().one_or_none()
        return None if line is None else ProofRecord(**line)

    def keep_proof(self, learnt: ProofRecord) -> None:
        """Keep what was learnt of an account in the place of what was known before."""
        values = {column.name: getattr(learnt, column.name) for column in proof.c}
        with self._storage.writing() as connection:
            connection.execute(sa.delete(proof).where(proof.c.account == learnt.account))
            connection.execute(sa.insert(proof).values(values))
