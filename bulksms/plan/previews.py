"""Some finished texts as their readers see them: the first, the longest, a row."""

import random
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from bulksms.contacts import rejection_blocks
from bulksms.contacts.opt_outs.reading import LENIENT_RULES
from bulksms.contacts.phones.parse import parse_number
from bulksms.contacts.rows.row_table import Marks, RowTable
from bulksms.errors import UsageError
from bulksms.message import Estimate, PersonalisedBlock, Template
from bulksms.message.pricing import in_millionths
from bulksms.nearest import nearest_hint
from bulksms.plan.personalised import PersonalisedVariants

__all__ = ["ALWAYS", "ROW", "Preview", "parse_preview_requests", "previews"]

ALWAYS = ("first", "longest")
KEYWORDS = (*ALWAYS, "costliest", "random")
ROW = re.compile(r"row:([1-9]\d{0,8})")
OLD_KEYWORDS = {"dearest": "costliest"}  # accepted, and no longer suggested


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """One finished text; without a text, `sentence` says why there is none.

    Attributes:
        requests: everything that led to this row.
        variant: the index of the text among several.
        position: the position of the row among all rows.
        inserted: the values of the row in the text: the start and the end of each.
    """

    requests: tuple[str, ...]
    row: int | None
    phone_number: str
    text: str | None
    encoding: str | None = None
    units: int | None = None
    segments: int | None = None
    cost: Decimal | None = None
    sentence: str | None = None
    variant: int = 0
    position: int | None = None
    inserted: tuple[tuple[int, int], ...] = ()


def parse_preview_requests(values: Iterable[str], region: str) -> tuple[str, ...]:
    """Check that each value is a keyword, a row or a phone number.

    Raises:
        UsageError: a value is none of them, so that it would show no row.
    """
    requests = tuple(value.strip() for value in values if value.strip())
    for request in requests:
        if ROW.fullmatch(request) or request in (*KEYWORDS, *OLD_KEYWORDS):
            continue
        if not _phone_number(request, region):
            raise UsageError(
                f"--preview {request!r} is not valid{nearest_hint(request, KEYWORDS)}: "
                f"give {', '.join(KEYWORDS)}, row:N, or a phone number, with + and the code of its "
                f"country unless that is {region}."
            )
    return requests


def previews(
    requests: Sequence[str],
    personalised: PersonalisedVariants,
    price: Estimate | None,
    region: str,
) -> tuple[Preview, ...]:
    """Show each requested row once; of several texts, the first row of each as well."""
    requests_by_position: dict[int, list[str]] = {}
    left_out: list[Preview] = []
    if len(personalised.variants) > 1:
        for index, variant in enumerate(personalised.variants):
            if variant.contacts:
                first = int(personalised.marks(index).argmax())
                requests_by_position[first] = [f"first for {variant.label}"]
    for request in requests:
        position = _position(request, personalised, price, region)
        if position is not None:
            requests_by_position.setdefault(position, []).append(request)
        elif request not in (*KEYWORDS, *OLD_KEYWORDS):
            left_out.append(_left_out(request, personalised.row_table, region))
    return (*_shown(requests_by_position, personalised, price), *left_out)


def _phone_number(text: str, region: str) -> int:
    """Read a number of any kind; 0 when it is none."""
    return parse_number(text, region, LENIENT_RULES).phone_number


def _position(
    request: str, personalised: PersonalisedVariants, price: Estimate | None, region: str
) -> int | None:
    """Find the requested contact; `None` when there is none."""
    contacts = personalised.marks()
    if personalised.stats is None:
        return None
    match OLD_KEYWORDS.get(request, request):
        case "first":
            return int(contacts.argmax())
        case "longest":
            return personalised.longest
        case "costliest":
            return _costliest(personalised, price)
        case "random":
            return int(random.choice(np.flatnonzero(contacts)))  # noqa: S311 - nothing to gain
        case row_or_number:
            contacts &= _marks_of(row_or_number, personalised.row_table, region)
            return int(contacts.argmax()) if contacts.any() else None


