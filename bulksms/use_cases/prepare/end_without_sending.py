"""Ends a prepared campaign without anyone new to text: reports and results, nothing posted."""

from collections.abc import Iterator
from dataclasses import replace

from bulksms.ledger import CampaignRecord, CampaignTotals
from bulksms.plan.files import output_delimiter
from bulksms.plan.make_plan import Plan
from bulksms.plan.options import MessageOptions
from bulksms.results import summarise
from bulksms.results.campaign_facts import CampaignFacts, OutcomeParts
from bulksms.results.contact_outcomes import ContactOutcomes, contact_outcomes
from bulksms.results.result_files import write_result_files
from bulksms.results.source_pack import pack_source_rows
from bulksms.sender import StopCause
from bulksms.use_cases.context import RunContext, RunResult
from bulksms.use_cases.prepare.identity import recorded_parameters, text_digest_of
from bulksms.use_cases.prepare.obey_noes import obey_noes_of_unsent
from bulksms.use_cases.prepare.plan_record import plan_record
from bulksms.use_cases.prepare.prepare_campaign import PreparedCampaign
from bulksms.use_cases.prepare.source_rows import make_source_rows

__all__ = ["end_without_list", "end_without_sending"]

NO_ROWS = {"rows": 0, "sendable": 0, "rejected": 0, "duplicates": 0, "opted_out": 0}


def end_without_sending(prepared: PreparedCampaign, context: RunContext) -> RunResult:
    """Report that everyone has the text already, and write the results that were asked for.

    Its noes are obeyed, as they are when something is sent.

    Raises:
        LedgerError: the ledger cannot be used.
    """
    plan, options = prepared.plan, prepared.request.run_options
    obey_noes_of_unsent(plan, context, forget_optouts=prepared.request.forget_optouts)
    delimiter = options.delimiter or output_delimiter(plan)
    # Such a campaign is not stored: it would block a later one of its name.
    record = CampaignRecord(
        id=0,
        name=prepared.name,
        digest=prepared.digest,
        text_digest=text_digest_of(plan.variants),
        state="done",
        created_at=context.clock.now(),
        parameters=recorded_parameters(plan)
        | {
            "files": list(plan.request.named_files),
            "region": plan.request.rules.region,
            "plan": plan_record(plan),
        },
        counts=plan.counts,
        rehearsal=context.settings.rehearsal,
    )
    totals = CampaignTotals()
    report = replace(summarise(record, totals), nothing_new=True)
    facts = CampaignFacts(record, [], totals, report, OutcomeParts(lambda: _outcomes(prepared)))
    return RunResult(
        report=report,
        cause=StopCause.NONE,
        results=options.files.results,
        unwritten=write_result_files(facts, options.files, delimiter, context.clock.now()),
    )


def end_without_list(
    name: str, message: MessageOptions, plan: Plan | None, context: RunContext
) -> RunResult:
    """Report that there is no list, or that no one in it may be texted."""
    record = CampaignRecord(
        id=0,
        name=name,
        digest="",
        text_digest="",
        state="done",
        created_at=context.clock.now(),
        parameters={
            "sender": message.sender,
            "purpose": message.purpose,
            "type": message.type,
            "simulation_mode": message.simulate,
            "files": [] if plan is None else list(plan.request.named_files),
        },
        counts=NO_ROWS if plan is None else plan.counts,
        rehearsal=context.settings.rehearsal,
    )
    report = replace(summarise(record, CampaignTotals()), nothing_new=True)
    return RunResult(report=report, cause=StopCause.NONE, results=None)


def _outcomes(prepared: PreparedCampaign) -> Iterator[ContactOutcomes]:
    header, blocks = make_source_rows(prepared.plan)
    return (contact_outcomes(packed, []) for packed in pack_source_rows(header, blocks))
