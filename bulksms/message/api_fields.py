"""Which field of the API carries which part of the text.

The API has seven fields, no fallbacks and no other names (`octopush-api.md` 6.4). So columns of
the sheet are sent in the params that are free, and a fallback is sent as the value of its row.
Where the params do not suffice, neighbouring values are merged, with the words between them,
into values of at most 50 characters.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, combinations, count, pairwise

from bulksms.contacts import FIELDS, PARAMS, VALUE_LIMIT
from bulksms.errors import TemplateError
from bulksms.message.marketing_rules import STOP_MENTIONS
from bulksms.message.span_widths import Span, SpanWidths
from bulksms.message.template import Placeholder, Template, normalise_text

__all__ = ["FieldAssignment", "assign_fields"]

Group = tuple[str | Placeholder, ...]  # neighbours that become one piece of the API's text

SHARED_LIMIT = 6  # repeated values that are tried with a field of their own


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldAssignment:
    """A text in the API's fields.

    Attributes:
        api_template: the text with the API's field names.
        templates_by_field: the part of the user's text that each field carries.
        canonical_text: the text as if the API had params enough; neither the rows nor the
            spelling of spaces and accents matter.
    """

    api_template: Template
    templates_by_field: Mapping[str, Template]
    canonical_text: str

    @property
    def columns_by_field(self) -> dict[str, tuple[str, ...]]:
        """The columns each field carries, where they are not the field's own."""
        named = {field: part.placeholders for field, part in self.templates_by_field.items()}
        return {field: names for field, names in named.items() if names != (field,)}


def assign_fields(
    template: Template, columns: Collection[str], measure: Callable[[], SpanWidths]
) -> FieldAssignment:
    """Choose the field of each placeholder, merging neighbours where there are too many.

    Args:
        template: the text.
        columns: the columns of the contacts.
        measure: measures what may be merged over all contacts; called only where it counts.

    Raises:
        TemplateError: there are more values than fields, and merging does not help.
    """
    own = _own_fields(template)
    free = [param for param in PARAMS if param not in columns]
    others = [slot for slot in template.slots if slot not in own]
    spans: tuple[Span, ...] = ()
    if len(others) > len(free):
        spans = _merge_neighbours(template, measure(), own, len(free))
    groups = _grouped(template, spans)
    fields: dict[Group, str] = {(slot,): field for slot, field in own.items()}
    unassigned = dict.fromkeys(
        group for group in groups if _is_value(group) and group not in fields
    )
    fields |= dict(zip(unassigned, free, strict=False))
    pieces = tuple(
        Placeholder(name=fields[group]) if _is_value(group) else str(group[0]) for group in groups
    )
    return FieldAssignment(
        api_template=Template(pieces=pieces),
        templates_by_field={
            field: Template(pieces=group) for group, field in fields.items() if group in groups
        },
        canonical_text=_canonical_text(template, own, free),
    )


def _is_value(group: Group) -> bool:
    return isinstance(group[0], Placeholder)


def _canonical_text(template: Template, own: Mapping[Placeholder, str], free: list[str]) -> str:
    others = [slot for slot in template.slots if slot not in own]
    imagined = (f"param{number}" for number in count(len(PARAMS) + 1))
    names = {**own, **dict(zip(others, chain(free, imagined), strict=False))}
    text = "".join(
        piece if isinstance(piece, str) else f"{{{names[piece]}}}" for piece in template.pieces
    )
    return normalise_text(text)


def _own_fields(template: Template) -> dict[Placeholder, str]:
    """Assign each field to its placeholder, first to the one without a fallback."""
    own: dict[Placeholder, str] = {}
    for slot in sorted(template.slots, key=lambda slot: slot.fallback is not None):
        if slot.name in FIELDS and slot.name not in own.values():
            own[slot] = slot.name
    return own


def _grouped(template: Template, spans: tuple[Span, ...]) -> list[Group]:
    """Cut the pieces at the borders of what is merged."""
    last_pieces = dict(spans)
    groups: list[Group] = []
    at = 0
    while at < len(template.pieces):
        after = last_pieces.get(at, at) + 1
        groups.append(template.pieces[at:after])
        at = after
    return groups


