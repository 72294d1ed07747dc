"""Shows the value of a cell as its number format does, in the words of a locale."""

import re

from bulksms.loader.display_locale import DisplayLocale
from bulksms.loader.workbook.number_formats.built_in_formats import GENERAL
from bulksms.loader.workbook.number_formats.date_section import DateSection
from bulksms.loader.workbook.number_formats.decimal_section import (
    DecimalSection,
    as_decimal,
    show_general,
)
from bulksms.loader.workbook.number_formats.format_code import (
    MAX_NUMBER_SECTIONS,
    Mark,
    Section,
    UnreadableFormat,
    split_sections,
)
from bulksms.loader.workbook.number_formats.fraction_section import FractionSection

_SPACES = re.compile(r"[ \u00a0\u2007\u202f]+")


class _GeneralSection:
    """One section that holds the word General, perhaps among literals."""

    def __init__(self, section: Section) -> None:
        self._tokens = section.tokens

    def show(self, value: float, locale: DisplayLocale, *, signed: bool) -> str:
        number = show_general(abs(value), locale)
        shown = (
            number if token.mark in {Mark.GENERAL, Mark.TEXT} else token.text
            for token in self._tokens
        )
        return ("-" if signed and value < 0 and number != "0" else "") + "".join(shown)


_Renderer = DateSection | DecimalSection | FractionSection | _GeneralSection


class NumberFormat:
    """A number format code, ready to show values.

    Raises:
        UnreadableFormat: it cannot be rendered.
    """

    def __init__(self, code: str) -> None:
        sections = split_sections(code)
        if len(sections) > MAX_NUMBER_SECTIONS + 1:
            raise UnreadableFormat(code)
        self._sections, self._text = sections, None
        if len(sections) > MAX_NUMBER_SECTIONS or sections[-1].has(Mark.TEXT):
            self._sections, self._text = sections[:-1], sections[-1]
        self._renderers = tuple(map(_make_renderer, self._sections))
        self._plain = _make_renderer(self._text or split_sections(GENERAL)[0])

    def show(self, value: float, locale: DisplayLocale, *, date_1904: bool = False) -> str | None:
        """Show a number; `None` where a spreadsheet shows `####` instead."""
        index, signed = self._choose(value)
        renderer = self._plain if index is None else self._renderers[index]
        if isinstance(renderer, DateSection):
            return _tidy(renderer.show(value, locale, date_1904=date_1904))
        if isinstance(renderer, FractionSection):
            sign = "-" if signed and value < 0 else ""
            return _tidy(sign + renderer.show(as_decimal(abs(value))))
        return _tidy(renderer.show(value, locale, signed=signed))

    def show_text(self, text: str) -> str:
        """Show a text."""
        if self._text is None:
            return text
        return "".join(
            text if token.mark is Mark.TEXT else token.text for token in self._text.tokens
        )

    def show_digits(self, value: int) -> str:
        """All digits of a whole number, after the prefix and the zeros of its format."""
        index, _ = self._choose(value)
        renderer = None if index is None else self._renderers[index]
        return renderer.show_digits(value) if isinstance(renderer, DecimalSection) else str(value)

    def _choose(self, value: float) -> tuple[int | None, bool]:
        """Return the section for a number, and whether a minus is still to be shown."""
        sections = self._sections
        for index, section in enumerate(sections):
            condition = section.condition
            if condition is not None:
                if condition(value):
                    return index, not section.only_negative
            elif _holds_by_default(index, value, sections):
                return index, not _is_negative_part(index, sections)
        return None, True


def _holds_by_default(index: int, value: float, sections: tuple[Section, ...]) -> bool:
    """Whether a section without a condition is for this number."""
    if index == len(sections) - 1:
        return True
    if index == 1:
        return value < 0
    return value > 0 or (value == 0 and len(sections) < MAX_NUMBER_SECTIONS)


def _is_negative_part(index: int, sections: tuple[Section, ...]) -> bool:
    return index == 1 and (len(sections) == MAX_NUMBER_SECTIONS or not sections[0].condition)


def _make_renderer(section: Section) -> _Renderer:
    if section.is_date:
        return DateSection(section)
    if section.has(Mark.GENERAL, Mark.TEXT):
        return _GeneralSection(section)
    if section.has(Mark.SLASH) and section.has(Mark.DIGIT):
        return FractionSection(section)
    return DecimalSection(section)


def _tidy(text: str | None) -> str | None:
    """Make one blank of those that only align columns."""
    return None if text is None else _SPACES.sub(" ", text).strip()
