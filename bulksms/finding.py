"""Findings: statements about a file, its rows or the text, to be read before sending."""

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Finding", "Level"]


class Level(StrEnum):
    """How serious a finding is; an error stops the sending."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A statement about the whole input, with a code that never changes.

    Attributes:
        count: how many rows, cells or frames it concerns.
        ask: people may answer this error with `--accept` and its code.
    """

    code: str
    message: str
    level: Level = Level.NOTE
    count: int = 1
    ask: bool = False
