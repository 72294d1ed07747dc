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


def trouble(now: float, frame: int = 1, *, repeat: bool = True, answered: bool = True) -> Trouble:
    return Trouble(frame=frame, now=now, repeat=repeat, answered=answered)


def opened(at: float = 0.0) -> Breaker:
    breaker = Breaker()
    for frame in (1, 2, 3):
        breaker = breaker.after_trouble(trouble(at, frame))
    return breaker


def test_the_back_off_doubles_to_a_minute_with_full_jitter() -> None:
    policy, ceilings, halves = RetryPolicy(started_at=0), [], []
    for _ in range(9):
        policy = policy.after_try()
        ceilings.append(policy.back_off(1.0))
        halves.append(policy.back_off(0.5))
    assert ceilings == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert halves == [ceiling / 2 for ceiling in ceilings]
    assert policy.back_off(0.0) == 0


@pytest.mark.parametrize(
    ("tries", "now", "delay", "allowed"),
    [(5, 100, 60, True), (6, 100, 0, False), (1, 840, 60, True), (1, 841, 60, False)],
)
def test_six_tries_and_fifteen_minutes_are_enough(
    tries: int, now: float, delay: float, allowed: bool
) -> None:
    assert RetryPolicy(started_at=0, tries=tries).allows(now, delay) is allowed


def test_three_posts_in_a_row_open_the_breaker_and_one_accepted_in_between_does_not() -> None:
    two = Breaker().after_trouble(trouble(0)).after_trouble(trouble(1))
    assert not two.is_open
    assert not two.after_success().after_trouble(trouble(2)).is_open
    assert two.after_trouble(trouble(2)).open_until == 62


def test_only_the_frame_that_failed_last_is_the_probe() -> None:
    breaker = opened()
    assert breaker.closed_until(3, 59.9) > 59.9
    assert breaker.closed_until(3, 60) <= 60
    assert breaker.closed_until(4, 60) > 60


def test_the_first_to_ask_is_the_probe_when_the_last_frame_cannot_be() -> None:
    breaker = opened().release(3)
    assert breaker.closed_until(4, 60) <= 60
    taken = breaker.start(4)
    assert taken.closed_until(5, 60) > 60
    assert taken.release(4).closed_until(5, 60) <= 60


def test_an_accepted_probe_lets_every_frame_start() -> None:
    assert opened().after_success().closed_until(7, 0) <= 0
    assert not opened().after_success().after_trouble(trouble(0)).after_trouble(trouble(0)).is_open


def test_failed_probes_double_the_wait_to_ten_minutes_and_the_fifth_exhausts_it() -> None:
    breaker, now, waits = opened(), 0.0, []
    while not breaker.is_exhausted:
        assert breaker.open_until is not None
        waits.append(breaker.open_until - now)
        now = breaker.open_until
        breaker = breaker.start(3).after_trouble(trouble(now, 3))
    assert waits == [60, 120, 240, 480, 600]


def test_frames_in_flight_when_it_opened_do_not_open_it_again() -> None:
    late = opened().after_trouble(trouble(5, 9)).after_trouble(trouble(6, 10))
    assert late.openings == 1
    assert late.open_until == 60


def test_the_breaker_stays_closed_until_the_server_has_answered_at_all() -> None:
    breaker = Breaker()
    for _ in range(20):
        breaker = breaker.after_trouble(trouble(0, answered=False))
    assert not breaker.is_open
    assert breaker.after_trouble(trouble(0)).is_open


@given(st.lists(st.sampled_from(["taken", "trouble"]), max_size=60))
def test_nothing_is_posted_while_the_breaker_is_open(steps: Sequence[str]) -> None:
    breaker, now = Breaker(server_answered=True), 0.0
    for step in steps:
        if breaker.open_until is not None:
            assert breaker.closed_until(1, breaker.open_until - 0.001) > breaker.open_until - 0.001
            now = breaker.open_until
        breaker = breaker.start(1)
        breaker = (
            breaker.after_success() if step == "taken" else breaker.after_trouble(trouble(now))
        )
        assert breaker.is_open == (breaker.in_a_row >= 3)


def test_the_budget_is_ten_repeats_and_one_more_for_two_accepted_frames() -> None:
    budget, repeats = RetryBudget(), 0
    while not budget.is_empty:
        budget, repeats = budget.spend(), repeats + 1
    assert repeats == 10
    budget = budget.after_accepted()
    assert budget.is_empty
    assert not budget.after_accepted().is_empty


def test_the_budget_never_holds_more_than_ten() -> None:
    assert RetryBudget().after_accepted() == RetryBudget()


@pytest.mark.parametrize(
    ("doubts", "reached"),
    [("d", False), ("dd", True), ("d.d", False), ("d.d.d", True), ("d.d..", False)],
)
def test_two_doubts_in_a_row_or_three_in_all_are_enough(doubts: str, reached: bool) -> None:
    limit = DoubtLimit()
    for frame in doubts:
        limit = limit.after_frame(in_doubt=frame == "d")
    assert limit.is_reached is reached


@pytest.mark.parametrize(
    ("refusals", "reached"),
    [("r", False), ("rr", True), ("r.r", False), ("p" * 19, False), ("p" * 20, True),
     ("rp", False), ("p" * 19 + "." + "p", False)],
)  # fmt: skip
def test_parts_on_the_way_to_a_bad_contact_count_apart(refusals: str, reached: bool) -> None:
    limit = RefusalLimit()
    for frame in refusals:
        limit = limit.after_frame(refused=frame != ".", is_part=frame == "p")
    assert limit.is_reached is reached
