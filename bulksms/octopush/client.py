"""The client: posts a signed frame and says what became of it; never raises for a frame.

Decides by the phase reached, not by the exception (`reliability.md` section 2.3), and keeps
login and key out of every message. One client per thread.
"""

import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Self

from bulksms import __version__
from bulksms.clock import Clock, SystemClock
from bulksms.errors import ApiError
from bulksms.octopush.answers import parse_http_date, read_amount, read_answer, read_object
from bulksms.octopush.codes import PROBABLY_SENT
from bulksms.octopush.credentials import Credentials, check_address
from bulksms.octopush.outcomes import Accepted, Balance, NotSent, Outcome, Refused, Unknown
from bulksms.octopush.request import count_recipients, is_simulated
from bulksms.octopush.transport import Exchange, Phase, Route, Timeouts, Transport

SEND = "/sms-campaign/send"
BALANCE = "/wallet/check-balance"

NOT_REACHED: dict[Phase, str] = {
    Phase.NOTHING: "The connection could not be tried: check the address of the API.",
    Phase.NAME: "The address of Octopush could not be found: check the internet connection.",
    Phase.CONNECT: "Octopush could not be reached: check the internet connection.",
    Phase.PROXY: "The proxy refused the connection to Octopush: check the `proxy` setting.",
    Phase.TLS: "The TLS connection to Octopush failed.",
    Phase.HEADERS: "The connection broke before the frame was sent completely.",
}
PROXY_NOT_REACHED = "The proxy could not be reached: check the `proxy` setting."
BAD_CERTIFICATE = (
    "The server's certificate is not valid, so it may not be Octopush: check the clock of this "
    "machine (it says {now}), the network and the address of the API."
)
NO_ANSWER = "The frame was posted, but no answer came back: it may or may not have been sent."
CUT_ANSWER = f"The frame was posted, but the answer broke off: it {PROBABLY_SENT}."


class Client:
    """The API of one account at one address.

    Raises:
        SettingsError: the key must not go to that address, or the CA file cannot be used.
    """

    def __init__(
        self,
        base_url: str,
        credentials: Credentials,
        timeouts: Timeouts = Timeouts(),  # noqa: B008 -- frozen
        clock: Clock = SystemClock(),  # noqa: B008 -- keeps nothing
        route: Route = Route(),  # noqa: B008 -- frozen
    ) -> None:
        check_address(base_url, credentials, trusted_url=route.trusted_url)
        self._base_url = base_url.rstrip("/")
        headers = {
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            "Cache-Control": "no-cache",
            "Content-Type": "application/json",
            "User-Agent": f"bulksms/{__version__}",
            **credentials.headers(),
        }
        self._transport = Transport(timeouts, headers, route)
        self._clock = clock
        self._through_proxy = route.proxy is not None

    def post(self, body: bytes) -> Outcome:
        """Post a signed frame once, and say what became of it."""
        exchange = self._exchange("POST", SEND, body)
        if exchange.status == 0:
            return self._without_answer(exchange)
        outcome = read_answer(
            exchange.status,
            exchange.headers,
            exchange.body,
            contacts=count_recipients(body),
            simulation=is_simulated(body),
        )
        outcome = _weigh(outcome, exchange)
        if isinstance(outcome, Unknown):
            self._transport.close()  # what follows on this connection may answer this request
        return replace(outcome, date=parse_http_date(exchange.headers.get("Date", "")))

    def server_time(self) -> datetime | None:
        """Ask the server for its time, by a request that sends nothing; None if not given."""
        exchange = self._exchange("GET", BALANCE, None)
        return parse_http_date(exchange.headers.get("Date", ""))

    def balance(self) -> Balance:
        """Ask for the balance of the account.

        Raises:
            ApiError: the answer has no balance.
        """
        exchange = self._exchange("GET", BALANCE, None)
        fields = read_object(exchange.body)
        amount, unit = read_amount(fields.get("amount")), fields.get("unit")
        if exchange.is_success and amount is not None:
            return Balance(amount=amount, unit=_plain_unit(unit))
        raise ApiError(
            f"The balance could not be read. {self._explain(exchange)}", code="balance_unreadable"
        )

    def close(self) -> None:
        """Close the connection."""
        self._transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Client({self._base_url!r})"

    def _exchange(self, method: str, path: str, body: bytes | None) -> Exchange:
        return self._transport.exchange(method, self._base_url + path, body=body)

    def _without_answer(self, exchange: Exchange) -> Outcome:
        """Decide by the phase alone (rows 1 to 8)."""
        if exchange.handed_over:
            return Unknown(reason=NO_ANSWER)
        if exchange.bad_certificate:
            now = f"{self._clock.now().astimezone(UTC):%Y-%m-%d %H:%M} UTC"
            return NotSent(reason=BAD_CERTIFICATE.format(now=now), stop=True)
        if self._through_proxy and exchange.phase in {Phase.NAME, Phase.CONNECT}:
            return NotSent(reason=PROXY_NOT_REACHED, stop=True)
        # What fails before the name is looked up, or at the proxy, is set-up and fails again.
        stop = exchange.phase in {Phase.NOTHING, Phase.PROXY}
        return NotSent(reason=NOT_REACHED[min(exchange.phase, Phase.HEADERS)], stop=stop)

    def _explain(self, exchange: Exchange) -> str:
        """Explain why a question got no usable answer."""
        if exchange.status == 0:
            outcome = self._without_answer(exchange)
            return outcome.reason if isinstance(outcome, NotSent) else "No answer came back."
        if exchange.is_success:
            return "The answer was not that of Octopush: check the address of the API."
        outcome = read_answer(exchange.status, exchange.headers, exchange.body, contacts=0)
        if isinstance(outcome, NotSent | Refused):
            return outcome.reason
        return f"The answer was HTTP {exchange.status}."


def _weigh(outcome: Outcome, exchange: Exchange) -> Outcome:
    """Correct an outcome by how much of the frame was sent and of the answer received."""
    if exchange.is_server_trouble and not exchange.handed_over:
        return NotSent(reason=NOT_REACHED[Phase.HEADERS])
    if exchange.is_success and not exchange.whole and not isinstance(outcome, Accepted):
        return Unknown(reason=CUT_ANSWER)
    return outcome


def _plain_unit(unit: object) -> str:
    """Keep a unit only if it is a simple word."""
    is_word = isinstance(unit, str) and re.fullmatch(r"[A-Za-z_]{1,30}", unit)
    return unit if isinstance(unit, str) and is_word else "euros"
