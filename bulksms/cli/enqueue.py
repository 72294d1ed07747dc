"""`--enqueue` of `send` and `resume`: asks the workers to post a campaign, and wakes them."""

from collections.abc import Mapping
from typing import Any

from bulksms.results import quoted
from bulksms.settings import Settings
from bulksms.tasks import announce_run
from bulksms.use_cases.context import RunContext, RunOptions, RunResult, require_credentials
from bulksms.use_cases.send.posting_options import refuse_files_of_workers
from bulksms.use_cases.workers.enqueue_campaign import enqueue_campaign, require_shared_ledger

__all__ = ["check_enqueue", "enqueue_and_announce"]


def check_enqueue(given: Mapping[str, Any], settings: Settings) -> None:
    """Refuse what workers cannot do.

    Raises:
        UsageError: the ledger is a file of this machine, or a file of results is asked for.
    """
    require_shared_ledger(settings)
    refuse_files_of_workers(given)


def enqueue_and_announce(name: str, run_options: RunOptions, context: RunContext) -> RunResult:
    """Ask the workers to post a campaign; one that sleeps wakes up.

    Raises:
        BulkSmsError: as `enqueue_campaign` does.
    """
    result = enqueue_campaign(name, run_options, context)
    announce_run(context, require_credentials(context.settings))
    context.observer.note(
        f"The workers post the campaign {name}: `bulksms status {quoted(name)} --follow` follows "
        f"it, and `bulksms report {quoted(name)}` writes its results at the end."
    )
    return result
