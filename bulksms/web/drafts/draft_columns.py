"""Describes the columns of a draft's list, also when no column is known to be the number."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pyarrow.compute as pc
from phonenumbers import PhoneNumberFormat, format_number, parse
from xlsxwriter.utility import xl_col_to_name

from bulksms.contacts import ColumnMapping
from bulksms.contacts.opt_outs.reading import LENIENT_RULES
from bulksms.contacts.phones.parse import parse_number
from bulksms.loader import Sheet, open_sheets
from bulksms.plan.make_request import read_options
from bulksms.plan.view import PlanView, samples_of
from bulksms.use_cases.unattended.saved_campaign import SavedCampaign

__all__ = ["DraftColumn", "columns_of", "number_example", "unmapped_columns"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftColumn:
    """A column of the list.

    Attributes:
        letter: as a spreadsheet names it.
        choice: its name in `map`: its header, or its number where that is not enough.
        use: what it is used for, as `ColumnView.use`; None when nothing uses it.
        filled: the share of rows that have a value, from 0 to 1.
        tied: another column could be the number just as well, and they differ.
        suggested: its first values are numbers, where no column is known to be the number.
    """

    letter: str
    header: str
    choice: str
    use: str | None
    samples: tuple[str, ...]
    filled: float
    phone_rank: int | None = None
    tied: bool = False
    suggested: bool = False


def unmapped_columns(saved: SavedCampaign) -> Iterator[DraftColumn]:
    """List the columns of a draft whose number column is not known yet."""
    region = saved.plan.reading.region
    for sheet in open_sheets(saved.files[0], read_options(saved.plan.reading))[:1]:
        columns = list(columns_of(sheet, None, None))
        suggested = next((each for each in columns if _has_numbers(each.samples, region)), None)
        yield from (replace(each, suggested=each is suggested) for each in columns)


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


def number_example(sheet: Sheet, mapping: ColumnMapping, region: str) -> tuple[str, str] | None:
    """Return a cell without a country code, and its number as one writes it abroad."""
    for cell in samples_of(sheet, mapping.phone_numbers[0]):
        number = parse_number(cell, region, LENIENT_RULES)
        if number.phone_number and not cell.strip().startswith(("+", "00")):
            abroad = PhoneNumberFormat.INTERNATIONAL
            return cell, format_number(parse(number.e164), abroad)
    return None


def _has_numbers(samples: tuple[str, ...], region: str) -> bool:
    numbers = [parse_number(cell, region, LENIENT_RULES).phone_number for cell in samples]
    return bool(numbers) and all(numbers)


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
