"""Gives the text of a cell as its reader sees it, from its value and its number format."""

import math
import re
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from bulksms.loader.display_locale import DisplayLocale
from bulksms.loader.workbook.number_formats.built_in_formats import (
    BUILT_IN_DATES,
    GENERAL,
    built_in_code,
)
from bulksms.loader.workbook.number_formats.decimal_section import (
    SIGNIFICANT_DIGITS,
    as_decimal,
    show_general,
)
from bulksms.loader.workbook.number_formats.format_code import UnreadableFormat
from bulksms.loader.workbook.number_formats.number_format import NumberFormat

__all__ = [
    "EMPTY",
    "CellFormat",
    "CellText",
    "CellWriter",
    "hidden_digits",
    "make_cell_format",
]

_LARGEST = 10**21
_GENERAL_DIGITS = 11
# A phone number has at least so many digits, and a spreadsheet keeps so many.
_SMALLEST_PHONE, _LARGEST_PHONE = 10**6, 10**15
_LETTER, _NOT_A_DIGIT = re.compile(r"[^\W\d_]|[\U0001f1e6-\U0001f1ff]"), re.compile(r"\D")
_NOT_DIALLED = re.compile(r"[^\d+]")
_BETWEEN_DIGITS = re.compile(r"[\s.\-/()]")


class CellText(NamedTuple):
    """The displayed text of a cell.

    Attributes:
        text: in UTF-8.
        is_unresolved: it is an error, or a formula without a value.
        digits: of a number, with the prefix it shows, when the text does not show them all.
        unreadable_format: the code of the number format, when it cannot be rendered.
        follows_locale: it is a date whose order of day and month is the reader's, not the file's.
    """

    text: bytes
    is_unresolved: bool = False
    digits: str = ""
    unreadable_format: str = ""
    follows_locale: bool = False


_DAY_ZERO, _DAY_ZERO_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)  # noqa: DTZ001 - days

EMPTY = CellText(b"")
_UNRESOLVED = CellText(b"", is_unresolved=True)


class CellFormat:
    """The number format of some cells, or General in its place when it cannot be rendered.

    Args:
        code: as the file has it.
        follows_locale: it is a built-in date, which each reader sees in the order of their own.
    """

    def __init__(self, code: str, *, follows_locale: bool = False) -> None:
        self.unreadable = ""
        self.follows_locale = follows_locale
        self._number_format: NumberFormat | None = None
        self.shows_text_unchanged = True
        if code.lower() in {"", GENERAL.lower(), "@"}:
            return
        try:
            self._number_format = NumberFormat(code)
        except UnreadableFormat:
            self.unreadable = code
        else:
            self.shows_text_unchanged = self._number_format.show_text("\0") == "\0"

    @property
    def shows_digits_unchanged(self) -> bool:
        """Whether a whole number that is not negative is shown by its digits alone."""
        return self._number_format is None and not self.unreadable

    def show(self, value: float, locale: DisplayLocale, *, date_1904: bool) -> str | None:
        """Show a number; `None` where a spreadsheet shows `####`."""
        if self._number_format is None:
            return _show_whole(value, locale)
        return self._number_format.show(value, locale, date_1904=date_1904)

    def show_text(self, text: str) -> str:
        """Show a text."""
        return text if self._number_format is None else self._number_format.show_text(text)

    def show_digits(self, value: int) -> str:
        """All digits of a whole number, with the prefix that the format shows."""
        return str(value) if self._number_format is None else self._number_format.show_digits(value)


def make_cell_format(number: int, code: str, locale: DisplayLocale) -> CellFormat:
    """Make the number format of a number, for which the file may hold a code."""
    shown = built_in_code(number, code, locale)
    return CellFormat(shown, follows_locale=number in BUILT_IN_DATES and shown != code)


def _show_whole(value: float, locale: DisplayLocale) -> str:
    """Show a number in General, but never a long one with an exponent as spreadsheets do."""
    if abs(value) < 10**_GENERAL_DIGITS or abs(value) >= _LARGEST:
        return show_general(value, locale)
    if value.is_integer():
        digits = str(int(abs(value)))
        kept = digits[:SIGNIFICANT_DIGITS].ljust(len(digits), "0")
        return f"-{kept}" if value < 0 else kept
    return f"{as_decimal(value):f}".replace(".", locale.decimal)


class CellWriter:
    """Gives the text of the cells of one workbook.

    Args:
        formats: by the number of the cell style; other styles are General.
        locale: the reader's.
        date_1904: days are counted from 1904, as on old Macintoshes.
    """

    def __init__(
        self, formats: Sequence[CellFormat], locale: DisplayLocale, *, date_1904: bool = False
    ) -> None:
        self._formats, self._locale, self._date_1904 = formats, locale, date_1904
        self._general = CellFormat(GENERAL)

    def format_of(self, style: int) -> CellFormat:
        """Return the number format of a cell style."""
        return self._formats[style] if 0 <= style < len(self._formats) else self._general

    def number(self, value: float, style: int) -> CellText:
        """Return the text of a number."""
        if not math.isfinite(value):
            return _UNRESOLVED
        cell_format = self.format_of(style)
        shown = cell_format.show(value, self._locale, date_1904=self._date_1904)
        if shown is None:
            return _UNRESOLVED
        return CellText(
            shown.encode(),
            digits=hidden_digits(shown, value, cell_format.show_digits),
            unreadable_format=cell_format.unreadable,
            follows_locale=cell_format.follows_locale,
        )

    def text(self, text: str, style: int) -> CellText:
        """Return the text of a text."""
        return CellText(self.format_of(style).show_text(text).encode())

    def date(self, written: str, style: int) -> CellText:
        """Return the text of a date that is written out, such as `2026-03-05T14:30:00`."""
        try:
            moment = datetime.fromisoformat(written).replace(tzinfo=None)
        except ValueError:
            return self.text(written, style)
        serial = (moment - (_DAY_ZERO_1904 if self._date_1904 else _DAY_ZERO)) / timedelta(days=1)
        if self.format_of(style).shows_digits_unchanged:
            return self.text(written.removesuffix("T00:00:00"), style)
        return self.number(serial, style)

    def truth(self, *, value: bool) -> CellText:
        """Return the text of a truth value."""
        return CellText(self._locale.truth[value].encode())

    def error(self) -> CellText:
        """Return the text of an error, or of a formula without a value."""
        return _UNRESOLVED


def hidden_digits(shown: str, value: float, with_prefix: Callable[[int], str]) -> str:
    """All digits of a number of a phone's size, unless the shown text has just these.

    A fraction that the format rounds away is among them: the rounded number is another person's.

    Args:
        shown: the text of the cell.
        value: the number in the cell.
        with_prefix: shows all digits of a whole number, with the prefix of its format.
    """
    if not _SMALLEST_PHONE <= value < _LARGEST_PHONE:
        return ""
    exact = as_decimal(value)
    whole = int(exact)
    if _LETTER.search(shown) and _NOT_A_DIGIT.sub("", shown).endswith(str(whole)):
        return ""  # all digits are seen, and a word that may be a country or a label
    dialled = _NOT_DIALLED.sub("", shown)
    if exact != whole:
        is_shown = dialled.startswith(_NOT_DIALLED.sub("", f"{exact:f}"))
        return "" if is_shown else f"{exact:f}".replace(".", ",")
    if not dialled.endswith(str(whole)):
        dialled = _NOT_DIALLED.sub("", with_prefix(whole))
    return "" if _BETWEEN_DIGITS.sub("", shown) == dialled else dialled
