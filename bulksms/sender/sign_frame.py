"""Signs the body of a frame: gives it its request id, and freezes it."""

from bulksms.campaign import frame_key
from bulksms.ledger import FrozenFrame
from bulksms.octopush import add_request_id

__all__ = ["sign_frame"]


def sign_frame(  # noqa: PLR0913 - a frame, and what its request id depends on
    body: bytes,
    numbers: bytes,
    *,
    campaign: str,
    number: int,
    rows: tuple[int, int],
    rehearsal: bool,
    wave: int = 1,
    parent: int | None = None,
) -> FrozenFrame:
    """Freeze a frame; its request id is derived, so repeating this step gives the same one.

    Args:
        body: built by `octopush.build_body`, without a request id.
        numbers: the phone numbers of its people, packed as `FrozenFrame` has them.
        campaign: the name of the campaign.
        number: the number of the frame.
        rows: the first and the last row of its people in the spreadsheet.
        rehearsal: whether the campaign is one.
        wave: counts an operator's orders to send again.
        parent: the frame that this one is cut from.
    """
    key = frame_key(campaign, number, rehearsal=rehearsal, wave=wave)
    request_id, signed = add_request_id(body, key=key)
    return FrozenFrame(
        number=number,
        first_row=rows[0],
        last_row=rows[1],
        body=signed,
        request_id=request_id,
        numbers=numbers,
        wave=wave,
        parent=parent,
    )
