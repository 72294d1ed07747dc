"""Workers on several machines, handed their work by a task engine in the ledger's database.

The engine only says that there may be something to do; what is done is decided by the ledger.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bulksms.ledger import Ledger
    from bulksms.octopush import Credentials
    from bulksms.use_cases.context import RunContext

__all__ = ["announce_run", "serve"]


def serve(
    ledger: "Ledger", context: "RunContext", credentials: "Credentials", concurrency: int
) -> None:
    """Work for a shared ledger until the context says stop.

    Raises:
        RuleError: the clock of this machine is wrong.
        LedgerError: the ledger failed; nothing more was posted here.
    """
    from bulksms.ledger.server_address import ServerAddress
    from bulksms.tasks.engine import TaskEngine
    from bulksms.tasks.serve_worker import Worker, refuse_wrong_clock

    refuse_wrong_clock(ledger, context)
    worker = Worker(ledger, context, credentials, concurrency)
    address = ServerAddress.parse(context.settings.ledger or "")
    worker.serve(TaskEngine(address, _group(context, credentials), worker.tasks))


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
