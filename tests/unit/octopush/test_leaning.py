import pytest

from bulksms.octopush import Likelihood, Unknown, likelihood, read_answer


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
def test_an_unknown_outcome_leans_as_its_answer_says(
    status: int, body: bytes, expected: Likelihood
) -> None:
    outcome = read_answer(status, {}, body, contacts=2)

    assert isinstance(outcome, Unknown)
    assert likelihood(outcome.reason, outcome.code) is expected
