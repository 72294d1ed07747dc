"""Writes what happened to campaigns, from the ledger alone.

It imports nothing heavy until the per-contact results are asked for.
"""

from dataclasses import replace
from pathlib import Path

from bulksms.errors import InputError, OutputError
from bulksms.ledger import CampaignRecord, Ledger, open_ledger
from bulksms.results import Report, summarise, write_frame_results
from bulksms.results.campaign_report import RUNNING
from bulksms.settings import Settings

__all__ = [
    "all_reports",
    "campaign_report",
    "delimiter_of",
    "recorded_outputs",
    "results_path",
    "rewrite_results",
    "summarise_campaign",
    "write_results",
]


def results_path(requested: Path | None, campaign: str, settings: Settings) -> Path:
    """Return the path of the results: the requested one, or one in the state folder."""
    return requested or settings.home / "results" / f"{campaign}.csv"


def recorded_outputs(record: CampaignRecord) -> dict[str, Path]:
    """Return the files that were asked for when the campaign began."""
    outputs = record.parameters.get("outputs", {})
    return {option: Path(path) for option, path in outputs.items()}


def summarise_campaign(ledger: Ledger, name: str) -> Report:
    """Summarise a campaign.

    Raises:
        CampaignNotFound: there is none of that name.
    """
    record = ledger.campaigns.get(name)
    return summarise(record, ledger.frames.all(record.id))


def write_results(
    ledger: Ledger, name: str, results: Path, contact_results: Path | None, delimiter: str
) -> tuple[str, ...]:
    """Write the results files of a campaign, and return why one could not be written."""
    record = ledger.campaigns.get(name)
    frames = ledger.frames.all(record.id)
    unwritten = []
    try:
        write_frame_results(results, record.name, frames, delimiter)
    except (InputError, OutputError) as error:
        unwritten.append(str(error))
    source_rows = ledger.campaigns.source_rows(record.id) if contact_results else None
    if contact_results and source_rows is not None:
        from bulksms.results.contact_results import write_contact_results

        members = ledger.frames.frame_by_phone_number(record.id)
        try:
            write_contact_results(contact_results, source_rows, frames, members, delimiter)
        except (InputError, OutputError) as error:
            unwritten.append(str(error))
    return tuple(unwritten)


def _current_report(ledger: Ledger, record: CampaignRecord) -> Report:
    """Summarise a campaign as it is now; one that is being sent is running."""
    if record.state == "sending" and ledger.locks.is_held(record.name):
        record = replace(record, state=RUNNING)
    return summarise(record, ledger.frames.all(record.id))


def campaign_report(name: str, settings: Settings) -> Report:
    """Summarise one campaign of the ledger.

    Raises:
        CampaignNotFound: there is none of that name.
    """
    with open_ledger(settings.home, settings.ledger) as ledger:
        return _current_report(ledger, ledger.campaigns.get(name))


def all_reports(settings: Settings) -> list[Report]:
    """Summarise every campaign in the ledger, the newest last."""
    with open_ledger(settings.home, settings.ledger) as ledger:
        return [_current_report(ledger, record) for record in ledger.campaigns.all()]


def delimiter_of(record: CampaignRecord, requested: str | None) -> str:
    """Return the separator of CSV results: the requested one, or the one from the beginning."""
    return requested or str(record.parameters.get("delimiter") or ",")


def rewrite_results(
    name: str,
    results: Path | None,
    contact_results: Path | None,
    settings: Settings,
    delimiter: str | None = None,
) -> tuple[Report, Path]:
    """Write the results files of a campaign again and return where.

    Raises:
        CampaignNotFound: there is none of that name.
        InputError: a file cannot be written.
    """
    path = results_path(results, name, settings)
    with open_ledger(settings.home, settings.ledger) as ledger:
        delimiter = delimiter_of(ledger.campaigns.get(name), delimiter)
        unwritten = write_results(ledger, name, path, contact_results, delimiter)
        if unwritten:
            raise InputError(" ".join(unwritten))
        return summarise_campaign(ledger, name), path
