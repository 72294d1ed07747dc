"""Reads the opt-out files and guest lists of a plan."""

import sys
from collections.abc import Sequence
from dataclasses import replace

from bulksms.contacts import OptOutList, read_guest_numbers, read_opt_outs
from bulksms.errors import EmptySheet, LoadError
from bulksms.finding import Finding, Level
from bulksms.loader import ReadOptions, Sheet, open_sheets, read_sheets
from bulksms.loader.sheets import MAX_WORKBOOK_BYTES
from bulksms.progress_steps import Progress, SilentProgress
from bulksms.text_files import read_once

__all__ = ["opt_out_findings", "read_guest_lists", "read_opt_out_file", "read_opt_out_files"]

# An opt-out counts even where its row is filtered or hidden.
WHOLE_FILE = ReadOptions(include_hidden=True)
_AS_GIVEN, _SILENT = ReadOptions(), SilentProgress()
UNREADABLE_SHARE = 0.05  # of the cells of a list's number columns; above it, the list is misread


def read_opt_out_files(
    files: Sequence[str],
    region: str,
    stored: OptOutList,
    progress: Progress = _SILENT,
) -> tuple[OptOutList, tuple[Finding, ...]]:
    """Join the stored opt-outs with those of files, and report what could not be read."""
    opt_outs, findings = stored, list[Finding]()
    for path in files:
        from_file = read_opt_out_file(path, region, progress)
        findings += opt_out_findings(path, from_file)
        opt_outs |= from_file
    return opt_outs, tuple(findings)


def read_opt_out_file(path: str, region: str, progress: Progress = _SILENT) -> OptOutList:
    """Read the numbers of an opt-out file, or of standard input for `-`, which may be asked again.

    No one may be on it, or one person in a single row.

    Raises:
        LoadError: the file cannot be read.
    """
    for options in (WHOLE_FILE, replace(WHOLE_FILE, no_header=True)):
        try:
            return read_opt_outs(_open_again(path, options, progress), region)
        except EmptySheet:
            continue
    return OptOutList()


def _open_again(
    path: str, options: ReadOptions = _AS_GIVEN, progress: Progress = _SILENT
) -> tuple[Sheet, ...]:
    """Read a file, or standard input as often as is asked."""
    if path != "-":
        return open_sheets(path, options, progress)
    content = read_once(sys.stdin.buffer, MAX_WORKBOOK_BYTES + 1)
    if len(content) > MAX_WORKBOOK_BYTES:
        limit = MAX_WORKBOOK_BYTES // 1_000_000
        raise LoadError(
            f"The list on standard input is larger than {limit} MB: give it as a file.",
            code="list_too_large",
            limit=limit,
        )
    return read_sheets(content, path, options)


def opt_out_findings(path: str, opt_outs: OptOutList) -> list[Finding]:
    """Report an opt-out file without numbers, or with cells that could not be read."""
    unreadable = opt_outs.unreadable
    called = "opt-out list on standard input" if path == "-" else f"opt-out file {path}"
    if not len(opt_outs):
        return [
            Finding(
                code="optouts_empty",
                level=Level.ERROR,
                message=f"The {called} contains no phone number: check that it is the right file.",
                ask=True,
            )
        ]
    if not unreadable:
        return []
    many = unreadable > UNREADABLE_SHARE * opt_outs.cells
    return [
        Finding(
            code="optouts_unreadable",
            level=Level.ERROR if many else Level.WARNING,
            message=f"{unreadable:,} of {opt_outs.cells:,} cells of the {called} "
            "contain no readable number: check them, since these people may still be texted.",
            count=unreadable,
            ask=many,
        )
    ]


def read_guest_lists(files: Sequence[str], region: str) -> OptOutList | None:
    """Join the numbers of the guest lists; `None` without a list."""
    if not files:
        return None
    guests = OptOutList()
    for path in files:
        guests |= read_guest_numbers(_open_again(path), region)
    return guests
