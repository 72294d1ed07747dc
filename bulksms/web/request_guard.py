"""Lets a request through to the page only when it comes from the page itself, on this machine.

The order matters: the host before everything, since a foreign name that points to this machine
(DNS rebinding) has a matching origin; then the session, then the origin, then the size.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bulksms.pages.languages import choose_language

__all__ = ["ENTRANCE", "RequestGuard", "Session", "is_too_large"]

ENTRANCE = "/enter"
SAFE_METHODS = frozenset({"GET", "HEAD"})
METHODS = SAFE_METHODS | {"POST"}
HOST_NAMES = ("127.0.0.1", "localhost", "[::1]")

# Nothing but our own files: no inline script or style, no frame around us, no form to elsewhere.
HEADERS: Mapping[str, str] = {
    "content-security-policy": "default-src 'none'; style-src 'self'; script-src 'self'; "
    "img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",  # without one, forms have the origin "null"
    "cache-control": "no-store",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}

FORM_LIMIT = 256 * 1024  # bytes; a text and its columns
# Bytes of an upload above the limit that are taken and thrown away: a browser reads an answer only
# after it has sent all of its file.
DISCARDED = 10_000_000_000
TOO_LARGE = "is_too_large"


@dataclass(slots=True)
class Session:
    """The secrets of one run of the page: the token of its address, and the cookie for it.

    `forget_entrance` deletes what leads to that address, once it is of no use any more.

    The cookie is named after the port, since cookies of one host are shared by all its ports.
    """

    port: int
    token: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)
    cookie: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)
    is_used: bool = False
    forget_entrance: Callable[[], None] = field(default=lambda: None, repr=False)

    @property
    def cookie_name(self) -> str:
        """The name of the cookie."""
        return f"bulksms_{self.port}"

    @property
    def entrance(self) -> str:
        """The path that gives the cookie, once."""
        return f"{ENTRANCE}?token={self.token}"

    def use(self, token: str) -> bool:
        """Take the token, which is good once; another one changes nothing."""
        if self.is_used or not secrets.compare_digest(token.encode(), self.token.encode()):
            return False
        self.is_used = True
        self.forget_entrance()
        return True

    def accepts(self, headers: Headers) -> bool:
        """Whether a request carries the cookie."""
        try:
            cookies = SimpleCookie(headers.get("cookie", ""))
        except CookieError:
            return False
        morsel = cookies.get(self.cookie_name)
        return morsel is not None and secrets.compare_digest(
            morsel.value.encode(), self.cookie.encode()
        )


class RequestGuard:
    """An ASGI application around another one that refuses every request but the page's own.

    Bodies of at most `limit` bytes go to addresses that end like one of `uploads`; all others
    take a form without a file. A larger file is not read, and `is_too_large` says so to the
    application, which explains it.
    """

    def __init__(
        self,
        app: ASGIApp,
        session: Session,
        uploads: tuple[str, ...],
        limit: int,
    ) -> None:
        self._app = app
        self._session = session
        self._uploads = uploads
        self._upload_limit = limit
        self._hosts = frozenset(f"{name}:{session.port}" for name in HOST_NAMES)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a refused request at once, and bound the body of the others."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":  # no web socket is offered
            return
        headers, answer = Headers(scope=scope), _with_headers(send)
        refusal = self._refusal(scope, headers)
        if refusal is not None:
            await refusal(scope, receive, answer)
            return
        limit = self._limit(scope["path"])
        if scope["method"] == "POST" and int(headers.get("content-length", "0")) > limit:
            scope.setdefault("state", {})[TOO_LARGE] = True
            await self._app(scope, _no_body, _after_the_body(receive, answer))
            return
        body = _BoundedBody(receive, limit)
        await self._app(scope, body.receive, answer)

    def _refusal(self, scope: Scope, headers: Headers) -> PlainTextResponse | None:
        """Explain why a request is refused; None lets it through."""
        _ = choose_language(None, headers.get("accept-language", "")).catalogue.gettext
        if headers.getlist("host") != [headers.get("host")] or headers["host"] not in self._hosts:
            return _refuse(421, _("This page answers only to its own address."))
        if not self._session.accepts(headers) and scope["path"] != ENTRANCE:
            return _refuse(
                403,
                _("This page was started again: close this window, and start `bulksms web` again."),
            )
        if scope["method"] not in METHODS:
            return _refuse(405, _("This method is not allowed."))
        if scope["method"] not in SAFE_METHODS and not self._is_own(headers):
            return _refuse(403, _("This request does not come from the page itself."))
        length = headers.get("content-length", "0")
        if not length.isascii() or not length.isdigit():
            return _refuse(400, "The length of the request is not a number.")
        is_upload = scope["method"] == "POST" and scope["path"].endswith(self._uploads)
        limit = DISCARDED if is_upload else self._limit(scope["path"])
        return _refuse(413, _("This is too large for the page.")) if int(length) > limit else None

    def _is_own(self, headers: Headers) -> bool:
        """Whether a request was made by a page of ours; a browser fills in one of the two."""
        site, origin = headers.get("sec-fetch-site"), headers.get("origin")
        if origin is not None and not self._is_own_origin(origin):
            return False
        return site == "same-origin" if site is not None else origin is not None

    def _is_own_origin(self, origin: str) -> bool:
        try:
            parts = urlsplit(origin)
        except ValueError:
            return False
        return parts.scheme == "http" and parts.netloc in self._hosts

    def _limit(self, path: str) -> int:
        return self._upload_limit if path.endswith(self._uploads) else FORM_LIMIT


def is_too_large(request: Request) -> bool:
    """Whether the file of a request is above the limit, so that its form is not to be read."""
    return bool(getattr(request.state, TOO_LARGE, False))


class _BodyTooLarge(HTTPException):
    """More came than the limit allows, without a length or with a wrong one."""

    def __init__(self) -> None:
        # The rest of the body is not read, so the connection cannot be used again.
        super().__init__(413, "Too large.", {"connection": "close"})


class _BoundedBody:
    """Counts the bytes of a request's body as they come."""

    def __init__(self, receive: Receive, limit: int) -> None:
        self._receive = receive
        self._left = limit

    async def receive(self) -> Message:
        message = await self._receive()
        self._left -= len(message.get("body", b""))
        if self._left < 0:
            raise _BodyTooLarge
        return message


async def _no_body() -> Message:
    return {"type": "http.request", "body": b"", "more_body": False}


def _after_the_body(receive: Receive, send: Send) -> Send:
    """Send an answer, and end it only when the body has come; none of the body is kept."""

    async def send_and_discard(message: Message) -> None:
        if message["type"] == "http.response.body" and not message.get("more_body"):
            await send({**message, "more_body": True})
            while (await receive()).get("more_body"):
                pass
            message = {"type": "http.response.body", "body": b""}
        await send(message)

    return send_and_discard


def _with_headers(send: Send) -> Send:
    """Add the security headers to an answer."""

    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers[name] = value
        await send(message)

    return send_with_headers


def _refuse(status: int, sentence: str) -> PlainTextResponse:
    # The rest of the body is not read, so the connection cannot be used again.
    return PlainTextResponse(sentence, status, {"connection": "close"})
