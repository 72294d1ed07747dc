"""What a marketer should know of the price and the looks of a text before it goes out.

It must not know contacts one by one, templates or the network.
"""

from collections.abc import Iterator

from bulksms.finding import Finding, Level
from bulksms.message.cost_stats import MessageStats, NonGsmCharacter

__all__ = ["advise"]

SEGMENTS_LIMIT = 8  # inferred from the limit of the text, nowhere said; hence a warning
NAMED = 3  # characters named in a sentence


def advise(stats: MessageStats, *, auto_optimize: bool) -> Iterator[Finding]:
    """Say what is dear, why, and what would make it cheaper.

    `auto_optimize` says whether the API may replace characters by its own table.
    """
    if stats.segments_max > SEGMENTS_LIMIT:
        yield _many_segments(stats)
    if stats.extra_segments:
        yield _dear_characters(stats, auto_optimize=auto_optimize)
    if stats.rows_over_border:
        yield _over_border(stats)
    if auto_optimize and stats.rows_harmed_by_api:
        yield _harmed(stats)


def _many_segments(stats: MessageStats) -> Finding:
    return Finding(
        code="many_segments",
        level=Level.WARNING,
        message=f"The text of row {stats.longest_row} needs {stats.segments_max} segments and "
        f"the API may refuse more than {SEGMENTS_LIMIT}: shorten it, or leave out what is "
        "outside the SMS alphabet.",
    )


def _dear_characters(stats: MessageStats, *, auto_optimize: bool) -> Finding:
    saved = stats.segments_total - stats.segments_plain
    blamed = [
        one for one in stats.non_gsm_characters if saved or one.plain is None
    ] or stats.non_gsm_characters
    named = ", ".join(map(_named, blamed[:NAMED]))
    more = len(blamed) - NAMED
    advice = (
        f"--plain writes them in the SMS alphabet and saves {_segments(saved)}"
        if saved
        else "leave them out of the text or of the cells"
    )
    doubt = stats.segments_total - stats.segments_by_api if auto_optimize else 0
    return Finding(
        code="dear_characters",
        level=Level.WARNING,
        message=f"{_rows(stats.rows_ucs2)} {'costs' if stats.rows_ucs2 == 1 else 'cost'} "
        f"{_segments(stats.extra_segments)} more because of {named}"
        + (f" and {more} other{'s' * (more > 1)}" if more > 0 else "")
        + f": {advice}."
        + (
            f" Octopush may replace some by itself and bill {doubt} fewer, which nobody promises."
            if doubt
            else ""
        ),
        count=stats.rows_ucs2,
    )


def _named(one: NonGsmCharacter) -> str:
    instead = f", {one.plain!r} instead" if one.plain else ""
    return f"{one.character!r} ({_rows(one.rows)}, first row {one.first_row}{instead})"


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count} rows"


def _segments(count: int) -> str:
    return "1 segment" if count == 1 else f"{count} segments"


def _over_border(stats: MessageStats) -> Finding:
    return Finding(
        code="over_border",
        level=Level.NOTE,
        message=f"{_rows(stats.rows_over_border)} of {sum(stats.rows_by_segments.values())} need "
        f"more than the {_segments(stats.usual_segments)} of most rows: the longest, row "
        f"{stats.longest_row}, by {stats.over_by} characters.",
        count=stats.rows_over_border,
    )


def _harmed(stats: MessageStats) -> Finding:
    rows = _rows(stats.rows_harmed_by_api)
    return Finding(
        code="api_rewrites",
        level=Level.WARNING,
        message=f"Octopush would write | as I, \\ as / and ^ as - in {rows}, which "
        "breaks links: add --plain, or --no-auto-optimize-text.",
        count=stats.rows_harmed_by_api,
    )
