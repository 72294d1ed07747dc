"""Draws the page's pictures as SVG; their figures always stand in a table beside them."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from bulksms.pages.languages import Language

__all__ = ["Share", "bar_picture", "flow_picture"]

BAR_WIDTH, BAR_HEIGHT, GAP = 1000.0, 28, 2.0
# The flow ends at the rows of the table beside it: one of 132 pixels, three of 44.
FLOW_HEIGHT, FLOW_ROWS = 264.0, ((0.0, 132.0), (132.0, 44.0), (176.0, 44.0), (220.0, 44.0))
LEAST = 2.4  # pixels; a thinner ribbon would not be seen
KINDS = ("ok", "bad", "idle", "idle")
PLAIN = Markup('<rect class="f-{}" x="{:.1f}" width="{:.1f}" height="{}"/>')
DOUBTFUL = Markup(
    '<rect fill="url(#hatching)" data-kind="{}" x="{:.1f}" width="{:.1f}" height="{}"/>'
)
SOURCE = Markup('<rect class="f-line" x="6" y="{}" width="8" height="{}"/>')


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a whole: `kind` is its colour in the style sheet."""

    kind: str
    title: str
    count: int


def bar_picture(shares: Sequence[Share], language: Language) -> Markup:
    """Draw shares beside each other in one bar."""
    filled = [share for share in shares if share.count]
    total = sum(share.count for share in filled)
    if not total:
        return Markup("")
    width = BAR_WIDTH - GAP * (len(filled) - 1)
    label = ", ".join(f"{language.number(share.count)} {share.title}" for share in filled)
    x, rectangles = 0.0, []
    for share in filled:
        part = width * share.count / total
        shape = DOUBTFUL if share.kind == "warn" else PLAIN
        rectangles.append(shape.format(share.kind, x, part, BAR_HEIGHT))
        x += part + GAP
    return Markup(
        '<svg class="bar" viewBox="0 0 1000 28" preserveAspectRatio="none" role="img" '
        'aria-label="{}"><defs><pattern id="hatching" width="6" height="6" '
        'patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="f-warn" '
        'width="6" height="6"/><path class="hatch" d="M0 0V6"/></pattern></defs>{}</svg>'
    ).format(label, Markup("").join(rectangles))


def flow_picture(counts: Sequence[int], label: str) -> Markup:
    """Draw how the rows of a list divide into four: who gets the text, and three reasons not."""
    total = sum(counts)
    if not total:
        return Markup("")
    source_height = 140.0
    top = (FLOW_HEIGHT - source_height) / 2
    shapes = [SOURCE.format(top, source_height)]
    start = top
    for count, kind, (row_top, row_height) in zip(counts, KINDS, FLOW_ROWS, strict=True):
        if not count:
            continue
        height = source_height * count / total
        shown = max(LEAST, min(height, row_height - 0.4))
        middle = row_top + row_height / 2
        above, below = middle - shown / 2, middle + shown / 2
        shapes.append(
            Markup(
                '<path class="f-{0} ribbon" d="M14 {1:.1f}C100 {1:.1f} 100 {3:.1f} 186 {3:.1f}'
                'V{4:.1f}C100 {4:.1f} 100 {2:.1f} 14 {2:.1f}Z"/>'
                '<rect class="f-{0}" x="186" y="{3:.1f}" width="8" height="{5:.1f}"/>'
            ).format(kind, start, start + height, above, below, shown)
        )
        start += height
    return Markup(
        '<svg viewBox="0 0 200 264" preserveAspectRatio="none" role="img" aria-label="{}">{}</svg>'
    ).format(label, Markup("").join(shapes))
