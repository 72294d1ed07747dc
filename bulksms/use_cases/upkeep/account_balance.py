"""Reads the account's balance."""

from bulksms.octopush import Balance
from bulksms.settings import Settings
from bulksms.use_cases.context import make_client, require_credentials

__all__ = ["read_balance"]


def read_balance(settings: Settings) -> Balance:
    """Ask the API for the credit left.

    Raises:
        SettingsError: no credentials are set.
        ApiError: the API cannot be reached or refuses.
    """
    with make_client(settings, require_credentials(settings)) as client:
        return client.balance()
