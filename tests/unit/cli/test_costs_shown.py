"""What a campaign cost, as people read it."""

from decimal import Decimal

import pytest

from bulksms.cli.texts.rendering import show_report
from bulksms.ledger import FrameRecord
from bulksms.results import summarise
from tests.builders import a_campaign, a_frame_record, totals_of


def frame(number: int, cost: str | None) -> FrameRecord:
    return a_frame_record(
        number=number,
        number_of_sms_needed=5,
        total_cost=None if cost is None else Decimal(cost),
        cost_planned=None,
    )


@pytest.mark.parametrize(
    ("costs", "line"),
    [
        (["0.225"], "0.23 EUR for 5 segments"),
        (["0.1", "0.12345678901234567"], "0.22 EUR for 10 segments"),
        ([None], "what Octopush did not report for 1 frame, for 5 segments"),
        (["0.5", None, None], "0.50 EUR and what Octopush did not report for 2 frames, for 15 "),
        ([None] * 1_234, "what Octopush did not report for 1,234 frames, for 6,170 segments"),
    ],
)
def test_a_cost_is_in_cents_and_never_zero_when_it_is_unknown(
    capsys: pytest.CaptureFixture[str], costs: list[str | None], line: str
) -> None:
    frames = [frame(number, cost) for number, cost in enumerate(costs, start=1)]

    show_report(summarise(a_campaign(), totals_of(frames)))

    assert f"  cost:     {line}" in capsys.readouterr().out
