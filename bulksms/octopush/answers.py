"""One function reads an answer: status, headers and body become an `Outcome`.

A success is a 2xx that carries a ticket and a count that can be true; whatever is less than
that may have been sent. Branches on codes, never on the provider's wording, which changes
(`reliability.md` section 2.4). Knows nothing of sockets.
"""

import json
from collections.abc import Mapping
from decimal import Decimal
from http import HTTPStatus
from typing import NoReturn
from urllib.parse import urlsplit

from bulksms.octopush.codes import Code, CodeClass, look_up
from bulksms.octopush.leaning import NOT_SENT, SENT
from bulksms.octopush.outcomes import Accepted, NotSent, Outcome, RefusalScope, Refused, Unknown
from bulksms.octopush.waiting import LONGEST_WAIT, seconds_to_wait

MESSAGE_LIMIT = 300  # characters of the provider's wording that are kept
AMOUNT_LIMIT = Decimal(10) ** 12  # beyond it an amount is garbage
SMALLEST_EXPONENT = -12  # euros come with up to 8 decimals (octopush-api.md section 4.1)

MOVED = {301, 307, 308}  # the request was not processed there; 302 and 303 may mean "done"
CHECK_ADDRESS = "check the address of the API."
SET_UP: dict[int, str] = {
    401: "Octopush does not accept the login or the API key: check both.",
    402: "Octopush wants to be paid first: top the account up, then resume.",
    403: "Octopush forbids this account to send: check the login and the key, or ask its support.",
    404: f"There is no Octopush API at this address: {CHECK_ADDRESS}",
    405: f"This address does not take messages: {CHECK_ADDRESS}",
    406: f"This address does not speak our language: {CHECK_ADDRESS}",
    407: "A proxy between us and Octopush wants a password: use a direct connection.",
    410: f"The API has left this address: {CHECK_ADDRESS}",
    415: f"This address does not speak our language: {CHECK_ADDRESS}",
}
TOO_LARGE = "Octopush says that the frame is too large."
BUSY = {409, 423}  # some APIs say so while the first try still runs
BUSY_WAIT = 60.0  # seconds after which such a frame is asked about once more (row 27)
TRY_ELSEWHERE = {421, 425}


def read_answer(
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    *,
    contacts: int,
    simulation: bool = False,
) -> Outcome:
    """Say what became of a frame of so many contacts, from a complete answer."""
    match status // 100:
        case 2:
            return _read_success(read_object(body), contacts=contacts, simulation=simulation)
        case 3:
            return _read_redirect(status, headers)
        case 4 if status == HTTPStatus.TOO_MANY_REQUESTS:
            return _read_throttled(headers)
        case 4:
            return _read_refusal(status, read_object(body))
        case _:
            return Unknown(
                reason=f"Octopush had trouble of its own (HTTP {status}): "
                "this frame may or may not have been sent."
            )


def read_amount(value: object) -> Decimal | None:
    """Read an amount of money or messages; None for whatever is none."""
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        return None
    try:
        amount = Decimal(value)
    except ArithmeticError:
        return None
    if not amount.is_finite() or amount.copy_abs() >= AMOUNT_LIMIT:
        return None
    exponent = amount.as_tuple().exponent
    return amount if isinstance(exponent, int) and exponent >= SMALLEST_EXPONENT else None


