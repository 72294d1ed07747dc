"""The routes of the API on Starlette, and the faults they meet; the account decides all else."""

import asyncio
import hashlib
from datetime import datetime
from email.utils import format_datetime

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bulksms.sandbox.account import Account
from bulksms.sandbox.answers import Answer, refusal
from bulksms.sandbox.breaking import broken, json_response, scripted
from bulksms.sandbox.casting import read_object, read_submission
from bulksms.sandbox.faults import COUNT_FAULTS, UNTAKEN, Draw, FaultKind
from bulksms.sandbox.script import ScriptedReply
from bulksms.sandbox.wire import Silence

BASE_PATH = "/v1/public"


def build_app(account: Account) -> ASGIApp:
    """Build the application around an account; every answer bears the hour of its clock."""
    doors = _Doors(account)
    routes = Starlette(
        routes=[
            Route(f"{BASE_PATH}/sms-campaign/send", doors.send, methods=["POST"]),
            Route(f"{BASE_PATH}/sms-campaign/cancel", doors.cancel, methods=["DELETE"]),
            Route(f"{BASE_PATH}/wallet/check-balance", doors.balance, methods=["GET"]),
            Route(f"{BASE_PATH}/wallet/check-credits", doors.credits, methods=["GET"]),
            Route("/_sandbox/accepted", doors.accepted, methods=["GET"]),
            Route("/_sandbox/clock", doors.clock, methods=["GET", "POST"]),
        ],
        exception_handlers={404: _no_route, 405: _no_route},
    )

    async def dated(scope: Scope, receive: Receive, send: Send) -> None:
        async def stamp(message: Message) -> None:
            if message["type"] == "http.response.start":
                hour = format_datetime(account.clock.now(), usegmt=True).encode()
                message = {**message, "headers": [*message["headers"], (b"date", hour)]}
            await send(message)

        await routes(scope, receive, stamp)

    return dated


class _Doors:
    """One method for each route."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._options = account.options
        told = account.options
        self._draw = Draw(told.faults, told.fault_kinds, told.seed, told.script)

    async def send(self, request: Request) -> Response:
        """Take a frame, or meet a fault before or after it is taken."""
        self._account.posts += 1
        number = self._account.posts
        fault = self._draw.befalls(number)
        if fault is not None:
            self._account.faults[str(fault)] += 1
        if fault in _UNREAD:
            self._note(number, b"", fault, taken=False)
            return broken(FaultKind(str(fault)), self._options)
        body = await request.body()
        answer = self._judged(request, body, fault)
        self._note(number, body, fault, taken=answer is not None and answer.accepted)
        if answer is not None and self._hangs(answer):
            return Silence()
        if answer is not None:
            await asyncio.sleep(self._options.latency)
        return self._told(fault, answer)

    def _judged(
        self, request: Request, body: bytes, fault: FaultKind | ScriptedReply | None
    ) -> Answer | None:
        """Let the account look at the frame, unless the fault comes before that."""
        untaken = not fault.accept if isinstance(fault, ScriptedReply) else fault in UNTAKEN
        if untaken:
            return None
        if not self._lets_in(request):
            return refusal(101)
        counting = fault if isinstance(fault, FaultKind) and fault in COUNT_FAULTS else None
        return self._account.send(body, counting)

    def _told(self, fault: FaultKind | ScriptedReply | None, answer: Answer | None) -> Response:
        """Say what is to be said, and break it if it is to be broken; a refusal is not."""
        if isinstance(fault, ScriptedReply):
            return scripted(fault)
        if fault is not None and (answer is None or answer.accepted or fault not in COUNT_FAULTS):
            return broken(fault, self._options, answer)
        return json_response(answer or refusal(500))

    def _note(
        self, number: int, body: bytes, fault: FaultKind | ScriptedReply | None, *, taken: bool
    ) -> None:
        """Write the post down before it is answered."""
        fields = read_object(body) or {}
        unknown = read_submission(fields).unknown_fields
        self._account.diary.append(
            {
                "post": number,
                "at": self._account.clock.now().isoformat(),
                "request_id": fields.get("request_id"),
                "digest": hashlib.sha256(body).hexdigest() if body else None,
                "contacts": len(fields.get("recipients") or ()),
                "simulation": fields.get("simulation_mode", False),
                "unknown_fields": unknown,
                "fault": None if fault is None else str(fault),
                "taken": taken,
            }
        )

    async def cancel(self, request: Request) -> Response:
        """Take back a scheduled campaign."""
        body = await request.body()
        return json_response(self._account.cancel(body) if self._lets_in(request) else refusal(101))

    async def balance(self, request: Request) -> Response:
        """Say what is left on the account."""
        let_in = self._lets_in(request)
        return json_response(
            self._account.balance(request.query_params) if let_in else refusal(101)
        )

    async def credits(self, request: Request) -> Response:
        """Say how many messages the credit buys."""
        countries = request.query_params.getlist("country_codes[]")
        return json_response(
            self._account.credits(countries) if self._lets_in(request) else refusal(101)
        )

    async def accepted(self, request: Request) -> Response:  # noqa: ARG002
        """Show tests what was taken; no key is asked for, the address is this machine's."""
        return json_response(Answer(status=200, body=self._account.inspection()))

    async def clock(self, request: Request) -> Response:
        """Tell the hour, after setting it (`now`, ISO 8601) or moving it (`advance`, seconds)."""
        told = read_object(await request.body()) or {}
        try:
            if "now" in told:
                self._account.clock.set(datetime.fromisoformat(told["now"]))
            self._account.clock.advance(float(told.get("advance", 0)))
        except (TypeError, ValueError, OverflowError):
            return json_response(refusal(100))
        return json_response(
            Answer(status=200, body={"now": self._account.clock.now().isoformat()})
        )

    def _lets_in(self, request: Request) -> bool:
        """Check the headers of a request."""
        headers = request.headers
        return self._account.lets_in(headers.get("api-login", ""), headers.get("api-key", ""))

    def _hangs(self, answer: Answer) -> bool:
        """Tell whether the frame just taken is the one that is never answered."""
        return answer.accepted and self._account.accepted_now == self._options.hang_after_accept


# Answered before the body was read: it may still be on its way.
_UNREAD = frozenset({FaultKind.RESET_BEFORE, FaultKind.EARLY_400})


async def _no_route(request: Request, error: Exception) -> Response:
    """Answer a wrong path or method as the API does, in JSON."""
    status = error.status_code if isinstance(error, HTTPException) else 404
    message = f"No route for {request.method} {request.url.path}."
    return json_response(Answer(status=status, body={"code": 500, "message": message}))
