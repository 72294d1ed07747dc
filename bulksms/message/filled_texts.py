"""Finds what is wrong with finished texts: empty values, placeholders left, bad links."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bulksms.finding import Finding, Level
from bulksms.message.links import LinkSearch
from bulksms.message.personalise import EmptyValues, PersonalisedBlock

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["FilledTextChecks"]

# What a reader would take for a placeholder: {first_name}, {{name}}, *firstname*
# (reliability.md 4), or one of another tool that a cell holds, such as [Prénom] and %LASTNAME%.
# Most texts lack even the first characters, which are searched much faster.
PLACEHOLDER_START = r"[{*]|[\[<%][A-Za-z]|«"
NAME_WORD = (
    r"(?:(?:pr[eé]|sur|nick)?nom|(?:first|last|full|given|family)?[ _]?name|[fl]name|"
    r"vorname|nachname|nombre|apellidos?|cognome)s?"
)
NAME_FIELD = rf"(?:\w+[ ._])?{NAME_WORD}"
# In quotation marks "Le Prénom" is a title, and "No Name" a brand.
PLACEHOLDER_LEFT = (
    r"(?i)\{[^{}]*\}|\*[^\s*]*(?:name|nom)[^\s*]*\*|"
    rf"\[{NAME_FIELD}\]|<{NAME_FIELD}>|«\s?(?:\w+[._])?{NAME_WORD}\s?»|%{NAME_FIELD}%"
)


class FilledTextChecks:
    """The checks of the finished texts of one template, which come in blocks."""

    def __init__(self, empty: EmptyValues) -> None:
        self._empty = empty
        self._rows_with_empty = self._rows_unfilled = self._first_unfilled = 0
        self._empty_columns: dict[str, bool] = {}  # in text order
        self.links = LinkSearch()

    def add(self, block: PersonalisedBlock) -> None:
        """Look through some texts."""
        self._rows_with_empty += int(block.missing.any(axis=1).sum())
        for name in block.missing:
            is_empty = self._empty_columns.get(str(name), False) or block.missing[name].any()
            self._empty_columns[str(name)] = bool(is_empty)
        self._add_unfilled(block.contacts["row"], block.texts)
        self.links.add(block.texts)

    def _add_unfilled(self, rows: "pd.Series[int]", texts: "pd.Series[str]") -> None:
        suspect = texts[texts.str.contains(PLACEHOLDER_START, regex=True)]
        unfilled = rows[suspect.index[suspect.str.contains(PLACEHOLDER_LEFT, regex=True)]]
        if not self._rows_unfilled and len(unfilled):
            self._first_unfilled = int(unfilled.iloc[0])
        self._rows_unfilled += len(unfilled)

    def findings(self) -> Iterator[Finding]:
        """Report empty values, and texts that still show a placeholder."""
        if self._rows_with_empty:
            names = ", ".join(f"{{{name}}}" for name, empty in self._empty_columns.items() if empty)
            yield Finding(
                code="empty_values",
                level=Level.ERROR if self._empty is EmptyValues.STOP else Level.WARNING,
                message=f"{names} is empty in {self._rows_with_empty:,} of the texts: fill in the "
                "cells, add a fallback like {first_name|client}, or leave these rows out with "
                "--empty drop.",
                count=self._rows_with_empty,
            )
        if self._rows_unfilled:
            yield Finding(
                code="unfilled_placeholder",
                level=Level.ERROR,
                message=f"{self._rows_unfilled:,} finished texts still show a placeholder, the "
                f"first in row {self._first_unfilled}: correct the text, or the cells that contain "
                "it.",
                count=self._rows_unfilled,
            )
