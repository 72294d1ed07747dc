"""Draws how the rows of a list divide, as SVG; the figures are in a table next to it."""

from collections.abc import Sequence

from markupsafe import Markup

__all__ = ["flow_picture"]

# The flow ends at the rows of the table beside it: one of 132 pixels, three of 44.
FLOW_HEIGHT, FLOW_ROWS = 264.0, ((0.0, 132.0), (132.0, 44.0), (176.0, 44.0), (220.0, 44.0))
LEAST = 2.4  # pixels; a thinner ribbon would not be seen
KINDS = ("ok", "bad", "idle", "idle")
SOURCE = Markup('<rect class="f-line" x="6" y="{}" width="8" height="{}"/>')


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
