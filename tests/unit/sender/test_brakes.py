from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulksms.sender.limits import (
    Breaker,
    DoubtLimit,
    RefusalLimit,
    RetryBudget,
    RetryPolicy,
    Trouble,
)


def trouble(now: float, frame: int = 1, *, again: bool = True, answered: bool = True) -> Trouble:
    return Trouble(frame=frame, now=now, again=again, answered=answered)


def opened(at: float = 0.0) -> Breaker:
    breaker = Breaker()
    for frame in (1, 2, 3):
        breaker = breaker.learn(trouble(at, frame))
    return breaker


def test_the_back_off_doubles_to_a_minute_with_full_jitter() -> None:
    patience, ceilings, halves = RetryPolicy(began=0), [], []
    for _ in range(9):
        patience = patience.tried()
        ceilings.append(patience.back_off(1.0))
        halves.append(patience.back_off(0.5))
    assert ceilings == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert halves == [ceiling / 2 for ceiling in ceilings]
    assert patience.back_off(0.0) == 0


@pytest.mark.parametrize(
    ("tries", "now", "delay", "lasts"),
    [(5, 100, 60, True), (6, 100, 0, False), (1, 840, 60, True), (1, 841, 60, False)],
)
def test_six_tries_and_fifteen_minutes_are_enough(
    tries: int, now: float, delay: float, lasts: bool
) -> None:
    assert RetryPolicy(began=0, tries=tries).lasts(now, delay) is lasts


def test_three_posts_in_a_row_open_the_breaker_and_one_accepted_in_between_does_not() -> None:
    two = Breaker().learn(trouble(0)).learn(trouble(1))
    assert not two.is_open
    assert not two.learn_answered().learn(trouble(2)).is_open
    assert two.learn(trouble(2)).opens_until == 62


def test_only_the_frame_that_failed_last_is_the_probe() -> None:
    breaker = opened()
    assert not breaker.may_post(3, 59.9)
    assert breaker.may_post(3, 60)
    assert not breaker.may_post(4, 60)


def test_whoever_asks_first_is_the_probe_when_the_last_frame_cannot_be() -> None:
    breaker = opened().leave(3)
    assert breaker.may_post(4, 60)
    taken = breaker.let_go(4)
    assert not taken.may_post(5, 60)
    assert taken.leave(4).may_post(5, 60)


def test_an_accepted_probe_lets_everybody_go() -> None:
    assert opened().learn_answered().may_post(7, 0)
    assert not opened().learn_answered().learn(trouble(0)).learn(trouble(0)).is_open


def test_failed_probes_double_the_wait_to_ten_minutes_and_the_fifth_wears_it_out() -> None:
    breaker, now, waits = opened(), 0.0, []
    while not breaker.is_worn_out:
        assert breaker.opens_until is not None
        waits.append(breaker.opens_until - now)
        now = breaker.opens_until
        breaker = breaker.let_go(3).learn(trouble(now, 3))
    assert waits == [60, 120, 240, 480, 600]


def test_frames_in_flight_when_it_opened_do_not_open_it_again() -> None:
    late = opened().learn(trouble(5, 9)).learn(trouble(6, 10))
    assert late.openings == 1
    assert late.opens_until == 60


def test_the_breaker_stays_closed_until_somebody_has_answered_at_all() -> None:
    breaker = Breaker()
    for _ in range(20):
        breaker = breaker.learn(trouble(0, answered=False))
    assert not breaker.is_open
    assert breaker.learn(trouble(0)).is_open


@given(st.lists(st.sampled_from(["taken", "trouble"]), max_size=60))
def test_nothing_is_posted_while_the_breaker_is_open(steps: Sequence[str]) -> None:
    breaker, now = Breaker(heard=True), 0.0
    for step in steps:
        if breaker.opens_until is not None:
            assert not breaker.may_post(1, breaker.opens_until - 0.001)
            now = breaker.opens_until
        breaker = breaker.let_go(1)
        breaker = breaker.learn_answered() if step == "taken" else breaker.learn(trouble(now))
        assert breaker.is_open == (breaker.in_a_row >= 3)


def test_the_budget_is_ten_repeats_and_one_more_for_two_accepted_frames() -> None:
    budget, repeats = RetryBudget(), 0
    while not budget.is_empty:
        budget, repeats = budget.spend(), repeats + 1
    assert repeats == 10
    budget = budget.learn_accepted()
    assert budget.is_empty
    assert not budget.learn_accepted().is_empty


def test_the_budget_never_holds_more_than_ten() -> None:
    assert RetryBudget().learn_accepted() == RetryBudget()


@pytest.mark.parametrize(
    ("doubts", "reached"),
    [("d", False), ("dd", True), ("d.d", False), ("d.d.d", True), ("d.d..", False)],
)
def test_two_doubts_in_a_row_or_three_in_all_are_enough(doubts: str, reached: bool) -> None:
    limit = DoubtLimit()
    for one in doubts:
        limit = limit.learn(doubted=one == "d")
    assert limit.is_reached is reached


@pytest.mark.parametrize(
    ("refusals", "reached"),
    [("r", False), ("rr", True), ("r.r", False), ("p" * 19, False), ("p" * 20, True),
     ("rp", False), ("p" * 19 + "." + "p", False)],
)  # fmt: skip
def test_parts_on_the_way_to_a_bad_contact_count_apart(refusals: str, reached: bool) -> None:
    limit = RefusalLimit()
    for one in refusals:
        limit = limit.learn(refused=one != ".", part=one == "p")
    assert limit.is_reached is reached
