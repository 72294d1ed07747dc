"""Freezes the frames of a plan: their bytes, request ids and planned costs."""

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np

from bulksms.campaign import frame_key
from bulksms.ledger import FrozenFrame
from bulksms.message.pricing import MILLION
from bulksms.octopush import add_request_id, build_body
from bulksms.plan.make_plan import Plan

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["freeze"]


def freeze(plan: Plan, name: str, *, rehearsal: bool) -> Iterator[FrozenFrame]:
    """Cut and freeze the frames; ids are derived, so that a repeat has the same one."""
    planned = zip(_sums(plan, plan.segments), _sums(plan, _millionths(plan)), strict=True)
    for (parameters, frame), (sms, cost) in zip(plan.cut_frames(), planned, strict=True):
        body = build_body(parameters, frame.contacts)
        key = frame_key(name, frame.number, rehearsal=rehearsal)
        request_id, signed, _ = add_request_id(body, key=key)
        yield FrozenFrame(
            number=frame.number,
            first_row=frame.first_row,
            last_row=frame.last_row,
            body=signed,
            request_id=request_id,
            numbers=frame.phone_numbers,
            sms_planned=sms,
            cost_planned=None if cost is None else Decimal(cost) / MILLION,
        )


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
