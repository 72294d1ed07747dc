"""`only_new`: people whom a saved campaign reached are left out for good, by the ledger alone."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

import pytest

from bulksms.errors import RuleError
from bulksms.ledger import FrameState, OrderKind, OrderRecord, open_ledger
from bulksms.octopush.outcomes import Unknown
from bulksms.use_cases.context import RunOptions
from bulksms.use_cases.opt_outs.manage_opt_outs import add_numbers, remove_numbers
from bulksms.use_cases.orders.campaign_orders import give_order
from bulksms.use_cases.orders.order_resend import order_resend, prepare_resend
from bulksms.use_cases.orders.settle_doubt import OperatorDecision, settle_doubt
from bulksms.use_cases.send.resume_campaign import resume_campaign
from bulksms.use_cases.unattended.run_unattended import run_unattended
from tests.integration.nights import Night, write_dump

MORNING = datetime(2026, 3, 2, 9, tzinfo=UTC)
PEOPLE = [33639980000 + person for person in range(600)]
WELCOME = """\
files = "dump*.csv"
text = "Bonjour {first_name}, bienvenue. STOP au 30101"
sender = "SHOP"
only_new = true
frame_size = 200
"""


Decision = Literal[FrameState.ACCEPTED, FrameState.DROPPED]


class Killed(BaseException):
    """The process dies here."""


@pytest.fixture
def night(tmp_path: Path) -> Night:
    return Night(tmp_path, WELCOME, MORNING)


def test_the_same_file_texts_no_one_again(night: Night) -> None:
    night.run(PEOPLE[:5])
    night.next()
    again = night.run()

    assert (again.exit_code, again.nothing_new) == (0, True)
    assert again.as_json()["contacts"]["sent"] == 0
    assert night.api.texted == PEOPLE[:5]


def test_the_same_people_in_another_order_or_another_file_are_no_new_people(night: Night) -> None:
    night.run(PEOPLE[:5])
    night.next(days=30)
    night.dump.unlink()
    write_dump(night.dump.with_name("dump-2.csv"), PEOPLE[4::-1], night.clock.now())

    assert night.run().nothing_new
    assert night.api.texted == PEOPLE[:5]


def test_a_row_more_is_a_person_more(night: Night) -> None:
    night.run(PEOPLE[:5])
    night.next(days=9)  # when the same text could go out again

    assert night.run(PEOPLE[:6]).as_json()["contacts"]["sent"] == 1
    assert night.api.texted == PEOPLE[:6]


def test_a_row_less_is_nothing_to_do(night: Night) -> None:
    night.run(PEOPLE[:5])
    night.next(days=9)

    assert night.run(PEOPLE[1:5]).nothing_new
    assert night.api.texted == PEOPLE[:5]


def test_a_row_that_comes_back_is_no_new_person(night: Night) -> None:
    for people in (PEOPLE[:5], PEOPLE[1:5], PEOPLE[:6]):
        night.run(people)
        night.next(days=9)

    assert night.api.texted == PEOPLE[:6]


def test_another_text_in_the_same_campaign_reaches_only_new_people(night: Night) -> None:
    night.run(PEOPLE[:5])
    night.next()
    night.run(PEOPLE[:7], text="Bienvenue chez nous, {first_name} ! STOP au 30101")

    assert night.api.texted == PEOPLE[:7]


def test_a_campaign_file_in_other_letters_is_no_other_campaign(
    night: Night, tmp_path: Path
) -> None:
    night.run(PEOPLE[:5])
    night.file = night.file.rename(tmp_path / "WELCOME.toml")
    night.next()

    assert night.run(PEOPLE[:6], text="Autre texte. STOP au 30101").exit_code == 0
    assert night.api.texted == PEOPLE[:6]


def test_another_campaign_may_text_the_same_people(night: Night) -> None:
    night.run(PEOPLE[:5])
    night.run(campaign="spring", text="Soldes, -30 % en boutique. STOP au 30101")

    assert night.api.texted == sorted(PEOPLE[:5] * 2)


def test_a_person_who_opted_out_and_comes_back_gets_the_text_then(night: Night) -> None:
    add_numbers([f"+{PEOPLE[0]}"], "FR", night.settings, MORNING)
    night.run(PEOPLE[:5])
    assert night.api.texted == PEOPLE[1:5]

    night.next(days=9)
    assert night.run().nothing_new
    remove_numbers([f"+{PEOPLE[0]}"], "FR", night.settings)
    night.run()
    assert night.api.texted == PEOPLE[:5]


def test_a_person_who_had_the_text_opts_out_and_comes_back_does_not_get_it_again(
    night: Night,
) -> None:
    night.run(PEOPLE[:5])
    add_numbers([f"+{PEOPLE[0]}"], "FR", night.settings, MORNING)
    night.next(days=9)
    night.run()
    remove_numbers([f"+{PEOPLE[0]}"], "FR", night.settings)
    night.next(days=9)

    assert night.run().nothing_new
    assert night.api.texted == PEOPLE[:5]


def test_an_opt_out_file_is_read_again_at_each_run(night: Night, tmp_path: Path) -> None:
    night.add('optouts = "stop.csv"')
    stop = tmp_path / "stop.csv"
    stop.write_text("Mobile\n+33639980001\n", encoding="utf-8")
    night.run(PEOPLE[:3])
    stop.write_text("Mobile\n+33639980003\n", encoding="utf-8")
    night.run(PEOPLE[:5])

    # People who were in the file once stay left out: they are remembered.
    assert night.api.texted == [PEOPLE[0], PEOPLE[2], PEOPLE[4]]


def test_an_opt_out_file_of_a_night_without_new_people_is_remembered(
    night: Night, tmp_path: Path
) -> None:
    night.add('optouts = "stopped-today.csv"')
    stop = tmp_path / "stopped-today.csv"
    for people, stopped in ((PEOPLE[:3], 9_999), (PEOPLE[:3], 4), ([], 5), (PEOPLE[:8], 9_998)):
        stop.write_text(f"Mobile\n+{33639980000 + stopped}\n", encoding="utf-8")
        night.run(people)
        night.next()

    assert night.api.texted == [*PEOPLE[:4], *PEOPLE[6:8]]


def test_a_list_of_opted_out_people_is_nothing_to_do(night: Night) -> None:
    add_numbers([f"+{PEOPLE[0]}"], "FR", night.settings, MORNING)

    run = night.run(PEOPLE[:1])

    assert (run.exit_code, run.nothing_new, night.api.texted) == (0, True, [])


def _doubtful(night: Night) -> str:
    """Lose the answer to the one frame of tonight, and give the campaign's name."""
    night.api.answer = lambda _count: Unknown(reason="no answer")
    run = night.run(PEOPLE[:5])
    night.api.answer = lambda _count: None
    assert (run.exit_code, night.api.texted) == (5, [])
    assert run.result is not None
    return run.result.report.campaign


