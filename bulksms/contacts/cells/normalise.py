"""Rewrites unusual cells of a column as plainer texts that are parsed the same.

Every rewriting here is one that `spelling` makes too, so `phones.parse` gives the same result
before and after it. Numbering plans are unknown here.
"""

import pyarrow as pa
import pyarrow.compute as pc

from bulksms.columnar.arrays import bools_to_arrow
from bulksms.contacts.cells import spelling
from bulksms.contacts.cells.characters import (
    begin_with_a_letter,
    end_with_a_word,
    replace_look_alikes,
    rewrite_some,
)

__all__ = ["SEPARATOR", "has_trailing_words", "split_readings", "to_plain_ascii"]

# No part but the last is long enough to be a number: 06/39/98 is one, and so is +33/639981234.
# Neither words nor a later + may be there, which could make two numbers of the last part.
IN_PARTS = r"^(?:[+\d(). \-]{1,5}/)+[\d(). \-]+$"
# One number, then words: with so few digits after the first letter, they are no second number.
# A letter that cannot stand for an exponent is among the first two.
WITH_WORDS = (
    r"^[ ']*\(?\+?(?:\d[ .()\-]*){1,12}[eE]?[a-df-zA-DF-Z][ -/:-~À-ÿ]*(?:\d[ -/:-~À-ÿ]*){0,3}$"
)
NUMBER = r"\(?\+?(?:[ .()\-]*\d){6,15}[ )\-]*"
TWO_NUMBERS = rf"^[ ']*(?P<first>{NUMBER})[/;,|] *(?P<second>{NUMBER})[ ';]*$"
SEPARATOR = "[/;,|]"  # is in each match of `TWO_NUMBERS` and in none of `BRACKETED`
BRACKETED = r"^[ ']*\(?\+\d{1,3}[ .)\-]*\(0\)(?:[ .()\-]*\d){4,11}[ .()\-]*$"


def to_plain_ascii(texts: pa.StringArray) -> pa.StringArray:
    """Write texts in ASCII where they only look otherwise, and drop labels such as `tel:`."""
    foreign = pc.not_equal(pc.binary_length(texts), pc.utf8_length(texts))
    texts = rewrite_some(texts, foreign, replace_look_alikes)
    texts = pc.ascii_trim(texts, " ")
    prefixed = bools_to_arrow(begin_with_a_letter(texts))
    texts = rewrite_some(texts, prefixed, _without_prefix)
    labelled = bools_to_arrow(end_with_a_word(texts))
    texts = rewrite_some(texts, labelled, _without_label)
    return rewrite_some(texts, pc.match_substring(texts, "/"), _without_slashes)


def _without_prefix(texts: pa.StringArray) -> pa.StringArray:
    return pc.replace_substring_regex(texts, spelling.PREFIX.pattern, r"\1\2")


def _without_label(texts: pa.StringArray) -> pa.StringArray:
    return pc.replace_substring_regex(texts, spelling.LABEL_BEHIND.pattern, r"\1")


def _without_slashes(texts: pa.StringArray) -> pa.StringArray:
    in_parts = pc.match_substring_regex(texts, IN_PARTS)
    return pc.if_else(in_parts, pc.replace_substring(texts, "/", "-"), texts)


def has_trailing_words(texts: pa.StringArray) -> pa.BooleanArray:
    """Mark the texts that begin with a number and have words behind it, other than a label."""
    bare = pc.ascii_rtrim(texts, spelling.AROUND)
    labelled = pc.match_substring_regex(bare, spelling.LABEL_BEHIND.pattern)
    return pc.and_(pc.match_substring_regex(texts, WITH_WORDS), pc.invert(labelled))


def split_readings(
    texts: pa.StringArray,
) -> tuple[pa.BooleanArray, pa.StringArray, pa.StringArray]:
    """Mark the texts that have two readings, and give both readings of those.

    They are the two numbers of a cell, or the number with and without a 0 in brackets.
    """
    two = pc.extract_regex(texts, TWO_NUMBERS)
    bracketed = pc.match_substring_regex(texts, BRACKETED)
    # A space on each side: no digit may come to stand before a decimal point, as in +336….0.
    with_zero, without_zero = (pc.replace_substring(texts, "(0)", zero) for zero in (" 0 ", " "))
    first = pc.if_else(bracketed, with_zero, pc.struct_field(two, "first"))
    second = pc.if_else(bracketed, without_zero, pc.struct_field(two, "second"))
    has_two = pc.is_valid(first)
    return has_two, first.filter(has_two), second.filter(has_two)
