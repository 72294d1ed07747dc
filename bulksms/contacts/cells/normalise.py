"""Which odd cells of a column say the same as a plainer text, as two others, or no number at all.

Every rewriting here is one that `spelling` makes too, so `phones.judging` says the same before and
after it. It knows no numbering plan.
"""

from collections.abc import Callable

import pyarrow as pa
import pyarrow.compute as pc

from bulksms.columnar.arrays import bools_to_arrow
from bulksms.contacts.cells import spelling
from bulksms.contacts.cells.characters import begin_with_a_letter, replace_look_alikes

__all__ = ["SEPARATED", "has_trailing_words", "split_readings", "to_plain_ascii"]

# No part but the last is long enough to be a number: 06/39/98 is one, and so is +33/639981234.
# Neither words nor a later + may be there, which could make two numbers of the last part.
IN_PARTS = r"^(?:[+\d(). \-]{1,5}/)+[\d(). \-]+$"
# One number, then words: with so few digits after the first letter, they are no second number.
# A letter that cannot stand for an exponent is among the first two.
LETTERED = (
    r"^[ ']*\(?\+?(?:\d[ .()\-]*){1,12}[eE]?[a-df-zA-DF-Z][ -/:-~À-ÿ]*(?:\d[ -/:-~À-ÿ]*){0,3}$"
)
ONE = r"\(?\+?(?:[ .()\-]*\d){6,15}[ )\-]*"
TWO = rf"^[ ']*(?P<first>{ONE})[/;,|] *(?P<second>{ONE})[ ';]*$"
SEPARATED = "[/;,|]"  # stands in each of `TWO` and in none of `BRACKETED`
BRACKETED = r"^[ ']*\(?\+\d{1,3}[ .)\-]*\(0\)(?:[ .()\-]*\d){4,11}[ .()\-]*$"


def to_plain_ascii(texts: pa.StringArray) -> pa.StringArray:
    """Write texts in ASCII where they only look otherwise, and leave out what announces them."""
    foreign = pc.not_equal(pc.binary_length(texts), pc.utf8_length(texts))
    texts = _replaced(texts, foreign, replace_look_alikes)
    texts = pc.ascii_trim(texts, " ")
    announced = bools_to_arrow(begin_with_a_letter(texts))
    texts = _replaced(texts, announced, _without_prefix)
    return _replaced(texts, pc.match_substring(texts, "/"), _without_slashes)


def _replaced(
    texts: pa.StringArray, where: pa.BooleanArray, how: Callable[[pa.StringArray], pa.StringArray]
) -> pa.StringArray:
    """Write some of the texts otherwise."""
    if not pc.any(where).as_py():
        return texts
    return pc.replace_with_mask(texts, where, how(texts.filter(where)))


def _without_prefix(texts: pa.StringArray) -> pa.StringArray:
    return pc.replace_substring_regex(texts, spelling.PREFIX.pattern, r"\1")


def _without_slashes(texts: pa.StringArray) -> pa.StringArray:
    parted = pc.match_substring_regex(texts, IN_PARTS)
    return pc.if_else(parted, pc.replace_substring(texts, "/", "-"), texts)


def has_trailing_words(texts: pa.StringArray) -> pa.BooleanArray:
    """Say which texts begin with a number and then have words in them."""
    return pc.match_substring_regex(texts, LETTERED)


def split_readings(
    texts: pa.StringArray,
) -> tuple[pa.BooleanArray, pa.StringArray, pa.StringArray]:
    """Say which texts are judged by two others, and name these.

    They are the two numbers of a cell, or the number with and without a 0 in brackets.
    """
    two = pc.extract_regex(texts, TWO)
    bracketed = pc.match_substring_regex(texts, BRACKETED)
    # A space on each side: no digit may come to stand before a decimal point, as in +336….0.
    kept, left_out = (pc.replace_substring(texts, "(0)", instead) for instead in (" 0 ", " "))
    first = pc.if_else(bracketed, kept, pc.struct_field(two, "first"))
    second = pc.if_else(bracketed, left_out, pc.struct_field(two, "second"))
    halved = pc.is_valid(first)
    return halved, first.filter(halved), second.filter(halved)
