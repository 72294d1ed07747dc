"""Reads an answer of the API: status, headers and body become an `Outcome`.

A success is a 2xx with a ticket and a possible number of contacts; with anything less the frame
may have been sent. Decides by codes, never by the provider's wording, which changes
(`reliability.md` section 2.4).
"""

import json
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import NoReturn
from urllib.parse import urlsplit

from bulksms.octopush.codes import PROBABLY_NOT_SENT, PROBABLY_SENT, Code, CodeClass, look_up
from bulksms.octopush.outcomes import Accepted, NotSent, Outcome, RefusalScope, Refused, Unknown

__all__ = ["LONGEST_WAIT", "parse_http_date", "read_amount", "read_answer", "read_object"]

MESSAGE_LIMIT = 300  # characters of the provider's wording that are kept
UNREADABLE_TICKET = "(unreadable)"
TICKET_LIMIT = 200  # characters; real ones have about 20
AMOUNT_LIMIT = Decimal(10) ** 12  # a larger amount is garbage
DECIMALS_LIMIT = 40  # 8 were seen (octopush-api.md section 4.1); 17 come from binary floats
LONGEST_WAIT = 900.0  # seconds; longer means: pause and let a person resume (row 30)
DEFAULT_WAIT = 5.0  # seconds, when the answer names no sensible wait (row 31)
RETRY_AFTER_DIGITS = 9  # more are garbage

MOVED = {301, 307, 308}  # the request was not processed there; 302 and 303 may mean "done"
CHECK_ADDRESS = "check the address of the API."
SETUP_STATUSES: dict[int, str] = {
    401: "Octopush does not accept the login or the API key: check both.",
    402: "Octopush requires payment (HTTP 402): top up the account, then resume.",
    403: "Octopush forbids this account to send: check the login and the key, or ask its support.",
    404: f"There is no Octopush API at this address (HTTP 404): {CHECK_ADDRESS}",
    405: f"This address does not accept messages (HTTP 405): {CHECK_ADDRESS}",
    406: f"The server rejected the request format (HTTP 406): {CHECK_ADDRESS}",
    407: "A proxy requires a password (HTTP 407): check the `proxy` setting.",
    410: f"The API is no longer at this address (HTTP 410): {CHECK_ADDRESS}",
    415: f"The server rejected the request format (HTTP 415): {CHECK_ADDRESS}",
}
TOO_LARGE = "Octopush says that the request is too large."
BUSY = {409, 423}  # some APIs answer so while the first attempt still runs
BUSY_WAIT = 60.0  # seconds after which such a frame is posted once more (row 27)
TRY_ELSEWHERE = {421, 425}


def read_answer(
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    *,
    contacts: int,
    simulation: bool = False,
) -> Outcome:
    """Read the outcome of a frame with so many contacts from a complete answer."""
    match status // 100:
        case 2:
            fields = read_object(body)
            return _read_success(status, fields, contacts=contacts, simulation=simulation)
        case 3:
            return _read_redirect(status, headers)
        case 4 if status == HTTPStatus.TOO_MANY_REQUESTS:
            return _read_throttled(headers)
        case 4:
            return _read_refusal(status, read_object(body))
        case _:
            return Unknown(
                reason=f"Octopush reported a server error (HTTP {status}): "
                "this frame may or may not have been sent."
            )


def read_amount(value: object) -> Decimal | None:
    """Read an amount of money or messages; None when it is not one."""
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        return None
    try:
        amount = Decimal(value)
    except ArithmeticError:
        return None
    if not amount.is_finite() or amount.copy_abs() >= AMOUNT_LIMIT:
        return None
    exponent = amount.as_tuple().exponent
    return amount if isinstance(exponent, int) and exponent >= -DECIMALS_LIMIT else None


def read_object(body: bytes) -> dict[str, object]:
    """Read a JSON object, money as decimals; empty when the body is not one."""
    try:
        parsed_json = json.loads(
            body.decode("utf-8-sig"), parse_float=Decimal, parse_constant=_refuse_constant
        )
    except (ValueError, ArithmeticError, RecursionError):
        return {}
    return parsed_json if isinstance(parsed_json, dict) else {}


