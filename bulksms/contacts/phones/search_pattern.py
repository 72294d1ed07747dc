"""Finds a phone number however it is written, in texts and in the bytes of files."""

import re
import struct

from phonenumbers import national_significant_number, parse

__all__ = ["byte_patterns", "search_pattern"]

# Between two digits: blanks, dots, brackets; in UTF-16 a zero byte as well.
SEPARATORS = "[^0-9A-Za-z]{0,3}"
END = "([^0-9]|$)"


def search_pattern(phone_number: int) -> str:
    """Build a regular expression of the digits that every spelling of a number shares.

    They are those after the country code and the leading zero; whatever comes before them is
    not looked at, and no digit may follow. RE2 and `re` both understand it.
    """
    national = national_significant_number(parse(f"+{phone_number}"))
    return SEPARATORS.join(national) + END


def byte_patterns(phone_number: int) -> tuple["re.Pattern[bytes]", ...]:
    """Build expressions that find a number in bytes: as text, and as a 64-bit integer."""
    integers = (struct.pack(order, phone_number) for order in ("<q", ">q"))
    return (
        re.compile(search_pattern(phone_number).encode()),
        *(re.compile(re.escape(integer)) for integer in integers),
    )
