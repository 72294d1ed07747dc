"""The campaigns of a ledger: created whole, found by name or content, and their state."""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from bulksms.clock import Clock
from bulksms.errors import CampaignNotFound, SourceChanged
from bulksms.ledger.frame_states import attempts, statements
from bulksms.ledger.people import source_row_parts
from bulksms.ledger.records.frame_records import CampaignRecord, FrozenFrame, NewCampaign
from bulksms.ledger.schema.row_values import read_all, read_first
from bulksms.ledger.schema.tables import campaign
from bulksms.ledger.storage import Storage, repeatable

__all__ = ["Campaigns"]


class Campaigns:
    """All campaigns of a ledger; each method is one transaction."""

    def __init__(self, storage: Storage, clock: Clock) -> None:
        self._storage, self._clock = storage, clock

    def create(
        self, new: NewCampaign, frames: Iterable[FrozenFrame], rows: Iterable[bytes] = ()
    ) -> CampaignRecord:
        """Write a campaign and all its frames down, or nothing of it.

        `rows` are the packed source rows in parts, kept for the per-contact results.

        Raises:
            SourceChanged: the name is taken, or belongs to a lost campaign with other frames.
            LedgerBusy: another process took a lock over while it was written.
        """
        values: dict[str, Any] = {
            "name": new.name,
            "digest": new.digest,
            "text_digest": new.text_digest,
            "state": "planned",
            "rehearsal": new.rehearsal,
            "created_at": self._clock.now().astimezone(UTC),
            "parameters": new.parameters,
            "counts": new.counts,
            "expires_at": new.expires_at,
            "account": new.account,
        }
        # Other writes do not wait for a long list: nothing depends on it until it is complete.
        with self._storage.writing_beside() as connection:
            if statements.find_campaign(connection, new.name) is not None:
                raise _name_is_taken(new.name)
            insert = sa.insert(campaign).values(values).returning(campaign.c.id)
            try:
                campaign_id = int(connection.execute(insert).scalar_one())
            except IntegrityError:  # another machine was quicker
                raise _name_is_taken(new.name) from None
            statements.insert_frames(connection, campaign_id, frames)
            source_row_parts.insert_parts(connection, campaign_id, rows)
            attempts.doubt_lost_attempts(connection, campaign_id, new.name, values["created_at"])
            # Another may have begun meanwhile, and seen nothing of these people.
            self._storage.locks.refuse_if_lost()
        return CampaignRecord(id=campaign_id, **values)

    @repeatable
    def get(self, name: str) -> CampaignRecord:
        """Read a campaign by its name.

        Raises:
            CampaignNotFound: there is no such campaign.
        """
        with self._storage.reading() as connection:
            record = statements.find_campaign(connection, name)
        if record is None:
            raise CampaignNotFound(
                f"There is no campaign named {name!r}: `bulksms status` lists all campaigns.",
                code="campaign_missing",
                name=name,
            )
        return record

    @repeatable
    def with_id(self, campaign_id: int) -> CampaignRecord:
        """Read a campaign by its id, which another part of the ledger has."""
        with self._storage.reading() as connection:
            (record,) = read_all(
                connection, CampaignRecord, sa.select(campaign).where(campaign.c.id == campaign_id)
            )
        return record

    def with_content(self, digest: str, rehearsal: bool) -> CampaignRecord | None:  # noqa: FBT001
        """Read the latest campaign with this content."""
        same = sa.and_(campaign.c.digest == digest, campaign.c.rehearsal == rehearsal)
        newest_first = sa.select(campaign).where(same).order_by(campaign.c.id.desc())
        with self._storage.reading() as connection:
            return read_first(connection, CampaignRecord, newest_first)

    def all(self) -> list[CampaignRecord]:
        """Read every campaign, the oldest first."""
        with self._storage.reading() as connection:
            return read_all(connection, CampaignRecord, sa.select(campaign).order_by(campaign.c.id))

    def latest(self) -> CampaignRecord | None:
        """Return the latest campaign that is not a test, if there is one."""
        campaigns = [record for record in self.all() if not record.is_test]
        return campaigns[-1] if campaigns else None

    @repeatable
    def set_state(
        self, campaign_id: int, state: str, reason: str | None = None, cause: str | None = None
    ) -> None:
        """Record a campaign's state and why it is in it, in a sentence and by its cause."""
        self._update(campaign_id, state=state, reason=reason, cause=cause)

    def extend(self, campaign_id: int, until: datetime) -> None:
        """Let a campaign be posted until another moment, by an operator's order."""
        self._update(campaign_id, expires_at=until)

    def set_account(self, campaign_id: int, account: str) -> None:
        """Record the account that a campaign is posted under, in place of another one."""
        self._update(campaign_id, account=account)

    def keep_opt_out_files(self, campaign_id: int, paths: Iterable[str]) -> None:
        """Add opt-out files to those that are read again whenever the campaign continues."""

        def with_files(parameters: dict[str, Any]) -> dict[str, Any]:
            return {"optouts": list(dict.fromkeys([*parameters.get("optouts", []), *paths]))}

        self._change_parameters(campaign_id, with_files)

    def set_limit(self, campaign_id: int, name: str, limit: float) -> None:
        """Record a limit of a campaign among its parameters, in place of an earlier one."""
        self._change_parameters(campaign_id, lambda _: {name: limit})

    def has_source_rows(self, campaign_id: int) -> bool:
        """Whether there are source rows of a campaign."""
        with self._storage.reading() as connection:
            return bool(source_row_parts.part_numbers(connection, campaign_id))

    def source_rows(self, campaign_id: int) -> Iterator[bytes]:
        """Read the packed source rows of a campaign, part by part; none after a purge."""
        with self._storage.reading() as connection:
            parts = source_row_parts.part_numbers(connection, campaign_id)
        for part in parts:
            with self._storage.reading() as connection:
                content = source_row_parts.read_part(connection, campaign_id, part)
            if content is not None:
                yield content

    def _change_parameters(
        self, campaign_id: int, change: Callable[[dict[str, Any]], dict[str, Any]]
    ) -> None:
        with self._storage.writing() as connection:
            is_campaign = campaign.c.id == campaign_id
            statement = sa.select(campaign.c.parameters).where(is_campaign)
            parameters: dict[str, Any] = connection.execute(statement).scalar_one()
            values = {"parameters": parameters | change(parameters)}
            connection.execute(sa.update(campaign).where(is_campaign).values(values))

    def _update(self, campaign_id: int, **values: Any) -> None:  # noqa: ANN401 - columns
        with self._storage.writing() as connection:
            connection.execute(
                sa.update(campaign).where(campaign.c.id == campaign_id).values(values)
            )


def _name_is_taken(name: str) -> SourceChanged:
    return SourceChanged(
        f"There is already a campaign named {name!r}: "
        "resume it, or choose another name with --campaign.",
        code="campaign_exists",
        name=name,
    )
