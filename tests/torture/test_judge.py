"""The judge is judged: each bar breaks for its own reason, and for no other."""

import sqlite3
import struct
import zlib
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.torture import people
from tests.torture.judge import Case, Findings, judge

TWO = people.everybody(2)
FOUR = people.everybody(4)


def ledger(home: Path, *frames: tuple[str, Sequence[str]], attempts: int = 1) -> None:
    """Write a ledger's file with these frames: their state and who is in them.

    A state like `accepted of 1` is that of a part of frame 1.
    """
    home.mkdir(exist_ok=True)
    with closing(sqlite3.connect(home / "ledger.sqlite3")) as connection, connection:
        connection.execute(
            "CREATE TABLE frame"
            " (campaign_id, number, state, request_id, digest, ticket, attempts, parent)"
        )
        connection.execute("CREATE TABLE frame_body (campaign_id, number, numbers)")
        connection.execute("CREATE TABLE entry (campaign_id, number, state)")
        connection.execute("CREATE TABLE campaign (id, name)")
        connection.execute("INSERT INTO campaign VALUES (1, 'torture')")
        for number, (description, members) in enumerate(frames, start=1):
            state, _, parent = description.partition(" of ")
            ticket = "sms" if state == "accepted" else None
            line = (1, number, state, f"id-{number}", f"digest-{number}", ticket, attempts)
            whole = int(parent) if parent else None
            connection.execute("INSERT INTO frame VALUES (?,?,?,?,?,?,?,?)", (*line, whole))
            packed = b"".join(struct.pack("<q", int(phone_number[1:])) for phone_number in members)
            body = (1, number, zlib.compress(packed))
            connection.execute("INSERT INTO frame_body VALUES (?,?,?)", body)


def taken(*members: str, **changed: Any) -> dict[str, Any]:  # noqa: ANN401
    """A line of the sandbox's log: these people got their own words."""
    fields = [people.words(phone_number) for phone_number in members]
    return {"recipients": list(members), "fields": fields, "text": people.TEXT, **changed}


def post(number: int, **changed: Any) -> dict[str, Any]:  # noqa: ANN401
    fields = {"request_id": f"id-{number}", "digest": f"digest-{number}", "fault": None}
    return {**fields, "unknown_fields": [], **changed}


def judged(home: Path, **changes: Any) -> Findings:  # noqa: ANN401
    case: dict[str, Any] = {
        "home": home,
        "everybody": FOUR,
        "accepted": [taken(*FOUR[:2]), taken(*FOUR[2:])],
        "posts": [post(1), post(2)],
    }
    return judge(Case(**case | changes))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    ledger(tmp_path / "home", ("accepted", FOUR[:2]), ("accepted", FOUR[2:]))
    return tmp_path / "home"


def test_a_campaign_that_went_well_breaks_no_bar(home: Path) -> None:
    assert judged(home).broken() == {}


def test_a_number_in_two_frames_taken_is_a_duplicate(home: Path) -> None:
    accepted = [taken(*FOUR[:2]), taken(*FOUR[2:]), taken(FOUR[0])]
    assert judged(home, accepted=accepted).broken() == {"duplicates": 1}


def test_sent_but_not_in_the_log_is_a_false_sent(home: Path) -> None:
    assert judged(home, accepted=[taken(*FOUR[:2])]).broken() == {"false_sent": 2}


@pytest.mark.parametrize("state", ["refused", "dropped"])
def test_not_sent_but_in_the_log_is_a_false_not_sent(tmp_path: Path, state: str) -> None:
    ledger(tmp_path / "home", ("accepted", FOUR[:2]), (state, FOUR[2:]))
    assert judged(tmp_path / "home").broken() == {"false_unsent": 2}


def test_a_person_in_no_frame_is_unaccounted(tmp_path: Path) -> None:
    ledger(tmp_path / "home", ("accepted", FOUR[:2]), ("accepted", FOUR[2:3]))
    findings = judged(tmp_path / "home", accepted=[taken(*FOUR[:3])])
    assert findings.broken() == {"unaccounted": 1}


def test_a_person_in_two_frames_is_unaccounted(tmp_path: Path) -> None:
    ledger(tmp_path / "home", ("accepted", FOUR[:3]), ("accepted", FOUR[2:]))
    assert judged(tmp_path / "home").broken() == {"unaccounted": 1}


def test_the_people_of_a_frame_cut_in_two_are_in_its_parts(tmp_path: Path) -> None:
    parts = [("accepted of 1", FOUR[:2]), ("accepted of 1", FOUR[2:])]
    ledger(tmp_path / "home", ("dropped", FOUR), *parts)
    posts = [post(1), post(2), post(3)]
    assert judged(tmp_path / "home", posts=posts).broken() == {}


