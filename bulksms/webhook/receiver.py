"""The receiver as a web application: one secret address, empty answers, nothing logged.

Octopush may switch an address off whose page shows output or takes more than a second. So every
answer is empty, and what cannot be read is acknowledged too: sent again, it would be no better.
Only what could not be written down is not.
"""

import json
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from bulksms.octopush.callbacks import Callback, read_callback
from bulksms.use_cases.upkeep.prove_callback import CHALLENGE, PROOF, proof_of
from bulksms.webhook.callback_queue import CallbackQueue
from bulksms.webhook.callback_secret import CallbackSecrets

__all__ = ["make_receiver", "read_body"]

LONGEST_BODY = 64 * 1024
MOST_CALLBACKS = 500  # in one body
LONGEST_CHALLENGE = 100


def make_receiver(
    secrets: CallbackSecrets, write: Callable[[Sequence[Callback]], object]
) -> Starlette:
    """Make the application; `write` keeps callbacks, and raises if it cannot."""
    queue = CallbackQueue(write)

    async def receive(request: Request) -> Response:
        secret = secrets.match(request.path_params["secret"])
        if secret is None:
            return Response(status_code=404)
        if request.method == "POST":
            body = await _bounded_body(request)
            callbacks = [] if body is None else read_body(body)
            if callbacks and not await queue.put(callbacks):
                return Response(status_code=503)
        challenge = request.headers.get(CHALLENGE, "")[:LONGEST_CHALLENGE]
        proof = {PROOF: proof_of(secret, challenge)} if challenge else None
        return Response(status_code=200, headers=proof)

    async def nothing(request: Request, error: Exception) -> Response:
        del request, error
        return Response(status_code=404)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        del app
        async with queue:
            yield

    return Starlette(
        routes=[Route("/{secret}", receive, methods=["GET", "HEAD", "POST"])],
        exception_handlers={404: nothing, 405: nothing},
        lifespan=lifespan,
    )


def read_body(body: bytes) -> list[Callback]:
    """Read the callbacks of a body in JSON or as a form; what is none is left out."""
    callbacks = (read_callback(payload) for payload in _payloads(body))
    return [each for each in callbacks if each is not None][:MOST_CALLBACKS]


def _payloads(body: bytes) -> Iterator[Mapping[str, object]]:
    text = body.decode("utf-8-sig", "replace").strip()
    if not text.startswith(("{", "[")):
        if text.count("&") < MOST_CALLBACKS:
            yield dict(parse_qsl(text))
        return
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return
    values = value if isinstance(value, list) else [value]
    yield from (each for each in values if isinstance(each, dict))


async def _bounded_body(request: Request) -> bytes | None:
    """Read a body; `None` when it is longer than any callback, or its sender went away."""
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > LONGEST_BODY:
                return None
    except ClientDisconnect:
        return None
    return bytes(body)