@dataclass(frozen=True, slots=True, kw_only=True)
class _Partition:
    """A way to merge the text so far; the best one merges the fewest values."""

    merged: int = 0
    spans: tuple[Span, ...] = ()


def _merge_neighbours(
    template: Template, widths: SpanWidths, own: Collection[Placeholder], free: int
) -> tuple[Span, ...]:
    """Choose what is merged, so that the rest fits into the number of free fields.

    Raises:
        TemplateError: nothing fits; the message names the nearest merge and its longest row.
    """
    at = widths.positions
    spans = dict(_fitting_spans(template, widths))
    partitions = [
        partition
        for shared in _shared(template, own, free)
        for partition in _partitions(template, at, spans, {*own, *shared}, free - len(shared))
    ]
    if not partitions:
        raise TemplateError(_refusal(template, widths, free), code="too_many_columns")
    return min(partitions, key=lambda partition: partition.merged).spans


def _fitting_spans(template: Template, widths: SpanWidths) -> Iterator[tuple[Span, int]]:
    """Yield the spans of two values or more that fit in every row, with their number of values."""
    for first, start in enumerate(widths.positions):
        for values, stop in enumerate(widths.positions[first + 1 :], start=2):
            # The API looks for the STOP mention in the text and hardly in the values.
            if _contains_stop(template, (start, stop)) or widths.longest(start, stop) > VALUE_LIMIT:
                break
            yield (start, stop), values


def _contains_stop(template: Template, span: Span) -> bool:
    between = Template(pieces=template.pieces[span[0] : span[1]]).text
    return any(mention in between for mention in STOP_MENTIONS)


def _shared(
    template: Template, own: Collection[Placeholder], free: int
) -> Iterator[tuple[Placeholder, ...]]:
    """Yield the sets of repeated values that may get a field each, the empty set first."""
    uses = Counter(piece for piece in template.pieces if isinstance(piece, Placeholder))
    repeated = [slot for slot, times in uses.most_common(SHARED_LIMIT) if times > 1]
    candidates = [slot for slot in repeated if slot not in own]
    for size in range(min(len(candidates), free) + 1):
        yield from combinations(candidates, size)


def _partitions(
    template: Template,
    at: list[int],
    spans: Mapping[Span, int],
    assigned: Collection[Placeholder],
    free: int,
) -> Iterable[_Partition]:
    """Find for each number of fields, up to those free, the partition that merges least."""
    best: list[dict[int, _Partition]] = [{0: _Partition()}]
    for last, stop in enumerate(at):
        reached: dict[int, _Partition] = {}
        cost = 0 if template.pieces[stop] in assigned else 1
        for used, partition in best[last].items():
            _keep_best(reached, used + cost, partition, free)
        for first, start in enumerate(at[:last]):
            if (start, stop) in spans:
                for used, partition in best[first].items():
                    merged = partition.merged + spans[start, stop]
                    longer = _Partition(merged=merged, spans=(*partition.spans, (start, stop)))
                    _keep_best(reached, used + 1, longer, free)
        best.append(reached)
    return best[-1].values()


def _keep_best(reached: dict[int, _Partition], used: int, partition: _Partition, free: int) -> None:
    if used <= free and (used not in reached or partition.merged < reached[used].merged):
        reached[used] = partition


def _refusal(template: Template, widths: SpanWidths, free: int) -> str:
    pairs = [pair for pair in pairwise(widths.positions) if not _contains_stop(template, pair)]
    longest = {pair: widths.longest(*pair) for pair in pairs}
    too_long = [pair for pair in longest if longest[pair] > VALUE_LIMIT]
    reason = "there are still too many when neighbours are merged"
    if too_long:
        span = min(too_long, key=lambda pair: longest[pair])
        merged = Template(pieces=template.pieces[span[0] : span[1] + 1]).text
        reason = (
            f'merging neighbours does not help: the shortest merge, "{merged}", has '
            f"{longest[span]} characters in row {widths.row_of(span)}, and {VALUE_LIMIT} are "
            "allowed"
        )
    return (
        f"The text uses more values than the API has free params ({free}), and {reason}. "
        "Use fewer columns in the text, or shorten the words between them."
    )