def parse_http_date(text: str) -> datetime | None:
    """Read an HTTP date, which is always in GMT; None when it is not one."""
    try:
        date = parsedate_to_datetime(text)
    except (TypeError, ValueError, OverflowError):
        return None
    return date if date.tzinfo is not None else None


def _read_success(
    status: int, fields: dict[str, object], *, contacts: int, simulation: bool
) -> Outcome:
    """Read a 2xx answer (rows 10 to 14)."""
    ticket = _ticket(fields.get("sms_ticket"))
    code = _whole_number(fields.get("code"))
    if code or (fields.get("code") is not None and code is None):
        return _contradiction(status, code, _wording(fields))
    if not fields or not (ticket or simulation):
        return Unknown(reason=_without_ticket(status, fields), stop=True, code=code)
    count = _whole_number(fields.get("number_of_contacts"))
    if count is None or not 1 <= count <= contacts:
        return Unknown(
            reason=f"Octopush took a frame of {contacts} contacts, but the number of contacts in "
            "its answer is missing or impossible: check the Octopush console.",
            stop=True,
        )
    cost = read_amount(fields.get("total_cost"))
    return Accepted(
        ticket=ticket,
        number_of_contacts=count,
        number_of_sms_needed=_whole_number(fields.get("number_of_sms_needed")),
        total_cost=cost if simulation or (cost is not None and cost > 0) else None,
        residual_credit=read_amount(fields.get("residual_credit")),
        message=_wording(fields),
    )


def _ticket(value: object) -> str:
    """Read a ticket; empty when there is none."""
    if not isinstance(value, str) or not value.strip():
        return ""
    return _clean(value, TICKET_LIMIT) or UNREADABLE_TICKET


def _without_ticket(status: int, fields: dict[str, object]) -> str:
    """Explain a success without a ticket; only what is not JSON may be a login page."""
    guess = f" ({_wording(fields)})" if _wording(fields) else ""
    if not fields:
        guess = ", perhaps it is a login page of the network"
    return (
        f"The answer (HTTP {status}) has no Octopush ticket{guess}: "
        f"this frame {PROBABLY_SENT}, check the Octopush console."
    )


def _contradiction(status: int, code: int | None, message: str) -> Unknown:
    """Read a 2xx answer that holds an error."""
    error = look_up(code).meaning if code else message or "its code cannot be read."
    named = f"error code {code}" if code else "an error"
    return Unknown(
        reason=f"Octopush answered with success (HTTP {status}) and with {named} at once: {error} "
        "This frame may or may not have been sent, check the Octopush console.",
        stop=True,
        code=code,
    )


def _read_redirect(status: int, headers: Mapping[str, str]) -> Outcome:
    """Read a 3xx answer, which is never followed: the key would go to another host (row 16)."""
    host = _host(headers.get("Location", ""))
    towards = f" to {host}" if host else ""
    if status in MOVED:
        return NotSent(
            reason=f"The API redirects{towards} (HTTP {status}), which is not followed: "
            f"{CHECK_ADDRESS}",
            stop=True,
        )
    return Unknown(
        reason=f"The API redirects{towards} (HTTP {status}), which may mean that the frame was "
        "sent: check the Octopush console.",
        stop=True,
    )


def _read_throttled(headers: Mapping[str, str]) -> Outcome:
    """Read a 429: the frame was not taken, and we wait as long as asked (rows 30 and 31)."""
    wait = _seconds_to_wait(headers)
    if wait > LONGEST_WAIT:
        return NotSent(
            reason=f"Octopush asks us to wait {wait / 60:.0f} minutes: resume after that.",
            stop=True,
            retry_after=wait,
        )
    return NotSent(reason="Octopush asks us to slow down.", retry_after=wait)


