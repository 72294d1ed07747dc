"""The texts of a campaign: one, or several by the value of a column."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bulksms.campaign import Parameters
from bulksms.message import EmptyValues, Template

__all__ = [
    "TextOptions",
    "TextsByColumn",
    "referenced_columns",
    "source_texts",
    "text_key",
    "variant_label",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class TextsByColumn:
    """The texts by the value of a column, such as a language.

    Values are compared without regard to case and outer spaces; the column `country` is the
    country of the number.
    """

    column: str
    texts: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class TextOptions:
    """Options of the text besides its words.

    Attributes:
        texts_by_column: texts for some contacts; the text of the parameters is for all others.
        empty: what to do with placeholders that are empty and have no fallback.
        plain: replace characters outside GSM-7 where that is harmless.
    """

    texts_by_column: TextsByColumn | None = None
    empty: EmptyValues = EmptyValues.ALLOW
    plain: bool = False


def referenced_columns(parameters: Parameters, options: TextOptions) -> tuple[str, ...]:
    """Return the columns that the texts use, and the one that chooses among them.

    Raises:
        TemplateError: a text is not valid.
    """
    columns = [
        name
        for _, text in source_texts(parameters, options)
        for name in Template.parse(text).placeholders
    ]
    if options.texts_by_column and options.texts_by_column.column != "country":
        columns.append(options.texts_by_column.column)
    return tuple(dict.fromkeys(columns))


def source_texts(parameters: Parameters, options: TextOptions) -> Iterator[tuple[str | None, str]]:
    """Yield each value with its text, and last the text of all others."""
    if options.texts_by_column is not None:
        yield from options.texts_by_column.texts.items()
    if options.texts_by_column is None or parameters.text:
        yield None, parameters.text


def text_key(value: str | None) -> str:
    """Write the value that chooses a text as it is compared; `""` for all others."""
    return "" if value is None else value.strip().casefold()


def variant_label(value: str | None) -> str:
    """Name a text among several."""
    return "all others" if value is None else value
