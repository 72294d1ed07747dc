"""Guards cells against being run as formulas, and removes exactly those guards again.

A cell that starts like a formula gets a leading apostrophe, except a plain `+336…`, which is
harmless and must survive a round trip (OWASP on formula injection). A cell that starts as if it
were guarded gets one more, so that no apostrophe of a user is lost when the file is loaded again.
"""

import re

__all__ = ["guard", "unguard"]

# The fullwidth forms are folded to ASCII by some spreadsheet programs.
_FORMULA = r"[=+\-@\uff1d\uff0b\uff0d\uff20]"
_NUMBER = r"\+[0-9]+"
_START = rf"\s*(?:{_FORMULA}|[\t\r\n])"
# Excel types this apostrophe before digits itself, to keep them as they are.
_DIGITS = r"\+?\d[\d .]*\Z"
_DANGEROUS = re.compile(rf"(?!{_NUMBER}\Z){_START}|'+(?:{_START}|{_DIGITS})")
_GUARDED = re.compile(rf"'(?='*(?:{_START}|{_DIGITS}))")
# Excel cuts a line at the separator of its own country, also inside the quotes of another one.
_INNER = r"([;\t|]\s*)"
_DANGEROUS_INSIDE = re.compile(
    rf"{_INNER}(?:(?!{_NUMBER}(?:[;\t|]|\Z))(?={_FORMULA})|(?='+{_FORMULA}))"
)
_GUARDED_INSIDE = re.compile(rf"{_INNER}'(?='*{_FORMULA})")


def guard(cell: object) -> str:
    """Make a cell of a value that no spreadsheet runs as a formula."""
    text = "" if cell is None else str(cell)
    safe = _DANGEROUS_INSIDE.sub(r"\1'", text)
    return f"'{safe}" if _DANGEROUS.match(text) else safe


def unguard(cell: str) -> str:
    """Return the value that `guard` made a cell of."""
    return _GUARDED_INSIDE.sub(r"\1", cell[1:] if _GUARDED.match(cell) else cell)