@pytest.mark.parametrize("decision", [None, FrameState.ACCEPTED, FrameState.DROPPED])
def test_a_person_in_doubt_is_left_out_whatever_is_decided(
    night: Night, decision: Decision | None
) -> None:
    name = _doubtful(night)
    night.next(hours=1)
    assert night.run().nothing_new
    night.next(days=9)
    assert night.run(PEOPLE[:6]).exit_code == 0
    if decision is not None:
        by = OperatorDecision(who="anna", at=night.clock.now())
        settle_doubt(name, 1, decision, by, night.settings)
    night.next(days=9)

    assert night.run(PEOPLE[:7]).exit_code == 0
    assert night.api.texted == PEOPLE[5:7]


def test_a_frame_that_is_ordered_again_is_sent_by_the_next_run(night: Night) -> None:
    name = _doubtful(night)
    by = OperatorDecision(who="anna", at=night.clock.now())
    order_resend(
        prepare_resend(name, 1, night.settings, night.clock.now()), by, night.settings, night.clock
    )
    night.next(hours=1)
    run = night.run(PEOPLE[:6])

    assert [each.report.campaign for each in run.finished_first] == [name]
    assert night.api.texted == PEOPLE[:6]


def test_a_frame_that_is_ordered_again_and_expires_waits_for_a_person(night: Night) -> None:
    name = _doubtful(night)
    by = OperatorDecision(who="anna", at=night.clock.now())
    order_resend(
        prepare_resend(name, 1, night.settings, night.clock.now()), by, night.settings, night.clock
    )
    night.next(days=1)
    run = night.run(PEOPLE[:6])

    assert isinstance(run.error, RuleError)
    assert f"bulksms resume {name} --approve-late" in str(run.reason)
    assert night.api.texted == []


