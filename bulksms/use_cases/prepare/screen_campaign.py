"""Screens a plan against earlier campaigns: which one it continues, and whom they exclude."""

import re
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from bulksms.columnar.arrays import is_in_sorted, sorted_unique
from bulksms.contacts import Reason
from bulksms.contacts.findings.thresholds import NOT_FAULTS
from bulksms.count_words import count_of
from bulksms.errors import RuleError, SourceChanged
from bulksms.finding import Finding, Level
from bulksms.ledger import (
    OPEN_STATES,
    CampaignRecord,
    FrameState,
    Ledger,
    ledger_exists,
    open_ledger,
)
from bulksms.plan.make_plan import Plan
from bulksms.settings import Settings
from bulksms.use_cases.orders.campaign_orders import find_stop
from bulksms.use_cases.orders.retry_refused import frames_to_retry
from bulksms.use_cases.prepare.corrected_campaign import find_corrected, leave_out_corrected
from bulksms.use_cases.prepare.history_rules import HistoryRules
from bulksms.use_cases.prepare.identity import (
    campaign_name,
    check_campaign_name,
    digest_of,
    free_name,
    run_name,
)
from bulksms.use_cases.prepare.screen_history import (
    WAITING_ELSEWHERE,
    recognise_erased,
    screen_history,
)

