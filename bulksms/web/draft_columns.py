"""Describes the columns of a draft's list, also when no column is known to be the number."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

import pyarrow.compute as pc

from bulksms.contacts import ColumnMapping
from bulksms.loader import ReadOptions, Sheet, open_sheets
from bulksms.plan.make_plan import Plan
from bulksms.plan.view import view_plan
from bulksms.use_cases.saved_campaign import SavedCampaign

__all__ = ["DraftColumn", "columns_of", "unmapped_columns"]

SAMPLES = 3


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
    reading = saved.plan.reading
    options = ReadOptions(
        sheet=reading.sheet,
        encoding=reading.encoding,
        delimiter=reading.delimiter,
        no_header=reading.no_header,
        header_row=reading.header_row,
        include_hidden=reading.include_hidden,
    )
    for sheet in open_sheets(saved.files[0], options)[:1]:
        yield from columns_of(sheet, None, None)


def columns_of(
    sheet: Sheet, mapping: ColumnMapping | None, plan: Plan | None
) -> Iterator[DraftColumn]:
    """Describe every column of a sheet."""
    phones = mapping.phone_numbers if mapping else ()
    uses = {} if plan is None else _uses(plan)
    is_tied = plan is not None and any(each.code == "equal_columns" for each in plan.errors)
    for at, header in enumerate(sheet.header):
        rank = phones.index(at) if at in phones else None
        values = _values(sheet, at)
        yield DraftColumn(
            letter=_letter(at),
            header=header.strip(),
            choice=_choice(sheet, at),
            use=uses.get(at),
            samples=tuple(islice(values, SAMPLES)),
            filled=_filled(sheet, at),
            phone_rank=rank,
            tied=is_tied and rank is not None,
        )


def _uses(plan: Plan) -> Mapping[int, str]:
    columns = [column for column in view_plan(plan).columns if column.file == 0]
    return {at: column.use for at, column in enumerate(columns) if column.use is not None}


def _choice(sheet: Sheet, at: int) -> str:
    """Name a column for `map`: its header, or its number from 1 where that says too little."""
    header = sheet.header[at].strip()
    is_unique = sum(other.strip().casefold() == header.casefold() for other in sheet.header) == 1
    return header if header and is_unique and not header.isdigit() else str(at + 1)


def _letter(at: int) -> str:
    """Name a column as a spreadsheet does: A to Z, AA and so on."""
    letters = ""
    number = at + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _values(sheet: Sheet, at: int) -> Iterator[str]:
    cells = (cell.as_py() for block in sheet.rows.blocks([at]) for cell in block.column(at))
    return filter(None, cells)


def _filled(sheet: Sheet, at: int) -> float:
    filled = sum(
        pc.sum(pc.not_equal(block.column(at), "")).as_py() or 0 for block in sheet.rows.blocks([at])
    )
    return filled / len(sheet.rows) if len(sheet.rows) else 0.0
