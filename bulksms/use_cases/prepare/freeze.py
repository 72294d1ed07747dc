"""Freezes the frames of a plan: their bytes, request ids and planned costs."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np

from bulksms.ledger import FrozenFrame
from bulksms.message.pricing import MILLION
from bulksms.octopush import build_body
from bulksms.plan.make_plan import Plan
from bulksms.sender import sign_frame

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["freeze"]


def freeze(plan: Plan, name: str, *, rehearsal: bool) -> Iterator[FrozenFrame]:
    """Cut and freeze the frames; ids are derived, so that a repeat has the same one."""
    planned = zip(_sums(plan, plan.segments), _sums(plan, _millionths(plan)), strict=True)
    for (parameters, frame), (sms, cost) in zip(plan.cut_frames(), planned, strict=True):
        signed = sign_frame(
            build_body(parameters, frame.contacts),
            frame.phone_numbers,
            campaign=name,
            number=frame.number,
            rows=(frame.first_row, frame.last_row),
            rehearsal=rehearsal,
        )
        cost_planned = None if cost is None else Decimal(cost) / MILLION
        yield replace(signed, sms_planned=sms, cost_planned=cost_planned)


def _millionths(plan: Plan) -> "pd.Series[int] | None":
    return None if plan.price is None else plan.price.millionths


def _sums(plan: Plan, per_contact: "pd.Series[int] | None") -> list[int] | list[None]:
    """Add up a value of each contact, frame by frame."""
    if per_contact is None:
        return [None] * len(plan.frames)
    ends = np.cumsum(plan.frames)
    cumulated = np.concatenate(([0], per_contact.to_numpy().cumsum()))
    sums: list[int] = np.diff(cumulated[[0, *ends]]).tolist()
    return sums
