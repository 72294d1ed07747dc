"""How a campaign is to be posted, as the ledger keeps it for all workers.

Each worker has its own number of frames in flight, and results go where they are asked for.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, time
from decimal import Decimal
from typing import Any

from bulksms.message.quiet_hours import SendingHours
from bulksms.sender import Pacing
from bulksms.use_cases.context import RunOptions

__all__ = ["run_options_from_json", "run_options_to_json"]

PLAIN = ("rate", "tries", "wait_for_hours", "isolate_refused", "accept_short_frames")


def run_options_to_json(options: RunOptions) -> dict[str, Any]:
    """Write what workers need to know."""
    pacing, hours = options.pacing, options.hours
    return {
        **{name: getattr(pacing, name) for name in PLAIN},
        "max_cost": None if pacing.max_cost is None else str(pacing.max_cost),
        "start_by": None if pacing.start_by is None else pacing.start_by.isoformat(),
        "hours": hours
        and {
            "opens": hours.opens.isoformat(),
            "closes": hours.closes.isoformat(),
            "sundays": hours.sundays,
            "holidays": hours.holidays,
        },
    }


def run_options_from_json(values: Mapping[str, Any], concurrency: int) -> RunOptions:
    """Read how a campaign is posted by a worker with so many frames in flight."""
    max_cost, start_by, hours = (values.get(name) for name in ("max_cost", "start_by", "hours"))
    pacing = replace(
        Pacing(concurrency=concurrency),
        **{name: values[name] for name in PLAIN if name in values},
        max_cost=None if max_cost is None else Decimal(max_cost),
        start_by=None if start_by is None else datetime.fromisoformat(start_by),
    )
    return RunOptions(
        pacing=pacing,
        hours=hours
        and SendingHours(
            opens=time.fromisoformat(hours["opens"]),
            closes=time.fromisoformat(hours["closes"]),
            sundays=hours["sundays"],
            holidays=hours["holidays"],
        ),
    )
