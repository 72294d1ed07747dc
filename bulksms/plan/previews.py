"""Some finished texts as their readers see them: the first, the longest, a number's."""

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate
from typing import TYPE_CHECKING

from bulksms.contacts import ScreeningResult
from bulksms.contacts.opt_outs.reading import LENIENT_RULES
from bulksms.contacts.phones.parse import parse_number
from bulksms.errors import UsageError
from bulksms.message import Estimate
from bulksms.message.pricing import MILLION
from bulksms.nearest import nearest_hint
from bulksms.plan.variants import PersonalisedVariants, Variant

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ALWAYS", "Preview", "parse_preview_requests", "previews"]

ALWAYS = ("first", "longest")
KEYWORDS = (*ALWAYS, "costliest", "random")
OLD_KEYWORDS = {"dearest": "costliest"}  # accepted, and no longer suggested


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """One finished text; without a text, `sentence` says why there is none.

    Attributes:
        requests: everything that led to this row.
        variant: the index of the text among several.
        position: the position of the contact in its variant.
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


def parse_preview_requests(values: Iterable[str], region: str) -> tuple[str, ...]:
    """Check that each value is a keyword or a phone number.

    Raises:
        UsageError: a value is neither, so that it would show no row.
    """
    requests = tuple(value.strip() for value in values if value.strip())
    for request in requests:
        if request not in (*KEYWORDS, *OLD_KEYWORDS) and not _phone_number(request, region):
            raise UsageError(
                f"--preview {request!r} is not valid{nearest_hint(request, KEYWORDS)}: "
                f"give {', '.join(KEYWORDS)}, or a phone number, with + and the code of its "
                f"country unless that is {region}."
            )
    return requests


def previews(
    requests: Sequence[str],
    personalised: PersonalisedVariants,
    screened: ScreeningResult,
    price: Estimate | None,
    region: str,
) -> tuple[Preview, ...]:
    """Show each requested row once; of several texts, the first row of each as well."""
    requests_by_position: dict[int, list[str]] = {}
    left_out: list[Preview] = []
    if len(personalised.variants) > 1:
        for start, variant in _starts(personalised):
            requests_by_position[start] = [f"first for {variant.label}"]
    for request in requests:
        position = _position(request, personalised, price, region)
        if position is not None:
            requests_by_position.setdefault(position, []).append(request)
        elif request not in (*KEYWORDS, *OLD_KEYWORDS):
            left_out.append(_left_out(request, screened, personalised, region))
    shown = (
        _preview(position, led_here, personalised, price)
        for position, led_here in requests_by_position.items()
    )
    return (*shown, *left_out)


def _phone_number(text: str, region: str) -> int:
    """Read a number of any kind; 0 when it is none."""
    return parse_number(text, region, LENIENT_RULES).phone_number


def _starts(personalised: PersonalisedVariants) -> Iterator[tuple[int, Variant]]:
    """Give the position of the first contact of each text that has contacts."""
    ends = accumulate(len(variant.contacts) for variant in personalised.variants)
    for end, variant in zip(ends, personalised.variants, strict=True):
        if len(variant.contacts):
            yield end - len(variant.contacts), variant


def _position(
    request: str, personalised: PersonalisedVariants, price: Estimate | None, region: str
) -> int | None:
    """Find the requested contact; `None` when there is none."""
    if personalised.contacts.empty:
        return None
    counted = personalised.counted
    match OLD_KEYWORDS.get(request, request):
        case "first":
            # Each variant is in file order, so that the first row is one of their starts.
            starts = [start for start, _ in _starts(personalised)]
            rows = personalised.contacts[["source", "row"]].iloc[starts]
            return int(rows.sort_values(["source", "row"]).index[0])
        case "longest":
            # Like `MessageStats.longest_row`, so that both name the same row.
            most = counted["segments"] == counted["segments"].max()
            return int(counted["units"].where(most, 0).argmax())
        case "costliest":
            return int((counted["segments"] if price is None else price.millionths).argmax())
        case "random":
            return random.randrange(len(counted))  # noqa: S311 - guessing the row gains nothing
        case number:
            same = personalised.contacts["phone_number"] == _phone_number(number, region)
            return int(same.argmax()) if same.any() else None


def _preview(
    position: int,
    requests: list[str],
    personalised: PersonalisedVariants,
    price: Estimate | None,
) -> Preview:
    contact, counted = personalised.contacts.iloc[position], personalised.counted.iloc[position]
    ends = list(accumulate(len(variant.contacts) for variant in personalised.variants))
    variant = next(index for index, end in enumerate(ends) if position < end)
    return Preview(
        requests=tuple(requests),
        row=int(contact["row"]),
        phone_number=f"+{contact['phone_number']}",
        text=str(personalised.texts.iloc[position]),
        encoding=str(counted["encoding"]),
        units=int(counted["units"]),
        segments=int(counted["segments"]),
        cost=None if price is None else Decimal(int(price.millionths.iloc[position])) / MILLION,
        variant=variant,
        position=position - ends[variant] + len(personalised.variants[variant].contacts),
    )


def _left_out(
    request: str, screened: ScreeningResult, personalised: PersonalisedVariants, region: str
) -> Preview:
    """Say why a number gets no text."""
    number = _phone_number(request, region)
    rows = _rows_left_out(number, screened, personalised, region)
    row, sentence = next(rows, (None, "No row has this number."))
    return Preview(
        requests=(request,), row=row, phone_number=f"+{number}", text=None, sentence=sentence
    )


def _rows_left_out(
    number: int, screened: ScreeningResult, personalised: PersonalisedVariants, region: str
) -> Iterator[tuple[int, str]]:
    """Give the rows with a number and their sentences, those rejected by the text first."""
    contacts, rejections = screened.contacts, personalised.rejections
    same = contacts[contacts["phone_number"] == number]
    for source, row in same[["source", "row"]].itertuples(index=False):
        of_row = rejections[(rejections["source"] == source) & (rejections["row"] == row)]
        yield from ((int(row), str(sentence)) for sentence in of_row["sentence"])
    for row, cell, sentence in _similar(number, screened.rejections):
        if _phone_number(cell, region) == number:
            yield row, sentence


def _similar(number: int, rejections: "pd.DataFrame") -> Iterator[tuple[int, str, str]]:
    """Give the few rejected rows whose cell ends like the number."""
    digits = rejections["cell"].astype("str").str.replace(r"\D", "", regex=True)
    similar = rejections[digits.str.endswith(str(number)[-6:])]
    for row, cell, sentence in similar[["row", "cell", "sentence"]].itertuples(index=False):
        yield int(row), str(cell), str(sentence)
