"""Leaves out people of earlier campaigns: they got the same text, or marketing recently."""

from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from bulksms.campaign import Purpose
from bulksms.columnar.arrays import is_in_sorted, sorted_unique
from bulksms.contacts import Reason
from bulksms.count_words import count_of
from bulksms.finding import Finding, Level
from bulksms.ledger import FrameState, Ledger
from bulksms.plan.make_plan import Plan
from bulksms.use_cases.prepare.finished_texts import (
    may_have_same_text,
    numbers_with_same_finished_text,
)
from bulksms.use_cases.prepare.history_rules import (
    SAME_TEXT_WITHIN,
    HistoryRules,
    moment_before,
)
from bulksms.use_cases.prepare.identity import text_digest_of, variants_with_same_text
from bulksms.use_cases.reporting.read_outcomes import DEAD, learn_dead_numbers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bulksms.columnar.arrays import PhoneNumbers

__all__ = [
    "WAITING_ELSEWHERE",
    "numbers_kept_out",
    "recognise_erased",
    "screen_history",
]

WAITING_ELSEWHERE = "waiting_elsewhere"
OPTED_OUT_BY_HASH = "The number opted out and is known by a keyed hash alone: leave it out."
LATELY = "This number got another marketing text recently."
IN_SERIES = "An earlier run of this campaign went to this number."


def recognise_erased(ledger: Ledger, plan: Plan) -> Plan:
    """Recognise people of a plan whom the ledger knows by a hash alone, and leave out opt-outs.

    This must happen before the plan is compared with the ledger.
    """
    numbers = plan.phone_numbers
    ledger.pseudonyms.recognise(numbers)
    opted_out = ledger.opt_outs.known_by_hash(numbers)
    return plan.without(opted_out, Reason.OPTED_OUT, OPTED_OUT_BY_HASH)


def screen_history(
    ledger: Ledger, plan: Plan, digest: str, rules: HistoryRules, now: datetime
) -> Plan:
    """Leave out people whom earlier campaigns exclude; report those who got the text long ago."""
    rehearsal = plan.request.rules.rehearsal
    if not rules.include_dead:
        plan = plan.without(
            learn_dead_numbers(ledger, rehearsal=rehearsal), Reason.DEAD_NUMBER, DEAD
        )
    plan = plan.without(_reached(ledger, plan, rules), sentence=IN_SERIES)
    if not rules.again:
        texted = [_same_text(ledger, plan, rules, now)]
        same = ledger.campaigns.with_content(digest, rehearsal=rehearsal)
        if same is not None and rules.same_text_within is None:
            # Newcomers are added to a campaign: the people it reached stay out for ever.
            texted.append(ledger.history.numbers_texted(same.text_digest, rehearsal, None))
        kept_out = np.concatenate(texted)
        finding = _waiting_elsewhere(ledger, plan, kept_out, rules)
        plan = plan.without(kept_out)
        if finding is not None:
            plan = replace(plan, file_findings=(*plan.file_findings, finding))
    plan = plan.without(_texted_lately(ledger, plan, rules, now), Reason.TEXTED_LATELY, LATELY)
    return plan if rules.again else _report_long_ago(ledger, plan, rules)


def _waiting_elsewhere(
    ledger: Ledger, plan: Plan, kept_out: "PhoneNumbers", rules: HistoryRules
) -> Finding | None:
    """Report people who are kept out because an unfinished campaign has the text for them."""
    contacts = plan.phone_numbers
    affected = contacts[is_in_sorted(contacts, sorted_unique(kept_out))]
    for record in reversed(ledger.campaigns.all()):
        is_alike = record.rehearsal == plan.request.rules.rehearsal and not record.is_test
        if not is_alike or record.id == rules.corrected:
            continue
        if not len(affected) or not ledger.frames.any_in(record.id, [FrameState.PLANNED]):
            continue
        planned = ledger.frame_queries.numbers(record.id, [FrameState.PLANNED])
        members, frame_numbers = ledger.frames.frame_by_phone_number(record.id)
        count = int(np.isin(affected, members[np.isin(frame_numbers, planned)]).sum())
        if count and may_have_same_text(plan, record):
            return Finding(
                code=WAITING_ELSEWHERE,
                level=Level.WARNING,
                message=f"{count_of(count, 'person waits', 'people wait')} for this text in the "
                f"campaign {record.name}: continue it with `bulksms resume {record.name}`.",
                count=count,
            )
    return None


