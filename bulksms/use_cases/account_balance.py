"""Reads the account's balance."""

from bulksms.octopush import Balance, Client
from bulksms.settings import Settings
from bulksms.use_cases.context import require_credentials

__all__ = ["read_balance"]


def read_balance(settings: Settings) -> Balance:
    """Ask the API for the credit left.

    Raises:
        SettingsError: no credentials are set.
        ApiError: the API cannot be reached or refuses.
    """
    with Client(settings.base_url, require_credentials(settings)) as client:
        return client.balance()
