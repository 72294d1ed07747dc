"""Bodies are read a few at a time, and only given out for the frame they belong to."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
import sqlalchemy as sa

from bulksms.errors import LedgerError
from bulksms.ledger import FrameRecord, Ledger, PackedBody
from bulksms.ledger.schema.tables import body
from bulksms.sender.prefetch import BodyPrefetch
from tests.builders import with_parts
from tests.fakes import SenderFixture


class Counting:
    """The ledger, and which bodies were asked of it."""

    def __init__(self, ledger: Ledger) -> None:
        self.real, self.asked = ledger, list[list[int]]()

    def bodies(self, campaign_id: int, numbers: Sequence[int]) -> list[PackedBody]:
        self.asked.append(list(numbers))
        return self.real.frames.bodies(campaign_id, numbers)


def bytes_of(ahead: BodyPrefetch, frame: FrameRecord) -> bytes:
    packed = ahead.body(frame)
    assert packed is not None
    return packed.unpack()


def ahead_of(
    sender: SenderFixture, workers: int
) -> tuple[BodyPrefetch, Counting, list[FrameRecord]]:
    counting = Counting(sender.ledger)
    ahead = BodyPrefetch(with_parts(sender.ledger, frames=counting), sender.campaign.id, workers)
    frames = list(sender.ledger.frame_queries.each(sender.campaign.id))
    ahead.expect(frame.number for frame in frames)
    return ahead, counting, frames


def test_as_many_are_read_as_there_are_workers(sender: SenderFixture) -> None:
    ahead, ledger, frames = ahead_of(sender, 4)
    assert [bytes_of(ahead, frame) for frame in frames] == [
        f"frame {n}".encode() for n in range(1, 7)
    ]
    assert ledger.asked == [[1, 2, 3, 4], [5, 6]]


def test_a_single_worker_reads_one_at_a_time(sender: SenderFixture) -> None:
    ahead, ledger, frames = ahead_of(sender, 1)
    assert bytes_of(ahead, frames[0]) == b"frame 1"
    assert bytes_of(ahead, frames[1]) == b"frame 2"
    assert ledger.asked == [[1], [2]]


def test_frames_asked_for_out_of_turn_are_all_found(sender: SenderFixture) -> None:
    ahead, _, frames = ahead_of(sender, 2)
    order = [frames[n - 1] for n in (2, 1, 6, 3, 5, 4)]
    assert [bytes_of(ahead, frame) for frame in order] == [
        f"frame {frame.number}".encode() for frame in order
    ]


def test_the_bytes_of_another_record_are_not_given_out(sender: SenderFixture) -> None:
    ahead, _, frames = ahead_of(sender, 4)
    assert ahead.body(replace(frames[0], digest="another")) is None
    assert bytes_of(ahead, frames[1]) == b"frame 2"


def test_damaged_bytes_are_refused(sender: SenderFixture) -> None:
    with sender.ledger._storage.writing() as connection:  # noqa: SLF001 - the damage itself
        connection.execute(sa.update(body).where(body.c.number == 2).values(body=b"dust"))
    ahead, _, frames = ahead_of(sender, 4)
    assert bytes_of(ahead, frames[0]) == b"frame 1"
    with pytest.raises(LedgerError, match="Frame 2 in the ledger is damaged"):
        bytes_of(ahead, frames[1])
