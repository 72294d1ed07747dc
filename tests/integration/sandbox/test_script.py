"""A script names the posts and how each is answered; the hour, the price and the ids as it says."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from bulksms.errors import UsageError
from bulksms.sandbox import SandboxOptions, parse_script, read_script
from tests.integration.sandbox.caller import StartBox

SCRIPT = """
1 = "429"
2 = 104
3-4 = { status = 503, retry_after = "30" }
5 = { status = 409, accept = true }
7- = { code = 121, status = 422 }
"""


def test_every_post_gets_what_the_script_says(start: StartBox, tmp_path: Path) -> None:
    path = tmp_path / "script.toml"
    path.write_text(SCRIPT)
    box = start(script=read_script(path))
    answers = [box.send() for _ in range(9)]
    statuses = [answer.status for answer in answers]
    assert statuses == [429, 400, 503, 503, 409, 201, 422, 422, 422]
    assert [answers[1].code, answers[6].code] == [104, 121]
    assert answers[2].headers["retry-after"] == "30"
    assert len(box.sandbox.accepted) == 2


def test_a_script_may_be_json(tmp_path: Path) -> None:
    path = tmp_path / "script.json"
    path.write_text(json.dumps({"1": "cut_200", "2-": 101}))
    assert read_script(path) == parse_script({"1": "cut_200", "2-": 101})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("0 = 104", "names post '0'"),
        ("two = 104", "names post 'two'"),
        ("5-3 = 104", "names post '5-3'"),
        ("1 = true", "has True for post 1"),
        ("1 = { status = 99 }", "for post 1"),
        ("1 = { words = 'no' }", "for post 1"),
        ("1 = ", "is not TOML or JSON"),
    ],
)
def test_a_script_without_meaning_is_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "script.toml"
    path.write_text(text)
    with pytest.raises(UsageError, match=message):
        read_script(path)


def test_a_missing_script_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        read_script(tmp_path / "none.toml")


def test_a_fault_that_does_not_exist_is_refused_in_a_script_too() -> None:
    with pytest.raises(UsageError, match="has no fault 'flood'"):
        SandboxOptions(script=parse_script({"1": "flood"}))


def test_burnt_ids_are_refused_after_a_refusal(start: StartBox) -> None:
    box = start(burn_ids=True)
    assert box.send(request_id="bs1-a", sender="AB").code == 106
    assert box.send(request_id="bs1-a").code == 182
    assert box.send(request_id="bs1-b").status == 201


def test_the_price_rises_after_so_many_frames(start: StartBox) -> None:
    box = start(price=Decimal("0.05"), price_after=(2, Decimal("0.10")))
    costs = [box.send().body["total_cost"] for _ in range(3)]
    assert costs == [0.05, 0.05, 0.1]
    assert box.sandbox.account.credit == Decimal("99.80")


def test_parts_are_billed_several_times(start: StartBox) -> None:
    answered = start(parts_factor=2).send().body
    assert (answered["number_of_sms_needed"], answered["total_cost"]) == (2, 0.09)


def test_the_clock_is_set_and_moved_from_outside(start: StartBox) -> None:
    box = start(now=datetime(2026, 3, 1, 12, tzinfo=UTC))
    hour = box.call("POST", "/_sandbox/clock", {"advance": 3600}).body["now"]
    assert hour == "2026-03-01T13:00:00+00:00"
    box.send(request_id="bs1-a")
    assert box.sandbox.accepted[0].received_at == hour
    assert box.send(request_id="bs1-a").headers["date"] == "Sun, 01 Mar 2026 13:00:00 GMT"
    box.call("POST", "/_sandbox/clock", {"now": "2026-03-02T14:00:00+01:00"})
    assert box.send(request_id="bs1-a").status == 201


@pytest.mark.parametrize("order", [{"now": "tomorrow"}, {"now": 3}, {"advance": "x"}])
def test_an_hour_that_is_none_changes_nothing(start: StartBox, order: dict[str, object]) -> None:
    box = start()
    before = box.call("GET", "/_sandbox/clock").body
    assert box.call("POST", "/_sandbox/clock", order).status == 400
    assert box.call("GET", "/_sandbox/clock").body == before


def test_every_post_is_written_down_taken_or_not(start: StartBox, tmp_path: Path) -> None:
    log = tmp_path / "posts.jsonl"
    box = start(posts_log=log, script=parse_script({"1": "429", "2": "early_400"}))
    for _ in range(3):
        box.send(request_id="bs1-a")
    box.send(request_id="bs1-a")
    posts = [json.loads(line) for line in log.read_text().splitlines()]
    assert [post["fault"] for post in posts] == ["429", "early_400", None, None]
    assert [post["taken"] for post in posts] == [False, False, True, False]
    assert posts[0]["digest"] == posts[2]["digest"] == box.sandbox.accepted[0].digest
    assert (posts[2]["post"], posts[2]["request_id"], posts[2]["contacts"]) == (3, "bs1-a", 1)
