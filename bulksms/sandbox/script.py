"""A script of answers for posts named by their number, read from TOML or JSON."""

import json
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bulksms.errors import UsageError

__all__ = ["ScriptedReply", "parse_script", "read_script"]

FOREVER = 10**9
STATUSES = range(200, 600)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptedReply:
    """The answer to the posts from `first` to `last`: a fault, a code or a bare status.

    Attributes:
        first: The first post this is for; 1 is the first of all.
        last: The last one.
        fault: A fault's name; the fields below are not used then.
        code: An API code, in the API's JSON; without one the answer is a page of HTML.
        status: The HTTP status; the code's own if not given.
        retry_after: The `Retry-After` header, word for word.
        accept: Whether the frame is accepted before it is answered so.
    """

    first: int
    last: int
    fault: str | None = None
    code: int | None = None
    status: int | None = None
    retry_after: str | None = None
    accept: bool = False

    def __str__(self) -> str:
        return self.fault or f"scripted_{self.code or self.status}"


def read_script(path: Path) -> tuple[ScriptedReply, ...]:
    """Read a script file: JSON if it is named so, else TOML.

    Raises:
        UsageError: it cannot be read, or a line has no meaning.
    """
    try:
        text = path.read_text(encoding="utf-8")
        lines = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
    except OSError as error:
        raise UsageError(
            f"The script {path} cannot be read: {error.strerror}; name another file."
        ) from error
    except ValueError as error:
        raise UsageError(f"The script {path} is not TOML or JSON: {error}.") from error
    if not isinstance(lines, dict):
        raise UsageError(f'The script {path} is not a table: write lines like 3 = "429".')
    return parse_script(lines)


def parse_script(lines: dict[str, Any]) -> tuple[ScriptedReply, ...]:
    """Read the lines of a script: posts on the left, how they are answered on the right.

    Posts are `3`, `3-5` or `3-`; an answer is a fault's name, an API code, or a table with
    `status`, `code`, `retry_after` and `accept`.

    Raises:
        UsageError: a line has no meaning.
    """
    return tuple(_reply(str(posts), answer) for posts, answer in lines.items())


def _reply(posts: str, answer: object) -> ScriptedReply:
    first, last = _span(posts)
    match answer:
        case str():
            return ScriptedReply(first=first, last=last, fault=answer)
        case bool():
            pass
        case int():
            return ScriptedReply(first=first, last=last, code=answer)
        case dict() if answer.get("status", 200) in STATUSES:
            try:
                return ScriptedReply(first=first, last=last, **answer)
            except TypeError:
                pass
    raise UsageError(
        f"The script has {answer!r} for post {posts}: give a fault's name, an API code, "
        "or a table of status, code, retry_after and accept."
    )


def _span(posts: str) -> tuple[int, int]:
    """Read `3`, `3-5` or `3-`."""
    first, dash, last = posts.partition("-")
    try:
        begin = int(first)
        end = int(last) if last else FOREVER if dash else begin
    except ValueError:
        begin, end = 0, 0
    if not 1 <= begin <= end:
        raise UsageError(f"The script names post {posts!r}: write 3, 3-5 or 3- (1 is the first).")
    return begin, end