__all__ = [
    "ScreenedCampaign",
    "nobody_left",
    "preview_campaign",
    "screen_campaign",
    "without_opt_outs",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenedCampaign:
    """A plan without the people whom earlier campaigns exclude.

    Attributes:
        existing: the campaign that this plan continues; `None` when a new one begins.
        corrects: the interrupted campaign whose text this plan corrects.
        nothing_new: everyone who could be texted got the text already.
    """

    plan: Plan
    name: str
    digest: str
    existing: CampaignRecord | None = None
    corrects: CampaignRecord | None = None

    @property
    def nothing_new(self) -> bool:
        """Whether everyone on the list who could be texted already has the text."""
        reasons = self.plan.left_out_counts
        kept_out = reasons.get(Reason.SENT_BEFORE, 0) + reasons.get(Reason.TEXTED_LATELY, 0)
        waiting = any(finding.code == WAITING_ELSEWHERE for finding in self.plan.findings)
        return not self.plan.sendable and kept_out > 0 and not waiting


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


def preview_campaign(
    plan: Plan, name: str | None, rules: HistoryRules, settings: Settings, now: datetime
) -> ScreenedCampaign | None:
    """Screen a plan as `prepare_campaign` does, for `check`; `None` without a text.

    A ledger that does not exist is not created, and no connection is opened.

    Raises:
        UsageError: the name cannot be used.
        InputError: the campaign cannot be sent under this name.
        LedgerError: the ledger cannot be read.
    """
    if plan.parameters is None:
        return None
    if not ledger_exists(settings.home, settings.ledger):
        digest = digest_of(plan)
        name = check_campaign_name(name) if name else campaign_name(plan, digest)
        return ScreenedCampaign(plan=plan, name=name, digest=digest)
    with open_ledger(settings.home, settings.ledger) as ledger:
        return screen_campaign(ledger, plan, name, rules, now)


def without_opt_outs(plan: Plan, settings: Settings) -> Plan:
    """Leave out the opt-outs that the ledger knows by a hash alone, for a plan without a text.

    Raises:
        LedgerError: the ledger cannot be read.
    """
    if not ledger_exists(settings.home, settings.ledger):
        return plan
    with open_ledger(settings.home, settings.ledger) as ledger:
        return recognise_erased(ledger, plan)


def screen_campaign(
    ledger: Ledger, plan: Plan, name: str | None, rules: HistoryRules, now: datetime
) -> ScreenedCampaign:
    """Find the campaign that the plan continues; otherwise leave out people of earlier ones.

    Raises:
        UsageError: the name cannot be used.
        RuleError: the same content is being sent under another name (S7).
        SourceChanged: the name belongs to other content.
    """
    if name is not None:
        check_campaign_name(name)
    digest = digest_of(plan)
    plan = recognise_erased(ledger, plan)
    existing = _existing_campaign(ledger, plan, digest, name, rules)
    if existing is not None:
        left = _without_settled(ledger, plan, existing, rules)
        return ScreenedCampaign(plan=left, name=existing.name, digest=digest, existing=existing)
    base = campaign_name(plan, digest) if rules.series is None else run_name(rules.series, now)
    name = name or free_name(ledger, base)
    corrected = None
    if not rules.again:
        corrected = find_corrected(ledger, plan, now)
    if corrected is not None:
        plan = leave_out_corrected(ledger, plan, corrected)
        rules = replace(rules, corrected=corrected.id)
    screened = screen_history(ledger, plan, digest, rules, now)
    return ScreenedCampaign(plan=screened, name=name, digest=digest, corrects=corrected)


def _without_settled(
    ledger: Ledger, plan: Plan, existing: CampaignRecord, rules: HistoryRules
) -> Plan:
    """Leave out everyone whose frame is not waiting, and report how many are left."""
    numbers, frames = ledger.frames.frame_by_phone_number(existing.id)
    waiting = ledger.frame_queries.numbers(existing.id, [FrameState.PLANNED])
    if rules.retry_refused:
        waiting += [frame.number for frame in frames_to_retry(ledger, existing)]
    contacts = plan.phone_numbers
    settled = contacts[~is_in_sorted(contacts, numbers[np.isin(frames, waiting)])]
    sentence = f"The campaign {existing.name} has nothing left for this number."
    left = plan.without(settled, Reason.SENT_BEFORE, sentence)
    finding = Finding(
        code="continues_campaign",
        level=Level.NOTE,
        message=f"The campaign {existing.name} has this text and these contacts: it continues "
        f"with the {count_of(left.sendable, 'person', 'people')} it has left.",
        count=left.sendable,
    )
    return replace(left, file_findings=(*left.file_findings, finding))


def _existing_campaign(
    ledger: Ledger, plan: Plan, digest: str, name: str | None, rules: HistoryRules
) -> CampaignRecord | None:
    """Find the campaign that this plan continues.

    Raises:
        RuleError: the same content is being sent under another name (S7).
        SourceChanged: the name belongs to other content.
    """
    rehearsal = plan.request.rules.rehearsal
    same = ledger.campaigns.with_content(digest, rehearsal=rehearsal)
    if same is not None and not rules.again:
        _refuse_stopped(ledger, same, rules)
    if same is not None and rules.again and name is None and _was_again_and_waits(ledger, same):
        return same
    if same is None or rules.again or not _continues(ledger, same, plan, rules):
        return _campaign_of_name(ledger, (digest, rehearsal), name, rules)
    unfinished = ledger.frames.any_in(same.id, OPEN_STATES)
    numbered = name and re.fullmatch(rf"{re.escape(name)}(-\d+)?", same.name)
    if unfinished and name and not numbered:
        raise RuleError(
            f"The campaign {same.name} has the same text and the same contacts, and is not "
            f"finished: continue it with `bulksms resume {same.name}`, or send everything once "
            "more with --again.",
            code="campaign_unfinished",
            name=same.name,
        )
    return same


def _campaign_of_name(
    ledger: Ledger, content: tuple[str, bool], name: str | None, rules: HistoryRules
) -> CampaignRecord | None:
    """Find the campaign that a repeated `--again --campaign NAME` continues.

    Raises:
        SourceChanged: the name belongs to other content, or to a campaign that is finished.
    """
    taken = next((record for record in ledger.campaigns.all() if record.name == name), None)
    if taken is None:
        return None
    is_same = (taken.digest, taken.rehearsal) == content
    if rules.again and is_same and _waits(ledger, taken):
        return taken
    sentence = (
        f"The campaign {name} with this text and these contacts has ended: to send it once more, "
        "choose another name with --campaign."
        if is_same
        else f"The campaign {name} exists with other contacts, text or settings: choose another "
        "name with --campaign."
    )
    raise SourceChanged(sentence, code="campaign_exists", name=taken.name)


def _was_again_and_waits(ledger: Ledger, same: CampaignRecord) -> bool:
    """Whether a campaign that was ordered by `--again` was interrupted: a repeat continues it."""
    return bool(same.parameters.get("again")) and _waits(ledger, same)


def _waits(ledger: Ledger, record: CampaignRecord) -> bool:
    """Whether a campaign was interrupted and not stopped."""
    return ledger.frames.any_unfinished(record.id) and find_stop(ledger, record) is None


def _refuse_stopped(ledger: Ledger, same: CampaignRecord, rules: HistoryRules) -> None:
    """Refuse the content of a stopped campaign, or a restarted command would not be stopped.

    Raises:
        RuleError: it was stopped, and its content may not go to the people left.
    """
    stop = find_stop(ledger, same)
    if stop is not None and not rules.after_stop:
        raise RuleError(
            f"The campaign {same.name} with this text and these contacts was {stop.describe()}: "
            "to send it to the people whom it did not reach, add --after-stop.",
            code="same_campaign_stopped",
            name=same.name,
        )


def _continues(ledger: Ledger, same: CampaignRecord, plan: Plan, rules: HistoryRules) -> bool:
    """Whether a campaign with the same content is continued, rather than a new one begun.

    A new one begins after a finished simulation, after a stop, when a period was given, and for
    newcomers, such as a withdrawn opt-out. So does each run of a series, for the people of frames
    that an earlier run dropped.
    """
    if find_stop(ledger, same) is not None:
        return False
    if ledger.frames.any_unfinished(same.id):
        return True
    if same.parameters.get("simulation_mode") or rules.series is not None:
        return False
    if rules.same_text_within is not None:
        return False
    members = [
        ledger.frames.frame_by_phone_number(record.id)[0]
        for record in ledger.campaigns.all()
        if (record.digest, record.rehearsal) == (same.digest, same.rehearsal)
    ]
    texted = ledger.history.numbers_texted(same.text_digest, same.rehearsal, None)
    reached = sorted_unique(np.concatenate([*members, texted]))
    return bool(is_in_sorted(plan.phone_numbers, reached).all())
