"""Begins a prepared campaign: freezes its frames and writes them down, under the lock."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, replace
from datetime import UTC

from bulksms.columnar.arrays import is_in_sorted, sorted_unique
from bulksms.contacts import OptOutList
from bulksms.errors import RuleError
from bulksms.ledger import AuditAction, CampaignRecord, FrozenFrame, Ledger, NewCampaign
from bulksms.plan.files import output_delimiter
from bulksms.progress_steps import Reached
from bulksms.results.source_pack import pack_source_rows
from bulksms.sender import expiry_after
from bulksms.use_cases.context import RunContext, account_of
from bulksms.use_cases.opt_outs.apply_opt_outs import absolute_paths, apply_lists, read_lists_of
from bulksms.use_cases.prepare.corrected_campaign import drop_replaced_frames, refuse_reached_since
from bulksms.use_cases.prepare.freeze import freeze
from bulksms.use_cases.prepare.identity import recorded_parameters, text_digest_of
from bulksms.use_cases.prepare.obey_noes import obey_noes
from bulksms.use_cases.prepare.plan_record import plan_record
from bulksms.use_cases.prepare.prepare_campaign import PreparedCampaign
from bulksms.use_cases.prepare.screen_history import numbers_kept_out
from bulksms.use_cases.prepare.seeds import seed_numbers, seeds_cost
from bulksms.use_cases.prepare.source_rows import make_source_rows
from bulksms.use_cases.upkeep.open_ledger import ledger_to_send_from

__all__ = ["begin_campaign"]

BEGIN_LOCK = "beginning"  # one campaign at a time is written down


def begin_campaign(prepared: PreparedCampaign, context: RunContext) -> str:
    """Write a campaign and all its frames down, and return its name; `run_campaign` posts them.

    A campaign that continues only loses the people who opted out since it began.

    Raises:
        RuleError: another campaign took some of its people since it was prepared.
        SourceChanged: the name was taken since.
        LedgerBusy: another process is sending the campaign.
        LedgerError: the ledger cannot be used.
    """
    lists = _recorded_lists(prepared, context)
    with (
        ledger_to_send_from(context.settings, context.observer) as ledger,
        ledger.locks.campaign(prepared.name),
    ):
        obey_noes(
            ledger,
            prepared.plan,
            context,
            name=prepared.name,
            existing=prepared.existing,
            forget_optouts=prepared.request.forget_optouts,
        )
        if prepared.existing is not None:
            paths = absolute_paths(prepared.plan.request.optouts)
            ledger.campaigns.keep_opt_out_files(prepared.existing.id, paths)
            apply_lists(ledger, prepared.existing, lists, context.clock.now())
        if prepared.corrects is not None:
            _replace_corrected(ledger, prepared, prepared.corrects, context)
        elif prepared.existing is None:
            _begin_new(ledger, prepared, context)
    return prepared.name


def _replace_corrected(
    ledger: Ledger, prepared: PreparedCampaign, corrected: CampaignRecord, context: RunContext
) -> None:
    """Begin the corrected campaign while the earlier one is locked, and drop its waiting frames."""
    with ledger.locks.campaign(corrected.name):
        refuse_reached_since(ledger, prepared.plan, corrected)
        _begin_new(ledger, prepared, context)
        drop_replaced_frames(ledger, corrected, context.clock.now())


def _begin_new(ledger: Ledger, prepared: PreparedCampaign, context: RunContext) -> None:
    """Write the campaign down, unless another one took some of its people meanwhile.

    One campaign at a time is begun, so that of two with the same text one sees the other.
    """
    with ledger.locks.account(BEGIN_LOCK, lambda: None, context.stop) as locked:
        if _any_kept_out(ledger, prepared, context) or not locked:
            raise RuleError(
                "Another campaign with this text was just started for some of these people. "
                "Nothing was sent: send again, and they are left out.",
                code="same_text_just_sent",
            )
        _write_down(ledger, prepared, context)


def _any_kept_out(ledger: Ledger, prepared: PreparedCampaign, context: RunContext) -> bool:
    """Whether a campaign that began meanwhile excludes some of the people."""
    numbers = prepared.plan.phone_numbers
    ledger.pseudonyms.recognise(numbers)
    corrected = prepared.corrects.id if prepared.corrects else None
    rules = replace(prepared.request.history, corrected=corrected)
    kept_out = numbers_kept_out(ledger, prepared.plan, rules, context.clock.now())
    return bool(is_in_sorted(numbers, sorted_unique(kept_out)).any())


def _write_down(ledger: Ledger, prepared: PreparedCampaign, context: RunContext) -> None:
    """Put the whole campaign into the ledger, in one transaction."""
    plan, name = prepared.plan, prepared.name
    rehearsal, parameters = context.settings.rehearsal, plan.parameters
    leaves_at = parameters.send_at if parameters else None
    people = plan.row_table.columns.phone_numbers
    header, blocks = make_source_rows(plan, ledger.opt_outs.known_by_hash(people))
    new = NewCampaign(
        name=name,
        digest=prepared.digest,
        text_digest=text_digest_of(plan.variants),
        parameters=recorded_parameters(plan)
        | _requested_files(prepared)
        | _seeds(prepared)
        | {"begun_at": context.clock.now().astimezone(UTC).isoformat()},
        counts=plan.counts,
        rehearsal=rehearsal,
        account=account_of(context.settings),
        expires_at=expiry_after(
            leaves_at or context.clock.now(), prepared.request.run_options.expires_after
        ),
    )
    frames = freeze(plan, name, rehearsal=rehearsal)
    with context.progress.step("writing the frames", len(plan.frames), "frames") as reached:
        followed = _followed(frames, reached)
        ledger.campaigns.create(new, followed, pack_source_rows(header, blocks))
    ledger.audit.record(
        AuditAction.BEGIN,
        person=context.person,
        campaign=name,
        digest=prepared.digest,
        counts=plan.counts,
        cost=None if plan.price is None else plan.price.amount,
    )


def _followed(frames: Iterable[FrozenFrame], reached: Reached) -> Iterator[FrozenFrame]:
    """Report each frame that is taken."""
    for count, frame in enumerate(frames, 1):
        yield frame
        reached(count)


def _requested_files(prepared: PreparedCampaign) -> dict[str, object]:
    """Return the files that were read, those a resumed run writes as well, and the series."""
    plan, options = prepared.plan, prepared.request.run_options
    outputs = options.files.by_option
    return {
        "files": list(plan.request.named_files),
        "sources": absolute_paths(plan.request.files),
        "accepted": sorted(plan.request.accepted),
        "optouts": absolute_paths(plan.request.optouts),
        "series": prepared.request.history.series,
        "again": prepared.request.history.again,
        "corrects": prepared.corrects.name if prepared.corrects else None,
        "region": plan.request.rules.region,
        "forget_optouts": prepared.request.forget_optouts,
        "plan": plan_record(plan),
        "report_options": asdict(options.files.report_options),
        "outputs": {name: str(path.absolute()) for name, path in outputs.items()},
        "delimiter": options.delimiter or output_delimiter(plan),
    }


def _seeds(prepared: PreparedCampaign) -> dict[str, object]:
    """Return the colleagues who get a text, and the expected cost of that."""
    plan, options = prepared.plan, prepared.request.run_options
    seeds = seed_numbers(plan, options.seeds)
    return {"seeds": list(seeds), "seeds_cost": str(seeds_cost(plan, len(seeds)))} if seeds else {}


def _recorded_lists(prepared: PreparedCampaign, context: RunContext) -> dict[str, OptOutList]:
    """Read the opt-out files that a campaign which continues was given before."""
    if prepared.existing is None or prepared.nothing_new:
        return {}
    accepted = prepared.plan.request.accepted
    return read_lists_of(prepared.existing, (), accepted, context.observer.note)
