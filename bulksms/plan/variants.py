"""The texts of a campaign: one, or several by the value of a column, and who gets which."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bulksms.campaign import Parameters
from bulksms.message import EmptyValues, Template

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "NO_TEXT",
    "TextChoice",
    "TextOptions",
    "TextsByColumn",
    "referenced_columns",
    "source_texts",
    "text_key",
    "variant_label",
]

NO_TEXT = -1


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


@dataclass(frozen=True, slots=True, kw_only=True)
class TextChoice:
    """The values that choose among the texts, in their order; `None` is for all others."""

    choosing_values: Sequence[str | None]
    by_column: TextsByColumn | None

    def divide(self, blocks: "Iterable[pd.DataFrame]") -> "Iterator[tuple[int, pd.DataFrame]]":
        """Divide blocks of contacts by the index of their text; `NO_TEXT` for those without."""
        for block in blocks:
            if self.by_column is None:
                yield 0, block
            else:
                yield from self._by_column(self.by_column, block)

    def _by_column(
        self, by_column: TextsByColumn, block: "pd.DataFrame"
    ) -> "Iterator[tuple[int, pd.DataFrame]]":
        values = block[by_column.column].str.strip().str.casefold()
        keys = [text_key(value) for value in self.choosing_values]
        chosen = values.where(values.isin([text_key(value) for value in by_column.texts]), "")
        groups = [(NO_TEXT, ~chosen.isin(keys))]
        groups += [(index, chosen == key) for index, key in enumerate(keys)]
        yield from ((index, block[mask]) for index, mask in groups if mask.any())


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