def _read_refusal(status: int, fields: dict[str, object]) -> Outcome:
    """Read a 4xx answer other than 429 (rows 17 to 29)."""
    code = _whole_number(fields.get("code"))
    if status in SETUP_STATUSES:
        return NotSent(reason=_account_reason(code) or SETUP_STATUSES[status], code=code, stop=True)
    if status in TRY_ELSEWHERE:
        return NotSent(reason="Octopush asks for another connection.", code=code)
    if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return NotSent(reason=TOO_LARGE, code=code, too_large=True)
    if status == HTTPStatus.REQUEST_TIMEOUT or status in BUSY:
        return _read_busy(status, code)
    if not code:
        return Unknown(
            reason=f"A refusal (HTTP {status}) without an Octopush code came back, perhaps from a "
            f"firewall or proxy: this frame {PROBABLY_NOT_SENT}.",
            stop=True,
        )
    return _by_code(look_up(code), _wording(fields))


def _read_busy(status: int, code: int | None) -> Unknown:
    """Read an answer that we were too slow, or that the API is still busy (rows 26 and 27)."""
    busy = status in BUSY
    return Unknown(
        reason=f"Octopush was busy or the request too slow (HTTP {status}): "
        "this frame may or may not have been sent.",
        code=code,
        retry_after=BUSY_WAIT if busy else None,
        once=busy,
    )


def _by_code(code: Code, message: str) -> Outcome:
    """Turn a code into what became of the frame (`reliability.md` section 2.9)."""
    match code.kind:
        case CodeClass.ACCOUNT:
            return NotSent(reason=code.meaning, code=code.number, stop=True)
        case CodeClass.WAIT:
            return NotSent(reason=code.meaning, code=code.number, retry_after=code.wait)
        case CodeClass.DUPLICATE:
            return Unknown(reason=code.meaning, code=code.number, stop=True, duplicate=True)
        case CodeClass.DOUBT:
            return Unknown(reason=code.meaning, code=code.number)
        case CodeClass.FRAME | CodeClass.CAMPAIGN:
            scope = RefusalScope.FRAME if code.kind is CodeClass.FRAME else RefusalScope.CAMPAIGN
            return Refused(code=code.number, message=message, scope=scope, reason=code.meaning)


def _account_reason(code: int | None) -> str | None:
    """Return the sentence of a code about the account, which says more than the status."""
    meaning = look_up(code) if code else None
    return meaning.meaning if meaning and meaning.kind is CodeClass.ACCOUNT else None


def _seconds_to_wait(headers: Mapping[str, str]) -> float:
    """Read the wait asked for, in seconds; five where none or nonsense is given.

    A date is compared with the `Date` of the same answer, so that our clock does not matter.
    """
    retry_after = headers.get("Retry-After", "").strip()
    if retry_after.isascii() and retry_after.isdigit():
        return float(retry_after) if len(retry_after) <= RETRY_AFTER_DIGITS else DEFAULT_WAIT
    until, now = parse_http_date(retry_after), parse_http_date(headers.get("Date", ""))
    if until is None or now is None:
        return DEFAULT_WAIT
    return max(0.0, (until - now).total_seconds())


def _refuse_constant(name: str) -> NoReturn:
    """Refuse NaN and Infinity, which are not JSON."""
    raise ValueError(name)


def _whole_number(value: object) -> int | None:
    """Read a count or a code, also one written as text or as 5.0; None when it is not one."""
    amount = read_amount(value)
    return int(amount) if amount is not None and amount == amount.to_integral_value() else None


def _wording(fields: Mapping[str, object]) -> str:
    """Keep the provider's wording on one line."""
    return _clean(fields.get("message"), MESSAGE_LIMIT)


def _clean(text: object, limit: int) -> str:
    """Keep what can be printed and stored of a text, on one line; empty when it is not text."""
    if not isinstance(text, str):
        return ""
    if not text.isprintable():
        text = "".join(character if character.isprintable() else " " for character in text)
    return " ".join(text.split())[:limit]


def _host(location: str) -> str:
    """Name the host of a redirection and nothing else of it."""
    try:
        host = urlsplit(location).hostname or ""
    except ValueError:
        return ""
    return host if host.isascii() and host.isprintable() else ""
