"""Runs a saved campaign once, unattended: tonight's list, and only its new people.

Errors are part of the answer, so that the caller can report them everywhere.
"""

from dataclasses import replace
from pathlib import Path

from bulksms.contacts import Reason
from bulksms.errors import BulkSmsError, InputError, UsageError
from bulksms.ledger import CampaignRecord, Ledger, ledger_exists, open_ledger
from bulksms.plan.files import write_outputs
from bulksms.plan.make_plan import Plan
from bulksms.plan.make_request import parse_country
from bulksms.plan.view import view_plan
from bulksms.use_cases.context import RunContext, RunResult
from bulksms.use_cases.opt_outs.apply_opt_outs import read_opt_out_lists, remember_opt_outs
from bulksms.use_cases.prepare.begin_campaign import begin_campaign
from bulksms.use_cases.prepare.end_without_sending import end_without_list, end_without_sending
from bulksms.use_cases.prepare.history_rules import history_rules
from bulksms.use_cases.prepare.identity import run_name
from bulksms.use_cases.prepare.obey_noes import obey_noes
from bulksms.use_cases.prepare.prepare_campaign import (
    PreparedCampaign,
    SendRequest,
    prepare_campaign,
)
from bulksms.use_cases.prepare.screen_campaign import preview_campaign
from bulksms.use_cases.prepare.seeds import announce_seeds
from bulksms.use_cases.prepare.send_sample import begin_sample, prepare_sample
from bulksms.use_cases.send.posting_options import run_options
from bulksms.use_cases.send.run_campaign import run_campaign
from bulksms.use_cases.unattended.await_settled import await_settled
from bulksms.use_cases.unattended.check_saved_campaign import check_saved_campaign
from bulksms.use_cases.unattended.find_sources import find_sources
from bulksms.use_cases.unattended.finish_interrupted import (
    explain_corrected,
    finish_interrupted,
    interrupted_runs,
)
from bulksms.use_cases.unattended.list_shape import (
    is_of_rejects,
    last_shape,
    remember_shape,
    shape_of,
)
from bulksms.use_cases.unattended.open_lists import GivenLists, Lists, open_lists
from bulksms.use_cases.unattended.plan_lists import PlannedLists, plan_lists
from bulksms.use_cases.unattended.plan_terms import explain_unapproved, plan_terms, require_approval
from bulksms.use_cases.unattended.saved_campaign import SavedCampaign
from bulksms.use_cases.unattended.unattended_run import UnattendedRun
from bulksms.use_cases.upkeep.open_ledger import ledger_to_send_from
from bulksms.use_cases.workers.enqueue_campaign import enqueue_campaign

__all__ = ["run_unattended"]


def run_unattended(
    campaign: SavedCampaign,
    context: RunContext,
    *,
    lists: GivenLists | None = None,
    plan_only: bool = False,
) -> UnattendedRun:
    """Run a saved campaign once; every error that a user can cause is in the answer.

    `lists` are read in place of those that the campaign file names. With `plan_only` nothing is
    kept or posted, and no connection to the API is opened.
    """
    with open_lists(campaign, context.settings, lists) as opened:
        run = _Run(campaign, context, opened, plan_only=plan_only)
        try:
            run.go(find_sources(campaign) if lists is None else lists.files)
        except BulkSmsError as error:
            run.end = replace(run.end, error=opened.named(error))
    return run.end


