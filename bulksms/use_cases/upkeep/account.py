"""The account at Octopush: its balance, and its credentials, stored after they were tried."""

from dataclasses import dataclass
from pathlib import Path

from bulksms.credential_store import store_credentials
from bulksms.octopush import Balance
from bulksms.settings import Settings
from bulksms.use_cases.context import make_client, require_credentials

__all__ = ["LoginResult", "log_in", "read_balance"]


def read_balance(settings: Settings) -> Balance:
    """Ask the API for the credit left.

    Raises:
        SettingsError: no credentials are set.
        ApiError: the API cannot be reached or refuses.
    """
    with make_client(settings, require_credentials(settings)) as client:
        return client.balance()


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginResult:
    """The balance of the account, none if it was not asked for, and where its key is stored.

    `file` is none when that is the keyring.
    """

    balance: Balance | None
    file: Path | None


def log_in(settings: Settings, *, offline: bool) -> LoginResult:
    """Ask for the balance with the credentials of some settings, then store them.

    Raises:
        SettingsError: they cannot be used with this address, or cannot be stored.
        ApiError: the API refuses them or cannot be reached; nothing was stored.
    """
    credentials = require_credentials(settings)
    balance = None if offline else read_balance(settings)
    file = store_credentials(credentials.login, credentials.key, settings.home)
    return LoginResult(balance=balance, file=file)
