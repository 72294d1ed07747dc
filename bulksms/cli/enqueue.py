"""`--enqueue` of `send` and `resume`: asks the workers to post a campaign, and wakes them."""

from bulksms.results import quoted
from bulksms.tasks import announce_run
from bulksms.use_cases.context import RunContext, RunOptions, RunResult, require_credentials
from bulksms.use_cases.workers.enqueue_campaign import enqueue_campaign

__all__ = ["enqueue_and_announce"]


def enqueue_and_announce(name: str, run_options: RunOptions, context: RunContext) -> RunResult:
    """Ask the workers to post a campaign; one that sleeps wakes up.

    Raises:
        BulkSmsError: as `enqueue_campaign` does.
    """
    result = enqueue_campaign(name, run_options, context)
    announce_run(context, require_credentials(context.settings))
    context.observer.note(
        f"The workers post the campaign {name}: `bulksms status {quoted(name)} --follow` follows "
        "it."
    )
    return result
