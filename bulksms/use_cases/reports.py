"""Writes what happened from the ledger alone; knows neither the API nor the sender.

`status` and `report` come through here, so it loads nothing heavy unless people are asked for.
"""

from pathlib import Path

from bulksms.ledger import Ledger
from bulksms.results import Report, summarise, write_frame_results
from bulksms.settings import Settings

__all__ = ["results_path", "summarise_campaign", "write_results"]


def results_path(asked: Path | None, campaign: str, settings: Settings) -> Path:
    """Say where the results go: where the user wants them, or beside the ledger."""
    return asked or settings.home / "results" / f"{campaign}.csv"


def summarise_campaign(ledger: Ledger, name: str) -> Report:
    """Sum up a campaign.

    Raises:
        CampaignNotFound: there is none of that name.
    """
    record = ledger.campaign(name)
    return summarise(record, ledger.frames(record.id))


def write_results(ledger: Ledger, name: str, results: Path, contact_results: Path | None) -> Report:
    """Write the results of a campaign from the ledger alone, and sum them up."""
    record = ledger.campaign(name)
    frames = ledger.frames(record.id)
    write_frame_results(results, record.name, frames)
    roll = ledger.roll(record.id) if contact_results else None
    if contact_results and roll is not None:
        from bulksms.results.contact_results import write_contact_results

        write_contact_results(contact_results, roll, frames, ledger.seats_of(record.id))
    return summarise(record, frames)
