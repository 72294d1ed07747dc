"""The routes of the API on Starlette, and the faults they meet; the account decides all else."""

import asyncio
import random

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bulksms.sandbox.account import Account
from bulksms.sandbox.answers import Answer, as_json, refusal
from bulksms.sandbox.options import FaultKind
from bulksms.sandbox.wire import CutShort, Reset, Silence

BASE_PATH = "/v1/public"


def build_app(account: Account) -> Starlette:
    """Build the application around an account."""
    doors = _Doors(account)
    return Starlette(
        routes=[
            Route(f"{BASE_PATH}/sms-campaign/send", doors.send, methods=["POST"]),
            Route(f"{BASE_PATH}/sms-campaign/cancel", doors.cancel, methods=["DELETE"]),
            Route(f"{BASE_PATH}/wallet/check-balance", doors.balance, methods=["GET"]),
            Route(f"{BASE_PATH}/wallet/check-credits", doors.credits, methods=["GET"]),
            Route("/_sandbox/accepted", doors.accepted, methods=["GET"]),
        ],
        exception_handlers={404: _no_route, 405: _no_route},
    )


class _Doors:
    """One method for each route."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._options = account.options
        self._random = random.Random(account.options.seed)  # noqa: S311 - faults, not secrets

    async def send(self, request: Request) -> Response:
        """Take a frame, or meet a fault before or after it is taken."""
        self._account.posts += 1
        fault = self._draw()
        if fault is FaultKind.RESET_BEFORE:
            return Reset()  # while the body may still be on its way
        body = await request.body()
        if fault in _BEFORE:
            return _broken(fault)
        if not self._lets_in(request):
            return _json(refusal(101))
        answer = self._account.send(body)
        if self._hangs(answer):
            return Silence()
        await asyncio.sleep(self._options.latency)
        return _json(answer) if fault is None else _broken(fault, answer)

    async def cancel(self, request: Request) -> Response:
        """Take back a scheduled campaign."""
        body = await request.body()
        return _json(self._account.cancel(body) if self._lets_in(request) else refusal(101))

    async def balance(self, request: Request) -> Response:
        """Say what is left on the account."""
        let_in = self._lets_in(request)
        return _json(self._account.balance(request.query_params) if let_in else refusal(101))

    async def credits(self, request: Request) -> Response:
        """Say how many messages the credit buys."""
        countries = request.query_params.getlist("country_codes[]")
        return _json(self._account.credits(countries) if self._lets_in(request) else refusal(101))

    async def accepted(self, request: Request) -> Response:  # noqa: ARG002
        """Show tests what was taken; no key is asked for, the address is this machine's."""
        return _json(Answer(status=200, body=self._account.inspection()))

    def _lets_in(self, request: Request) -> bool:
        """Check the headers of a request."""
        headers = request.headers
        return self._account.lets_in(headers.get("api-login", ""), headers.get("api-key", ""))

    def _draw(self) -> FaultKind | None:
        """Decide whether this request meets a fault, and which."""
        kinds = self._options.fault_kinds
        if not kinds or self._random.random() >= self._options.faults:
            return None
        fault = FaultKind(self._random.choice(kinds))
        self._account.faults[str(fault)] += 1
        return fault

    def _hangs(self, answer: Answer) -> bool:
        """Tell whether the frame just taken is the one that is never answered."""
        return answer.accepted and self._account.accepted_now == self._options.hang_after_accept


_BEFORE = frozenset(
    {
        FaultKind.SILENCE_BEFORE_ACCEPT,
        FaultKind.ERROR_BEFORE,
        FaultKind.THROTTLED,
        FaultKind.THROTTLED_RETRY_AFTER,
        FaultKind.HTML_200,
    }
)


def _broken(fault: FaultKind, answer: Answer | None = None) -> Response:
    """Answer as the fault says, or not at all."""
    match fault:
        case FaultKind.RESET_BEFORE | FaultKind.RESET_AFTER_ACCEPT:
            return Reset()
        case FaultKind.SILENCE_BEFORE_ACCEPT | FaultKind.SILENCE_AFTER_ACCEPT:
            return Silence()
        case FaultKind.CUT_200:
            body = as_json(answer.body if answer else {})
            return CutShort(body, status_code=200, media_type="application/json")
        case _:
            return _page(fault)


_PAGES = {
    FaultKind.ERROR_BEFORE: (500, "Internal Server Error", {}),
    FaultKind.BAD_GATEWAY_AFTER_ACCEPT: (502, "Bad Gateway", {}),
    FaultKind.THROTTLED: (429, "Too Many Requests", {}),
    FaultKind.THROTTLED_RETRY_AFTER: (429, "Too Many Requests", {"Retry-After": "1"}),
    FaultKind.HTML_200: (200, "Welcome to the hotel's network", {}),
}


def _page(fault: FaultKind) -> Response:
    """Answer with a page of a machine in between, which is HTML whatever was asked for."""
    status, title, headers = _PAGES[fault]
    page = f"<!DOCTYPE html><html><head><title>{title}</title></head><body>{title}</body></html>"
    return Response(page, status, headers, "text/html")


def _json(answer: Answer) -> Response:
    """Put an answer into an HTTP response; 204 has no body."""
    if answer.status == 204:  # noqa: PLR2004 - No Content
        return Response(status_code=204)
    return Response(as_json(answer.body), answer.status, media_type="application/json")


async def _no_route(request: Request, error: Exception) -> Response:
    """Answer a wrong path or method as the API does, in JSON."""
    status = error.status_code if isinstance(error, HTTPException) else 404
    message = f"No route for {request.method} {request.url.path}."
    return _json(Answer(status=status, body={"code": 500, "message": message}))
