"""Marks in a finished text what a row put into it, and the signs that raise its price."""

import re

from markupsafe import Markup

from bulksms.message.segments import NON_GSM_CLASS
from bulksms.plan.previews import Preview

__all__ = ["marked_text"]

VALUE = Markup('<span class="var">{}</span>')
RARE_SIGN = Markup('<mark class="lift">{}</mark>')


def marked_text(preview: Preview) -> Markup:
    """Escape the text of a preview, its values and its rare characters in elements of their own."""
    text, done, shown = preview.text or "", 0, Markup("")
    for start, end in preview.inserted:
        if start < end:
            shown += _signs(text[done:start]) + VALUE.format(_signs(text[start:end]))
            done = end
    return shown + _signs(text[done:])


def _signs(text: str) -> Markup:
    parts = re.split(f"({NON_GSM_CLASS})", text)
    return Markup("").join(
        RARE_SIGN.format(part) if at % 2 else part for at, part in enumerate(parts)
    )