class _Run:
    """One run; `end` grows with it, so that an error loses nothing that is known."""

    def __init__(
        self,
        campaign: SavedCampaign,
        context: RunContext,
        lists: Lists,
        *,
        plan_only: bool,
    ) -> None:
        self._campaign, self._context, self._lists = campaign, context, lists
        self._sources: tuple[Path | str, ...] = ()
        self._plan_only = plan_only or campaign.dry_run
        self.end = UnattendedRun(
            campaign=campaign, started_at=context.clock.now(), plan_only=self._plan_only
        )

    def go(self, sources: tuple[Path | str, ...]) -> None:
        """Finish interrupted runs, then send the list to its new people.

        Raises:
            BulkSmsError: something stops the run.
        """
        self._sources = sources
        settings = self._context.settings
        check_saved_campaign(self._campaign, self.end.started_at)
        if not self._campaign.plan.message.has_text:
            raise UsageError(
                f'{self._campaign.path} has no message: add a line such as text_file = "text.txt".'
            )
        screening = self._campaign.plan.screening
        own = () if self._lists.are_complete else sources
        await_settled([*own, *screening.optouts, *screening.guest_list], self._context)
        if self._plan_only:
            self._show_plan()
            return
        with (
            ledger_to_send_from(settings, self._context.observer) as ledger,
            ledger.locks.series(self._campaign.name),
        ):
            self._run(ledger)

    def _show_plan(self) -> None:
        campaign, settings = self._campaign, self._context.settings
        rehearsal, last, approved = settings.rehearsal, None, None
        waiting: list[CampaignRecord] = []
        if ledger_exists(settings.home, settings.ledger):
            with open_ledger(settings.home, settings.ledger) as ledger:
                last = last_shape(ledger, campaign.name, rehearsal=rehearsal)
                approved = ledger.approvals.latest(campaign.name)
                waiting = interrupted_runs(ledger, campaign.name, rehearsal=rehearsal)
            self.end = replace(self.end, waiting=tuple(each.name for each in waiting))
        planned = self._plan_lists()
        planned.check(campaign.rules, last)
        if planned.plan is None:
            self.end = replace(self.end, nothing_new=True)
            return
        doubts = [explain_unapproved(campaign, self.end.terms or {}, approved)]
        doubts += [explain_corrected(record, planned.plan) for record in waiting]
        for doubt in filter(None, doubts):
            self._context.observer.note(doubt)
        request, now = self._request(), self._context.clock.now()
        screened = preview_campaign(planned.plan, None, request.history, settings, now)
        plan = planned.plan if screened is None else screened.plan
        if plan.sendable and not plan.errors:
            announce_seeds(plan, request.run_options.seeds, self._context.observer.note)
        nothing_new = _has_no_sendable(plan) or (screened is not None and screened.nothing_new)
        self.end = replace(self.end, plan=view_plan(plan), nothing_new=nothing_new)

    def _run(self, ledger: Ledger) -> None:
        campaign, request = self._campaign, self._request()
        self._remember_opt_outs(ledger)
        try:
            planned = self._plan_lists()
        except InputError:
            # The interrupted run was approved and valid; tonight's list may not be.
            self._finish_interrupted(ledger, request, None)
            raise
        if planned.plan is not None:  # first: a list that is refused must not lose its noes
            obey_noes(ledger, planned.plan, self._context, name="", forget_optouts=True)
        if not self._finish_interrupted(ledger, request, planned.plan):
            return
        if planned.plan is not None:  # a refused list is corrected with the help of its rejects
            write_outputs(planned.plan, campaign.outputs)
        last = last_shape(ledger, campaign.name, rehearsal=self._context.settings.rehearsal)
        planned.check(campaign.rules, last)
        if planned.plan is None or _has_no_sendable(planned.plan):
            self._end_without_list(planned.plan)
        elif campaign.test_to is not None:
            self.end = replace(self.end, result=self._send_sample(planned.plan, request))
        else:
            self._send_new(ledger, planned.plan, request)

    def _send_new(self, ledger: Ledger, plan: Plan, request: SendRequest) -> None:
        """Send a list that the rules allow to the people who are new."""
        campaign, context = self._campaign, self._context
        prepared = prepare_campaign(plan, request, context)
        nothing_new = prepared.nothing_new
        if not nothing_new and not plan.shared_parameters.simulation_mode:
            require_approval(ledger, campaign, self.end.terms or {}, context)
        self.end = replace(self.end, plan=view_plan(prepared.plan), nothing_new=nothing_new)
        name = None if nothing_new else prepared.name
        rehearsal, now = context.settings.rehearsal, context.clock.now()
        if not is_of_rejects(plan):  # the next list is compared with the one before them
            remember_shape(ledger, campaign.name, shape_of(plan), name, now, rehearsal=rehearsal)
        write_outputs(prepared.plan, campaign.outputs)
        self.end = replace(self.end, result=self._send(prepared))

    def _send(self, prepared: PreparedCampaign) -> RunResult:
        if prepared.nothing_new:
            return end_without_sending(prepared, self._context)
        name = begin_campaign(prepared, self._context)
        act = enqueue_campaign if self._campaign.posting.enqueue else run_campaign
        return act(name, prepared.request.run_options, self._context)

    def _send_sample(self, plan: Plan, request: SendRequest) -> RunResult:
        """Send the text of one row to the operator's own number, and to no one else."""
        sample = prepare_sample(plan, self._campaign.test_to or "", request, self._context)
        name = begin_sample(sample, self._context)
        return run_campaign(name, request.run_options, self._context)

    def _end_without_list(self, plan: Plan | None) -> None:
        name = run_name(self._campaign.name, self.end.started_at)
        message = self._campaign.plan.message
        result = end_without_list(name, message, plan, self._context)
        self.end = replace(self.end, nothing_new=True, result=result)

    def _remember_opt_outs(self, ledger: Ledger) -> None:
        """Store tonight's opt-outs first of all: a run that sends nothing must not lose them."""
        screening, region = self._campaign.plan.screening, self._campaign.plan.reading.region
        if not self._campaign.forget_optouts:
            lists = read_opt_out_lists(screening.optouts, parse_country(region))
            remember_opt_outs(ledger, lists, self._context.clock.now())

    def _finish_interrupted(self, ledger: Ledger, request: SendRequest, plan: Plan | None) -> bool:
        """Finish interrupted runs; false when one of them cannot be finished."""
        finished = finish_interrupted(
            ledger,
            self._campaign.name,
            request.run_options,
            self._context,
            optouts=self._campaign.plan.screening.optouts,
            plan=plan,
        )
        if finished and finished[-1].report.state != "done":
            self.end = replace(self.end, finished_first=finished[:-1], result=finished[-1])
            return False
        self.end = replace(self.end, finished_first=finished)
        return True

    def _plan_lists(self) -> PlannedLists:
        planned = plan_lists(self._campaign, self._context, self._lists, self._sources)
        self.end = replace(self.end, files=planned.files)
        if planned.plan is not None:
            terms = plan_terms(self._campaign, planned.plan)
            self.end = replace(self.end, plan=view_plan(planned.plan), terms=terms)
        return planned

    def _request(self) -> SendRequest:
        campaign = self._campaign
        rules = history_rules(replace(campaign.history, yes=True))
        options = run_options(campaign.posting, campaign.plan.hours)
        within = campaign.rules.start_within
        start_by = None if within is None else self.end.started_at + within
        return SendRequest(
            forget_optouts=campaign.forget_optouts,
            history=replace(rules, series=campaign.name, only_new=campaign.rules.only_new),
            run_options=replace(options, pacing=replace(options.pacing, start_by=start_by)),
        )


def _has_no_sendable(plan: Plan) -> bool:
    """Whether a valid list has only people who must not be texted."""
    return not plan.sendable and not plan.errors and set(plan.reasons) <= {Reason.NO_CONSENT}
