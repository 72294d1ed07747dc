"""Reads the opt-out files and guest lists of a plan."""

from collections.abc import Sequence

from bulksms.contacts import OptOutList, read_opt_outs
from bulksms.finding import Finding, Level
from bulksms.loader import ReadOptions, open_sheets

__all__ = ["WHOLE_FILE", "read_guest_lists", "read_opt_out_files"]

# An opt-out counts even where its row is filtered or hidden.
WHOLE_FILE = ReadOptions(include_hidden=True)


def read_opt_out_files(
    files: Sequence[str], region: str, stored: OptOutList
) -> tuple[OptOutList, tuple[Finding, ...]]:
    """Join the stored opt-outs with those of files, and report unreadable cells."""
    from_files = OptOutList()
    for path in files:
        from_files |= read_opt_outs(open_sheets(path, WHOLE_FILE), region)
    unreadable = from_files.unreadable
    finding = Finding(
        code="optouts_unreadable",
        level=Level.WARNING,
        message=f"{unreadable} cells of the opt-out files contain no readable number: check them, "
        "since these people may still be texted.",
        count=unreadable,
    )
    return from_files | stored, (finding,) if unreadable else ()


def read_guest_lists(files: Sequence[str], region: str) -> OptOutList | None:
    """Join the numbers of the guest lists; `None` without a list."""
    if not files:
        return None
    guests = OptOutList()
    for path in files:
        guests |= read_opt_outs(open_sheets(path), region)
    return guests
