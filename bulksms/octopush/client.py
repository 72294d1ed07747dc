"""The client: posts a signed frame and says what became of it; never raises for a frame.

Decides by the phase reached, not by the exception (`reliability.md` section 2.3), and shows
login and key to nobody. One client per thread.
"""

import re
from dataclasses import replace
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from bulksms import __version__
from bulksms.clock import Clock, SystemClock
from bulksms.errors import ApiError
from bulksms.octopush.answers import read_amount, read_answer, read_object
from bulksms.octopush.credentials import Credentials, check_address
from bulksms.octopush.leaning import SENT
from bulksms.octopush.outcomes import Accepted, Balance, NotSent, Outcome, Refused, Unknown
from bulksms.octopush.request import count_recipients, is_simulated
from bulksms.octopush.transport import Exchange, Phase, Timeouts, Transport
from bulksms.octopush.waiting import moment

SEND = "/sms-campaign/send"
BALANCE = "/wallet/check-balance"

NOT_REACHED: dict[Phase, str] = {
    Phase.NOTHING: "The connection could not be tried: check the address of the API.",
    Phase.NAME: "The address of Octopush could not be found: check the internet connection.",
    Phase.CONNECT: "Octopush could not be reached: check the internet connection.",
    Phase.TLS: "No secure connection to Octopush came about.",
    Phase.HEADERS: "The connection broke before the frame had left.",
}
BAD_CERTIFICATE = (
    "The server's certificate is not valid, so it may not be Octopush: check the clock of this "
    "machine (it says {now}), the network and the address of the API."
)
NO_ANSWER = "The frame left, but no answer came back: it may or may not have been sent."
CUT_ANSWER = f"The frame left, but the answer broke off: it {SENT}."


class Client:
    """The one door to the API, for one account at one address.

    Raises:
        SettingsError: the key must not go to that address.
    """

    def __init__(
        self,
        base_url: str,
        credentials: Credentials,
        timeouts: Timeouts = Timeouts(),  # noqa: B008 -- frozen
        clock: Clock = SystemClock(),  # noqa: B008 -- keeps nothing
    ) -> None:
        check_address(base_url, credentials)
        self._base_url = base_url.rstrip("/")
        headers = {
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            "Cache-Control": "no-cache",
            "Content-Type": "application/json",
            "User-Agent": f"bulksms/{__version__}",
            **credentials.headers(),
        }
        self._transport = Transport(timeouts, headers)
        self._clock = clock

    def post(self, body: bytes) -> Outcome:
        """Post a signed frame once, and say what became of it."""
        exchange = self._carry("POST", SEND, body)
        if exchange.status == 0:
            return _without_answer(exchange, self._clock.now())
        outcome = read_answer(
            exchange.status,
            exchange.headers,
            exchange.body,
            contacts=count_recipients(body),
            simulation=is_simulated(body),
        )
        return replace(_weigh(outcome, exchange), date=moment(exchange.headers.get("Date", "")))

    def server_time(self) -> datetime | None:
        """Ask what hour it is there, by a question that sends nothing; none when it is not told."""
        exchange = self._carry("GET", BALANCE, None)
        return moment(exchange.headers.get("Date", ""))

    def balance(self) -> Balance:
        """Ask what is left on the account.

        Raises:
            ApiError: no balance could be had.
        """
        exchange = self._carry("GET", BALANCE, None)
        told = read_object(exchange.body)
        amount, unit = read_amount(told.get("amount")), told.get("unit")
        if exchange.is_success and amount is not None:
            return Balance(amount=amount, unit=_plain(unit))
        why = _why(exchange, self._clock.now())
        raise ApiError(f"The balance could not be read. {why}")

    def close(self) -> None:
        """Close the connection."""
        self._transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Client({self._base_url!r})"

    def _carry(self, method: str, path: str, body: bytes | None) -> Exchange:
        """Carry one request with the headers of the API."""
        return self._transport.exchange(method, self._base_url + path, body=body)


def _without_answer(exchange: Exchange, now: datetime) -> Outcome:
    """Judge by the phase alone (rows 1 to 8)."""
    if exchange.bad_certificate and not exchange.handed_over:
        told = f"{now.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
        return NotSent(reason=BAD_CERTIFICATE.format(now=told), stop=True)
    if not exchange.handed_over:
        # What fails before the name is looked up is set-up, and fails again.
        stop = exchange.phase is Phase.NOTHING
        return NotSent(reason=NOT_REACHED[min(exchange.phase, Phase.HEADERS)], stop=stop)
    return Unknown(reason=NO_ANSWER)


def _weigh(outcome: Outcome, exchange: Exchange) -> Outcome:
    """Correct what an answer says by how much of the frame left and of the answer came."""
    if exchange.is_trouble and not exchange.handed_over:
        return NotSent(reason=NOT_REACHED[Phase.HEADERS])
    if exchange.is_success and not exchange.whole and not isinstance(outcome, Accepted):
        return Unknown(reason=CUT_ANSWER)
    return outcome


def _why(exchange: Exchange, now: datetime) -> str:
    """Say why a question found no answer."""
    if exchange.status == 0:
        outcome = _without_answer(exchange, now)
        return outcome.reason if isinstance(outcome, NotSent) else "No answer came back."
    if exchange.is_success:
        return "The answer was not that of Octopush: check the address of the API."
    outcome = read_answer(exchange.status, exchange.headers, exchange.body, contacts=0)
    if isinstance(outcome, NotSent | Refused):
        return outcome.reason
    return f"The answer was HTTP {exchange.status}."


def _plain(unit: object) -> str:
    """Keep a unit only if it is a simple word."""
    known = isinstance(unit, str) and re.fullmatch(r"[A-Za-z_]{1,30}", unit)
    return unit if isinstance(unit, str) and known else "euros"
