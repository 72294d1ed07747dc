"""Reads the opt-out files and guest lists that a plan is made with."""

from collections.abc import Sequence

from bulksms.contacts import OptOutList, read_opt_outs
from bulksms.finding import Finding, Level
from bulksms.loader import ReadOptions, open_sheets

__all__ = ["WHOLE_FILE", "read_guest_lists", "read_opt_out_files"]

# An opt-out counts even where somebody has filtered or hidden its row.
WHOLE_FILE = ReadOptions(include_hidden=True)


def read_opt_out_files(
    files: Sequence[str], region: str, stored: OptOutList
) -> tuple[OptOutList, tuple[Finding, ...]]:
    """Join what is stored with what files say, and warn of cells that cannot be read."""
    gathered = OptOutList()
    for path in files:
        gathered |= read_opt_outs(open_sheets(path, WHOLE_FILE), region)
    lost = gathered.unreadable
    told = Finding(
        code="optouts_unreadable",
        level=Level.WARNING,
        message=f"Cells of the opt-out files that hold no number we can read: {lost}; "
        "look at them, those people may still be texted.",
        count=lost,
    )
    return gathered | stored, (told,) if lost else ()


def read_guest_lists(files: Sequence[str], region: str) -> OptOutList | None:
    """Join the numbers of the guest lists; none when there is no such list."""
    if not files:
        return None
    gathered = OptOutList()
    for path in files:
        gathered |= read_opt_outs(open_sheets(path), region)
    return gathered