def _marks_of(request: str, rows: RowTable, region: str) -> Marks:
    """Mark the rows with a number in the file, or with a phone number."""
    row = ROW.fullmatch(request)
    if row is None:
        marks: Marks = rows.columns.phone_numbers == _phone_number(request, region)
        return marks
    marks = np.zeros(len(rows), dtype=bool)
    for _, sheet, _, sheet_rows in rows.sheets():
        marks[sheet_rows] = sheet.rows.row_numbers == int(row[1])
    return marks


def _costliest(personalised: PersonalisedVariants, price: Estimate | None) -> int:
    """Find the contact whose text costs most, or has the most segments without a price."""
    rows, segments = personalised.row_table, personalised.segments
    if price is None:
        return int(segments.argmax())
    values = rows.countries.values
    units = np.array([in_millionths(price.prices.get(country, Decimal(0))) for country in values])
    return int((units[rows.columns.countries] * segments).argmax())


def _shown(
    requests: Mapping[int, list[str]], personalised: PersonalisedVariants, price: Estimate | None
) -> Iterator[Preview]:
    """Fill the texts of some rows again, and show them in the order of the requests."""
    if not requests:
        return
    marks = np.zeros(len(personalised.row_table), dtype=bool)
    marks[list(requests)] = True
    shown = {
        preview.position: preview
        for variant, block in personalised.blocks(marks)
        for preview in _previews(
            variant, personalised.variants[variant].personaliser.template, block, requests, price
        )
    }
    yield from (shown[position] for position in requests)


def _previews(
    variant: int,
    template: Template,
    block: PersonalisedBlock,
    requests: Mapping[int, list[str]],
    price: Estimate | None,
) -> Iterator[Preview]:
    columns = (block.contacts["row"], block.contacts["phone_number"], block.contacts["country"])
    counted = (block.counted[name] for name in ("encoding", "units", "segments"))
    lines = zip(block.contacts.index, *columns, block.texts, *counted, strict=True)
    for position, row, number, country, text, encoding, units, segments in lines:
        yield Preview(
            requests=tuple(requests[position]),
            row=int(row),
            phone_number=f"+{number}",
            text=text,
            encoding=encoding,
            units=int(units),
            segments=int(segments),
            cost=None if price is None else price.cost_of(int(segments), country),
            variant=variant,
            position=int(position),
            inserted=template.inserted_spans(text),
        )


def _left_out(request: str, rows: RowTable, region: str) -> Preview:
    """Explain why a row or a number gets no text."""
    requested_row = ROW.fullmatch(request)
    if requested_row is not None:
        row_number = int(requested_row[1])
        sentence = next(_sentences_of(row_number, rows), "The list has no such row.")
        return Preview(
            requests=(request,), row=row_number, phone_number="", text=None, sentence=sentence
        )
    number = _phone_number(request, region)
    row, sentence = next(_rows_left_out(number, rows, region), (None, "No row has this number."))
    return Preview(
        requests=(request,), row=row, phone_number=f"+{number}", text=None, sentence=sentence
    )


def _sentences_of(row: int, rows: RowTable) -> Iterator[str]:
    """Explain why a row is left out, by its number in each of the files."""
    for _, block in rejection_blocks(rows):
        left_out = block.to_pandas()
        yield from map(str, left_out["sentence"][left_out["row"] == row])


def _rows_left_out(number: int, rows: RowTable, region: str) -> Iterator[tuple[int, str]]:
    """Yield the rows with a number that are left out, and their sentences."""
    for positions, block in rejection_blocks(rows):
        same = rows.columns.phone_numbers[positions] == number
        left_out = block.to_pandas()
        digits = left_out["cell"].astype("str").str.replace(r"\D", "", regex=True)
        similar = left_out[same | digits.str.endswith(str(number)[-6:])]
        numbers = rows.columns.phone_numbers[positions[similar.index]]
        columns = (numbers.tolist(), *(similar[name] for name in ("cell", "row", "sentence")))
        for parsed, cell, row, sentence in zip(*columns, strict=True):
            if number in (parsed, _phone_number(str(cell), region)):
                yield int(row), str(sentence)
