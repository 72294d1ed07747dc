"""Reports why a text is expensive, and how to make it cheaper."""

from collections.abc import Iterator

from bulksms.count_words import count_of
from bulksms.finding import Finding, Level
from bulksms.message.cost_stats import MessageStats, NonGsmCharacter

__all__ = ["advise"]

SEGMENTS_LIMIT = 8  # follows from the limit of the text and is documented nowhere: a warning
CHARACTERS_NAMED = 3


def advise(stats: MessageStats, *, auto_optimize: bool) -> Iterator[Finding]:
    """Report what is expensive, why, and what would be cheaper.

    Args:
        stats: what the texts are billed for.
        auto_optimize: the API may replace characters by its own table.
    """
    if stats.segments_max > SEGMENTS_LIMIT:
        yield _many_segments(stats)
    if stats.extra_segments:
        yield _expensive_characters(stats, auto_optimize=auto_optimize)
    if stats.rows_over_usual:
        yield _over_usual(stats)
    if auto_optimize and stats.rows_harmed_by_api:
        yield _harmed(stats)


def _many_segments(stats: MessageStats) -> Finding:
    return Finding(
        code="many_segments",
        level=Level.WARNING,
        message=f"The text of row {stats.longest_row} needs {stats.segments_max} segments, and "
        f"the API may refuse more than {SEGMENTS_LIMIT}: shorten it, or remove characters "
        "outside GSM-7.",
    )


def _expensive_characters(stats: MessageStats, *, auto_optimize: bool) -> Finding:
    saved = stats.segments_total - stats.segments_plain
    characters = [
        each for each in stats.non_gsm_characters if saved or each.plain is None
    ] or stats.non_gsm_characters
    named = ", ".join(map(_character, characters[:CHARACTERS_NAMED]))
    more = len(characters) - CHARACTERS_NAMED
    if more > 0:
        named += f" and {more} other{'s' * (more > 1)}"
    advice = (
        f"--plain replaces them and saves {count_of(saved, 'segment')}"
        if saved
        else "remove them from the text or the cells"
    )
    message = (
        f"{count_of(stats.rows_ucs2, 'row')} {'costs' if stats.rows_ucs2 == 1 else 'cost'} "
        f"{count_of(stats.extra_segments, 'segment')} more because of {named}: {advice}."
    )
    by_api = stats.segments_total - stats.segments_by_api if auto_optimize else 0
    if by_api:
        message += (
            " Octopush may replace some of them itself and bill "
            f"{count_of(by_api, 'segment')} fewer, without a guarantee."
        )
    return Finding(
        code="dear_characters", level=Level.WARNING, message=message, count=stats.rows_ucs2
    )


def _character(each: NonGsmCharacter) -> str:
    replacement = f", could be {each.plain!r}" if each.plain else ""
    return (
        f"{each.character!r} ({count_of(each.rows, 'row')}, first row "
        f"{each.first_row}{replacement})"
    )


def _over_usual(stats: MessageStats) -> Finding:
    need = "needs" if stats.rows_over_usual == 1 else "need"
    return Finding(
        code="over_border",
        level=Level.NOTE,
        message=f"{stats.rows_over_usual:,} of {sum(stats.rows_by_segments.values()):,} rows "
        f"{need} more than the {count_of(stats.usual_segments, 'segment')} of most rows. The "
        f"longest, row {stats.longest_row}, is {stats.over_by} characters too long.",
        count=stats.rows_over_usual,
    )


def _harmed(stats: MessageStats) -> Finding:
    return Finding(
        code="api_rewrites",
        level=Level.WARNING,
        message=f"Octopush would change | to I, \\ to / and ^ to - in "
        f"{count_of(stats.rows_harmed_by_api, 'row')}, which breaks links: add --plain, or "
        "--no-auto-optimize-text.",
        count=stats.rows_harmed_by_api,
    )
