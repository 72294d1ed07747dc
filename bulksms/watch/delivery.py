"""How the run of a file ended, and how it leaves the working folder.

Its report, its rejects and the reason are beside it.
"""

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from bulksms.output.whole_file import whole_file
from bulksms.watch.safe_move import free_name, move_file
from bulksms.watch.working_folder import Claim

__all__ = [
    "COMPANIONS",
    "REJECTS",
    "Delivery",
    "FileOutcome",
    "FileReport",
    "RunFile",
    "deliver",
    "read_delivery",
    "write_delivery",
]

NOTE = ".delivery.json"
REPORT, REJECTS, REASON = ".report.json", ".rejects.csv", ".reason.txt"
# Beside `dump.csv` they are `dump.csv.report.json` and so on.
COMPANIONS = (REPORT, REJECTS, REASON)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """Where a file goes and what became of it; written down before the first move."""

    folder: str
    name: str
    state: str
    code: int
    digest: str
    reason: str | None = None

    @property
    def target(self) -> Path:
        """Where the file goes."""
        return Path(self.folder) / self.name


def write_delivery(
    claim: Claim, folder: Path, report: dict[str, Any], *, state: str, digest: str
) -> Delivery:
    """Write the report and the reason, choose a free name, and write the decision down.

    Raises:
        InputError: a file cannot be written.
    """
    with whole_file(claim.folder / REPORT, "utf-8") as stream:
        json.dump(report, stream, indent=2, ensure_ascii=False, default=str)
    reason = report["reason"]
    (claim.folder / REASON).unlink(missing_ok=True)  # of a run that was cut short
    if reason:
        with whole_file(claim.folder / REASON, "utf-8") as stream:
            stream.write(f"{reason}\n")
    delivery = Delivery(
        folder=str(folder),
        name=free_name(folder, claim.name, COMPANIONS),
        state=state,
        code=report["code"],
        digest=digest,
        reason=reason,
    )
    _write_note(claim, delivery)
    return delivery


def read_delivery(claim: Claim) -> Delivery | None:
    """Read what was decided of a claim; `None` before its outcome is known."""
    try:
        return Delivery(**json.loads((claim.folder / NOTE).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def deliver(claim: Claim, delivery: Delivery) -> Delivery:
    """Move the companions, and last the file; an interrupted delivery is continued.

    Returns where the file went, which is another name when that of the delivery was taken.

    Raises:
        OutputError: one of them cannot be moved.
    """
    moves = _moves(claim, delivery)
    if any(source.exists() and os.path.lexists(target) for source, target in moves):
        # Another file was put there after the name was chosen.
        name = free_name(Path(delivery.folder), claim.name, COMPANIONS)
        delivery = replace(delivery, name=name)
        _write_note(claim, delivery)
        moves = _moves(claim, delivery)
    for source, target in moves:
        move_file(source, target)
    return delivery


def _moves(claim: Claim, delivery: Delivery) -> list[tuple[Path, Path]]:
    target = delivery.target
    companions = [
        (claim.folder / suffix, target.with_name(f"{target.name}{suffix}")) for suffix in COMPANIONS
    ]
    return [*companions, (claim.folder / claim.name, target)]


def _write_note(claim: Claim, delivery: Delivery) -> None:
    with whole_file(claim.folder / NOTE, "utf-8") as stream:
        json.dump(asdict(delivery), stream)
