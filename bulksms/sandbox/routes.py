"""The routes of the API on Starlette, and the faults of the send requests."""

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

from bulksms.sandbox.api_replies import ApiReply, refusal
from bulksms.sandbox.broken_connections import Silence
from bulksms.sandbox.fault_kinds import COUNT_FAULTS, UNTAKEN, FaultKind, FaultPicker
from bulksms.sandbox.faulty_responses import faulty_response, json_response, scripted_response
from bulksms.sandbox.lenient_parsing import read_object, read_submission
from bulksms.sandbox.sandbox_account import SandboxAccount, login_and_key
from bulksms.sandbox.script import ScriptedReply

BASE_PATH = "/v1/public"


def build_app(account: SandboxAccount) -> ASGIApp:
    """Build the application of an account; every answer has the `Date` of its clock."""
    handlers = _Handlers(account)
    routes = Starlette(
        routes=[
            Route(f"{BASE_PATH}/sms-campaign/send", handlers.send, methods=["POST"]),
            Route(f"{BASE_PATH}/sms-campaign/cancel", handlers.cancel, methods=["DELETE"]),
            Route(f"{BASE_PATH}/wallet/check-balance", handlers.balance, methods=["GET"]),
            Route(f"{BASE_PATH}/wallet/check-credits", handlers.credits, methods=["GET"]),
            Route("/_sandbox/accepted", handlers.accepted, methods=["GET"]),
            Route("/_sandbox/clock", handlers.clock, methods=["GET", "POST"]),
        ],
        exception_handlers={404: _no_route, 405: _no_route},
    )

    async def dated(scope: Scope, receive: Receive, send: Send) -> None:
        async def stamp(message: Message) -> None:
            if message["type"] == "http.response.start":
                date = format_datetime(account.clock.now(), usegmt=True).encode()
                message = {**message, "headers": [*message["headers"], (b"date", date)]}
            await send(message)

        await routes(scope, receive, stamp)

    return dated


class _Handlers:
    """One method for each route."""

    def __init__(self, account: SandboxAccount) -> None:
        self._account = account
        self._options = account.options
        options = account.options
        self._fault_picker = FaultPicker(
            options.faults, options.fault_kinds, options.seed, options.script
        )

    async def send(self, request: Request) -> Response:
        """Accept a frame, or meet a fault before or after that."""
        self._account.posts += 1
        number = self._account.posts
        fault = self._fault_picker.fault_of(number)
        if fault is not None:
            self._account.faults[str(fault)] += 1
        if fault in _UNREAD:
            self._log(number, b"", fault, accepted=False)
            return faulty_response(FaultKind(str(fault)), self._options)
        body = await request.body()
        answer = self._answer(request, body, fault)
        self._log(number, body, fault, accepted=answer is not None and answer.accepted)
        if answer is not None and self._hangs(answer):
            return Silence()
        if answer is not None:
            await asyncio.sleep(self._options.latency)
        return self._respond(fault, answer)

    def _answer(
        self, request: Request, body: bytes, fault: FaultKind | ScriptedReply | None
    ) -> ApiReply | None:
        """Give the frame to the account, unless the fault comes before that."""
        untaken = not fault.accept if isinstance(fault, ScriptedReply) else fault in UNTAKEN
        if untaken:
            return None
        if not self._accepts_login(request):
            return refusal(101)
        counting = fault if isinstance(fault, FaultKind) and fault in COUNT_FAULTS else None
        return self._account.send(login_and_key(request.headers)[0], body, counting)

    def _respond(
        self, fault: FaultKind | ScriptedReply | None, answer: ApiReply | None
    ) -> Response:
        """Make the response, spoiled by the fault unless the account refused."""
        if isinstance(fault, ScriptedReply):
            return scripted_response(fault)
        if fault is not None and (answer is None or answer.accepted or fault not in COUNT_FAULTS):
            return faulty_response(fault, self._options, answer)
        return json_response(answer or refusal(500))

    def _log(
        self, number: int, body: bytes, fault: FaultKind | ScriptedReply | None, *, accepted: bool
    ) -> None:
        """Log the post before it is answered."""
        fields = read_object(body) or {}
        submission = read_submission(fields)
        self._account.request_log.append(
            {
                "post": number,
                "at": self._account.clock.now().isoformat(),
                "request_id": fields.get("request_id"),
                "digest": hashlib.sha256(body).hexdigest() if body else None,
                "contacts": len(fields.get("recipients") or ()),
                "simulation": fields.get("simulation_mode", False),
                "list_name": submission.list_name,
                "with_replies": submission.with_replies,
                "recipient_tracking": submission.recipient_tracking,
                "unknown_fields": submission.unknown_fields,
                "fault": None if fault is None else str(fault),
                "taken": accepted,
            }
        )

    async def cancel(self, request: Request) -> Response:
        """Cancel a scheduled campaign."""
        body = await request.body()
        return json_response(
            self._account.cancel(body) if self._accepts_login(request) else refusal(101)
        )

    async def balance(self, request: Request) -> Response:
        """Answer with the balance."""
        has_access = self._accepts_login(request)
        return json_response(
            self._account.balance(request.query_params) if has_access else refusal(101)
        )

    async def credits(self, request: Request) -> Response:
        """Answer with how many messages the credit buys."""
        countries = request.query_params.getlist("country_codes[]")
        return json_response(
            self._account.credits(countries) if self._accepts_login(request) else refusal(101)
        )

    async def accepted(self, request: Request) -> Response:  # noqa: ARG002
        """Show tests what was accepted; no key is needed, only this machine can ask."""
        return json_response(ApiReply(status=200, body=self._account.inspection()))

    async def clock(self, request: Request) -> Response:
        """Answer with the time, after setting it (`now`, ISO 8601) or moving it (`advance`, s)."""
        fields = read_object(await request.body()) or {}
        try:
            if "now" in fields:
                self._account.clock.set(datetime.fromisoformat(fields["now"]))
            self._account.clock.advance(float(fields.get("advance", 0)))
        except (TypeError, ValueError, OverflowError):
            return json_response(refusal(100))
        return json_response(
            ApiReply(status=200, body={"now": self._account.clock.now().isoformat()})
        )

    def _accepts_login(self, request: Request) -> bool:
        """Check the credentials of a request."""
        return self._account.accepts_login(*login_and_key(request.headers))

    def _hangs(self, answer: ApiReply) -> bool:
        """Whether the frame just accepted is the one that is never answered."""
        return answer.accepted and self._account.accepted_now == self._options.hang_after_accept


# Answered before the body was read: it may still be on its way.
_UNREAD = frozenset({FaultKind.RESET_BEFORE, FaultKind.EARLY_400})


async def _no_route(request: Request, error: Exception) -> Response:
    """Answer a wrong path or method as the API does, in JSON."""
    status = error.status_code if isinstance(error, HTTPException) else 404
    message = f"No route for {request.method} {request.url.path}."
    return json_response(ApiReply(status=status, body={"code": 500, "message": message}))
