"""Tests that the address for callbacks can be reached as Octopush would reach it."""

import hashlib
import hmac
import secrets
import time
from urllib.parse import urlsplit

from bulksms.octopush.transport import Route, Timeouts, Transport
from bulksms.settings import Settings
from bulksms.use_cases.upkeep.check_machine import CheckArea, CheckStatus, SetupCheck

__all__ = ["CHALLENGE", "PROOF", "proof_of", "prove_callback"]

CHALLENGE, PROOF = "x-bulksms-challenge", "x-bulksms-proof"
SLOW = 1.0  # seconds; Octopush may switch off an address that takes longer
TIMEOUTS = Timeouts(connect=10.0, write=10.0, read=10.0, total=10.0)
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def proof_of(secret: str, challenge: str) -> str:
    """Prove that the receiver with a secret answered, without the secret itself."""
    return hmac.new(secret.encode(), challenge.encode(), hashlib.sha256).hexdigest()


def prove_callback(address: str, settings: Settings) -> SetupCheck:
    """Call the address with GET and POST, and check who answers, with what, and how fast.

    The proxy and the CA file of the settings are used, as for the API.

    Raises:
        SettingsError: the CA file cannot be used.
    """
    is_here = urlsplit(address).hostname in LOOPBACK
    route = Route(proxy=None if is_here else settings.proxy, ca_file=settings.ca_file)
    problem = _address_problem(address) or next(
        (problem for method in ("GET", "POST") if (problem := _call(method, address, route))), None
    )
    status = CheckStatus.FINE if problem is None else CheckStatus.WRONG
    message = problem or "the address reaches the receiver, which answers with nothing, in time"
    return SetupCheck(name="callbacks", status=status, message=message, area=CheckArea.SET_UP)


def _address_problem(address: str) -> str | None:
    parts = urlsplit(address)
    if parts.scheme != "https" and parts.hostname not in LOOPBACK:
        return "Octopush calls https addresses only: let a proxy end TLS."
    if not parts.path.strip("/"):
        return "the secret is missing: give the whole address that `bulksms listen` printed."
    return None


def _call(method: str, address: str, route: Route) -> str | None:
    """Describe what is wrong with an answer; `None` when it is as Octopush wants it."""
    challenge = secrets.token_hex(16)
    transport = Transport(TIMEOUTS, {CHALLENGE: challenge}, route)
    started = time.monotonic()
    try:
        answer = transport.exchange(method, address, body=b"{}" if method == "POST" else None)
    finally:
        transport.close()
    seconds = time.monotonic() - started
    expected = proof_of(address.rstrip("/").rpartition("/")[2], challenge)
    if not answer.status:
        why = " (its certificate is not trusted)" if answer.bad_certificate else ""
        return (
            f"{method} is not answered{why}: check that `bulksms listen` runs and that the proxy "
            "passes the path on."
        )
    if not answer.is_success:
        return f"{method} is answered with {answer.status}: check the proxy and the address."
    if not hmac.compare_digest(answer.headers.get(PROOF, ""), expected):
        return f"{method} is answered by something else than this receiver: check the proxy."
    if answer.body:
        return f"{method} is answered with {len(answer.body)} bytes: the proxy adds a page."
    if seconds > SLOW:
        return f"{method} took {seconds:.1f} seconds, and Octopush waits for one: check the proxy."
    return None
