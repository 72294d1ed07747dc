"""The lanes of a campaign: which workers post its frames now, beside the locks of single runs.

A run that has its campaign to itself holds the campaign's lock. Workers share one: each takes
the lock only to open its lane, and the next holder of the lock finds the lanes.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import sqlalchemy as sa

from bulksms.errors import LedgerBusy
from bulksms.ledger.locks import NamedLocks
from bulksms.ledger.schema.tables import campaign, holder, lane
from bulksms.ledger.sharing.holders import end_expired
from bulksms.ledger.storage import Storage

__all__ = ["LaneLocks", "Lanes"]


class Lanes:
    """All lanes of a ledger; each method is one transaction."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def open(self, campaign_id: int, holder_id: str) -> None:
        """Record that a worker posts frames of a campaign, whose lock the caller holds."""
        with self._storage.writing_beside() as connection:
            values = {"campaign_id": campaign_id, "holder": holder_id}
            is_lane = [lane.c[name] == value for name, value in values.items()]
            connection.execute(sa.delete(lane).where(*is_lane))
            values["opened_at"] = self._storage.database_time(connection)
            connection.execute(sa.insert(lane).values(values))

    def close(self, campaign_id: int, holder_id: str) -> None:
        """Record that a worker has nothing of a campaign in flight any more."""
        is_lane = lane.c.campaign_id == campaign_id, lane.c.holder == holder_id
        with self._storage.writing_beside() as connection:
            connection.execute(sa.delete(lane).where(*is_lane))

    def machines(self, name: str) -> list[str]:
        """List the machines of the workers that post a campaign now, sorted."""
        return self._machines(campaign.c.name == name)

    def machines_of_account(self, account: str) -> list[str]:
        """List the machines of the workers that post any campaign of an account now, sorted."""
        return self._machines(campaign.c.account == account)

    def machines_of_others(self, account: str, name: str) -> list[str]:
        """List the machines of the workers that post another campaign of an account, sorted."""
        return self._machines(sa.and_(campaign.c.account == account, campaign.c.name != name))

    def _machines(self, condition: sa.ColumnElement[bool]) -> list[str]:
        """List the machines of living lanes; those of workers that let their lease pass end."""
        with self._storage.reading() as connection:
            if not connection.scalar(sa.select(sa.exists(sa.select(lane.c.holder)))):
                return []
        with self._storage.writing_beside() as connection:
            end_expired(connection, self._storage.database_time(connection))
            statement = (
                sa.select(holder.c.machine)
                .join(lane, lane.c.holder == holder.c.id)
                .join(campaign, campaign.c.id == lane.c.campaign_id)
                .where(holder.c.ended_at.is_(None), condition)
            )
            return sorted(connection.scalars(statement))


class LaneLocks:
    """The locks of a ledger for processes that need a campaign or an account exclusively."""

    def __init__(self, locks: NamedLocks, lanes: Lanes) -> None:
        self._locks, self._lanes = locks, lanes
        self.series, self.witnesses = locks.series, locks.witnesses
        # To open a lane a worker holds the lock of a campaign that others may post too.
        self.campaign_to_share = locks.campaign

    @contextmanager
    def campaign(self, name: str) -> Iterator[None]:
        """Hold the lock of a campaign that no worker posts.

        Raises:
            LedgerBusy: another process holds it, or workers post the campaign.
            LedgerError: it cannot be taken at all.
        """
        with self._locks.campaign(name):
            machines = self._lanes.machines(name)
            if machines:
                raise LedgerBusy(
                    f"Workers are sending the campaign {name!r} ({_listed(machines)}): "
                    "wait for them to end, or pause it first.",
                    code="campaign_busy",
                )
            yield

    def is_held(self, name: str) -> bool:
        """Whether a process holds the lock of a campaign now, or workers post it."""
        return self._locks.is_held(name) or bool(self._lanes.machines(name))

    def account(
        self,
        account: str,
        on_wait: Callable[[], None],
        stop: threading.Event,
        is_cancelled: Callable[[], bool] = lambda: False,
    ) -> AbstractContextManager[bool]:
        """Hold the lock of an account once no one else sends; false if stopped before.

        `on_wait` is called once, before the first wait.

        Raises:
            LedgerError: it cannot be taken at all.
        """

        def is_free() -> bool:
            return not self._lanes.machines_of_account(account)

        return self._locks.account(account, on_wait, stop, is_cancelled, is_free)

    def account_to_share(self, account: str) -> AbstractContextManager[bool]:
        """Hold the lock of an account for as long as it takes to open a lane; false if taken."""
        return self._locks.account(account, lambda: None, threading.Event(), lambda: True)


def _listed(machines: list[str]) -> str:
    counts = {machine: machines.count(machine) for machine in dict.fromkeys(machines)}
    return ", ".join(
        machine if count == 1 else f"{count} on {machine}" for machine, count in counts.items()
    )
