"""The outcome of one file: the answer of its run, and its report."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

__all__ = ["FileOutcome", "FileReport", "RunFile"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileOutcome:
    """How the run of one file ended.

    Attributes:
        code: the exit code that `bulksms run` would have had.
        report: its JSON.
        reason: why it did not end well, in one sentence.
        again_after: in how many seconds the run has to be tried again, as it was interrupted or
            the campaign was busy; `None` when the outcome is final.
    """

    code: int
    report: Mapping[str, Any] = field(default_factory=dict)
    reason: str | None = None
    again_after: float | None = None


# The file, where its rejects are to be written, and how many rows its producer announced.
RunFile = Callable[[Path, Path, int | None], FileOutcome]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReport:
    """The report of one file.

    Attributes:
        key: the name of its claim.
        state: `done`, `failed`, `repeated`, or `working` while its outcome is not final.
        moved_to: where the file is now.
    """

    key: str
    name: str
    state: str
    code: int
    moved_to: Path
    reason: str | None = None
    report: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return the values for JSON."""
        return {
            "file": self.name,
            "state": self.state,
            "code": self.code,
            "moved_to": str(self.moved_to),
            "reason": self.reason,
            "run": dict(self.report) or None,
        }
