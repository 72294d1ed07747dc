"""Freezes the frames of a plan: their bytes, request ids and planned costs."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from bulksms.campaign import Frame, Parameters
from bulksms.ledger import FrozenFrame
from bulksms.message.pricing import MILLION, in_millionths
from bulksms.octopush.frame_bodies import build_bodies
from bulksms.plan.frame_numbers import FrameNumbers
from bulksms.plan.make_plan import Plan
from bulksms.plan.personalised import PersonalisedVariants
from bulksms.sender.sign_frame import sign_frame

__all__ = ["freeze", "freeze_frames"]

ROWS_AT_ONCE = 1 << 18
FRAMES_AT_ONCE = 64  # whose bodies are written at a time: about 2 MB


def freeze(plan: Plan, name: str, *, rehearsal: bool) -> Iterator[FrozenFrame]:
    """Cut and freeze the frames; ids are derived, so that a repeat has the same one."""
    if plan.personalised is None:
        return
    segments, millionths = _sums(plan, plan.personalised)
    frames = plan.cut_frames()
    while batch := list(islice(frames, FRAMES_AT_ONCE)):
        for frozen in freeze_frames(batch, name, rehearsal=rehearsal):
            at = frozen.number
            cost = None if plan.price is None else Decimal(int(millionths[at])) / MILLION
            yield replace(frozen, sms_planned=int(segments[at]), cost_planned=cost)


def freeze_frames(
    frames: Sequence[tuple[Parameters, Frame]], name: str, *, rehearsal: bool
) -> Iterator[FrozenFrame]:
    """Freeze some frames of a campaign, without what they are planned to cost."""
    for (_, frame), body in zip(frames, build_bodies(frames), strict=True):
        yield sign_frame(
            body,
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
