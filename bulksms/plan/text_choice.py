"""Which of several texts each contact gets, and why some get none."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bulksms.plan.variants import TextsByColumn, text_key

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["NO_TEXT", "TextChoice"]

NO_TEXT = -1


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
