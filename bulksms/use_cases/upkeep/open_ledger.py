"""Opens the ledger for sending, after comparing it with its witnesses."""

from collections.abc import Iterator
from contextlib import contextmanager

from bulksms.errors import RuleError
from bulksms.ledger import (
    Ledger,
    ledger_file,
    mounts,
    open_ledger,
    refuse_shared_folder,
    refuse_untrusted,
)
from bulksms.sender import Observer
from bulksms.settings import Settings

__all__ = ["ledger_to_send_from", "refuse_lost"]

SETTINGS_FILE = "settings.toml"


@contextmanager
def ledger_to_send_from(settings: Settings, observer: Observer) -> Iterator[Ledger]:
    """Open the ledger, compare it with its witnesses, and note what was repaired.

    Raises:
        LedgerRolledBack: the witnesses list posts that it lacks; nothing is sent from it.
        LedgerError: it cannot be used, lies in a folder that two machines could share, or
            other users may change it or the settings.
    """
    file = ledger_file(settings.home, settings.ledger)
    for path in (settings.home, settings.home / SETTINGS_FILE, file.parent, file):
        refuse_untrusted(path)
    if not settings.allow_synced_folder:
        refuse_shared_folder(file.parent, mounts())
    with open_ledger(settings.home, settings.ledger) as ledger:
        for note in ledger.reconciler.verify():
            observer.note(note)
        yield ledger


def refuse_lost(ledger: Ledger, text_digest: str, name: str, *, rehearsal: bool) -> None:
    """Stop a text that a lost campaign began with: whom it reached is unknown.

    Under the lost campaign's own name it may go: the ledger recognises those frames.

    Raises:
        RuleError: there is such a campaign, of another name.
    """
    lost = set(ledger.reconciler.lost_campaigns(text_digest, rehearsal=rehearsal)) - {name}
    if lost:
        first = min(lost)
        raise RuleError(
            f"This text was sent as the campaign {first}, which is missing from the ledger. "
            f"Send it from the same file with --campaign {first} to text no one twice, or "
            "with --again to text everyone.",
            code="text_sent_before",
        )
