"""Calls a monitoring address at the start and the end of a run, as healthchecks.io has it."""

import ipaddress
from http import HTTPStatus
from urllib.parse import SplitResult, urlsplit, urlunsplit

from bulksms import __version__
from bulksms.errors import UsageError
from bulksms.octopush.transport import Exchange, Route, Timeouts, Transport

__all__ = ["PING_TIMEOUTS", "check_ping_url", "ping", "ping_address"]

# A monitor that is slow must not keep anyone's text waiting.
PING_TIMEOUTS = Timeouts(connect=3.0, write=3.0, read=5.0, total=8.0)
HEADERS = {
    "Content-Type": "application/json",
    "Accept": "*/*",
    "User-Agent": f"bulksms/{__version__}",
}


def check_ping_url(url: str) -> SplitResult:
    """Split an address that may be pinged.

    Plain HTTP would show the address, which is the monitor's password, to the network.

    Raises:
        UsageError: it is not HTTP, or plain HTTP to a machine that is not in this network.
    """
    try:
        parts = urlsplit(url.strip())
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise _not_usable() from None
    if parts.scheme not in {"http", "https"} or not host or parts.fragment:
        raise _not_usable()
    if parts.scheme == "http" and not _is_private(host):
        raise UsageError(
            f"ping_url would go to {host} unencrypted: write it with https://. Plain http:// is "
            "for localhost and for addresses of a private network, such as http://10.0.0.5:8000/."
        )
    return parts


def ping_address(url: str, step: str) -> str:
    """Add `/start` or the exit code to the path; a query string stays behind it.

    Raises:
        UsageError: the address cannot be used.
    """
    parts = check_ping_url(url)
    return urlunsplit(parts._replace(path=f"{parts.path.rstrip('/')}/{step}"))


def ping(
    url: str, step: str, body: bytes, route: Route, timeouts: Timeouts = PING_TIMEOUTS
) -> str | None:
    """Post a body to the address of a step, and return what went wrong, if anything did.

    Redirects are not followed. The sentence names the host alone: the rest is a password.

    Raises:
        UsageError: the address cannot be used.
        SettingsError: the CA file cannot be used.
    """
    transport = Transport(timeouts, HEADERS, route)
    try:
        exchange = transport.exchange("POST", ping_address(url, step), body=body)
    finally:
        transport.close()
    return None if exchange.is_success else _problem(check_ping_url(url).hostname, exchange)


def _problem(host: str | None, exchange: Exchange) -> str:
    if exchange.bad_certificate:
        problem = "has a certificate that is not trusted"
    elif not exchange.status:
        problem = "did not answer"
    elif HTTPStatus.MULTIPLE_CHOICES <= exchange.status < HTTPStatus.BAD_REQUEST:
        problem = f"answered {exchange.status}, a redirect, which is not followed"
    else:
        problem = f"answered {exchange.status}"
    return f"The monitor {host} {problem}: check ping_url. The run is not affected."


def _not_usable() -> UsageError:
    return UsageError(
        "ping_url cannot be used: write an address like https://hc-ping.com/your-uuid, "
        "without a '#'."
    )


def _is_private(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return False
