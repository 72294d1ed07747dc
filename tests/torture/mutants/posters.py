"""Clients that post wrongly: they change the bytes, repeat them, or misread the answer."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import orjson
import requests

from bulksms.octopush import (
    Accepted,
    Credentials,
    NotSent,
    Outcome,
    RefusalScope,
    Refused,
    Unknown,
    read_answer,
)
from bulksms.sender import ApiConnection
from tests.torture.orders import quick_client

DUPLICATE = 182
Maker = Callable[[str, Credentials], ApiConnection]


class _AlteredClient:
    """The real client, which changes the bytes before a post or the outcome after it."""

    def __init__(
        self,
        client: ApiConnection,
        before: Callable[[bytes], bytes],
        after: Callable[[ApiConnection, bytes, Outcome], Outcome],
    ) -> None:
        self._client, self._before, self._after = client, before, after

    def post(self, body: bytes) -> Outcome:
        changed = self._before(body)
        return self._after(self._client, changed, self._client.post(changed))

    def server_time(self) -> datetime | None:
        return self._client.server_time()

    def close(self) -> None:
        self._client.close()


def _same_body(body: bytes) -> bytes:
    return body


def _same_outcome(client: ApiConnection, body: bytes, outcome: Outcome) -> Outcome:
    del client, body
    return outcome


def _altered(
    before: Callable[[bytes], bytes] = _same_body,
    after: Callable[[ApiConnection, bytes, Outcome], Outcome] = _same_outcome,
) -> Maker:
    def make(url: str, credentials: Credentials) -> ApiConnection:
        return _AlteredClient(quick_client(url, credentials), before, after)

    return make


def _rewritten(change: Callable[[dict[str, Any]], None]) -> Callable[[bytes], bytes]:
    def before(body: bytes) -> bytes:
        fields = orjson.loads(body)
        change(fields)
        return orjson.dumps(fields)

    return before


def _fresh_id(fields: dict[str, Any]) -> None:
    fields["request_id"] = f"bs1-{uuid.uuid4().hex[:22]}"


def _shift(fields: dict[str, Any]) -> None:
    """Give each recipient the first name of the next, as after one blank cell."""
    recipients = fields["recipients"]
    names = [recipient["first_name"] for recipient in recipients]
    for recipient, name in zip(recipients, names[1:] + names[:1], strict=True):
        recipient["first_name"] = name


def _drop_last(fields: dict[str, Any]) -> None:
    fields["recipients"].pop()


def _misspell(fields: dict[str, Any]) -> None:
    fields["simulation"] = fields["simulation_mode"]


def _again(client: ApiConnection, body: bytes, outcome: Outcome) -> Outcome:
    return client.post(body) if isinstance(outcome, Unknown) else outcome


def _again_afresh(client: ApiConnection, body: bytes, outcome: Outcome) -> Outcome:
    return _again(client, _rewritten(_fresh_id)(body), outcome)


def _again_on_500(client: ApiConnection, body: bytes, outcome: Outcome) -> Outcome:
    return _again(client, body, outcome) if "HTTP 5" in _reason(outcome) else outcome


def _reason(outcome: Outcome) -> str:
    return outcome.reason if isinstance(outcome, Unknown) else ""


def _silence_is_not_sent(client: ApiConnection, body: bytes, outcome: Outcome) -> Outcome:
    del client, body
    return NotSent(reason="too slow") if isinstance(outcome, Unknown) else outcome


def _silence_is_failure(client: ApiConnection, body: bytes, outcome: Outcome) -> Outcome:
    del client, body
    if not isinstance(outcome, Unknown):
        return outcome
    return Refused(code=0, message="", scope=RefusalScope.FRAME, reason="no answer")


def _duplicate_is_not_sent(client: ApiConnection, body: bytes, outcome: Outcome) -> Outcome:
    del client, body
    if isinstance(outcome, Unknown) and outcome.code == DUPLICATE:
        return NotSent(reason="seen before", stop=True)
    return outcome


def _duplicate_is_sent(client: ApiConnection, body: bytes, outcome: Outcome) -> Outcome:
    del client
    if isinstance(outcome, Unknown) and outcome.code == DUPLICATE:
        return _yes(body)
    return outcome


def _any_answer_is_yes(client: ApiConnection, body: bytes, outcome: Outcome) -> Outcome:
    del client
    return _yes(body) if "ticket" in _reason(outcome) else outcome


def _count_is_not_read(client: ApiConnection, body: bytes, outcome: Outcome) -> Outcome:
    del client
    if isinstance(outcome, Accepted):
        return replace(outcome, number_of_contacts=_count(body))
    return outcome


def _ignores_the_account(client: ApiConnection, body: bytes, outcome: Outcome) -> Outcome:
    del client, body
    if isinstance(outcome, NotSent) and outcome.stop:
        return Refused(code=0, message="", scope=RefusalScope.FRAME, reason=outcome.reason)
    return outcome


def _yes(body: bytes) -> Accepted:
    return Accepted(ticket="sms_surely", number_of_contacts=_count(body))


def _count(body: bytes) -> int:
    return len(orjson.loads(body)["recipients"])


class _Follower:
    """Posts with requests as it comes, which follows redirects with key and contact list."""

    def __init__(self, url: str, credentials: Credentials) -> None:
        self._url, self._credentials = url, credentials

    def post(self, body: bytes) -> Outcome:
        answer = requests.post(
            f"{self._url}/sms-campaign/send",
            data=body,
            headers={**self._credentials.headers(), "Content-Type": "application/json"},
            timeout=2,
        )
        contacts = _count(body)
        return read_answer(answer.status_code, answer.headers, answer.content, contacts=contacts)

    def server_time(self) -> datetime | None:
        return None

    def close(self) -> None:
        return


fresh_id = _altered(before=_rewritten(_fresh_id))
off_by_one = _altered(before=_rewritten(_shift))
drops_the_last = _altered(before=_rewritten(_drop_last))
misspells = _altered(before=_rewritten(_misspell))
retries_on_silence = _altered(after=_again)
retries_afresh = _altered(after=_again_afresh)
retries_500 = _altered(after=_again_on_500)
silence_is_not_sent = _altered(after=_silence_is_not_sent)
silence_is_failure = _altered(after=_silence_is_failure)
duplicate_is_not_sent = _altered(after=_duplicate_is_not_sent)
duplicate_is_sent = _altered(after=_duplicate_is_sent)
any_answer_is_yes = _altered(after=_any_answer_is_yes)
count_is_not_read = _altered(after=_count_is_not_read)
ignores_the_account = _altered(after=_ignores_the_account)
follower: Maker = _Follower
