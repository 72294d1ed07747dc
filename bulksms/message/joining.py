"""Joins neighbouring values of a text, with the words between them, until they are few enough.

It must not know the API's field names; it is told which values have a place of their own.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from bulksms.contacts import VALUE_LIMIT
from bulksms.errors import TemplateError
from bulksms.message.compliance import STOP_MENTIONS
from bulksms.message.template import Placeholder, Template

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Span", "join"]

Span = tuple[int, int]  # the first and the last piece of what travels as one value

_SHARED_LIMIT = 6  # values used more than once that are tried in a place of their own


@dataclass(frozen=True, slots=True, kw_only=True)
class _Way:
    """A way to divide the text so far; the best one joins the fewest values."""

    joined: int = 0
    spans: tuple[Span, ...] = ()


def join(
    template: Template, contacts: "pd.DataFrame", placed: Collection[Placeholder], places: int
) -> tuple[Span, ...]:
    """Choose what is joined, so that everything fits into so many places.

    Every joined value has at most 50 characters in every row. `placed` are the placeholders
    that need no place, because the API has a field of that name.

    Raises:
        TemplateError: no way to join fits, with the join that came nearest and its longest row.
    """
    at = [where for where, piece in enumerate(template.pieces) if isinstance(piece, Placeholder)]
    ends = _ends(template, contacts)
    spans = dict(_fitting(template, at, ends))
    found = [
        way
        for shared in _shared(template, placed, places)
        for way in _ways(template, at, spans, {*placed, *shared}, places - len(shared))
    ]
    if not found:
        raise TemplateError(_refusal(template, contacts, at, ends, places))
    return min(found, key=lambda way: way.joined).spans


def _ends(template: Template, contacts: "pd.DataFrame") -> list[npt.NDArray[np.int64]]:
    """Tell for each row how many characters it has after each piece, before the first too."""
    ends = [np.zeros(len(contacts), dtype=np.int64)]
    for piece in template.pieces:
        if isinstance(piece, str):
            ends.append(ends[-1] + len(piece))
        else:
            lengths = piece.fill(contacts[piece.name]).str.len()
            ends.append(ends[-1] + lengths.to_numpy(dtype=np.int64))
    return ends


def _fitting(
    template: Template, at: list[int], ends: list[npt.NDArray[np.int64]]
) -> Iterator[tuple[Span, int]]:
    """Find the spans of at least two values that are short enough in every row."""
    for first, start in enumerate(at):
        for count, stop in enumerate(at[first + 1 :], start=2):
            # The API looks for the STOP mention in the text, hardly in the values.
            if (
                _says_stop(template, (start, stop))
                or _widths(ends, (start, stop)).max(initial=0) > VALUE_LIMIT
            ):
                break
            yield (start, stop), count


def _says_stop(template: Template, span: Span) -> bool:
    between = Template(pieces=template.pieces[span[0] : span[1]]).text
    return any(mention in between for mention in STOP_MENTIONS)


def _widths(ends: list[npt.NDArray[np.int64]], span: Span) -> npt.NDArray[np.int64]:
    return ends[span[1] + 1] - ends[span[0]]


def _shared(
    template: Template, placed: Collection[Placeholder], places: int
) -> Iterator[tuple[Placeholder, ...]]:
    """Give the values used more than once that may get a place each, none of them first."""
    uses = Counter(piece for piece in template.pieces if isinstance(piece, Placeholder))
    often = [slot for slot, times in uses.most_common(_SHARED_LIMIT) if times > 1]
    free = [slot for slot in often if slot not in placed]
    for size in range(min(len(free), places) + 1):
        yield from combinations(free, size)


def _ways(
    template: Template,
    at: list[int],
    spans: Mapping[Span, int],
    placed: Collection[Placeholder],
    places: int,
) -> Iterable[_Way]:
    """Find, for each number of places up to the limit, the way that joins the fewest values."""
    best: list[dict[int, _Way]] = [{0: _Way()}]
    for last, stop in enumerate(at):
        reached: dict[int, _Way] = {}
        cost = 0 if template.pieces[stop] in placed else 1
        for used, way in best[last].items():
            _keep(reached, used + cost, way, places)
        for first, start in enumerate(at[:last]):
            if (start, stop) in spans:
                for used, way in best[first].items():
                    joined = way.joined + spans[start, stop]
                    longer = _Way(joined=joined, spans=(*way.spans, (start, stop)))
                    _keep(reached, used + 1, longer, places)
        best.append(reached)
    return best[-1].values()


def _keep(reached: dict[int, _Way], used: int, way: _Way, places: int) -> None:
    if used <= places and (used not in reached or way.joined < reached[used].joined):
        reached[used] = way


def _refusal(
    template: Template,
    contacts: "pd.DataFrame",
    at: list[int],
    ends: list[npt.NDArray[np.int64]],
    places: int,
) -> str:
    widest = {pair: _widths(ends, pair) for pair in pairwise(at) if not _says_stop(template, pair)}
    reached = {pair: int(widths.max(initial=0)) for pair, widths in widest.items()}
    long = [pair for pair in reached if reached[pair] > VALUE_LIMIT]
    reason = "they are too many even when neighbours are joined"
    if long:
        span = min(long, key=lambda pair: reached[pair])
        told = Template(pieces=template.pieces[span[0] : span[1] + 1]).text
        row = contacts["row"].iloc[int(widest[span].argmax())]
        reason = (
            "joining neighbours does not make them few enough: the shortest that is too long, "
            f'"{told}", has {reached[span]} of at most {VALUE_LIMIT} characters in row {row}'
        )
    return (
        f"The text needs more values than the API has params left for them ({places}), and "
        f"{reason}; use fewer columns in the text, or shorten what stands between them."
    )
