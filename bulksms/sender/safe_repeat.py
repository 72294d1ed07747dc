"""Whether a frame in doubt may be posted again, on this account and at this hour.

Asks the ledger when the frame's id was first posted, and the server what hour it is there.
"""

from bulksms.clock import Clock
from bulksms.ledger import FrameRecord, FrameState, Ledger, ProofRecord
from bulksms.sender.connections import Lease
from bulksms.sender.window import ServerTime, window_is_open

__all__ = ["SafeRepeat"]


class SafeRepeat:
    """What a proof is worth to the frames of one campaign; none covers nothing."""

    def __init__(
        self, ledger: Ledger, campaign_id: int, proof: ProofRecord | None, clock: Clock
    ) -> None:
        self._ledger, self._campaign_id, self._clock = ledger, campaign_id, clock
        self._heard: ServerTime | None = None
        self.proof = proof

    def hear(self, told: ServerTime | None) -> None:
        """Remember the hour that came with an answer."""
        self._heard = told or self._heard

    def may_cover(self, frame: FrameRecord) -> bool:
        """Whether a frame that an earlier run left in doubt is worth a look.

        Not when somebody in it opted out since: the same bytes would text them.
        """
        if self.proof is None or frame.state is not FrameState.IN_DOUBT or not frame.repeatable:
            return False
        return not len(self._ledger.opt_outs.in_frame(self._campaign_id, frame.number))

    def covers(self, frame: FrameRecord, wire: Lease) -> bool:
        """Whether a repeat of the frame's post, made now, would be refused if it were a repeat."""
        now = self._clock.now()
        if self.proof is None or not self.proof.valid(now, self.proof.base_url):
            return False
        moments = self._ledger.claims.times_since_first_post(
            self._campaign_id, frame.number, frame.request_id
        )
        return window_is_open(moments, now) and self._hour_is_right(wire)

    def _hour_is_right(self, wire: Lease) -> bool:
        """Compare our clock with the server's, asking it when nothing fits what was heard."""
        if self._heard is not None and self._agrees(self._heard):
            return True
        told = wire.server_time()
        if told is None:
            return False
        self._heard = ServerTime(told=told, heard=self._clock.monotonic())
        return self._agrees(self._heard)

    def _agrees(self, heard: ServerTime) -> bool:
        return heard.agrees(self._clock.now(), self._clock.monotonic())