def _interrupted(night: Night, *, dies: bool) -> None:
    """Stop tonight's run of three frames after its first, or kill it in its second."""
    context = night.context

    def answer(count: int) -> Killed | None:
        if count == 1 and not dies:
            context.stop.set()
        return Killed() if count == 2 and dies else None

    night.api.answer = answer
    write_dump(night.dump, PEOPLE, night.clock.now())
    campaign = night.campaign()
    if dies:
        with pytest.raises(Killed):
            run_unattended(campaign, context)
    else:
        result = run_unattended(campaign, context).result
        assert result is not None
        assert result.report.state == "interrupted"
    night.api.answer = lambda _count: None
    assert night.api.texted == PEOPLE[:200]


def test_an_interrupted_run_is_finished_by_the_next(night: Night) -> None:
    _interrupted(night, dies=False)
    night.next(hours=1)
    run = night.run()

    assert [each.report.contacts["sent"] for each in run.finished_first] == [600]
    assert run.nothing_new
    assert night.api.texted == PEOPLE


def test_an_interrupted_run_is_finished_by_a_campaign_file_in_other_letters(
    night: Night, tmp_path: Path
) -> None:
    _interrupted(night, dies=False)
    night.file = night.file.rename(tmp_path / "WELCOME.toml")
    night.next(hours=1)
    run = night.run()

    assert [each.report.contacts["sent"] for each in run.finished_first] == [600]
    assert night.api.texted == PEOPLE


OTHER_WORDS = "Bonjour {first_name}, bienvenue chez vous. STOP au 30101"


@pytest.mark.parametrize(
    ("changed", "named"),
    [({"text": OTHER_WORDS}, "another text now"), ({"sender": "OTHER"}, "another sender now")],
    ids=["text", "sender"],
)
def test_words_that_were_corrected_meanwhile_are_not_sent_the_old_way(
    night: Night, changed: dict[str, str], named: str
) -> None:
    _interrupted(night, dies=False)
    night.next(hours=1)

    run_unattended(night.campaign(**changed), night.context, plan_only=True)
    assert named in night.observer.notes[-1]
    run = night.run(None, **changed)

    assert run.exit_code == 3
    assert named in str(run.reason)
    assert night.api.texted == PEOPLE[:200]
    stop = OrderRecord(kind=OrderKind.STOP, at=night.clock.now(), who="alice")
    give_order("welcome-2026-03-02", stop, 0, night.settings, night.clock)
    run = night.run(None, **changed)
    assert (run.exit_code, run.finished_first) == (0, ())
    assert night.api.texted == PEOPLE


