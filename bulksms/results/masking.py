"""Leaves phone numbers out of sentences that people pass on."""

import re

__all__ = ["mask_numbers"]

# Nine digits or more; a date has eight, and an amount is written with other signs.
_NUMBER = re.compile(r"\+?\d(?:[ .\-()/]?\d){8,}")


def mask_numbers(sentence: str) -> str:
    """Replace whatever may be a phone number by an ellipsis."""
    return _NUMBER.sub("…", sentence)
