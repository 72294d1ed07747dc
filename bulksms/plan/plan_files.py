"""Plans files for programs that use bulksms as a library."""

from datetime import UTC, datetime
from pathlib import Path

from bulksms.contacts import OptOutList
from bulksms.plan.make_plan import make_plan
from bulksms.plan.make_request import make_request
from bulksms.plan.options import PlanOptions
from bulksms.plan.plan import Plan

__all__ = ["plan_files"]


def plan_files(
    *files: str | Path,
    options: PlanOptions = PlanOptions(),  # noqa: B008 - frozen
    opt_outs: OptOutList = OptOutList(),  # noqa: B008 - frozen
    rehearsal: bool = False,
) -> Plan:
    """Load, screen and, with a text, personalise files; nothing is sent or kept.

    `opt_outs` are left out besides those that `options` name. A `rehearsal` accepts numbers from
    ranges reserved for fiction.

    Raises:
        UsageError: an option is not valid.
        InputError: a file, its columns or the text cannot be used.
    """
    request = make_request(
        tuple(map(str, files)),
        options,
        rehearsal=rehearsal,
        stored_optouts=opt_outs,
        now=datetime.now(UTC),
    )
    return make_plan(request)
