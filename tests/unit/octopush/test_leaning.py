import pytest

from bulksms.octopush import Lean, Unknown, lean, read_answer


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (200, b"<html>Welcome to the hotel</html>", Lean.LIKELY_SENT),
        (400, b'{"code": 120, "message": "used"}', Lean.LIKELY_SENT),
        (400, b'{"code": 182, "message": "used"}', Lean.LIKELY_SENT),
        (400, b"<html>Blocked</html>", Lean.UNLIKELY_SENT),
        (502, b"", Lean.OPEN),
        (303, b"", Lean.OPEN),
        (400, b'{"code": 500, "message": "impossible"}', Lean.OPEN),
    ],
)
def test_an_unknown_outcome_leans_as_its_answer_says(
    status: int, body: bytes, expected: Lean
) -> None:
    outcome = read_answer(status, {}, body, contacts=2)

    assert isinstance(outcome, Unknown)
    assert lean(outcome.reason, outcome.code) is expected
