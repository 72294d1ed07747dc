"""Every border up to eight segments, by the figures of the standards and by smsutil.

smsutil 1.1.3 is wrong in two places no text here touches: it counts the bare escape as a
character of the alphabet, and it calls an empty text UCS-2. Its splitter keeps pairs together.
"""

import pytest

from bulksms.message.segments import Encoding, segmentation

smsutil = pytest.importorskip("smsutil")

PARTS = range(1, 9)
NAMES = {"gsm0338": Encoding.GSM7, "utf_16_be": Encoding.UCS2}
# Encoding, a character of one unit, one of two; what fits alone and into each part of a chain
# (3GPP TS 23.040, 9.2.3.16 and 9.2.3.24.1).
KINDS = [
    pytest.param(Encoding.GSM7, "a", "€", 160, 153, id="gsm7"),
    pytest.param(Encoding.UCS2, "ê", "😀", 70, 67, id="ucs2"),
]


def counted(text: str) -> tuple[Encoding, int]:
    """Count a text, once with our own counter and once with the library; they must agree."""
    ours, theirs = segmentation(text), smsutil.split(text)
    assert (ours.encoding, ours.segments) == (NAMES[theirs.encoding], len(theirs.parts))
    return ours.encoding, ours.segments


@pytest.mark.parametrize("parts", PARTS)
@pytest.mark.parametrize(("encoding", "single", "two", "alone", "chained"), KINDS)
def test_a_full_text_and_one_unit_more(
    encoding: Encoding, single: str, two: str, alone: int, chained: int, parts: int
) -> None:
    del two
    full = alone if parts == 1 else parts * chained
    assert counted(single * full) == (encoding, parts)
    assert counted(single * (full + 1)) == (encoding, parts + 1)


@pytest.mark.parametrize("parts", PARTS)
@pytest.mark.parametrize(("encoding", "single", "two", "alone", "chained"), KINDS)
def test_what_takes_two_units_is_never_cut_in_two(
    encoding: Encoding, single: str, two: str, alone: int, chained: int, parts: int
) -> None:
    full = alone if parts == 1 else parts * chained
    assert counted(single * (full - 2) + two) == (encoding, parts)
    # Astride the border after a part: the part loses a unit, and what follows begins with it.
    astride = single * (chained - 1) + two
    left = parts * chained - 1 - (chained + 1)
    if parts > 1:
        assert counted(astride + single * left) == (encoding, parts)
        assert counted(astride + single * (left + 1)) == (encoding, parts + 1)
