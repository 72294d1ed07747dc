"""Some finished texts as their readers will see them: the first, the longest, or a number's.

It must not know how a plan is made or shown.
"""

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
_RANKED = (*ALWAYS, "dearest", "random")


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """One row as its reader will see it; without a text, `sentence` says why there is none.

    `asked` lists everything that led to this row; `part` and `place` say where its contact is.
    """

    asked: tuple[str, ...]
    row: int | None
    phone_number: str
    text: str | None
    encoding: str | None = None
    units: int | None = None
    segments: int | None = None
    cost: Decimal | None = None
    sentence: str | None = None
    part: int = 0
    place: int | None = None


def parse_preview_requests(told: Iterable[str], region: str) -> tuple[str, ...]:
    """Read which rows are to be shown.

    Raises:
        UsageError: one is no word that is known and no number, so that it would show no row.
    """
    asked = tuple(filter(None, (wish.strip() for wish in told)))
    for wish in asked:
        if wish not in _RANKED and not parse_number(wish, region, LENIENT_RULES).phone_number:
            raise UsageError(
                f"--preview {wish!r} is not valid{nearest_hint(wish, _RANKED)}: "
                f"give {', '.join(_RANKED)}, or a "
                f"phone number, with + and the code of its country unless that is {region}."
            )
    return asked


def previews(
    asked: Sequence[str],
    personalised: PersonalisedVariants,
    screened: ScreeningResult,
    price: Estimate | None,
    region: str,
) -> tuple[Preview, ...]:
    """Show each row asked for once: `first`, `longest`, `dearest`, `random`, or a number's.

    Of several texts, the first row of each is always shown.
    """
    found: dict[int, list[str]] = {}
    missing: list[Preview] = []
    for start, part in _starts(personalised) if len(personalised.variants) > 1 else ():
        found.setdefault(start, []).append(f"first for {part.label}")
    for wish in asked:
        at = _place(wish, personalised, price, region)
        if at is not None:
            found.setdefault(at, []).append(wish)
        elif wish not in _RANKED:
            missing.append(_left_out(wish, screened, personalised, region))
    shown = (_shown(at, wishes, personalised, price) for at, wishes in found.items())
    return (*shown, *missing)


def _starts(personalised: PersonalisedVariants) -> Iterator[tuple[int, Variant]]:
    """Find where each text begins that somebody gets."""
    ends = accumulate(len(part.contacts) for part in personalised.variants)
    for end, part in zip(ends, personalised.variants, strict=True):
        if len(part.contacts):
            yield end - len(part.contacts), part


def _place(
    wish: str, personalised: PersonalisedVariants, price: Estimate | None, region: str
) -> int | None:
    """Find the contact that is asked for, if there is one."""
    people = len(personalised.contacts)
    if not people:
        return None
    counted = personalised.counted
    match wish:
        case "first":
            # Each part is in the order of the file, so that one of their starts comes first.
            starts = [start for start, _ in _starts(personalised)]
            heads = personalised.contacts[["source", "row"]].iloc[starts]
            return int(heads.sort_values(["source", "row"]).index[0])
        case "longest":
            # As `MessageStats.longest_row` has it, so that both name the same row.
            most = counted["segments"] == counted["segments"].max()
            return int(counted["units"].where(most, 0).argmax())
        case "dearest":
            return int((counted["segments"] if price is None else price.millionths).argmax())
        case "random":
            return random.randrange(people)  # noqa: S311 - nobody gains by guessing the row
        case _:
            same = (
                personalised.contacts["phone_number"]
                == parse_number(wish, region, LENIENT_RULES).phone_number
            )
            return int(same.argmax()) if same.any() else None


def _shown(
    at: int, asked: list[str], personalised: PersonalisedVariants, price: Estimate | None
) -> Preview:
    contact, counted = personalised.contacts.iloc[at], personalised.counted.iloc[at]
    sizes = list(accumulate(len(part.contacts) for part in personalised.variants))
    part = next(number for number, end in enumerate(sizes) if at < end)
    return Preview(
        asked=tuple(asked),
        row=int(contact["row"]),
        phone_number=f"+{contact['phone_number']}",
        text=str(personalised.texts.iloc[at]),
        encoding=str(counted["encoding"]),
        units=int(counted["units"]),
        segments=int(counted["segments"]),
        cost=None if price is None else Decimal(int(price.millionths.iloc[at])) / MILLION,
        part=part,
        place=at - sizes[part] + len(personalised.variants[part].contacts),
    )


def _left_out(
    wish: str, screened: ScreeningResult, personalised: PersonalisedVariants, region: str
) -> Preview:
    """Say what became of a number that gets no text."""
    number = parse_number(wish, region, LENIENT_RULES).phone_number
    found = _reasons(number, screened, personalised, region)
    row, sentence = next(found, (None, "No row has this number."))
    return Preview(asked=(wish,), row=row, phone_number=f"+{number}", text=None, sentence=sentence)


def _reasons(
    number: int, screened: ScreeningResult, personalised: PersonalisedVariants, region: str
) -> Iterator[tuple[int, str]]:
    """Give rows with the number and why they are left out, those the text itself rejects first."""
    same = screened.contacts[screened.contacts["phone_number"] == number]
    told = personalised.rejections
    for source, row in same[["source", "row"]].itertuples(index=False):
        mine = told[(told["source"] == source) & (told["row"] == row)]
        yield from ((int(row), str(sentence)) for sentence in mine["sentence"])
    for row, cell, sentence in _alike(number, screened.rejections):
        if parse_number(cell, region, LENIENT_RULES).phone_number == number:
            yield row, sentence


def _alike(number: int, rejections: "pd.DataFrame") -> Iterator[tuple[int, str, str]]:
    """Give the rejected rows whose cell ends like the number; at most a few of a whole list."""
    digits = rejections["cell"].astype("str").str.replace(r"\D", "", regex=True)
    near = rejections[digits.str.endswith(str(number)[-6:])]
    for row, cell, sentence in near[["row", "cell", "sentence"]].itertuples(index=False):
        yield int(row), str(cell), str(sentence)