def numbers_kept_out(
    ledger: Ledger, plan: Plan, rules: HistoryRules, now: datetime
) -> "PhoneNumbers":
    """Collect the numbers that earlier campaigns exclude from a plan at this moment."""
    kept_out = [_reached(ledger, plan, rules), _texted_lately(ledger, plan, rules, now)]
    if not rules.again:
        kept_out.append(_same_text(ledger, plan, rules, now))
    return np.concatenate(kept_out)


def _reached(ledger: Ledger, plan: Plan, rules: HistoryRules) -> "PhoneNumbers":
    """Collect everyone whom earlier runs of a series reached, if only new people are texted."""
    if rules.series is None or not rules.only_new:
        return np.empty(0, dtype=np.int64)
    return ledger.history.numbers_in_series(rules.series, plan.request.rules.rehearsal)


def _same_text(ledger: Ledger, plan: Plan, rules: HistoryRules, now: datetime) -> "PhoneNumbers":
    """Collect the numbers that got the same text within the period, or may still get it."""
    return _texted_since(ledger, plan, rules.since(now), rules.corrected)


def _texted_since(
    ledger: Ledger, plan: Plan, since: datetime | None, corrected: int | None
) -> "PhoneNumbers":
    """Collect the numbers that got these texts, in whatever campaign, since a moment."""
    return np.concatenate(list(_texted_by_campaign(ledger, plan, since, corrected)))


def _texted_by_campaign(
    ledger: Ledger, plan: Plan, since: datetime | None, corrected: int | None
) -> "Iterator[PhoneNumbers]":
    """Yield the numbers that got these texts together, or their own text in another campaign.

    Another of the texts of such a campaign counts as well: it said the same.
    """
    together, rehearsal = text_digest_of(plan.variants), plan.request.rules.rehearsal
    yield ledger.history.numbers_texted(together, rehearsal, since)
    yield numbers_with_same_finished_text(ledger, plan, since=since, without=corrected)
    with_text = cache(lambda digest: ledger.history.numbers_texted(digest, rehearsal, since))
    for record in ledger.campaigns.all():
        variants = variants_with_same_text(plan, record)
        if variants and record.text_digest != together and record.id != corrected:
            others = with_text(record.text_digest)
            for index in variants:
                yield others[is_in_sorted(others, sorted_unique(plan.numbers_of(index)))]


def _texted_lately(
    ledger: Ledger, plan: Plan, rules: HistoryRules, now: datetime
) -> "PhoneNumbers":
    """Collect the numbers that got any marketing text in the period that keeps them out of more."""
    if rules.marketing_within is None or plan.shared_parameters.purpose is not Purpose.WHOLESALE:
        return np.empty(0, dtype=np.int64)
    since = moment_before(now, rules.marketing_within)
    return ledger.history.numbers_texted_by_marketing(plan.request.rules.rehearsal, since)


def _report_long_ago(ledger: Ledger, plan: Plan, rules: HistoryRules) -> Plan:
    """Report people who got the text before the default period, unless a period was given."""
    if rules.same_text_within is not None:
        return plan
    ever = _texted_since(ledger, plan, None, rules.corrected)
    count = int(np.count_nonzero(is_in_sorted(plan.phone_numbers, sorted_unique(ever))))
    if not count:
        return plan
    finding = Finding(
        code="sent_long_ago",
        level=Level.ERROR if rules.unattended else Level.WARNING,
        message=f"{count_of(count, 'person', 'people')} got this text more than "
        f"{SAME_TEXT_WITHIN.days} days ago and would get it again: decide with "
        "--not-again-within ever (leave them out) or "
        f"--not-again-within {SAME_TEXT_WITHIN.days}d (text them again).",
        count=count,
    )
    return replace(plan, file_findings=(*plan.file_findings, finding))