def test_a_no_in_the_list_of_a_run_that_stops_at_corrected_words_is_obeyed_by_a_resume(
    night: Night,
) -> None:
    _interrupted(night, dies=False)
    night.next(hours=1)
    rows = [f"P;+{number};{'no' if number == PEOPLE[300] else 'yes'}" for number in PEOPLE]
    night.dump.write_text("\n".join(["Prénom;Mobile;SMS opt-in", *rows, ""]), encoding="utf-8")

    run = night.run(text=OTHER_WORDS, accept=("columns_changed",))
    assert "another text now" in str(run.reason)
    resume_campaign("welcome-2026-03-02", RunOptions(), night.context)

    assert night.api.texted == [number for number in PEOPLE if number != PEOPLE[300]]


@pytest.mark.parametrize("rule", ["min_rows = 5000", 'columns = ["Mobile", "Ville"]'])
def test_a_no_in_a_list_that_a_rule_stops_is_obeyed_by_campaigns_of_other_files_too(
    night: Night, tmp_path: Path, rule: str
) -> None:
    _interrupted(night, dies=False)
    night.file = night.file.rename(tmp_path / "another.toml")
    night.add(rule)
    night.next(hours=1)
    rows = [f"P;+{number};{'no' if number == PEOPLE[300] else 'yes'}" for number in PEOPLE]
    night.dump.write_text("\n".join(["Prénom;Mobile;SMS opt-in", *rows, ""]), encoding="utf-8")

    assert night.run().exit_code == 3
    resume_campaign("welcome-2026-03-02", RunOptions(), night.context)

    assert night.api.texted == [number for number in PEOPLE if number != PEOPLE[300]]


def test_the_same_words_in_another_spelling_are_no_correction(night: Night) -> None:
    _interrupted(night, dies=False)
    night.next(hours=1)

    spelled = "Bonjour { first_name }, bienvenue. STOP au 30101 "
    assert night.run(None, text=spelled).exit_code == 0
    assert night.api.texted == PEOPLE


def test_an_interrupted_run_is_finished_without_those_who_opted_out_meanwhile(
    night: Night, tmp_path: Path
) -> None:
    night.add('optouts = "stop.csv"')
    stop = tmp_path / "stop.csv"
    stop.write_text("Mobile\n+33639989999\n", encoding="utf-8")
    _interrupted(night, dies=False)
    stop.write_text(f"Mobile\n+{PEOPLE[300]}\n", encoding="utf-8")
    night.next(hours=1)
    night.run()

    assert night.api.texted == [number for number in PEOPLE if number != PEOPLE[300]]


def test_an_interrupted_run_is_finished_without_those_who_took_consent_back_in_the_new_list(
    night: Night,
) -> None:
    _interrupted(night, dies=False)
    night.next(hours=1)
    rows = [f"P;+{number};{'no' if number == PEOPLE[300] else 'yes'}" for number in PEOPLE]
    night.dump.write_text("\n".join(["Prénom;Mobile;SMS opt-in", *rows, ""]), encoding="utf-8")
    night.run(accept=("columns_changed",))

    assert night.api.texted == [number for number in PEOPLE if number != PEOPLE[300]]


def test_an_interrupted_run_is_finished_though_the_new_list_is_broken(night: Night) -> None:
    _interrupted(night, dies=False)
    night.next(hours=1)
    night.dump.write_text("Prénom;Ville\nZoé;Lyon\n", encoding="utf-8")
    run = night.run()

    assert run.exit_code == 3
    assert [each.report.state for each in run.finished_first] == ["done"]
    assert night.api.texted == PEOPLE


def test_a_killed_run_is_finished_by_the_next_but_for_the_frame_in_flight(night: Night) -> None:
    _interrupted(night, dies=True)
    night.next(hours=1)
    run = night.run([*PEOPLE, 33639981000])

    assert run.exit_code == 5
    assert "no certain answer" in str(run.reason)
    assert [each.report.frames["in_doubt"] for each in run.finished_first] == [1]
    assert night.api.texted == sorted([*PEOPLE[:200], *PEOPLE[400:], 33639981000])


