"""What people must know before sending, found in a file, its rows or the text."""

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Finding", "Level"]


class Level(StrEnum):
    """How serious a finding is: an error stops the sending."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something about the whole input that people must know before sending.

    Attributes:
        count: how many rows, cells or frames it is about.
        ask: an error that people may answer with `--accept` and its code.
    """

    code: str
    message: str
    level: Level = Level.NOTE
    count: int = 1
    ask: bool = False