def read_object(body: bytes) -> dict[str, object]:
    """Read a JSON object, money as decimals; anything else is an empty one."""
    try:
        told = json.loads(body.decode("utf-8-sig"), parse_float=Decimal, parse_constant=_no_number)
    except (ValueError, ArithmeticError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def _read_success(told: dict[str, object], *, contacts: int, simulation: bool) -> Outcome:
    """Judge a 2xx answer (rows 10 to 14)."""
    ticket = told.get("sms_ticket")
    named = isinstance(ticket, str) and ticket.strip() != ""
    code = told.get("code")
    if not told or not (named or simulation) or (code is not None and _whole_number(code) != 0):
        return Unknown(
            reason="Something answered without an Octopush ticket, perhaps a login page of the "
            f"network: this frame {SENT}, look into the Octopush console.",
            stop=True,
            code=_whole_number(code),
        )
    count = _whole_number(told.get("number_of_contacts"))
    if count is None or not 1 <= count <= contacts:
        return Unknown(
            reason=f"Octopush took a frame of {contacts} contacts but its answer does not say so "
            "(the number of contacts is missing or impossible): look into the Octopush console.",
            stop=True,
        )
    return Accepted(
        ticket=ticket.strip() if isinstance(ticket, str) else "",
        number_of_contacts=count,
        number_of_sms_needed=_whole_number(told.get("number_of_sms_needed")),
        total_cost=read_amount(told.get("total_cost")),
        residual_credit=read_amount(told.get("residual_credit")),
        message=_wording(told),
    )


def _read_redirect(status: int, headers: Mapping[str, str]) -> Outcome:
    """Judge a 3xx answer, which is never followed: the key would go to another host (row 16)."""
    target = _host(headers.get("Location", ""))
    towards = f" to {target}" if target else ""
    if status in MOVED:
        return NotSent(
            reason=f"The API address has moved{towards}; we do not follow: {CHECK_ADDRESS}",
            stop=True,
        )
    return Unknown(
        reason=f"The API answered with a redirection{towards} (HTTP {status}), which may mean "
        "that the frame was sent: look into the Octopush console.",
        stop=True,
    )


def _read_throttled(headers: Mapping[str, str]) -> Outcome:
    """Judge a 429: nothing was taken, and we wait as long as asked (rows 30 and 31)."""
    wait = seconds_to_wait(headers)
    if wait > LONGEST_WAIT:
        return NotSent(
            reason=f"Octopush asks us to wait {wait / 60:.0f} minutes: resume after that.",
            stop=True,
            retry_after=wait,
        )
    return NotSent(reason="Octopush asks us to slow down.", retry_after=wait)


def _read_refusal(status: int, told: dict[str, object]) -> Outcome:
    """Judge a 4xx answer other than 429 (rows 17 to 29)."""
    code = _whole_number(told.get("code"))
    if status in SET_UP:
        return NotSent(reason=_account_reason(code) or SET_UP[status], code=code, stop=True)
    if status in TRY_ELSEWHERE:
        return NotSent(reason="Octopush asks for another connection.", code=code)
    if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return NotSent(reason=TOO_LARGE, code=code, too_large=True)
    if status == HTTPStatus.REQUEST_TIMEOUT or status in BUSY:
        return _read_busy(status, code)
    if not code:
        return Unknown(
            reason=f"A refusal (HTTP {status}) did not come from Octopush itself but perhaps from "
            f"a firewall or proxy: this frame {NOT_SENT}.",
            stop=True,
        )
    return _by_code(look_up(code), _wording(told))


def _read_busy(status: int, code: int | None) -> Unknown:
    """Judge an answer that the API was too slow, or is still at it (rows 26 and 27)."""
    at_it = status in BUSY
    return Unknown(
        reason=f"Octopush was too slow or busy (HTTP {status}): "
        "this frame may or may not have been sent.",
        code=code,
        retry_after=BUSY_WAIT if at_it else None,
        once=at_it,
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
    """Prefer the sentence of a code about the account to that of the bare status."""
    known = look_up(code) if code else None
    return known.meaning if known and known.kind is CodeClass.ACCOUNT else None


def _no_number(name: str) -> NoReturn:
    """Refuse NaN and Infinity, which are not JSON."""
    raise ValueError(name)


def _whole_number(value: object) -> int | None:
    """Read a count or a code, also one written as text or as 5.0; None for whatever is none."""
    amount = read_amount(value)
    return int(amount) if amount is not None and amount == amount.to_integral_value() else None


def _wording(told: Mapping[str, object]) -> str:
    """Keep the provider's wording on one line, without anything a terminal would obey."""
    message = told.get("message")
    if not isinstance(message, str):
        return ""
    plain = "".join(character if character.isprintable() else " " for character in message)
    return " ".join(plain.split())[:MESSAGE_LIMIT]


def _host(location: str) -> str:
    """Name the host of a redirection and nothing else of it."""
    try:
        host = urlsplit(location).hostname or ""
    except ValueError:
        return ""
    return host if host.isascii() and host.isprintable() else ""
