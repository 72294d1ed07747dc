"""Runs a saved campaign once, without a person: the next night's list, and its new people only.

Errors are part of the answer, so that whoever started the run can report them everywhere.
"""

from dataclasses import replace
from pathlib import Path

from bulksms.contacts import Reason
from bulksms.errors import BulkSmsError, EmptySheet, UsageError
from bulksms.ledger import Ledger, ScheduledRunRecord, ledger_exists, open_ledger
from bulksms.plan.accepted_findings import COLUMNS_CHANGED
from bulksms.plan.files import write_outputs
from bulksms.plan.make_plan import Plan, make_plan
from bulksms.plan.view import view_plan
from bulksms.use_cases.begin_campaign import begin_campaign
from bulksms.use_cases.check_saved_campaign import check_saved_campaign
from bulksms.use_cases.context import RunContext, RunResult
from bulksms.use_cases.end_without_sending import end_without_list, end_without_sending
from bulksms.use_cases.find_sources import find_sources
from bulksms.use_cases.finish_interrupted import finish_interrupted, interrupted_runs
from bulksms.use_cases.history_options import history_rules
from bulksms.use_cases.identity import run_name
from bulksms.use_cases.open_ledger import ledger_to_send_from
from bulksms.use_cases.open_lists import GivenLists, Lists, open_lists
from bulksms.use_cases.output_paths import check_outputs
from bulksms.use_cases.plan_terms import plan_terms
from bulksms.use_cases.posting_options import run_options
from bulksms.use_cases.prepare_campaign import PreparedCampaign, SendRequest, prepare_campaign
from bulksms.use_cases.request_plan import request_plan
from bulksms.use_cases.require_approval import explain_unapproved, require_approval
from bulksms.use_cases.run_campaign import run_campaign
from bulksms.use_cases.saved_campaign import SavedCampaign
from bulksms.use_cases.screen_campaign import preview_campaign
from bulksms.use_cases.send_sample import begin_sample, prepare_sample
from bulksms.use_cases.unattended_rules import (
    ListShape,
    refuse_changed,
    refuse_miscounted,
    refuse_stale,
    shape_of,
)
from bulksms.use_cases.unattended_run import UnattendedRun

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
        rows = None if lists is None else lists.rows
        run = _Run(campaign, context, opened, plan_only=plan_only, announced_rows=rows)
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
        announced_rows: int | None,
    ) -> None:
        self._campaign, self._context, self._lists = campaign, context, lists
        self._sources: tuple[Path | str, ...] = ()
        self._announced_rows = announced_rows
        self._plan_only = plan_only or campaign.dry_run
        self.end = UnattendedRun(
            campaign=campaign, started_at=context.clock.now(), plan_only=self._plan_only
        )

    def go(self, sources: tuple[Path | str, ...]) -> None:
        """Finish what was interrupted, then send the list to its new people.

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
        if self._plan_only:
            self._show_plan()
            return
        with (
            ledger_to_send_from(settings, self._context.observer) as ledger,
            ledger.locks.series(self._campaign.name),
        ):
            self._run(ledger)

    def _show_plan(self) -> None:
        settings, last, approved = self._context.settings, None, None
        if ledger_exists(settings.home, settings.ledger):
            with open_ledger(settings.home, settings.ledger) as ledger:
                last = ledger.scheduled_runs.latest(self._campaign.name)
                approved = ledger.approvals.latest(self._campaign.name)
                waiting = interrupted_runs(
                    ledger, self._campaign.name, rehearsal=settings.rehearsal
                )
            self.end = replace(self.end, waiting=tuple(each.name for each in waiting))
        plan = self._allowed_plan(last)
        if plan is None:
            return
        unapproved = explain_unapproved(self._campaign, self.end.terms or {}, approved)
        if unapproved is not None:
            self._context.observer.note(unapproved)
        rules, now = self._request().history, self._context.clock.now()
        screened = preview_campaign(plan, None, rules, settings, now)
        plan = plan if screened is None else screened.plan
        nothing_new = _nobody_wants(plan) or (screened is not None and screened.nothing_new)
        self.end = replace(self.end, plan=view_plan(plan), nothing_new=nothing_new)

    def _run(self, ledger: Ledger) -> None:
        request = self._request()
        if not self._finish_interrupted(ledger, request):
            return
        plan = self._allowed_plan(ledger.scheduled_runs.latest(self._campaign.name))
        if plan is None or _nobody_wants(plan):
            self._end_without_list(plan)
            return
        if self._campaign.test_to is not None:
            self.end = replace(self.end, result=self._send_sample(plan, request))
            return
        prepared = prepare_campaign(plan, request, self._context)
        nothing_new = prepared.nothing_new
        if not nothing_new and not plan.shared_parameters.simulation_mode:
            require_approval(ledger, self._campaign, self.end.terms or {}, self._context)
        self.end = replace(self.end, plan=view_plan(prepared.plan), nothing_new=nothing_new)
        ledger.scheduled_runs.add(self._record(plan, None if nothing_new else prepared.name))
        write_outputs(prepared.plan, self._campaign.outputs)
        self.end = replace(self.end, result=self._send(prepared))

    def _send(self, prepared: PreparedCampaign) -> RunResult:
        if prepared.nothing_new:
            return end_without_sending(prepared, self._context)
        name = begin_campaign(prepared, self._context)
        return run_campaign(name, prepared.request.run_options, self._context)

    def _send_sample(self, plan: Plan, request: SendRequest) -> RunResult:
        """Send the text of one row to the operator's own number, and to nobody else."""
        sample = prepare_sample(plan, self._campaign.test_to or "", request, self._context)
        name = begin_sample(sample, self._context)
        return run_campaign(name, request.run_options, self._context)

    def _end_without_list(self, plan: Plan | None) -> None:
        name = run_name(self._campaign.name, self.end.started_at)
        message = self._campaign.plan.message
        result = end_without_list(name, message, plan, self._context)
        self.end = replace(self.end, nothing_new=True, result=result)

    def _finish_interrupted(self, ledger: Ledger, request: SendRequest) -> bool:
        """Finish interrupted runs; false when one of them cannot be finished."""
        finished = finish_interrupted(
            ledger,
            self._campaign.name,
            request.run_options,
            self._context,
            optouts=self._campaign.plan.screening.optouts,
        )
        if finished and finished[-1].report.state != "done":
            self.end = replace(self.end, finished_first=finished[:-1], result=finished[-1])
            return False
        self.end = replace(self.end, finished_first=finished)
        return True

    def _allowed_plan(self, last: ScheduledRunRecord | None) -> Plan | None:
        """Make a plan, if the rules allow the list; `None` when there is no list."""
        campaign, context = self._campaign, self._context
        files = self._lists.open(self._sources)
        self.end = replace(self.end, files=files)
        if not files:
            self.end = replace(self.end, nothing_new=True)
            return None
        now = context.clock.now()
        refuse_stale(campaign.rules, files, now)
        names = tuple(map(str, files))
        check_outputs(campaign.options(), context.settings, [*names, campaign.path])
        try:
            request = request_plan(
                names, campaign.plan, context.settings, now, names=self._lists.names
            )
            plan = make_plan(replace(request, progress=context.progress))
        except EmptySheet:
            is_in_order = campaign.rules.min_rows == 0 and not self._announced_rows
            if is_in_order and len(files) == 1:
                self.end = replace(self.end, nothing_new=True)
                return None
            raise
        self.end = replace(self.end, plan=view_plan(plan), terms=plan_terms(campaign, plan))
        if not self._plan_only:  # whoever corrects a list that is refused needs its rejects
            write_outputs(plan, campaign.outputs)
        refuse_miscounted(self._announced_rows, shape_of(plan).rows)
        refuse_changed(
            campaign.rules,
            shape_of(plan),
            None if last is None else _shape(last),
            plan.request.chosen,
            accept_columns=COLUMNS_CHANGED in plan.request.accepted,
        )
        return plan

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

    def _record(self, plan: Plan, name: str | None) -> ScheduledRunRecord:
        shape = shape_of(plan)
        return ScheduledRunRecord(
            series=self._campaign.name,
            at=self._context.clock.now(),
            rows=shape.rows,
            headers=shape.headers,
            mapping=dict(shape.mapping),
            campaign=name,
        )


def _nobody_wants(plan: Plan) -> bool:
    """Whether a sound list has only people who must not be texted."""
    return not plan.sendable and not plan.errors and set(plan.reasons) <= {Reason.NO_CONSENT}


def _shape(record: ScheduledRunRecord) -> ListShape:
    return ListShape(
        rows=record.rows, headers=record.headers, mapping=tuple(sorted(record.mapping.items()))
    )
