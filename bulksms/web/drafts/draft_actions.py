"""Actions on a draft in the process that reads lists: begin its campaign, or test it.

It is posted by another process still, so that nothing is sent inside a request.
"""

import threading
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bulksms.campaign_file import read_campaign_file
from bulksms.clock import SystemClock
from bulksms.errors import BulkSmsError
from bulksms.plan.files import write_rejects
from bulksms.sender import SilentObserver
from bulksms.settings import Settings
from bulksms.use_cases.context import RunContext
from bulksms.use_cases.prepare.begin_campaign import begin_campaign
from bulksms.use_cases.prepare.history_rules import history_rules
from bulksms.use_cases.prepare.prepare_campaign import SendRequest, prepare_campaign
from bulksms.use_cases.prepare.screen_campaign import preview_campaign
from bulksms.use_cases.prepare.send_sample import begin_sample, prepare_sample
from bulksms.use_cases.send.posting_options import run_options
from bulksms.use_cases.unattended.saved_campaign import SavedCampaign
from bulksms.web.drafts.draft_plan import plan_of_draft
from bulksms.web.drafts.drafts import Draft
from bulksms.web.drafts.plan_process import state_of

__all__ = ["Begun", "begin_draft", "begin_test", "write_left_out"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """The campaign that was begun, else why not.

    Attributes:
        people: how many people the list reaches now, where that is not the number expected.
        is_outdated: the draft is not what was shown any more, so nothing was begun.
    """

    campaign: str | None = None
    error: BulkSmsError | None = None
    people: int | None = None
    is_outdated: bool = False


def begin_draft(draft: Draft, settings: Settings, expected: int, shown: str) -> Begun:
    """Begin the campaign of a draft if it reaches as many people as were expected.

    The same draft again gives the campaign that it began. `shown` is the state that was shown:
    what another window changed meanwhile is not sent.
    """
    try:
        saved = draft.read()
        plan = plan_of_draft(saved, settings, SystemClock().now())
        prepared = prepare_campaign(plan, _request(saved), _context(settings))
        if state_of(draft, settings) != shown:
            return Begun(is_outdated=True)
        if prepared.existing is None and prepared.plan.sendable != expected:
            return Begun(people=prepared.plan.sendable)
        return Begun(campaign=begin_campaign(prepared, _context(settings)))
    except BulkSmsError as error:
        return Begun(error=error)


def begin_test(draft: Draft, settings: Settings, number: str, shown: str) -> Begun:
    """Begin the test of a draft's text with one's own number, if it is the text that was shown."""
    try:
        saved = draft.read()
        plan = plan_of_draft(saved, settings, SystemClock().now())
        sample = prepare_sample(plan, number, _request(saved), _context(settings))
        if state_of(draft, settings) != shown:
            return Begun(is_outdated=True)
        return Begun(campaign=begin_sample(sample, _context(settings)))
    except BulkSmsError as error:
        return Begun(error=error)


def write_left_out(
    path: Path, settings: Settings, target: Path, now: datetime
) -> BulkSmsError | None:
    """Write the rows that a draft leaves out; returns why it could not be done."""
    try:
        saved = read_campaign_file(path)
        plan = plan_of_draft(saved, settings, now)
        screened = preview_campaign(plan, None, history_rules(saved.history), settings, now)
        write_rejects(target, plan if screened is None else screened.plan)
    except BulkSmsError as error:
        return error
    return None


def _request(saved: SavedCampaign) -> SendRequest:
    return SendRequest(
        forget_optouts=saved.forget_optouts,
        history=history_rules(saved.history),
        run_options=run_options(saved.posting, saved.plan.hours),
    )


def _context(settings: Settings) -> RunContext:
    return RunContext(
        settings=settings, clock=SystemClock(), observer=SilentObserver(), stop=threading.Event()
    )
