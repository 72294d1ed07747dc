"""The context of a run: settings, time, an observer, an order to stop."""

import os
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from bulksms.clock import Clock
from bulksms.errors import SettingsError
from bulksms.ledger.records.operator_records import OrderRecord
from bulksms.message.quiet_hours import SendingHours
from bulksms.octopush import Credentials, check_address
from bulksms.os_user import acting_user
from bulksms.progress_steps import Progress, SilentProgress
from bulksms.results import Report
from bulksms.results.result_files import ResultFiles
from bulksms.sender import EXPIRES_AFTER, ApiConnection, Observer, Pacing, StopCause
from bulksms.settings import Settings

if TYPE_CHECKING:
    from bulksms.octopush import Client, Timeouts

__all__ = [
    "MAX_UNDELIVERED",
    "RunContext",
    "RunOptions",
    "RunResult",
    "account_of",
    "make_client",
    "require_credentials",
]

MAX_UNDELIVERED = "max_undelivered"  # the name of this limit among the parameters of a campaign


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """How the frames are posted and where the results are written.

    Without a `delimiter`, CSV `files` have the one the campaign was begun with.
    `seeds` are numbers of colleagues as they were written.
    Nothing is posted later than `expires_after` the start, unless `approve_late` allows it.
    With `retry_refused` the frames that the API refused are posted once more.
    `resume_order` lifts an earlier pause of the campaign; without it the pause holds.
    `max_undelivered` is the percentage of texts that may fail by their receipts before the
    campaign pauses; without it the campaign keeps the one it was begun with.
    """

    pacing: Pacing = field(default_factory=Pacing)
    hours: SendingHours | None = field(default_factory=SendingHours)
    files: ResultFiles = field(default_factory=ResultFiles)
    expires_after: timedelta = EXPIRES_AFTER
    approve_late: bool = False
    retry_refused: bool = False
    delimiter: str | None = None
    seeds: tuple[str, ...] = ()
    resume_order: OrderRecord | None = None
    max_undelivered: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunContext:
    """The settings, the clock, the observer and the stop order of a run.

    `poster` makes the connection from the address and the credentials; without it that is the
    real client, with the proxy and the CA file of the settings. `person` is who runs it.
    """

    settings: Settings
    clock: Clock
    observer: Observer
    stop: threading.Event
    progress: Progress = field(default_factory=SilentProgress)
    poster: Callable[[str, Credentials], ApiConnection] | None = None
    person: str = field(default_factory=lambda: acting_user(os.environ))

    def connect(self, credentials: Credentials) -> ApiConnection:
        """Make a connection to the API for one thread."""
        if self.poster is not None:
            return self.poster(self.settings.base_url, credentials)
        return make_client(self.settings, credentials)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunResult:
    """How a run ended: its report, why it stopped, and where the results are.

    Attributes:
        results: the file with the results per frame; `None` when there are none.
        unwritten: why files that were asked for could not be written.
    """

    report: Report
    cause: StopCause
    results: Path | None
    unwritten: tuple[str, ...] = ()


def make_client(
    settings: Settings, credentials: Credentials, timeouts: "Timeouts | None" = None
) -> "Client":
    """Make the client for the address, the proxy and the CA file of the settings.

    Raises:
        SettingsError: one of them cannot be used.
    """
    from bulksms.octopush import Client, Route, Timeouts

    route = Route(proxy=settings.proxy, ca_file=settings.ca_file, trusted_url=settings.trusted_url)
    return Client(settings.base_url, credentials, timeouts or Timeouts(), route=route)


def require_credentials(settings: Settings) -> Credentials:
    """Return the account's credentials, checked against the address they would be sent to.

    Raises:
        SettingsError: none are set, or the key must not be sent to that address.
    """
    if not settings.api_login or not settings.api_key:
        raise SettingsError(
            "No API credentials: store them with `bulksms login`, or set BULKSMS_API_LOGIN and "
            "BULKSMS_API_KEY (or BULKSMS_API_KEY_FILE). `bulksms rehearse` needs none.",
            code="no_account",
        )
    credentials = Credentials(login=settings.api_login, key=settings.api_key)
    check_address(settings.base_url, credentials, trusted_url=settings.trusted_url)
    return credentials


def account_of(settings: Settings) -> str:
    """Return the digest of the login and the API's address.

    Raises:
        SettingsError: no credentials are set, or the key must not be sent to that address.
    """
    return require_credentials(settings).account_at(settings.base_url)
