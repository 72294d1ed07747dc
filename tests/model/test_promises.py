"""The eight promises that once broke, each as a history, with and without its safeguard.

With the safeguard every step keeps the rules of the model. Taken out, the same steps must break
one: else neither this history nor the random ones would notice its loss.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from bulksms.ledger import ProofRecord
from bulksms.ledger.people.refusals import Refusals
from bulksms.ledger.recovery import reconcile
from bulksms.ledger.recovery.comparison import Comparison
from bulksms.ledger.witness.witness_pair import WitnessPair
from bulksms.octopush import Credentials
from bulksms.sender.clock_check import ClockCheck
from bulksms.settings import Settings
from bulksms.use_cases.orders import retry_refused
from bulksms.use_cases.orders.order_resend import prepare_resend
from bulksms.use_cases.orders.settle_doubt import list_doubts
from bulksms.use_cases.prepare import (
    begin_campaign,
    corrected_campaign,
    obey_noes,
    prepare_campaign,
    screen_history,
)
from bulksms.use_cases.send import make_ready, resume_campaign
from bulksms.use_cases.upkeep.request_id_trial import RequestIdTrial
from tests.model.machine import (
    CORRECTED_TEXT,
    OTHER_TEXT,
    SPELLINGS,
    finished_text,
    phone_number,
)
from tests.model.story import TEXT, Story
from tests.model.world import Fault, GatewayKind

LATE = 300  # a person of the second frame
Mutate = Callable[[pytest.MonkeyPatch], None]


@dataclass(frozen=True)
class Promise:
    """A history, how to take out the safeguard that keeps it, and what the model then says."""

    steps: Callable[[Story], None]
    take_out: Mutate
    breaks: str = "twice"


def _two_accounts(story: Story) -> None:
    story.believe_in_protection()
    story.send_list(faults=(Fault.KILLED_AFTER,))
    story.change_account()
    story.go_on()


def _accounts_look_alike(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Credentials, "account_at", lambda *_: "a" * 64)


def _clock_was_wrong(story: Story) -> None:
    story.believe_in_protection()
    story.set_clock(hours=20)
    story.send_list(faults=(Fault.KILLED_AFTER,))
    story.pass_time(hours=25)
    story.set_clock(hours=0)
    story.go_on()


def _clock_is_believed(patch: pytest.MonkeyPatch) -> None:
    def own_time(check: ClockCheck) -> object:
        return check._clock.now()  # noqa: SLF001

    patch.setattr(ClockCheck, "agreed_time", own_time)
    patch.setattr(ClockCheck, "explain_error", lambda *_: None)


def _planned_ahead(story: Story) -> None:
    """By a clock that is eight days fast, whoever has the text today had it last week."""
    story.send_list()
    story.set_clock(hours=192)
    story.send_list(which=1)
    story.set_clock(hours=0)
    story.resume(faults=[], kill_in=None, chosen=-1)


def _plans_are_believed(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(make_ready, "explain_begun_ahead", lambda *_: None)


def _several_paths(story: Story) -> None:
    story.gateway.kind = GatewayKind.FORGETFUL
    story.send_list(text=OTHER_TEXT, which=2)
    story.back_up()
    story.reach_by_other_path()
    story.send_list()
    story.restore(whole=True)
    story.reach_by_other_path()
    story.send_list()


def _paths_are_not_resolved(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("os.path.realpath", lambda path, **_: str(Path(path).absolute()))


def _rebuilt_copy(story: Story) -> None:
    story.gateway.kind = GatewayKind.FORGETFUL
    story.send_list(faults=(Fault.NONE, Fault.KILLED_BEFORE))
    story.work_on_a_copy()
    story.rebuild()
    story.send_list(text=OTHER_TEXT)
    story.work_on_a_copy()
    story.send_list(text=OTHER_TEXT)


def _copies_are_not_refused(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(reconcile, "refuse_copy", lambda *_: None)
    # A copy that is used leaves word at its origin, which is a safeguard of its own.
    patch.setattr(reconcile.Reconciler, "_note_move", lambda *_: None)


def _copied_before_the_first_post(story: Story) -> None:
    story.gateway.kind = GatewayKind.FORGETFUL
    story.opt_out(person=5)
    story.work_on_a_copy()
    story.send_list()
    story.work_on_a_copy()
    story.send_list()


def _copied_and_moved(story: Story) -> None:
    """The origin of the copy is gone, but it lives elsewhere."""
    story.gateway.kind = GatewayKind.FORGETFUL
    story.send_list(text=OTHER_TEXT)
    story.work_on_a_copy()
    story.work_on_a_copy()
    story.move_folder()
    story.send_list()
    story.home = story.root / "copy"
    story.send_list()


def _moves_leave_no_word(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(reconcile.Reconciler, "_note_move", lambda *_: None)


def _new_ledgers_have_no_name(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(reconcile, "identify_new_ledger", lambda _: None)


def _restored_before_the_first_post(story: Story) -> None:
    story.opt_out(person=5)
    story.back_up()
    story.opt_out(person=6)
    story.restore(whole=True)
    story.send_list()
    story.rebuild()
    story.send_list()


def _first_opt_outs_have_no_witness(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(WitnessPair, "create_missing", lambda *_: None)


def _restored_opt_outs(story: Story) -> None:
    story.send_list(text=OTHER_TEXT)
    story.back_up()
    story.opt_out(person=5)
    story.restore(whole=True)
    story.send_list()
    story.rebuild()
    story.send_list()


def _opt_out_events_are_not_compared(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Comparison, "missing_opt_outs", lambda _: {})


def _spelled_otherwise(story: Story) -> None:
    story.gateway.kind = GatewayKind.FORGETFUL
    for which, text in enumerate(SPELLINGS[:3]):
        story.send_list(text=text, which=which)


def _another_template(story: Story) -> None:
    """Two columns hold the same name, so that two templates give one text."""
    story.send_list()
    story.send_list(text=SPELLINGS[-1], which=1)


def _finished_texts_are_not_compared(patch: pytest.MonkeyPatch) -> None:
    nobody = np.empty(0, dtype=np.int64)
    patch.setattr(screen_history, "numbers_with_same_finished_text", lambda *_, **__: nobody)


def _another_template_before_a_retry(story: Story) -> None:
    story.send_list(faults=(Fault.NONE, Fault.REFUSED))
    story.send_list(text=SPELLINGS[-1], which=1)
    story.go_on(retry_refused=True)


def _retries_compare_no_finished_texts(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(retry_refused, "_with_same_finished_text", lambda *_: ())


def _the_same_text_is_not_searched(patch: pytest.MonkeyPatch) -> None:
    nobody = np.empty(0, dtype=np.int64)
    patch.setattr(screen_history, "_same_text", lambda *_, **__: nobody)


def _same_words_refused(story: Story) -> None:
    """One person is protected from the same words, and a list is not: no id is."""
    story.gateway.kind = GatewayKind.SAME_PERSON
    story.prove_protection()
    story.send_list(faults=(Fault.LOST_AFTER,))


def _words_refused_to_anybody(story: Story) -> None:
    """For five minutes the same words are refused to anyone, which is not a proof of ids."""
    story.gateway.kind = GatewayKind.SAME_WORDS
    story.prove_protection()


def _nothing_is_controlled(patch: pytest.MonkeyPatch) -> None:
    def believe(trial: RequestIdTrial) -> None:
        trial.result = replace(trial.result, protects=trial._window is not None)  # noqa: SLF001

    patch.setattr(RequestIdTrial, "control", believe)
    # The model's own look at what was proved comes first; here people must get it twice.
    patch.setattr(Story, "check_proof", lambda *_, **__: None)


def _nothing_is_controlled_of_words(patch: pytest.MonkeyPatch) -> None:
    def believe(trial: RequestIdTrial) -> None:
        trial.result = replace(trial.result, protects=trial._window is not None)  # noqa: SLF001

    patch.setattr(RequestIdTrial, "control", believe)


def _ids_forgotten_early(story: Story) -> None:
    story.gateway.kind = GatewayKind.HOURLY
    story.prove_protection()
    story.send_list(faults=(Fault.KILLED_AFTER,))
    story.pass_time(hours=2)
    story.go_on()


def _the_window_is_not_what_was_tried(patch: pytest.MonkeyPatch) -> None:
    tried = RequestIdTrial.record

    def believed(trial: RequestIdTrial, account: str, base_url: str) -> ProofRecord | None:
        record = tried(trial, account, base_url)
        return record and replace(record, window=timedelta(hours=22))

    patch.setattr(RequestIdTrial, "record", believed)


def _resumed_with_a_longer_file(story: Story) -> None:
    story.send_list(faults=(Fault.KILLED_BEFORE,), with_file=True)
    story.note_in_opt_out_file(person=LATE, list_number=0)
    story.go_on()


def _repeated_with_a_longer_file(story: Story) -> None:
    story.send_list(faults=(Fault.KILLED_BEFORE,), with_file=True)
    story.note_in_opt_out_file(person=LATE, list_number=0)
    story.send_list()


def _repeats_read_no_files(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(begin_campaign, "read_lists_of", lambda *_: {})


def _opt_out_files_are_not_read_again(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(resume_campaign, "_apply_opt_out_files", lambda *_: None)


def _sent_again_without_the_option(story: Story) -> None:
    story.note_in_opt_out_file(person=5, list_number=0)
    story.send_list(with_file=True)
    story.send_list(text=OTHER_TEXT)


def _numbers_of_files_are_forgotten(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(obey_noes, "remember_opt_outs", lambda *_: None)


def _corrected_after_an_interruption(story: Story) -> None:
    story.send_list(faults=(Fault.NONE, Fault.KILLED_BEFORE))
    story.send_list(text=CORRECTED_TEXT)
    story.go_on()
    both = {
        each.phone_number
        for each in story.gateway.deliveries
        if each.text == finished_text(TEXT, int(each.phone_number[-4:]))
    } & {
        each.phone_number
        for each in story.gateway.deliveries
        if each.text == finished_text(CORRECTED_TEXT, int(each.phone_number[-4:]))
    }
    assert not both, f"got the text and its correction: {sorted(both)[:3]}"


def _corrections_are_other_texts(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(corrected_campaign, "_is_correction", lambda *_: False)


def _the_eighth_day(story: Story) -> None:
    story.send_list()
    story.pass_time(hours=8 * 24)
    story.send_list(which=1, unattended=True)


def _the_long_past_is_not_reported(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(screen_history, "_report_long_ago", lambda _, plan, *__, **___: plan)


def _no_in_todays_list(story: Story) -> None:
    story.send_list(faults=(Fault.KILLED_BEFORE,))
    story.object_in_list(person=LATE, list_number=0)
    story.send_list(text=OTHER_TEXT)
    story.opted_out.add(phone_number(LATE))
    story.go_on()


def _no_in_the_repeated_list(story: Story) -> None:
    story.send_list(faults=(Fault.KILLED_BEFORE,))
    story.object_in_list(person=LATE, list_number=0)
    story.send_list()
    story.opted_out.add(phone_number(LATE))
    story.go_on()


def _noes_of_refused_lists_are_ignored(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(prepare_campaign, "obey_noes_of_unsent", lambda *_, **__: None)


def _no_before_a_retry(story: Story) -> None:
    story.send_list(faults=(Fault.NONE, Fault.REFUSED))
    story.object_in_list(person=LATE, list_number=0)
    story.send_list(text=OTHER_TEXT)
    story.opted_out.add(phone_number(LATE))
    story.go_on(retry_refused=True)


def _retries_forget_noes(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(make_ready, "leave_out_refusals", lambda *_: None)


def _no_before_an_order(story: Story) -> None:
    story.send_list(faults=(Fault.NONE, Fault.LOST_BEFORE))
    story.object_in_list(person=LATE, list_number=0)
    story.send_list(text=OTHER_TEXT)
    story.opted_out.add(phone_number(LATE))
    story.settle(chosen=0, decision="resend")
    story.go_on()


def _noes_are_not_kept(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Refusals, "add", lambda *_: None)


def _noes_of_lists_stay_there(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(begin_campaign, "obey_noes", lambda *_, **__: None)


PROMISES = {
    "1 two accounts": Promise(_two_accounts, _accounts_look_alike),
    "2 a clock that was wrong": Promise(_clock_was_wrong, _clock_is_believed),
    "2 a list planned by a clock that was ahead": Promise(_planned_ahead, _plans_are_believed),
    "3 the same words refused to one person": Promise(_same_words_refused, _nothing_is_controlled),
    "3 the same words refused to all": Promise(
        _words_refused_to_anybody, _nothing_is_controlled_of_words, "proved"
    ),
    "3 ids forgotten within the day": Promise(
        _ids_forgotten_early, _the_window_is_not_what_was_tried
    ),
    "4 one ledger by several paths": Promise(_several_paths, _paths_are_not_resolved),
    "5 a copy that was rebuilt": Promise(_rebuilt_copy, _copies_are_not_refused),
    "5 a copy made before the first post": Promise(
        _copied_before_the_first_post, _new_ledgers_have_no_name
    ),
    "5 a copy whose origin was moved": Promise(_copied_and_moved, _moves_leave_no_word),
    "6 opt-outs and a folder restored before the first post": Promise(
        _restored_before_the_first_post, _first_opt_outs_have_no_witness, "after opting out"
    ),
    "6 opt-outs and a restored folder": Promise(
        _restored_opt_outs, _opt_out_events_are_not_compared, "after opting out"
    ),
    "7 an opt-out file that grew": Promise(
        _resumed_with_a_longer_file, _opt_out_files_are_not_read_again, "though in the opt-out file"
    ),
    "7 an opt-out file that grew before a repeat": Promise(
        _repeated_with_a_longer_file, _repeats_read_no_files, "after opting out"
    ),
    "7 an opt-out file forgotten": Promise(
        _sent_again_without_the_option, _numbers_of_files_are_forgotten, "after opting out"
    ),
    "8 one text in several spellings": Promise(_spelled_otherwise, _the_same_text_is_not_searched),
    "8 one text of two templates": Promise(_another_template, _finished_texts_are_not_compared),
    "8 one text of two templates, and a retry": Promise(
        _another_template_before_a_retry, _retries_compare_no_finished_texts
    ),
    "8 a corrected text": Promise(
        _corrected_after_an_interruption,
        _corrections_are_other_texts,
        "got the text and its correction",
    ),
    "8 the eighth day": Promise(
        _the_eighth_day, _the_long_past_is_not_reported, "once more, unattended"
    ),
    "8 a no in the list of today": Promise(
        _no_in_todays_list, _noes_of_lists_stay_there, "after opting out"
    ),
    "8 a no in a list that is sent again": Promise(
        _no_in_the_repeated_list, _noes_of_refused_lists_are_ignored, "after opting out"
    ),
    "8 a no before a refused frame is sent again": Promise(
        _no_before_a_retry, _retries_forget_noes, "after opting out"
    ),
    "8 a no before a frame in doubt is sent again": Promise(
        _no_before_an_order, _noes_are_not_kept, "after opting out"
    ),
}


@pytest.fixture
def story(tmp_path: Path) -> Story:
    return Story.in_folder(tmp_path)


@pytest.mark.parametrize("name", PROMISES)
def test_the_promise_holds(story: Story, name: str) -> None:
    story.run_steps(PROMISES[name].steps)

    assert story.gateway.deliveries


@pytest.mark.parametrize("name", PROMISES)
def test_without_its_safeguard_the_history_breaks_it(
    story: Story, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    PROMISES[name].take_out(monkeypatch)

    with pytest.raises(AssertionError, match=PROMISES[name].breaks):
        story.run_steps(PROMISES[name].steps)


def test_an_order_to_send_again_counts_who_said_no_since(story: Story) -> None:
    story.send_list(faults=(Fault.NONE, Fault.LOST_BEFORE))
    story.object_in_list(person=LATE, list_number=0)
    story.send_list(text=OTHER_TEXT)
    settings, now = Settings(home=story.home), story.world.now()
    (doubt,) = list_doubts(None, settings, now)

    order = prepare_resend(doubt.campaign, doubt.frame.number, settings, now)

    assert (order.left_out, order.doubt.frame.contacts) == (1, 209)


def test_every_promise_of_the_issue_has_a_history() -> None:
    assert {name.split()[0] for name in PROMISES} == set("12345678")