def test_what_is_left_of_a_run_that_expired_is_planned_again_from_the_new_list(
    night: Night,
) -> None:
    _interrupted(night, dies=True)
    night.next(days=1)
    # Two of those left are not in the new list, and must not be texted from the old one.
    run = night.run([*PEOPLE[:598], 33639981000])

    assert (run.exit_code, run.finished_first) == (0, ())
    assert night.api.texted == sorted([*PEOPLE[:200], *PEOPLE[400:598], 33639981000])
    with open_ledger(night.settings.home) as ledger:
        assert [each.state for each in ledger.campaigns.all()] == ["stopped", "done"]


def test_what_is_left_of_a_run_that_expired_is_planned_again_from_the_same_list(
    night: Night,
) -> None:
    _interrupted(night, dies=False)
    night.next(days=1)

    assert night.run().as_json()["contacts"]["sent"] == 400
    assert night.api.texted == PEOPLE


def test_the_same_text_of_long_ago_stops_a_run_that_does_not_say_what_is_meant(
    night: Night,
) -> None:
    night.run(PEOPLE[:5], only_new=False)
    night.next(days=8)
    stopped = night.run(PEOPLE[:6], only_new=False)

    assert stopped.exit_code == 3
    assert "5 people got this text more than 7 days ago" in str(stopped.reason)
    assert night.api.texted == PEOPLE[:5]

    night.run(only_new=False, not_again_within="ever")
    assert night.api.texted == PEOPLE[:6]
    night.next(days=8)
    night.run(only_new=False, not_again_within="7d")
    assert night.api.texted == sorted(PEOPLE[:6] * 2)


def test_a_run_that_began_with_a_fast_clock_is_planned_again_when_that_is_right(
    night: Night,
) -> None:
    weekly: dict[str, object] = {"only_new": False, "not_again_within": "7d"}
    night.run(PEOPLE[:5], **weekly)
    night.next(days=8)
    night.api.behind = timedelta(days=8)
    stopped = night.run(PEOPLE[:6], **weekly)

    assert "8 days fast" in str(stopped.reason)
    night.api.behind = timedelta()
    night.next(days=-8, hours=1)
    assert night.run(PEOPLE[:6], **weekly).exit_code == 0
    assert night.api.texted == PEOPLE[:6]


@pytest.mark.parametrize("error", [timedelta(days=-2), timedelta(days=3)], ids=["slow", "fast"])
def test_an_interrupted_run_is_not_given_up_by_a_clock_that_is_wrong(
    night: Night, error: timedelta
) -> None:
    _interrupted(night, dies=False)
    night.next(hours=1)
    night.clock.at += error
    night.api.behind = error
    stopped = night.run(PEOPLE[:10])

    assert "set the clock" in str(stopped.reason)
    night.api.behind = timedelta()
    night.clock.at -= error
    assert night.run(PEOPLE[:10]).exit_code == 0
    assert night.api.texted == PEOPLE


def test_people_who_got_other_marketing_recently_are_left_out_by_not_within(night: Night) -> None:
    night.run(PEOPLE[:5], campaign="sales", text="Soldes dès demain. STOP au 30101")
    night.add('not_within = "7d"')
    night.next(days=3)
    run = night.run(PEOPLE[:7])

    assert run.as_json()["contacts"]["sent"] == 2
    night.next(days=5)
    night.run()
    assert night.api.texted == sorted(PEOPLE[:5] * 2 + PEOPLE[5:7])


def test_a_welcome_text_reaches_everyone_once_in_60_nights(night: Night) -> None:
    people = [PEOPLE[:40], PEOPLE[20:80], PEOPLE[30:90]]
    for day in range(60):
        # New people come every fourth night; on the others the dump is what it was.
        tonight = [number for batch in people for number in batch[: 4 + day // 4 * 4]]
        run = night.run(sorted(set(tonight)))
        assert run.exit_code == 0, run.reason
        night.next()

    assert night.api.texted == PEOPLE[:90]
    assert max(at for _, at in night.api.taken) - MORNING == timedelta(days=56)
