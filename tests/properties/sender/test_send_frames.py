"""Whatever the API answers: no frame that may have gone is posted again."""

from collections import Counter
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bulksms.octopush.outcomes import NotSent, Outcome
from tests.builders import ledger_in
from tests.fakes import (
    ACCEPTED,
    LOGIN_PAGE,
    NO_ANSWER,
    NO_CREDIT,
    REFUSED,
    REFUSED_ALL,
    SHORT,
    TOO_SHORT,
    UNREACHABLE,
    ScriptedGateway,
    SenderFixture,
)


class Crash(BaseException):
    """The machine dies while the frame is on its way."""


OUTCOMES = st.one_of(
    st.sampled_from(
        [
            ACCEPTED,
            SHORT,
            TOO_SHORT,
            REFUSED,
            REFUSED_ALL,
            UNREACHABLE,
            NO_CREDIT,
            NO_ANSWER,
            LOGIN_PAGE,
        ]
    ),
    st.builds(Crash),
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@example(runs=[[UNREACHABLE, UNREACHABLE, NO_ANSWER, Crash()]])
@given(runs=st.lists(st.lists(OUTCOMES, max_size=8), min_size=1, max_size=4))
def test_whatever_happens_no_frame_that_may_have_gone_is_posted_again(
    runs: list[list[Outcome | BaseException]],
) -> None:
    gone: Counter[bytes] = Counter()
    passed = 0.0  # a clock that goes back would stop the next run
    with TemporaryDirectory() as home:
        for number, outcomes in enumerate([*runs, []]):
            with ledger_in(Path(home)) as ledger:
                sender = (
                    SenderFixture(ledger)
                    if number == 0
                    else SenderFixture(ledger, campaign=ledger.campaigns.get("spring"))
                )
                sender.clock.seconds = passed
                gateway = ScriptedGateway(outcomes)
                with suppress(Crash):
                    sender.send(gateway)
                passed = sender.clock.seconds
                answers = [*outcomes, *[ACCEPTED] * 6]
                gone.update(
                    body
                    for body, outcome in zip(gateway.bodies, answers, strict=False)
                    if not isinstance(outcome, NotSent)
                )
                assert max(gone.values(), default=0) <= 1
                assert len(sender.states) == 6
        assert set(gone) == {f"frame {n}".encode() for n in range(1, 7)}
