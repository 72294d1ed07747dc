"""Opens the shared ledger for a worker, which may be started before its server."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from bulksms.ledger import Ledger
from bulksms.ledger.storage import StorageUnavailableError
from bulksms.use_cases.context import RunContext
from bulksms.use_cases.upkeep.open_ledger import ledger_to_send_from

__all__ = ["ledger_for_worker"]

START_SECONDS = 60.0
RETRY_SECONDS = 1.0


@contextmanager
def ledger_for_worker(context: RunContext) -> Iterator[Ledger]:
    """Open the shared ledger; a server that is not there yet is waited for, up to a minute.

    Raises:
        LedgerError: it cannot be used, or the server is still not there.
    """
    with ExitStack() as opened:
        yield _open(opened, context)


def _open(opened: ExitStack, context: RunContext) -> Ledger:
    clock, observer = context.clock, context.observer
    deadline = clock.monotonic() + START_SECONDS
    is_noted = False
    while True:
        try:
            return opened.enter_context(ledger_to_send_from(context.settings, observer))
        except StorageUnavailableError as error:
            if context.stop.is_set() or clock.monotonic() >= deadline:
                raise
            if not is_noted:
                observer.note(f"{error} This worker tries again for a minute.")
            is_noted = True
        clock.wait(RETRY_SECONDS, context.stop)
