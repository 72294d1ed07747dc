"""What became of campaigns, and of the account's credit."""

from pathlib import Path
from typing import TYPE_CHECKING

from bulksms.ledger import open_ledger
from bulksms.results import Report, summarise
from bulksms.settings import Settings
from bulksms.use_cases.reports import results_path, summarise_campaign, write_results

if TYPE_CHECKING:
    from bulksms.octopush import Balance

__all__ = ["all_reports", "campaign_report", "read_balance", "rewrite_results"]


def campaign_report(name: str, settings: Settings) -> Report:
    """Sum up one campaign.

    Raises:
        CampaignNotFound: there is none of that name.
    """
    with open_ledger(settings.home, settings.ledger) as ledger:
        return summarise_campaign(ledger, name)


def all_reports(settings: Settings) -> list[Report]:
    """Sum up every campaign in the ledger, the newest last."""
    with open_ledger(settings.home, settings.ledger) as ledger:
        return [summarise(known, ledger.frames(known.id)) for known in ledger.campaigns()]


def rewrite_results(
    name: str, results: Path | None, contact_results: Path | None, settings: Settings
) -> tuple[Report, Path]:
    """Write the results files of a campaign again; say where.

    Raises:
        CampaignNotFound: there is none of that name.
    """
    path = results_path(results, name, settings)
    with open_ledger(settings.home, settings.ledger) as ledger:
        return write_results(ledger, name, path, contact_results), path


def read_balance(settings: Settings) -> "Balance":
    """Ask the API for the credit left.

    Raises:
        SettingsError: no credentials.
        ApiError: the API cannot be reached or says no.
    """
    from bulksms.octopush import Client
    from bulksms.use_cases.run_campaign import credentials_of

    with Client(settings.base_url, credentials_of(settings)) as client:
        return client.balance()
