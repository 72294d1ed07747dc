"""Writes what happened to campaigns, from the ledger alone.

It imports nothing heavy until the per-contact results are asked for.
"""

from pathlib import Path

from bulksms.ledger import Ledger, open_ledger
from bulksms.results import Report, summarise, write_frame_results
from bulksms.settings import Settings

__all__ = [
    "all_reports",
    "campaign_report",
    "results_path",
    "rewrite_results",
    "summarise_campaign",
    "write_results",
]


def results_path(requested: Path | None, campaign: str, settings: Settings) -> Path:
    """Return the path of the results: the requested one, or one in the state folder."""
    return requested or settings.home / "results" / f"{campaign}.csv"


def summarise_campaign(ledger: Ledger, name: str) -> Report:
    """Summarise a campaign.

    Raises:
        CampaignNotFound: there is none of that name.
    """
    record = ledger.campaigns.get(name)
    return summarise(record, ledger.frames.all(record.id))


def write_results(ledger: Ledger, name: str, results: Path, contact_results: Path | None) -> Report:
    """Write the results files of a campaign and summarise it."""
    record = ledger.campaigns.get(name)
    frames = ledger.frames.all(record.id)
    write_frame_results(results, record.name, frames)
    source_rows = ledger.campaigns.source_rows(record.id) if contact_results else None
    if contact_results and source_rows is not None:
        from bulksms.results.contact_results import write_contact_results

        write_contact_results(
            contact_results, source_rows, frames, ledger.frames.frame_by_phone_number(record.id)
        )
    return summarise(record, frames)


def campaign_report(name: str, settings: Settings) -> Report:
    """Summarise one campaign of the ledger.

    Raises:
        CampaignNotFound: there is none of that name.
    """
    with open_ledger(settings.home, settings.ledger) as ledger:
        return summarise_campaign(ledger, name)


def all_reports(settings: Settings) -> list[Report]:
    """Summarise every campaign in the ledger, the newest last."""
    with open_ledger(settings.home, settings.ledger) as ledger:
        return [
            summarise(record, ledger.frames.all(record.id)) for record in ledger.campaigns.all()
        ]


def rewrite_results(
    name: str, results: Path | None, contact_results: Path | None, settings: Settings
) -> tuple[Report, Path]:
    """Write the results files of a campaign again and return where.

    Raises:
        CampaignNotFound: there is none of that name.
    """
    path = results_path(results, name, settings)
    with open_ledger(settings.home, settings.ledger) as ledger:
        return write_results(ledger, name, path, contact_results), path
