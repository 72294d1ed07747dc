"""Others are looked at often in the beginning, and less often as time goes by."""

import pytest

from bulksms.sender.work_queue import poll_delay


@pytest.mark.parametrize(
    ("waited", "delay"), [(0.0, 0.02), (0.16, 0.02), (0.8, 0.1), (1.6, 0.2), (600.0, 0.2)]
)
def test_the_next_look_is_an_eighth_of_the_wait_later_within_bounds(
    waited: float, delay: float
) -> None:
    assert poll_delay(waited) == pytest.approx(delay)