def test_an_unknown_state_is_unaccounted(tmp_path: Path) -> None:
    ledger(tmp_path / "home", ("accepted", FOUR[:2]), ("lost", FOUR[2:]))
    assert judged(tmp_path / "home").broken() == {"unaccounted": 2}


def test_the_words_of_a_neighbour_are_wrong_words(home: Path) -> None:
    fields = [people.words(phone_number) for phone_number in (FOUR[1], FOUR[0])]
    accepted = [taken(*FOUR[:2], fields=fields), taken(*FOUR[2:])]
    assert judged(home, accepted=accepted).broken() == {"wrong_words": 2}


def test_another_text_is_wrong_words(home: Path) -> None:
    accepted = [taken(*FOUR[:2], text="Bonjour"), taken(*FOUR[2:])]
    assert judged(home, accepted=accepted).broken() == {"wrong_words": 2}


def test_a_number_that_no_one_planned_is_a_stranger(home: Path) -> None:
    accepted = [taken(*FOUR[:2]), taken(*FOUR[2:]), taken(people.number(9))]
    assert judged(home, accepted=accepted).broken() == {"strangers": 1}


def test_a_text_after_stop_is_reported(home: Path) -> None:
    stopped = frozenset(FOUR[:1])
    assert judged(home, stopped=stopped).broken() == {"texted_after_stop": 1}


def test_other_bytes_than_were_planned_are_reported(home: Path) -> None:
    posts = [post(1), post(2, digest="another")]
    assert judged(home, posts=posts).broken() == {"changed_bytes": 1}


def test_a_post_without_its_claim_is_reported(home: Path) -> None:
    assert judged(home, posts=[post(1), post(2), post(2)]).broken() == {"posts_without_claim": 1}


def test_a_field_the_api_ignores_is_reported(home: Path) -> None:
    posts = [post(1, unknown_fields=["simulation"]), post(2)]
    assert judged(home, posts=posts).broken() == {"unknown_fields": 1}


@pytest.mark.parametrize(
    ("changes", "broken"),
    [
        ({}, {"needless_doubt": 1}),
        ({"kills": 1}, {}),
        ({"posts": [post(1), post(2, fault="reset_after_accept")]}, {}),
        ({"posts": [post(1), post(2, fault="429")]}, {"needless_doubt": 1}),
    ],
)
def test_doubt_needs_an_excuse(
    tmp_path: Path, changes: dict[str, Any], broken: dict[str, int]
) -> None:
    ledger(tmp_path / "home", ("accepted", FOUR[:2]), ("in_doubt", FOUR[2:]))
    assert judged(tmp_path / "home", **changes).broken() == broken


def test_a_person_in_doubt_may_have_the_text_or_not(tmp_path: Path) -> None:
    ledger(tmp_path / "home", ("accepted", FOUR[:2]), ("in_doubt", FOUR[2:]))
    without = [taken(*FOUR[:2])]
    assert judged(tmp_path / "home", kills=1, accepted=without).broken() == {}


def test_a_frame_left_over_is_unfinished(tmp_path: Path) -> None:
    ledger(tmp_path / "home", ("accepted", FOUR[:2]), ("planned", FOUR[2:]))
    without = [taken(*FOUR[:2])]
    assert judged(tmp_path / "home", accepted=without).broken() == {"unfinished": 1}


@pytest.mark.parametrize("torn", ["a,b\n1,2\n", "a,b\n1,2\n3", "a,b\n1,2\n3,4\n5,6\n"])
def test_half_a_results_file_is_reported(home: Path, torn: str) -> None:
    (home / "results").mkdir()
    (home / "results" / "torture.csv").write_text(torn)
    assert judged(home).broken() == {"broken_files": 1}


def test_a_whole_results_file_is_well(home: Path) -> None:
    (home / "results").mkdir()
    (home / "results" / "torture.csv").write_text("a,b\n1,2\n3,4\n")
    assert judged(home).broken() == {}


def test_words_belong_to_one_number_only() -> None:
    everybody = people.everybody(people.MANY)
    assert len(set(everybody)) == people.MANY
    assert len({people.message(phone_number) for phone_number in everybody}) == people.MANY


def test_findings_add_up_and_the_worst_doubt_stays() -> None:
    sum_of = Findings(duplicates=1, doubts_per_kill=2)
    sum_of.add(Findings(duplicates=2, doubts_per_kill=1, runs=1))
    assert (sum_of.duplicates, sum_of.doubts_per_kill, sum_of.runs) == (3, 2, 1)
