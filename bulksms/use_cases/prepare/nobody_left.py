"""The finding that no row of a list can be texted, with what to do about it."""

from bulksms.contacts.findings.thresholds import NOT_FAULTS
from bulksms.finding import Finding, Level
from bulksms.plan.make_plan import Plan

__all__ = ["nobody_left"]


def nobody_left(plan: Plan) -> Finding | None:
    """Say why no row can be texted; `None` when one can."""
    if plan.sendable:
        return None
    counts = plan.left_out_counts
    reasons = ", ".join(f"{rows:,} {reason.replace('_', ' ')}" for reason, rows in counts.items())
    advice = (
        "choose another list, for there is nothing to correct in this one"
        if counts.keys() <= set(NOT_FAULTS)
        else "correct the rows that --rejects-out FILE writes"
    )
    return Finding(
        code="nobody_left",
        level=Level.ERROR,
        message=f"No row of the list can be texted ({reasons}): {advice}.",
        count=sum(counts.values()),
    )
