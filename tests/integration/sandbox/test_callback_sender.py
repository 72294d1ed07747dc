"""The sandbox reports what became of its frames, well-behaved and otherwise."""

import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest

from bulksms.errors import UsageError
from bulksms.sandbox import (
    AcceptedFrame,
    CallbackFormat,
    CallbackHabit,
    CallbackRules,
    SandboxOptions,
)
from bulksms.sandbox.callback_sender import CallbackSender
from bulksms.sandbox.planned_callbacks import plan_callbacks

NOON = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
PEOPLE = tuple(f"+3363998{at:04}" for at in range(1000))


def _frame(people: tuple[str, ...] = PEOPLE, ticket: str = "sms_1") -> AcceptedFrame:
    return AcceptedFrame(
        request_id="bs1-1",
        recipients=people,
        fields=tuple({} for _ in people),
        text="Bonjour",
        sender=None,
        purpose="alert",
        type="sms_premium",
        send_at=None,
        digest="f" * 64,
        ticket=ticket,
        received_at=NOON.isoformat(),
        segments=len(people),
        total_cost="1",
    )


def _kinds(rules: CallbackRules) -> Counter[str]:
    return Counter(each.kind for each in plan_callbacks(_frame(), rules, NOON))


def test_every_text_is_handed_on_and_delivered() -> None:
    planned = plan_callbacks(_frame(PEOPLE[:1]), CallbackRules(delay=2.0), NOON)

    assert [(each.after, each.fields) for each in planned] == [
        (
            2.0,
            {
                "channel": "sms",
                "message_id": "sms_1",
                "number": "33639980000",
                "status": "ACK",
                "delivery_date": "2027-03-01 12:00:00",
                "meta_data": {},
            },
        ),
        (2.1, planned[1].fields),
    ]
    assert planned[1].fields["status"] == "DELIVERED"


def test_shares_of_texts_fail_are_answered_and_stopped() -> None:
    kinds = _kinds(CallbackRules(undelivered=0.4, replies=0.2, stops=0.1))

    delivered = kinds["DELIVERED"]
    assert kinds["ACK"] == 1000
    assert delivered == pytest.approx(600, abs=60)
    assert kinds["reply"] == pytest.approx(delivered * 0.2, abs=40)
    assert kinds["stop"] == pytest.approx(delivered * 0.1, abs=30)


def test_the_same_seed_reports_the_same() -> None:
    rules = CallbackRules(undelivered=0.4, habits=frozenset(CallbackHabit))

    assert plan_callbacks(_frame(), rules, NOON) == plan_callbacks(_frame(), rules, NOON)


def test_a_number_that_is_opted_out_is_reported_as_blacklisted() -> None:
    kinds = _kinds(CallbackRules(opted_out=frozenset(PEOPLE[:3])))

    assert (kinds["BLACKLISTED_NUMBER"], kinds["ACK"], kinds["DELIVERED"]) == (3, 997, 997)


def test_habits_double_delay_shuffle_and_forge() -> None:
    usual = plan_callbacks(_frame(), CallbackRules(), NOON)

    def planned(habit: CallbackHabit) -> list[tuple[float, str]]:
        rules = CallbackRules(habits=frozenset({habit}))
        return [(each.after, each.kind) for each in plan_callbacks(_frame(), rules, NOON)]

    assert len(planned(CallbackHabit.DOUBLED)) == pytest.approx(3000, abs=150)
    late = [after for after, _ in planned(CallbackHabit.LATE) if after > 1]
    assert len(late) == pytest.approx(400, abs=80)
    shuffled = planned(CallbackHabit.OUT_OF_ORDER)
    assert Counter(kind for _, kind in shuffled) == Counter(each.kind for each in usual)
    assert "DELIVERED" in {kind for after, kind in shuffled if after == 0.0}
    forged = Counter(kind for _, kind in planned(CallbackHabit.FORGED))
    assert forged["forged"] == 301


@pytest.mark.parametrize("how", CallbackFormat)
def test_bodies_are_json_a_form_or_both(how: CallbackFormat) -> None:
    planned = plan_callbacks(_frame(PEOPLE[:2]), CallbackRules(format=how), NOON)

    forms = [each for each in planned if each.as_form]
    assert len(forms) == {"json": 0, "form": 4, "both": 2}[how.value]
    for each in planned:
        if each.as_form:
            assert parse_qs(each.body.decode())["message_id"] == ["sms_1"]
        else:
            assert json.loads(each.body)["message_id"] == "sms_1"


class _Collector:
    """A server that answers with given statuses, and keeps what it got."""

    def __init__(self) -> None:
        self.got: list[tuple[str, bytes]] = []
        self.statuses: list[int] = []
        self.url = ""


@contextmanager
def _collecting() -> Iterator[_Collector]:
    collector = _Collector()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            collector.got.append((self.path, body))
            self.send_response(collector.statuses.pop() if collector.statuses else 200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        collector.url = f"http://127.0.0.1:{server.server_port}/secret"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield collector
        server.shutdown()
        thread.join()


def _await_quiet(sender: CallbackSender) -> None:
    deadline = time.monotonic() + 30
    while sender.figures()["waiting"]:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_callbacks_are_posted_and_counted() -> None:
    rules = CallbackRules(habits=frozenset({CallbackHabit.FORGED}))
    with _collecting() as collector:
        sender = CallbackSender(collector.url, rules, lambda: NOON)
        sender.schedule(_frame(PEOPLE[:10]))
        _await_quiet(sender)
        sender.close()

    figures = sender.figures()
    assert figures["planned"] == {"ACK": 10, "DELIVERED": 10, "forged": 4}
    assert figures["answers"] == {"200": 24}
    assert Counter(path for path, _ in collector.got) == {"/secret": 22, "/guessed": 2}


def test_what_is_not_taken_is_posted_again() -> None:
    with _collecting() as collector:
        collector.statuses = [503]
        sender = CallbackSender(collector.url, CallbackRules(), lambda: NOON)
        sender.schedule(_frame(PEOPLE[:1]))
        _await_quiet(sender)
        sender.close()

    assert sender.figures()["answers"] == {"503": 1, "200": 2}


def test_callbacks_stay_on_this_machine() -> None:
    with pytest.raises(UsageError, match="reports to this machine only"):
        SandboxOptions(callback_url="https://sms.example.com/secret")
