"""The gallery of broken senders, each with the trial in which it must be caught."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests.torture import faults, kills, troubles
from tests.torture.judge import Findings
from tests.torture.mutants import drivings, ledgers, posters
from tests.torture.orders import Sender

Trial = Callable[[Path, Sender, str], Findings]

TRIES = 6  # a race is not lost every time


@dataclass(frozen=True)
class Mutant:
    """A broken sender, the bars that must catch it, the trial, and its server mode.

    The first bar is the promise that it breaks; the others break with it. Any other one, or one
    too few, means that the trial shows something else than it says.
    """

    sender: Sender
    bars: tuple[str, ...]
    trial: Trial
    mode: str = "ignored"

    def broken_bars(self, folder: Path, tries: int = TRIES) -> set[str]:
        """Name the bars it breaks; none when it got away."""
        for turn in range(tries):
            broken = self.trial(folder / f"try-{turn}", self.sender, self.mode).broken()
            if broken:
                return set(broken)
        return set()

    def is_caught_by(self, broken: set[str]) -> bool:
        return broken == set(self.bars)


def _point(point: str, crossing: int = 1) -> Trial:
    return partial(kills.exact_point, point=point, crossing=crossing, frames=3)


def _answer(answer: object) -> Trial:
    return partial(faults.scripted, answer=answer)


MUTANTS = [
    Mutant(
        Sender("no intent", ledger=ledgers.no_intent),
        ("duplicates", "posts_without_claim"),
        _point("post:after"),
    ),
    Mutant(
        Sender("marks at the end", ledger=ledgers.marks_at_the_end),
        ("duplicates", "posts_without_claim"),
        _point("post:after", 2),
    ),
    Mutant(
        Sender("claims all first", ledger=ledgers.claims_all_first),
        ("needless_doubt",),
        _point("post:before"),
    ),
    Mutant(
        Sender("posts intents again", ledger=ledgers.crashed_is_planned),
        ("duplicates",),
        _point("post:after"),
    ),
    Mutant(
        Sender("a crash is a yes", ledger=ledgers.crashed_is_sent),
        ("false_sent",),
        _point("post:before"),
    ),
    Mutant(
        Sender("a crash is a no", ledger=ledgers.crashed_has_failed),
        ("false_unsent",),
        _point("post:after"),
    ),
    Mutant(
        Sender("reports first", ledger=ledgers.reports_first),
        ("needless_doubt",),
        troubles.deaf_reader,
    ),
    Mutant(
        Sender("goes on without a disk", ledger=ledgers.goes_on_without_disk),
        ("posts_after_failure", "duplicates", "posts_without_claim"),
        partial(troubles.disk_full, limit=4096),
    ),
    Mutant(
        Sender("no lock", ledger=ledgers.unlocked, locks=False),
        ("misbehaved",),  # the one that sends is taken for dead, and ends
        partial(troubles.race, late=True),
    ),
    Mutant(
        Sender("no lock and no claim", ledger=ledgers.claims_what_others_have, locks=False),
        ("duplicates", "posts_without_claim"),
        troubles.race,
    ),
    Mutant(
        Sender("asks no witness", driving=drivings.no_witness, trusts=False),
        ("duplicates", "posts_after_failure"),
        troubles.restored,
    ),
    Mutant(
        Sender("deaf to STOP", ledger=ledgers.deaf_to_no),
        ("texted_after_stop",),
        troubles.stop_said_late,
    ),
    Mutant(
        Sender("cursor resume", driving=drivings.cursor_resume),
        ("duplicates", "posts_without_claim"),
        _point("reported:after"),
    ),
    Mutant(Sender("no ceiling", driving=drivings.no_ceiling), ("overspent",), troubles.dearer),
    Mutant(
        Sender("an id lasts for ever", ledger=ledgers.timeless),
        ("duplicates", "misbehaved"),
        partial(troubles.aged, hours=25),
        "proved",
    ),
    Mutant(
        Sender("never too late", driving=drivings.never_too_late),
        ("posts_after_failure",),
        partial(troubles.aged, hours=336),
    ),
    Mutant(
        Sender("fresh id", poster=posters.fresh_id),
        ("duplicates", "changed_bytes"),
        _answer("silence_after_accept"),
        "proved",
    ),
    Mutant(
        Sender("off by one", poster=posters.off_by_one),
        ("wrong_words", "changed_bytes"),
        _answer("429"),
    ),
    Mutant(
        Sender("drops the last", poster=posters.drops_the_last), ("changed_bytes",), _answer("429")
    ),
    Mutant(
        Sender("misspells a field", poster=posters.misspells),
        ("unknown_fields", "changed_bytes"),
        _answer("429"),
    ),
    Mutant(
        Sender("retries on silence", poster=posters.retries_on_silence),
        ("duplicates", "posts_without_claim"),
        _answer("silence_after_accept"),
    ),
    Mutant(
        Sender("retries with a fresh id", poster=posters.retries_afresh),
        ("duplicates", "changed_bytes"),
        _answer("reset_after_accept"),
        "honoured",
    ),
    Mutant(
        Sender("retries 5xx", poster=posters.retries_500),
        ("duplicates", "posts_without_claim"),
        _answer("502_after_accept"),
    ),
    Mutant(
        Sender("silence is not sent", poster=posters.silence_is_not_sent),
        ("duplicates",),
        _answer("cut_200"),
    ),
    Mutant(
        Sender("silence is failure", poster=posters.silence_is_failure),
        ("false_unsent",),
        _answer("silence_after_accept"),
    ),
    Mutant(
        Sender(
            "a duplicate was not sent",
            poster=posters.duplicate_is_not_sent,
            driving=drivings.no_witness,
            trusts=False,
        ),
        ("false_unsent", "posts_after_failure", "unfinished"),
        troubles.restored,
        "honoured",
    ),
    Mutant(
        Sender("a duplicate was sent", poster=posters.duplicate_is_sent),
        ("false_sent",),
        _answer(182),
    ),
    Mutant(
        Sender("any answer is a yes", poster=posters.any_answer_is_yes),
        ("false_sent",),
        _answer("html_200"),
    ),
    Mutant(
        Sender("does not read the count", poster=posters.count_is_not_read),
        ("false_sent",),
        _answer("count_half"),
    ),
    Mutant(
        Sender("deaf to the account", poster=posters.ignores_the_account),
        ("posts_after_failure",),
        partial(faults.code, number=101),
    ),
    Mutant(
        Sender("follows redirects", poster=posters.follower),
        ("requests_elsewhere", "needless_doubt"),
        partial(faults.redirect, status=307),
    ),
]
