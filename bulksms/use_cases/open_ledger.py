"""Opening the ledger to send from it: only one that its witnesses vouch for."""

from collections.abc import Iterator
from contextlib import contextmanager

from bulksms.errors import RuleError
from bulksms.ledger import Ledger, ledger_file, mounts, open_ledger, refuse_place
from bulksms.sender import Observer
from bulksms.settings import Settings

__all__ = ["ledger_to_send_from", "refuse_lost"]


@contextmanager
def ledger_to_send_from(settings: Settings, observer: Observer) -> Iterator[Ledger]:
    """Open the ledger, compare it with its witnesses, and tell what was put right.

    Raises:
        LedgerRolledBack: it knows less than its witnesses; nothing is sent from it.
        LedgerError: it cannot be used, or lies where two machines could use it.
    """
    file = ledger_file(settings.home, settings.ledger)
    if file is not None and not settings.allow_synced_folder:
        refuse_place(file.parent, mounts())
    with open_ledger(settings.home, settings.ledger) as ledger:
        for note in ledger.trust():
            observer.note(note)
        yield ledger


def refuse_lost(ledger: Ledger, text_digest: str, name: str, *, rehearsal: bool) -> None:
    """Stop a text that a lost campaign began with: nobody knows any more whom it reached.

    Under the lost campaign's own name it may go: the ledger knows those frames again.

    Raises:
        RuleError: there is such a campaign, of another name.
    """
    lost = set(ledger.lost_campaigns(text_digest, rehearsal=rehearsal)) - {name}
    if lost:
        known = min(lost)
        raise RuleError(
            f"This text went out as the campaign {known}, which the ledger has lost: send it from "
            f"the same file with --campaign {known}, so that nobody gets it twice; "
            "--again texts everyone."
        )
