"""Freezes the frames of a plan: their bytes, request ids and planned costs."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from bulksms.campaign import Frame, Parameters
from bulksms.ledger import FrozenFrame
from bulksms.message.pricing import MILLION, in_millionths
from bulksms.octopush.request import build_body_of_columns
from bulksms.plan.frame_numbers import FrameNumbers
from bulksms.plan.make_plan import Plan
from bulksms.plan.personalised import PersonalisedVariants
from bulksms.sender.sign_frame import sign_frame

__all__ = ["freeze", "freeze_frame"]

ROWS_AT_ONCE = 1 << 18


def freeze(plan: Plan, name: str, *, rehearsal: bool) -> Iterator[FrozenFrame]:
    """Cut and freeze the frames; ids are derived, so that a repeat has the same one."""
    if plan.personalised is None:
        return
    segments, millionths = _sums(plan, plan.personalised)
    for parameters, frame in plan.cut_frames():
        frozen = freeze_frame(parameters, frame, name, rehearsal=rehearsal)
        cost = None if plan.price is None else Decimal(int(millionths[frame.number])) / MILLION
        yield replace(frozen, sms_planned=int(segments[frame.number]), cost_planned=cost)


def freeze_frame(
    parameters: Parameters, frame: Frame, name: str, *, rehearsal: bool
) -> FrozenFrame:
    """Freeze one frame of a campaign, without what it is planned to cost."""
    return sign_frame(
        build_body_of_columns(parameters, frame.columns),
        frame.phone_numbers,
        campaign=name,
        number=frame.number,
        rows=(frame.first_row, frame.last_row),
        rehearsal=rehearsal,
    )


def _sums(plan: Plan, texts: PersonalisedVariants) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Add up segments, and their cost in millionths of a euro, by frame number."""
    rows, prices = plan.row_table, {} if plan.price is None else plan.price.prices
    countries = rows.countries.values
    units = np.array([in_millionths(prices.get(each, Decimal(0))) for each in countries])
    segments = np.zeros(len(plan.frames) + 1, dtype=np.int64)
    millionths = np.zeros(len(plan.frames) + 1, dtype=np.int64)
    numbers = FrameNumbers(plan)
    for start in range(0, len(rows), ROWS_AT_ONCE):
        part = slice(start, start + ROWS_AT_ONCE)
        frames = numbers.of_rows(part)
        needed = texts.segments[part].astype(np.int64)
        np.add.at(segments, frames, needed)
        np.add.at(millionths, frames, needed * units[rows.columns.countries[part]])
    return segments, millionths
