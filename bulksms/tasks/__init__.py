"""Workers on several machines, handed their work by a task engine in the ledger's database.

The engine only says that there may be something to do; what is done is decided by the ledger.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from bulksms.ledger import Ledger
    from bulksms.octopush import Credentials
    from bulksms.use_cases.context import RunContext
    from bulksms.use_cases.unattended.saved_campaign import SavedCampaign

__all__ = ["announce_run", "serve"]


def serve(
    ledger: "Ledger",
    context: "RunContext",
    credentials: "Credentials",
    concurrency: int,
    schedules: "Sequence[Path]",
    read: "Callable[[Path], SavedCampaign]",
) -> None:
    """Work for a shared ledger until the context says stop.

    `schedules` are campaign files that say when they are due, and `read` reads one.

    Raises:
        UsageError: one of the campaign files has an error, or no schedule.
        RuleError: the clock of this machine is wrong.
        LedgerError: the ledger failed; nothing more was posted here.
    """
    from bulksms.ledger.server_address import ServerAddress
    from bulksms.tasks.engine import TaskEngine
    from bulksms.tasks.keep_schedules import ScheduleKeeper
    from bulksms.tasks.serve_worker import Worker, refuse_wrong_clock

    refuse_wrong_clock(ledger, context)
    keeper = ScheduleKeeper(ledger, context, schedules, read, lambda: worker.holder)
    files = keeper.require_schedules()
    worker = Worker(ledger, context, credentials, concurrency)
    tasks = worker.tasks(list(files), lambda name: keeper.look_at(files[name]))
    address = ServerAddress.parse(context.settings.ledger or "")
    worker.serve(TaskEngine(address, _group(context, credentials), tasks), keeper.keep)


def announce_run(context: "RunContext", credentials: "Credentials") -> bool:
    """Let a worker look after the runs at once; false when that is left to the next tick."""
    from bulksms.ledger.server_address import ServerAddress
    from bulksms.tasks.engine import announce

    address = ServerAddress.parse(context.settings.ledger or "")
    return announce(address, _group(context, credentials))


def _group(context: "RunContext", credentials: "Credentials") -> str:
    """Name the workers that may post the same campaigns."""
    account = credentials.account_at(context.settings.base_url)
    return account[:16]
