"""Makes the response for a fault or a line of the script."""

from starlette.responses import Response

from bulksms.sandbox.api_replies import ApiReply, as_json, refusal
from bulksms.sandbox.broken_connections import AfterInterim, CutShort, Drip, HangUp, Reset, Silence
from bulksms.sandbox.fault_kinds import REDIRECTS, FaultKind
from bulksms.sandbox.script import ScriptedReply
from bulksms.sandbox.server_options import SandboxOptions

__all__ = ["faulty_response", "json_response", "scripted_response"]

HUGE = 3_000_000  # bytes, three times what a client should read
JSON = "application/json"
GARBAGE = bytes(range(256)) * 4

_PAGES = {
    FaultKind.ERROR_BEFORE: (500, "Internal Server Error", {}),
    FaultKind.BAD_GATEWAY_AFTER_ACCEPT: (502, "Bad Gateway", {}),
    FaultKind.GATEWAY_TIMEOUT_BEFORE: (504, "Gateway Timeout", {}),
    FaultKind.GATEWAY_TIMEOUT_AFTER_ACCEPT: (504, "Gateway Timeout", {}),
    FaultKind.THROTTLED: (429, "Too Many Requests", {}),
    FaultKind.THROTTLED_RETRY_AFTER: (429, "Too Many Requests", {"Retry-After": "1"}),
    FaultKind.HTML_200: (200, "Welcome to the hotel's network", {}),
}


def faulty_response(
    fault: FaultKind, options: SandboxOptions, answer: ApiReply | None = None
) -> Response:
    """The response of a fault; `answer` is what the API would have answered."""
    if fault in REDIRECTS:
        return Response(status_code=REDIRECTS[fault], headers={"Location": options.redirect_to})
    if fault in _PAGES:
        status, title, headers = _PAGES[fault]
        return _page(status, title, headers)
    return _no_answer(fault) or _spoiled_answer(
        fault, answer or ApiReply(status=200, body={}), options
    )


def _no_answer(fault: FaultKind) -> Response | None:
    """The response of a fault that gives no answer, or closes early; None for others."""
    match fault:
        case FaultKind.RESET_BEFORE | FaultKind.RESET_AFTER_ACCEPT:
            return Reset()
        case FaultKind.SILENCE_BEFORE_ACCEPT | FaultKind.SILENCE_AFTER_ACCEPT:
            return Silence()
        case FaultKind.EARLY_400:
            return HangUp(b"Bad Request", 400, media_type="text/plain")
        case _:
            return None


def _spoiled_answer(fault: FaultKind, answer: ApiReply, options: SandboxOptions) -> Response:
    """The response of a fault that spoils the answer, delays it or precedes it."""
    body = as_json(answer.body)
    match fault:
        case FaultKind.CUT_200:
            return CutShort(body, status_code=200, media_type=JSON)
        case FaultKind.GARBAGE_200:
            return Response(GARBAGE, 200, media_type=JSON)
        case FaultKind.HUGE_ANSWER:
            padded = body[:-1] + b', "padding": "' + b"x" * HUGE + b'"}'
            return Response(padded, 200, media_type=JSON)
        case FaultKind.SLOW_ANSWER:
            return Drip(body, options.drip, status_code=answer.status, media_type=JSON)
        case FaultKind.INTERIM_ANSWERS:
            return AfterInterim(body, answer.status, media_type=JSON)
        case _:
            return Response(body, options.success_status, media_type=JSON)


def scripted_response(reply: ScriptedReply) -> Response:
    """The response of a script line: a code in the API's JSON, or a gateway's page."""
    headers = {} if reply.retry_after is None else {"Retry-After": reply.retry_after}
    if reply.code is not None:
        answer = refusal(reply.code)
        status = reply.status or answer.status
        return Response(as_json(answer.body), status, headers, JSON)
    return _page(reply.status or 200, "Gateway", headers)


def json_response(answer: ApiReply) -> Response:
    """The HTTP response of an answer; 204 has no body."""
    if answer.status == 204:  # noqa: PLR2004 - No Content
        return Response(status_code=204)
    return Response(as_json(answer.body), answer.status, media_type=JSON)


def _page(status: int, title: str, headers: dict[str, str]) -> Response:
    """The page of a gateway, which is HTML whatever was asked for."""
    if status == 204:  # noqa: PLR2004 - No Content
        return Response(status_code=204, headers=headers)
    page = f"<!DOCTYPE html><html><head><title>{title}</title></head><body>{title}</body></html>"
    return Response(page, status, headers, "text/html")
