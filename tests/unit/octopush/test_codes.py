"""The table of codes is complete and readable."""

import pytest

from bulksms.octopush import (
    CodeClass,
    Likelihood,
    Unknown,
    all_codes,
    likelihood,
    look_up,
    read_answer,
)


def test_every_code_has_one_sentence_for_people() -> None:
    for code in all_codes():
        assert code.meaning[0].isupper(), code
        assert code.meaning.endswith("."), code
        assert code.meaning.count(". ") == 0, code


def test_exactly_the_codes_that_wait_say_how_long() -> None:
    waiting = {code.number: code.wait for code in all_codes() if code.wait is not None}
    assert waiting == {126: 60, 127: 60, 128: 900, 129: 60, 153: 900, 206: 60}
    kinds = {code.number for code in all_codes() if code.kind is CodeClass.WAIT}
    assert kinds == waiting.keys()


def test_a_code_we_do_not_know_stops_the_campaign_and_names_itself() -> None:
    code = look_up(4711)
    assert code.kind is CodeClass.CAMPAIGN
    assert "4711" in code.meaning


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (200, b"<html>Welcome to the hotel</html>", Likelihood.LIKELY_SENT),
        (400, b'{"code": 120, "message": "used"}', Likelihood.LIKELY_SENT),
        (400, b'{"code": 182, "message": "used"}', Likelihood.LIKELY_SENT),
        (400, b"<html>Blocked</html>", Likelihood.UNLIKELY_SENT),
        (502, b"", Likelihood.OPEN),
        (303, b"", Likelihood.OPEN),
        (400, b'{"code": 500, "message": "impossible"}', Likelihood.OPEN),
    ],
)
def test_the_likelihood_of_an_unknown_outcome_follows_its_answer(
    status: int, body: bytes, expected: Likelihood
) -> None:
    outcome = read_answer(status, {}, body, contacts=2)

    assert isinstance(outcome, Unknown)
    assert likelihood(outcome.reason, outcome.code) is expected
