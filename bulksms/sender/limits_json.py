"""The limits of a shared run as JSON in the ledger, without values private to a worker.

Not kept are money, which the ledger adds up from its frames, and the start of the last frame if
there is no rate. So a good answer changes nothing.
"""

from collections.abc import Mapping
from dataclasses import asdict, fields, replace
from decimal import Decimal
from typing import Any, TypeVar

from bulksms.sender.interface import RunOutcome, StopCause
from bulksms.sender.limits import Breaker, DoubtLimit, RefusalLimit, RetryBudget
from bulksms.sender.run_limits import RunLimits

__all__ = ["limits_from_json", "limits_to_json", "without_private_values"]

Value = TypeVar("Value", Breaker, RetryBudget, DoubtLimit, RefusalLimit)
PLAIN = ("first_accepted", "last_start", "no_start_before", "too_large")


def without_private_values(limits: RunLimits) -> RunLimits:
    """Drop values that change with every answer and that other workers do not need."""
    needs_start = limits.spacing > 0 or limits.breaker.in_a_row > 0
    return replace(
        limits,
        spending=replace(limits.spending, spent=Decimal(0)),
        last_start=limits.last_start if needs_start else None,
    )


def limits_to_json(limits: RunLimits) -> dict[str, Any]:
    """Write the limits that all workers share."""
    end = limits.end
    return {
        **{name: getattr(limits, name) for name in PLAIN},
        "max_price_ratio": str(limits.spending.max_price_ratio),
        "max_sms_ratio": str(limits.spending.max_sms_ratio),
        "breaker": asdict(limits.breaker),
        "budget": asdict(limits.budget),
        "doubts": asdict(limits.doubts),
        "refusals": asdict(limits.refusals),
        "end": None if end is None else asdict(end) | {"cause": end.cause.value},
    }


def limits_from_json(values: Mapping[str, Any], basis: RunLimits) -> RunLimits:
    """Read the limits; what is not kept, such as the highest cost, is that of `basis`."""
    end = values.get("end")
    spending = replace(
        basis.spending,
        max_price_ratio=Decimal(values.get("max_price_ratio", 1)),
        max_sms_ratio=Decimal(values.get("max_sms_ratio", 1)),
    )
    return replace(
        basis,
        **{name: values[name] for name in PLAIN if name in values},
        spending=spending,
        breaker=_read(Breaker(), values.get("breaker")),
        budget=_read(RetryBudget(), values.get("budget")),
        doubts=_read(DoubtLimit(), values.get("doubts")),
        refusals=_read(RefusalLimit(), values.get("refusals")),
        end=None if end is None else RunOutcome(**end | {"cause": StopCause(end["cause"])}),
    )


def _read(value: Value, values: Mapping[str, Any] | None) -> Value:
    """Read a value; what another version wrote besides is left out."""
    names = {field.name for field in fields(value)}
    return replace(value, **{name: new for name, new in (values or {}).items() if name in names})
