"""Chooses which sheets of a workbook are read."""

from collections.abc import Sequence
from dataclasses import dataclass

from bulksms.errors import NoSuchSheet
from bulksms.loader.interface import ReadOptions

__all__ = ["SheetTitle", "choose_sheets"]


@dataclass(frozen=True, slots=True)
class SheetTitle:
    """A sheet by its title, and whether it is hidden."""

    title: str
    is_hidden: bool = False


def choose_sheets(
    sheets: Sequence[SheetTitle], name: str, options: ReadOptions
) -> tuple[list[int], list[str]]:
    """Return the positions of the sheets to read, and the titles of the hidden ones left out.

    Raises:
        NoSuchSheet: the sheet that the user named does not exist.
    """
    if options.sheet is not None:
        return [_find(sheets, name, options.sheet)], []
    if options.include_hidden:
        return list(range(len(sheets))), []
    visible = [at for at, sheet in enumerate(sheets) if not sheet.is_hidden]
    return visible, [sheet.title for sheet in sheets if sheet.is_hidden]


def _find(sheets: Sequence[SheetTitle], name: str, wanted: str) -> int:
    titles = [sheet.title for sheet in sheets]
    if wanted in titles:
        return titles.index(wanted)
    alike = [
        at
        for at, title in enumerate(titles)
        if title.strip().casefold() == wanted.strip().casefold()
    ]
    if len(alike) != 1:
        listed = ", ".join(f'"{title}"' for title in titles)
        raise NoSuchSheet(
            f'{name} has no sheet "{wanted}": it has {listed}.',
            code="sheet_missing",
            sheet=wanted,
            sheets=", ".join(titles),
        )
    return alike[0]
