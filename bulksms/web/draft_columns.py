"""Describes the columns of a draft's list, also when no column is known to be the number."""

from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow.compute as pc
from xlsxwriter.utility import xl_col_to_name

from bulksms.contacts import ColumnMapping
from bulksms.loader import Sheet, open_sheets
from bulksms.plan.make_request import read_options
from bulksms.plan.view import PlanView, samples_of
from bulksms.use_cases.unattended.saved_campaign import SavedCampaign

__all__ = ["DraftColumn", "columns_of", "unmapped_columns"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftColumn:
    """A column of the list.

    Attributes:
        letter: as a spreadsheet names it.
        choice: what stands for it in `map`: its header, or its number where that is not enough.
        use: what it is used for, as `ColumnView.use`; None when nothing uses it.
        filled: the share of rows that have a value, from 0 to 1.
        tied: another column could be the number just as well, and they differ.
    """

    letter: str
    header: str
    choice: str
    use: str | None
    samples: tuple[str, ...]
    filled: float
    phone_rank: int | None = None
    tied: bool = False


def unmapped_columns(saved: SavedCampaign) -> Iterator[DraftColumn]:
    """List the columns of a draft whose number column is not known yet."""
    for sheet in open_sheets(saved.files[0], read_options(saved.plan.reading))[:1]:
        yield from columns_of(sheet, None, None)


def columns_of(
    sheet: Sheet, mapping: ColumnMapping | None, view: PlanView | None
) -> Iterator[DraftColumn]:
    """Describe every column of a sheet, the first one of the plan in the view."""
    phones = mapping.phone_numbers if mapping else ()
    uses = () if view is None else [each.use for each in view.columns if each.file == 0]
    is_tied = view is not None and any(each.code == "equal_columns" for each in view.errors)
    for at, header in enumerate(sheet.header):
        rank = phones.index(at) if at in phones else None
        yield DraftColumn(
            letter=xl_col_to_name(at),
            header=header.strip(),
            choice=_choice(sheet, at),
            use=uses[at] if uses else None,
            samples=samples_of(sheet, at),
            filled=_filled(sheet, at),
            phone_rank=rank,
            tied=is_tied and rank is not None,
        )


def _choice(sheet: Sheet, at: int) -> str:
    """Name a column for `map`: its header, or its number from 1 where that says too little."""
    header = sheet.header[at].strip()
    is_unique = sum(other.strip().casefold() == header.casefold() for other in sheet.header) == 1
    return header if header and is_unique and not header.isdigit() else str(at + 1)


def _filled(sheet: Sheet, at: int) -> float:
    filled = sum(
        pc.sum(pc.not_equal(block.column(at), "")).as_py() or 0 for block in sheet.rows.blocks([at])
    )
    return filled / len(sheet.rows) if len(sheet.rows) else 0.0
