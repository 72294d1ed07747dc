"""Posts the first and the last frame's text of a campaign to its seeds.

Each of the two is a campaign of one frame in the ledger, made from the frozen frame and posted
at most once like every other. It is a test: it does not count as a text to anyone.
"""

import hashlib
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import islice

import numpy as np

from bulksms.campaign import PACKED_NUMBER, content_digest
from bulksms.errors import LedgerBusy
from bulksms.ledger import (
    CampaignRecord,
    FrameRecord,
    FrameState,
    FrozenFrame,
    Ledger,
    NewCampaign,
    OrderKind,
    OrderRecord,
)
from bulksms.octopush import Credentials, readdress
from bulksms.sender import ClockCheck, Pacing
from bulksms.sender.send_frames import send_frames
from bulksms.sender.sign_frame import sign_frame
from bulksms.use_cases.context import RunContext
from bulksms.use_cases.reporting.seed_campaigns import SeedText, name_for_seeds

__all__ = ["SeedPoster"]

TAKEN = frozenset({FrameState.ACCEPTED, FrameState.ACCEPTED_SHORT, FrameState.SIMULATED})
# Seeds that got no text are tried again by the next run: contacts do not wait for them.
TRIES = 2
# What a campaign says of its own run and files; the text to its seeds has neither.
OWN = frozenset({"seeds", "seeds_cost", "series", "corrects", "optouts", "outputs"})


@dataclass(slots=True, kw_only=True)
class SeedPoster:
    """Texts the seeds of one campaign while that is posted, and when it is done."""

    ledger: Ledger
    record: CampaignRecord
    context: RunContext
    credentials: Credentials
    clock_check: ClockCheck
    is_first_posted: bool = False

    def leave_budget(self, pacing: Pacing) -> Pacing:
        """Keep what the seeds are expected to cost out of the ceiling of the run."""
        cost = Decimal(self.record.parameters.get("seeds_cost") or 0)
        if pacing.max_cost is None or not cost:
            return pacing
        return replace(pacing, max_cost=max(pacing.max_cost - cost, Decimal(0)))

    def frame_settled(self, frame: FrameRecord) -> None:
        """Text the seeds as soon as a frame was accepted.

        Raises:
            LedgerError: the ledger failed.
        """
        if frame.state in TAKEN and not self.is_first_posted:
            self.is_first_posted = True
            self._post(SeedText.FIRST, frame)

    def end(self, state: str) -> None:
        """Text the seeds any missing text, and the last one when the whole campaign is done.

        Raises:
            LedgerError: the ledger failed.
        """
        if state != "done" or not self._seeds:
            return
        taken = self.ledger.frame_queries.numbers(self.record.id, TAKEN)
        if not taken:
            return
        self._post(SeedText.FIRST, self.ledger.frames.get(self.record.id, taken[0]))
        if len(taken) > 1 and self._has_several_frames():
            self._post(SeedText.LAST, self.ledger.frames.get(self.record.id, taken[-1]))

    def _has_several_frames(self) -> bool:
        """Whether the campaign was planned in several frames, whatever became of them."""
        frames = self.ledger.frame_queries.each(self.record.id)
        whole = (frame for frame in frames if frame.parent is None)
        return len(list(islice(whole, 2))) > 1

    @property
    def _seeds(self) -> list[str]:
        """The numbers of the seeds; one that was erased since is masked and no number any more."""
        seeds: list[str] = self.record.parameters.get("seeds", [])
        return [seed for seed in seeds if seed.removeprefix("+").isdecimal()]

    def _post(self, text: SeedText, frame: FrameRecord) -> None:
        """Post the text of a frame to the seeds, unless that was done before."""
        if not self._seeds or self.context.stop.is_set():
            return
        name = name_for_seeds(self.record.name, text)
        try:
            with self.ledger.locks.campaign(name):
                self._post_locked(name, frame)
        except LedgerBusy:
            self.context.observer.note(f"Another process is sending {name}.")

    def _post_locked(self, name: str, frame: FrameRecord) -> None:
        same_name = [each for each in self.ledger.campaigns.all() if each.name == name]
        if same_name and same_name[0].parameters.get("seeds_of") != self.record.name:
            self.context.observer.note(f"The seeds got no text: another campaign is named {name}.")
            return
        companion = same_name[0] if same_name else self._create(name, frame)
        if not self.ledger.frames.any_left(companion.id) or self._is_held(companion):
            return
        outcome = send_frames(
            self.ledger,
            lambda: self.context.connect(self.credentials),
            companion,
            Pacing(tries=TRIES),
            self.context.clock,
            stop=self.context.stop,
            clock_check=self.clock_check,
        )
        frames = list(self.ledger.frame_queries.each(companion.id))
        if any(each.state not in {*TAKEN, FrameState.DROPPED} for each in frames):
            self.context.observer.note(
                f"The seeds may lack a text: {outcome.reason or frames[0].message} "
                f"`bulksms status {name}` shows it. The campaign itself is not affected."
            )

    def _is_held(self, companion: CampaignRecord) -> bool:
        """Whether the campaign is paused or stopped; a pause that was lifted holds no longer.

        An order is given to the campaign first and then to this companion, which is why the
        campaign is asked last: what comes later is read by the claim of the companion's frame.
        """
        orders = self.ledger.orders
        if orders.in_force(companion.id) is not None:
            now, who = self.context.clock.now(), self.context.person
            resume = OrderRecord(kind=OrderKind.RESUME, who=who, at=now)
            if orders.give(companion.id, resume) is not None:
                return True
        return orders.in_force(self.record.id) is not None

    def _create(self, name: str, frame: FrameRecord) -> CampaignRecord:
        """Write the text to the seeds down, from the frozen frame."""
        seeds = self._seeds
        parameters = {
            **{key: value for key, value in self.record.parameters.items() if key not in OWN},
            "test": True,
            "seeds_of": self.record.name,
            "list_name": None,
        }
        digest = content_digest(parameters | {"name": name}, ["".join(seeds).encode()])
        new = NewCampaign(
            name=name,
            digest=digest,
            text_digest=hashlib.sha256(f"seeds\0{digest}".encode()).hexdigest(),
            parameters=parameters,
            counts=dict.fromkeys(("rejected", "duplicates", "opted_out"), 0)
            | dict.fromkeys(("rows", "sendable"), len(seeds)),
            rehearsal=self.record.rehearsal,
            account=self.record.account,
            expires_at=self.record.expires_at,
        )
        return self.ledger.campaigns.create(new, [self._freeze(name, frame, seeds)])

    def _freeze(self, name: str, frame: FrameRecord, seeds: list[str]) -> FrozenFrame:
        body = self.ledger.frames.body(self.record.id, frame.number)
        return sign_frame(
            readdress(body, seeds),
            np.array([int(seed[1:]) for seed in seeds], dtype=PACKED_NUMBER).tobytes(),
            campaign=name,
            number=1,
            rows=(frame.first_row, frame.first_row),
            rehearsal=self.record.rehearsal,
        )
