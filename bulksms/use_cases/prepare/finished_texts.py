"""Finds people who already got exactly their text of a plan, however its template was written."""

from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from bulksms.columnar.arrays import is_in_sorted, sorted_unique
from bulksms.ledger import CampaignRecord, Ledger
from bulksms.message import normalise_texts
from bulksms.plan.make_plan import Plan
from bulksms.use_cases.orders.sent_texts import may_be_same, numbers_with_sent_text, texts_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from bulksms.columnar.arrays import PhoneNumbers

__all__ = ["may_have_same_text", "numbers_with_same_finished_text"]


def numbers_with_same_finished_text(
    ledger: Ledger,
    plan: Plan,
    *,
    since: datetime | None,
    without: int | None = None,
) -> "PhoneNumbers":
    """Collect the numbers whose finished text an earlier campaign sent, or may still send.

    The campaign with the id `without` does not count.
    """
    records = [
        record
        for record in ledger.campaigns.all()
        if record.id != without and _counts(record, plan)
    ]
    rehearsal = plan.request.rules.rehearsal
    similar = _templates_that_match(plan, {texts_of(record) for record in records})
    # Nightly campaigns have one text: each question is asked once for all of them.
    texted = cache(lambda digest: ledger.history.numbers_texted(digest, rehearsal, since))
    numbers = sorted_unique(plan.phone_numbers) if similar else np.empty(0, dtype=np.int64)
    common = {
        record.id: numbers[is_in_sorted(numbers, texted(record.text_digest))]
        for record in records
        if texts_of(record) in similar
    }
    if not any(map(len, common.values())):
        return np.empty(0, dtype=np.int64)
    wanted = _wanted_texts(plan, sorted_unique(np.concatenate([*common.values()])))
    same = [np.empty(0, dtype=np.int64)]
    for record in records:
        same += numbers_with_sent_text(ledger, record, wanted, common.get(record.id, same[0]))
    return sorted_unique(np.concatenate(same))


def may_have_same_text(plan: Plan, record: CampaignRecord) -> bool:
    """Whether a finished text of a plan can come from a template of a campaign."""
    return bool(_templates_that_match(plan, {texts_of(record)}))


def _finished_blocks(plan: Plan) -> "Iterator[pd.Series[str]]":
    """Yield the normalised finished texts of a plan in blocks, under the phone numbers."""
    if plan.personalised is None:
        return
    for _, block in plan.personalised.blocks():
        numbers = block.contacts["phone_number"].to_numpy()
        yield normalise_texts(block.texts).set_axis(numbers)


def _templates_that_match(plan: Plan, templates: set[tuple[str, ...]]) -> set[tuple[str, ...]]:
    """Find the texts of campaigns that a finished text of the plan can come from."""
    matched: set[tuple[str, ...]] = set()
    if not templates:
        return matched
    for finished in _finished_blocks(plan):
        matched |= {texts for texts in templates - matched if may_be_same(texts, finished)}
        if matched == templates:
            break
    return matched


def _wanted_texts(plan: Plan, numbers: "PhoneNumbers") -> "pd.Series[str]":
    """Return the finished texts of some people, under their phone numbers."""
    import pandas as pd

    wanted = pd.concat(
        [texts[is_in_sorted(texts.index.to_numpy(), numbers)] for texts in _finished_blocks(plan)]
    )
    return wanted[~wanted.index.duplicated()]


def _counts(record: CampaignRecord, plan: Plan) -> bool:
    """Whether a campaign texted people, or rehearsed or simulated it like the plan."""
    if record.is_test or record.rehearsal != plan.request.rules.rehearsal:
        return False
    simulated = plan.shared_parameters.simulation_mode
    return bool(record.parameters.get("simulation_mode", False) == simulated)
